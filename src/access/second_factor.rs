//! The second factor: one-time codes (TOTP, RFC 6238) and codes for the day when the phone is gone.

use diesel::prelude::*;
use totp_rs::{Builder, Totp};

use super::{AccessRefusal, Account, account_trail, sign_in};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::keys::{Keys, hash_token, random_bytes};
use crate::store::schema::accounts;
use crate::store::{AccountId, Db, Json, SignInId};
use crate::values::Secret;

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;

/// How long a one-time code is shown, in seconds; the one before and the one after are good as well (RFC 6238 §5.2).
const STEP: u64 = 30;

/// What shows that somebody has the second factor.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The six digits that an app shows now.
    OneTimeCode(Secret),
    /// One of the codes that were written down.
    RecoveryCode(Secret),
}

/// What an app is told to make one-time codes.
#[derive(Debug)]
pub struct Enrolment {
    /// The secret in base32, to be typed.
    pub secret: Secret,
    /// The same as an address, for a QR code.
    pub otpauth_url: Secret,
}

fn totp(secret: Vec<u8>, account: &Account) -> Result<Totp> {
    // SHA-1, six digits, 30 seconds: what every app understands.
    Builder::new()
        .with_secret(secret)
        .with_step_duration(STEP)
        .with_issuer(Some("Turnout"))
        .with_account_name(account.email.as_str())
        .build()
        .map_err(|error| Error::internal(anyhow::anyhow!("one-time codes: {error}")))
}

/// Makes a secret for one-time codes. It counts once [`confirm_second_factor`] has seen a code.
///
/// # Errors
/// `second_factor_exists` if the account has one.
pub fn begin_second_factor(
    db: &mut Db,
    keys: &Keys,
    by: &Actor,
    account: AccountId,
    now: Timestamp,
) -> Result<Enrolment> {
    let account = Account::find(db, account)?;
    if account.second_factor_at.is_some() {
        return Err(AccessRefusal::SecondFactorExists.into());
    }
    let secret = random_bytes::<20>();
    diesel::update(accounts::table.filter(accounts::id.eq(account.id)))
        .set((
            accounts::second_factor.eq(Some(keys.seal(&secret, account.id.uuid().as_bytes())?)),
            accounts::second_factor_step.eq(None::<i64>),
            accounts::updated_at.eq(now),
            accounts::version.eq(accounts::version + 1),
        ))
        .execute(db)?;
    account_trail::record(db, by, account.id, ("second_factor.begun", account.id.uuid()), now)?;
    let totp = totp(secret.to_vec(), &account)?;
    let url = totp.to_url().map_err(|error| Error::internal(anyhow::anyhow!("one-time codes: {error}")))?;
    Ok(Enrolment { secret: Secret::new(data_encoding::BASE32_NOPAD.encode(&secret)), otpauth_url: Secret::new(url) })
}

/// Turns the second factor on with its first code, and gives the recovery codes, which are shown this once.
///
/// # Errors
/// `second_factor_exists` if it is on, `second_factor_not_begun` if there is no secret yet, a wrong code.
pub fn confirm_second_factor(
    db: &mut Db,
    keys: &Keys,
    by: &Actor,
    (account, session): (AccountId, SignInId),
    code: &Secret,
    now: Timestamp,
) -> Result<Vec<Secret>> {
    let account = Account::find(db, account)?;
    if account.second_factor_at.is_some() {
        return Err(AccessRefusal::SecondFactorExists.into());
    }
    if account.second_factor.is_none() {
        return Err(AccessRefusal::SecondFactorNotBegun.into());
    }
    if !spend_one_time_code(db, keys, &account, code, now)? {
        return Err(wrong_code("/one_time_code"));
    }
    let codes: Vec<Secret> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    diesel::update(accounts::table.filter(accounts::id.eq(account.id)))
        .set((
            accounts::second_factor_at.eq(Some(now)),
            accounts::recovery_codes.eq(Json(codes.iter().map(hash_of_code).collect::<Vec<_>>())),
            accounts::updated_at.eq(now),
            accounts::version.eq(accounts::version + 1),
        ))
        .execute(db)?;
    sign_in::raise(db, session)?;
    account_trail::record(db, by, account.id, ("second_factor.set", account.id.uuid()), now)?;
    Ok(codes)
}

