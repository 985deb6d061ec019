//! What a sheet lists: services numbered within their group in reading order, by the row and column of the map's grid.

use super::marks::HALF;
use super::style::{dots, groups, sizes};
use crate::model::{KindId, LonLat, Place, PublicService, Service, Status, Visibility, narrow, yes_or_no};
use crate::present::sketch::Frame;
use std::collections::BTreeMap;

/// Columns and rows of the grid by which a place is found on a map.
pub const GRID: [usize; 2] = [6, 4];

/// A line of the list, and a mark on the map.
#[derive(Debug, Clone)]
pub struct Numbered {
    /// Position in [`groups`].
    pub group: usize,
    /// 通12.
    pub label: String,
    /// Short name of its kind.
    pub kind: &'static str,
    /// Name.
    pub name: String,
    /// Hall and address.
    pub place: String,
    /// Days and hours.
    pub when: String,
    /// 送迎.
    pub pickup: String,
    /// Telephone.
    pub phone: String,
    /// Where it stands; nothing for 位置未確定.
    pub point: Option<LonLat>,
    /// Square of the map's grid, `C-2`; empty off the map.
    pub square: String,
    /// On the map without its number: there are too many.
    pub small: bool,
    /// For staff only.
    pub staff: bool,
}

/// A service as a sheet tells of it. What the public may see and what staff may see come from different types.
#[derive(Debug, Clone)]
pub struct Listing {
    id: i64,
    kind: KindId,
    status: Status,
    name: String,
    place: String,
    when: String,
    pickup: String,
    phone: String,
    point: Option<LonLat>,
    /// The dataset it comes from.
    pub source: String,
    staff: bool,
}

impl Listing {
    /// From the public side of a service.
    pub fn public(s: &PublicService) -> Self {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        let parts: Vec<&str> = [&s.venue, &s.address].into_iter().flatten().map(String::as_str).collect();
        Self {
            id: s.id,
            kind: s.kind,
            status: s.status,
            name: s.name.clone(),
            place: parts.join(" "),
            when: text(&s.schedule),
            pickup: text(&s.pickup),
            phone: text(&s.phone),
            point: s.point,
            source: s.source.clone(),
            staff: false,
        }
    }

    /// From the record, for a sheet that says 「関係者限り」; nothing of what is for the inner circle only.
    pub fn staff(p: &Place, s: &Service, source: &str) -> Option<Self> {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        let venue = Some(p.name.as_str()).filter(|n| *n != s.name);
        let parts: Vec<&str> = venue.into_iter().chain(p.address.as_deref()).collect();
        (s.visibility != Visibility::Internal).then(|| Self {
            id: s.id,
            kind: s.kind,
            status: s.status,
            name: s.name.clone(),
            place: parts.join(" "),
            when: text(&s.schedule_text),
            pickup: text(&s.pickup),
            phone: text(&s.phone),
            point: p.certain_point(),
            source: source.to_owned(),
            staff: s.visibility == Visibility::Staff || p.home || !s.hidden.is_empty(),
        })
    }
}

