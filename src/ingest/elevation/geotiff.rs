//! Heights as GeoTIFF: one band of numbers, in degrees or in a Japanese plane projection.

use super::super::{Reading, Refusal};
use super::projection::{Plane, Projection};
use super::{MAX_VALUES, finish, too_many};
use crate::model::{Heights, LonLat, NO_HEIGHT, coded_height};
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;

/// True for a TIFF, classic or big, of either byte order.
pub fn is_tiff(b: &[u8]) -> bool {
    [b"II*\0", b"II+\0", b"MM\0*", b"MM\0+"].iter().any(|magic| b.starts_with(*magic))
}

/// GeoTIFF 1.1 keys.
mod key {
    pub const MODEL_TYPE: u16 = 1024;
    pub const RASTER_TYPE: u16 = 1025;
    pub const GEOGRAPHIC: u16 = 2048;
    pub const PROJECTED: u16 = 3072;
    pub const PROJECTED_MODEL: u16 = 1;
    pub const POINT_RASTER: u16 = 2;
}

fn broken(e: &dyn std::fmt::Display) -> Refusal {
    Refusal::new("broken_tiff", format!("TIFFを読めません（{e}）。無圧縮・LZW・Deflateの GeoTIFF で書き出し直してください。"))
}

/// Reads a raster of heights.
pub fn read(content: &[u8], stem: &str) -> Result<Reading, Refusal> {
    let mut file = Decoder::new(Cursor::new(content)).map_err(|e| broken(&e))?;
    let (columns, rows) = file.dimensions().map_err(|e| broken(&e))?;
    if columns as usize * rows as usize > MAX_VALUES {
        return Err(too_many());
    }
    let frame = Frame::read(&mut file)?;
    let missing = file.get_tag_ascii_string(Tag::GdalNodata).ok();
    let missing = missing.and_then(|t| t.trim_matches(['\0', ' ']).parse::<f64>().ok());
    let numbers = numbers(file.read_image().map_err(|e| broken(&e))?)?;
    if numbers.len() != columns as usize * rows as usize {
        return Err(Refusal::new("not_heights", "色のある画像で、標高の値ではありません。標高を1バンドで書き出してください。"));
    }
    let coded = |m: f64| if missing == Some(m) || !m.is_finite() { NO_HEIGHT } else { coded_height(m) };
    let raster = Raster { size: [columns, rows], values: numbers.into_iter().map(coded).collect(), frame };
    finish(vec![raster.in_degrees()?], stem, format!("標高（{stem}）"), "", None)
}

fn numbers(image: DecodingResult) -> Result<Vec<f64>, Refusal> {
    Ok(match image {
        DecodingResult::I16(v) => v.into_iter().map(f64::from).collect(),
        DecodingResult::I32(v) => v.into_iter().map(f64::from).collect(),
        DecodingResult::U16(v) => v.into_iter().map(f64::from).collect(),
        DecodingResult::U32(v) => v.into_iter().map(f64::from).collect(),
        DecodingResult::F32(v) => v.into_iter().map(f64::from).collect(),
        DecodingResult::F64(v) => v,
        _ => {
            let message = "8ビットの画像です（陰影図か着色図と思われます）。標高の値（浮動小数か16ビット）で書き出してください。";
            return Err(Refusal::new("not_heights", message));
        }
    })
}

/// Where the values lie: middle of the first, and distance eastward and southward, in units of the projection.
struct Frame {
    projection: Projection,
    first: [f64; 2],
    step: [f64; 2],
}

impl Frame {
    fn read(file: &mut Decoder<Cursor<&[u8]>>) -> Result<Self, Refusal> {
        let nowhere =
            || Refusal::new("no_position", "位置の情報がないTIFFです。GeoTIFFとして書き出してください（.tfw は読みません）。");
        let keys = file.get_tag_u16_vec(Tag::GeoKeyDirectoryTag).map_err(|_| nowhere())?;
        let value = |id: u16| keys.get(4..)?.chunks_exact(4).find(|k| k[0] == id && k[1] == 0).map(|k| k[3]);
        let plane = value(key::MODEL_TYPE) == Some(key::PROJECTED_MODEL);
        let code = if plane { value(key::PROJECTED) } else { Some(value(key::GEOGRAPHIC).unwrap_or(6668)) };
        let unknown = || {
            let code = code.map_or("不明".to_owned(), |c| format!("EPSG:{c}"));
            let message = format!(
                "座標系（{code}）を扱えません。経緯度（EPSG:6668）か平面直角座標系（EPSG:6669～6687）に変換してください。"
            );
            Refusal::new("unknown_projection", message)
        };
        let projection = code.and_then(|c| Projection::from_epsg(u32::from(c))).ok_or_else(unknown)?;
        let ([x, y], step) = match file.get_tag_f64_vec(Tag::ModelTransformationTag) {
            Ok(m) if m.len() == 16 && m[1] == 0.0 && m[4] == 0.0 => ([m[3], m[7]], [m[0], -m[5]]),
            _ => {
                let scale = file.get_tag_f64_vec(Tag::ModelPixelScaleTag).map_err(|_| nowhere())?;
                let tie = file.get_tag_f64_vec(Tag::ModelTiepointTag).map_err(|_| nowhere())?;
                let ([sx, sy, ..], [i, j, _, x, y, ..]) = (scale.as_slice(), tie.as_slice()) else { return Err(nowhere()) };
                ([x - i * sx, y + j * sy], [*sx, *sy])
            }
        };
        if !(step[0] > 0.0 && step[1] > 0.0) {
            return Err(Refusal::new("turned", "回転または上下が逆のGeoTIFFです。北を上にして書き出し直してください。"));
        }
        let half = if value(key::RASTER_TYPE) == Some(key::POINT_RASTER) { 0.0 } else { 0.5 };
        Ok(Self { projection, first: [x + half * step[0], y - half * step[1]], step })
    }
}

