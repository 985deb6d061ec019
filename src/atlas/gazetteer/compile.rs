//! Address points → one gazetteer: towns of several lists brought together, house numbers sorted for looking up.

use super::super::flat::{FlatWriter, hash};
use super::{City, House, Town, cell_of, middle};
use crate::model::{AddressPoint, LonLat, ground_metres, plain_address, rules};
use std::collections::{BTreeMap, HashMap};

/// A town being gathered from several lists.
#[derive(Default)]
struct Gathered {
    name: String,
    points: Vec<[i32; 2]>,
    houses: Vec<House>,
}

/// The hash a compiled gazetteer is known by; `lists` stands for the address lists and the names.
pub fn key(lists: &str) -> String {
    hash(&[b"gazetteer-4", lists.as_bytes()])
}

/// Compiles the address points of a register. `names` are municipality codes and the names that belong to them: lists of house
/// numbers give the code only.
pub fn compile(points: &[AddressPoint], names: &[(String, String)]) -> Vec<u8> {
    let city_of = cities(points, names);
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
        let point = points.first().copied().unwrap_or_else(|| middle(&of_town.iter().map(|h| h.point).collect::<Vec<_>>()));
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

/// A town's name in the form it is compared in.
fn plain_town(name: &str) -> String {
    let plain = plain_address(name).replace("大字", "");
    plain.strip_prefix('字').unwrap_or(&plain).to_owned()
}

struct Cities<'a> {
    cities: Vec<City>,
    of: HashMap<&'a str, u32>,
}

/// Some lists know a municipality by its code, some by its name: those that share towns in the same places are one. `names` are
/// the names that belong to codes.
fn cities<'a>(points: &'a [AddressPoint], names: &[(String, String)]) -> Cities<'a> {
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
    let (codes, named): (Vec<&str>, Vec<&str>) = towns.keys().copied().partition(|c| is_code(c));
    let shared = |a: &str, b: &str| {
        let far = rules().address.same_town_metres;
        let near = |(k, p): (&String, &[i32; 2])| {
            towns[b].get(k).is_some_and(|q| ground_metres(LonLat::from_e7(*p), LonLat::from_e7(*q)) < far)
        };
        towns[a].iter().filter(|t| near(*t)).count()
    };
    let (mut cities, mut of): (Vec<City>, HashMap<&str, u32>) = Default::default();
    for name in &named {
        of.insert(name, cities.len() as u32);
        cities.push(City { names: vec![(*name).to_owned()] });
    }
    for code in codes {
        let best = named.iter().map(|n| (shared(code, n), *n)).max_by_key(|(n, _)| *n);
        let linked = best.filter(|(n, _)| *n >= 1 && n * 2 >= towns[code].len()).map(|(_, name)| of[name]);
        let at = linked.unwrap_or_else(|| {
            cities.push(City::default());
            cities.len() as u32 - 1
        });
        of.insert(code, at);
        let own = names.iter().filter(|(c, _)| c == code).map(|(_, name)| name.clone());
        cities[at as usize].names.extend(own);
    }
    Cities { cities, of }
}
