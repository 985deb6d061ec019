//! `kayoi measure`: the numbers without the server.

use crate::app::{load_atlas, today};
use crate::config::DataConfig;
use crate::measure::{Coverage, Gaps, Question, RawQuestion, coverage, gaps};
use crate::present::table::{self, Column};
use crate::store::open;
use anyhow::Result;
use clap::{Args, ValueEnum};
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
    /// 着きたい時刻 10:00 / wished arrival
    #[arg(long)]
    arrive: Option<String>,
    /// 滞在（分） / stay, minutes
    #[arg(long)]
    stay: Option<f64>,
    /// 帰り着くまで（分） / home within, minutes
    #[arg(long)]
    home_within: Option<f64>,
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
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Csv,
    Table,
}

/// Runs the command.
pub async fn run(a: Arguments) -> Result<ExitCode> {
    let store = open(&a.data.data).await?;
    let atlas = load_atlas(store.as_ref(), &a.data.data).await?;
    let raw = RawQuestion {
        kind: a.kind,
        minutes: a.minutes,
        metres: a.metres,
        rule: a.rule,
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
        arrive: a.arrive,
        stay: a.stay,
        home_within: a.home_within,
        population: a.population,
    };
    let question = Question::new(&raw, &atlas, today())?;
    let text = match a.what {
        What::Coverage => coverage_text(&coverage(&atlas, &question)?, a.format)?,
        What::Gaps => gaps_text(&gaps(&atlas, &question, None)?, a.format)?,
    };
    println!("{text}");
    Ok(ExitCode::SUCCESS)
}

fn coverage_text(answer: &Coverage, format: Format) -> Result<String> {
    let rows = table::coverage(answer);
    Ok(match format {
        Format::Json => serde_json::to_string_pretty(answer)?,
        Format::Csv => table::csv(&rows)?,
        Format::Table => with_basis(table::aligned(&rows), &answer.basis),
    })
}

fn gaps_text(answer: &Gaps, format: Format) -> Result<String> {
    let rows: Vec<Vec<Column>> = table::gaps(answer);
    Ok(match format {
        Format::Json => serde_json::to_string_pretty(answer)?,
        Format::Csv => table::csv(&rows)?,
        Format::Table => with_basis(table::aligned(&rows), &answer.basis),
    })
}

fn with_basis(table: String, basis: &crate::model::Basis) -> String {
    let mut lines = vec![format!("基準: {}", basis.rule_text), format!("速さ: {}", basis.speed_text)];
    lines.extend(basis.population.iter().map(|p| format!("人口: {p}")));
    lines.extend(basis.demand_points.clone());
    lines.extend(basis.notes.iter().map(|n| format!("※ {n}")));
    format!("{table}\n{}", lines.join("\n"))
}
