//! Geometry as bytes, longitude first: GeoPackage blobs (the `GP` header, then little-endian WKB), and WKB without the header.

use crate::model::{Bounds, LonLat};
use geo::{Coord, LineString, MultiPolygon, Polygon};

const SRS: i32 = 4326;

fn header(envelope: Option<Bounds>) -> Vec<u8> {
    let flags = if envelope.is_some() { 0b0000_0011 } else { 0b0000_0001 };
    let mut blob = vec![b'G', b'P', 0, flags];
    blob.extend(SRS.to_le_bytes());
    if let Some(b) = envelope {
        [b.west, b.east, b.south, b.north].iter().for_each(|v| blob.extend(v.to_le_bytes()));
    }
    blob
}

/// A point.
pub fn point(p: LonLat) -> Vec<u8> {
    let mut blob = header(None);
    blob.push(1);
    blob.extend(1u32.to_le_bytes());
    blob.extend(p.lon.to_le_bytes());
    blob.extend(p.lat.to_le_bytes());
    blob
}

/// A multipolygon.
pub fn multi_polygon(m: &MultiPolygon<f64>) -> Vec<u8> {
    let coords = m.0.iter().flat_map(|p| p.exterior().coords());
    let mut blob = header(Some(Bounds::of(coords.map(|c| LonLat::new(c.x, c.y)))));
    blob.push(1);
    blob.extend(6u32.to_le_bytes());
    blob.extend((m.0.len() as u32).to_le_bytes());
    m.0.iter().for_each(|p| push_polygon(&mut blob, p));
    blob
}

/// A rectangle.
pub fn rectangle(b: Bounds) -> Vec<u8> {
    let ring = [(b.west, b.south), (b.east, b.south), (b.east, b.north), (b.west, b.north), (b.west, b.south)];
    let mut blob = header(Some(b));
    push_polygon(&mut blob, &Polygon::new(LineString::from(ring.to_vec()), vec![]));
    blob
}

fn push_polygon(blob: &mut Vec<u8>, polygon: &Polygon<f64>) {
    blob.push(1);
    blob.extend(3u32.to_le_bytes());
    blob.extend((1 + polygon.interiors().len() as u32).to_le_bytes());
    for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
        blob.extend((ring.0.len() as u32).to_le_bytes());
        for c in &ring.0 {
            blob.extend(c.x.to_le_bytes());
            blob.extend(c.y.to_le_bytes());
        }
    }
}

/// Reads bytes in order; every read is checked.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_at_checked(N)?;
        self.0 = rest;
        head.try_into().ok()
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn coord(&mut self) -> Option<Coord<f64>> {
        Some(Coord { x: f64::from_le_bytes(self.take()?), y: f64::from_le_bytes(self.take()?) })
    }

    /// Skips the header, if there is one, and expects little-endian WKB of this type.
    fn body(&mut self, wkb_type: u32) -> Option<()> {
        self.0 = wkb(self.0)?;
        (self.take::<1>()? == [1] && self.u32()? == wkb_type).then_some(())
    }

    fn ring(&mut self) -> Option<LineString<f64>> {
        let n = self.u32()?;
        (0..n).map(|_| self.coord()).collect::<Option<Vec<_>>>().map(LineString)
    }

    fn polygon(&mut self) -> Option<Polygon<f64>> {
        (self.take::<1>()? == [1] && self.u32()? == 3).then_some(())?;
        let rings = self.u32()?;
        let exterior = self.ring()?;
        let interiors = (1..rings).map(|_| self.ring()).collect::<Option<Vec<_>>>()?;
        Some(Polygon::new(exterior, interiors))
    }
}

/// The WKB of a blob: without its header, if it has one.
pub fn wkb(blob: &[u8]) -> Option<&[u8]> {
    let mut r = Reader(blob);
    let Some([b'G', b'P', _, flags]) = r.take() else { return Some(blob) };
    let envelope = [0, 32, 48, 48, 64].get(usize::from(flags >> 1 & 7)).copied()?;
    r.0.get(4 + envelope..)
}

/// Reads a point back.
pub fn read_point(blob: &[u8]) -> Option<LonLat> {
    let mut r = Reader(blob);
    r.body(1)?;
    r.coord().map(|c| LonLat::new(c.x, c.y))
}

/// Reads a multipolygon back.
pub fn read_multi_polygon(blob: &[u8]) -> Option<MultiPolygon<f64>> {
    let mut r = Reader(blob);
    r.body(6)?;
    let n = r.u32()?;
    (0..n).map(|_| r.polygon()).collect::<Option<Vec<_>>>().map(MultiPolygon)
}

/// Reads the bounds of a polygon back.
pub fn read_bounds(blob: &[u8]) -> Option<Bounds> {
    let mut r = Reader(blob);
    r.0 = wkb(r.0)?;
    let polygon = r.polygon()?;
    Some(Bounds::of(polygon.exterior().coords().map(|c| LonLat::new(c.x, c.y))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let p = LonLat::new(130.7, 32.8);
        assert_eq!(read_point(&point(p)), Some(p));
        let m = MultiPolygon(vec![geo::wkt!(POLYGON((0. 0.,4. 0.,4. 4.,0. 0.),(1. 0.5,2. 1.,2. 0.5,1. 0.5)))]);
        assert_eq!(read_multi_polygon(&multi_polygon(&m)), Some(m));
        let b = Bounds { west: 1.0, south: 2.0, east: 3.0, north: 4.0 };
        assert_eq!(read_bounds(&rectangle(b)), Some(b));
        assert_eq!(wkb(&point(p)).and_then(read_point), Some(p));
        for damaged in [&b"GP"[..], b"", b"GP\0\x03\0\0"] {
            assert_eq!((read_point(damaged), read_bounds(damaged)), (None, None));
        }
    }
}
