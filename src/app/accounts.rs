//! Signing in: passwords as argon2id hashes, sessions known by the hash of their token, accounts shut after wrong passwords.
//! Passwords and tokens are held here and in the store, and nowhere else; neither is ever logged.

use super::stamp;
use crate::model::{Account, Role, policy};
use crate::store::{Author, Store, StoreError};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// A hash takes 19 MiB and a core for a moment: attempts wait for each other.
static HASHING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));

/// The hash of no password, so that a name nobody has takes as long as a wrong password.
static NOBODY: LazyLock<String> = LazyLock::new(|| hashed(&random(32).unwrap_or_default()).unwrap_or_default());

/// Why somebody cannot sign in, or an account cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Name or password wrong, or the account disabled: it is not told which.
    #[error("名前かパスワードが違います。")]
    Wrong,
    /// Too many wrong passwords.
    #[error("続けて間違えたため、{until}（世界時）まで使えません。お急ぎのときは管理の方に頼んでください。")]
    Locked {
        /// RFC 3339, UTC.
        until: String,
    },
    /// A password that cannot be taken.
    #[error("パスワードは{}～{}文字にしてください。", policy().sign_in.least_password, policy().sign_in.longest_password)]
    Password,
    /// A name that cannot be taken.
    #[error("名前は1～{}文字で、空白と制御文字を入れないでください。", policy().sign_in.longest_name)]
    Name,
    /// No account of that name.
    #[error("その名前の利用者はいません。")]
    Missing,
    /// The machine gives no random numbers or no memory.
    #[error("この機械では乱数かパスワードの計算が使えません: {0}")]
    Machine(String),
    /// The register failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a browser holds to be known. It is shown once, in the answer that opens the session.
pub struct Token(String);

impl Token {
    /// The text for the cookie.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// What the register keeps of a token.
pub fn token_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Letters that are not taken for each other, for passwords that are read aloud or copied by hand.
pub fn random(letters: usize) -> Result<String, AccountError> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = vec![0u8; letters];
    getrandom::fill(&mut bytes).map_err(|e| AccountError::Machine(e.to_string()))?;
    Ok(bytes.iter().map(|b| char::from(LETTERS[usize::from(*b) % LETTERS.len()])).collect())
}

fn hashed(password: &str) -> Result<String, AccountError> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|e| AccountError::Machine(e.to_string()))?;
    Ok(hash.to_string())
}

/// Off the async threads, and not many at once.
async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AccountError> {
    let machine = |e: &dyn std::fmt::Display| AccountError::Machine(e.to_string());
    let _slot = HASHING.acquire().await.map_err(|e| machine(&e))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| machine(&e))
}

async fn matches(password: &str, hash: String) -> Result<bool, AccountError> {
    let password = password.to_owned();
    slowly(move || Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok()).await
}

/// The PHC string of a password that may be taken.
///
/// # Errors
/// If it is too short or too long.
async fn protected(password: &str) -> Result<String, AccountError> {
    let rule = &policy().sign_in;
    if !(rule.least_password..=rule.longest_password).contains(&password.chars().count()) {
        return Err(AccountError::Password);
    }
    let password = password.to_owned();
    slowly(move || hashed(&password)).await?
}

/// Makes an account, or gives one of that name a new password, role and areas; its sessions end.
///
/// # Errors
/// If the name or the password cannot be taken.
pub async fn put_account(
    store: &dyn Store,
    name: &str,
    password: Option<&str>,
    role: Role,
    areas: Vec<i64>,
) -> Result<Account, AccountError> {
    let plain = |c: char| !c.is_whitespace() && !c.is_control();
    if !(1..=policy().sign_in.longest_name).contains(&name.chars().count()) || !name.chars().all(plain) {
        return Err(AccountError::Name);
    }
    let known = store.account(name).await?;
    let password = match (password, &known) {
        (Some(p), _) => protected(p).await?,
        (None, Some(a)) => a.password.clone(),
        (None, None) => return Err(AccountError::Password),
    };
    let id = known.map_or(0, |a| a.id);
    let account = Account { id, name: name.into(), role, areas, password, disabled: false, failures: 0, locked_until: None };
    store.put_account(&account).await?;
    let account = store.account(name).await?.ok_or(AccountError::Missing)?;
    store.close_sessions(account.id).await?;
    Ok(account)
}

/// Takes an account out of use and ends its sessions.
///
/// # Errors
/// If there is none of that name.
pub async fn disable(store: &dyn Store, name: &str) -> Result<(), AccountError> {
    let account = store.account(name).await?.ok_or(AccountError::Missing)?;
    store.put_account(&Account { disabled: true, ..account.clone() }).await?;
    Ok(store.close_sessions(account.id).await?)
}

