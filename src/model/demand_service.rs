//! A demand taxi (デマンドタクシー, 乗合タクシー): where it picks up, where it takes one, when, and by which rules.

use super::{LonLat, Seconds};
use geo::{Coord, Intersects, LineString, MultiPolygon, Point, Polygon};
use serde::{Deserialize, Serialize};

/// A demand service.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DemandService {
    /// Identity inside its feed.
    pub id: String,
    /// Name passengers know.
    pub name: String,
    /// From where to where, on which days and hours.
    pub legs: Vec<DemandLeg>,
    /// How it is booked; nothing if the source does not say.
    pub booking: Option<Booking>,
    /// Telephone for booking.
    pub phone: Option<String>,
    /// What the operator says about booking.
    pub message: Option<String>,
    /// Page for booking.
    pub url: Option<String>,
    /// True if one must be registered.
    pub registered_only: bool,
    /// Least age.
    pub min_age: Option<u8>,
    /// Vehicles in service at once.
    pub vehicles: Option<u32>,
    /// Passenger seats in each.
    pub seats: Option<u32>,
    /// Fare as written.
    pub fare: Option<String>,
    /// Ride time is the drive × this …
    pub ride_factor: f64,
    /// … plus this many minutes.
    pub ride_extra_minutes: f64,
}

/// Rides from some places to others on some days.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DemandLeg {
    /// Position among the calendars of the feed.
    pub calendar: u32,
    /// Where one is picked up.
    pub pickup: Spots,
    /// Where one is set down.
    pub drop_off: Spots,
    /// Times of boarding: from, to. Equal times are a 定時便.
    pub windows: Vec<(Seconds, Seconds)>,
    /// Latest time of alighting.
    pub until: Option<Seconds>,
}

/// Places: an area anywhere in which, or a list of stops, or both.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Spots {
    /// Names of the areas.
    pub names: Vec<String>,
    /// Areas: polygons of rings of longitude, latitude.
    pub area: Vec<Vec<Vec<[f64; 2]>>>,
    /// 乗降点: positions among the stops of the feed.
    pub stops: Vec<u32>,
}

impl Spots {
    /// The areas as one multipolygon.
    pub fn polygons(&self) -> MultiPolygon<f64> {
        let ring = |r: &Vec<[f64; 2]>| LineString::from_iter(r.iter().map(|c| Coord { x: c[0], y: c[1] }));
        let polygon = |p: &Vec<Vec<[f64; 2]>>| {
            let mut rings = p.iter().map(ring);
            Polygon::new(rings.next().unwrap_or_else(|| LineString::new(vec![])), rings.collect())
        };
        MultiPolygon(self.area.iter().map(polygon).collect())
    }

    /// From a multipolygon.
    pub fn of_area(name: &str, area: &MultiPolygon<f64>) -> Self {
        let ring = |r: &LineString<f64>| r.coords().map(|c| [c.x, c.y]).collect();
        let polygon = |p: &Polygon<f64>| std::iter::once(p.exterior()).chain(p.interiors()).map(ring).collect();
        Self { names: vec![name.to_owned()], area: area.iter().map(polygon).collect(), stops: vec![] }
    }

    /// True if a position lies in the areas, boundary included.
    pub fn contains(polygons: &MultiPolygon<f64>, p: LonLat) -> bool {
        polygons.intersects(&Point::new(p.lon, p.lat))
    }
}

/// How a ride is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Booking {
    /// Any time, even when leaving.
    Now,
    /// Some minutes before boarding.
    Minutes(u32),
    /// Some days before, until a time of that day.
    Days(u32, Seconds),
}

impl Booking {
    /// The rule in words.
    pub fn ja(self) -> String {
        match self {
            Self::Now => "いつでも予約できます".into(),
            Self::Minutes(m) if m % 60 == 0 && m > 0 => format!("{}時間前までに予約", m / 60),
            Self::Minutes(m) => format!("{m}分前までに予約"),
            Self::Days(1, t) => format!("前日{}までに予約", super::clock(t)),
            Self::Days(d, t) => format!("{d}日前の{}までに予約", super::clock(t)),
        }
    }

    /// Seconds before boarding time `board` of the service day at which booking closes, counted from midnight of that day;
    /// negative on earlier days.
    pub fn closes(self, board: Seconds) -> i64 {
        match self {
            Self::Now => i64::from(board),
            Self::Minutes(m) => i64::from(board) - i64::from(m) * 60,
            Self::Days(d, t) => i64::from(t) - i64::from(d) * 86_400,
        }
    }
}
