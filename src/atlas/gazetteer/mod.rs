//! Addresses to places and back, offline: towns and house numbers of every imported list as one gazetteer.
//!
//! A house number is looked for in its town, a town by the longest name the address begins with. What is found says how
//! exactly; what could be two places says both.

mod compile;

pub use compile::{compile, key};

use super::flat::{Flat, FlatError};
use crate::model::{GeocodeLevel, LonLat, ground_metres, house_numbers, plain_address, rules, split_prefecture};
use bytemuck::{Pod, Zeroable};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A municipality or ward.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct City {
    /// Names as lists write it: 熊本市西区; 阿蘇郡高森町 and 高森町. None if it is known by its code only.
    names: Vec<String>,
}

impl City {
    fn shown(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }
}

/// A town: 町丁目 or 大字.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Town {
    city: u32,
    /// As lists write it.
    name: String,
    /// In the form it is compared in.
    key: String,
    point: [i32; 2],
    /// Its house numbers.
    houses: [u32; 2],
}

/// A house number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[repr(C)]
struct House {
    block: u32,
    number: u32,
    point: [i32; 2],
}

/// Where an address lies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Located {
    /// The place.
    pub point: LonLat,
    /// How exactly.
    pub level: GeocodeLevel,
    /// The address found, in words.
    pub address: String,
    /// What followed the house number: building, floor.
    pub rest: String,
}

/// What is known of an address.
#[derive(Debug, Clone, PartialEq)]
pub enum Lookup {
    /// One place.
    Found(Located),
    /// Several, equally good: the municipality is missing, or two have a town of that name.
    Ambiguous(Vec<Located>),
    /// No town of that name in any list.
    Unknown,
}

impl Lookup {
    /// Every place it may be, best first.
    pub fn candidates(self) -> Vec<Located> {
        match self {
            Self::Found(one) => vec![one],
            Self::Ambiguous(all) => all,
            Self::Unknown => vec![],
        }
    }
}

/// Towns and house numbers.
#[derive(Clone)]
pub struct Gazetteer {
    flat: Flat,
    cities: Vec<City>,
    towns: Vec<Town>,
    by_key: HashMap<String, Vec<u32>>,
    /// Names a municipality goes by at the front of an address, and which ones those may be.
    city_names: HashMap<String, Vec<u32>>,
    longest: usize,
    longest_city: usize,
}

/// Cell of the grid house numbers are found back in, column then row: about 200 m.
fn cell_of(point: [i32; 2]) -> (i32, i32) {
    const CELL: i32 = 20_000; // 1e-7 degrees
    (point[0].div_euclid(CELL), point[1].div_euclid(CELL))
}

fn middle(points: &[[i32; 2]]) -> [i32; 2] {
    let n = points.len().max(1) as i64;
    let mean = |k: usize| (points.iter().map(|p| i64::from(p[k])).sum::<i64>() / n) as i32;
    [mean(0), mean(1)]
}

impl Gazetteer {
    /// From a compiled file.
    ///
    /// # Errors
    /// If it is damaged.
    pub fn new(flat: Flat) -> Result<Self, FlatError> {
        let (cities, towns): (Vec<City>, Vec<Town>) =
            serde_json::from_slice(flat.slice::<u8>("head")?).map_err(|_| FlatError::Damaged("head"))?;
        let houses = flat.slice::<House>("houses")?.len() as u32;
        if flat.slice::<u32>("by_place")?.iter().any(|i| *i >= houses) {
            return Err(FlatError::Damaged("by_place"));
        }
        let fits = |t: &Town| (t.city as usize) < cities.len() && t.houses[0] <= t.houses[1] && t.houses[1] <= houses;
        if !towns.iter().all(fits) {
            return Err(FlatError::Damaged("towns"));
        }
        let (mut by_key, mut city_names): (HashMap<String, Vec<u32>>, HashMap<String, Vec<u32>>) = Default::default();
        for (i, t) in towns.iter().enumerate() {
            by_key.entry(t.key.clone()).or_default().push(i as u32);
        }
        for (i, name) in cities.iter().enumerate().flat_map(|(i, c)| c.names.iter().map(move |n| (i as u32, n))) {
            for name in names_of(split_prefecture(&plain_address(name)).1) {
                let cities = city_names.entry(name).or_default();
                cities.extend((!cities.contains(&i)).then_some(i));
            }
        }
        let longest = by_key.keys().map(|k| k.chars().count()).max().unwrap_or(0);
        let longest_city = city_names.keys().map(|k| k.chars().count()).max().unwrap_or(0);
        Ok(Self { flat, cities, towns, by_key, city_names, longest, longest_city })
    }

