//! Heights of the ground, as many grids as were imported: the finest that knows a place answers.

use super::flat::{Flat, FlatError, FlatWriter};
use crate::model::{Heights, LonLat, height_metres};

/// Compiles the grids of one file.
pub fn compile(grids: &[Heights]) -> Vec<u8> {
    let places: Vec<[f64; 4]> = grids.iter().map(|g| [g.north_west[0], g.north_west[1], g.step[0], g.step[1]]).collect();
    let sizes: Vec<[u32; 2]> = grids.iter().map(|g| g.size).collect();
    let values: Vec<u16> = grids.iter().flat_map(|g| g.values.iter().copied()).collect();
    let mut w = FlatWriter::default();
    w.add("places", &places).add("sizes", &sizes).add("values", &values);
    w.finish()
}

/// All grids of a register.
#[derive(Clone, Default)]
pub struct Elevation {
    files: Vec<Flat>,
    /// File, first value, place and size of each grid, finest first.
    grids: Vec<Frame>,
    hash: String,
}

#[derive(Clone)]
struct Frame {
    file: usize,
    first: usize,
    place: [f64; 4],
    size: [u32; 2],
}

impl Elevation {
    /// From compiled files and their hashes.
    ///
    /// # Errors
    /// If one is damaged.
    pub fn new(files: Vec<(Flat, String)>) -> Result<Self, FlatError> {
        let hashes: Vec<&[u8]> = files.iter().map(|f| f.1.as_bytes()).collect();
        let hash = super::hash(&hashes);
        let mut grids = Vec::new();
        for (i, (file, _)) in files.iter().enumerate() {
            let mut first = 0;
            let (places, sizes) = (file.slice::<[f64; 4]>("places")?, file.slice::<[u32; 2]>("sizes")?);
            for (place, size) in places.iter().zip(sizes) {
                grids.push(Frame { file: i, first, place: *place, size: *size });
                first += size[0] as usize * size[1] as usize;
            }
            if file.slice::<u16>("values")?.len() < first {
                return Err(FlatError::Damaged("values"));
            }
        }
        grids.sort_by(|a, b| a.place[2].total_cmp(&b.place[2]));
        Ok(Self { files: files.into_iter().map(|f| f.0).collect(), grids, hash })
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.grids.is_empty()
    }

    /// Hash of everything in it.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Height of a place, metres, between the four values around it; nothing where one of them is missing.
    pub fn metres(&self, p: LonLat) -> Option<f64> {
        self.grids.iter().find_map(|g| {
            let (x, y) = ((p.lon - g.place[0]) / g.place[2], (g.place[1] - p.lat) / g.place[3]);
            // half a step beyond the outer values belongs to them: neighbouring sheets leave no seam
            let inside = |v: f64, n: u32| (-0.5..=f64::from(n) - 0.5).contains(&v);
            if !inside(x, g.size[0]) || !inside(y, g.size[1]) {
                return None;
            }
            let values = self.files[g.file].slice::<u16>("values").ok()?;
            let at = |c: usize, r: usize| height_metres(values[g.first + r * g.size[0] as usize + c]);
            let last = |n: u32| f64::from(n.saturating_sub(1));
            let (x, y) = (x.clamp(0.0, last(g.size[0])), y.clamp(0.0, last(g.size[1])));
            let (c, r) = (x.floor() as usize, y.floor() as usize);
            let (fx, fy) = (x - c as f64, y - r as f64);
            // a neighbour without weight may be missing
            let (c1, r1) = (c + usize::from(fx > 0.0), r + usize::from(fy > 0.0));
            let mix = |a: f64, b: f64, t: f64| a + (b - a) * t;
            Some(mix(mix(at(c, r)?, at(c1, r)?, fx), mix(at(c, r1)?, at(c1, r1)?, fx), fy))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NO_HEIGHT, coded_height};

    #[test]
    fn the_finest_grid_answers_between_its_values() {
        let coarse = Heights {
            north_west: [130.0, 33.0],
            step: [0.01, 0.01],
            size: [11, 11],
            values: (0..121).map(|i| coded_height(f64::from(i % 11) * 10.0)).collect(),
        };
        let fine = Heights {
            north_west: [130.05, 32.95],
            step: [0.001, 0.001],
            size: [2, 2],
            values: vec![coded_height(7.0), coded_height(9.0), coded_height(7.0), NO_HEIGHT],
        };
        let file = Flat::from_bytes(&compile(&[coarse, fine])).unwrap();
        let all = Elevation::new(vec![(file, "a".into())]).unwrap();
        let at = |lon, lat| all.metres(LonLat::new(lon, lat)).map(|m| (m * 1000.0).round() / 1000.0);
        assert_eq!(at(130.055, 32.99), Some(55.0));
        assert_eq!(at(130.0505, 32.95), Some(8.0));
        // the fine one has a hole there: the coarse one answers
        assert_eq!(at(130.0505, 32.9495), Some(50.5));
        assert_eq!(at(129.9, 32.95), None);
    }
}