/// Services of a sheet, numbered: in each group those on the map first, from the north-west to the south-east, then those whose position
/// is not certain.
pub fn numbered(services: &[Listing], frame: &Frame) -> Vec<Numbered> {
    let known = |s: &Listing| groups().iter().position(|g| g.name == s.kind.kind().group);
    let wanted = |s: &&Listing| s.status != Status::Ended && !dots().has(s.kind);
    let mut all: Vec<(usize, Option<[usize; 2]>, &Listing)> =
        services.iter().filter(wanted).filter_map(|s| Some((known(s)?, s.point.and_then(|p| square(frame, p)), s))).collect();
    let east = |s: &Listing| s.point.map_or(0, |p| p.to_e7()[0]);
    all.sort_by_key(|(group, at, s)| (*group, at.is_none(), at.map(|[column, row]| (row, column)), east(s), s.id));
    let crowded = crowded(&all, frame);
    let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
    all.into_iter()
        .map(|(group, at, s)| {
            let n = numbers.entry(group).or_default();
            *n += 1;
            let paused = if s.status == Status::Active { "" } else { s.status.ja() };
            let when = [paused, s.when.as_str()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>();
            Numbered {
                group,
                label: format!("{}{n}", groups()[group].letter),
                kind: &s.kind.kind().short,
                place: narrow(&s.place),
                when: narrow(&when.join(" ")),
                pickup: yes_or_no(&s.pickup).map_or_else(|| narrow(&s.pickup), |y| if y { "あり" } else { "なし" }.to_owned()),
                phone: narrow(&s.phone),
                point: at.and(s.point),
                square: at.map_or(String::new(), name_of),
                small: crowded.contains(&group),
                staff: s.staff,
                name: s.name.clone(),
            }
        })
        .collect()
}

/// The groups whose marks find no room on a map beside those before them.
fn crowded(all: &[(usize, Option<[usize; 2]>, &Listing)], frame: &Frame) -> Vec<usize> {
    let mut room = (sizes().fill * frame.size[0] * frame.size[1] / (4.0 * HALF[0] * HALF[1])) as usize;
    let mut crowded = Vec::new();
    for run in all.chunk_by(|a, b| a.0 == b.0) {
        let marks = run.iter().filter(|e| e.1.is_some()).count();
        match room.checked_sub(marks) {
            Some(left) => room = left,
            None => crowded.push(run[0].0),
        }
    }
    crowded
}

/// Column and row of the grid a position lies in; nothing off the map.
fn square(frame: &Frame, p: LonLat) -> Option<[usize; 2]> {
    let at = frame.at(p);
    let part = |k: usize| ((at[k] - frame.corner[k]) / frame.size[k] * GRID[k] as f32).floor() as usize;
    frame.holds(at).then(|| [part(0).min(GRID[0] - 1), part(1).min(GRID[1] - 1)])
}

/// C-2: column by letter, row by number.
fn name_of([column, row]: [usize; 2]) -> String {
    format!("{}-{}", char::from(b'A' + column as u8), row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Bounds, GeocodeLevel, kind_by_code};

    fn service(id: i64, kind: &str, at: Option<(f64, f64)>) -> Listing {
        let mut s = Service::new("k", kind_by_code(kind).unwrap(), format!("会{id}"));
        s.id = id;
        let point = at.map(|(lon, lat)| LonLat::new(lon, lat));
        let level = if at.is_some() { GeocodeLevel::House } else { GeocodeLevel::Unlocated };
        Listing::public(&PublicService::of(&Place { point, level, ..Place::default() }, &s, "試験").unwrap())
    }

    #[test]
    fn numbers_run_from_the_north_west_to_the_south_east_in_each_group_and_begin_anew() {
        let bounds = Bounds { west: 130.70, south: 32.80, east: 130.76, north: 32.84 };
        let frame = Frame::new(&bounds, [0.0, 0.0], [600.0, 400.0]);
        let all = [
            service(1, "salon", Some((130.755, 32.802))),
            service(2, "salon", None),
            service(3, "clinic", Some((130.73, 32.82))),
            service(4, "kayoi", Some((130.702, 32.838))),
            service(5, "salon", Some((130.755, 32.839))),
            service(6, "transit_stop", Some((130.73, 32.82))),
        ];
        let found = numbered(&all, &frame);
        let labels: Vec<(&str, &str)> = found.iter().map(|e| (e.label.as_str(), e.name.as_str())).collect();
        assert_eq!(labels, [("通1", "会4"), ("通2", "会5"), ("通3", "会1"), ("通4", "会2"), ("医1", "会3")]);
        assert_eq!((found[0].square.as_str(), found[2].square.as_str(), found[3].square.as_str()), ("A-1", "F-4", ""));
    }

    #[test]
    fn a_group_too_many_for_the_map_is_small_and_the_others_keep_their_numbers() {
        let bounds = Bounds { west: 130.70, south: 32.80, east: 130.76, north: 32.84 };
        let frame = Frame::new(&bounds, [0.0, 0.0], [600.0, 400.0]);
        let of = |kind: &'static str, first: i64, n: i64| {
            (0..n).map(move |i| service(first + i, kind, Some((130.705 + 0.0001 * i as f64, 32.82))))
        };
        let all: Vec<Listing> = of("salon", 1, 30).chain(of("clinic", 100, 400)).chain(of("shop", 600, 20)).collect();
        let found = numbered(&all, &frame);
        assert_eq!(found.iter().filter(|e| e.small).count(), 400);
        assert!(found.iter().all(|e| e.small == e.label.starts_with('医')));
        assert!(numbered(&all[..60], &frame).iter().all(|e| !e.small));
    }
}
