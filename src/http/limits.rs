//! How often somebody may try: sign-ins and suggestions are counted by the address they come from.

use super::problem::Problem;
use crate::app::App;
use crate::model::policy;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock};

/// Where a request comes from. It is counted and forgotten, never kept or logged.
pub struct Visitor(IpAddr);

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let direct = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
        // the last address is the one our own proxy saw; without a proxy of ours anybody may write this header
        let forwarded =
            parts.headers.get("x-forwarded-for").and_then(|v| v.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        let forwarded = forwarded.filter(|_| app.public_url.is_some());
        Ok(Self(forwarded.or(direct).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))))
    }
}

/// So many from one address.
pub struct Turnstile(DefaultKeyedRateLimiter<IpAddr>);

impl Turnstile {
    fn new(quota: Quota) -> Self {
        Self(RateLimiter::keyed(quota))
    }

    /// Lets a visitor through, or asks for patience.
    pub fn admit(&self, visitor: &Visitor) -> Result<(), Problem> {
        /// Addresses remembered before those long quiet are forgotten.
        const REMEMBERED: usize = 10_000;
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        let detail = "続けて送られています。しばらく待ってからもう一度お試しください。/ Too many requests; please wait.";
        self.0.check_key(&visitor.0).map_err(|_| Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many", detail))
    }
}

fn at_least_one(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN)
}

/// Sign-ins: a person mistypes now and then.
pub fn sign_ins() -> &'static Turnstile {
    static LIMIT: LazyLock<Turnstile> =
        LazyLock::new(|| Turnstile::new(Quota::per_minute(at_least_one(policy().sign_in.per_minute))));
    &LIMIT
}

/// Suggestions of residents.
pub fn suggestions() -> &'static Turnstile {
    static LIMIT: LazyLock<Turnstile> =
        LazyLock::new(|| Turnstile::new(Quota::per_hour(at_least_one(policy().suggestions.per_hour))));
    &LIMIT
}
