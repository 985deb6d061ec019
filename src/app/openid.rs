//! Signing in at the office's own identity provider (OpenID Connect Core 1.0 §3.1: authorization code, with PKCE of RFC 7636 and a
//! nonce). Who somebody is comes from there; what they may do stays with the account of that name here.

use super::accounts::{AccountError, Token, admit};
use crate::store::{Author, Store};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Longest a question to the provider may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Largest answer of a provider, bytes.
const LARGEST: u64 = 1 << 20;

/// Which claim of the provider is the name of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Claim {
    /// 利用者名（preferred_username）
    PreferredUsername,
    /// 確認済みの電子メールアドレス / a verified e-mail address
    Email,
    /// 変わらない識別子（sub）
    Sub,
}

/// An identity provider, and this server as its client.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Issuer, e.g. `https://login.city.example.jp/realms/office`.
    pub issuer: String,
    /// Client id.
    pub client: String,
    /// Client secret; none for a public client.
    pub secret: Option<ClientSecret>,
    /// Which claim is the name.
    pub claim: Claim,
}

/// A client of a provider that has said where it signs people in.
type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What the browser keeps while somebody is away at the provider.
pub struct Away {
    state: String,
    nonce: String,
    verifier: String,
}

impl Away {
    /// As the value of a cookie: all three are Base64url texts.
    pub fn text(&self) -> String {
        [self.state.as_str(), &self.nonce, &self.verifier].join(".")
    }

    /// From the value of a cookie.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(str::to_owned);
        let away = Self { state: parts.next()?, nonce: parts.next()?, verifier: parts.next()? };
        Some(away).filter(|a| parts.next().is_none() && !a.state.is_empty())
    }
}

/// Why nobody came back signed in.
#[derive(Debug, thiserror::Error)]
pub enum OpenIdError {
    /// The provider cannot be reached, or does not answer as it should.
    #[error("認証サーバ {issuer} とのやり取りができません: {why}")]
    Provider {
        /// Its issuer.
        issuer: String,
        /// In its words.
        why: String,
    },
    /// What came back is not what was asked for.
    #[error("認証サーバからの答えを確かめられません: {0}")]
    Answer(String),
    /// No account of that name may sign in.
    #[error(transparent)]
    Account(#[from] AccountError),
}

/// The office's identity provider; its metadata are asked for once and again when something they say no longer holds.
pub struct OpenId {
    provider: Provider,
    agent: ureq::Agent,
    metadata: Mutex<Option<CoreProviderMetadata>>,
}

impl OpenId {
    /// Prepares; the provider is first asked when somebody signs in.
    ///
    /// # Errors
    /// If the issuer is no `https:` URL: names must not come over an open line. This machine itself may do without.
    pub fn new(provider: Provider) -> Result<Self, OpenIdError> {
        let url = IssuerUrl::new(provider.issuer.clone()).map_err(|e| fault(&provider, &e))?;
        let here = matches!(url.url().host_str(), Some("localhost" | "127.0.0.1"));
        if url.url().scheme() != "https" && !here {
            let why = "https:// で始まるURLにしてください".into();
            return Err(OpenIdError::Provider { issuer: provider.issuer, why });
        }
        // no redirects: the provider alone says where its endpoints are
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false)
            .https_only(!here)
            .build();
        Ok(Self { provider, agent: config.into(), metadata: Mutex::default() })
    }

    /// Where to send the browser, and what it keeps meanwhile.
    ///
    /// # Errors
    /// If the provider cannot be reached.
    pub async fn leave(self: &Arc<Self>, back: &str) -> Result<(String, Away), OpenIdError> {
        let (me, back) = (self.clone(), back.to_owned());
        apart(move || me.leave_now(&back)).await
    }

    /// Opens a session for who comes back with a code.
    ///
    /// # Errors
    /// If the answer is not the one asked for, is not signed by the provider, or names nobody known here.
    pub async fn come_back(
        self: &Arc<Self>,
        store: &dyn Store,
        away: Away,
        (code, state): (&str, &str),
        back: &str,
        now: jiff::Timestamp,
    ) -> Result<Token, OpenIdError> {
        if away.state != state {
            return Err(OpenIdError::Answer("別のサインインへの答えです".into()));
        }
        let (me, code, back) = (self.clone(), code.to_owned(), back.to_owned());
        let name = apart(move || me.name_of(away, &code, &back)).await?;
        let account = store.account(&name).await.map_err(AccountError::from)?.filter(|a| !a.disabled);
        let Some(account) = account else {
            let author = Author::new(
                name.chars().take(crate::model::policy().sign_in.longest_name).collect::<String>(),
                super::stamp(now),
            );
            store.audit(&author, "sign_in_refused", "OpenID Connect").await.map_err(AccountError::from)?;
            return Err(AccountError::Missing.into());
        };
        Ok(admit(store, &account, "OpenID Connect", now).await?)
    }

