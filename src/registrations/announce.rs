//! What is told to many: the letters of an announcement, some hundred at a time.

use std::collections::HashSet;

use super::{Filter, RegistrationStatus, declined_letters};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{Announcement, EventStatus, Held};
use crate::mail::{MessageKind, outbox};
use crate::store::{AnnouncementId, Db, EventId, RegistrationId};

/// How many registrations are looked at in one transaction.
const BATCH: usize = 250;

/// Posts the next letters of an announcement, in the order in which people registered. True if there are more.
///
/// What was posted and how far it went are written together: whoever dies in between repeats nothing and leaves nobody out.
pub fn announce(db: &mut Db, event: EventId, announcement: AnnouncementId, now: Timestamp) -> Result<bool> {
    let event = Held::by_id(db, event)?.event;
    let announcement = Announcement::find(db, announcement)?;
    if announcement.finished_at.is_some() {
        return Ok(false);
    }
    let pointless = match announcement.kind {
        MessageKind::Reminder => event.status != EventStatus::Published || now >= event.starts_at,
        MessageKind::EventChanged | MessageKind::SessionChanged => event.status != EventStatus::Published,
        _ => false,
    };
    let rows = if pointless {
        Vec::new()
    } else {
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        audience(&announcement).after(db, event.id, announcement.reached, limit)?
    };
    let ids: Vec<RegistrationId> = rows.iter().map(|registration| registration.id).collect();
    let declined =
        if announcement.kind == MessageKind::Reminder { declined_letters(db, &ids)? } else { HashSet::new() };
    for registration in &rows {
        let concerned = registration.created_at <= announcement.announced_at
            && !registration.is_erased()
            && !declined.contains(&(registration.id, registration.ticket_epoch));
        if concerned {
            let what = (announcement.kind, announcement.id.uuid());
            outbox::post_announced(db, what, event.id, registration.id, &registration.email, now)?;
        }
    }
    let more = rows.len() == BATCH;
    let reached = rows.last().map(|last| last.id).or(announcement.reached);
    announcement.reach(db, reached, !more, now)?;
    Ok(more)
}

/// Whom an announcement is for.
fn audience(announcement: &Announcement) -> Filter {
    let kind = announcement.kind;
    let statuses = match kind {
        MessageKind::Reminder | MessageKind::ThankYou => vec![RegistrationStatus::Confirmed],
        _ => RegistrationStatus::ALL.iter().copied().filter(|status| status.is_in_touch()).collect(),
    };
    let attended = (kind == MessageKind::ThankYou).then_some(true);
    let session = announcement.session.as_ref().map(|told| told.0.id);
    Filter { statuses, attended, session, ..Filter::default() }
}
