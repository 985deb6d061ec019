//! Streets on a jittered lattice that thins out with the density of people, few bridges, and the base map around them.

use super::places::Places;
use super::random::Random;
use super::terrain::{Terrain, Xy};
use std::collections::HashMap;
use std::fmt::Write;

/// Lattice spacing, metres.
const STEP: f64 = 95.0;

type Node = (i32, i32);

/// Node numbers, `highway` value, one more tag.
type Way = (Vec<usize>, &'static str, Option<(&'static str, &'static str)>);

pub struct Streets {
    /// Position of each lattice node in use, by number.
    pub nodes: Vec<Xy>,
    ways: Vec<Way>,
    /// Edges for placing houses: node numbers.
    pub edges: Vec<(usize, usize)>,
    /// Main roads as runs of node numbers, for bus lines.
    pub main_roads: Vec<Vec<usize>>,
}

impl Streets {
    pub fn new(t: &Terrain, random: &mut Random) -> Self {
        let n = (t.half / STEP).ceil() as i32;
        let bridges: Vec<i32> = [-0.36, -0.2, -0.02, 0.3, 0.75].iter().map(|f| snap16((f * t.half / STEP) as i32)).collect();
        let jitter: HashMap<Node, Xy> = (-n..=n)
            .flat_map(|i| (-n..=n).map(move |j| (i, j)))
            .map(|k| (k, (random.between(-16.0, 16.0), random.between(-16.0, 16.0))))
            .collect();
        let at = |(i, j): Node| {
            let (dx, dy) = jitter.get(&(i, j)).copied().unwrap_or_default();
            let (x, y) = (f64::from(i) * STEP, f64::from(j) * STEP);
            // a slow swirl, so that the lattice does not look like one
            (x + dx + 60.0 * (y / 900.0).sin(), y + dy + 60.0 * (x / 1100.0).sin())
        };
        let mut s = Self { nodes: Vec::new(), ways: Vec::new(), edges: Vec::new(), main_roads: Vec::new() };
        let mut number: HashMap<Node, usize> = HashMap::new();
        for line in -n..=n {
            for across in [true, false] {
                let node = |k: i32| if across { (k, line) } else { (line, k) };
                let mut run: Vec<Node> = Vec::new();
                for k in -n..n {
                    let (a, b) = (node(k), node(k + 1));
                    let open = road_between(t, line, at(a), at(b), !across && bridges.contains(&line));
                    if open && run.is_empty() {
                        run.push(a);
                    }
                    if open {
                        run.push(b);
                    }
                    if !open || k == n - 1 {
                        s.take_run(&mut run, line, &mut number, &at, t);
                    }
                }
            }
        }
        s.shortcuts(t, random);
        s
    }

    fn take_run(
        &mut self,
        run: &mut Vec<Node>,
        line: i32,
        number: &mut HashMap<Node, usize>,
        at: &dyn Fn(Node) -> Xy,
        t: &Terrain,
    ) {
        if run.len() >= 2 {
            let ids: Vec<usize> = run
                .iter()
                .map(|k| {
                    *number.entry(*k).or_insert_with(|| {
                        self.nodes.push(at(*k));
                        self.nodes.len() - 1
                    })
                })
                .collect();
            self.edges.extend(ids.windows(2).map(|w| (w[0], w[1])));
            let middle = self.nodes[ids[ids.len() / 2]];
            let class = match line {
                l if l % 16 == 0 => "secondary",
                l if l % 8 == 0 => "tertiary",
                _ if t.hill(middle) > 0.6 => "track",
                _ => "residential",
            };
            if line % 16 == 0 && ids.len() > 12 {
                self.main_roads.push(ids.clone());
            }
            self.ways.push((ids, class, None));
        }
        run.clear();
    }

    /// Footpaths and steps between neighbouring streets of the hills, and a few gated drives.
    fn shortcuts(&mut self, t: &Terrain, random: &mut Random) {
        let hilly: Vec<usize> = (0..self.nodes.len()).filter(|&i| t.hill(self.nodes[i]) > 0.3).collect();
        for _ in 0..hilly.len() / 30 {
            let a = *random.pick(&hilly);
            let near = hilly.iter().copied().filter(|&b| b != a).find(|&b| {
                let d = (self.nodes[a].0 - self.nodes[b].0).hypot(self.nodes[a].1 - self.nodes[b].1);
                (100.0..260.0).contains(&d) && !t.in_river(mid(self.nodes[a], self.nodes[b]))
            });
            if let Some(b) = near {
                let class = if random.unit() < 0.4 { "steps" } else { "footway" };
                self.ways.push((vec![a, b], class, None));
            }
        }
        for _ in 0..self.nodes.len() / 200 {
            let a = random.below(self.nodes.len());
            let p = self.nodes[a];
            let b = (p.0 + 45.0, p.1 + 30.0);
            if t.is_land(b) {
                self.nodes.push(b);
                self.ways.push((vec![a, self.nodes.len() - 1], "service", Some(("access", "private"))));
            }
        }
    }

    /// The extract: streets, coast, river, green, rail, buildings of the centre, names, shops.
    pub fn osm(&self, t: &Terrain, places: &Places) -> String {
        let mut o = Osm::new(t);
        let ids: Vec<i64> = self.nodes.iter().map(|p| o.node(*p, &[])).collect();
        for (i, (nodes, class, extra)) in self.ways.iter().enumerate() {
            let name = format!("架空{}号線", i + 1);
            let mut tags = vec![("highway", *class)];
            if matches!(*class, "secondary" | "tertiary") {
                tags.push(("name", &name));
            }
            tags.extend(extra);
            o.way(nodes.iter().map(|n| ids[*n]).collect(), &tags);
        }
        let h = t.half;
        let coast = t.coast_line();
        o.line(&coast, false, &[("natural", "coastline")]);
        let xs: Vec<f64> = (0..=100).map(|i| h - f64::from(i) * 0.016 * h).filter(|x| *x > t.coast(t.river(*x)) - 60.0).collect();
        o.line(&xs.iter().map(|x| (*x, t.river(*x))).collect::<Vec<_>>(), false, &[("waterway", "river"), ("name", "架空川")]);
        let banks = |side: f64| xs.iter().map(move |x| (*x, t.river(*x) + side * t.river_half_width(*x)));
        let water: Vec<Xy> = banks(1.0).chain(banks(-1.0).collect::<Vec<_>>().into_iter().rev()).collect();
        o.line(&water, true, &[("natural", "water")]);
        o.line(
            &[(0.45 * h, 0.97 * h), (0.97 * h, 0.97 * h), (0.97 * h, 0.3 * h), (0.6 * h, 0.45 * h)],
            true,
            &[("natural", "wood")],
        );
        o.line(
            &[(0.5 * h, -0.97 * h), (0.97 * h, -0.97 * h), (0.97 * h, -0.3 * h), (0.65 * h, -0.4 * h)],
            true,
            &[("natural", "wood")],
        );
        o.line(
            &[(-0.2 * h, 0.14 * h), (-0.12 * h, 0.14 * h), (-0.12 * h, 0.2 * h), (-0.2 * h, 0.2 * h)],
            true,
            &[("leisure", "park"), ("name", "架空中央公園")],
        );
        let rail: Vec<Xy> =
            (0..=40).map(|i| (-0.27 * h + 0.02 * h * (f64::from(i) / 4.0).sin(), h * (1.0 - f64::from(i) / 20.0))).collect();
        o.line(&rail, false, &[("railway", "rail"), ("name", "架空鉄道")]);
        o.line(&[(0.1 * h, h), (0.16 * h, 0.0), (0.08 * h, -h)], false, &[("highway", "motorway"), ("name", "架空自動車道")]);
        o.line(&[(-0.45 * h, 0.02 * h), (-0.95 * h, 0.3 * h)], false, &[("route", "ferry"), ("name", "架空航路")]);
        for p in places.buildings() {
            let (w, d) = (6.0, 5.0);
            o.line(
                &[(p.0 - w, p.1 - d), (p.0 + w, p.1 - d), (p.0 + w, p.1 + d), (p.0 - w, p.1 + d)],
                true,
                &[("building", "yes")],
            );
        }
        o.node((-0.12 * h, 0.03 * h), &[("place", "city"), ("name", "かよい市（架空）")]);
        for (i, (p, _)) in t.hamlets().iter().enumerate() {
            o.node(*p, &[("place", "village"), ("name", super::places::hamlet_name(i))]);
        }
        for (p, tags) in places.shops() {
            let tags: Vec<(&str, &str)> = tags.iter().map(|(k, v)| (*k, v.as_str())).collect();
            o.node(*p, &tags);
        }
        o.finish()
    }
}

fn snap16(i: i32) -> i32 {
    (i as f64 / 16.0).round() as i32 * 16
}

fn mid(a: Xy, b: Xy) -> Xy {
    ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0)
}

