//! Places that came without a position are looked up by their address.

use super::picture::{AddressLists, gazetteer_of};
use crate::atlas::{Atlas, Gazetteer, Lookup};
use crate::model::{GeocodeLevel, Place};
use crate::store::{Author, Position, Store, StoreError};
use anyhow::{Context, Result};
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::Path;

/// What looking up found.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Locating {
    /// To the house number.
    pub house: usize,
    /// To the block.
    pub block: usize,
    /// Only to the town: kept as 位置未確定.
    pub town: usize,
    /// More than one place fits: name, address, candidates.
    pub ambiguous: Vec<(String, String, Vec<String>)>,
    /// No town of that name: name, address.
    pub unknown: Vec<(String, String)>,
}

impl Locating {
    /// How many were looked up.
    pub fn all(&self) -> usize {
        self.house + self.block + self.town + self.ambiguous.len() + self.unknown.len()
    }

    /// Of places and what was found for each.
    pub(super) fn of(looked: &[(Place, Lookup)]) -> Self {
        let mut locating = Self::default();
        looked.iter().for_each(|(place, found)| locating.count(place, found));
        locating
    }

    fn count(&mut self, place: &Place, found: &Lookup) {
        let words = || (place.name.clone(), place.address.clone().unwrap_or_default());
        match found {
            Lookup::Found(l) if l.level == GeocodeLevel::House => self.house += 1,
            Lookup::Found(l) if l.level == GeocodeLevel::Block => self.block += 1,
            Lookup::Found(_) => self.town += 1,
            Lookup::Ambiguous(all) => {
                let (name, address) = words();
                self.ambiguous.push((name, address, all.iter().map(|l| l.address.clone()).collect()));
            }
            Lookup::Unknown => self.unknown.push(words()),
        }
    }
}

/// Looks up every place that came without a position, and again those looked up in other address lists than are there now.
///
/// # Errors
/// If the register cannot be read or written.
pub async fn locate(store: &dyn Store, data: &Path, author: &Author) -> Result<Locating> {
    let waiting: HashMap<i64, Option<String>> = store.to_locate().await?.into_iter().collect();
    if waiting.is_empty() {
        return Ok(Locating::default());
    }
    let contents = store.contents().await?;
    let lists = AddressLists::new(&contents);
    let folder = data.join("compiled");
    std::fs::create_dir_all(&folder).with_context(|| format!("{} を作れません", folder.display()))?;
    let Some(gazetteer) = gazetteer_of(store, &folder, &lists).await? else { return Ok(Locating::default()) };
    let Some(lists) = lists.hash else { return Ok(Locating::default()) };
    let fresh = |id: i64| waiting.get(&id).is_some_and(|by| by.as_ref() != Some(&lists));
    let places: Vec<Place> = contents.places.into_iter().map(|p| p.1).filter(|p| fresh(p.id)).collect();
    let looked = tokio::task::spawn_blocking(move || look_up(&gazetteer, places)).await?;
    let locating = Locating::of(&looked);
    let positions: Vec<Position> = looked.iter().map(|(place, found)| position(place.id, found)).collect();
    if !positions.is_empty() {
        store.locate(&positions, &lists, author).await?;
    }
    Ok(locating)
}

/// Looks up one place whose address a person wrote; its position is that of the address until somebody sets one.
///
/// # Errors
/// If the register cannot be written.
pub async fn locate_one(store: &dyn Store, atlas: &Atlas, place: &Place, author: &Author) -> Result<(), StoreError> {
    let (Some(gazetteer), Some(lists), Some(address), None) =
        (&atlas.gazetteer, &atlas.address_lists, &place.address, place.point)
    else {
        return Ok(());
    };
    store.locate(&[position(place.id, &gazetteer.find(address))], lists, author).await.map(drop)
}

pub(super) fn look_up(gazetteer: &Gazetteer, places: Vec<Place>) -> Vec<(Place, Lookup)> {
    places
        .into_par_iter()
        .map(|p| {
            let found = gazetteer.find(p.address.as_deref().unwrap_or_default());
            (p, found)
        })
        .collect()
}

fn position(place: i64, found: &Lookup) -> Position {
    match found {
        Lookup::Found(l) => Position { place, point: Some(l.point), level: l.level },
        Lookup::Ambiguous(_) | Lookup::Unknown => Position { place, point: None, level: GeocodeLevel::Unlocated },
    }
}
