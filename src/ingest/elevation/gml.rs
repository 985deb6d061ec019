//! 基盤地図情報 数値標高モデル: FG-GML-….xml, one mesh each, or the zip they are delivered in.
//!
//! Corners are latitude first; rows run from north to south, each from west to east; the list may start late
//! (`startPoint`) and end early, and −9999 is no height.

use super::super::text::decode;
use super::super::{Reading, Refusal};
use super::{MAX_VALUES, finish, too_many};
use crate::model::{Heights, NO_HEIGHT, coded_height};
use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// True for an elevation model in GML.
pub fn is_dem(head: &str) -> bool {
    head.contains("FGD_GMLSchema") && (head.contains("<DEM") || head.contains(":DEM"))
}

/// Reads the sheets of one delivery.
pub fn read(sheets: &[Vec<u8>], stem: &str) -> Result<Reading, Refusal> {
    let (mut grids, mut total) = (Vec::new(), 0usize);
    let (mut kind, mut newest) = (None, None);
    for bytes in sheets {
        let (text, _) = decode(bytes).ok_or_else(|| broken("文字として読めません"))?;
        let sheet = Sheet::read(&text)?;
        kind = kind.or_else(|| sheet.kind.clone());
        newest = newest.max(sheet.day.clone());
        total += sheet.size().map_or(0, |[c, r]| c as usize * r as usize);
        if total > MAX_VALUES {
            return Err(too_many());
        }
        grids.push(sheet.heights()?);
    }
    let title = format!("標高（{}）", kind.as_deref().unwrap_or("数値標高モデル"));
    finish(grids, stem, title, "国土地理院 基盤地図情報（数値標高モデル）", newest)
}

fn broken(what: &str) -> Refusal {
    Refusal::new("broken_dem", format!("数値標高モデルのGMLを読めません（{what}）。もう一度入手してください。"))
}

/// The texts of the elements that matter, as written.
#[derive(Default)]
struct Sheet {
    kind: Option<String>,
    day: Option<String>,
    lower: String,
    upper: String,
    low: String,
    high: String,
    start: String,
    order: Option<String>,
    values: String,
}

impl Sheet {
    fn read(text: &str) -> Result<Self, Refusal> {
        let mut reader = Reader::from_str(text);
        let mut sheet = Self::default();
        let mut inside = String::new();
        loop {
            match reader.read_event().map_err(|e| broken(&e.to_string()))? {
                Event::Start(e) => {
                    inside = e.local_name().as_ref().to_owned();
                    if inside == "sequenceRule" {
                        let order = e.try_get_attribute("order").ok().flatten();
                        sheet.order = order.map(|a| a.value.into_owned());
                    }
                }
                Event::Text(t) => sheet.take(&inside, &t),
                Event::End(_) => inside.clear(),
                Event::Eof => return Ok(sheet),
                _ => {}
            }
        }
    }

    fn take(&mut self, element: &str, text: &str) {
        let own = || text.trim().to_owned();
        match element {
            "type" => self.kind = Some(own()),
            "timePosition" => self.day = self.day.take().max(Some(own()).filter(|d| !d.is_empty())),
            "lowerCorner" => self.lower = own(),
            "upperCorner" => self.upper = own(),
            "low" => self.low = own(),
            "high" => self.high = own(),
            "startPoint" => self.start = own(),
            "tupleList" => self.values.push_str(text),
            _ => {}
        }
    }

    fn size(&self) -> Option<[u32; 2]> {
        let ([x0, y0], [x1, y1]) = (pair::<i64>(&self.low)?, pair::<i64>(&self.high)?);
        let count = |a: i64, b: i64| u32::try_from(b - a + 1).ok().filter(|n| (1..=100_000).contains(n));
        Some([count(x0, x1)?, count(y0, y1)?])
    }