/// How many lattice lines apart streets run here.
fn spacing(t: &Terrain, p: Xy) -> i32 {
    match t.density(p) {
        d if d > 0.22 => 1,
        d if d > 0.07 => 2,
        d if d > 0.02 => 4,
        _ if t.hill(p) > 0.5 => 16,
        _ => 8,
    }
}

fn road_between(t: &Terrain, line: i32, a: Xy, b: Xy, bridge: bool) -> bool {
    let m = mid(a, b);
    let dry = [a, m, b].iter().all(|p| t.is_land(*p));
    let over_river = bridge && [a, m, b].iter().all(|p| t.is_land(*p) || t.in_river(*p) && p.0 > t.coast(p.1) + 25.0);
    (dry || over_river) && line % spacing(t, m) == 0
}

/// Writes OSM XML.
struct Osm<'t> {
    terrain: &'t Terrain,
    nodes: String,
    ways: String,
    next: i64,
}

impl<'t> Osm<'t> {
    fn new(terrain: &'t Terrain) -> Self {
        Self { terrain, nodes: String::new(), ways: String::new(), next: 0 }
    }

    fn node(&mut self, p: Xy, tags: &[(&str, &str)]) -> i64 {
        self.next += 1;
        let l = self.terrain.place(p);
        let _ = write!(self.nodes, "<node id=\"{}\" lat=\"{:.7}\" lon=\"{:.7}\"", self.next, l.lat, l.lon);
        if tags.is_empty() {
            self.nodes.push_str("/>\n");
        } else {
            self.nodes.push('>');
            push_tags(&mut self.nodes, tags);
            self.nodes.push_str("</node>\n");
        }
        self.next
    }

    fn way(&mut self, nodes: Vec<i64>, tags: &[(&str, &str)]) {
        self.next += 1;
        let _ = write!(self.ways, "<way id=\"{}\">", self.next);
        for n in nodes {
            let _ = write!(self.ways, "<nd ref=\"{n}\"/>");
        }
        push_tags(&mut self.ways, tags);
        self.ways.push_str("</way>\n");
    }

    fn line(&mut self, points: &[Xy], closed: bool, tags: &[(&str, &str)]) {
        let mut ids: Vec<i64> = points.iter().map(|p| self.node(*p, &[])).collect();
        if closed {
            ids.extend(ids.first().copied());
        }
        self.way(ids, tags);
    }

    fn finish(self) -> String {
        format!(
            "<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\" generator=\"kayoi sample\" timestamp=\"2026-04-01T00:00:00Z\">\n{}{}</osm>\n",
            self.nodes, self.ways
        )
    }
}

fn push_tags(out: &mut String, tags: &[(&str, &str)]) {
    for (k, v) in tags {
        let _ = write!(out, "<tag k=\"{k}\" v=\"{}\"/>", escaped(v));
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
