//! The web app, its fonts and its map library, from inside the binary.

use super::problem::Problem;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "web/dist/"]
struct Web;

/// An asset; its name holds its hash, so it never changes.
pub async fn serve(Path(path): Path<String>) -> Result<Response, Problem> {
    let mut response = file(&format!("assets/{path}"))?;
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    Ok(response)
}

/// A file of the web app.
pub fn file(path: &str) -> Result<Response, Problem> {
    let found = Web::get(path).ok_or_else(|| Problem::missing("ファイルがありません。/ No such file."))?;
    let mut response = Response::new(Body::from(found.data.into_owned()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    Ok(response)
}

/// The built script of an entry, and its style sheets, as addresses; nothing if the web app was not built.
pub fn entry(source: &str) -> (String, Vec<String>) {
    let manifest = Web::get("manifest.json").and_then(|f| serde_json::from_slice::<serde_json::Value>(&f.data).ok());
    let chunk = manifest.as_ref().map(|m| &m[source]);
    let address = |v: &serde_json::Value| v.as_str().map(|f| format!("/{f}"));
    let styles = chunk.and_then(|c| c["css"].as_array()).into_iter().flatten().filter_map(address).collect();
    (chunk.and_then(|c| address(&c["file"])).unwrap_or_default(), styles)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}
