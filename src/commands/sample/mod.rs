//! `kayoi sample`: a whole invented city, written in the real file formats, so that the demonstration goes through the
//! same doors as reality. The same people and seed give the same bytes.

mod districts;
mod heights;
mod people;
mod places;
mod random;
mod streets;
mod terrain;
mod transit;

use anyhow::{Context, Result};
use clap::Args;
use random::Random;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use terrain::Terrain;

/// Municipality code of the city: there is no prefecture 99.
const CITY: &str = "99201";
/// Its name.
const NAME: &str = "架空県かよい市";

/// Arguments of `kayoi sample`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// 書き出すフォルダ / folder to write to
    dir: PathBuf,
    /// 人口 / people
    #[arg(long, default_value_t = 60_000, value_parser = clap::value_parser!(u32).range(2_000..=5_000_000))]
    people: u32,
    /// 乱数の種 / seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the command.
pub fn run(a: &Arguments) -> Result<ExitCode> {
    write_city(&a.dir, a.people, a.seed)?;
    println!("架空の都市（{}人）を {} に書きました。", a.people, a.dir.display());
    Ok(ExitCode::SUCCESS)
}

/// Writes the files of a city.
///
/// # Errors
/// If the folder cannot be written.
pub fn write_city(dir: &Path, people: u32, seed: u64) -> Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("{} を作れません", dir.display()))?;
    let mut random = Random::new(seed);
    let terrain = Terrain::new(people, &mut random);
    let streets = streets::Streets::new(&terrain, &mut random);
    let cells = people::Cells::new(&terrain, &streets, people, &mut random);
    let districts = districts::Districts::new(&terrain, &cells);
    let put = |name: &str, bytes: Vec<u8>| {
        let path = dir.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("{} に書けません", path.display()))
    };
    let places = places::Places::new(&terrain, &streets, &cells, &districts, &mut random);
    put("kayoi-sample_streets.osm", streets.osm(&terrain, &places).into_bytes())?;
    put("A27-26_kayoi-sample.geojson", districts.elementary().into_bytes())?;
    put("A32-26_kayoi-sample.geojson", districts.junior_high().into_bytes())?;
    put("N03-26_kayoi-sample.geojson", districts.city(&terrain).into_bytes())?;
    put("A50-26_kayoi-sample.geojson", districts.induction(&terrain).into_bytes())?;
    put("kayoi-sample_T001142_250m.csv", cp932(&cells.mesh_csv()))?;
    put("kayoi-sample_house-numbers.csv", cells.houses_csv().into_bytes())?;
    put("FG-GML-kayoi-sample-DEM.zip", heights::dem(&terrain)?)?;
    put("kayoi-sample_medical.csv", places.medical_csv().into_bytes())?;
    put("kayoi-sample_care.csv", places.care_csv().into_bytes())?;
    put("kayoi-sample_hubs.csv", cp932(&places.hubs_csv()))?;
    put("kayoi-sample_halls.csv", cp932(&places.halls_csv()))?;
    put("kayoi-sample_salons.xlsx", places.salons_xlsx()?)?;
    put("kayoi-sample_bus.gtfs.zip", transit::gtfs(&terrain, &streets)?)?;
    put("kayoi-sample_demand-taxi.gtfs.zip", transit::flex(&terrain, &places)?)?;
    let (zones, runs) = transit::form(&terrain, &places);
    put("kayoi-sample_taxi-zones.geojson", zones.into_bytes())?;
    put("kayoi-sample_taxi-runs.csv", cp932(&runs))?;
    put("kayoi-sample_taxi-riders.csv", cp932(&transit::riders(&terrain)))?;
    put("kayoi-sample_neighbourhoods.csv", cp932(&places.neighbourhoods_csv()))?;
    put("kayoi-sample_mobile-shops.csv", cp932(&places.mobile_shops_csv(&terrain)))?;
    Ok(())
}

/// As a Japanese office writes its CSV.
fn cp932(text: &str) -> Vec<u8> {
    encoding_rs::SHIFT_JIS.encode(text).0.into_owned()
}
