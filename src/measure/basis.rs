//! What an answer rests on: rule, walker, data and their age, and what was left out.

use super::{Question, Visit, When};
use crate::atlas::streets::edge_flag;
use crate::atlas::{Atlas, Streets};
use crate::model::{Basis, Day, Effort, KindId, Vintage, rules};

impl Question {
    /// The Basis of an answer to this question; `notes` say what was left out.
    pub fn basis(&self, atlas: &Atlas, notes: Vec<String>) -> Basis {
        let r = rules();
        let rule = self.rule.map(|i| &r.rule[i]);
        let set = self.population.map(|i| &atlas.population[i]);
        let distance = if atlas.streets.is_some() { "network" } else { "straight" };
        let mut notes = notes;
        notes.push(effort_note(atlas, self));
        if self.longest_mm != u32::MAX {
            let own = self.who.and_then(|w| w.longest_metres).is_some_and(|m| (m * 1000.0).round() as u32 == self.longest_mm);
            let whose = if own { "歩く人の設定" } else { "利用者の指定" };
            notes.push(format!("一度に休まず歩くのは{:.0}mまで（{whose}）。", f64::from(self.longest_mm) / 1000.0));
        }
        if atlas.streets.is_none() {
            notes.push(format!(
                "道路が取り込まれていないため、直線距離×{}（未確認の係数）で計算しました。",
                r.network.detour_factor
            ));
        }
        if let Some(trip) = &self.when {
            notes.extend(trip.notes(atlas, self.by));
        }
        notes.extend(self.visit.as_ref().map(Visit::note));
        if let Some(day) = self.open_on {
            notes.extend(self.kinds.iter().filter_map(|k| open_note(atlas, *k, day)));
        }
        if atlas.areas.get(&self.area_type).is_some_and(|a| a.areas.iter().any(|a| a.approximate)) {
            notes.push(format!("{}の境界は概略で、公式のものではありません。", self.area_type.ja()));
        }
        let unverified = rule.is_some_and(|r| r.status == "unverified")
            || self.who.is_none_or(|s| s.status == "unverified")
            || atlas.streets.is_none();
        Basis {
            revision: atlas.revision,
            rule: rule.map(|r| r.id.clone()),
            rule_text: rule.map_or_else(
                || format!("{}m（歩行 {:.1}分）以内", self.metres().round(), self.walker.minutes(self.threshold_mm)),
                |r| format!("{}〔{}〕", r.ja, r.source),
            ),
            distance,
            by: self.by.code(),
            service_day: self.when.as_ref().map(|t| t.day.to_string()),
            window: self.when.as_ref().map(When::window_words),
            metres: self.metres(),
            minutes: self.walker.minutes(self.threshold_mm),
            metres_per_minute: self.walker.metres_per_minute,
            speed_text: self.who.map_or_else(
                || format!("歩行 {}m/分（利用者の指定）", self.walker.metres_per_minute),
                |s| format!("{}〔{}〕", s.ja, s.source),
            ),
            population: set.map(|(s, _)| format!("{} {}年 {}", s.title, self.year, self.group.ja())),
            demand_points: set.map(|(_, d)| demand_words(d)),
            data: vintages(atlas),
            notes,
            unverified,
        }
    }
}

/// Whether slopes and steps are in the times.
fn effort_note(atlas: &Atlas, q: &Question) -> String {
    if q.effort == Effort::LENGTH {
        let by_definition = q.who.is_some_and(|w| w.effort == Effort::LENGTH);
        return match by_definition {
            true => "坂道と階段は未考慮です（この速さの定義では数えません）。".into(),
            false => "道のりの長さで測りました。坂道と階段は未考慮です。".into(),
        };
    }
    let known = atlas.streets.as_ref().map_or(0.0, |s| s.known_metres());
    let slope = match (q.effort.slope, known > 0.0) {
        (false, _) => "坂道は未考慮です。".into(),
        (true, false) => "坂道は未考慮です（標高のデータがありません）。".into(),
        (true, true) => {
            let whole = atlas.streets.as_ref().map_or(0.0, |s| s.view().components.iter().map(|c| f64::from(c.metres)).sum());
            format!(
                "坂道は上りと下りを分けて時間に入れました（{}）。標高が分かるのは道の{:.0}%で、ほかと橋・トンネルは平らとしました。",
                if rules().slope.status == "unverified" {
                    "Toblerの式・高齢者での値は未確認"
                } else {
                    "Toblerの式"
                },
                (known / f64::max(whole, 1.0) * 100.0).min(100.0)
            )
        }
    };
    let has_steps = |s: &Streets| s.view().edge_flags.iter().any(|f| f & edge_flag::STEPS != 0);
    let steps = match (q.effort.no_steps, q.effort.steps_factor) {
        _ if !atlas.streets.as_ref().is_some_and(has_steps) => "道路のデータに階段はありません。".to_owned(),
        (true, _) => "階段は通りません。".into(),
        (false, f) if f != 1.0 => format!("階段は同じ長さの平らな道の{f:.0}倍の時間としました（未確認）。"),
        _ => "階段は平らな道と同じとしました。".into(),
    };
    format!("{slope}{steps}道のりのmは、同じ時間で歩ける平らな道の長さです。")
}

fn demand_words(demand: &crate::atlas::Demand) -> String {
    let sources = demand.view().sources;
    let count = |s: u8| sources.iter().filter(|x| **x == s).count();
    let parts = [(0, "住所の点"), (1, "道路上の点"), (2, "中心点"), (3, "位置なし")];
    let words = parts.iter().filter(|(s, _)| count(*s) > 0).map(|(s, w)| format!("{w} {}区画", count(*s)));
    format!("人の立つ位置: {}", words.collect::<Vec<_>>().join("、"))
}

fn vintages(atlas: &Atlas) -> Vec<Vintage> {
    let of = |d: &crate::model::StoredDataset| Vintage {
        title: d.dataset.title.clone(),
        vintage: d.dataset.vintage.clone(),
        attribution: d.dataset.attribution.clone(),
    };
    let mut all: Vec<Vintage> = atlas.datasets.iter().map(of).collect();
    // fifty town lists of one publisher are one line to a reader
    all.dedup_by(|a, b| {
        a.attribution == b.attribution && a.title.split(' ').next() == b.title.split(' ').next() && a.vintage == b.vintage
    });
    all
}

/// What is known of opening on a day.
fn open_note(atlas: &Atlas, kind: KindId, day: Day) -> Option<String> {
    let sites = atlas.sites.of_kind(kind);
    let on = |s: &u32| atlas.sites.all[*s as usize].is_on(day);
    let closed = sites.iter().filter(|s| on(s) == Some(false)).count();
    let unknown = sites.iter().filter(|s| on(s).is_none()).count();
    let mut words = Vec::new();
    words.extend((closed > 0).then(|| format!("{day} に開いていない{closed}か所は数えていません")));
    words.extend((unknown > 0).then(|| format!("開く日が分からない{unknown}か所は、開いているものとして数えました")));
    (!words.is_empty()).then(|| format!("{}: {}。", kind.kind().short, words.join("、")))
}
