//! Mapbox vector tiles of the base map, areas, cells and services.

use crate::atlas::{Atlas, base::BaseMap};
use crate::model::{AreaType, BaseLayer, Bounds, KindId, LonLat, kinds};
use geo::BoundingRect;
use mvt::{Error, GeomEncoder, GeomType, Layer, Tile};

/// Units per tile side.
const EXTENT: f64 = 4096.0;
/// Drawn beyond the tile's edge, units.
const BUFFER: f64 = 80.0;
/// Points nearer than this to the line are left out, units.
const TOLERANCE: f64 = 6.0;
/// Deepest zoom; clients draw deeper ones from it.
pub const MAX_ZOOM: u8 = 15;

type Xy = (f64, f64);

/// A tile address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address {
    /// Zoom.
    pub z: u8,
    /// Column from the west.
    pub x: u32,
    /// Row from the north.
    pub y: u32,
}

impl Address {
    /// A tile that exists.
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        let side = 1u32.checked_shl(u32::from(z))?;
        (z <= MAX_ZOOM && x < side && y < side).then_some(Self { z, x, y })
    }

    /// Position of a place in tile units.
    fn project(&self, p: LonLat) -> Xy {
        let side = f64::from(1u32 << self.z);
        let x = (p.lon + 180.0) / 360.0;
        let sin = p.lat.clamp(-85.05, 85.05).to_radians().sin();
        let y = 0.5 - ((1.0 + sin) / (1.0 - sin)).ln() / (4.0 * std::f64::consts::PI);
        ((x * side - f64::from(self.x)) * EXTENT, (y * side - f64::from(self.y)) * EXTENT)
    }

    /// The place of a position in tile units.
    fn unproject(&self, (x, y): Xy) -> LonLat {
        let side = f64::from(1u32 << self.z);
        let lon = (x / EXTENT + f64::from(self.x)) / side * 360.0 - 180.0;
        let n = std::f64::consts::PI * (1.0 - 2.0 * (y / EXTENT + f64::from(self.y)) / side);
        LonLat::new(lon, n.sinh().atan().to_degrees())
    }

    fn bounds(&self) -> Bounds {
        Bounds::of([self.unproject((-BUFFER, EXTENT + BUFFER)), self.unproject((EXTENT + BUFFER, -BUFFER))])
    }
}

/// The base map in one tile.
///
/// # Errors
/// If encoding fails.
pub fn base(map: &BaseMap, at: Address) -> Result<Vec<u8>, Error> {
    let view = map.view();
    let b = at.bounds();
    let (low, high) = (LonLat::new(b.west, b.south).to_e7(), LonLat::new(b.east, b.north).to_e7());
    let mut tile = Tile::new(EXTENT as u32);
    for layer in BaseLayer::ALL {
        let mut out = tile.create_layer(layer.name());
        for r in view.meeting(layer, at.z, [low[0], low[1], high[0], high[1]]) {
            let lines =
                view.lines(r).map(|(outer, v)| (outer, v.iter().map(|p| at.project(LonLat::from_e7(*p))).collect::<Vec<_>>()));
            let encoded = match layer {
                BaseLayer::Water | BaseLayer::Green | BaseLayer::Building => rings(lines),
                BaseLayer::Label => points(lines.flat_map(|l| l.1)),
                _ => strokes(lines.map(|l| l.1)),
            };
            let Some(shape) = encoded? else { continue };
            let mut feature = out.into_feature(shape);
            feature.add_tag_string("class", view.word(r.class));
            let name = view.word(r.name);
            if !name.is_empty() && (layer == BaseLayer::Label || at.z >= 14) {
                feature.add_tag_string("name", name);
            }
            out = feature.into_layer();
        }
        add(&mut tile, out)?;
    }
    tile.to_bytes()
}

/// Areas of one type in one tile, named by the type's code.
///
/// # Errors
/// If encoding fails.
pub fn areas(atlas: &Atlas, area_type: AreaType, at: Address) -> Result<Vec<u8>, Error> {
    let mut tile = Tile::new(EXTENT as u32);
    let mut out = tile.create_layer(area_type.code());
    if let Some(index) = atlas.areas.get(&area_type) {
        for i in index.meeting(&at.bounds()) {
            let area = &index.areas[i as usize];
            let Some(geometry) = &area.geometry else { continue };
            let Some(shape) = multi_polygon(geometry, at)? else { continue };
            let mut feature = out.into_feature(shape);
            feature.set_id(area.id as u64);
            feature.add_tag_string("name", &area.name);
            out = feature.into_layer();
        }
    }
    add(&mut tile, out)?;
    tile.to_bytes()
}

