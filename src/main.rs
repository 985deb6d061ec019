//! The `kayoi` binary: arguments, tracing, hand over to a command.

use clap::Parser;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("KAYOI_LOG").unwrap_or_else(|_| "kayoi=info,sqlx=error,warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match kayoi::commands::run(kayoi::commands::Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("エラー: {error:#}");
            ExitCode::FAILURE
        }
    }
}
