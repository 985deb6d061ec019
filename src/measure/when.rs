//! When one travels: the service day, the departures, and which travel time of the window counts.

use super::travel_times::window_of;
use super::{QuestionError, RawQuestion};
use crate::atlas::{Atlas, Transit};
use crate::model::{Day, clock, parse_clock, rules};
use crate::travel::taxi::Terms;
use crate::travel::transit::Window;

/// How people travel. Each mode includes the ones before it: whoever may take the bus may walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// On foot.
    Walk,
    /// And by bus, tram, train.
    Transit,
    /// And by demand taxi.
    Taxi,
}

impl Mode {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Walk => "walk",
            Self::Transit => "transit",
            Self::Taxi => "taxi",
        }
    }

    /// In Japanese.
    pub fn ja(self) -> &'static str {
        match self {
            Self::Walk => "徒歩",
            Self::Transit => "徒歩と公共交通",
            Self::Taxi => "徒歩と公共交通とデマンドタクシー",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Walk, Self::Transit, Self::Taxi].into_iter().find(|m| m.code() == code)
    }
}

/// Which travel time of a window counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stat {
    /// Leaving at the best moment.
    Best,
    /// Half of the departures take no longer.
    P50,
    /// Nine in ten take no longer.
    P90,
}

impl Stat {
    fn from_code(code: &str) -> Option<Self> {
        match code {
            "best" => Some(Self::Best),
            "p50" => Some(Self::P50),
            "p90" => Some(Self::P90),
            _ => None,
        }
    }

    /// In words.
    pub fn ja(self) -> &'static str {
        match self {
            Self::Best => "いちばんよい時刻に出たときの所要時間",
            Self::P50 => "毎分の出発の半数がこれ以内になる所要時間（待ち時間を含む）",
            Self::P90 => "毎分の出発の9割がこれ以内になる所要時間（待ち時間を含む）",
        }
    }
}

/// A visit: be there in time, stay, and be home again within a tolerance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visit {
    /// When one wants to be there if the service says no hours, milliseconds.
    pub arrive: i32,
    /// Stay at a service with open hours, milliseconds.
    pub stay: i32,
    /// Longest way home after leaving, waiting included, milliseconds.
    pub home_within: i32,
}

impl Visit {
    /// From a question; nothing if it asks for no round trip.
    ///
    /// # Errors
    /// On a value that cannot be read.
    pub fn new(raw: &RawQuestion) -> Result<Option<Self>, QuestionError> {
        if !raw.roundtrip.unwrap_or(false) {
            return Ok(None);
        }
        let rule = &rules().visit;
        let text = raw.arrive.as_deref().filter(|t| !t.is_empty()).unwrap_or(&rule.arrive);
        let arrive = parse_clock(text).ok_or_else(|| bad("arrive", text, "10:00"))?;
        let most = rules().limits.max_visit_minutes;
        let minutes = |name: &str, value: Option<f64>, usual: f64| match value.unwrap_or(usual) {
            m if (0.0..=most).contains(&m) => Ok((m * 60_000.0) as i32),
            m => Err(bad(name, &m.to_string(), &format!("0～{most}（分）"))),
        };
        Ok(Some(Self {
            arrive: arrive as i32 * 1000,
            stay: minutes("stay", raw.stay, rule.stay_minutes)?,
            home_within: minutes("home_within", raw.home_within, rule.home_within_minutes)?,
        }))
    }

    pub(super) fn note(&self) -> String {
        format!(
            "往復: 間に合う最後の便に合わせて家を出る（時間帯の統計は使わない）。集まりは始まりまでに着いて終わりに出る。開いている時間のある所は{}ごろ着いて{}分いる。帰りは出てから{}分以内に家に着く（待ち時間を含む）。停留所までの徒歩は残りの時間で限る。デマンドタクシーは家と行き先を直接つなぐ便だけを使い、バスとの乗り継ぎは数えない。",
            clock((self.arrive / 1000) as u32),
            self.stay / 60_000,
            self.home_within / 60_000
        )
    }
}

/// When one travels.
#[derive(Debug, Clone, PartialEq)]
pub struct When {
    /// Service day.
    pub day: Day,
    /// Departures.
    pub window: Window,
    /// Which travel time counts.
    pub stat: Stat,
    /// Who rides a demand taxi, and when they book.
    pub terms: Terms,
    /// Why the day is not the one asked for, or what is wrong with it.
    day_note: Option<String>,
}

