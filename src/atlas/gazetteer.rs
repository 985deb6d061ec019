//! Addresses to places and back, offline: towns and house numbers of every imported list as one gazetteer.
//!
//! A house number is looked for in its town, a town by the longest name the address begins with. What is found says how
//! exactly; what could be two places says both.

use super::flat::{Flat, FlatError, FlatWriter, hash};
use crate::model::{AddressPoint, GeocodeLevel, LonLat, ground_metres, house_numbers, plain_address, split_prefecture};
use bytemuck::{Pod, Zeroable};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// A municipality or ward.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct City {
    /// Code, if some list gave it.
    code: Option<String>,
    /// Name as lists write it: 熊本市西区, 阿蘇郡高森町.
    name: Option<String>,
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

/// Towns and house numbers.
#[derive(Clone)]
pub struct Gazetteer {
    flat: Flat,
    cities: Vec<City>,
    towns: Vec<Town>,
    by_key: HashMap<String, Vec<u32>>,
    /// Names a municipality goes by at the front of an address, and which ones those may be.
    city_names: HashMap<String, Vec<u32>>,
    /// Municipalities known by their code only.
    unnamed: Vec<u32>,
    longest: usize,
    longest_city: usize,
}

/// A town being gathered from several lists.
#[derive(Default)]
struct Gathered {
    name: String,
    points: Vec<[i32; 2]>,
    houses: Vec<House>,
}

/// The hash a compiled gazetteer is known by.
pub fn key(address_lists: &str) -> String {
    hash(&[b"gazetteer-3", address_lists.as_bytes()])
}

/// Compiles the address points of a register.
pub fn compile(points: &[AddressPoint]) -> Vec<u8> {
    let city_of = cities(points);
    let mut towns: BTreeMap<(u32, String), Gathered> = BTreeMap::new();
    for p in points {
        let city = city_of.of[p.city_code.as_str()];
        let town =
            towns.entry((city, plain_town(&p.town))).or_insert_with(|| Gathered { name: p.town.clone(), ..Gathered::default() });
        match p.block.parse::<u32>() {
            // a number like 34-イ still names its block
            Ok(block) => town.houses.push(House { block, number: p.number.parse().unwrap_or(0), point: p.point }),
            Err(_) => town.points.push(p.point),
        }
    }
    let mut all = Vec::with_capacity(towns.len());
    let mut houses: Vec<House> = Vec::new();
    for ((city, key), Gathered { name, points, houses: mut of_town }) in towns {
        of_town.sort_unstable();
        of_town.dedup_by_key(|h| (h.block, h.number));
        let first = houses.len() as u32;
        let point = middle(points.first().map_or_else(|| of_town.iter().map(|h| h.point).collect(), |p| vec![*p]));
        houses.append(&mut of_town);
        all.push(Town { city, name, key, point, houses: [first, houses.len() as u32] });
    }
    let mut w = FlatWriter::default();
    let mut by_place: Vec<u32> = (0..houses.len() as u32).collect();
    by_place.sort_by_cached_key(|i| (cell_of(houses[*i as usize].point), *i));
    w.add("head", &serde_json::to_vec(&(city_of.cities, all)).unwrap_or_default());
    w.add("houses", &houses).add("by_place", &by_place);
    w.finish()
}

/// Cell of the grid house numbers are found back in, column then row: about 200 m.
fn cell_of(point: [i32; 2]) -> (i32, i32) {
    const CELL: i32 = 20_000; // 1e-7 degrees
    (point[0].div_euclid(CELL), point[1].div_euclid(CELL))
}

/// A town's name in the form it is compared in.
fn plain_town(name: &str) -> String {
    let plain = plain_address(name).replace("大字", "");
    plain.strip_prefix('字').unwrap_or(&plain).to_owned()
}

fn middle(points: Vec<[i32; 2]>) -> [i32; 2] {
    let n = points.len().max(1) as i64;
    let mean = |k: usize| (points.iter().map(|p| i64::from(p[k])).sum::<i64>() / n) as i32;
    [mean(0), mean(1)]
}

struct Cities<'a> {
    cities: Vec<City>,
    of: HashMap<&'a str, u32>,
}