    fn heights(&self) -> Result<Heights, Refusal> {
        if self.order.as_deref().is_some_and(|o| o != "+x-y") {
            return Err(broken("値の並び（sequenceRule）が +x-y ではありません"));
        }
        let size = self.size().ok_or_else(|| broken("メッシュの大きさ（GridEnvelope）がありません"))?;
        let corners = pair::<f64>(&self.lower).zip(pair::<f64>(&self.upper));
        let ([south, west], [north, east]) = corners.ok_or_else(|| broken("範囲（lowerCorner・upperCorner）がありません"))?;
        let step = [(east - west) / f64::from(size[0]), (north - south) / f64::from(size[1])];
        if !(step[0] > 0.0 && step[1] > 0.0) {
            return Err(broken("範囲の南西と北東が逆です"));
        }
        let first = pair::<i64>(&self.start).unwrap_or([0, 0]);
        let skip = usize::try_from(first[1] * i64::from(size[0]) + first[0]).map_err(|_| broken("startPoint"))?;
        let mut values = vec![NO_HEIGHT; size[0] as usize * size[1] as usize];
        let lines = self.values.lines().map(str::trim).filter(|l| !l.is_empty());
        for (slot, line) in values.iter_mut().skip(skip).zip(lines) {
            let metres = line.rsplit(',').next().and_then(|v| v.trim().parse::<f64>().ok());
            *slot = metres.map_or(NO_HEIGHT, coded_height);
        }
        Ok(Heights { north_west: [west + step[0] / 2.0, north - step[1] / 2.0], step, size, values })
    }
}

fn pair<T: std::str::FromStr>(text: &str) -> Option<[T; 2]> {
    let mut parts = text.split_whitespace().map(str::parse);
    Some([parts.next()?.ok()?, parts.next()?.ok()?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::height_metres;

    fn sheet(start: &str, values: &str) -> Vec<u8> {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Dataset xmlns:gml=\"http://www.opengis.net/gml/3.2\" \
             xmlns=\"http://fgd.gsi.go.jp/spec/2008/FGD_GMLSchema\"><DEM gml:id=\"DEM001\">\
             <lfSpanFr><gml:timePosition>2016-10-01</gml:timePosition></lfSpanFr><type>5mメッシュ（標高）</type>\
             <coverage><gml:boundedBy><gml:Envelope srsName=\"fguuid:jgd2011.bl\"><gml:lowerCorner>32.8 130.7</gml:lowerCorner>\
             <gml:upperCorner>32.802 130.703</gml:upperCorner></gml:Envelope></gml:boundedBy>\
             <gml:GridEnvelope><gml:low>0 0</gml:low><gml:high>2 1</gml:high></gml:GridEnvelope>\
             <gml:tupleList>\n{values}\n</gml:tupleList>\
             <gml:sequenceRule order=\"+x-y\">Linear</gml:sequenceRule><gml:startPoint>{start}</gml:startPoint>\
             </coverage></DEM></Dataset>"
        )
        .into_bytes()
    }

    #[test]
    fn rows_run_from_the_north_west_and_may_start_late() {
        let reading = read(&[sheet("1 0", "地表面,12.34\n地表面,-1.5\nデータなし,-9999.\nその他,7.00")], "dem").unwrap();
        let g = &reading.batch.heights[0];
        assert_eq!(g.size, [3, 2]);
        let metres: Vec<Option<f64>> = g.values.iter().map(|v| height_metres(*v).map(|m| (m * 10.0).round() / 10.0)).collect();
        assert_eq!(metres, [None, Some(12.3), Some(-1.5), None, Some(7.0), None]);
        assert!((g.north_west[0] - 130.7005).abs() < 1e-9 && (g.north_west[1] - 32.8015).abs() < 1e-9);
        assert_eq!(reading.dataset.vintage.as_deref(), Some("2016-10-01"));
        assert!(is_dem(&String::from_utf8(sheet("0 0", "")).unwrap()));
    }

    #[test]
    fn a_sheet_without_values_or_cut_short_is_refused() {
        assert_eq!(read(&[sheet("0 0", "データなし,-9999.")], "dem").unwrap_err().code, "no_heights");
        let mut cut = sheet("0 0", "地表面,1.0");
        cut.truncate(400);
        assert_eq!(read(&[cut], "dem").unwrap_err().code, "broken_dem");
    }
}
