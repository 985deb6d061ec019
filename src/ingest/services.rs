//! Lists of clinics, care offices, salons, halls and shelters → places with services.

use super::headers::{self, Columns};
use super::table::Table;
use super::{Findings, Reading, Refusal, phone, position, text};
use crate::model::{
    Batch, Dataset, GeocodeLevel, KindId, KindNeed, Place, Service, Severity, Status, Visibility, kind_by_code, kind_from_words,
    schedule_reading,
};
use std::collections::HashMap;

/// Reads a table whose headings are known.
pub fn read(table: &Table, columns: &Columns, stem: &str) -> Result<Reading, Refusal> {
    let mut findings = Findings { columns: columns.guesses(), ..Findings::default() };
    let mut places: Vec<Place> = Vec::new();
    let mut cities = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut above: Vec<String> = Vec::new();
    for (row, cells) in &table.rows[columns.data_from..] {
        let mut cells = cells.clone();
        repeat_ditto(&mut cells, &above);
        above.clone_from(&cells);
        if is_blank_or_total(&cells) {
            continue;
        }
        let Some(name) = columns.get(&cells, "name").and_then(text::value) else {
            findings.say(Severity::Left, *row, columns.heading("name"), "", "no_name", "名称が空のため取り込みませんでした。");
            continue;
        };
        let record = Record { columns, cells: &cells, row: *row, name };
        let said = findings.list.len();
        let Some(place) = record.place(&mut findings) else { continue };
        findings.about(said, &place.key);
        if let Some(&first) = seen.get(&place.key) {
            let message = format!("{first}行目と同じ記録です。先の行だけを取り込みました。");
            findings.say(Severity::Left, *row, columns.heading("name"), &place.name, "duplicate_row", &message);
            continue;
        }
        seen.insert(place.key.clone(), *row);
        let prefecture = columns.get(&cells, "city_code").and_then(five_digits);
        cities.push((prefecture.unwrap_or_default(), *row));
        places.push(place);
    }
    drop_strays(&mut places, &cities, columns, &mut findings);
    phone::hyphenate(&mut places);
    if places.is_empty() {
        return Err(Refusal::new("no_rows", "表の見出しは読めましたが、取り込める行がありません。"));
    }
    let layout = columns.layout;
    let dataset = Dataset {
        key: format!("{}:{stem}", layout.id),
        format: layout.id.clone(),
        title: layout.title.clone(),
        attribution: layout.attribution.clone(),
        vintage: None,
    };
    Ok(Reading { dataset, batch: Batch { places, ..Batch::default() }, findings })
}

struct Record<'a> {
    columns: &'a Columns,
    cells: &'a [String],
    row: usize,
    name: String,
}

