//! People who sign in.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{AccessRefusal, PasswordHash, account_trail};
use crate::audit::{Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Error, Result, expect_version};
use crate::store::schema::accounts;
use crate::store::{AccountId, Db, Json, unless_taken};
use crate::values::{EmailAddress, Language, Line};

/// A person who signs in. What proves that it is them stays in here.
#[derive(Debug, Clone, HasQuery, Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Their address, as they wrote it.
    pub email: String,
    /// What all spellings of the address have in common; unique.
    pub email_key: String,
    /// Their name.
    pub name: String,
    /// The language that they want to be spoken to in.
    pub language: Language,
    pub(super) password_hash: Option<PasswordHash>,
    pub(super) second_factor: Option<String>,
    /// Since when they show a second factor when they sign in; none: they do not.
    pub second_factor_at: Option<Timestamp>,
    pub(super) second_factor_step: Option<i64>,
    pub(super) recovery_codes: Json<Vec<String>>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub version: i64,
}

impl Account {
    /// The account with this id.
    pub fn find(db: &mut Db, id: AccountId) -> Result<Self> {
        Self::query().filter(accounts::id.eq(id)).first(db).optional()?.ok_or(Error::NotFound("account"))
    }

    /// The account of an address, by what all its spellings have in common ([`EmailAddress::key`]).
    pub fn find_by_email(db: &mut Db, key: &str) -> Result<Self> {
        Self::query().filter(accounts::email_key.eq(key)).first(db).optional()?.ok_or(Error::NotFound("account"))
    }

    /// The names of these accounts.
    pub fn names_of(db: &mut Db, ids: &[AccountId]) -> Result<HashMap<AccountId, String>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let names = accounts::table.filter(accounts::id.eq_any(ids)).select((accounts::id, accounts::name));
        Ok(names.load::<(AccountId, String)>(db)?.into_iter().collect())
    }

    /// What recognizes the password, if they have chosen one.
    pub fn password_hash(&self) -> Option<&PasswordHash> {
        self.password_hash.as_ref()
    }

    /// What the trail tells of it.
    fn described(&self) -> serde_json::Value {
        serde_json::json!({ "name": self.name, "language": self.language })
    }
}

/// Opens an account; without a password, nobody can sign in to it yet.
///
/// # Errors
/// `account_exists` if the address has an account.
pub fn open_account(
    db: &mut Db,
    by: &Actor,
    email: EmailAddress,
    name: Line<100>,
    language: Language,
    password: Option<PasswordHash>,
    now: Timestamp,
) -> Result<Account> {
    let account = Account {
        id: AccountId::new(),
        email_key: email.key(),
        email: email.into(),
        name: name.into(),
        language,
        password_hash: password,
        second_factor: None,
        second_factor_at: None,
        second_factor_step: None,
        recovery_codes: Json(Vec::new()),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    unless_taken(db, |db| diesel::insert_into(accounts::table).values(&account).execute(db))?
        .ok_or(AccessRefusal::AccountExists)?;
    account_trail::record(db, by, account.id, ("account.opened", account.id.uuid()), now)?;
    Ok(account)
}

/// Gives an account a new password. Whoever is signed in stays so: the caller ends what has to end.
///
/// # Errors
/// `NotFound` if there is no such account.
pub fn choose_password(
    db: &mut Db,
    by: &Actor,
    account: AccountId,
    password: PasswordHash,
    now: Timestamp,
) -> Result<()> {
    let chosen = diesel::update(accounts::table.filter(accounts::id.eq(account)))
        .set((
            accounts::password_hash.eq(Some(password)),
            accounts::updated_at.eq(now),
            accounts::version.eq(accounts::version + 1),
        ))
        .execute(db)?;
    if chosen == 0 {
        return Err(Error::NotFound("account"));
    }
    account_trail::record(db, by, account, ("account.password_chosen", account.uuid()), now)
}

/// What a person changes about themselves; none: it stays.
#[derive(Debug, Clone)]
pub struct AccountRevision {
    /// Their name.
    pub name: Option<Line<100>>,
    /// Their language.
    pub language: Option<Language>,
}

/// Changes an account.
///
/// # Errors
/// `VersionMismatch` if `expected` is given and is not its version.
pub fn revise_account(
    db: &mut Db,
    by: &Actor,
    account: AccountId,
    revision: AccountRevision,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<Account> {
    let before = Account::find(db, account)?;
    expect_version(expected, before.version)?;
    let mut after = before.clone();
    after.name = revision.name.map_or(after.name, Into::into);
    after.language = revision.language.unwrap_or(after.language);
    let changes = Changes::between(&before.described(), &after.described());
    if changes == Changes::default() {
        return Ok(before);
    }
    diesel::update(accounts::table.filter(accounts::id.eq(account)))
        .set((
            accounts::name.eq(&after.name),
            accounts::language.eq(after.language),
            accounts::updated_at.eq(now),
            accounts::version.eq(accounts::version + 1),
        ))
        .execute(db)?;
    account_trail::record_changes(db, by, account, ("account.revised", &changes), now)?;
    Account::find(db, account)
}
