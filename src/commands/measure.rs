//! `kayoi measure`: the numbers without the server.

use crate::app::{load_atlas, today};
use crate::atlas::Atlas;
use crate::config::DataConfig;
use crate::measure::{
    Aim, Candidate, Coverage, Errand, Gaps, Indicator, Question, RawQuestion, Scenario, by_walker, coverage, gaps, indicators,
    itineraries, provider_reach, public_rooms, quality, siting, what_if,
};
use crate::model::LonLat;
use crate::present::itinerary;
use crate::present::table::{self, Column};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `kayoi measure`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    data: DataConfig,
    /// 何を数えるか / what to measure
    #[arg(value_enum)]
    what: What,
    /// 種類（コンマ区切り） / kinds, comma separated
    #[arg(long)]
    kind: Option<String>,
    /// 分 / minutes
    #[arg(long)]
    minutes: Option<f64>,
    /// メートル / metres
    #[arg(long)]
    metres: Option<f64>,
    /// 規則の名前 / rule id
    #[arg(long)]
    rule: Option<String>,
    /// 歩く人（rules.toml の walker） / walker id
    #[arg(long)]
    walker: Option<String>,
    /// 歩く速さ m/分 / metres per minute
    #[arg(long)]
    speed: Option<f64>,
    /// 区域の種類 / area type
    #[arg(long)]
    area_type: Option<String>,
    /// 人口の年 / population year
    #[arg(long)]
    year: Option<u16>,
    /// total, aged65, aged75
    #[arg(long)]
    group: Option<String>,
    /// 移動手段 walk, transit, taxi / mode
    #[arg(long)]
    by: Option<String>,
    /// 運行日 YYYY-MM-DD / service day
    #[arg(long)]
    day: Option<String>,
    /// 出発の時間帯 9:00-11:00 / departures
    #[arg(long)]
    depart: Option<String>,
    /// 時間帯のどの所要時間で数えるか best, p50, p90 / which travel time counts
    #[arg(long)]
    stat: Option<String>,
    /// 登録の要るデマンドタクシーに登録しているか / registered with demand services
    #[arg(long)]
    registered: Option<bool>,
    /// 年齢 / age
    #[arg(long)]
    age: Option<u8>,
    /// 予約する日時 2026-06-09T16:00 / when a demand taxi is booked
    #[arg(long)]
    booked: Option<String>,
    /// 往復（帰りも同じ日に） / there and back
    #[arg(long)]
    roundtrip: bool,
    /// 休まず歩ける距離 m / longest walk without a rest
    #[arg(long)]
    longest_walk: Option<f64>,
    /// 着きたい時刻 10:00 / wished arrival
    #[arg(long)]
    arrive: Option<String>,
    /// 滞在（分） / stay, minutes
    #[arg(long)]
    stay: Option<f64>,
    /// 帰り着くまで（分） / home within, minutes
    #[arg(long)]
    home_within: Option<f64>,
    /// 出発地 経度,緯度 / start, lon,lat
    #[arg(long)]
    from: Option<String>,
    /// 目的地 経度,緯度 / end, lon,lat
    #[arg(long)]
    to: Option<String>,
    /// 出発時刻 9:00 / departure of one trip
    #[arg(long)]
    at: Option<String>,
    /// 帰りの出発時刻 / departure of the way home
    #[arg(long)]
    back: Option<String>,
    /// 変更を書いたJSONファイル（whatif） / changes as JSON
    #[arg(long)]
    scenario: Option<PathBuf>,
    /// いくつ選ぶか（siting） / how many sites
    #[arg(long, default_value_t = 3)]
    k: usize,
    /// 何をめざすか（siting） cover, median / aim
    #[arg(long, default_value = "cover")]
    aim: String,
    /// 候補のJSONファイル（siting。なければ公民館など） / candidates as JSON
    #[arg(long)]
    candidates: Option<PathBuf>,
    /// 人口データの名前 / population dataset
    #[arg(long)]
    population: Option<String>,
    /// 出力の形 / output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// 徒歩圏カバー率
    Coverage,
    /// 届かない区画
    Gaps,
    /// 歩く人ごとの比較
    Walkers,
    /// 訪問する側から車で届く家
    Providers,
    /// もしも（--scenario ファイル）
    Whatif,
    /// 次の場所の選び方
    Siting,
    /// 計画の指標
    Indicators,
    /// 記録の点検（古い・休止・位置未確定・重複の疑い）
    Quality,
    /// 1回の移動（行きと帰り）
    Itinerary,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Csv,
    Table,
}