impl Record<'_> {
    fn get(&self, field: &str) -> Option<&str> {
        self.columns.get(self.cells, field)
    }

    fn owned(&self, field: &str) -> Option<String> {
        self.get(field).and_then(text::value)
    }

    fn place(&self, findings: &mut Findings) -> Option<Place> {
        let kind = self.kind();
        let facility = self.facility();
        if kind.is_none() && facility.is_none() {
            let (column, value) = (self.columns.heading("kind"), self.get("kind").unwrap_or_default());
            let message =
                "サービスの種類を判断できないため取り込みませんでした。種類の列に「通いの場」「病院」などと書いてください。";
            findings.say(Severity::Left, self.row, column, value, "unknown_kind", message);
            return None;
        }
        let (point, level) = self.position(findings);
        let key = self.key();
        let mut place = Place {
            id: 0,
            key: key.clone(),
            name: self.get("venue").filter(|_| self.columns.layout.require.is_empty()).map_or(self.name.clone(), str::to_owned),
            kana: self.owned("kana"),
            address: self.address(),
            point,
            level,
            facility: facility.map(str::to_owned),
            home: self.is_home(),
            services: Vec::new(),
        };
        if let Some(kind) = kind {
            place.services.push(self.service(key, kind, findings));
        }
        Some(place)
    }

    fn service(&self, key: String, kind: KindId, findings: &mut Findings) -> Service {
        let mut service = Service::new(key, kind, self.name.clone());
        let note = self.owned("note");
        let paused = |t: &str| t.contains("休止");
        if note.as_deref().is_some_and(paused) || self.get("status").is_some_and(paused) || self.name.contains("休止中") {
            service.status = Status::Paused;
        }
        service.schedule_text = self.schedule();
        self.doubt_schedule(&service, findings);
        service.fee = self.owned("fee");
        service.pickup = self.get("pickup").and_then(|t| headers::said("pickup", t));
        service.booking = self.get("booking").and_then(|t| headers::said("booking", t));
        service.phone = self.get("phone").and_then(phone::phone);
        service.url = self.owned("url").filter(|u| u.starts_with("http"));
        service.capacity = self.get("capacity").and_then(text::number).filter(|&n| n >= 1.0).map(|n| n as u32);
        service.reference = self.reference();
        service.serves = self.owned("serves");
        service.verified_on = self.get("verified").and_then(text::date).map(|d| d.to_string());
        service.visibility = Visibility::Public;
        service.internal = self.internal();
        service
    }

    /// Whether the venue is somebody's home, as lists say it: 山田様方, 代表者宅. It is told by its area only.
    fn is_home(&self) -> bool {
        let said = [self.get("venue").map(str::to_owned), self.address(), Some(self.name.clone())];
        said.into_iter().flatten().any(|t| headers::says_home(&t))
    }

    /// Days nobody can know are asked for, where people need them to come and the office keeps the list itself; what hundreds of
    /// clinics wrote to the ministry is not hers to mend.
    fn doubt_schedule(&self, service: &Service, findings: &mut Findings) {
        let own = self.columns.layout.require.is_empty();
        let needed = own && service.kind.kind().schedule == KindNeed::Required && service.status == Status::Active;
        let Some(Err(why)) = schedule_reading(service).filter(|_| needed) else { return };
        let value = service.schedule_text.as_deref().unwrap_or_default();
        findings.say(Severity::Doubtful, self.row, self.columns.heading("days"), value, "schedule_unclear", why);
    }

    fn kind(&self) -> Option<KindId> {
        let by_code = self.get("kind").and_then(kind_by_code);
        let by_word = self.get("kind").and_then(|t| kind_from_words(&text::fold(t)));
        let by_name = || kind_from_words(&text::fold(&self.name)).filter(|_| self.facility_word().is_none());
        let by_number = || self.kind_by_medical_number();
        by_code.or(by_word).or_else(by_name).or_else(by_number).or(self.columns.kind)
    }

    /// 医療情報ネット numbers begin with the prefecture, then 1 hospital, 2 clinic, 3 dental, 5 pharmacy (observed in the
    /// open data of 2025-06). The first nine prefectures have lost their leading zero.
    fn kind_by_medical_number(&self) -> Option<KindId> {
        const ONE_DIGIT: [&str; 9] = ["北海道", "青森", "岩手", "宮城", "秋田", "山形", "福島", "茨城", "栃木"];
        self.columns.layout.fallback_kind.as_deref().filter(|f| *f == "by_medical_number")?;
        let address = self.address().unwrap_or_default();
        let prefecture = if ONE_DIGIT.iter().any(|p| address.starts_with(p)) { 1 } else { 2 };
        let class = self.get("number")?.chars().nth(prefecture);
        kind_by_code(match class? {
            '2' => "clinic",
            '3' => "dental",
            '5' => "pharmacy",
            _ => "hospital",
        })
    }

    fn facility_word(&self) -> Option<&'static str> {
        const WORDS: [(&str, &str); 8] = [
            ("小学校", "school"),
            ("中学校", "school"),
            ("コミュニティセンター", "community_centre"),
            ("公民館", "community_centre"),
            ("集会所", "community_centre"),
            ("老人憩の家", "community_centre"),
            ("福祉センター", "public_facility"),
            ("健康ステーション", "public_facility"),
        ];
        WORDS.iter().find(|(w, _)| self.name.contains(w)).map(|(_, f)| *f)
    }

    fn facility(&self) -> Option<&str> {
        self.facility_word().or(self.columns.layout.facility.as_deref())
    }

    fn key(&self) -> String {
        let parts: Vec<String> =
            self.columns.layout.key.iter().map(|f| self.get(f).map(text::fold).unwrap_or_default()).collect();
        let useful = parts.first().is_some_and(|p| !p.is_empty());
        if useful { parts.join("|") } else { format!("{}|{}", text::fold(&self.name), self.address().unwrap_or_default()) }
    }

    fn reference(&self) -> Option<String> {
        match &self.columns.layout.reference[..] {
            [scheme, field] => self.get(field).map(|v| format!("{scheme}:{v}")),
            _ => None,
        }
    }

    fn address(&self) -> Option<String> {
        self.owned("address").or_else(|| match (self.get("town"), self.get("rest")) {
            (None, None) => None,
            (town, rest) => Some(format!("{}{}", town.unwrap_or_default(), rest.unwrap_or_default())),
        })
    }

    fn schedule(&self) -> Option<String> {
        let hours = match (self.get("opens"), self.get("closes")) {
            (Some(a), Some(b)) => Some(format!("{a}～{b}")),
            _ => None,
        };
        let parts = [self.get("days"), self.get("time"), hours.as_deref(), self.get("days_note")];
        let text = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        text::value(&text)
    }

    /// Columns we have no field for, and personal names: kept for staff, never public.
    fn internal(&self) -> Option<String> {
        let known: Vec<usize> =
            self.columns.of.iter().filter(|(f, _)| !["note", "person"].contains(f)).map(|(_, &i)| i).collect();
        let rest: serde_json::Map<String, serde_json::Value> = self
            .cells
            .iter()
            .enumerate()
            .filter(|(i, c)| !known.contains(i) && !c.trim().is_empty())
            .filter_map(|(i, c)| Some((self.columns.headings.get(i).filter(|h| !h.is_empty())?.clone(), c.trim().into())))
            .collect();
        (!rest.is_empty()).then(|| serde_json::Value::Object(rest).to_string())
    }

    fn position(&self, findings: &mut Findings) -> (Option<crate::model::LonLat>, GeocodeLevel) {
        let pair = self.get("latlon").and_then(|t| t.split_once(','));
        let lat = self.get("lat").or(pair.map(|p| p.0)).unwrap_or_default();
        let lon = self.get("lon").or(pair.map(|p| p.1)).unwrap_or_default();
        let value = format!("{lat},{lon}");
        let column = format!("{}・{}", self.columns.heading("lat"), self.columns.heading("lon"));
        match position::check(lat, lon) {
            Ok((p, swapped)) => {
                if swapped {
                    let message = "緯度と経度が逆に入っていたため、入れ替えて登録しました。";
                    findings.say(Severity::Doubtful, self.row, &column, &value, "position_swapped", message);
                }
                (Some(p), GeocodeLevel::Surveyed)
            }
            // the address is looked up after the import, and what is not found waits in the queue
            Err(position::Trouble::Missing) if self.address().is_some() => (None, GeocodeLevel::Unlocated),
            Err(trouble) => {
                let (code, message) = trouble.words();
                findings.say(Severity::Doubtful, self.row, &column, value.trim_matches(','), code, message);
                (None, GeocodeLevel::Unlocated)
            }
        }
    }
}

