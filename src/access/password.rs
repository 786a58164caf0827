//! Passwords: which are good enough, and how they are recognized.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

use crate::error::{Error, Result};
use crate::keys::new_token;
use crate::values::{EmailAddress, Fault, Secret};

/// How many characters a password has (NIST SP 800-63B §5.1.1 wants at least 8, and at least 64 to be possible).
const LENGTH: std::ops::RangeInclusive<usize> = 12..=200;

/// How many hashes may wait for their turn.
const LINE: usize = 16;

/// A password that somebody may choose. The text of a wrong one is no password: it stays a [`Secret`].
#[derive(Debug, Clone)]
pub struct Password(Secret);

impl Password {
    /// Takes a password of the person with this address and this name.
    ///
    /// # Errors
    /// `password_too_short` below 12 characters, `too_long` above 200; `password_is_address` if it is the address, the
    /// part before its @, or the name; `password_well_known` if it is among the first that anybody would try: fewer
    /// than 10^6 guesses by zxcvbn (Wheeler, USENIX Security 2016), which knows lists of leaked passwords, names,
    /// words, dates, rows of keys, and that the person's address and name are easy to guess.
    pub fn new(text: &str, email: &EmailAddress, name: &str) -> Result<Self, Fault> {
        let length = text.chars().count();
        if length < *LENGTH.start() {
            return Err(Fault::new(
                "password_too_short",
                format!("a password has at least {} characters", LENGTH.start()),
            ));
        }
        if length > *LENGTH.end() {
            return Err(Fault::new("too_long", format!("a password has at most {} characters", LENGTH.end())));
        }
        let folded = text.trim().to_lowercase();
        let address = email.key();
        let local = address.rsplit_once('@').map_or("", |(local, _)| local);
        let name = name.trim().to_lowercase();
        if [address.as_str(), local, &name].contains(&folded.as_str()) {
            return Err(Fault::new("password_is_address", "a password is not one's own name or address"));
        }
        if zxcvbn(text, &[&address, local, &name]).score() < Score::Two {
            return Err(Fault::new(
                "password_well_known",
                "this password is easy to guess: take some words that have nothing to do with each other",
            ));
        }
        Ok(Self(Secret::new(text)))
    }
}

/// What is kept of a password: enough to recognize it (PHC string of Argon2id).
#[derive(Clone, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct PasswordHash(String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Makes and checks hashes of passwords: Argon2id (RFC 9106) with 19 MiB, two passes and one lane, as the OWASP
/// Password Storage Cheat Sheet has it.
///
/// A hash costs a core for some hundredths of a second, on purpose. So that nobody can spend all cores on it, at most
/// half of them and at most two work at once, on threads of their own, and the line before them is short. Call it
/// before a transaction, never inside.
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    argon2: Argon2<'static>,
    /// Recognizes nothing: whoever asks for an account that is not there waits as long as for one that is.
    nobody: PasswordHash,
    working: Arc<Semaphore>,
    in_line: Arc<Semaphore>,
}

impl Hasher {
    /// With the parameters of OWASP.
    pub fn new() -> Result<Self> {
        Self::with_cost(19 * 1024, 2)
    }

    /// With other parameters: KiB of memory, and passes over it.
    pub fn with_cost(memory: u32, passes: u32) -> Result<Self> {
        let params = Params::new(memory, passes, 1, None).map_err(Error::internal)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash_with(&argon2, &new_token(""))?;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let at_once = (cores / 2).clamp(1, 2);
        let (working, in_line) = (Arc::new(Semaphore::new(at_once)), Arc::new(Semaphore::new(at_once + LINE)));
        Ok(Self(Arc::new(Inner { argon2, nobody, working, in_line })))
    }

    /// What to keep of a password.
    ///
    /// # Errors
    /// [`Error::TooOften`] at once if too many wait already.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash> {
        self.work(move |inner| hash_with(&inner.argon2, &password.0)).await
    }

    /// Whether `text` is the password of which `hash` was kept; without one it is not, and takes as long.
    ///
    /// # Errors
    /// As [`Hasher::hash`].
    pub async fn recognizes(&self, text: Secret, hash: Option<PasswordHash>) -> Result<bool> {
        self.work(move |inner| {
            let known = hash.as_ref().unwrap_or(&inner.nobody);
            Ok(inner.argon2.verify_password(text.reveal().as_bytes(), known.0.as_str()).is_ok() && hash.is_some())
        })
        .await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce(&Inner) -> Result<T> + Send + 'static) -> Result<T> {
        let inner = self.0.clone();
        let place = inner.in_line.clone().try_acquire_owned().map_err(|_| Error::TooOften { seconds: 1 })?;
        let turn = inner.working.clone().acquire_owned().await.map_err(Error::internal)?;
        // The turn goes along: who does not wait for the answer any more has not freed the core.
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&inner);
            drop((turn, place));
            done
        });
        done.await.map_err(Error::internal)?
    }
}

