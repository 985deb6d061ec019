//! 運行表.csv: the small table a city keeps of its demand taxis. The zones come as polygons of the same name in another
//! file (区域.geojson), the 乗降点 as names of stops or places; both are found when the picture is put together.

use super::table::Table;
use super::{Findings, Reading, Refusal, text};
use crate::model::{
    Batch, Booking, Calendar, Dataset, Day, DemandLeg, DemandService, Feed, Schedule, Seconds, Severity, Spots, fold,
    from_japanese, parse_clock,
};

/// Fields and the headings cities use for them.
const FIELDS: [(&str, &[&str]); 16] = [
    ("zone", &["区域名", "区域", "運行区域", "エリア", "地区名"]),
    ("days", &["曜日", "運行曜日", "運行日"]),
    ("run", &["便", "便名"]),
    ("time", &["出発時刻", "運行時間", "時刻", "発車時刻", "運行時間帯"]),
    ("booking", &["予約締切", "予約", "予約期限", "予約方法"]),
    ("phone", &["電話", "電話番号", "予約電話", "連絡先"]),
    ("fare", &["運賃", "料金", "利用料金"]),
    ("registered", &["登録要否", "登録", "利用登録"]),
    ("spots", &["乗降点", "目的地", "行き先", "降車場所", "乗降場所"]),
    ("direction", &["方向", "往復", "往復別"]),
    ("age", &["年齢", "対象年齢", "対象"]),
    ("vehicles", &["台数", "車両数"]),
    ("seats", &["定員", "座席", "乗車定員"]),
    ("operator", &["運行事業者", "事業者", "運営"]),
    ("from_date", &["運行開始日", "開始日"]),
    ("to_date", &["運行終了日", "終了日"]),
];