/// Turns the second factor off.
///
/// # Errors
/// `second_factor_not_begun` if it is not on; a wrong code at `pointer`.
pub fn remove_second_factor(
    db: &mut Db,
    keys: &Keys,
    by: &Actor,
    account: AccountId,
    (proof, pointer): (&Proof, &str),
    now: Timestamp,
) -> Result<()> {
    let account = Account::find(db, account)?;
    if account.second_factor_at.is_none() {
        return Err(AccessRefusal::SecondFactorNotBegun.into());
    }
    if !spend(db, keys, &account, proof, now)? {
        return Err(wrong_code(pointer));
    }
    diesel::update(accounts::table.filter(accounts::id.eq(account.id)))
        .set((
            accounts::second_factor.eq(None::<String>),
            accounts::second_factor_at.eq(None::<Timestamp>),
            accounts::second_factor_step.eq(None::<i64>),
            accounts::recovery_codes.eq(Json(Vec::<String>::new())),
            accounts::updated_at.eq(now),
            accounts::version.eq(accounts::version + 1),
        ))
        .execute(db)?;
    account_trail::record(db, by, account.id, ("second_factor.removed", account.id.uuid()), now)
}

fn wrong_code(pointer: &str) -> Error {
    Error::invalid(pointer, "wrong_code", "this code is not right, or was used before")
}

/// Whether the proof is good; it is good once.
pub(super) fn spend(db: &mut Db, keys: &Keys, account: &Account, proof: &Proof, now: Timestamp) -> Result<bool> {
    match proof {
        Proof::OneTimeCode(code) => spend_one_time_code(db, keys, account, code, now),
        Proof::RecoveryCode(code) => spend_recovery_code(db, account, code, now),
    }
}

fn spend_one_time_code(db: &mut Db, keys: &Keys, account: &Account, code: &Secret, now: Timestamp) -> Result<bool> {
    let Some(sealed) = &account.second_factor else { return Ok(false) };
    let totp = totp(keys.unseal(sealed, account.id.uuid().as_bytes())?, account)?;
    let typed: String = code.reveal().chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.micros() / 1_000_000).unwrap_or_default();
    let Some(step) = totp.check(&typed, seconds).and_then(|step| i64::try_from(step).ok()) else { return Ok(false) };
    // One statement decides: of two that come with the same code, the second finds the step taken.
    let unused = accounts::second_factor_step.is_null().or(accounts::second_factor_step.lt(step));
    let spent = diesel::update(accounts::table.filter(accounts::id.eq(account.id)).filter(unused))
        .set(accounts::second_factor_step.eq(Some(step)))
        .execute(db)?;
    Ok(spent == 1)
}

fn spend_recovery_code(db: &mut Db, account: &Account, code: &Secret, now: Timestamp) -> Result<bool> {
    let hash = hash_of_code(code);
    let left: Vec<String> = account.recovery_codes.0.iter().filter(|one| **one != hash).cloned().collect();
    if left.len() == account.recovery_codes.0.len() {
        return Ok(false);
    }
    let of_version = accounts::table.filter(accounts::id.eq(account.id)).filter(accounts::version.eq(account.version));
    let spent = diesel::update(of_version)
        .set((
            accounts::recovery_codes.eq(Json(left)),
            accounts::updated_at.eq(now),
            accounts::version.eq(accounts::version + 1),
        ))
        .execute(db)?;
    Ok(spent == 1)
}

/// 80 random bits in groups of four letters and digits.
fn recovery_code() -> Secret {
    let text = data_encoding::BASE32_NOPAD.encode(&random_bytes::<10>()).to_lowercase();
    let groups: Vec<&str> = [0, 4, 8, 12].into_iter().filter_map(|at| text.get(at..at + 4)).collect();
    Secret::new(groups.join("-"))
}

/// What is kept of a recovery code, however it is typed. 80 random bits need no slow hash.
fn hash_of_code(code: &Secret) -> String {
    let letters = code.reveal().chars().filter(char::is_ascii_alphanumeric);
    hash_token(&letters.collect::<String>().to_ascii_lowercase())
}
