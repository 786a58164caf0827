//! A password chosen anew, by a link in a mail.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::{AccessRefusal, Account, PasswordHash, account_trail, choose_password, sign_out_everywhere};
use crate::audit::{Actor, Who};
use crate::clock::Timestamp;
use crate::error::{Error, Result, if_found};
use crate::mail::{MessageKind, outbox};
use crate::store::schema::password_resets;
use crate::store::{AccountId, Db, PasswordResetId};

/// How long a link is good.
pub const GOOD_FOR: TimeDelta = TimeDelta::hours(1);

/// How many letters an address gets within an hour.
const LETTERS: i64 = 3;

/// A password about to be chosen anew.
#[derive(Debug, Clone, HasQuery, Insertable)]
#[diesel(table_name = password_resets, treat_none_as_default_value = false)]
pub struct PasswordReset {
    /// Its id, which its link carries.
    pub id: PasswordResetId,
    /// Whose password.
    pub account_id: AccountId,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Until when the link is good.
    pub expires_at: Timestamp,
    /// When the link was used, or overtaken by another one that was.
    pub used_at: Option<Timestamp>,
}

impl PasswordReset {
    /// The one with this id.
    pub fn find(db: &mut Db, id: PasswordResetId) -> Result<Self> {
        Self::query().filter(password_resets::id.eq(id)).first(db).optional()?.ok_or(Error::NotFound("password reset"))
    }

    /// Whether its link can still be followed.
    ///
    /// # Errors
    /// `link_used`, `link_expired`.
    pub fn check(&self, now: Timestamp) -> Result<()> {
        match self.used_at {
            Some(_) => Err(AccessRefusal::LinkUsed.into()),
            None if now >= self.expires_at => Err(AccessRefusal::LinkExpired.into()),
            None => Ok(()),
        }
    }
}

/// Sends a link to an address, if it has an account and has not had three within the last hour.
pub fn ask_for_reset(db: &mut Db, by: &Actor, email_key: &str, now: Timestamp) -> Result<()> {
    let Some(account) = if_found(Account::find_by_email(db, email_key))? else { return Ok(()) };
    let sent: i64 = password_resets::table
        .filter(password_resets::account_id.eq(account.id))
        .filter(password_resets::created_at.gt(now.plus(-TimeDelta::hours(1))))
        .count()
        .get_result(db)?;
    if sent >= LETTERS {
        return Ok(());
    }
    let reset = begin_reset(db, by, account.id, GOOD_FOR, now)?;
    outbox::post_about(db, MessageKind::PasswordReset, reset.id.uuid(), &account.email, now)
}

/// Lets a password be chosen anew by whoever gets the link, for as long as it is good.
pub fn begin_reset(
    db: &mut Db,
    by: &Actor,
    account: AccountId,
    good_for: TimeDelta,
    now: Timestamp,
) -> Result<PasswordReset> {
    let reset = PasswordReset {
        id: PasswordResetId::new(),
        account_id: account,
        created_at: now,
        expires_at: now.plus(good_for),
        used_at: None,
    };
    diesel::insert_into(password_resets::table).values(&reset).execute(db)?;
    account_trail::record(db, by, account, ("password_reset.asked", account.uuid()), now)?;
    Ok(reset)
}

/// Chooses the password anew. All other links of the account and all its sign-ins end.
///
/// # Errors
/// `link_used` to whoever comes second, `link_expired`.
pub fn complete_reset(
    db: &mut Db,
    by: &Actor,
    id: PasswordResetId,
    password: PasswordHash,
    now: Timestamp,
) -> Result<()> {
    let reset = PasswordReset::find(db, id)?;
    reset.check(now)?;
    // One statement decides: of two that come with the same link, the second finds it used.
    let unused = password_resets::table.filter(password_resets::id.eq(id)).filter(password_resets::used_at.is_null());
    if diesel::update(unused).set(password_resets::used_at.eq(Some(now))).execute(db)? == 0 {
        return Err(AccessRefusal::LinkUsed.into());
    }
    let others = password_resets::table
        .filter(password_resets::account_id.eq(reset.account_id))
        .filter(password_resets::used_at.is_null());
    diesel::update(others).set(password_resets::used_at.eq(Some(now))).execute(db)?;
    let by = Actor { who: Who::Member(reset.account_id), ..*by };
    choose_password(db, &by, reset.account_id, password, now)?;
    sign_out_everywhere(db, reset.account_id, None, now)?;
    let deed = ("password_reset.completed", reset.account_id.uuid());
    account_trail::record(db, &by, reset.account_id, deed, now)
}