    fn leave_now(&self, back: &str) -> Result<(String, Away), OpenIdError> {
        let client = self.client(back, false)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let mut request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random).set_pkce_challenge(challenge);
        request = match self.provider.claim {
            Claim::PreferredUsername => request.add_scope(Scope::new("profile".into())),
            Claim::Email => request.add_scope(Scope::new("email".into())),
            Claim::Sub => request,
        };
        let (url, state, nonce) = request.url();
        let away = Away { state: state.into_secret(), nonce: nonce.secret().clone(), verifier: verifier.into_secret() };
        Ok((url.to_string(), away))
    }

    /// The name of the account in the provider's signed answer.
    fn name_of(&self, away: Away, code: &str, back: &str) -> Result<String, OpenIdError> {
        let client = self.client(back, false)?;
        let ask = |request: HttpRequest| self.ask(request);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.into()))
            .map_err(|e| fault(&self.provider, &e))?
            .set_pkce_verifier(PkceCodeVerifier::new(away.verifier))
            .request(&ask)
            .map_err(|e| fault(&self.provider, &e))?;
        let signed = answer.extra_fields().id_token();
        let signed = signed.ok_or_else(|| OpenIdError::Answer("ID トークンがありません".into()))?;
        let nonce = Nonce::new(away.nonce);
        let read = |client: Client| {
            let claims = signed.claims(&client.id_token_verifier(), &nonce);
            claims.map_err(|e| OpenIdError::Answer(e.to_string())).and_then(|c| self.name_in(c))
        };
        // the provider may have changed its keys since they were read
        read(client).or_else(|_| read(self.client(back, true)?))
    }

    fn name_in(&self, claims: &CoreIdTokenClaims) -> Result<String, OpenIdError> {
        let name = match self.provider.claim {
            Claim::PreferredUsername => claims.preferred_username().map(|n| n.as_str()),
            // an address nobody made sure of may be anybody's
            Claim::Email => claims.email().filter(|_| claims.email_verified() == Some(true)).map(|e| e.as_str()),
            Claim::Sub => Some(claims.subject().as_str()),
        };
        name.map(str::to_owned).ok_or_else(|| OpenIdError::Answer(format!("{:?} がありません", self.provider.claim)))
    }

    fn metadata(&self, anew: bool) -> Result<CoreProviderMetadata, OpenIdError> {
        let mut held = self.metadata.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = held.as_ref().filter(|_| !anew) {
            return Ok(known.clone());
        }
        let issuer = IssuerUrl::new(self.provider.issuer.clone()).map_err(|e| fault(&self.provider, &e))?;
        let ask = |request: HttpRequest| self.ask(request);
        let metadata = CoreProviderMetadata::discover(&issuer, &ask).map_err(|e| fault(&self.provider, &e))?;
        *held = Some(metadata.clone());
        Ok(metadata)
    }

    fn ask(&self, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let (parts, mut body) = self.agent.run(request)?.into_parts();
        let bytes = body.with_config().limit(LARGEST).read_to_vec()?;
        Ok(HttpResponse::from_parts(parts, bytes))
    }

    /// This server as the provider's client; `anew` asks for the provider's metadata once more.
    fn client(&self, back: &str, anew: bool) -> Result<Client, OpenIdError> {
        let back = RedirectUrl::new(back.to_owned()).map_err(|e| fault(&self.provider, &e))?;
        let (id, secret) = (ClientId::new(self.provider.client.clone()), self.provider.secret.clone());
        Ok(CoreClient::from_provider_metadata(self.metadata(anew)?, id, secret).set_redirect_uri(back))
    }
}

/// With its causes: "connection refused" says more than "request failed".
fn fault(provider: &Provider, e: &(dyn std::error::Error + 'static)) -> OpenIdError {
    let causes = std::iter::successors(Some(e), |e| e.source());
    let why = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    OpenIdError::Provider { issuer: provider.issuer.clone(), why }
}

/// Off the async threads: the provider may take its time.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T, OpenIdError> + Send + 'static) -> Result<T, OpenIdError> {
    let lost = |e: tokio::task::JoinError| OpenIdError::Answer(e.to_string());
    tokio::task::spawn_blocking(work).await.map_err(lost)?
}
