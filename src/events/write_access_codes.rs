//! Access codes added, changed and removed; the seats that are kept for them move along.

use diesel::prelude::*;
use serde_json::Value;

use super::access_codes::described;
use super::{AccessCode, AccessCodeDraft, EventRefusal, Held};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::store::schema::{access_codes, registrations};
use crate::store::{AccessCodeId, Db, EventId, Json, QuotaId, unless_taken};
use crate::values::Code;

/// Adds a code to an event that is held.
///
/// # Errors
/// `Invalid`; `code_taken`; `not_enough_seats` to keep.
pub fn add_access_code(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    draft: AccessCodeDraft,
    now: Timestamp,
) -> Result<AccessCode> {
    let code = apply(draft, held.event.id, (AccessCodeId::new(), Code::random().to_string(), 0, 0, now, 1), now);
    code.check(held, now)?;
    code.can_keep(held, &[], 0)?;
    let added = unless_taken(db, |db| diesel::insert_into(access_codes::table).values(&code).execute(db))?;
    added.ok_or(EventRefusal::CodeTaken)?;
    code.keep(db, held, code.left())?;
    audit::record_changes(
        db,
        by,
        held.event.scope(),
        "access_code.added",
        code.id.uuid(),
        Changes::between(&Value::Null, &described(&code)),
        now,
    )?;
    Ok(code)
}

/// Changes a code of an event that is held. Whoever calls this lets waiting people move up afterwards.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `Invalid`; `code_taken`; `not_enough_seats` to keep.
pub fn revise_access_code(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: AccessCodeId,
    draft: impl FnOnce(&AccessCode) -> Result<AccessCodeDraft>,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<AccessCode> {
    let before = AccessCode::find(db, held.event.id, id)?;
    expect_version(expected, before.version)?;
    let kept = (id, before.code.clone(), before.used, before.seated, before.created_at, before.version + 1);
    let code = apply(draft(&before)?, held.event.id, kept, now);
    code.check(held, now)?;
    let own: Vec<QuotaId> = before.quotas(held).map(|quota| quota.id).collect();
    if code.left() > before.left() || code.ticket_type_id != before.ticket_type_id {
        code.can_keep(held, &own, before.left())?;
    }
    let saved = unless_taken(db, |db| {
        diesel::update(access_codes::table.filter(access_codes::id.eq(id))).set(&code).execute(db)
    })?;
    saved.ok_or(EventRefusal::CodeTaken)?;
    before.keep(db, held, -before.left())?;
    code.keep(db, held, code.left())?;
    let changes = Changes::between(&described(&before), &described(&code));
    audit::record_changes(db, by, held.event.scope(), "access_code.revised", id.uuid(), changes, now)?;
    Ok(code)
}

/// Removes a code with which nobody has registered; its seats go back to everybody. Whoever calls this lets waiting people
/// move up afterwards.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `code_in_use`.
pub fn remove_access_code(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    id: AccessCodeId,
    expected: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    let code = AccessCode::find(db, held.event.id, id)?;
    expect_version(expected, code.version)?;
    let came = registrations::table
        .filter(registrations::event_id.eq(held.event.id))
        .filter(registrations::access_code_id.eq(id));
    if diesel::select(diesel::dsl::exists(came)).get_result(db)? {
        return Err(EventRefusal::CodeInUse.into());
    }
    code.keep(db, held, -code.left())?;
    diesel::delete(access_codes::table.filter(access_codes::id.eq(id))).execute(db)?;
    audit::record(db, by, held.event.scope(), "access_code.removed", id.uuid(), now)
}

fn apply(
    draft: AccessCodeDraft,
    event_id: EventId,
    (id, code, used, seated, created_at, version): (AccessCodeId, String, i64, i64, Timestamp, i64),
    now: Timestamp,
) -> AccessCode {
    let code = draft.code.map_or(code, Into::into);
    AccessCode {
        id,
        event_id,
        code_key: AccessCode::key(&code),
        code,
        note: draft.note.map(Into::into),
        max_uses: draft.max_uses,
        used,
        seated,
        opens_at: draft.opens_at,
        closes_at: draft.closes_at,
        ticket_type_id: draft.ticket_type,
        email_domains: Json(draft.email_domains),
        reserved: draft.reserved.into(),
        release_at: draft.release_at,
        created_at,
        updated_at: now,
        version,
    }
}