struct Raster {
    size: [u32; 2],
    values: Vec<u16>,
    frame: Frame,
}

impl Raster {
    /// On a grid of degrees: as it is, or taken anew at about the same distance.
    fn in_degrees(self) -> Result<Heights, Refusal> {
        let Frame { projection, first, step } = self.frame;
        match projection {
            Projection::Degrees => Ok(Heights { north_west: first, step, size: self.size, values: self.values }),
            Projection::Plane(plane) => self.resampled(plane),
        }
    }

    fn resampled(self, plane: Plane) -> Result<Heights, Refusal> {
        let [columns, rows] = self.size;
        let Frame { first, step, .. } = self.frame;
        let far = [first[0] + step[0] * f64::from(columns - 1), first[1] - step[1] * f64::from(rows - 1)];
        let corners = [first, [far[0], first[1]], [first[0], far[1]], far].map(|at| plane.degrees(at));
        let by = |f: fn(f64, f64) -> f64, k: usize| corners.iter().map(|c| [c.lon, c.lat][k]).fold(f64::NAN, f);
        let (west, east, south, north) = (by(f64::min, 0), by(f64::max, 0), by(f64::min, 1), by(f64::max, 1));
        let (per_east, per_north) = crate::model::metres_per_degree((south + north) / 2.0);
        let step_degrees = [step[0] / per_east, step[1] / per_north];
        let count = |span: f64, step: f64| (span / step).ceil() as usize + 1;
        let (c, r) = (count(east - west, step_degrees[0]), count(north - south, step_degrees[1]));
        if c.saturating_mul(r) > MAX_VALUES {
            return Err(too_many());
        }
        let mut values = Vec::with_capacity(c * r);
        for row in 0..r {
            for column in 0..c {
                let p = LonLat::new(west + column as f64 * step_degrees[0], north - row as f64 * step_degrees[1]);
                let [x, y] = plane.metres(p);
                let (i, j) = (((x - first[0]) / step[0]).round(), ((first[1] - y) / step[1]).round());
                let inside = i >= 0.0 && j >= 0.0 && i < f64::from(columns) && j < f64::from(rows);
                values.push(if inside { self.values[j as usize * columns as usize + i as usize] } else { NO_HEIGHT });
            }
        }
        Ok(Heights { north_west: [west, north], step: step_degrees, size: [c as u32, r as u32], values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::height_metres;
    use tiff::encoder::{TiffEncoder, colortype};

    /// A raster of 3 × 2 values in 10 m or 0.0001°, its north-west corner somewhere.
    fn raster(keys: &[u16], corner: [f64; 2], step: f64) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let mut file = TiffEncoder::new(&mut bytes).unwrap();
        let mut image = file.new_image::<colortype::Gray32Float>(3, 2).unwrap();
        let tags = image.encoder();
        tags.write_tag(Tag::ModelPixelScaleTag, &[step, step, 0.0][..]).unwrap();
        tags.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, corner[0], corner[1], 0.0][..]).unwrap();
        tags.write_tag(Tag::GeoKeyDirectoryTag, keys).unwrap();
        tags.write_tag(Tag::GdalNodata, "-9999").unwrap();
        image.write_data(&[1.5f32, 2.0, -9999.0, 100.0, -3.2, f32::NAN]).unwrap();
        bytes.into_inner()
    }

    fn metres(h: &Heights) -> Vec<Option<f64>> {
        h.values.iter().map(|v| height_metres(*v).map(|m| (m * 10.0).round() / 10.0)).collect()
    }

    #[test]
    fn degrees_lie_where_the_file_says() {
        let reading = read(&raster(&[1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 6668], [130.7, 32.8], 0.0001), "dem").unwrap();
        let h = &reading.batch.heights[0];
        assert_eq!(metres(h), [Some(1.5), Some(2.0), None, Some(100.0), Some(-3.2), None]);
        assert!((h.north_west[0] - 130.70005).abs() < 1e-12 && (h.north_west[1] - 32.79995).abs() < 1e-12);
    }

    #[test]
    fn a_plane_is_turned_into_degrees() {
        let keys = [1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 6670];
        let h = read(&raster(&keys, [-28_096.29, -22_138.47], 10.0), "dem").unwrap().batch.heights.remove(0);
        // five metres south-east of the corner is the middle of the first value
        let at = |metres: f64| {
            let (e, n) = crate::model::metres_per_degree(32.8);
            let p = [130.7 + metres / e, 32.8 - 5.0 / n];
            let (c, r) = ((p[0] - h.north_west[0]) / h.step[0], (h.north_west[1] - p[1]) / h.step[1]);
            height_metres(h.values[r.round() as usize * h.size[0] as usize + c.round() as usize])
        };
        assert_eq!((at(5.0), at(15.0), at(25.0)), (Some(1.5), Some(2.0), None));
    }

    #[test]
    fn what_cannot_be_placed_is_refused_with_advice() {
        let code = |keys: &[u16], corner: [f64; 2]| read(&raster(keys, corner, 10.0), "dem").unwrap_err().code;
        assert_eq!(code(&[1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 3857], [0.0, 0.0]), "unknown_projection");
        assert_eq!(code(&[1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326], [-8.0, 53.0]), "abroad");
        assert_eq!(read(b"II*\0rest", "dem").unwrap_err().code, "broken_tiff");
    }
}
