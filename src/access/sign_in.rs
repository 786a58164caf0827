//! Sign-ins: what the session cookie stands for.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::{Account, Membership, PasswordHash, Proof, SignedIn, Uses, account_trail, second_factor};
use crate::audit::{Actor, Who};
use crate::clock::Timestamp;
use crate::error::{Error, Result, if_found};
use crate::keys::{Keys, hash_token, new_token};
use crate::store::schema::{members, organizations, sign_ins};
use crate::store::{AccountId, Db, Page, Paging, SignInId, on_each_database};
use crate::values::Secret;

/// A sign-in that nobody used for so long has ended.
pub const IDLE: TimeDelta = TimeDelta::hours(12);

/// However much it is used, it ends after this.
pub const AT_MOST: TimeDelta = TimeDelta::days(30);

/// How long a sign-in that has ended is remembered.
const REMEMBERED: TimeDelta = TimeDelta::days(30);

/// How many characters of the name of a browser are kept.
const USER_AGENT: usize = 200;

/// One time that a person signed in. The text of its token is not kept: only what recognizes it.
#[derive(Debug, Clone, HasQuery, Insertable)]
#[diesel(table_name = sign_ins, treat_none_as_default_value = false)]
pub struct SignIn {
    /// Its id.
    pub id: SignInId,
    /// Who signed in.
    pub account_id: AccountId,
    token_hash: String,
    /// Whether they showed a second factor.
    pub second_factor: bool,
    /// What their browser calls itself.
    pub user_agent: String,
    /// From where.
    pub network: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it was ended, if it was.
    pub ended_at: Option<Timestamp>,
}

impl SignIn {
    fn is_good(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at && now < self.last_seen_at.plus(IDLE)
    }

    /// The one with this token, if it is still good.
    fn find_by_token(db: &mut Db, uses: &Uses, token: &str, now: Timestamp) -> Result<Option<Self>> {
        // Looked up by the hash of 256 random bits: how long this takes says nothing about them.
        let of_token = sign_ins::token_hash.eq(hash_token(token));
        let found: Option<Self> = on_each_database!(db, |c| Self::query().filter(of_token).first(c)).optional()?;
        Ok(found.map(|one| one.seen(uses)).filter(|one| one.is_good(now)))
    }

    fn seen(self, uses: &Uses) -> Self {
        Self { last_seen_at: uses.last_seen(self.id, self.last_seen_at), ..self }
    }

    /// Those of an account that are still good, oldest first.
    pub fn of_account(
        db: &mut Db,
        uses: &Uses,
        account: AccountId,
        paging: &Paging,
        now: Timestamp,
    ) -> Result<Page<Self>> {
        let list = format!("sign-ins {account}");
        let mut query = Self::query()
            .filter(sign_ins::account_id.eq(account))
            .filter(sign_ins::ended_at.is_null())
            .filter(sign_ins::expires_at.gt(now))
            .into_boxed();
        if let Some(after) = paging.after::<uuid::Uuid>(&list)? {
            query = query.filter(sign_ins::id.gt(SignInId::from(after)));
        }
        let rows = query.order(sign_ins::id).limit(paging.rows()).load::<Self>(db)?;
        let mut page = paging.page(&list, rows, |one| one.id.uuid())?.map(|one| one.seen(uses));
        page.data.retain(|one| one.is_good(now));
        Ok(page)
    }
}

/// The person whose session this is, with what they are where; none if it is not, or no longer, good.
pub(super) fn signed_in(db: &mut Db, uses: &Uses, token: &str, now: Timestamp) -> Result<Option<SignedIn>> {
    let Some(sign_in) = SignIn::find_by_token(db, uses, token, now)? else { return Ok(None) };
    let of_account = members::table
        .inner_join(organizations::table)
        .filter(members::account_id.eq(sign_in.account_id))
        .order(members::id)
        .select((members::organization_id, members::event_id, members::role, organizations::second_factor_required));
    let memberships: Vec<(_, _, _, bool)> = on_each_database!(db, |c| of_account.load(c))?;
    let membership = |(organization, event, role, second_factor_required)| Membership {
        organization,
        event,
        role,
        second_factor_required,
    };
    Ok(Some(SignedIn {
        account: sign_in.account_id,
        sign_in: sign_in.id,
        second_factor: sign_in.second_factor,
        last_seen_at: sign_in.last_seen_at,
        memberships: memberships.into_iter().map(membership).collect(),
    }))
}

/// What somebody shows to sign in, once their password was right.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// To which account.
    pub account: AccountId,
    /// The hash that recognized the password.
    pub recognized_by: PasswordHash,
    /// The second factor, if they sent one.
    pub proof: Option<Proof>,
    /// What their browser calls itself.
    pub user_agent: String,
    /// The token of a session that they had before; it ends.
    pub before: Option<String>,
}