    /// An address as one is written here: a house of the town with most of them.
    pub fn example(&self) -> String {
        let Some(town) = self.towns.iter().max_by_key(|t| t.houses[1] - t.houses[0]) else { return String::new() };
        let house = self.houses().get(f64::midpoint(f64::from(town.houses[0]), f64::from(town.houses[1])) as usize);
        let number =
            house.map_or(String::new(), |h| if h.number > 0 { format!("{}-{}", h.block, h.number) } else { h.block.to_string() });
        format!("{}{number}", town.name)
    }

    fn houses(&self) -> &[House] {
        // checked in `new`; the section cannot change afterwards
        self.flat.slice("houses").unwrap_or(&[])
    }

    /// The block a position is at, in words: 熊本市西区花園五丁目8番付近. Nothing far from every house number.
    pub fn near(&self, p: LonLat) -> Option<String> {
        let (houses, by_place) = (self.houses(), self.flat.slice::<u32>("by_place").ok()?);
        let (column, row) = cell_of(p.to_e7());
        let cell = |i: &u32| cell_of(houses[*i as usize].point);
        let columns = (column - 1..=column + 1).flat_map(|c| {
            let from = by_place.partition_point(|i| cell(i) < (c, row - 1));
            by_place[from..].iter().take_while(move |i| cell(i) <= (c, row + 1)).copied()
        });
        let metres = |i: u32| ground_metres(p, LonLat::from_e7(houses[i as usize].point));
        let (i, _) = columns
            .map(|i| (i, metres(i)))
            .filter(|(_, m)| *m <= rules().address.near_metres)
            .min_by(|a, b| a.1.total_cmp(&b.1))?;
        let town = self.towns.iter().find(|t| (t.houses[0]..t.houses[1]).contains(&i))?;
        let city = self.cities[town.city as usize].shown();
        Some(format!("{city}{}{}番付近", town.name, houses[i as usize].block))
    }

    /// Looks an address up.
    pub fn find(&self, address: &str) -> Lookup {
        let plain = plain_address(address).replace("大字", "");
        let (after_prefecture, text) = split_prefecture(&plain);
        for (cities, rest) in self.fronts(text, after_prefecture) {
            let found = self.in_cities(cities, rest);
            if !found.is_empty() {
                return settle(found);
            }
        }
        Lookup::Unknown
    }

