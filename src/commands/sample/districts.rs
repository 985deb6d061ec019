//! School districts of about equal population, in the attributes of 国土数値情報.

use super::people::Cells;
use super::terrain::{Terrain, Xy};
use super::{CITY, NAME};
use geo::{BooleanOps, Coord, LineString, MultiPolygon, Polygon};
use serde_json::{Value, json};

/// People in one elementary district, about.
const PEOPLE: u32 = 3500;

pub struct Districts {
    /// Name, junior-high district, shape.
    list: Vec<(String, usize, MultiPolygon<f64>)>,
    /// A point inside each, metres.
    pub middles: Vec<Xy>,
}

/// West, south, east, north in metres.
type Box4 = [f64; 4];

impl Districts {
    pub fn new(t: &Terrain, cells: &Cells) -> Self {
        let h = t.half;
        let people: Vec<(Xy, u32)> = cells.cells.values().map(|c| (c.middle, c.total)).collect();
        let whole: u32 = people.iter().map(|p| p.1).sum();
        let depth = (f64::from(whole.max(1)) / f64::from(PEOPLE)).log2().round().clamp(3.0, 10.0) as u32;
        let mut boxes = Vec::new();
        split([-h, -h, h, h], people, depth, &mut boxes);
        let land = polygon(t, &t.land_ring());
        let mut list = Vec::new();
        let mut middles = Vec::new();
        for (i, b) in boxes.iter().enumerate() {
            let shape = Polygon::new(LineString(wavy(t, b)), vec![]).intersection(&land);
            let members = cells
                .cells
                .values()
                .filter(|c| b[0] <= c.middle.0 && c.middle.0 < b[2] && b[1] <= c.middle.1 && c.middle.1 < b[3]);
            let fullest = members.max_by_key(|c| c.total).map_or(((b[0] + b[2]) / 2.0, (b[1] + b[3]) / 2.0), |c| c.middle);
            list.push((district_name(i), i / 2, shape));
            middles.push(fullest);
        }
        Self { list, middles }
    }

    pub fn name(&self, i: usize) -> &str {
        &self.list[i].0
    }

    pub fn elementary(&self) -> String {
        let feature = |(i, (name, _, shape)): (usize, &(String, usize, MultiPolygon<f64>))| {
            feature(
                shape,
                json!({ "A27_001": CITY, "A27_002": NAME, "A27_003": format!("B199{i:04}"), "A27_004": format!("{name}小学校"), "A27_005": format!("{NAME}{name}") }),
            )
        };
        collection(self.list.iter().enumerate().map(feature).collect())
    }

    pub fn junior_high(&self) -> String {
        let count = self.list.iter().map(|d| d.1).max().unwrap_or(0) + 1;
        let feature = |j: usize| {
            let parts: Vec<&Polygon<f64>> = self.list.iter().filter(|d| d.1 == j).flat_map(|d| &d.2).collect();
            let name = self.list.iter().find(|d| d.1 == j).map_or("", |d| d.0.as_str());
            feature(
                &geo::unary_union(parts),
                json!({ "A32_001": CITY, "A32_002": NAME, "A32_003": format!("C199{j:04}"), "A32_004": format!("{name}中学校"), "A32_005": NAME }),
            )
        };
        collection((0..count).map(feature).collect())
    }

    pub fn city(&self, t: &Terrain) -> String {
        let land = MultiPolygon(vec![polygon(t, &t.land_ring())]);
        collection(vec![feature(
            &land,
            json!({ "N03_001": "架空県", "N03_002": null, "N03_003": null, "N03_004": "かよい市", "N03_007": CITY }),
        )])
    }

    /// 立地適正化計画: plan area, residence induction, function induction.
    pub fn induction(&self, t: &Terrain) -> String {
        let land = polygon(t, &t.land_ring());
        let disc = |r: f64| {
            let ring: Vec<Xy> = (0..=48)
                .map(|i| f64::from(i) * std::f64::consts::TAU / 48.0)
                .map(|a| ((r * a.cos() - 0.12) * t.half, r * a.sin() * t.half))
                .collect();
            polygon(t, &ring).intersection(&land)
        };
        let part = |shape: &MultiPolygon<f64>, class: u8, name: &str| {
            feature(
                shape,
                json!({ "A50_001": CITY, "A50_002": "架空県", "A50_003": "かよい市", "A50_005": name, "A50_006": class }),
            )
        };
        collection(vec![
            part(&MultiPolygon(vec![land.clone()]), 1, "立地適正化計画区域"),
            part(&disc(0.34), 2, "居住誘導区域"),
            part(&disc(0.13), 3, "都市機能誘導区域"),
        ])
    }
}

