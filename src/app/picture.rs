//! The atlas of a register: its compiled parts mapped, and made first where they are not there.

use crate::atlas::base::BaseMap;
use crate::atlas::streets::effort;
use crate::atlas::transit::{FeedFile, Walks, joined, resolve, walks};
use crate::atlas::{
    Atlas, Demand, Elevation, Flat, FlatError, Gazetteer, Streets, Transit, demand, gazetteer, hash, population_sets, write_whole,
};
use crate::model::{AddressPoint, Area, AreaType, Contents, Effort, StoredDataset, rules};
use crate::store::Store;
use anyhow::{Context, Result};
use std::path::Path;
use std::sync::Arc;

/// Reads the register and maps its compiled parts; what is not yet compiled in the data folder is written there.
///
/// # Errors
/// If the register or a compiled file cannot be read.
pub async fn load_atlas(store: &dyn Store, data: &Path) -> Result<Atlas> {
    atlas_of(store, data, store.contents().await?).await
}

/// The atlas of some contents.
pub(super) async fn atlas_of(store: &dyn Store, data: &Path, mut contents: Contents) -> Result<Atlas> {
    let folder = data.join("compiled");
    std::fs::create_dir_all(&folder).with_context(|| format!("{} を作れません", folder.display()))?;
    let streets = match mapped(store, &folder, "streets").await? {
        Some((flat, hash)) => Some(Streets::new(flat, hash)?),
        None => None,
    };
    let drive = match mapped(store, &folder, "drive").await? {
        Some((flat, hash)) => Some(Streets::new(flat, hash)?),
        None => None,
    };
    let base = match mapped(store, &folder, "base").await? {
        Some((flat, _)) => Some(BaseMap::new(flat)?),
        None => None,
    };
    let transit = transit(store, &folder, streets.as_ref(), &contents).await?;
    let lists = AddressLists::new(&contents);
    let places = gazetteer_of(store, &folder, &lists).await?;
    let address_hash = address_hash(&contents.datasets);
    let mut addresses: Option<Arc<Vec<AddressPoint>>> = None;
    let mut population = Vec::new();
    for set in population_sets(&mut contents) {
        let name = demand::key(&set, streets.as_ref(), &address_hash);
        let path = folder.join(format!("demand-{}.kyf", &name[..16]));
        let mut ready = Flat::open(&path).ok().and_then(|f| Demand::new(f).ok());
        let mut set = set;
        if ready.is_none() {
            let houses = match &addresses {
                Some(a) => a.clone(),
                None => addresses.insert(Arc::new(store.addresses().await?)).clone(),
            };
            let network = streets.clone();
            let (back, bytes) = tokio::task::spawn_blocking(move || {
                let bytes = demand::compile(&set, network.as_ref(), &houses);
                (set, bytes)
            })
            .await?;
            set = back;
            write_whole(&path, &bytes).with_context(|| format!("{} に書けません", path.display()))?;
            ready = Some(Demand::new(Flat::open(&path)?)?);
        }
        population.extend(ready.map(|d| (set, d)));
    }
    let elevation = elevation(store, &folder).await?;
    let build = move || -> Result<Atlas> {
        let plain =
            Atlas::new(contents, streets, base, population).with_transit(transit, drive).with_gazetteer(places, lists.hash);
        let walked = walked(&plain, &elevation, &folder)?;
        Ok(plain.with_efforts(walked))
    };
    tokio::task::spawn_blocking(build).await?
}

/// What a gazetteer is made of.
pub(super) struct AddressLists {
    /// Names of municipalities by their code, from the areas that have both.
    names: Vec<(String, String)>,
    /// Hash of the lists and the names; nothing without lists.
    pub hash: Option<String>,
}

impl AddressLists {
    pub fn new(contents: &Contents) -> Self {
        let named = |a: &Area| (a.area_type == AreaType::Ward).then(|| Some((a.city_code.clone()?, a.name.clone()))).flatten();
        let mut names: Vec<(String, String)> = contents.areas.iter().filter_map(|(_, a)| named(a)).collect();
        names.sort();
        names.dedup();
        let lists = address_hash(&contents.datasets);
        let words = serde_json::to_string(&names).unwrap_or_default();
        let hash = (lists != hash(&[])).then(|| hash(&[lists.as_bytes(), words.as_bytes()]));
        Self { names, hash }
    }
}

/// A name for the address lists of a register.
fn address_hash(datasets: &[StoredDataset]) -> String {
    let is_address = |f: &str| matches!(f, "gsi_address" | "block_reference" | "geolonia" | "geolonia_csv");
    let digests: Vec<&[u8]> = datasets.iter().filter(|d| is_address(&d.dataset.format)).map(|d| d.sha256.as_bytes()).collect();
    hash(&digests)
}

