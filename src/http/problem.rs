//! Errors as RFC 9457 `application/problem+json`: a stable code, Japanese first.

use crate::app::accounts::AccountError;
use crate::measure::QuestionError;
use crate::present::export::ExportError;
use crate::store::StoreError;
use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// An error a client can understand.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    more: Map<String, Value>,
}

impl Problem {
    /// A problem with a status, a stable code and bilingual words.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), more: Map::new() }
    }

    /// With a member of its own, as RFC 9457 allows.
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What went wrong, in one language where it is told in both.
    pub fn words(&self, english: bool) -> &str {
        match self.detail.rsplit_once(" / ").or_else(|| self.detail.rsplit_once("/ ")) {
            Some((ja, en)) => {
                if english {
                    en
                } else {
                    ja
                }
            }
            None => &self.detail,
        }
    }

    /// 400.
    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 403.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404.
    pub fn missing(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 500; the cause is logged, never sent.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "サーバーの中で問題が起きました。もう一度お試しください。/ Something went wrong inside the server.",
        )
    }
}

impl From<QuestionError> for Problem {
    fn from(e: QuestionError) -> Self {
        let status = match e.code {
            "no_such_area" => StatusCode::NOT_FOUND,
            "no_population" | "no_areas" => StatusCode::CONFLICT,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, e.code, e.message)
    }
}

impl From<StoreError> for Problem {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Missing => Self::missing(format!("{e}。/ No such record.")),
            StoreError::TooOld => Self::new(StatusCode::CONFLICT, "too_old", format!("{e}。/ Too old to be taken back.")),
            StoreError::Full => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "full",
                format!("{e}。いまの変更は保存されていません。管理の方に知らせてください。/ No room to write."),
            ),
            StoreError::ReadOnly => Self::new(
                StatusCode::CONFLICT,
                "read_only",
                format!("{e}。いまの変更は保存されていません。管理の方に知らせてください。/ The register cannot be written."),
            ),
            e => Self::internal(&e),
        }
    }
}

impl From<AccountError> for Problem {
    fn from(e: AccountError) -> Self {
        match e {
            AccountError::Wrong => {
                Self::new(StatusCode::UNAUTHORIZED, "wrong_password", format!("{e} / Wrong name or password."))
            }
            AccountError::Locked { .. } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "locked", format!("{e} / Locked for a while."))
            }
            AccountError::Password | AccountError::Name => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_account", e.to_string())
            }
            AccountError::Missing => Self::missing(e.to_string()),
            AccountError::Store(e) => e.into(),
            e @ AccountError::Machine(_) => Self::internal(&e),
        }
    }
}

impl From<anyhow::Error> for Problem {
    fn from(e: anyhow::Error) -> Self {
        match e.downcast::<StoreError>() {
            Ok(e) => e.into(),
            Err(e) => e.downcast::<ExportError>().map_or_else(|e| Self::internal(&format!("{e:#}")), Self::from),
        }
    }
}

/// The register id of an area in a path.
pub fn area_id(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| no_area())
}

/// 404 for an area.
pub fn no_area() -> Problem {
    Problem::missing("その区域はありません。/ No such area.")
}

/// What stands after the ? of an address, or why it cannot be read.
pub type Queried<T> = Result<Query<T>, QueryRejection>;

/// What was asked after the ?.
pub fn asked<T>(query: Queried<T>) -> Result<T, Problem> {
    query.map(|q| q.0).map_err(|e| Problem::bad_request("bad_query", format!("アドレスの ? の後ろを読めません。/ {e}")))
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("urn:kayoi:problem:{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("error"),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        if let Value::Object(members) = &mut body {
            members.extend(self.more);
        }
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/problem+json"));
        response
    }
}

/// 404 for an unknown path.
pub async fn not_found() -> Problem {
    Problem::missing("このアドレスには何もありません。/ There is nothing at this address.")
}

/// 405 for a known path.
pub async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "この操作はできません。/ This method is not allowed here.")
}

/// 500 after a panic: the server stays up.
#[allow(clippy::needless_pass_by_value)]
pub fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let words = cause.downcast_ref::<&str>().map(ToString::to_string).or_else(|| cause.downcast_ref::<String>().cloned());
    Problem::internal(&words.unwrap_or_else(|| "panic".into())).into_response()
}
