//! `kayoi serve`: the pages and the API over the register; edits by other processes are picked up within a second.

use crate::app::{App, load_atlas};
use crate::config::{DataConfig, OpenIdConfig, ServeConfig};
use crate::http::router;
use anyhow::{Context, Result};
use clap::Args;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long to wait after the register could not be asked.
const PAUSE: Duration = Duration::from_secs(1);

/// Arguments of `kayoi serve`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    data: DataConfig,
    #[command(flatten)]
    serve: ServeConfig,
    #[command(flatten)]
    openid: OpenIdConfig,
}

/// Runs the command until it is interrupted.
pub async fn run(a: Arguments) -> Result<ExitCode> {
    let store = a.data.store().await?;
    let atlas = load_atlas(store.as_ref(), &a.data.data).await?;
    let mut app = App::new(store, atlas, a.data.data, a.serve.public_url);
    app.openid = a.openid.provider()?;
    app.frames = a.serve.frames;
    let app = Arc::new(app);
    let listener = tokio::net::TcpListener::bind(a.serve.listen)
        .await
        .with_context(|| format!("{} で待ち受けできません（別のプログラムが使っていませんか）", a.serve.listen))?;
    let at = listener.local_addr()?;
    tracing::info!("改訂 {} を読みました。 http://{at}/ を開いてください（止めるには Ctrl-C）", app.atlas.load().revision);
    let watcher = tokio::spawn(watch(app.clone()));
    let drain = Duration::from_secs(a.serve.drain);
    let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stopped(app, drain)).await?;
    watcher.abort();
    Ok(ExitCode::SUCCESS)
}

/// Swaps to every new revision, whoever made it.
async fn watch(app: Arc<App>) {
    loop {
        let moved = tokio::select! {
            moved = app.store.moved_on(app.atlas.load().revision) => moved,
            () = app.written.notified() => Ok(()),
        };
        let swapped = match moved {
            Ok(()) => app.refresh().await,
            Err(e) => Err(e.into()),
        };
        match swapped {
            Ok(true) => tracing::info!("改訂 {} に切り替えました", app.atlas.load().revision),
            Ok(false) => {}
            Err(error) => {
                tracing::error!("登録簿を読み直せません: {error:#}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Returns when the server shall take no more connections: at once on Ctrl-C; when it is told to end, after it has let the proxies
/// in front know, so that none of their requests meets a closed door.
async fn stopped(app: Arc<App>, drain: Duration) {
    let interrupt = async { tokio::signal::ctrl_c().await.unwrap_or_else(|e| tracing::error!("{e}")) };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut s) => {
                s.recv().await;
            }
            Err(e) => {
                tracing::error!("{e}");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {
            app.leaving.store(true, Ordering::Relaxed);
            tokio::time::sleep(drain).await;
        }
    }
}