fn repeat_ditto(cells: &mut [String], above: &[String]) {
    for (cell, up) in cells.iter_mut().zip(above) {
        if matches!(cell.trim(), "〃" | "″" | "同上" | "々") {
            cell.clone_from(up);
        }
    }
}

fn is_blank_or_total(cells: &[String]) -> bool {
    let first = cells.iter().map(|c| text::fold(c)).find(|c| !c.is_empty());
    // a line that begins with # describes the table, as in the smart-city form
    first.is_none_or(|c| c.starts_with('#') || matches!(c.as_str(), "合計" | "計" | "小計" | "総計" | "総数"))
}

/// A municipality code of five digits: a lost leading zero put back, a check digit taken off.
fn five_digits(code: &str) -> Option<String> {
    let digits: String = text::fold(code).chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        4 => Some(format!("0{digits}")),
        5 | 6 => Some(digits[..5].to_owned()),
        _ => None,
    }
}

fn drop_strays(places: &mut [Place], cities: &[(String, usize)], columns: &Columns, findings: &mut Findings) {
    let located: Vec<usize> = (0..places.len()).filter(|&i| places[i].point.is_some()).collect();
    let points: Vec<_> = located.iter().filter_map(|&i| Some((cities[i].0.clone(), places[i].point?))).collect();
    for stray in position::strays(&points) {
        let place = &mut places[located[stray]];
        let value = place.point.map(|p| format!("{},{}", p.lat, p.lon)).unwrap_or_default();
        let message = "同じ市区町村のほかの記録から60km以上離れています。位置未確定として登録しました。";
        findings.say(Severity::Doubtful, cities[located[stray]].1, columns.heading("lat"), &value, "position_stray", message);
        (place.point, place.level) = (None, GeocodeLevel::Unlocated);
    }
}
