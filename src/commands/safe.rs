//! `kayoi backup`, `kayoi check`, `kayoi restore`: the register copied, looked over, put back.

use crate::config::DataConfig;
use crate::store::{REGISTER, open};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `kayoi backup`.
#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    data: DataConfig,
    /// 写しのファイル / copy to write
    #[arg(short, long)]
    output: PathBuf,
    /// 同じ名前のファイルがあれば置き換える / replace an older copy
    #[arg(long)]
    replace: bool,
}

/// Arguments of `kayoi check`.
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    data: DataConfig,
}

/// Arguments of `kayoi restore`.
#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    data: DataConfig,
    /// 写し（kayoi backup で作ったもの） / copy made by `kayoi backup`
    file: PathBuf,
    /// いまの登録簿を横に残して置き換える / set the present register aside and replace it
    #[arg(long)]
    replace: bool,
}

/// Copies the register while it may be in use, and looks the copy over.
pub async fn backup(a: Backup) -> Result<ExitCode> {
    if a.output.exists() && !a.replace {
        bail!("{} はもうあります。置き換えるときは --replace を付けてください。", a.output.display());
    }
    let store = existing(&a.data).await?;
    store.backup(&a.output).await?;
    let revision = sound(&a.output).await?;
    println!("改訂 {revision} までの写しを {} に書き、読めることを確かめました。", a.output.display());
    Ok(ExitCode::SUCCESS)
}

/// Looks the register over.
pub async fn check(a: Check) -> Result<ExitCode> {
    let store = existing(&a.data).await?;
    let troubles = store.check().await?;
    if troubles.is_empty() {
        println!("登録簿に異常はありません（改訂 {}）。", store.revision().await?);
        return Ok(ExitCode::SUCCESS);
    }
    troubles.iter().for_each(|t| println!("✗ {t}"));
    println!("{}件の異常があります。kayoi restore で写しに戻すか、元のファイルを取り込み直してください。", troubles.len());
    Ok(ExitCode::FAILURE)
}

/// Puts a copy in the place of the register. The present one is set aside under the time of day, never deleted.
pub async fn restore(a: Restore) -> Result<ExitCode> {
    if a.data.database_url.is_some() {
        bail!("PostgreSQL の登録簿は、写しを作った道具（pg_restore など）で戻してください。");
    }
    let revision = sound(&a.file).await?;
    let folder = &a.data.data;
    std::fs::create_dir_all(folder).with_context(|| format!("{} を作れません", folder.display()))?;
    let here = folder.join(REGISTER);
    if here.exists() && !a.replace {
        bail!(
            "{} にはもう登録簿があります。サーバーを止め、--replace を付けてください（いまの登録簿は横に残します）。",
            folder.display()
        );
    }
    let beside = folder.join(format!("{REGISTER}.restoring"));
    std::fs::copy(&a.file, &beside).with_context(|| format!("{} に書けません", folder.display()))?;
    std::fs::File::open(&beside)?.sync_all()?;
    if here.exists() {
        let aside = set_aside(folder, &here)?;
        println!("いままでの登録簿は {} に残しました。", aside.display());
    }
    std::fs::rename(&beside, &here)?;
    println!("改訂 {revision} の写しに戻しました。");
    Ok(ExitCode::SUCCESS)
}

/// Moves the register and its journal files out of the way, under a name of their own.
fn set_aside(folder: &Path, here: &Path) -> Result<PathBuf> {
    let stamp = crate::app::now().replace([':', '-'], "");
    let aside = (0..1000)
        .map(|n| folder.join(if n == 0 { format!("kayoi-until-{stamp}.gpkg") } else { format!("kayoi-until-{stamp}-{n}.gpkg") }))
        .find(|p| !p.exists())
        .context("いままでの登録簿を残す名前がありません")?;
    for end in ["-wal", "-shm", ""] {
        let with = |p: &Path| PathBuf::from(format!("{}{end}", p.display()));
        if with(here).exists() {
            std::fs::rename(with(here), with(&aside))?;
        }
    }
    Ok(aside)
}

async fn existing(data: &DataConfig) -> Result<std::sync::Arc<dyn crate::store::Store>> {
    if !data.has_register() {
        bail!("{} に登録簿がありません。--data を確かめてください。", data.data.display());
    }
    Ok(data.store().await?)
}

/// Refuses what is no register: opening would make an empty one of it.
fn is_register(file: &Path) -> Result<()> {
    let mut head = [0u8; 72];
    let opened = std::fs::File::open(file).with_context(|| format!("{} を読めません", file.display()))?;
    let long = std::io::Read::read(&mut &opened, &mut head)? == head.len();
    // SQLite's mark, and the application id of a GeoPackage (SQLite file format §1.3)
    if !long || !head.starts_with(b"SQLite format 3\0") || &head[68..72] != b"GPKG" {
        bail!("{} は kayoi backup で作った写しではありません。", file.display());
    }
    Ok(())
}

/// The revision of a copy, looked over in a folder of its own: opening a register may bring it to a newer form.
async fn sound(file: &Path) -> Result<i64> {
    is_register(file)?;
    let folder = std::env::temp_dir().join(format!("kayoi-check-{}-{}", std::process::id(), crate::app::now().replace(':', "")));
    let looked = async {
        std::fs::create_dir_all(&folder)?;
        std::fs::copy(file, folder.join(REGISTER)).with_context(|| format!("{} を読めません", file.display()))?;
        let store = open(&folder).await?;
        let troubles = store.check().await?;
        if !troubles.is_empty() {
            bail!("{} は壊れています: {}", file.display(), troubles.join("、"));
        }
        Ok(store.revision().await?)
    };
    let looked = looked.await;
    // only our own temporary copy
    std::fs::remove_dir_all(&folder).ok();
    looked
}
