//! What a running server holds: the store, the current atlas, the clock.

mod locate;
mod picture;

pub use locate::{Locating, locate};
pub use picture::load_atlas;

use crate::atlas::Atlas;
use crate::model::Day;
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
    /// The data folder.
    pub data: PathBuf,
    /// Set when the server is about to stop: it still answers, and tells proxies to go elsewhere.
    pub leaving: AtomicBool,
}

impl App {
    /// Builds the next atlas beside the current one if the register moved on, and swaps it in.
    ///
    /// # Errors
    /// If the register cannot be read; the current atlas stays.
    pub async fn refresh(&self) -> Result<bool> {
        if self.store.revision().await? == self.atlas.load().revision {
            return Ok(false);
        }
        let next = load_atlas(self.store.as_ref(), &self.data).await?;
        self.atlas.store(Arc::new(next));
        Ok(true)
    }
}

/// Today in Japan, for the service day and the population year when none is asked for.
pub fn today() -> Day {
    let japan = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    Day::of(jiff::Timestamp::now().to_zoned(japan).date())
}

/// The time now, RFC 3339 in UTC.
pub fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
