//! `kayoi history`, `kayoi undo`: what was done to the register, and one of it taken back.

use crate::config::DataConfig;
use crate::store::Author;
use anyhow::{Context, Result};
use clap::Args;
use std::process::ExitCode;

/// Arguments of `kayoi history`.
#[derive(Debug, Args)]
pub struct History {
    #[command(flatten)]
    data: DataConfig,
    /// 新しいほうから何件 / how many, newest first
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=1000))]
    limit: i64,
}

/// Arguments of `kayoi undo`.
#[derive(Debug, Args)]
pub struct Undo {
    #[command(flatten)]
    data: DataConfig,
    /// 取り消す改訂の番号（kayoi history で見られます） / revision to take back
    #[arg(value_parser = clap::value_parser!(i64).range(1..))]
    revision: i64,
    /// 理由 / why
    #[arg(long)]
    why: Option<String>,
}

/// Lists the last revisions.
pub async fn history(a: History) -> Result<ExitCode> {
    let mut text = String::new();
    for r in a.data.store().await?.revisions(0, a.limit).await? {
        let why = r.why.map_or_else(String::new, |w| format!("（{w}）"));
        text += &format!("改訂 {}  {}  {}  {}{why}  記録 {}件\n", r.id, r.at, r.actor, r.summary, r.changes);
    }
    super::say(if text.is_empty() { "まだ何も取り込まれていません。" } else { &text })?;
    Ok(ExitCode::SUCCESS)
}

/// Takes a revision back, and says what stays because it was changed since.
pub async fn undo(a: Undo) -> Result<ExitCode> {
    const SHOWN: usize = 20;
    let store = a.data.store().await?;
    let author = Author { why: a.why, ..Author::new("kayoi undo", crate::app::now()) };
    let undone = store.undo(a.revision, &author).await.with_context(|| format!("改訂 {}", a.revision))?;
    let mut text = match undone.revision {
        Some(new) => format!("改訂 {} を取り消しました（改訂 {new}、記録 {}件）。\n", a.revision, undone.restored),
        None => format!("改訂 {} には、取り消せる変更が残っていません。\n", a.revision),
    };
    for kept in undone.kept.iter().take(SHOWN) {
        text += &format!("  ・{kept}\n");
    }
    if undone.kept.len() > SHOWN {
        text += &format!("  ・ほか{}件\n", undone.kept.len() - SHOWN);
    }
    super::say(&text)?;
    Ok(if undone.revision.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
