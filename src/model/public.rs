//! What the public may see of a service, and of the place it is at.

use super::{Field, GeocodeLevel, KindId, LonLat, Place, Service, Status, Visibility, home_area, home_point};
use serde::Serialize;

/// What a home is called.
const HOME: &str = "個人宅";

/// The public side of a service: the only form in which a service can reach a public response.
#[derive(Debug, Clone, Serialize)]
pub struct PublicService {
    /// Register id.
    pub id: i64,
    /// Kind code.
    pub kind: KindId,
    /// Name.
    pub name: String,
    /// Reading of its place's name, if given; not of a home.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kana: Option<String>,
    /// Hall or house it is in, where that has a name of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue: Option<String>,
    /// Address of its place.
    pub address: Option<String>,
    /// How exactly its position is known.
    pub level: GeocodeLevel,
    /// Running or not.
    pub status: Status,
    /// Days and hours.
    pub schedule: Option<String>,
    /// Fee.
    pub fee: Option<String>,
    /// 送迎.
    pub pickup: Option<String>,
    /// 予約・申込.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Web page.
    pub url: Option<String>,
    /// 町内 it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serves: Option<String>,
    /// When somebody last made sure of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_on: Option<String>,
    /// Seats or members, if the list says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// An official number, e.g. `medical:431143320146`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The dataset it comes from.
    pub source: String,
    /// Held in a home: address and position are those of the area around it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub home: bool,
    /// Position, longitude first; absent for 位置未確定.
    #[serde(skip)]
    pub point: Option<LonLat>,
}

impl PublicService {
    /// The public side, or nothing if the service is not public. A home is told by its area only, hidden fields not at all.
    pub fn of(place: &Place, service: &Service, source: &str) -> Option<Self> {
        let shown = |field: Field, value: &Option<String>| value.clone().filter(|_| !service.hidden.contains(&field));
        let venue = if place.home { HOME } else { &place.name };
        let address = place.address.as_deref().map(|a| if place.home { home_area(a) } else { a.to_owned() });
        let point = place.certain_point();
        (service.visibility == Visibility::Public).then(|| Self {
            id: service.id,
            kind: service.kind,
            name: service.name.clone(),
            venue: Some(venue).filter(|n| *n != service.name && !n.is_empty()).map(str::to_owned),
            kana: place.kana.clone().filter(|_| !place.home),
            address: address.filter(|a| !a.is_empty()),
            level: if place.home { place.level.max(GeocodeLevel::Block) } else { place.level },
            status: service.status,
            schedule: shown(Field::ScheduleText, &service.schedule_text),
            fee: shown(Field::Fee, &service.fee),
            pickup: shown(Field::Pickup, &service.pickup),
            booking: shown(Field::Booking, &service.booking),
            phone: shown(Field::Phone, &service.phone),
            url: shown(Field::Url, &service.url),
            serves: shown(Field::Serves, &service.serves),
            verified_on: service.verified_on.clone(),
            capacity: service.capacity.filter(|_| !service.hidden.contains(&Field::Capacity)),
            reference: service.reference.clone(),
            source: source.to_owned(),
            home: place.home,
            point: if place.home { point.map(home_point) } else { point },
        })
    }
}
