//! One small struct per concern, parsed once.

use crate::app::openid::{Claim, OpenId, OpenIdError, Provider};
use crate::store::{REGISTER, Store, StoreError, connect, open};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Where the data lie.
#[derive(Debug, Clone, Args)]
pub struct DataConfig {
    /// データフォルダ（登録簿 kayoi.gpkg とコンパイル済みファイル） / data folder
    #[arg(long, default_value = "data-kayoi", env = "KAYOI_DATA", value_name = "DIR")]
    pub data: PathBuf,
    /// PostgreSQL（PostGIS）の登録簿。例: postgres://user@host/kayoi / register in a database, for several servers
    #[arg(long, env = "KAYOI_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
}

impl DataConfig {
    /// Opens the register: that of the database, if one is named, else that of the data folder.
    ///
    /// # Errors
    /// If it cannot be reached or is another program's.
    pub async fn store(&self) -> Result<Arc<dyn Store>, StoreError> {
        match &self.database_url {
            Some(url) => connect(url).await,
            None => open(&self.data).await,
        }
    }

    /// True if there is a register to look at.
    pub fn has_register(&self) -> bool {
        self.database_url.is_some() || self.data.join(REGISTER).exists()
    }
}

/// How the server listens.
#[derive(Debug, Clone, Args)]
pub struct ServeConfig {
    /// 待ち受けるアドレス / address to listen on
    #[arg(long, default_value = "127.0.0.1:8080", env = "KAYOI_LISTEN")]
    pub listen: SocketAddr,
    /// 外から見えるURL（逆プロキシの後ろで使うとき） / public URL behind a proxy
    #[arg(long, env = "KAYOI_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// 住民向けページを自分のページの中に出してよいサイト（何度でも）。例: https://www.city.example.jp / sites that may embed
    #[arg(long = "frame", env = "KAYOI_FRAME", value_name = "URL", value_delimiter = ',', value_parser = site)]
    pub frames: Vec<String>,
    /// 終了の合図から接続を断つまでの秒数。その間 /readyz は 503 を返す / seconds to go on after the signal to end
    #[arg(long, env = "KAYOI_DRAIN", default_value_t = 2, value_parser = clap::value_parser!(u64).range(0..=300))]
    pub drain: u64,
}

/// The identity provider of the office.
#[derive(Debug, Clone, Args)]
pub struct OpenIdConfig {
    /// 庁内の認証サーバ（OpenID Connect）の発行者URL。サインインの画面に入口が出る / issuer of the office's identity provider
    #[arg(long, env = "KAYOI_OPENID_ISSUER", value_name = "URL", requires = "openid_client")]
    pub openid_issuer: Option<String>,
    /// 認証サーバに登録したこのサーバの名前 / client id
    #[arg(long, env = "KAYOI_OPENID_CLIENT", value_name = "ID")]
    pub openid_client: Option<String>,
    /// その秘密（環境変数で渡す） / client secret
    #[arg(long, env = "KAYOI_OPENID_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub openid_secret: Option<String>,
    /// 利用者の名前とみなす項目。本人が変えられない項目を選ぶ / which claim is the name of the account
    #[arg(long, env = "KAYOI_OPENID_CLAIM", value_enum, default_value_t = Claim::PreferredUsername)]
    pub openid_claim: Claim,
}

impl OpenIdConfig {
    /// The provider, if one is named.
    ///
    /// # Errors
    /// If its issuer is no URL to trust.
    pub fn provider(self) -> Result<Option<Arc<OpenId>>, OpenIdError> {
        let (Some(issuer), Some(client)) = (self.openid_issuer, self.openid_client) else { return Ok(None) };
        let secret = self.openid_secret.map(openidconnect::ClientSecret::new);
        OpenId::new(Provider { issuer, client, secret, claim: self.openid_claim }).map(|o| Some(Arc::new(o)))
    }
}

/// The origin of a site, as a browser compares it.
fn site(text: &str) -> Result<String, String> {
    let origin = text.trim().trim_end_matches('/');
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:*".contains(c);
    if host.is_empty() || !host.chars().all(plain) {
        return Err("https://www.city.example.jp の形で書いてください / write https://www.city.example.jp".into());
    }
    Ok(origin.to_owned())
}