/// Population cells of a dataset in one tile.
///
/// # Errors
/// If encoding fails.
pub fn cells(atlas: &Atlas, population: usize, at: Address) -> Result<Vec<u8>, Error> {
    let mut tile = Tile::new(EXTENT as u32);
    let mut out = tile.create_layer("cells");
    let here = at.bounds();
    let set = atlas.population.get(population).map(|p| &p.0);
    for cell in set.iter().flat_map(|s| &s.cells) {
        let Some(b) = cell.bounds.filter(|b| b.intersects(&here)) else { continue };
        let ring = [(b.west, b.south), (b.east, b.south), (b.east, b.north), (b.west, b.north), (b.west, b.south)];
        let ring = ring.map(|(lon, lat)| at.project(LonLat::new(lon, lat))).to_vec();
        let Some(shape) = rings(std::iter::once((true, ring)))? else { continue };
        let mut feature = out.into_feature(shape);
        feature.set_id(cell.id as u64);
        feature.add_tag_string("code", &cell.code);
        out = feature.into_layer();
    }
    add(&mut tile, out)?;
    tile.to_bytes()
}

/// Services in one tile, one layer; at small zooms only one of each kind per spot.
///
/// # Errors
/// If encoding fails.
pub fn services(atlas: &Atlas, at: Address) -> Result<Vec<u8>, Error> {
    let mut tile = Tile::new(EXTENT as u32);
    let mut out = tile.create_layer("services");
    let mut seen = std::collections::HashSet::new();
    let step = if at.z < 13 { 64.0 } else { 1.0 };
    let here = at.bounds();
    for id in (0..kinds().len()).flat_map(|k| atlas.sites.candidates(KindId(k as u8), &here)) {
        let site = &atlas.sites.all[id as usize];
        let (x, y) = at.project(site.point);
        if !seen.insert((site.service.kind, (x / step) as i64, (y / step) as i64)) {
            continue;
        }
        let Some(shape) = points(std::iter::once((x, y)))? else { continue };
        let mut feature = out.into_feature(shape);
        feature.set_id(site.service.id as u64);
        feature.add_tag_string("kind", site.service.kind.code());
        feature.add_tag_string("name", &site.service.name);
        out = feature.into_layer();
    }
    add(&mut tile, out)?;
    tile.to_bytes()
}

fn add(tile: &mut Tile, layer: Layer) -> Result<(), Error> {
    if layer.num_features() > 0 { tile.add_layer(layer) } else { Ok(()) }
}

type Shape = Result<Option<mvt::GeomData>, Error>;

fn points(positions: impl Iterator<Item = Xy>) -> Shape {
    let mut encoder = GeomEncoder::new(GeomType::Point);
    let inside = |p: &Xy| (-BUFFER..=EXTENT + BUFFER).contains(&p.0) && (-BUFFER..=EXTENT + BUFFER).contains(&p.1);
    let mut any = false;
    for (x, y) in positions.filter(inside) {
        encoder.add_point(x, y)?;
        any = true;
    }
    if any { encoder.encode().map(Some) } else { Ok(None) }
}

fn strokes(lines: impl Iterator<Item = Vec<Xy>>) -> Shape {
    let mut encoder = GeomEncoder::new(GeomType::Linestring);
    let mut any = false;
    for piece in lines.flat_map(|l| clip_line(&l)) {
        let piece = simplified(&piece);
        if piece.len() < 2 {
            continue;
        }
        for (x, y) in piece {
            encoder.add_point(x, y)?;
        }
        encoder.complete_geom()?;
        any = true;
    }
    if any { encoder.encode().map(Some) } else { Ok(None) }
}

/// Rings of polygons: an outer ring that vanishes takes its holes with it.
fn rings(lines: impl Iterator<Item = (bool, Vec<Xy>)>) -> Shape {
    let mut encoder = GeomEncoder::new(GeomType::Polygon);
    let (mut any, mut kept) = (false, false);
    for (outer, ring) in lines {
        if !outer && !kept {
            continue;
        }
        let mut ring = simplified(&clip_ring(&ring));
        ring.pop_if(|_| true); // the encoder closes rings itself
        let visible = ring.len() >= 3 && twice_area(&ring).abs() > 2.0 * TOLERANCE * TOLERANCE;
        if outer {
            kept = visible;
        }
        if !visible {
            continue;
        }
        // y grows downwards in a tile: an outer ring has positive area there
        if (twice_area(&ring) > 0.0) != outer {
            ring.reverse();
        }
        for (x, y) in ring {
            encoder.add_point(x, y)?;
        }
        encoder.complete_geom()?;
        any = true;
    }
    if any { encoder.encode().map(Some) } else { Ok(None) }
}

