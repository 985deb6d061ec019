//! Signing in at an identity provider: a small one that signs with a real key, over a real line, and everything that may be wrong
//! with its answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

use axum::body::Body;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, Request};
use axum::routing::{get, post};
use axum::{Json, Router};
use kayoi::app::openid::{Claim, OpenId, Provider};
use kayoi::app::{App, accounts, load_atlas};
use kayoi::http::router;
use kayoi::model::Role;
use kayoi::store::open;
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreIdToken, CoreIdTokenClaims, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    Audience, EmptyAdditionalClaims, EndUserEmail, EndUserUsername, IssuerUrl, JsonWebKeyId, Nonce, PrivateSigningKey,
    StandardClaims, SubjectIdentifier,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// What the provider says, right or wrong.
struct Said {
    nonce: String,
    challenge: String,
    audience: &'static str,
    issuer: Option<&'static str>,
    username: &'static str,
    email: Option<(&'static str, bool)>,
    expired: bool,
    key: u8,
    published_key: u8,
}

struct Idp {
    base: String,
    said: Mutex<Said>,
}

fn key(seed: u8) -> CoreEdDsaPrivateSigningKey {
    // RFC 8410: an Ed25519 key as PKCS #8 is this prefix and 32 bytes
    let mut der = vec![0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    der.extend([seed; 32]);
    let (open, close) = ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----");
    let pem = format!("{open}\n{}\n{close}\n", base64(&der));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(format!("key-{seed}")))).unwrap()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            text.push(if i <= chunk.len() { char::from(LETTERS[(n >> (18 - 6 * i) & 63) as usize]) } else { '=' });
        }
    }
    text
}

impl Idp {
    async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let said = Said {
            nonce: String::new(),
            challenge: String::new(),
            audience: "kayoi",
            issuer: None,
            username: "aoki",
            email: None,
            expired: false,
            key: 1,
            published_key: 1,
        };
        let idp = Arc::new(Self { base, said: Mutex::new(said) });
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(idp.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        idp
    }

    fn say(&self, change: impl FnOnce(&mut Said)) {
        change(&mut self.said.lock().unwrap());
    }
}