impl When {
    /// Checks day, window and statistic.
    ///
    /// # Errors
    /// If there is no timetable or a value cannot be read.
    pub fn new(raw: &RawQuestion, atlas: &Atlas, today: Day) -> Result<Self, QuestionError> {
        let transit = atlas.transit.as_ref().ok_or_else(|| {
            QuestionError::new(
                "no_timetable",
                "時刻表（GTFS）と道路が取り込まれていません。by=walk を使うか、GTFSの zip を取り込んでください。/ No timetable has been imported.",
            )
        })?;
        let (day, day_note) = service_day(raw.day.as_deref(), transit, today)?;
        let stat = match raw.stat.as_deref().filter(|s| !s.is_empty()) {
            None => Stat::P50,
            Some(s) => Stat::from_code(s).ok_or_else(|| bad("stat", s, "best, p50, p90"))?,
        };
        if raw.metres.is_some() {
            return Err(QuestionError::new(
                "minutes_needed",
                "公共交通を使うときは、しきい値を minutes（分）で指定してください。/ Give minutes, not metres, with by=transit or taxi.",
            ));
        }
        Ok(Self { day, window: window(raw.depart.as_deref())?, stat, terms: terms(raw, day)?, day_note })
    }

    /// The window in words.
    pub fn window_words(&self) -> String {
        let text = |ms: i32| clock((ms / 1000) as u32);
        format!("{}～{}に出発。{}", text(self.window.from), text(self.window.to), self.stat.ja())
    }

    /// What an answer must say about timetable and day.
    pub fn notes(&self, atlas: &Atlas, by: Mode) -> Vec<String> {
        let r = &rules().transit;
        let mut notes = vec![format!(
            "{}。運行日 {}（{}）、{}。乗り換えは{}回まで（1回{}秒＋徒歩）、停留所まで・停留所からの徒歩は道のり{:.0}m以内（own・未確認）。",
            by.ja(),
            self.day,
            self.day.weekday_ja(),
            self.window_words(),
            r.max_rides - 1,
            r.change_seconds,
            r.access_metres
        )];
        notes.extend(self.day_note.clone());
        if by == Mode::Taxi {
            notes.extend(self.taxi_notes(atlas));
        }
        let without: Vec<&str> = atlas
            .datasets
            .iter()
            .filter(|d| d.dataset.format == "gtfs_no_timetable")
            .map(|d| d.dataset.attribution.as_str())
            .collect();
        if !without.is_empty() {
            notes.push(format!("{}は時刻のデータがないため含みません。実際より届きにくく出ます。", without.join("、")));
        }
        notes
    }
}

impl When {
    fn taxi_notes(&self, atlas: &Atlas) -> Vec<String> {
        let Some(transit) = &atlas.transit else { return Vec::new() };
        let services: Vec<_> = transit.each_feed().flat_map(|f| &f.demand).collect();
        if services.is_empty() {
            return vec!["デマンドタクシーの区域のデータがありません。公共交通までの結果と同じです。".into()];
        }
        let mut words = vec![format!(
            "デマンドタクシーは{}件。乗車時間は車の通れる道で計算しました（速さは道の種類ごとの仮定・未確認）。",
            services.len()
        )];
        let rule = &rules().taxi;
        words.push(format!(
            "席の見込みは、区域の人が1日に1人{}回乗りたいとし、1台が1回の運行に{:.0}分かかるとした仮定です（own・未確認）。",
            rule.rides_per_person, rule.cycle_minutes
        ));
        words.push(match self.terms.booked {
            None => "予約は締切までに済ませたものとします。".into(),
            Some(s) => {
                let (days, clock_s) = (s.div_euclid(86_400), s.rem_euclid(86_400));
                format!("{} {} に予約するものとします。", self.day.plus(days as i32), clock(clock_s as u32))
            }
        });
        if services.iter().any(|s| s.registered_only) && self.terms.registered {
            words.push("登録が要る区域では、登録済みの人として数えました。".into());
        }
        if services.iter().any(|s| s.min_age.is_some()) && self.terms.age.is_none() {
            words.push("年齢の条件がある区域では、条件を満たす人として数えました。".into());
        }
        if !transit.unresolved.is_empty() {
            words.push(format!(
                "デマンドタクシーの区域や乗降点のうち、位置の分からないもの: {}。区域のGeoJSONか、同じ名前の場所を取り込んでください。",
                transit.unresolved.join("、")
            ));
        }
        if atlas.drive.is_none() {
            words.push("車の道路網がないため、デマンドタクシーは計算していません。道路をもう一度取り込んでください。".into());
        }
        words
    }
}

