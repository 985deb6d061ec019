//! The desk: what staff do with the register. Everything here stands behind the gate; `router.rs` lists it.

pub mod accounts;
mod forms;
pub mod gate;
pub mod history;
pub mod imports;
pub mod notes;
pub mod office;
pub mod openid;
pub mod queue;
pub mod records;
pub mod session;

use super::problem::Problem;
use axum::Json;
use axum::extract::rejection::JsonRejection;

/// A JSON body, or why it cannot be read.
pub type Sent<T> = Result<Json<T>, JsonRejection>;

/// What was sent.
pub fn read<T>(sent: Sent<T>) -> Result<T, Problem> {
    let explain = |e: JsonRejection| Problem::bad_request("bad_body", format!("送られた内容を読めません。/ {}", e.body_text()));
    sent.map(|b| b.0).map_err(explain)
}
