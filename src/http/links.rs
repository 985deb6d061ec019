//! Absolute URLs: QGIS builds its requests from them and breaks on relative ones.

use crate::app::App;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::sync::Arc;

/// The public URL of this server, without a trailing slash.
pub struct BaseUrl(pub String);

impl FromRequestParts<Arc<App>> for BaseUrl {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        if let Some(url) = &app.public_url {
            return Ok(Self(url.trim_end_matches('/').to_owned()));
        }
        let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        // a host is echoed into links, so only what a host can be is taken
        let plain = |h: &String| !h.is_empty() && h.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
        let host = header("x-forwarded-host").or_else(|| header("host")).filter(plain).unwrap_or_else(|| "127.0.0.1".into());
        let scheme = header("x-forwarded-proto").filter(|s| s == "https").unwrap_or_else(|| "http".into());
        Ok(Self(format!("{scheme}://{host}")))
    }
}