/// The gazetteer of the address lists; nothing without any.
pub(super) async fn gazetteer_of(store: &dyn Store, folder: &Path, lists: &AddressLists) -> Result<Option<Gazetteer>> {
    let Some(lists_hash) = &lists.hash else { return Ok(None) };
    let key = gazetteer::key(lists_hash);
    let path = folder.join(format!("gazetteer-{}.kyf", &key[..16]));
    if let Some(known) = Flat::open(&path).ok().and_then(|f| Gazetteer::new(f).ok()) {
        return Ok(Some(known));
    }
    let addresses = store.addresses().await?;
    let (folder, names) = (folder.to_owned(), lists.names.clone());
    let made = move || compiled(&folder, "gazetteer", &key, Gazetteer::new, || gazetteer::compile(&addresses, &names));
    Ok(Some(tokio::task::spawn_blocking(made).await??))
}

/// Heights of the ground, from every file that brought some.
async fn elevation(store: &dyn Store, folder: &Path) -> Result<Elevation> {
    let mut files = Vec::new();
    for (name, _) in store.compiled_names("heights:").await? {
        files.extend(mapped(store, folder, &name).await?);
    }
    Ok(Elevation::new(files)?)
}

/// The picture once more for every effort that costs other than the length of the way.
fn walked(plain: &Atlas, elevation: &Elevation, folder: &Path) -> Result<Vec<(Effort, Atlas)>> {
    let Some(streets) = &plain.streets else { return Ok(Vec::new()) };
    let view = streets.view();
    let mut all = Vec::new();
    for effort in rules().efforts() {
        if effort::is_length(&view, elevation, effort) {
            continue;
        }
        let key = effort::key(streets.hash(), elevation, effort);
        let open = |flat| Streets::new(flat, key.clone());
        let own = compiled(folder, "effort", &key, open, || effort::compile(&view, elevation, effort))?;
        let own_view = own.view();
        let transit = match &plain.transit {
            Some(t) => Some(on_foot(t.feeds.clone(), t.unresolved.clone(), &own, folder)?),
            None => None,
        };
        let mut demand = Vec::new();
        for (_, points) in plain.population.iter() {
            let points = points.view();
            let key = demand::rejoined_key(&points, own.hash());
            demand.push(compiled(folder, "demand", &key, Demand::new, || demand::rejoined(&points, &own_view))?);
        }
        all.push((effort, plain.on_streets(own.clone(), transit, demand)));
    }
    Ok(all)
}

/// A compiled part of the data folder, made first if it is not there or damaged.
fn compiled<T>(
    folder: &Path,
    sort: &str,
    key: &str,
    open: impl Fn(Flat) -> Result<T, FlatError>,
    make: impl FnOnce() -> Vec<u8>,
) -> Result<T> {
    let path = folder.join(format!("{sort}-{}.kyf", &key[..16]));
    if let Ok(part) = Flat::open(&path).and_then(&open) {
        return Ok(part);
    }
    write_whole(&path, &make()).with_context(|| format!("{} に書けません", path.display()))?;
    Ok(Flat::open(&path).and_then(open)?)
}

/// The timetables, joined to the streets; nothing without both.
async fn transit(store: &dyn Store, folder: &Path, streets: Option<&Streets>, contents: &Contents) -> Result<Option<Transit>> {
    let mut feeds = Vec::new();
    let mut unresolved = Vec::new();
    for (name, _) in store.compiled_names("feed:").await? {
        if let Some((flat, _)) = mapped(store, folder, &name).await? {
            let mut feed = FeedFile::new(flat)?;
            unresolved.extend(resolve(&mut feed, &contents.areas, &contents.places));
            feeds.push(feed);
        }
    }
    let Some(streets) = streets.filter(|_| !feeds.is_empty()).cloned() else { return Ok(None) };
    let folder = folder.to_owned();
    Ok(Some(tokio::task::spawn_blocking(move || on_foot(feeds, unresolved, &streets, &folder)).await??))
}

/// Timetables hung on some streets.
fn on_foot(feeds: Vec<FeedFile>, unresolved: Vec<String>, streets: &Streets, folder: &Path) -> Result<Transit> {
    let view = streets.view();
    let stops = joined(&feeds, &view);
    let walks = compiled(folder, "walks", &walks::key(&stops, streets), Walks::new, || walks::compile(&stops, &view))?;
    let mut transit = Transit::new(feeds, stops, walks);
    transit.unresolved = unresolved;
    Ok(transit)
}

/// A compiled part mapped from the data folder, fetched from the register first if this folder does not have it.
async fn mapped(store: &dyn Store, folder: &Path, name: &str) -> Result<Option<(Flat, String)>> {
    let Some(hash) = store.compiled_hash(name).await? else { return Ok(None) };
    let sort = name.split(':').next().unwrap_or(name);
    let path = folder.join(format!("{sort}-{}.kyf", &hash[..16.min(hash.len())]));
    if let Ok(flat) = Flat::open(&path) {
        return Ok(Some((flat, hash)));
    }
    let Some(bytes) = store.compiled(name).await? else { return Ok(None) };
    write_whole(&path, &bytes).with_context(|| format!("{} に書けません", path.display()))?;
    Ok(Some((Flat::open(&path)?, hash)))
}