/// Runs the command.
pub async fn run(a: Arguments) -> Result<ExitCode> {
    let store = a.data.store().await?;
    let atlas = load_atlas(store.as_ref(), &a.data.data).await?;
    let trip = TripArguments { from: a.from, to: a.to, at: a.at, arrive: a.arrive.clone(), back: a.back };
    let raw = RawQuestion {
        kind: a.kind,
        minutes: a.minutes,
        metres: a.metres,
        rule: a.rule,
        walker: a.walker,
        speed: a.speed,
        area_type: a.area_type,
        year: a.year,
        group: a.group,
        by: a.by,
        day: a.day,
        depart: a.depart,
        stat: a.stat,
        registered: a.registered,
        age: a.age,
        booked: a.booked,
        roundtrip: Some(a.roundtrip),
        longest_walk: a.longest_walk,
        arrive: a.arrive,
        stay: a.stay,
        home_within: a.home_within,
        population: a.population,
    };
    let question = Question::new(&raw, &atlas, today())?;
    // indicators are lengths by definition
    let plain = &atlas;
    let atlas = plain.walked(question.effort);
    let text = match a.what {
        What::Coverage => coverage_text(&coverage(atlas, &question)?, a.format)?,
        What::Quality => {
            let answer = quality(plain, &question, today());
            print_as(a.format, &answer, &table::quality(&answer), None)?
        }
        What::Walkers => {
            let answer = by_walker(plain, &question)?;
            print_as(a.format, &answer, &table::walkers(&answer, &question), Some(&answer.basis))?
        }
        What::Providers => {
            let answer = provider_reach(atlas, &question)?;
            print_as(a.format, &answer, &table::providers(&answer), Some(&answer.basis))?
        }
        What::Whatif => what_if_text(atlas, &question, a.scenario.as_deref(), a.format)?,
        What::Siting => siting_text(atlas, &question, a.k, a.aim, a.candidates.as_deref(), a.format)?,
        What::Indicators => indicators_text(&indicators(plain, &question, today()), a.format)?,
        What::Itinerary => itinerary_text(atlas, &question, &trip, a.format)?,
        What::Gaps => gaps_text(&gaps(atlas, &question, None)?, a.format)?,
    };
    super::say(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn coverage_text(answer: &Coverage, format: Format) -> Result<String> {
    print_as(format, answer, &table::coverage(answer), Some(&answer.basis))
}

fn gaps_text(answer: &Gaps, format: Format) -> Result<String> {
    print_as(format, answer, &table::gaps(answer), Some(&answer.basis))
}

fn indicators_text(answer: &[Indicator], format: Format) -> Result<String> {
    print_as(format, &answer, &table::indicators(answer), None)
}

fn print_as<T: serde::Serialize>(
    format: Format,
    answer: &T,
    rows: &[Vec<Column>],
    basis: Option<&crate::model::Basis>,
) -> Result<String> {
    Ok(match (format, basis) {
        (Format::Json, _) => serde_json::to_string_pretty(answer)?,
        (Format::Csv, _) => table::csv(rows)?,
        (Format::Table, Some(basis)) => with_basis(table::aligned(rows), basis),
        (Format::Table, None) => table::aligned(rows),
    })
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path, what: &str) -> Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{what} {} を読めません", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{what} {} の書き方を確かめてください", path.display()))
}

fn what_if_text(atlas: &Atlas, q: &Question, scenario: Option<&Path>, format: Format) -> Result<String> {
    let path = scenario.context("--scenario 変更のJSONファイル を指定してください")?;
    let answer = what_if(atlas, q, &read_json::<Scenario>(path, "シナリオ")?)?;
    print_as(format, &answer, &table::what_if(&answer), Some(&answer.basis))
}

fn siting_text(atlas: &Atlas, q: &Question, k: usize, aim: String, candidates: Option<&Path>, format: Format) -> Result<String> {
    let candidates: Vec<Candidate> = match candidates {
        Some(path) => read_json(path, "候補")?,
        None => public_rooms(atlas),
    };
    let aim: Aim = serde_json::from_value(aim.into()).context("--aim は cover か median です")?;
    let answer = siting(atlas, q, &candidates, k, aim)?;
    print_as(format, &answer, &table::siting(&answer), Some(&answer.basis))
}

struct TripArguments {
    from: Option<String>,
    to: Option<String>,
    at: Option<String>,
    arrive: Option<String>,
    back: Option<String>,
}

fn itinerary_text(atlas: &Atlas, q: &Question, trip: &TripArguments, format: Format) -> Result<String> {
    let place = |name: &str, text: &Option<String>| -> Result<LonLat> {
        let text = text.as_deref().with_context(|| format!("--{name} 経度,緯度 を指定してください"))?;
        LonLat::parse(text)
            .filter(|p| p.in_japan())
            .with_context(|| format!("--{name}「{text}」は日本の中の 経度,緯度 の形です。例: 130.7,32.8"))
    };
    let (from, to) = (place("from", &trip.from)?, place("to", &trip.to)?);
    let errand = Errand::new(from, to, trip.at.as_deref(), trip.arrive.as_deref())?;
    let there = itineraries(atlas, q, &errand)?;
    let back = errand.back(trip.back.as_deref())?.map(|home| itineraries(atlas, q, &home)).transpose()?;
    let basis = q.basis(atlas, vec![]);
    if matches!(format, Format::Json) {
        let answer = serde_json::json!({
            "there": itinerary::ways(&there), "back": back.as_ref().map(itinerary::ways), "basis": basis
        });
        return Ok(serde_json::to_string_pretty(&answer)?);
    }
    let mut text = itinerary::text("行き", &there);
    text += &back.map(|b| itinerary::text("帰り", &b)).unwrap_or_default();
    Ok(with_basis(text, &basis))
}

fn with_basis(table: String, basis: &crate::model::Basis) -> String {
    let mut lines = vec![format!("基準: {}", basis.rule_text), format!("速さ: {}", basis.speed_text)];
    lines.extend(basis.population.iter().map(|p| format!("人口: {p}")));
    lines.extend(basis.demand_points.clone());
    lines.extend(basis.notes.iter().map(|n| format!("※ {n}")));
    format!("{table}\n{}", lines.join("\n"))
}
