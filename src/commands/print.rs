//! `kayoi print`: sheets of paper about a district, or about every district in one document.

use crate::app::load_atlas;
use crate::app::paper::{ForStaff, Order, Sheet, print, print_all};
use crate::app::today;
use crate::atlas::Atlas;
use crate::config::DataConfig;
use crate::model::{AreaType, Day};
use crate::present::paper::Size;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Arguments of `kayoi print`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    data: DataConfig,
    /// 何を印刷するか / what to print
    #[arg(value_enum)]
    sheet: Sheet,
    /// 区域の名前か番号 / area, by name or id
    #[arg(long, required_unless_present = "all")]
    area: Option<String>,
    /// 区域の種類。--all と使うと、その種類のすべてを索引つきの1冊にする / area type
    #[arg(long, default_value = "elementary_district")]
    area_type: String,
    /// すべての区域 / every area of the type, with an index
    #[arg(long, conflicts_with = "area")]
    all: bool,
    /// 地図の大きさ / size of a map
    #[arg(long, value_enum, default_value_t = Paper::A3)]
    size: Paper,
    /// カレンダーの月 YYYY-MM / month of a calendar
    #[arg(long)]
    month: Option<String>,
    /// 住民向けページのURL（QRコードにする） / where the pages are, for the QR code
    #[arg(long)]
    url: Option<String>,
    /// 関係者だけの記録も載せ、「関係者限り」と書く / staff records too; the sheet says so
    #[arg(long)]
    staff: bool,
    /// 書き出すファイル / file
    #[arg(short, long)]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Paper {
    /// A4 横
    A4,
    /// A3 横
    A3,
}

/// Runs the command.
pub async fn run(a: Arguments) -> Result<ExitCode> {
    let month = match &a.month {
        None => today().first_of_month(),
        Some(m) => Day::month(m).with_context(|| format!("月「{m}」は 2026-12 のように書いてください"))?,
    };
    let store = a.data.store().await?;
    let atlas = load_atlas(store.as_ref(), &a.data.data).await?;
    let inside = match a.staff {
        true => {
            let records = store.records().await?.1.into_iter().map(Arc::new).collect();
            Some(ForStaff { records, notes: store.notes(0).await? })
        }
        false => None,
    };
    let size = if matches!(a.size, Paper::A3) { Size::A3 } else { Size::A4 };
    let order = Order { size, month, url: a.url.clone(), ..Order::new(a.sheet, today()) };
    let area_type = AreaType::from_code(&a.area_type).with_context(|| format!("区域の種類「{}」はありません", a.area_type))?;
    let output = a.output.clone();
    let pdf = tokio::task::spawn_blocking(move || match &a.area {
        None => everything(&atlas, area_type, &order, inside.as_ref()),
        Some(name) => Ok(print(&atlas, find(&atlas, area_type, name)?, &order, inside.as_ref())?),
    })
    .await??;
    crate::atlas::write_whole(&output, &pdf).with_context(|| format!("{} に書けません", output.display()))?;
    super::say(&format!("{} に書き出しました。", output.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn everything(atlas: &Atlas, area_type: AreaType, order: &Order, inside: Option<&ForStaff>) -> Result<Vec<u8>> {
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar()));
    let pdf = print_all(atlas, area_type, order, inside, |n, all, name| {
        bar.set_length(all as u64);
        bar.set_position(n as u64);
        bar.set_message(name.to_owned());
        true
    })?;
    bar.finish_and_clear();
    Ok(pdf)
}

/// The area of a name or id.
fn find(atlas: &Atlas, area_type: AreaType, name: &str) -> Result<i64> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let all = || atlas.areas.iter().flat_map(|(t, index)| index.areas.iter().map(move |a| (*t, a)));
    let known: Vec<_> = all().filter(|(_, a)| a.name == name).collect();
    match known.iter().find(|(t, _)| *t == area_type).or(known.first()) {
        Some((_, a)) => Ok(a.id),
        None => {
            let like: Vec<&str> =
                all().filter(|(t, a)| *t == area_type && a.name.contains(name)).map(|(_, a)| a.name.as_str()).collect();
            bail!("「{name}」という区域はありません。近い名前: {}", if like.is_empty() { "なし".into() } else { like.join("、") })
        }
    }
}
