//! `kayoi import`: every file detected, read, reported and taken in one transaction each.

use super::report::{located_text, report_text};
use crate::app::import::{compiled_part, compiled_parts, refused, report_of};
use crate::app::locate;
use crate::atlas::{Flat, Streets, base, hash, streets};
use crate::config::DataConfig;
use crate::ingest::{self, Input, Reading};
use crate::model::{Batch, FileReport, Finding, OsmExtract, Severity};
use crate::store::{Author, Delivery, Store};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Arguments of `kayoi import`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    data: DataConfig,
    /// 読むだけで、登録簿を変えない / read and report only
    #[arg(long)]
    dry_run: bool,
    /// 取り込めない行やファイルが1つでもあれば失敗にする / fail if anything is left out
    #[arg(long)]
    strict: bool,
    /// 報告の形 / form of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// ファイルかフォルダ / files or folders
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Runs the command.
pub async fn run(a: Arguments) -> Result<ExitCode> {
    // a dry run shows the difference against the register, if there is one, and makes none
    let store = if a.dry_run && !a.data.has_register() { None } else { Some(a.data.store().await?) };
    let destination = match (&store, a.dry_run) {
        (None, _) => Destination::None,
        (Some(store), true) => Destination::Preview(store.as_ref()),
        (Some(store), false) => Destination::Deliver(store.as_ref()),
    };
    let reports = take(destination, &a.paths).await?;
    match a.format {
        Format::Json => super::say(&serde_json::to_string_pretty(&reports)?)?,
        Format::Text => super::say(&report_text(&reports))?,
    }
    if let Some(store) = store.as_ref().filter(|_| !a.dry_run) {
        let bar = spinner("住所から位置を調べています");
        let author = Author::new("kayoi import", crate::app::now());
        let located = locate(store.as_ref(), &a.data.data, &author).await?;
        bar.finish_and_clear();
        match a.format {
            Format::Text => super::say(&located_text(&located))?,
            // the report proper stays one JSON value
            Format::Json => eprintln!("{}", serde_json::to_string(&located)?),
        }
        // compile what the server will need, here where there is a progress bar
        let bar = spinner("人の立つ位置を道路に結び付けています");
        crate::app::load_atlas(store.as_ref(), &a.data.data).await?;
        bar.finish_and_clear();
    }
    let nothing = reports.iter().all(|r| r.refused.is_some());
    let imperfect = reports.iter().any(|r| r.refused.is_some() || r.left > 0);
    Ok(if nothing || (a.strict && imperfect) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn spinner(what: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// A file of streets waiting for the others of the same import.
struct Waiting {
    report: usize,
    reading: Reading,
    sha256: String,
}

/// Where records go.
#[derive(Clone, Copy)]
enum Destination<'a> {
    /// Nowhere: the files are only read.
    None,
    /// Nowhere, but the difference is shown.
    Preview(&'a dyn Store),
    /// Into the register.
    Deliver(&'a dyn Store),
}

impl<'a> Destination<'a> {
    fn store(self) -> Option<&'a dyn Store> {
        match self {
            Self::None => None,
            Self::Preview(s) | Self::Deliver(s) => Some(s),
        }
    }
}

/// Imports files and folders; without a store only reads and reports.
///
/// # Errors
/// If a path does not exist or the register fails; a bad file is a report, not an error.
pub async fn import_paths(store: Option<&dyn Store>, paths: &[PathBuf]) -> Result<Vec<FileReport>> {
    take(store.map_or(Destination::None, Destination::Deliver), paths).await
}

async fn take(destination: Destination<'_>, paths: &[PathBuf]) -> Result<Vec<FileReport>> {
    let inputs = ingest::inputs(paths)?;
    let bar = ProgressBar::new(inputs.len() as u64);
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")?);
    bar.enable_steady_tick(Duration::from_millis(200));
    let author = Author::new("kayoi import", crate::app::now());
    let mut reports: Vec<FileReport> = Vec::new();
    let mut taken: HashMap<String, String> = HashMap::new();
    // what the office once said of the columns of its lists holds here too
    let mappings = match destination.store() {
        Some(store) => store.mappings().await?,
        None => ingest::Mappings::new(),
    };
    let hints = ingest::Hints { today: crate::app::today(), mappings };
    let mut waiting = Vec::new();
    for input in inputs {
        let file = input.path().display().to_string();
        bar.set_message(input.path().file_name().unwrap_or_default().to_string_lossy().into_owned());
        let (readings, sha256) = {
            let (input, hints) = (input.clone(), hints.clone());
            let read = tokio::task::spawn_blocking(move || (ingest::read(&input, hints), digest(&input))).await;
            // a fault of ours in one file must not lose the others
            read.unwrap_or_else(|e| {
                tracing::error!(file, error = %e, "reading failed");
                (
                    Err(ingest::Refusal::new(
                        "internal",
                        "この読み取りでプログラムの誤りが起きました。ファイルとともに開発元へ知らせてください。",
                    )),
                    String::new(),
                )
            })
        };
        bar.inc(1);
        let readings = match readings {
            Ok(r) => r,
            Err(refusal) => {
                reports.push(refused(file, refusal.code, &refusal.message));
                continue;
            }
        };
        for mut reading in readings {
            tell_apart(&mut reading, &taken, destination.store(), &input).await?;
            if let Some(first) = taken.get(&reading.dataset.key) {
                let message =
                    format!("同じ一覧を {first} から取り込みました。入れ替えるときは、このファイルだけを取り込んでください。");
                if !same_records(&reading.batch) {
                    reports.push(refused(file.clone(), "same_dataset", &message));
                    continue;
                }
            }
            taken.insert(reading.dataset.key.clone(), file.clone());
            reports.push(report_of(file.clone(), &reading));
            let at = reports.len() - 1;
            if reading.batch.osm.is_some() {
                waiting.push(Waiting { report: at, reading, sha256: sha256.clone() });
            } else if let Some(store) = destination.store() {
                let (reading, compiled) = tokio::task::spawn_blocking(move || {
                    let compiled = compiled_parts(&reading);
                    (reading, compiled)
                })
                .await?;
                let (dataset, batch, findings) = (&reading.dataset, &reading.batch, &reading.findings.list);
                let delivery = Delivery { dataset, sha256: &sha256, file: &file, batch, compiled: &compiled, findings };
                let done = match destination {
                    Destination::Deliver(_) => store.deliver(delivery, &author).await,
                    _ => store.preview(delivery, &author).await,
                };
                reports[at].outcome = Some(done.with_context(|| file.clone())?);
            }
        }
    }
    bar.finish_and_clear();
    // streets are compiled only to be kept
    let kept = match destination {
        Destination::Deliver(store) => Some(store),
        _ => None,
    };
    streets_together(kept, waiting, &mut reports, &author).await?;
    Ok(reports)
}

/// An operator may publish two feeds of one sort in one delivery: the second is known by its file name too, now and later.
async fn tell_apart(
    reading: &mut Reading,
    taken: &HashMap<String, String>,
    store: Option<&dyn Store>,
    input: &Input,
) -> Result<()> {
    if reading.batch.feed.is_none() {
        return Ok(());
    }
    let named = format!("{}:{}", reading.dataset.key, ingest::edition_free_stem(input.path()));
    let known = match store {
        Some(s) => s.dataset(&named).await?.is_some(),
        None => false,
    };
    if known || taken.contains_key(&reading.dataset.key) {
        reading.dataset.title = format!("{}（{}）", reading.dataset.title, ingest::edition_free_stem(input.path()));
        reading.dataset.key = named;
    }
    Ok(())
}

/// Small areas come as .dbf and .csv of the same rows: taking both changes nothing.
fn same_records(batch: &Batch) -> bool {
    !batch.cells.is_empty() && batch.places.is_empty()
}

/// Extracts of one import are one network.
async fn streets_together(
    store: Option<&dyn Store>,
    mut waiting: Vec<Waiting>,
    reports: &mut [FileReport],
    author: &Author,
) -> Result<()> {
    let Some(store) = store.filter(|_| !waiting.is_empty()) else { return Ok(()) };
    let bar = spinner("道路網と地図をコンパイルしています");
    let mut extracts: Vec<OsmExtract> = waiting.iter_mut().filter_map(|w| w.reading.batch.osm.take()).collect();
    let mut compiled = tokio::task::spawn_blocking(move || {
        let mut whole = extracts.remove(0);
        extracts.into_iter().for_each(|e| whole.merge(e));
        let (network, (map, drive)) =
            rayon::join(|| streets::compile(&whole), || (base::compile(&whole.features), streets::compile_drive(&whole)));
        [("streets", network), ("base", map), ("drive", drive)].map(|(name, bytes)| compiled_part(name, bytes)).to_vec()
    })
    .await?;
    bar.finish_and_clear();
    let words = network_words(&compiled[0].bytes)?;
    for w in &waiting {
        reports[w.report].findings.push(Finding {
            severity: Severity::Note,
            row: 0,
            column: String::new(),
            value: String::new(),
            code: "network".into(),
            message: words.clone(),
            record: None,
        });
        let file = reports[w.report].file.clone();
        let delivery = Delivery {
            dataset: &w.reading.dataset,
            sha256: &w.sha256,
            file: &file,
            batch: &w.reading.batch,
            compiled: &compiled,
            findings: &[],
        };
        reports[w.report].outcome = Some(store.deliver(delivery, author).await.with_context(|| file.clone())?);
        compiled.clear();
    }
    Ok(())
}

/// A compiled network in a sentence: how much there is, and how much of it hangs together.
fn network_words(bytes: &[u8]) -> Result<String> {
    let network = Streets::new(Flat::from_bytes(bytes)?, String::new())?;
    let view = network.view();
    let whole: f64 = view.components.iter().map(|c| f64::from(c.metres)).sum();
    let main = view.components.first().map_or(0.0, |c| f64::from(c.metres));
    let share = if whole > 0.0 { main / whole * 100.0 } else { 0.0 };
    Ok(format!(
        "歩ける道 {:.0}km（辺 {}、交差点 {}）。主な道路網が{share:.1}%、ほかに切れた道路網が{}。",
        whole / 1000.0,
        view.edge_nodes.len(),
        view.nodes.len(),
        view.components.len().saturating_sub(1)
    ))
}

fn digest(input: &Input) -> String {
    let read = |p: &std::path::Path| std::fs::read(p).unwrap_or_default();
    match input {
        Input::File(p) => hash(&[&read(p)]),
        Input::GtfsFolder(p) => {
            let names = ["stops.txt", "locations.geojson", "stop_times.txt", "trips.txt", "calendar.txt", "calendar_dates.txt"];
            let parts = names.map(|n| read(&p.join(n)));
            hash(&parts.each_ref().map(Vec::as_slice))
        }
    }
}