/// Opens a session for the right password; counts a wrong one and shuts the account after too many.
///
/// # Errors
/// If name and password do not fit, or the account is shut.
pub async fn sign_in(store: &dyn Store, name: &str, password: &str, now: Timestamp) -> Result<(Token, Account), AccountError> {
    let rule = &policy().sign_in;
    if password.chars().count() > rule.longest_password {
        return Err(AccountError::Wrong);
    }
    let account = store.account(name).await?;
    let at = stamp(now);
    // a pause that ends later than it can is of a clock that has been set back since
    let latest = stamp(now + SignedDuration::from_mins(rule.locked_minutes));
    let shut = |a: &Option<Account>| {
        let until = a.as_ref().and_then(|a| a.locked_until.clone());
        until.filter(|until| *until > at && *until <= latest).map_or(Ok(()), |until| Err(AccountError::Locked { until }))
    };
    shut(&account)?;
    let hash = account.as_ref().map_or_else(|| NOBODY.clone(), |a| a.password.clone());
    let right = matches(password, hash).await?;
    // attempts made at once wait for each other: the account may have been shut meanwhile
    let account = if account.is_some() { store.account(name).await? } else { None };
    shut(&account)?;
    let author = Author::new(name.chars().take(rule.longest_name).collect::<String>(), at.as_str());
    let Some(account) = account.filter(|a| !a.disabled) else {
        store.audit(&author, "sign_in_refused", "").await?;
        return Err(AccountError::Wrong);
    };
    if !right {
        let failures = store.count_failure(account.id).await?;
        store.audit(&author, "sign_in_refused", &format!("{failures}回目")).await?;
        if failures >= rule.failures {
            let until = stamp(now + SignedDuration::from_mins(rule.locked_minutes));
            // the count begins anew, so that one more slip after the pause does not shut it again
            store.lock_account(account.id, None).await?;
            store.lock_account(account.id, Some(&until)).await?;
            store.audit(&author, "locked", &until).await?;
            return Err(AccountError::Locked { until });
        }
        return Err(AccountError::Wrong);
    }
    if account.failures > 0 || account.locked_until.is_some() {
        store.lock_account(account.id, None).await?;
    }
    let token = admit(store, &account, "", now).await?;
    Ok((token, account))
}

/// Opens a session for somebody who has shown who they are; the audit log says how.
///
/// # Errors
/// If the register cannot be written.
pub(super) async fn admit(store: &dyn Store, account: &Account, how: &str, now: Timestamp) -> Result<Token, AccountError> {
    let token = Token(random(40)?);
    let expires = stamp(now + SignedDuration::from_hours(policy().sign_in.session_hours));
    store.open_session(&token_hash(&token.0), account.id, &stamp(now), &expires).await?;
    store.audit(&Author::new(account.name.as_str(), stamp(now)), "signed_in", how).await?;
    Ok(token)
}

/// Gives the owner of an account a new password; every session of it ends.
///
/// # Errors
/// If the old password is wrong or the new one cannot be taken.
pub async fn change_password(store: &dyn Store, account: &Account, old: &str, new: &str) -> Result<(), AccountError> {
    if !matches(old, account.password.clone()).await? {
        store.count_failure(account.id).await?;
        return Err(AccountError::Wrong);
    }
    put_account(store, &account.name, Some(new), account.role, account.areas.clone()).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open;

    #[tokio::test]
    async fn wrong_passwords_shut_an_account_for_a_while_and_a_clock_set_back_does_not_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path()).await.unwrap();
        let store = store.as_ref();
        put_account(store, "aoki", Some("right-password"), Role::Planner, vec![]).await.unwrap();
        assert!(matches!(put_account(store, "b b", Some("right-password"), Role::Viewer, vec![]).await, Err(AccountError::Name)));
        assert!(matches!(put_account(store, "baba", Some("short"), Role::Viewer, vec![]).await, Err(AccountError::Password)));
        let now: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let minutes = |n: i64| now + SignedDuration::from_mins(n);
        for n in 1..=policy().sign_in.failures {
            let refused = sign_in(store, "aoki", "wrong-password", now).await.err().unwrap();
            assert_eq!(matches!(refused, AccountError::Locked { .. }), n == policy().sign_in.failures, "{n}");
        }
        assert!(matches!(sign_in(store, "aoki", "right-password", minutes(5)).await, Err(AccountError::Locked { .. })));
        // an hour back: the pause cannot last till then
        assert!(sign_in(store, "aoki", "right-password", minutes(-60)).await.is_ok());
        for _ in 0..policy().sign_in.failures {
            sign_in(store, "aoki", "wrong-password", now).await.err().unwrap();
        }
        assert!(sign_in(store, "aoki", "right-password", minutes(policy().sign_in.locked_minutes)).await.is_ok());
        // a session ends with its time, is known by its token only, and lives in the register
        let (token, _) = sign_in(store, "aoki", "right-password", minutes(60)).await.unwrap();
        let kept = token_hash(token.text());
        let again = open(dir.path()).await.unwrap();
        assert!(again.session(&kept, &stamp(minutes(61))).await.unwrap().is_some());
        assert!(again.session(token.text(), &stamp(minutes(61))).await.unwrap().is_none());
        assert!(again.session(&kept, &stamp(minutes(60 + 60 * policy().sign_in.session_hours))).await.unwrap().is_none());
    }
}