fn bad(name: &str, value: &str, known: &str) -> QuestionError {
    QuestionError::new("unknown_value", format!("{name}「{value}」は使えません。使える値: {known} / Unknown {name}."))
}

/// The day asked for; else today; else the last day comparable with today on which every timetable is valid.
fn service_day(asked: Option<&str>, transit: &Transit, today: Day) -> Result<(Day, Option<String>), QuestionError> {
    let outside = |day: Day| -> Vec<String> {
        let words = |f: usize| {
            let feed = &transit.feeds[f].feed;
            let valid = feed.validity().map_or_else(|| "有効期間なし".to_owned(), |(from, to)| format!("{from}～{to}"));
            format!("{}（{valid}）", feed.agency)
        };
        transit.outside(day).into_iter().map(words).collect()
    };
    if let Some(text) = asked.filter(|t| !t.is_empty()) {
        let day = Day::parse(text).ok_or_else(|| bad("day", text, "YYYY-MM-DD"))?;
        let late = outside(day);
        let note = (!late.is_empty()).then(|| {
            let offer = transit.comparable(day).map_or(String::new(), |d| format!("最後の同じような日は {d} です。"));
            format!("運行日 {day} は、{}の有効期間の外です。その便はないものとして計算しました。{offer}", late.join("、"))
        });
        return Ok((day, note));
    }
    let late = outside(today);
    match transit.comparable(today) {
        _ if late.is_empty() => Ok((today, None)),
        Some(day) => {
            let note = format!(
                "今日（{today}）は{}の有効期間の外なので、すべての時刻表が有効な最後の同じ曜日 {day} で計算しました。",
                late.join("、")
            );
            Ok((day, Some(note)))
        }
        None => {
            let note =
                format!("すべての時刻表が有効な日がありません。{today} に走る便だけで計算しました。対象外: {}", late.join("、"));
            Ok((today, Some(note)))
        }
    }
}

fn terms(raw: &RawQuestion, day: Day) -> Result<Terms, QuestionError> {
    let by_group = match raw.group.as_deref() {
        Some("aged65") => Some(65),
        Some("aged75") => Some(75),
        _ => None,
    };
    let booked = match raw.booked.as_deref().filter(|t| !t.is_empty()) {
        None => None,
        Some(text) => {
            let read = || {
                let (date, time) = text.split_once(['T', ' '])?;
                Some(i64::from(Day::parse(date)?.0 - day.0) * 86_400 + i64::from(parse_clock(time)?))
            };
            Some(read().ok_or_else(|| bad("booked", text, "2026-06-09T16:00"))?)
        }
    };
    Ok(Terms { registered: raw.registered.unwrap_or(true), age: raw.age.or(by_group), booked })
}

fn window(text: Option<&str>) -> Result<Window, QuestionError> {
    let usual = &rules().transit.window;
    let (from, to) = match text.filter(|t| !t.is_empty()) {
        Some(t) => t.split_once(['-', '~', '～']).unwrap_or((t, t)),
        None => (usual[0].as_str(), usual[1].as_str()),
    };
    let read = || Some((parse_clock(from)?, parse_clock(to)?));
    let (from, to) = read().ok_or_else(|| bad("depart", text.unwrap_or_default(), "9:00-11:00"))?;
    let longest = (rules().limits.max_window_hours * 3600.0) as u32;
    if to < from || to - from > longest || to > 30 * 3600 {
        return Err(QuestionError::new(
            "window_out_of_range",
            format!(
                "出発の時間帯は早い時刻から遅い時刻へ、{}時間以内で指定してください。/ Bad departure window.",
                longest / 3600
            ),
        ));
    }
    // one time is a window of one departure
    Ok(window_of(from, to.max(from + 60)))
}