struct Head {
    row: usize,
    columns: Vec<(&'static str, usize)>,
}

fn head(t: &Table) -> Option<Head> {
    t.rows.iter().take(10).enumerate().find_map(|(row, (_, cells))| {
        let columns: Vec<(&str, usize)> = FIELDS
            .iter()
            .filter_map(|(f, names)| Some((*f, cells.iter().position(|c| names.iter().any(|n| fold(c) == fold(n)))?)))
            .collect();
        let has = |f: &str| columns.iter().any(|c| c.0 == f);
        (has("zone") && has("days") && has("time") && (has("booking") || has("spots"))).then_some(Head { row, columns })
    })
}

/// True for a table of demand-taxi runs.
pub fn is_demand_form(t: &Table) -> bool {
    head(t).is_some()
}

/// Reads the runs as demand services, one per zone.
pub fn read(t: &Table, stem: &str, today: Day) -> Result<Reading, Refusal> {
    let none = || Refusal::new("no_rows", "運行表の見出しは読めましたが、取り込める便がありません。");
    let head = head(t).ok_or_else(none)?;
    let mut findings = Findings::default();
    let mut feed = Feed { agency: stem.to_owned(), ..Feed::default() };
    let mut zone = None;
    for (row, cells) in &t.rows[head.row + 1..] {
        let get = |f: &str| {
            let (_, c) = head.columns.iter().find(|c| c.0 == f)?;
            cells.get(*c).and_then(|v| text::value(v))
        };
        zone = get("zone").filter(|z| z != "〃").or(zone);
        let (Some(zone), Some(time)) = (zone.clone(), get("time")) else { continue };
        let mut left = |column: &str, value: &str, code: &str, message: &str| {
            findings.say(Severity::Left, *row, column, value, code, message);
        };
        let days = get("days").unwrap_or_default();
        let Some(calendar) = calendar(&days, get("from_date"), get("to_date"), today) else {
            left("曜日", &days, "bad_days", "運行する曜日を読めません。例: 火・金、平日、毎日。この便は使いません。");
            continue;
        };
        let Some(window) = window(&time) else {
            left("出発時刻", &time, "bad_time", "出発時刻を読めません。例: 9:00、8:30～16:00。この便は使いません。");
            continue;
        };
        let calendar = feed.calendars.iter().position(|c| *c == calendar).unwrap_or_else(|| {
            feed.calendars.push(calendar);
            feed.calendars.len() - 1
        }) as u32;
        let at = feed.demand.iter().position(|s| s.id == zone).unwrap_or_else(|| {
            let name = format!("{zone}デマンドタクシー");
            feed.demand.push(DemandService { id: zone.clone(), name, ride_factor: 1.0, ..DemandService::default() });
            feed.demand.len() - 1
        });
        let service = &mut feed.demand[at];
        let booking = get("booking");
        if let Some(words) = &booking {
            match self::booking(words) {
                Some(rule) => service.booking = Some(rule),
                None => {
                    let message = "予約締切を読めません。例: 前日17時まで、1時間前まで。予約の条件なしとして登録しました。";
                    findings.say(Severity::Doubtful, *row, "予約締切", words, "bad_booking", message);
                    service.message = Some(words.clone());
                }
            }
        }
        service.phone = get("phone").and_then(|p| super::phone::phone(&p)).or(service.phone.take());
        service.fare = get("fare").or(service.fare.take());
        service.registered_only |=
            get("registered").is_some_and(|r| ["要", "必要", "○", "〇", "有", "あり"].contains(&r.as_str()));
        service.min_age =
            get("age").and_then(|a| text::number(&a)).filter(|a| (1.0..=120.0).contains(a)).map(|a| a as u8).or(service.min_age);
        let count = |f: &str| get(f).and_then(|v| text::number(&v)).filter(|v| *v >= 1.0).map(|v| v as u32);
        (service.vehicles, service.seats) = (count("vehicles").or(service.vehicles), count("seats").or(service.seats));
        let named = |names: Vec<String>| Spots { names, ..Spots::default() };
        let spots: Vec<String> = get("spots")
            .map(|s| s.split(['・', '、', ',', '／', '/', ';', '\n']).filter_map(text::value).collect())
            .unwrap_or_default();
        let area = named(vec![zone]);
        let goal = if spots.is_empty() { area.clone() } else { named(spots) };
        let homeward = get("direction").or(get("run")).is_some_and(|d| d.contains('復') || d.contains("帰"));
        let (pickup, drop_off) = if homeward { (goal, area) } else { (area, goal) };
        service.legs.push(DemandLeg { calendar, pickup, drop_off, windows: vec![window], until: None });
    }
    if feed.demand.is_empty() {
        return Err(none());
    }
    let dataset = Dataset {
        key: format!("demand_form:{stem}"),
        format: "demand_form".into(),
        title: format!("デマンドタクシー運行表 {stem}"),
        attribution: "市町村".into(),
        vintage: None,
    };
    Ok(Reading { dataset, batch: Batch { feed: Some(feed), ..Batch::default() }, findings })
}

/// The days of a run: weekdays from the schedule words, holidays taken out if they say so.
fn calendar(words: &str, from: Option<String>, to: Option<String>, today: Day) -> Option<Calendar> {
    let schedule = Schedule::parse(&from_japanese(words).ok()?)?;
    let start = from.and_then(|d| text::date(&d)).unwrap_or(today.plus(-366));
    let end = to.and_then(|d| text::date(&d)).unwrap_or(today.plus(3 * 366));
    // any rule of days is kept as a list of dates: 第2・4火曜 is no weekday mask
    let added: Vec<Day> = schedule.days(start, end.plus(1)).collect();
    (!added.is_empty()).then(|| Calendar { id: words.to_owned(), weekdays: 0, start, end, added, removed: vec![] })
}

/// `9:00`, `9時`, `8:30～16:00`, `午後1時～3時`.
fn window(text: &str) -> Option<(Seconds, Seconds)> {
    let folded: String = fold(text);
    if let Some(t) = parse_clock(&folded) {
        return Some((t, t));
    }
    let is_range = folded.contains(['~', '～', '〜', '-', '－', '―']) || folded.contains("から");
    let hours = Schedule::parse(&from_japanese(&format!("毎日 {text}")).ok()?)?;
    let (from, to) = *hours.on(Day(20_000)).first()?;
    Some((from, if is_range { to } else { from }))
}

/// 前日17時まで, 2日前の12:00まで, 1時間前まで, 30分前, 不要.
fn booking(words: &str) -> Option<Booking> {
    let t = fold(words).replace("正午", "12時");
    if ["不要", "なし", "随時", "即時"].iter().any(|w| t.contains(w)) {
        return Some(Booking::Now);
    }
    let digits = |t: &str| -> Option<u32> {
        let d: String = t.chars().rev().take_while(char::is_ascii_digit).collect::<String>().chars().rev().collect();
        d.parse().ok()
    };
    if let Some((before, _)) = t.split_once("時間前") {
        return Some(Booking::Minutes(digits(before)? * 60));
    }
    if let Some((before, _)) = t.split_once("分前") {
        return Some(Booking::Minutes(digits(before)?));
    }
    let (days, rest) = match () {
        () if t.contains("前々日") => (2, t.split_once("前々日")?.1.to_owned()),
        () if t.contains("前日") => (1, t.split_once("前日")?.1.to_owned()),
        () if t.contains("日前") => (digits(t.split_once("日前")?.0)?, t.split_once("日前")?.1.to_owned()),
        () if t.contains("当日") => (0, t.split_once("当日")?.1.to_owned()),
        () => return None,
    };
    let afternoon = rest.contains("午後");
    let clock: String = rest.replace("午後", "").replace("午前", "").trim_start_matches('の').to_owned();
    let clock = clock.replace("時半", ":30").replace('時', ":");
    let clock: String = clock.chars().take_while(|c| c.is_ascii_digit() || *c == ':').collect();
    let mut parts = clock.split(':').filter(|p| !p.is_empty());
    let hour: u32 = match parts.next() {
        Some(h) => h.parse().ok()?,
        None => 24,
    };
    let minute: u32 = parts.next().map_or(Some(0), |m| m.parse().ok())?;
    let hour = if afternoon && hour < 12 { hour + 12 } else { hour };
    (hour <= 24 && minute < 60).then(|| Booking::Days(days, hour * 3600 + minute * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booking_rules_as_leaflets_write_them() {
        assert_eq!(booking("前日17時まで"), Some(Booking::Days(1, 61_200)));
        assert_eq!(booking("前日の午後5時まで"), Some(Booking::Days(1, 61_200)));
        assert_eq!(booking("１時間前まで"), Some(Booking::Minutes(60)));
        assert_eq!(booking("30分前"), Some(Booking::Minutes(30)));
        assert_eq!(booking("2日前の12:00まで"), Some(Booking::Days(2, 43_200)));
        assert_eq!(booking("当日8時半まで"), Some(Booking::Days(0, 30_600)));
        assert_eq!(booking("不要"), Some(Booking::Now));
        assert_eq!(booking("要予約"), None);
        assert_eq!(window("8:30～16:00"), Some((30_600, 57_600)));
        assert_eq!(window("9時"), Some((32_400, 32_400)));
    }
}