fn multi_polygon(m: &geo::MultiPolygon<f64>, at: Address) -> Shape {
    let here = at.bounds();
    let meets = |p: &&geo::Polygon<f64>| {
        p.bounding_rect()
            .is_some_and(|r| Bounds { west: r.min().x, south: r.min().y, east: r.max().x, north: r.max().y }.intersects(&here))
    };
    let line = |r: &geo::LineString<f64>| r.coords().map(|c| at.project(LonLat::new(c.x, c.y))).collect::<Vec<_>>();
    let all = m.iter().filter(meets).flat_map(|p| {
        std::iter::once((true, line(p.exterior()))).chain(p.interiors().iter().map(|r| (false, line(r))).collect::<Vec<_>>())
    });
    rings(all.collect::<Vec<_>>().into_iter())
}

fn twice_area(ring: &[Xy]) -> f64 {
    (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()])).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

/// Douglas–Peucker.
fn simplified(line: &[Xy]) -> Vec<Xy> {
    use geo::Simplify;
    if line.len() < 3 {
        return line.to_vec();
    }
    let line: geo::LineString<f64> = line.to_vec().into();
    line.simplify(TOLERANCE).coords().map(|c| (c.x, c.y)).collect()
}

/// The parts of a line inside the buffered tile (Liang & Barsky).
fn clip_line(line: &[Xy]) -> Vec<Vec<Xy>> {
    let (low, high) = (-BUFFER, EXTENT + BUFFER);
    let mut parts: Vec<Vec<Xy>> = Vec::new();
    for pair in line.windows(2) {
        let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
        let (dx, dy) = (bx - ax, by - ay);
        let (mut t0, mut t1) = (0.0f64, 1.0f64);
        let inside = [(-dx, ax - low), (dx, high - ax), (-dy, ay - low), (dy, high - ay)].into_iter().all(|(p, q)| {
            if p == 0.0 {
                return q >= 0.0;
            }
            if p < 0.0 {
                t0 = t0.max(q / p)
            } else {
                t1 = t1.min(q / p)
            }
            t0 <= t1
        });
        if !inside {
            continue;
        }
        let at = |t: f64| (ax + t * dx, ay + t * dy);
        match parts.last_mut().filter(|p| t0 == 0.0 && p.last() == Some(&(ax, ay))) {
            Some(part) => part.push(at(t1)),
            None => parts.push(vec![at(t0), at(t1)]),
        }
    }
    parts
}

/// A ring inside the buffered tile (Sutherland & Hodgman).
fn clip_ring(ring: &[Xy]) -> Vec<Xy> {
    let (low, high) = (-BUFFER, EXTENT + BUFFER);
    let mut ring = ring.to_vec();
    let sides: [(bool, f64, bool); 4] = [(true, low, true), (true, high, false), (false, low, true), (false, high, false)];
    for (horizontal, edge, above) in sides {
        let value = |p: &Xy| if horizontal { p.0 } else { p.1 };
        let inside = |p: &Xy| if above { value(p) >= edge } else { value(p) <= edge };
        if ring.iter().all(inside) {
            continue;
        }
        let mut next = Vec::with_capacity(ring.len());
        for i in 0..ring.len() {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            let t = (edge - value(&a)) / (value(&b) - value(&a));
            let cut = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
            match (inside(&a), inside(&b)) {
                (true, true) => next.push(b),
                (true, false) => next.push(cut),
                (false, true) => next.extend([cut, b]),
                (false, false) => {}
            }
        }
        ring = next;
    }
    if let Some(first) = ring.first().copied().filter(|f| ring.last() != Some(f)) {
        ring.push(first);
    }
    ring
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_projects_back_to_where_it_came_from() {
        let at = Address::new(14, 14139, 6606).unwrap();
        let p = at.unproject((100.0, 3000.0));
        let q = at.project(p);
        assert!((q.0 - 100.0).abs() < 1e-6 && (q.1 - 3000.0).abs() < 1e-6);
        assert!(Address::new(3, 8, 0).is_none() && Address::new(40, 0, 0).is_none());
    }

    #[test]
    fn lines_and_rings_are_cut_at_the_buffer() {
        let parts = clip_line(&[(-1000.0, 10.0), (5000.0, 10.0), (5000.0, 20.0), (-1000.0, 20.0)]);
        assert_eq!(parts.len(), 2);
        assert!((parts[0][0].0 + BUFFER).abs() < 1e-9 && (parts[0][1].0 - EXTENT - BUFFER).abs() < 1e-9);
        let square = clip_ring(&[(-1e4, -1e4), (1e4, -1e4), (1e4, 1e4), (-1e4, 1e4), (-1e4, -1e4)]);
        assert!((twice_area(&square[..square.len() - 1]).abs() / 2.0 - (EXTENT + 2.0 * BUFFER).powi(2)).abs() < 1.0);
    }
}