async fn metadata(State(idp): State<Arc<Idp>>) -> Json<Value> {
    let base = &idp.base;
    Json(json!({
        "issuer": base, "authorization_endpoint": format!("{base}/authorize"), "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn keys(State(idp): State<Arc<Idp>>) -> Json<CoreJsonWebKeySet> {
    let seed = idp.said.lock().unwrap().published_key;
    Json(CoreJsonWebKeySet::new(vec![key(seed).as_verification_key()]))
}

async fn token(State(idp): State<Arc<Idp>>, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> Json<Value> {
    let said = idp.said.lock().unwrap();
    let verifier = Sha256::digest(form["code_verifier"].as_bytes());
    let challenge = base64(&verifier).replace('+', "-").replace('/', "_").replace('=', "");
    assert_eq!(challenge, said.challenge, "PKCE");
    assert_eq!((form["grant_type"].as_str(), form["code"].as_str()), ("authorization_code", "the-code"));
    assert_eq!(headers["authorization"], format!("Basic {}", base64(b"kayoi:hush")));
    let now = chrono::Utc::now();
    let expires = if said.expired { now - chrono::TimeDelta::hours(1) } else { now + chrono::TimeDelta::hours(1) };
    let standard = StandardClaims::new(SubjectIdentifier::new("subject-7".into()))
        .set_preferred_username(Some(EndUserUsername::new(said.username.into())))
        .set_email(said.email.map(|(e, _)| EndUserEmail::new(e.into())))
        .set_email_verified(said.email.map(|(_, v)| v));
    let issuer = said.issuer.map_or_else(|| idp.base.clone(), str::to_owned);
    let audience = vec![Audience::new(said.audience.into())];
    let claims =
        CoreIdTokenClaims::new(IssuerUrl::new(issuer).unwrap(), audience, expires, now, standard, EmptyAdditionalClaims {})
            .set_nonce(Some(Nonce::new(said.nonce.clone())));
    let signed = CoreIdToken::new(claims, &key(said.key), CoreJwsSigningAlgorithm::EdDsa, None, None).unwrap();
    Json(json!({ "access_token": "of no use here", "token_type": "Bearer", "id_token": signed }))
}

struct Answer {
    status: u16,
    to: String,
    cookies: Vec<String>,
    text: String,
}

async fn ask(app: &Arc<App>, path: &str, cookie: &str) -> Answer {
    let request = Request::get(path).header("host", "127.0.0.1:9").header("cookie", cookie).body(Body::empty()).unwrap();
    let response = router(app.clone()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let all = |name: &str| parts.headers.get_all(name).iter().map(|v| v.to_str().unwrap().to_owned()).collect::<Vec<_>>();
    let text = String::from_utf8(axum::body::to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
    Answer { status: parts.status.as_u16(), to: all("location").pop().unwrap_or_default(), cookies: all("set-cookie"), text }
}

/// A value of the query of a URL.
fn value(url: &str, name: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    query.split('&').find_map(|p| p.strip_prefix(&format!("{name}="))).unwrap().to_owned()
}

/// Leaves for the provider; gives the cookie kept meanwhile and the state to come back with.
async fn leave(app: &Arc<App>, idp: &Idp) -> (String, String) {
    let away = ask(app, "/api/desk/openid", "").await;
    assert!(away.to.starts_with(&format!("{}/authorize?", idp.base)), "{}", away.to);
    assert_eq!(value(&away.to, "redirect_uri"), "http%3A%2F%2F127.0.0.1%3A9%2Fapi%2Fdesk%2Fopenid%2Fback");
    assert_eq!(value(&away.to, "code_challenge_method"), "S256");
    idp.say(|s| (s.nonce, s.challenge) = (value(&away.to, "nonce"), value(&away.to, "code_challenge")));
    assert!(away.cookies[0].contains("HttpOnly; SameSite=Lax; Max-Age=600"), "{}", away.cookies[0]);
    (away.cookies[0].split(';').next().unwrap().to_owned(), value(&away.to, "state"))
}

/// The whole way: where it leads, and the session's cookie, if one was opened.
async fn round(app: &Arc<App>, idp: &Idp) -> (String, Option<String>) {
    let (cookie, state) = leave(app, idp).await;
    come_back(app, &cookie, &state).await
}

async fn come_back(app: &Arc<App>, cookie: &str, state: &str) -> (String, Option<String>) {
    let back = ask(app, &format!("/api/desk/openid/back?code=the-code&state={state}"), cookie).await;
    assert_eq!(back.status, 303);
    let session = back.cookies.iter().find(|c| c.starts_with("kayoi_session=")).cloned();
    (back.to, session)
}

async fn office(claim: Claim) -> (Arc<App>, Arc<Idp>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    for name in ["aoki", "baba@city.example.jp", "subject-7", "gone"] {
        accounts::put_account(store.as_ref(), name, Some("never-used-here"), Role::Planner, vec![]).await.unwrap();
    }
    accounts::disable(store.as_ref(), "gone").await.unwrap();
    let atlas = load_atlas(store.as_ref(), dir.path()).await.unwrap();
    let idp = Idp::start().await;
    let secret = Some(openidconnect::ClientSecret::new("hush".into()));
    let provider = Provider { issuer: idp.base.clone(), client: "kayoi".into(), secret, claim };
    let mut app = App::new(store, atlas, dir.path().into(), None);
    app.openid = Some(Arc::new(OpenId::new(provider).unwrap()));
    (Arc::new(app), idp, dir)
}

#[tokio::test]
async fn who_the_provider_knows_comes_in_as_the_account_of_that_name() {
    let (app, idp, _dir) = office(Claim::PreferredUsername).await;
    assert_eq!(ask(&app, "/api/desk/doors", "").await.text, r#"{"openid":true,"password":true}"#);
    let (to, session) = round(&app, &idp).await;
    assert_eq!(to, "/desk");
    let session = session.unwrap();
    assert!(session.contains("HttpOnly; SameSite=Strict"), "{session}");
    let who = ask(&app, "/api/desk/session", session.split(';').next().unwrap()).await;
    assert_eq!((who.status, who.text.contains(r#""name":"aoki""#)), (200, true), "{}", who.text);
    let log = app.store.audits(10).await.unwrap();
    assert!(log.iter().any(|l| l.action == "signed_in" && l.detail == "OpenID Connect" && l.actor == "aoki"));
    // a provider that has changed its keys since is asked for the new ones
    idp.say(|s| (s.key, s.published_key) = (2, 2));
    assert_eq!(round(&app, &idp).await.0, "/desk");
}

#[tokio::test]
async fn nobody_comes_in_by_an_answer_that_is_not_the_one_asked_for() {
    let (app, idp, _dir) = office(Claim::PreferredUsername).await;
    let refused = async |change: fn(&mut Said), undo: fn(&mut Said), why: &str| {
        let (cookie, state) = leave(&app, &idp).await;
        idp.say(change);
        let (to, session) = come_back(&app, &cookie, &state).await;
        assert_eq!((to.as_str(), session), (format!("/desk?sign_in={why}").as_str(), None));
        idp.say(undo);
    };
    refused(|s| s.key = 9, |s| s.key = 1, "again").await;
    refused(|s| s.audience = "another", |s| s.audience = "kayoi", "again").await;
    refused(|s| s.issuer = Some("https://another.example"), |s| s.issuer = None, "again").await;
    refused(|s| s.nonce = "of another sign-in".into(), |_| (), "again").await;
    refused(|s| s.expired = true, |s| s.expired = false, "again").await;
    refused(|s| s.username = "nobody", |s| s.username = "aoki", "unknown").await;
    refused(|s| s.username = "gone", |s| s.username = "aoki", "unknown").await;
    // the way back of another browser, or of another sign-in
    let (cookie, state) = leave(&app, &idp).await;
    assert_eq!(come_back(&app, "", &state).await, ("/desk?sign_in=again".into(), None));
    assert_eq!(come_back(&app, &cookie, "another").await, ("/desk?sign_in=again".into(), None));
    assert_eq!(come_back(&app, "kayoi_away=..", "").await, ("/desk?sign_in=again".into(), None));
    // and after all that the right one still does
    assert_eq!(round(&app, &idp).await.0, "/desk");
}

#[tokio::test]
async fn an_address_counts_only_if_somebody_made_sure_of_it() {
    let (app, idp, _dir) = office(Claim::Email).await;
    assert_eq!(round(&app, &idp).await.0, "/desk?sign_in=again");
    idp.say(|s| s.email = Some(("baba@city.example.jp", false)));
    assert_eq!(round(&app, &idp).await.0, "/desk?sign_in=again");
    idp.say(|s| s.email = Some(("baba@city.example.jp", true)));
    assert_eq!(round(&app, &idp).await.0, "/desk");
    let (app, idp, _dir) = office(Claim::Sub).await;
    assert_eq!(round(&app, &idp).await.0, "/desk");
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_or_trusted_is_told_of() {
    let provider = |issuer: &str| Provider { issuer: issuer.into(), client: "kayoi".into(), secret: None, claim: Claim::Sub };
    assert!(OpenId::new(provider("http://login.city.example.jp")).is_err());
    assert!(OpenId::new(provider("login.city.example.jp")).is_err());
    assert!(OpenId::new(provider("https://login.city.example.jp")).is_ok());
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let atlas = load_atlas(store.as_ref(), dir.path()).await.unwrap();
    let mut app = App::new(store, atlas, dir.path().into(), None);
    // no provider at all
    let without = Arc::new(app);
    assert_eq!(ask(&without, "/api/desk/openid", "").await.status, 404);
    assert_eq!(ask(&without, "/api/desk/doors", "").await.text, r#"{"openid":false,"password":true}"#);
    app = Arc::into_inner(without).unwrap();
    // nobody listens on the discard port of this machine
    app.openid = Some(Arc::new(OpenId::new(provider("http://127.0.0.1:9")).unwrap()));
    assert_eq!(ask(&Arc::new(app), "/api/desk/openid", "").await.to, "/desk?sign_in=unreachable");
}
