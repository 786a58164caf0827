//! Many registrations are changed at once, in a few statements.

use std::collections::HashMap;

use diesel::prelude::*;

use super::edit::{self, Edit};
use super::transition::{self, Hand};
use super::{Registration, given};
use crate::audit::{self, Actor};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Catalog, Held};
use crate::mail::{Message, outbox};
use crate::store::schema::registrations;
use crate::store::{Db, Json, RegistrationId};

/// Changes some hundred registrations of an event that is held, each at the version that was read, as [`super::edit`] would
/// one after the other. False if anything stands in the way of any of them, be it that one gets another address, or
/// chooses anew: then nothing is done.
pub fn edit_together(
    db: &mut Db,
    by: &Actor,
    held: &Held,
    edits: &[(RegistrationId, i64, Edit)],
    hand: Hand,
    now: Timestamp,
) -> Result<bool> {
    let moves = |edit: &Edit| edit.email.is_some() || edit.ticket_type.is_some() || edit.sessions.is_some();
    if edits.iter().any(|(.., edit)| moves(edit)) {
        return Ok(false);
    }
    let ids: Vec<RegistrationId> = edits.iter().map(|(id, ..)| *id).collect();
    let rows = Registration::query().filter(registrations::event_id.eq(held.event.id));
    let rows: Vec<Registration> = rows.filter(registrations::id.eq_any(ids)).load(db)?;
    let mut found: HashMap<RegistrationId, Registration> = rows.into_iter().map(|row| (row.id, row)).collect();
    let catalog = Catalog::of(db, held)?;
    let (mut was, mut changed, mut told, mut letters) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (id, version, edit) in edits {
        // Who is named twice is found once.
        let Some(before) = found.remove(id).filter(|before| before.version == *version) else { return Ok(false) };
        if edit::check(held, by, &before, now).is_err() {
            return Ok(false);
        }
        let mut after = before.clone();
        match edit::answer(&catalog.questions, &before, edit) {
            Ok(Some(answers)) => after.answers = (!answers.is_empty()).then_some(Json(answers)),
            Ok(None) => {}
            Err(Error::Invalid(_)) => return Ok(false),
            Err(other) => return Err(other),
        }
        edit::apply(db, &mut after, edit.clone())?;
        let changes = edit::changes((&before, &[]), (&after, &[]));
        if changes.0.is_empty() {
            continue;
        }
        let letter = edit::letter(&before, &after, false, hand);
        letters
            .extend(letter.map(|kind| Message::new(kind, (Some(held.event.id), Some(*id), None), &after.email, now)));
        told.push(("registration.edited", id.uuid(), Some(changes)));
        was.push(before);
        changed.push(after);
    }
    given::changed(db, was.iter().zip(&changed), now)?;
    transition::save_together(db, changed, now)?;
    outbox::post_all(db, &letters)?;
    audit::record_all(db, by, held.event.scope(), told, now)?;
    Ok(true)
}
