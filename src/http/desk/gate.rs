//! The gate of the desk: who is asking, from where, and what they may do. Staff-only data leaves the server in forms that take a
//! [`Staff`] to make, and only this file makes one.

use super::super::links::BaseUrl;
use super::super::problem::Problem;
use crate::app::accounts::token_hash;
use crate::app::{App, now};
use crate::atlas::Atlas;
use crate::model::{Account, LonLat, Role};
use crate::store::Author;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use std::sync::Arc;

/// The cookie that holds a session's token.
pub const COOKIE: &str = "kayoi_session";

/// Somebody who has signed in.
pub struct Staff {
    account: Account,
    session: String,
}

impl Staff {
    /// Their account; its password hash stays in the account room.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The hash their session is kept under.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// Goes on only for a role or one above it.
    pub fn needs(&self, role: Role) -> Result<(), Problem> {
        if self.account.role >= role {
            return Ok(());
        }
        let detail = format!("この操作には「{}」の権限が要ります。/ Your role does not allow this.", role.ja());
        Err(Problem::forbidden("not_allowed", detail))
    }

    /// Whether records there are theirs: to a coordinator those of the areas named, and those nobody has placed yet.
    pub fn covers(&self, atlas: &Atlas, point: Option<LonLat>) -> bool {
        let everywhere = self.account.role != Role::Coordinator || self.account.areas.is_empty();
        everywhere || point.is_none_or(|p| self.account.areas.iter().any(|id| atlas.lies_in(*id, p)))
    }

    /// Goes on only if they may edit the records there.
    pub fn keeps(&self, atlas: &Atlas, point: Option<LonLat>) -> Result<(), Problem> {
        self.needs(Role::Coordinator)?;
        if self.covers(atlas, point) {
            return Ok(());
        }
        let detail = "担当の区域の外の記録です。直すときは、担当の方か「計画・全域の編集」の権限の方に頼んでください。/ Outside your areas.";
        Err(Problem::forbidden("not_your_area", detail))
    }

    /// Who makes a change, and why.
    pub fn author(&self, why: Option<String>) -> Author {
        Author { actor: self.account.name.clone(), at: now(), why: why.map(|w| w.trim().to_owned()).filter(|w| !w.is_empty()) }
    }
}

impl FromRequestParts<Arc<App>> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        OwnPage::from_request_parts(parts, app).await?;
        let nobody = || Problem::new(StatusCode::UNAUTHORIZED, "sign_in", "サインインしてください。/ Please sign in.");
        let session = token_hash(&token(&parts.headers).ok_or_else(nobody)?);
        let account = app.store.session(&session, &now()).await?.ok_or_else(nobody)?;
        Ok(Self { account, session })
    }
}

/// A request that changes something comes from a page of this server: a browser says where from, other programs hold no cookie
/// of somebody else.
pub struct OwnPage;

impl FromRequestParts<Arc<App>> for OwnPage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let BaseUrl(base) = BaseUrl::from_request_parts(parts, app).await.unwrap_or_else(|e| match e {});
        let safe = matches!(parts.method, Method::GET | Method::HEAD);
        if safe || is_own(&parts.headers, &base) {
            return Ok(Self);
        }
        let detail = "ほかのサイトのページからの操作は受け付けません。/ Requests from other sites are refused.";
        Err(Problem::forbidden("other_site", detail))
    }
}

fn is_own(headers: &HeaderMap, base: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) if site != "same-origin" => false,
        // a proxy may end TLS without saying so: the host decides
        (_, Some(origin)) => host_of(origin).is_some_and(|h| host_of(base) == Some(h)),
        _ => true,
    }
}

fn host_of(url: &str) -> Option<&str> {
    Some(url.split_once("://")?.1.split('/').next().unwrap_or_default()).filter(|h| !h.is_empty())
}

/// The token of a request, from its cookies.
pub fn token(headers: &HeaderMap) -> Option<String> {
    cookie(headers, COOKIE)
}

/// A cookie of a request.
pub fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    let pairs = all.flat_map(|v| v.split(';')).filter_map(|p| p.trim().split_once('='));
    pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned()).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_may_change_something() {
        let asked = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            pairs.iter().for_each(|(n, v)| {
                headers.insert(*n, v.parse().unwrap());
            });
            is_own(&headers, "http://kayoi.lg.jp")
        };
        assert!(asked(&[]));
        assert!(asked(&[("sec-fetch-site", "same-origin"), ("origin", "http://kayoi.lg.jp")]));
        assert!(asked(&[("origin", "https://kayoi.lg.jp")]));
        assert!(!asked(&[("origin", "http://kayoi.lg.jp.evil.example")]));
        assert!(!asked(&[("origin", "null")]));
        assert!(!asked(&[("sec-fetch-site", "cross-site")]));
        assert!(!asked(&[("sec-fetch-site", "same-site"), ("origin", "http://kayoi.lg.jp")]));
        assert!(!asked(&[("sec-fetch-site", "same-origin"), ("origin", "http://other.example")]));
    }
}
