//! Strong ETags and 304 for everything answered from one revision.

use super::problem::Problem;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// Largest answer kept in memory to be hashed.
const MAX_ANSWER: usize = 256 << 20;

/// Adds an ETag to a successful answer and turns it into 304 where the client has it already.
pub async fn conditional(request: Request, next: Next) -> Response {
    let wanted = request.headers().get(header::IF_NONE_MATCH).cloned();
    let cacheable = matches!(*request.method(), Method::GET | Method::HEAD);
    let response = next.run(request).await;
    // what staff see is of a version, and kept by nobody
    let private = response.headers().get(header::CACHE_CONTROL).is_some_and(|v| v == "no-store");
    if !cacheable || private || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = match to_bytes(body, MAX_ANSWER).await {
        Ok(b) => b,
        Err(e) => return Problem::internal(&e).into_response(),
    };
    let digest = Sha256::digest(&bytes);
    let tag = digest.iter().take(12).map(|b| format!("{b:02x}")).collect::<String>();
    let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) else { return Problem::internal(&"etag").into_response() };
    parts.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    let known = wanted.and_then(|w| w.to_str().ok().map(str::to_owned)).is_some_and(|w| {
        w.split(',').any(|t| t.trim().trim_start_matches("W/") == tag.to_str().unwrap_or_default() || t.trim() == "*")
    });
    parts.headers.insert(header::ETAG, tag);
    if known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}
