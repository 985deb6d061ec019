//! `kayoi export`: layers in the forms others read. Public records only.

use crate::app::{load_atlas, today};
use crate::atlas::Atlas;
use crate::config::DataConfig;
use crate::model::{AreaType, KindId, kind_by_code};
use crate::present::{geojson, gtfs_flex, list, table};
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
    #[arg(long, value_enum)]
    format: Format,
    /// 種類（コンマ区切り。なければ歩いて行くものすべて） / kinds, comma separated
    #[arg(long, default_value = "")]
    kind: String,
    /// 一覧を分ける区域の種類 / area type the list is divided by
    #[arg(long, default_value = "elementary_district")]
    area_type: String,
    /// 書き出すファイル / file
    #[arg(short, long)]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Layer {
    /// デマンドタクシー（gtfs-flex）
    Demand,
    /// 地域資源一覧表（csv, xlsx, geojson）
    Services,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    GtfsFlex,
    Csv,
    Xlsx,
    Geojson,
}

/// Runs the command.
pub async fn run(a: Arguments) -> Result<ExitCode> {
    let store = a.data.store().await?;
    let atlas = load_atlas(store.as_ref(), &a.data.data).await?;
    let bytes = match (a.layer, a.format) {
        (Layer::Demand, Format::GtfsFlex) => demand(&atlas)?,
        (Layer::Services, Format::Csv | Format::Xlsx | Format::Geojson) => services(&atlas, &a)?,
        (Layer::Demand, _) => bail!("デマンドタクシーは --format gtfs-flex で書き出します。"),
        (Layer::Services, _) => bail!("一覧表は --format csv か xlsx か geojson で書き出します。"),
    };
    crate::atlas::write_whole(&a.output, &bytes).with_context(|| format!("{} に書けません", a.output.display()))?;
    println!("{} に書きました。", a.output.display());
    Ok(ExitCode::SUCCESS)
}

/// The demand services as one zip.
fn demand(atlas: &Atlas) -> Result<Vec<u8>> {
    let Some(transit) = atlas.transit.as_ref().filter(|t| t.each_feed().any(|f| !f.demand.is_empty())) else {
        bail!("デマンドタクシーのデータがありません。GTFS-Flex か 区域.geojson と 運行表.csv を取り込んでください。");
    };
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in gtfs_flex::files(transit, "デマンドタクシー") {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The list of public services.
fn services(atlas: &Atlas, a: &Arguments) -> Result<Vec<u8>> {
    let codes = a.kind.split(',').map(str::trim).filter(|c| !c.is_empty());
    let kinds: Vec<KindId> =
        codes.map(|c| kind_by_code(c).with_context(|| format!("種類「{c}」はありません"))).collect::<Result<_>>()?;
    let area_type = AreaType::from_code(&a.area_type).with_context(|| format!("区域の種類「{}」はありません", a.area_type))?;
    let listed = list::services(atlas, &kinds, area_type);
    if listed.is_empty() {
        bail!("書き出すサービスがありません。");
    }
    Ok(match a.format {
        Format::Csv => table::csv(&listed.iter().map(list::row).collect::<Vec<_>>())?.into_bytes(),
        Format::Xlsx => list::workbook(&listed, &today().to_string())?,
        _ => {
            let sites = atlas.sites.all.iter().filter(|s| listed.iter().any(|l| l.service.id == s.service.id));
            let features = sites.map(|s| geojson::site(s, &serde_json::json!({}))).collect();
            geojson::collection(features, None::<&()>).to_string().into_bytes()
        }
    })
}
