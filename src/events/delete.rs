//! A draft that was not meant to be.

use diesel::prelude::*;

use super::{EventRefusal, EventStatus, Held};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Result, expect_version};
use crate::store::schema::{
    access_codes, attendance_rules, campaigns, check_in_lists, check_ins, consent_texts, devices, event_hosts,
    event_sessions, event_tags, events, guest_invitations, invites, letter_settings, letter_wordings, members,
    questions, quotas, ticket_types,
};
use crate::store::{Db, EventId};

/// Deletes a draft, with all that was made with it. A draft has no registrations: it never opened for them.
///
/// # Errors
/// `VersionMismatch` unless it is at `expected`; `not_deletable`.
pub fn delete(db: &mut Db, by: &Actor, event: EventId, expected: Option<i64>, now: Timestamp) -> Result<()> {
    let event = Held::by_id(db, event)?.event;
    expect_version(expected, event.version)?;
    if event.status != EventStatus::Draft {
        return Err(EventRefusal::NotDeletable.into());
    }
    // Nobody was let in: a draft's doors are closed. Somebody may have tried them all the same.
    diesel::delete(check_ins::table.filter(check_ins::event_id.eq(event.id))).execute(db)?;
    // What was written and could not be sent: there was nobody to send it to.
    diesel::delete(campaigns::table.filter(campaigns::event_id.eq(event.id))).execute(db)?;
    diesel::delete(devices::table.filter(devices::event_id.eq(event.id))).execute(db)?;
    diesel::delete(check_in_lists::table.filter(check_in_lists::event_id.eq(event.id))).execute(db)?;
    diesel::delete(attendance_rules::table.filter(attendance_rules::event_id.eq(event.id))).execute(db)?;
    diesel::delete(questions::table.filter(questions::event_id.eq(event.id))).execute(db)?;
    diesel::delete(consent_texts::table.filter(consent_texts::event_id.eq(event.id))).execute(db)?;
    diesel::delete(access_codes::table.filter(access_codes::event_id.eq(event.id))).execute(db)?;
    diesel::delete(guest_invitations::table.filter(guest_invitations::event_id.eq(event.id))).execute(db)?;
    diesel::delete(quotas::table.filter(quotas::event_id.eq(event.id))).execute(db)?;
    diesel::delete(ticket_types::table.filter(ticket_types::event_id.eq(event.id))).execute(db)?;
    diesel::delete(event_sessions::table.filter(event_sessions::event_id.eq(event.id))).execute(db)?;
    diesel::delete(event_hosts::table.filter(event_hosts::event_id.eq(event.id))).execute(db)?;
    diesel::delete(event_tags::table.filter(event_tags::event_id.eq(event.id))).execute(db)?;
    diesel::delete(letter_settings::table.filter(letter_settings::event_id.eq(event.id))).execute(db)?;
    diesel::delete(letter_wordings::table.filter(letter_wordings::event_id.eq(event.id))).execute(db)?;
    // Whoever was there for this event alone.
    diesel::delete(members::table.filter(members::event_id.eq(event.id))).execute(db)?;
    diesel::delete(invites::table.filter(invites::event_id.eq(event.id))).execute(db)?;
    diesel::delete(events::table.filter(events::id.eq(event.id))).execute(db)?;
    audit::record(db, by, event.scope(), "event.deleted", event.id.uuid(), now)
}