/// What became of it.
#[derive(Debug)]
pub enum Entry {
    /// They are in. The token is shown this once.
    Open(SignIn, Secret),
    /// The password is right, and the account wants a second factor as well.
    CodeRequired,
    /// Something was wrong.
    Refused,
}

/// Signs somebody in whose password was right.
pub fn sign_in(db: &mut Db, keys: &Keys, by: &Actor, attempt: &Attempt, now: Timestamp) -> Result<Entry> {
    let account = Account::find(db, attempt.account)?;
    // Somebody may have chosen another password while this one was looked at.
    if account.password_hash() != Some(&attempt.recognized_by) {
        fail_sign_in(db, by, &account.email_key, now)?;
        return Ok(Entry::Refused);
    }
    let wants_proof = account.second_factor_at.is_some();
    match &attempt.proof {
        None if wants_proof => return Ok(Entry::CodeRequired),
        Some(proof) if wants_proof && !second_factor::spend(db, keys, &account, proof, now)? => {
            fail_sign_in(db, by, &account.email_key, now)?;
            return Ok(Entry::Refused);
        }
        _ => {}
    }
    if let Some(token) = &attempt.before {
        let of_token = sign_ins::token_hash.eq(hash_token(token));
        if let Some(before) = sign_ins::table.filter(of_token).select(sign_ins::id).first(db).optional()? {
            end(db, before, now)?;
        }
    }
    let token = new_token("");
    let sign_in = SignIn {
        id: SignInId::new(),
        account_id: account.id,
        token_hash: hash_token(token.reveal()),
        second_factor: wants_proof,
        user_agent: attempt.user_agent.chars().take(USER_AGENT).collect(),
        network: by.from.map(|network| network.to_string()),
        created_at: now,
        last_seen_at: now,
        expires_at: now.plus(AT_MOST),
        ended_at: None,
    };
    diesel::insert_into(sign_ins::table).values(&sign_in).execute(db)?;
    let by = Actor { who: Who::Member(account.id), ..*by };
    account_trail::record(db, &by, account.id, ("sign_in.begun", sign_in.id.uuid()), now)?;
    Ok(Entry::Open(sign_in, token))
}

/// Writes down that somebody could not sign in, if the address has an account.
pub fn fail_sign_in(db: &mut Db, by: &Actor, email_key: &str, now: Timestamp) -> Result<()> {
    match if_found(Account::find_by_email(db, email_key))? {
        Some(account) => account_trail::record(db, by, account.id, ("sign_in.failed", account.id.uuid()), now),
        None => Ok(()),
    }
}

/// Ends a sign-in of an account.
///
/// # Errors
/// `NotFound` if the account has no such sign-in, or it was ended before.
pub fn sign_out(db: &mut Db, by: &Actor, account: AccountId, id: SignInId, now: Timestamp) -> Result<()> {
    let known = sign_ins::table
        .filter(sign_ins::id.eq(id))
        .filter(sign_ins::account_id.eq(account))
        .filter(sign_ins::ended_at.is_null())
        .select(sign_ins::id)
        .first(db)
        .optional()?;
    end(db, known.ok_or(Error::NotFound("session"))?, now)?;
    account_trail::record(db, by, account, ("sign_in.ended", id.uuid()), now)
}

fn end(db: &mut Db, id: SignInId, now: Timestamp) -> Result<()> {
    diesel::update(sign_ins::table.filter(sign_ins::id.eq(id)).filter(sign_ins::ended_at.is_null()))
        .set(sign_ins::ended_at.eq(Some(now)))
        .execute(db)?;
    Ok(())
}

/// Ends all sign-ins of an account, but for one.
pub fn sign_out_everywhere(db: &mut Db, account: AccountId, but: Option<SignInId>, now: Timestamp) -> Result<()> {
    let kept = but.unwrap_or(uuid::Uuid::nil().into());
    diesel::update(
        sign_ins::table
            .filter(sign_ins::account_id.eq(account))
            .filter(sign_ins::id.ne(kept))
            .filter(sign_ins::ended_at.is_null()),
    )
    .set(sign_ins::ended_at.eq(Some(now)))
    .execute(db)?;
    Ok(())
}

/// Forgets the sign-ins that ended, in whatever way, 30 days ago or earlier; returns how many there were.
pub fn forget_sign_ins(db: &mut Db, now: Timestamp) -> Result<usize> {
    let long_ago = now.plus(-REMEMBERED);
    let ended = sign_ins::ended_at.le(long_ago).assume_not_null();
    let over = ended.or(sign_ins::expires_at.le(long_ago)).or(sign_ins::last_seen_at.le(long_ago.plus(-IDLE)));
    Ok(diesel::delete(sign_ins::table.filter(over)).execute(db)?)
}

/// Counts a sign-in as one with a second factor from now on.
pub(super) fn raise(db: &mut Db, id: SignInId) -> Result<()> {
    diesel::update(sign_ins::table.filter(sign_ins::id.eq(id))).set(sign_ins::second_factor.eq(true)).execute(db)?;
    Ok(())
}