fn hash_with(argon2: &Argon2<'_>, password: &Secret) -> Result<PasswordHash> {
    let hash = argon2
        .hash_password(password.reveal().as_bytes())
        .map_err(|error| Error::internal(anyhow::anyhow!("cannot hash a password: {error}")))?;
    Ok(PasswordHash(hash.to_string()))
}

mod column {
    use diesel::backend::Backend;
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use diesel::sql_types::Text;

    use super::PasswordHash;
    use crate::store::MultiBackend;

    impl ToSql<Text, diesel::pg::Pg> for PasswordHash {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
            <str as ToSql<Text, diesel::pg::Pg>>::to_sql(&self.0, out)
        }
    }

    impl ToSql<Text, diesel::sqlite::Sqlite> for PasswordHash {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
            out.set_value(self.0.as_str());
            Ok(IsNull::No)
        }
    }

    impl ToSql<Text, MultiBackend> for PasswordHash {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
            out.set_value((Text, self.0.as_str()));
            Ok(IsNull::No)
        }
    }

    impl<DB: Backend> FromSql<Text, DB> for PasswordHash
    where
        String: FromSql<Text, DB>,
    {
        fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
            <String as FromSql<Text, DB>>::from_sql(value).map(Self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Result<Password, Fault> {
        Password::new(text, &"camille.weber@museum.example".parse().unwrap(), "Camille Sophie Weber")
    }

    #[test]
    fn what_anybody_would_try_is_no_password() {
        for (text, code) in [
            ("", "password_too_short"),
            ("x7!kQ9#mZ2$", "password_too_short"),
            (&"ab".repeat(101), "too_long"),
            ("camille.weber@museum.example", "password_is_address"),
            ("Camille.Weber@Museum.Example", "password_is_address"),
            ("camille.weber", "password_is_address"),
            ("camille sophie weber ", "password_is_address"),
            ("password1234", "password_well_known"),
            ("qwertyuiop123", "password_well_known"),
            ("aaaaaaaaaaaaaaa", "password_well_known"),
            ("123456789012", "password_well_known"),
        ] {
            assert_eq!(password(text).map(drop).map_err(|fault| fault.code), Err(code), "{text:?}");
        }
    }

    #[test]
    fn what_nobody_would_try_is_a_password() {
        for text in ["correct horse battery staple", "Moselle-Kachkéis 14", "ünïcödé ist erlaubt", &"xyzw 7".repeat(33)]
        {
            assert!(password(text).is_ok(), "{text:?}");
        }
    }

    #[tokio::test]
    async fn a_password_is_recognized_and_nothing_else_is() {
        let hasher = Hasher::with_cost(16, 1).unwrap();
        let hash = hasher.hash(password("correct horse battery staple").unwrap()).await.unwrap();
        let recognizes = |text: &str, hash| hasher.recognizes(Secret::new(text), hash);
        assert!(recognizes("correct horse battery staple", Some(hash.clone())).await.unwrap());
        assert!(!recognizes("correct horse battery stable", Some(hash.clone())).await.unwrap());
        assert!(!recognizes("correct horse battery staple", None).await.unwrap());
        assert!(hash.0.starts_with("$argon2id$v=19$m=16,t=1,p=1$"));
        assert_eq!(format!("{hash:?}"), "***");
    }

    #[tokio::test]
    async fn the_line_is_short_and_whoever_finds_it_full_is_told_at_once() {
        let hasher = Hasher::with_cost(16, 1).unwrap();
        let places = hasher.0.in_line.available_permits();
        let all = (0..places + 5).map(|_| hasher.recognizes(Secret::new("x"), None));
        let answers = futures_util::future::join_all(all).await;
        let refused = answers.iter().filter(|answer| matches!(answer, Err(Error::TooOften { seconds: 1 }))).count();
        assert_eq!((answers.len() - refused, refused), (places, 5));
    }
}
