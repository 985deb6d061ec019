//! Heavy work leaves the async threads: at most as many at once as the machine has cores.

use super::problem::Problem;
use crate::app::App;
use crate::atlas::Atlas;
use axum::http::StatusCode;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::Semaphore;

static SLOTS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a question over the current atlas on a worker thread. The atlas is held from start to end.
pub async fn compute<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Atlas) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let busy = || {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "ただいま混み合っています。少し待ってからもう一度お試しください。/ Busy; try again shortly.",
        )
    };
    let slot = tokio::time::timeout(PATIENCE, SLOTS.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())?;
    let atlas: Arc<Atlas> = app.atlas.load_full();
    let done = tokio::task::spawn_blocking(move || work(&atlas)).await.map_err(|e| Problem::internal(&e))?;
    drop(slot);
    done
}