fn district_name(i: usize) -> String {
    const HEAD: [&str; 16] = [
        "みなと",
        "しおかぜ",
        "なぎさ",
        "はまべ",
        "かわばた",
        "ひばり",
        "あおば",
        "わかば",
        "ひかり",
        "さくら",
        "もみじ",
        "すみれ",
        "つばき",
        "けやき",
        "みどり",
        "ほしぞら",
    ];
    const TAIL: [&str; 6] = ["", "東", "西", "南", "北", "中央"];
    format!(
        "架空{}{}",
        HEAD[i % HEAD.len()],
        TAIL.get(i / HEAD.len()).map_or_else(|| format!("第{}", i / HEAD.len()), |t| (*t).to_owned())
    )
}

/// Halves a box across its longer side so that as many people live on either side.
fn split(b: Box4, mut people: Vec<(Xy, u32)>, depth: u32, out: &mut Vec<Box4>) {
    if depth == 0 {
        out.push(b);
        return;
    }
    let tall = b[3] - b[1] > b[2] - b[0];
    let key = |p: &Xy| if tall { p.1 } else { p.0 };
    people.sort_by(|a, c| key(&a.0).total_cmp(&key(&c.0)));
    let half: u32 = people.iter().map(|p| p.1).sum::<u32>() / 2;
    let mut sum = 0;
    let at = people.iter().position(|p| {
        sum += p.1;
        sum >= half
    });
    let (low, high) = if tall { (b[1], b[3]) } else { (b[0], b[2]) };
    let margin = (high - low) * 0.15;
    let cut = at.map_or((low + high) / 2.0, |i| key(&people[i].0)).clamp(low + margin, high - margin);
    let (mut first, mut second) = (b, b);
    if tall {
        (first[3], second[1]) = (cut, cut);
    } else {
        (first[2], second[0]) = (cut, cut);
    }
    let (a, c) = people.into_iter().partition(|p| key(&p.0) < cut);
    split(first, a, depth - 1, out);
    split(second, c, depth - 1, out);
}

/// A box whose sides wander a little; neighbours share the same wandering line.
fn wavy(t: &Terrain, b: &Box4) -> Vec<Coord<f64>> {
    let corners = [(b[0], b[1]), (b[2], b[1]), (b[2], b[3]), (b[0], b[3]), (b[0], b[1])];
    let mut ring = Vec::new();
    for pair in corners.windows(2) {
        let steps = 24;
        for i in 0..steps {
            let f = f64::from(i) / f64::from(steps);
            let (x, y) = (pair[0].0 + f * (pair[1].0 - pair[0].0), pair[0].1 + f * (pair[1].1 - pair[0].1));
            let inner = |v: f64| (1.0 - (v / t.half).powi(8)).max(0.0);
            let p = t.place((x + 70.0 * (y / 330.0).sin() * inner(x), y + 70.0 * (x / 370.0).sin() * inner(y)));
            ring.push(Coord { x: p.lon, y: p.lat });
        }
    }
    ring.push(ring[0]);
    ring
}

fn polygon(t: &Terrain, ring: &[Xy]) -> Polygon<f64> {
    let coord = |p: &Xy| {
        let l = t.place(*p);
        Coord { x: l.lon, y: l.lat }
    };
    Polygon::new(LineString(ring.iter().map(coord).collect()), vec![])
}

fn feature(shape: &MultiPolygon<f64>, properties: Value) -> Value {
    use geo::orient::{Direction, Orient};
    json!({ "type": "Feature", "properties": properties, "geometry": crate::present::geojson::multi_polygon(&shape.orient(Direction::Default)) })
}

fn collection(features: Vec<Value>) -> String {
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}
