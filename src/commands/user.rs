//! `kayoi user`: people who may sign in. A password is read from standard input or made up and shown once, never taken as an
//! argument, where other users of the machine could see it.

use crate::app::accounts::{disable, put_account, random};
use crate::config::DataConfig;
use crate::model::Role;
use crate::store::{Author, Store};
use anyhow::{Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use std::io::BufRead;
use std::process::ExitCode;

/// Letters of a password made up here.
const MADE_UP: usize = 16;

/// Arguments of `kayoi user`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 加える。同じ名前があれば、パスワード・権限・担当を替える / add, or change
    Add(Add),
    /// 一覧 / list
    List(List),
    /// 使えなくする（履歴の名前は残る） / take out of use
    Disable(Disable),
}

#[derive(Debug, Args)]
struct Add {
    #[command(flatten)]
    data: DataConfig,
    /// サインインに使う名前 / name to sign in with
    name: String,
    /// 権限 / role
    #[arg(long, value_enum, default_value_t = RoleName::Coordinator)]
    role: RoleName,
    /// 担当する区域の名前（何度でも）。なければ全域 / areas of a coordinator
    #[arg(long = "area", value_name = "NAME")]
    areas: Vec<String>,
    /// パスワードを標準入力の1行目から読む。なければ作って表示する / read the password from standard input
    #[arg(long)]
    password_stdin: bool,
    /// パスワードを持たせず、庁内の認証サーバ（OpenID Connect）からだけ入れるようにする / no password: by the identity provider only
    #[arg(long, conflicts_with = "password_stdin")]
    openid_only: bool,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    data: DataConfig,
}

#[derive(Debug, Args)]
struct Disable {
    #[command(flatten)]
    data: DataConfig,
    /// 名前 / name
    name: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    /// 閲覧
    Viewer,
    /// 担当区域の編集
    Coordinator,
    /// 計画・全域の編集
    Planner,
    /// 管理
    Admin,
}

impl From<RoleName> for Role {
    fn from(r: RoleName) -> Self {
        match r {
            RoleName::Viewer => Self::Viewer,
            RoleName::Coordinator => Self::Coordinator,
            RoleName::Planner => Self::Planner,
            RoleName::Admin => Self::Admin,
        }
    }
}

/// Runs the command.
pub async fn run(a: Arguments) -> Result<ExitCode> {
    match a.what {
        What::Add(a) => add(a).await?,
        What::List(a) => list(a.data.store().await?.as_ref()).await?,
        What::Disable(a) => {
            let store = a.data.store().await?;
            disable(store.as_ref(), &a.name).await?;
            noted(store.as_ref(), "account_disabled", &a.name).await?;
            super::say(&format!("「{}」を使えなくしました。", a.name))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(a: Add) -> Result<()> {
    let store = a.data.store().await?;
    let areas = if a.areas.is_empty() { Vec::new() } else { named(store.as_ref(), &a.areas).await? };
    let given = if a.password_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        Some(line.trim_end_matches(['\r', '\n']).to_owned())
    } else {
        None
    };
    let password = given.clone().map_or_else(|| random(MADE_UP), Ok)?;
    let role = Role::from(a.role);
    put_account(store.as_ref(), &a.name, Some(&password), role, areas).await?;
    noted(store.as_ref(), "account_put", &format!("{} {}", a.name, role.code())).await?;
    let shown = if a.openid_only {
        "\n庁内の認証サーバからサインインできます。".into()
    } else if given.is_some() {
        String::new()
    } else {
        format!("\nパスワード: {password}\n（二度と表示されません。書き留めてください）")
    };
    super::say(&format!("名前: {}\n権限: {}{shown}", a.name, role.ja()))?;
    Ok(())
}

/// Ids of the areas of some names; a name that several areas have means all of them.
async fn named(store: &dyn Store, names: &[String]) -> Result<Vec<i64>> {
    let areas = store.contents().await?.areas;
    let mut ids = Vec::new();
    for name in names {
        let before = ids.len();
        ids.extend(areas.iter().filter(|(_, a)| a.name == *name).map(|(_, a)| a.id));
        if ids.len() == before {
            bail!("「{name}」という区域は取り込まれていません。kayoi measure coverage で区域の名前を見られます。");
        }
    }
    Ok(ids)
}

async fn list(store: &dyn Store) -> Result<()> {
    let areas = store.contents().await?.areas;
    let mut text = String::new();
    for a in store.accounts().await? {
        let name = |id: &i64| areas.iter().find(|(_, x)| x.id == *id).map_or_else(|| id.to_string(), |(_, x)| x.name.clone());
        let kept = a.areas.iter().map(name).collect::<Vec<_>>().join("、");
        let state = if a.disabled { "（使えない）" } else { "" };
        text += &format!("{}  {}  {}{state}\n", a.name, a.role.ja(), if kept.is_empty() { "全域" } else { &kept });
    }
    super::say(if text.is_empty() { "まだだれもいません。kayoi user add で加えてください。" } else { &text })?;
    Ok(())
}

async fn noted(store: &dyn Store, action: &str, detail: &str) -> Result<()> {
    Ok(store.audit(&Author::new("kayoi user", crate::app::now()), action, detail).await?)
}
