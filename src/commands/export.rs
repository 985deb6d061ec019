//! `kayoi export`: layers in the forms others read. Demand services as GTFS-Flex so far.

use crate::app::load_atlas;
use crate::config::DataConfig;
use crate::present::gtfs_flex;
use crate::store::open;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use zip::write::SimpleFileOptions;

/// Arguments of `kayoi export`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    data: DataConfig,
    /// 書き出すもの / layer
    #[arg(value_enum)]
    layer: Layer,
    /// 形式 / format
    #[arg(long, value_enum, default_value_t = Format::GtfsFlex)]
    format: Format,
    /// 書き出すファイル / file
    #[arg(short, long)]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Layer {
    /// デマンドタクシー
    Demand,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    GtfsFlex,
}

/// Runs the command.
pub async fn run(a: Arguments) -> Result<ExitCode> {
    let store = open(&a.data.data).await?;
    let atlas = load_atlas(store.as_ref(), &a.data.data).await?;
    let (Layer::Demand, Format::GtfsFlex) = (a.layer, a.format);
    let Some(transit) = atlas.transit.as_ref().filter(|t| t.each_feed().any(|f| !f.demand.is_empty())) else {
        bail!("デマンドタクシーのデータがありません。GTFS-Flex か 区域.geojson と 運行表.csv を取り込んでください。");
    };
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in gtfs_flex::files(transit, "デマンドタクシー") {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(text.as_bytes())?;
    }
    let bytes = zip.finish()?.into_inner();
    crate::atlas::write_whole(&a.output, &bytes).with_context(|| format!("{} に書けません", a.output.display()))?;
    println!("{} に書きました。", a.output.display());
    Ok(ExitCode::SUCCESS)
}
