//! Who lives where: a census mesh with secret cells, and house numbers along the streets of the town.

use super::CITY;
use super::random::Random;
use super::streets::Streets;
use super::terrain::{Terrain, Xy};
use crate::model::{LonLat, mesh};
use std::collections::BTreeMap;
use std::fmt::Write;

pub struct Cell {
    pub middle: Xy,
    pub total: u32,
    pub aged65: u32,
    pub aged75: u32,
    merged_into: Option<String>,
    merges: Vec<String>,
}

pub struct House {
    pub at: Xy,
    place: LonLat,
    town: usize,
    /// 街区 and 号 in its town.
    number: (usize, usize),
}

impl House {
    /// As a list of services writes it, without the municipality.
    pub fn address(&self) -> String {
        format!("{}{}番{}号", super::places::town_name(self.town), self.number.0, self.number.1)
    }
}

pub struct Cells {
    pub cells: BTreeMap<String, Cell>,
    pub houses: Vec<House>,
}

impl Cells {
    pub fn new(t: &Terrain, streets: &Streets, people: u32, random: &mut Random) -> Self {
        // people follow density, and live only where a street passes
        let mut weight: BTreeMap<String, f64> = BTreeMap::new();
        let mut edges_of: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        for &(a, b) in &streets.edges {
            let (p, q) = (streets.nodes[a], streets.nodes[b]);
            let m = ((p.0 + q.0) / 2.0, (p.1 + q.1) / 2.0);
            let code = mesh::code(t.place(m), 10);
            *weight.entry(code.clone()).or_default() += t.density(m) * random.between(0.6, 1.4) + 0.002;
            edges_of.entry(code).or_default().push((a, b));
        }
        let whole: f64 = weight.values().sum();
        let mut cells = BTreeMap::new();
        for (code, w) in &weight {
            let Some(bounds) = mesh::bounds(code) else { continue };
            let middle = t.metres(bounds.center());
            let total = (f64::from(people) * w / whole).round() as u32;
            if total == 0 {
                continue;
            }
            let old = 0.24 + 0.22 * t.hill(middle) + random.between(-0.03, 0.03);
            let aged65 = (f64::from(total) * old).round() as u32;
            let aged75 = (f64::from(aged65) * random.between(0.48, 0.6)).round() as u32;
            cells.insert(code.clone(), Cell { middle, total, aged65, aged75, merged_into: None, merges: vec![] });
        }
        hide_small(&mut cells);
        let houses = houses(t, streets, &cells, &edges_of, random);
        Self { cells, houses }
    }

    /// e-Stat layout: codes, Japanese headings, then cells; 001 total, 019 65+, 022 75+ as in table T001142.
    pub fn mesh_csv(&self) -> String {
        let mut out = String::from(
            "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T001142001,T001142019,T001142022\r\n,,,,人口（総数）,６５歳以上人口　総数,７５歳以上人口　総数\r\n",
        );
        for (code, c) in &self.cells {
            let handling = if c.merged_into.is_some() { 2 } else { u8::from(!c.merges.is_empty()) };
            let target = c.merged_into.clone().unwrap_or_default();
            let ages = if c.merged_into.is_some() { "*,*".to_owned() } else { format!("{},{}", c.aged65, c.aged75) };
            let _ = write!(out, "{code},{handling},{target},{},{},{ages}\r\n", c.merges.join(";"), c.total);
        }
        out
    }

    pub fn houses_csv(&self) -> String {
        let mut out = String::from("city_code,aza,gaiku,kiso,lon,lat\n");
        for h in &self.houses {
            let _ = writeln!(
                out,
                "{CITY},{},{},{},{:.7},{:.7}",
                super::places::town_name(h.town),
                h.number.0,
                h.number.1,
                h.place.lon,
                h.place.lat
            );
        }
        out
    }
}

/// Cells of fewer than five people are secret: their ages go to a neighbour, as the statistics office does it.
fn hide_small(cells: &mut BTreeMap<String, Cell>) {
    let small: Vec<String> = cells.iter().filter(|(_, c)| c.total < 5).map(|(k, _)| k.clone()).collect();
    for code in small {
        let here = cells[&code].middle;
        let near = |c: &Cell| (c.middle.0 - here.0).hypot(c.middle.1 - here.1);
        let target = cells
            .iter()
            .filter(|(_, c)| c.total >= 5 && near(c) < 2000.0)
            .min_by(|a, b| near(a.1).total_cmp(&near(b.1)))
            .map(|(k, _)| k.clone());
        let Some(target) = target else { continue };
        let (aged65, aged75) = (cells[&code].aged65, cells[&code].aged75);
        if let Some(c) = cells.get_mut(&target) {
            c.aged65 += aged65;
            c.aged75 += aged75;
            c.merges.push(code.clone());
        }
        if let Some(c) = cells.get_mut(&code) {
            (c.aged65, c.aged75, c.merged_into) = (0, 0, Some(target));
        }
    }
}

/// House numbers stand beside the streets of the town; the countryside has none, as in reality.
fn houses(
    t: &Terrain,
    streets: &Streets,
    cells: &BTreeMap<String, Cell>,
    edges_of: &BTreeMap<String, Vec<(usize, usize)>>,
    random: &mut Random,
) -> Vec<House> {
    let mut out = Vec::new();
    for (code, cell) in cells.iter().filter(|(_, c)| t.density(c.middle) > 0.1) {
        let edges = &edges_of[code];
        for _ in 0..(f64::from(cell.total) / 2.4).ceil() as usize {
            let (a, b) = *random.pick(edges);
            let (p, q) = (streets.nodes[a], streets.nodes[b]);
            let along = random.between(0.08, 0.92);
            let (dx, dy) = (q.0 - p.0, q.1 - p.1);
            let length = dx.hypot(dy).max(1.0);
            let side = random.between(8.0, 22.0) * if random.unit() < 0.5 { 1.0 } else { -1.0 };
            let at = (p.0 + along * dx - side * dy / length, p.1 + along * dy + side * dx / length);
            if t.is_land(at) {
                let town = ((at.0 + t.half) / 800.0) as usize * 31 + ((at.1 + t.half) / 800.0) as usize;
                out.push(House { at, place: t.place(at), town, number: (0, 0) });
            }
        }
    }
    numbered(&mut out);
    out
}

/// Towns in a row, and the houses of each numbered by dozens: 1番1号 … 1番12号, 2番1号.
fn numbered(houses: &mut [House]) {
    let squares: std::collections::BTreeSet<usize> = houses.iter().map(|h| h.town).collect();
    let order: BTreeMap<usize, usize> = squares.into_iter().enumerate().map(|(i, square)| (square, i)).collect();
    let mut known: BTreeMap<usize, usize> = BTreeMap::new();
    for h in houses {
        h.town = order[&h.town];
        let n = known.entry(h.town).or_default();
        h.number = (*n / 12 + 1, *n % 12 + 1);
        *n += 1;
    }
}
