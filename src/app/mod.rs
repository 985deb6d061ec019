//! What a running server holds: the store, the current atlas, the clock.

pub mod accounts;
mod desk;
pub mod export;
pub mod import;
mod locate;
pub mod openid;
pub mod paper;
mod picture;

pub use desk::Desk;
pub use locate::{Locating, locate, locate_one};
pub use picture::load_atlas;

use picture::atlas_of;

use crate::atlas::Atlas;
use crate::model::{Contents, Day, Seconds};
use crate::store::Store;
use anyhow::Result;
use arc_swap::ArcSwap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What a running server holds.
pub struct App {
    /// The register.
    pub store: Arc<dyn Store>,
    /// The current picture; a request takes one and keeps it to its end.
    pub atlas: ArcSwap<Atlas>,
    /// Public URL, if configured.
    pub public_url: Option<String>,
    /// The office's identity provider, if it has one.
    pub openid: Option<Arc<openid::OpenId>>,
    /// Sites whose pages may show the residents' pages inside their own, `https://www.city.example.jp`.
    pub frames: Vec<String>,
    /// The data folder.
    pub data: PathBuf,
    /// Set when the server is about to stop: it still answers, and tells proxies to go elsewhere.
    pub leaving: AtomicBool,
    /// Rung when this server itself has written, so that nobody waits for the next look at the register.
    pub written: tokio::sync::Notify,
    /// What the atlas was last made of, once it has been made anew.
    contents: tokio::sync::Mutex<Option<Contents>>,
    desk: tokio::sync::Mutex<Option<Arc<Desk>>>,
}

impl App {
    /// A server over a register and its picture.
    pub fn new(store: Arc<dyn Store>, atlas: Atlas, data: PathBuf, public_url: Option<String>) -> Self {
        let atlas = ArcSwap::from_pointee(atlas);
        let leaving = AtomicBool::new(false);
        let (openid, frames, written, contents, desk) = Default::default();
        Self { store, atlas, public_url, openid, frames, data, leaving, written, contents, desk }
    }

    /// Builds the next atlas beside the current one if the register moved on, and swaps it in.
    ///
    /// # Errors
    /// If the register cannot be read; the current atlas stays.
    pub async fn refresh(&self) -> Result<bool> {
        let mut held = self.contents.lock().await;
        if self.store.revision().await? == self.atlas.load().revision {
            return Ok(false);
        }
        // after edits only the places edited are read again, which a city's register is too large to be read for
        let edits = match held.as_ref() {
            Some(c) => self.store.edits_since(c.revision).await?,
            None => None,
        };
        let next = match (held.take(), edits) {
            (Some(mut contents), Some(edits)) => {
                contents.edited(edits.revision, edits.places);
                contents
            }
            _ => self.store.contents().await?,
        };
        let atlas = atlas_of(self.store.as_ref(), &self.data, next.clone()).await?;
        *held = Some(next);
        self.atlas.store(Arc::new(atlas));
        Ok(true)
    }

    /// The desk of the current revision: staff see what they did at once, the atlas may come a moment later.
    ///
    /// # Errors
    /// If the register cannot be read.
    pub async fn desk(&self) -> Result<Arc<Desk>> {
        let mut held = self.desk.lock().await;
        let revision = self.store.revision().await?;
        if let Some(desk) = held.as_ref().filter(|d| d.revision == revision) {
            return Ok(desk.clone());
        }
        let edits = match held.as_ref() {
            Some(desk) => self.store.edits_since(desk.revision).await?,
            None => None,
        };
        let desk = Arc::new(match (held.as_ref(), edits) {
            (Some(desk), Some(edits)) => desk.edited(edits.revision, edits.places),
            _ => {
                let (revision, records) = self.store.records().await?;
                tokio::task::spawn_blocking(move || Desk::new(revision, records.into_iter().map(Arc::new).collect())).await?
            }
        });
        *held = Some(desk.clone());
        Ok(desk)
    }
}

/// Today in Japan, for the service day and the population year when none is asked for.
pub fn today() -> Day {
    now_in_japan().0
}

/// Today in Japan, and the seconds since its midnight.
pub fn now_in_japan() -> (Day, Seconds) {
    let now = jiff::Timestamp::now().to_zoned(japan()).datetime();
    (Day::of(now.date()), now.hour() as Seconds * 3600 + now.minute() as Seconds * 60 + now.second() as Seconds)
}

fn japan() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::fixed(jiff::tz::offset(9))
}

/// The time now, RFC 3339 in UTC.
pub fn now() -> String {
    stamp(jiff::Timestamp::now())
}

/// A time as it is kept: RFC 3339 in UTC, to the second, so that texts sort like times.
pub fn stamp(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