/// Some lists know a municipality by its code, some by its name: those that share towns in the same places are one.
fn cities(points: &[AddressPoint]) -> Cities<'_> {
    let mut towns: BTreeMap<&str, HashMap<String, [i32; 2]>> = BTreeMap::new();
    let mut last = ("", "");
    for p in points {
        // lists come sorted by town
        if last != (&p.city_code, &p.town) {
            towns.entry(&p.city_code).or_default().entry(plain_town(&p.town)).or_insert(p.point);
            last = (&p.city_code, &p.town);
        }
    }
    let is_code = |c: &str| c.len() >= 5 && c.chars().all(|d| d.is_ascii_digit());
    let (codes, names): (Vec<&str>, Vec<&str>) = towns.keys().copied().partition(|c| is_code(c));
    let shared = |a: &str, b: &str| {
        let near = |(k, p): (&String, &[i32; 2])| {
            towns[b].get(k).is_some_and(|q| ground_metres(LonLat::from_e7(*p), LonLat::from_e7(*q)) < 3000.0)
        };
        towns[a].iter().filter(|t| near(*t)).count()
    };
    let (mut cities, mut of) = (Vec::new(), HashMap::new());
    for name in &names {
        of.insert(*name, cities.len() as u32);
        cities.push(City { code: None, name: Some((*name).to_owned()) });
    }
    for code in codes {
        let best = names.iter().map(|n| (shared(code, n), *n)).max_by_key(|(n, _)| *n);
        match best.filter(|(n, _)| *n >= 1 && n * 2 >= towns[code].len()) {
            Some((_, name)) => {
                cities[of[name] as usize].code = Some(code.to_owned());
                of.insert(code, of[name]);
            }
            None => {
                of.insert(code, cities.len() as u32);
                cities.push(City { code: Some(code.to_owned()), name: None });
            }
        }
    }
    Cities { cities, of }
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
        for (i, name) in cities.iter().enumerate().filter_map(|(i, c)| Some((i, c.name.as_ref()?))) {
            for name in names_of(&plain_address(name)) {
                city_names.entry(name).or_default().push(i as u32);
            }
        }
        let unnamed = (0..cities.len() as u32).filter(|i| cities[*i as usize].name.is_none()).collect();
        let longest = by_key.keys().map(|k| k.chars().count()).max().unwrap_or(0);
        let longest_city = city_names.keys().map(|k| k.chars().count()).max().unwrap_or(0);
        Ok(Self { flat, cities, towns, by_key, city_names, unnamed, longest, longest_city })
    }

    /// How many towns and house numbers it knows.
    pub fn size(&self) -> (usize, usize) {
        (self.towns.len(), self.houses().len())
    }

    fn houses(&self) -> &[House] {
        // checked in `new`; the section cannot change afterwards
        self.flat.slice("houses").unwrap_or(&[])
    }

    /// The block a position is at, in words: 熊本市西区花園五丁目8番付近. Nothing farther than some 200 m from every house number.
    pub fn near(&self, p: LonLat) -> Option<String> {
        const FAR_METRES: f64 = 200.0;
        let (houses, by_place) = (self.houses(), self.flat.slice::<u32>("by_place").ok()?);
        let (column, row) = cell_of(p.to_e7());
        let cell = |i: &u32| cell_of(houses[*i as usize].point);
        let columns = (column - 1..=column + 1).flat_map(|c| {
            let from = by_place.partition_point(|i| cell(i) < (c, row - 1));
            by_place[from..].iter().take_while(move |i| cell(i) <= (c, row + 1)).copied()
        });
        let metres = |i: u32| ground_metres(p, LonLat::from_e7(houses[i as usize].point));
        let (i, _) = columns.map(|i| (i, metres(i))).filter(|(_, m)| *m <= FAR_METRES).min_by(|a, b| a.1.total_cmp(&b.1))?;
        let town = self.towns.iter().find(|t| (t.houses[0]..t.houses[1]).contains(&i))?;
        let city = self.cities[town.city as usize].name.as_deref().unwrap_or_default();
        Some(format!("{city}{}{}番付近", town.name, houses[i as usize].block))
    }

    /// Looks an address up.
    pub fn find(&self, address: &str) -> Lookup {
        let plain = plain_address(address).replace("大字", "");
        let (prefecture, text) = split_prefecture(&plain);
        for (cities, rest) in self.fronts(text, prefecture.is_some()) {
            let found = self.in_cities(cities, rest);
            if !found.is_empty() {
                return settle(found);
            }
        }
        Lookup::Unknown
    }

    /// The ways an address may begin: with a municipality, longest first; with one no list knows by name; without one. Behind
    /// a prefecture there must be a municipality: a town of the same name elsewhere would be a wrong place, worse than none.
    fn fronts<'t>(&self, text: &'t str, after_prefecture: bool) -> Vec<(Option<&[u32]>, &'t str)> {
        let mut out = Vec::new();
        for (end, name) in prefixes(text, self.longest_city) {
            if let Some(ids) = self.city_names.get(name) {
                out.push((Some(ids.as_slice()), &text[end..]));
            }
        }
        if !out.is_empty() {
            return out;
        }
        for marks in [&['区'][..], &['市'], &['町', '村']] {
            let end = text.char_indices().take(8).find(|(_, c)| marks.contains(c)).map(|(i, c)| i + c.len_utf8());
            out.extend(end.filter(|_| !self.unnamed.is_empty()).map(|end| (Some(self.unnamed.as_slice()), &text[end..])));
        }
        if !after_prefecture {
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
        let city = self.cities[town.city as usize].name.as_deref().unwrap_or_default();
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
                let point = middle(block.iter().map(|h| h.point).collect());
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
        Gazetteer::new(Flat::from_bytes(&compile(&points)).unwrap()).unwrap()
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
    fn two_towns_of_one_name_are_two_candidates_until_the_address_says_which() {
        let Lookup::Ambiguous(all) = gazetteer().find("中央99") else { panic!() };
        assert_eq!(all.len(), 2);
        assert_eq!(found("荒尾市中央99").1, "荒尾市中央");
        // only one of them has the house
        assert_eq!(found("中央2-1").1, "熊本市中央区中央2番1号");
    }
}
