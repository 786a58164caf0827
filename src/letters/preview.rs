//! A letter before it is sent: as it would be, but for its link and its ticket, which open nothing.

use chrono::TimeDelta;

use super::attendee::{self, Occasion, SessionChange};
use super::wording::Wording;
use super::{invitation, transferred_away};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::{Event, Session, Told, ToldSession};
use crate::keys::{Keys, new_token};
use crate::mail::{Letter, Message, MessageKind};
use crate::organizations::Organization;
use crate::registrations::{Invitation, InvitationState, Registration, RegistrationStatus, Source};
use crate::store::{Db, EventId, GuestInvitationId, Json, RegistrationId, SessionId};
use crate::values::Language;

/// A letter that nobody gets.
pub struct Previewed {
    /// What it says.
    pub letter: Letter,
    /// The message that it would be.
    pub message: Message,
}

/// A letter of an event, of a kind in which organizers have words of their own, in a language; with `wording`, or with our
/// words. To `registration` as it would stand then, or to somebody made up.
///
/// Its link and its ticket are signed with keys that are thrown away: they look like what they stand for, and open nothing.
///
/// # Errors
/// `NotFound` for a kind of letter that is about no event.
pub fn preview(
    db: &mut Db,
    public_url: &str,
    event: Event,
    (kind, language): (MessageKind, Language),
    wording: Option<Wording>,
    registration: Option<Registration>,
    now: Timestamp,
) -> Result<Previewed> {
    let keys = Keys::derive(&new_token(""))?;
    let with = (&keys, public_url);
    let registration = registration.unwrap_or_else(|| somebody(event.id, language, now));
    let about = (Some(event.id), Some(registration.id), None);
    let message = Message::new(kind, about, &registration.email, now);
    let letter = match kind {
        // What a campaign says is its own: it has its own preview.
        MessageKind::PasswordReset | MessageKind::MemberInvitation | MessageKind::Campaign => {
            return Err(Error::NotFound("letter"));
        }
        MessageKind::TransferredAway => {
            let organization = Organization::find(db, event.organization_id)?;
            transferred_away::written(&event, organization, language, wording.as_ref())?
        }
        MessageKind::Invitation => {
            let invited = guest(&event, &registration, language, now);
            invitation::written(db, with, &event, &invited, (language, wording.as_ref()))?
        }
        _ => {
            let previously = (kind == MessageKind::EventChanged).then(|| a_day_before(&event));
            let session = match kind {
                MessageKind::SessionChanged => Some(an_hour_before(Session::of_event(db, event.id)?.first(), &event)),
                _ => None,
            };
            let occasion = Occasion { kind, previously, session, as_asked: Some((language, wording)) };
            attendee::written(db, with, event, standing(registration, kind, now), occasion)?
        }
    };
    Ok(Previewed { letter, message })
}

/// A registration as it stands when a letter of this kind is written about it.
pub(super) fn standing(registration: Registration, kind: MessageKind, now: Timestamp) -> Registration {
    let status = match kind {
        MessageKind::Verify => RegistrationStatus::PendingVerification,
        MessageKind::Pending => RegistrationStatus::PendingApproval,
        MessageKind::Rejected => RegistrationStatus::Rejected,
        MessageKind::Waitlisted => RegistrationStatus::Waitlisted,
        MessageKind::Offered => RegistrationStatus::Offered,
        MessageKind::OfferExpired => RegistrationStatus::Expired,
        MessageKind::Cancelled => RegistrationStatus::Cancelled,
        _ => RegistrationStatus::Confirmed,
    };
    let ends = matches!(kind, MessageKind::Verify | MessageKind::Offered);
    Registration { status, expires_at: ends.then(|| now.plus(TimeDelta::days(1))), ..registration }
}

pub(super) fn a_day_before(event: &Event) -> Told {
    let told = Told::of(event);
    Told {
        starts_at: told.starts_at.plus(-TimeDelta::days(1)),
        ends_at: told.ends_at.plus(-TimeDelta::days(1)),
        ..told
    }
}

/// A session, or one that is made up, that was an hour earlier in another room before.
pub(super) fn an_hour_before(session: Option<&Session>, event: &Event) -> SessionChange {
    let now = session.map_or_else(
        || ToldSession {
            id: SessionId::new(),
            title: "Workshop".to_owned(),
            room: Some("B 2".to_owned()),
            starts_at: event.starts_at.plus(TimeDelta::hours(2)),
            ends_at: event.starts_at.plus(TimeDelta::hours(3)),
        },
        ToldSession::of,
    );
    let earlier = |time: Timestamp| time.plus(-TimeDelta::hours(1));
    let room = Some("B 1".to_owned());
    let before = ToldSession { room, starts_at: earlier(now.starts_at), ends_at: earlier(now.ends_at), ..now.clone() };
    SessionChange { before, now: Some(now) }
}

/// Somebody made up.
pub(super) fn somebody(event: EventId, language: Language, now: Timestamp) -> Registration {
    Registration {
        id: RegistrationId::new(),
        event_id: event,
        code: "ABCD2345".to_owned(),
        status: RegistrationStatus::Confirmed,
        first_name: "Camille".to_owned(),
        last_name: Some("Weber".to_owned()),
        email: "camille.weber@example.org".to_owned(),
        email_key: None,
        organization: None,
        job_title: None,
        phone: None,
        country: None,
        locale: language,
        external_ref: None,
        source: Source::Web,
        waitlist_rank: None,
        ticket_epoch: 1,
        search_key: String::new(),
        created_at: now,
        updated_at: now,
        version: 1,
        via_organization_id: None,
        seated: true,
        ticket_type_id: None,
        group_id: None,
        answers: None,
        expires_at: None,
        note: None,
        tags: None,
        access_code_id: None,
        reason: None,
        answers_key: None,
    }
}

/// An invitation to the same person.
pub(super) fn guest(event: &Event, registration: &Registration, language: Language, now: Timestamp) -> Invitation {
    Invitation {
        id: GuestInvitationId::new(),
        event_id: event.id,
        email: registration.email.clone(),
        email_key: registration.email.clone(),
        first_name: registration.first_name.clone(),
        last_name: registration.last_name.clone(),
        organization: None,
        language,
        ticket_type_id: registration.ticket_type_id,
        sessions: Json(Vec::new()),
        state: InvitationState::Invited,
        word: None,
        registration_id: None,
        keeps_seat: false,
        seat_until: None,
        expires_at: event.starts_at,
        answered_at: None,
        search_key: String::new(),
        created_at: now,
        updated_at: now,
        version: 1,
    }
}