    /// The ways an address may begin: with a municipality, longest first, its 郡 left out or not; without one. Behind a prefecture
    /// there must be a municipality we know: a town of the same name elsewhere would be a wrong place, worse than none.
    fn fronts<'t>(&self, text: &'t str, after_prefecture: bool) -> Vec<(Option<&[u32]>, &'t str)> {
        let mut out = Vec::new();
        let county = text.char_indices().take(7).find(|(_, c)| *c == '郡').map(|(i, c)| &text[i + c.len_utf8()..]);
        for text in std::iter::once(text).chain(county) {
            for (end, name) in prefixes(text, self.longest_city) {
                if let Some(ids) = self.city_names.get(name) {
                    out.push((Some(ids.as_slice()), &text[end..]));
                }
            }
        }
        if out.is_empty() && !after_prefecture {
            out.push((None, text));
        }
        out
    }

    fn in_cities(&self, cities: Option<&[u32]>, rest: &str) -> Vec<Located> {
        let rest = rest.strip_prefix('字').unwrap_or(rest);
        let wanted = |t: &&u32| cities.is_none_or(|c| c.contains(&self.towns[**t as usize].city));
        let at = |key: &str, rest: &str| -> Vec<Located> {
            let towns = self.by_key.get(key).into_iter().flatten().filter(wanted);
            towns.map(|t| self.in_town(&self.towns[*t as usize], rest)).collect()
        };
        // 花園5-8-3: the first number may be the 丁目
        if let Some((key, after)) = with_chome(rest) {
            let found = at(&key, after);
            if !found.is_empty() {
                return found;
            }
        }
        for (end, key) in prefixes(rest, self.longest) {
            // a short name, or one without its municipality, must be followed by its number: 西 is no 西原, 深川 no 深川市
            let sure = cities.is_some() && key.chars().count() > 1;
            let numbered = rest[end..].is_empty() || rest[end..].starts_with(|c: char| c.is_ascii_digit());
            let found = if sure || numbered || key.ends_with("丁目") { at(key, &rest[end..]) } else { Vec::new() };
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    fn in_town(&self, town: &Town, rest: &str) -> Located {
        let (numbers, tail) = house_numbers(rest);
        let city = self.cities[town.city as usize].shown();
        let houses = &self.houses()[town.houses[0] as usize..town.houses[1] as usize];
        let at = |point: [i32; 2], level, words: String, tail: &str| Located {
            point: LonLat::from_e7(point),
            level,
            address: format!("{city}{}{words}", town.name),
            rest: tail.to_owned(),
        };
        let block = numbers.first().map_or(&[][..], |n| {
            let from = houses.partition_point(|h| h.block < *n);
            &houses[from..from + houses[from..].partition_point(|h| h.block == *n)]
        });
        let number = numbers.get(1).and_then(|n| block.iter().find(|h| h.number == *n));
        match (number, block.first()) {
            (Some(h), _) => at(h.point, GeocodeLevel::House, format!("{}番{}号", h.block, h.number), tail),
            (None, Some(h)) => {
                let point = middle(&block.iter().map(|h| h.point).collect::<Vec<_>>());
                at(point, GeocodeLevel::Block, format!("{}番", h.block), tail)
            }
            (None, None) => {
                let level = if town.key.ends_with("丁目") { GeocodeLevel::Neighbourhood } else { GeocodeLevel::OldVillage };
                at(town.point, level, String::new(), rest)
            }
        }
    }
}

/// The names an address may begin with for one municipality: 熊本市西区, 西区, 熊本市; 阿蘇郡高森町, 高森町.
fn names_of(plain: &str) -> Vec<String> {
    let mut names = vec![plain.to_owned()];
    if let Some((city, ward)) = plain.split_once('市').filter(|(_, ward)| ward.ends_with('区')) {
        names.extend([ward.to_owned(), format!("{city}市")]);
    }
    if let Some((_, town)) = plain.split_once('郡').filter(|(_, town)| town.ends_with(['町', '村'])) {
        names.push(town.to_owned());
    }
    names
}

/// Prefixes of a text up to so many characters, longest first, with where they end.
fn prefixes(text: &str, longest: usize) -> impl Iterator<Item = (usize, &str)> {
    let ends: Vec<usize> = text.char_indices().map(|(i, c)| i + c.len_utf8()).take(longest).collect();
    ends.into_iter().rev().map(move |end| (end, &text[..end]))
}

/// A town with its first number taken as 丁目, and what follows.
fn with_chome(rest: &str) -> Option<(String, &str)> {
    let from = rest.find(|c: char| c.is_ascii_digit())?;
    let end = rest[from..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |n| from + n);
    let after = rest[end..].strip_prefix('-').or(rest[end..].is_empty().then_some(""))?;
    (from > 0).then(|| (format!("{}丁目", &rest[..end]), after))
}

/// One place if one is better than all others, else all of the best.
fn settle(mut found: Vec<Located>) -> Lookup {
    let best = found.iter().map(|f| f.level).min().unwrap_or(GeocodeLevel::Unlocated);
    found.retain(|f| f.level == best);
    match found.len() {
        1 => Lookup::Found(found.swap_remove(0)),
        _ => Lookup::Ambiguous(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AddressPoint;

    fn gazetteer() -> Gazetteer {
        let p = |city: &str, town: &str, block: &str, number: &str, x: i32| AddressPoint {
            city_code: city.into(),
            town: town.into(),
            block: block.into(),
            number: number.into(),
            point: [1_306_800_000 + x, 328_000_000],
        };
        let points = [
            p("43103", "花園五丁目", "8", "3", 0),
            p("43103", "花園五丁目", "8", "5", 100),
            p("43103", "春日一丁目", "14", "1", 5000),
            p("43101", "中央", "2", "1", 90_000),
            p("熊本市西区", "花園五丁目", "", "", 10),
            p("熊本市西区", "春日一丁目", "", "", 5010),
            p("熊本市西区", "松尾町近津", "", "", 900),
            p("熊本市中央区", "中央", "", "", 90_000),
            p("荒尾市", "中央", "", "", 900_000),
            p("阿蘇郡小国町", "大字宮原", "", "", 700_000),
        ];
        Gazetteer::new(Flat::from_bytes(&compile(&points, &[])).unwrap()).unwrap()
    }

    fn found(text: &str) -> (GeocodeLevel, String, String) {
        match gazetteer().find(text) {
            Lookup::Found(l) => (l.level, l.address, l.rest),
            other => panic!("{text}: {other:?}"),
        }
    }

    fn found_level(text: &str, level: GeocodeLevel) -> Lookup {
        let found = gazetteer().find(text);
        assert!(matches!(&found, Lookup::Found(l) if l.level == level), "{found:?}");
        found
    }

    #[test]
    fn a_house_is_found_however_it_is_written() {
        for text in
            ["熊本県熊本市西区花園5丁目8-3", "西区花園五丁目8番3号", "熊本市花園５−８−３", "花園5-8-3", "860-0072花園5丁目8番地3"]
        {
            let (level, address, _) = found(text);
            assert_eq!((level, address.as_str()), (GeocodeLevel::House, "熊本市西区花園五丁目8番3号"), "{text}");
        }
        assert_eq!(found("西区花園5丁目8-3公民館2F").2, "公民館2F");
    }

    #[test]
    fn what_is_not_found_exactly_says_how_exactly() {
        assert_eq!(found("西区花園5丁目8-99").0, GeocodeLevel::Block);
        assert_eq!(found("西区花園5丁目99-1").0, GeocodeLevel::Neighbourhood);
        assert_eq!(found("西区松尾町近津").0, GeocodeLevel::OldVillage);
        assert_eq!(found("熊本県阿蘇郡小国町宮原1743").0, GeocodeLevel::OldVillage);
        assert_eq!(found("小国町大字宮原1743").0, GeocodeLevel::OldVillage);
        assert_eq!(gazetteer().find("どこかの町1-1"), Lookup::Unknown);
        assert_eq!(gazetteer().find(""), Lookup::Unknown);
        // elsewhere a town of that name is another town
        assert_eq!(gazetteer().find("北海道札幌市中央99"), Lookup::Unknown);
        assert_eq!(gazetteer().find("函館市花園五丁目8-3"), Lookup::Unknown);
        assert_eq!(gazetteer().find("春日一丁目公民館"), found_level("春日一丁目公民館", GeocodeLevel::Neighbourhood));
    }

    #[test]
    fn a_position_is_told_by_the_nearest_block() {
        let at = |x: i32| gazetteer().near(LonLat::from_e7([1_306_800_000 + x, 328_000_300]));
        assert_eq!(at(60).as_deref(), Some("熊本市西区花園五丁目8番付近"));
        assert_eq!(at(4900).as_deref(), Some("熊本市西区春日一丁目14番付近"));
        assert_eq!(at(400_000), None);
    }

    #[test]
    fn a_list_of_codes_only_needs_the_names_of_its_municipalities() {
        let house = AddressPoint {
            city_code: "43428".into(),
            town: "花園町".into(),
            block: "2".into(),
            number: "3".into(),
            point: [1_311_000_000, 328_000_000],
        };
        let made = |names: &[(String, String)]| {
            let bytes = compile(std::slice::from_ref(&house), names);
            Gazetteer::new(Flat::from_bytes(&bytes).unwrap()).unwrap()
        };
        let (bare, named) = (made(&[]), made(&[("43428".into(), "高森町".into())]));
        let is_house = |g: &Gazetteer, text: &str| matches!(g.find(text), Lookup::Found(l) if l.level == GeocodeLevel::House);
        assert!(is_house(&bare, "花園町2-3") && is_house(&named, "花園町2-3"));
        // whose 花園町 it is, only the name can tell: a wrong place is worse than none
        for text in ["北海道函館市花園町2-3", "函館市花園町2-3", "熊本県人吉市花園町2-3"] {
            assert_eq!((bare.find(text), named.find(text)), (Lookup::Unknown, Lookup::Unknown), "{text}");
        }
        assert_eq!(bare.find("熊本県阿蘇郡高森町花園町2-3"), Lookup::Unknown);
        for text in ["熊本県阿蘇郡高森町花園町2-3", "高森町花園町2番3号", "熊本県高森町大字花園町2-3"]
        {
            assert!(is_house(&named, text), "{text}");
        }
    }

    #[test]
    fn two_towns_of_one_name_are_two_candidates_until_the_address_says_which() {
        let Lookup::Ambiguous(all) = gazetteer().find("中央99") else { panic!() };
        assert_eq!(all.len(), 2);
        assert_eq!(found("荒尾市中央99").1, "荒尾市中央");
        // only one of them has the house
        assert_eq!(found("中央2-1").1, "熊本市中央区中央2番1号");
    }
}
