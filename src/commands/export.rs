//! `kayoi export`: layers in the forms others read. Public records only.

use crate::app::export::{action_plan, geopackage, geopackage_rows, public_bundle};
use crate::app::{load_atlas, today};
use crate::atlas::Atlas;
use crate::config::DataConfig;
use crate::model::{AreaType, KindId, kind_by_code};
use crate::present::export::{Form, services};
use crate::present::gtfs_flex;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
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

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Layer {
    /// デマンドタクシー（gtfs-flex）
    Demand,
    /// 地域資源一覧表（csv, xlsx, geojson, gpkg, shp, fgb, hsds, ods）
    Services,
    /// アクションプランの実績と評価（xlsx）
    Plan,
    /// 市のサイトに置く一式と、出さなかったものの報告（zip）
    Public,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    GtfsFlex,
    Csv,
    Xlsx,
    Geojson,
    Gpkg,
    Shp,
    Fgb,
    Hsds,
    Ods,
    Zip,
}

impl Format {
    fn form(self) -> Option<Form> {
        match self {
            Self::Csv => Some(Form::Csv),
            Self::Xlsx => Some(Form::Xlsx),
            Self::Geojson => Some(Form::GeoJson),
            Self::Shp => Some(Form::Shapefile),
            Self::Fgb => Some(Form::FlatGeobuf),
            Self::Hsds => Some(Form::Hsds),
            Self::Ods => Some(Form::Ods),
            Self::GtfsFlex | Self::Gpkg | Self::Zip => None,
        }
    }
}

/// Runs the command.
pub async fn run(a: Arguments) -> Result<ExitCode> {
    let store = a.data.store().await?;
    let atlas = Arc::new(load_atlas(store.as_ref(), &a.data.data).await?);
    let codes = a.kind.split(',').map(str::trim).filter(|c| !c.is_empty());
    let kinds: Vec<KindId> =
        codes.map(|c| kind_by_code(c).with_context(|| format!("種類「{c}」はありません"))).collect::<Result<_>>()?;
    let area_type = AreaType::from_code(&a.area_type).with_context(|| format!("区域の種類「{}」はありません", a.area_type))?;
    let bytes = match (a.layer, a.format, a.format.form()) {
        (Layer::Demand, Format::GtfsFlex, _) => demand(&atlas)?,
        (Layer::Public, Format::Zip, _) => public_bundle(store.as_ref(), atlas, area_type).await?,
        (Layer::Plan, Format::Xlsx, _) => action_plan(store.as_ref(), atlas).await?,
        (Layer::Services, Format::Gpkg, _) => geopackage(&geopackage_rows(&atlas, &kinds, area_type)?, &a.data.data).await?,
        (Layer::Services, _, Some(form)) => services(&atlas, &kinds, area_type, form, &today().to_string())?,
        (Layer::Demand, ..) => bail!("デマンドタクシーは --format gtfs-flex で書き出します。"),
        (Layer::Public, ..) => bail!("公開用の一式は --format zip で書き出します。"),
        (Layer::Plan, ..) => bail!("アクションプランは --format xlsx で書き出します。"),
        (Layer::Services, ..) => {
            bail!("一覧表は --format csv, xlsx, geojson, gpkg, shp, fgb, hsds, ods のどれかで書き出します。")
        }
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
