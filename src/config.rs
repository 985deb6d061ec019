//! One small struct per concern, parsed once.

use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Where the data lie.
#[derive(Debug, Clone, Args)]
pub struct DataConfig {
    /// データフォルダ（登録簿 kayoi.gpkg とコンパイル済みファイル） / data folder
    #[arg(long, default_value = "data-kayoi", env = "KAYOI_DATA", value_name = "DIR")]
    pub data: PathBuf,
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
}
