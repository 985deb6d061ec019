//! The command line: one file per command.

mod export;
mod history;
mod import;
mod measure;
mod print;
mod report;
mod safe;
mod sample;
mod serve;
mod user;

use clap::{Parser, Subcommand};
use std::io::Write;

pub use import::import_paths;
pub use sample::write_city;

/// 通い Kayoi — 歩いて30分で、だれが何に届くか
#[derive(Debug, Parser)]
#[command(name = "kayoi", version, about, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 地図と答えをブラウザーに出す / serve the pages and the API
    Serve(serve::Arguments),
    /// ファイルを登録簿に取り込む / import files
    Import(import::Arguments),
    /// ほかの道具が読める形で書き出す / export
    Export(export::Arguments),
    /// 紙にする: 地域資源マップ、校区カルテ、冊子、カレンダー（PDF） / print
    Print(print::Arguments),
    /// 数える / measure
    Measure(Box<measure::Arguments>),
    /// 登録簿に何をしたか / what was done to the register
    History(history::History),
    /// 改訂（取り込み、編集）を取り消す / take a revision back
    Undo(history::Undo),
    /// サインインできる人 / people who may sign in
    User(user::Arguments),
    /// 登録簿の写しを作る（使用中でもよい） / copy the register
    Backup(safe::Backup),
    /// 登録簿に異常がないか調べる / look the register over
    Check(safe::Check),
    /// 写しに戻す / put a copy back
    Restore(safe::Restore),
    /// 架空の都市を本物の形式で作る / write an invented city
    Sample(sample::Arguments),
}

/// Prints a text, its last line ended. A reader that has seen enough (`| head`) is no fault of the work.
fn say(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let done = out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes())).and_then(|()| out.flush());
    match done {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Runs a command.
///
/// # Errors
/// With a message for the person at the keyboard.
pub async fn run(cli: Cli) -> anyhow::Result<std::process::ExitCode> {
    match cli.command {
        Command::Serve(a) => serve::run(a).await,
        Command::Import(a) => import::run(a).await,
        Command::Export(a) => export::run(a).await,
        Command::Print(a) => print::run(a).await,
        Command::Measure(a) => measure::run(*a).await,
        Command::History(a) => history::history(a).await,
        Command::Undo(a) => history::undo(a).await,
        Command::User(a) => user::run(a).await,
        Command::Backup(a) => safe::backup(a).await,
        Command::Check(a) => safe::check(a).await,
        Command::Restore(a) => safe::restore(a).await,
        Command::Sample(a) => sample::run(&a),
    }
}
