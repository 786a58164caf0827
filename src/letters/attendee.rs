//! Letters about a registration.

use super::about::{About, greeted, one_line};
use super::enclosures;
use super::layout::{Body, Link, Words};
use super::wording::{Wording, spoken};
use super::words::Notice;
use crate::error::{Error, Result};
use crate::events::{Announcement, CalendarMethod, Event, LetterSettings, Session, TicketType, Told, ToldSession};
use crate::keys::Keys;
use crate::mail::{Attachment, Letter, Message, MessageKind};
use crate::organizations::Organization;
use crate::registrations::{self, Registration, RegistrationStatus};
use crate::store::Db;
use crate::values::Language;

/// A registration, with what letters about it tell.
struct Subject {
    event: Event,
    registration: Registration,
    organization: Organization,
    /// The sessions that they have chosen, or have with their ticket type.
    chosen: Vec<Session>,
    /// The place on the waiting list, from 1, of who waits.
    position: Option<i64>,
    /// How the calendar file presents itself.
    method: CalendarMethod,
    /// Whether the time and whether the room of a session that they still have is another.
    moved: Option<(bool, bool)>,
    about: About,
}

/// A session before it changed, and as it is now; none if they have given it up.
#[derive(Clone)]
pub(super) struct SessionChange {
    pub before: ToldSession,
    pub now: Option<ToldSession>,
}

/// What a letter about a registration is written for.
pub(super) struct Occasion {
    pub kind: MessageKind,
    /// How things stood before what is announced.
    pub previously: Option<Told>,
    /// What is announced of a session.
    pub session: Option<SessionChange>,
    /// In this language, with these words of the organizers, whatever their reader speaks; if not, as it is meant to be.
    pub as_asked: Option<(Language, Option<Wording>)>,
}

/// The letter of a message about a registration.
pub(super) fn letter(db: &mut Db, with: (&Keys, &str), message: &Message) -> Result<Letter> {
    let registration = Registration::find(db, message.registration_id.ok_or(Error::NotFound("registration"))?)?;
    // It may be another person's by now: their link is not for whoever had the place before.
    if registration.email != message.recipient || registration.is_erased() {
        return Err(Error::NotFound("registration"));
    }
    let event = Event::find(db, registration.event_id)?;
    let announced = announcement(db, message)?;
    let (previously, session) = announced.map_or((None, None), |told| (told.previously, told.session));
    let previously = previously.map(|told| told.0);
    let session = session.map(|told| SessionChange::of(db, &registration, told.0)).transpose()?;
    let occasion = Occasion { kind: message.kind, previously, session, as_asked: None };
    written(db, with, event, registration, occasion)
}

/// The letter for an occasion.
pub(super) fn written(
    db: &mut Db,
    with: (&Keys, &str),
    event: Event,
    registration: Registration,
    occasion: Occasion,
) -> Result<Letter> {
    let kind = occasion.kind;
    let (subject, wording) = Subject::find(db, with, event, registration, occasion)?;
    let attachments = subject.enclosures(kind, with)?;
    let Subject { event, registration, organization, .. } = &subject;
    let (to_name, from_name) = (registration.name(), organization.mail_sender_name.clone());
    let reply_to = organization.reply_to(event.contact_email.as_deref());
    let unsubscribe = subject.unsubscribe(kind, with);
    let words = subject.about.words;
    let no_more = unsubscribe.clone().map(|url| Link { before: words.no_more.to_owned(), url, after: String::new() });
    let body = Body { no_more, ..subject.body(kind, wording.as_ref())? };
    let Words { subject, text, html } = body.words(words)?;
    Ok(Letter { to_name, from_name, reply_to, subject, text, html, attachments, unsubscribe })
}

impl SessionChange {
    fn of(db: &mut Db, registration: &Registration, before: ToldSession) -> Result<Self> {
        let now = registration.chosen(db)?.iter().find(|one| one.id == before.id).map(ToldSession::of);
        Ok(Self { before, now })
    }
}

/// What a kind of letter says.
struct Says {
    subject: &'static str,
    /// None: it was overtaken by events, and tells how things stand instead.
    message: Option<String>,
    link: &'static str,
    /// Whether it comes with the ticket.
    ticket: bool,
}

impl Subject {
    fn find(
        db: &mut Db,
        (keys, public_url): (&Keys, &str),
        event: Event,
        registration: Registration,
        Occasion { kind, previously, session, as_asked }: Occasion,
    ) -> Result<(Self, Option<Wording>)> {
        let organization = Organization::find(db, event.organization_id)?;
        let chosen = registration.chosen(db)?;
        let ticket_type = registration.ticket_type_id.map(|id| TicketType::find(db, event.id, id)).transpose()?;
        // Who reads a letter before it is sent stands where it will find its reader.
        let position = match kind {
            MessageKind::Waitlisted if as_asked.is_some() => Some(1),
            MessageKind::Waitlisted => registrations::position(db, &registration)?,
            _ => None,
        };
        let (language, wording) = match as_asked {
            Some(asked) => asked,
            None => spoken(db, &event, &organization, kind, registration.locale)?,
        };
        let about = About::new(&event, &registration, language, keys, public_url);
        let about = about.with_parts(&event, ticket_type.as_ref(), &chosen);
        let about = match previously {
            Some(previously) => about.with_change(&previously),
            None => about,
        };
        let change = session.and_then(|change| Some((change.before, change.now?)));
        let about = match &change {
            Some((before, now)) => about.with_session_change(&event, before, now),
            None => about,
        };
        let moved = change.map(|(before, now)| {
            let hours = |told: &ToldSession| (told.starts_at, told.ends_at);
            (hours(&now) != hours(&before), now.room != before.room)
        });
        let method = LetterSettings::of(db, event.id)?.calendar_method;
        Ok((Self { event, registration, organization, chosen, position, method, moved, about }, wording))
    }

    /// What stands for a placeholder in the organizers' own words.
    fn value(&self, name: &str) -> Option<String> {
        let about = &self.about;
        Some(match name {
            "first_name" => greeted(&self.registration.first_name)?,
            "last_name" => greeted(self.registration.last_name.as_deref()?)?,
            "name" => about.name.clone()?,
            "event" => about.title.clone(),
            "when" => about.when.clone(),
            "where" => about.place.clone(),
            "when_before" => about.when_before.clone().unwrap_or_else(|| about.when.clone()),
            "where_before" => about.place_before.clone().unwrap_or_else(|| about.place.clone()),
            "session_before" => about.session_change.as_ref()?.0.clone(),
            "session" => about.session_change.as_ref()?.1.clone(),
            "organization" => one_line(&self.organization.name),
            "code" => about.code.clone(),
            "ticket_type" => about.ticket_type.clone()?,
            "manage_link" => about.manage_link.clone(),
            "until" => self.until()?,
            "position" => self.position?.to_string(),
            "reason" => one_line(self.registration.reason.as_deref()?),
            _ => return None,
        })
    }

    /// Until when it can be verified, or its seat be taken.
    fn until(&self) -> Option<String> {
        self.registration.ends_at(&self.event).map(|until| self.about.words.moment(until, self.event.tz()))
    }

    /// Where they say that they want no more of these, if nobody needs them.
    fn unsubscribe(&self, kind: MessageKind, (keys, public_url): (&Keys, &str)) -> Option<String> {
        (kind == MessageKind::Reminder).then(|| self.registration.unsubscribe_token().link(keys, public_url))
    }

    fn enclosures(&self, kind: MessageKind, with: (&Keys, &str)) -> Result<Vec<Attachment>> {
        let says = self.says(kind)?;
        if says.ticket {
            return enclosures::of(&self.event, &self.registration, &self.chosen, self.method, with);
        }
        let gone = matches!(kind, MessageKind::Cancelled | MessageKind::EventCancelled) && says.message.is_some();
        let file = || enclosures::to_take_out(&self.event, &self.registration, &self.chosen, with.1);
        Ok(gone.then(file).into_iter().collect())
    }

    fn body(self, kind: MessageKind, wording: Option<&Wording>) -> Result<Body> {
        let Says { subject, message, link, ticket } = self.says(kind)?;
        let words = self.about.words;
        let picture = ticket && self.about.has_place();
        // What was overtaken by events is told in our words: nobody wrote theirs for that.
        let own = wording.filter(|_| message.is_some()).and_then(|wording| wording.filled(&|name| self.value(name)));
        let (message, link) = match message {
            Some(message) => (message, link),
            None => ((words.stands)(self.registration.status).to_owned(), words.look),
        };
        let says = match (&own, picture) {
            (Some(_), true) => vec![words.ticket.to_owned()],
            (Some(_), false) => Vec::new(),
            (None, true) => vec![format!("{message} {}", words.ticket)],
            (None, false) => vec![message],
        };
        let body = self.about.letter(subject, says, link);
        // That is what this letter is about.
        let warning = body.warning.filter(|_| kind != MessageKind::EventCancelled);
        Ok(Body { warning, picture, ..body }.in_own_words(own))
    }

    fn says(&self, kind: MessageKind) -> Result<Says> {
        let words = self.about.words;
        let status = self.registration.status;
        Ok(match kind {
            MessageKind::Confirmed => self.with_ticket(&words.confirmed),
            MessageKind::Approved => self.with_ticket(&words.approved),
            MessageKind::Transferred => self.with_ticket(&words.transferred),
            MessageKind::Promoted => self.with_ticket(&words.promoted),
            // A change may be what gave them their place.
            MessageKind::Changed if self.about.has_place() => {
                let message = format!("{} {}", words.changed.says, words.confirmed.says);
                Says { ticket: true, ..valued(&words.confirmed, Some(message)) }
            }
            MessageKind::Changed => plain(&words.changed, true),
            MessageKind::Pending => plain(&words.pending, status == RegistrationStatus::PendingApproval),
            MessageKind::OfferExpired => plain(&words.offer_expired, status == RegistrationStatus::Expired),
            MessageKind::Cancelled => plain(&words.cancelled, status == RegistrationStatus::Cancelled),
            MessageKind::Waitlisted => valued(&words.waitlisted, self.position.map(words.waitlisted.says)),
            MessageKind::Verify => {
                let says = || (words.verify.says)(self.until().as_deref());
                valued(&words.verify, (status == RegistrationStatus::PendingVerification).then(says))
            }
            MessageKind::Offered => {
                let says = || (words.offered.says)(self.until().as_deref());
                valued(&words.offered, (status == RegistrationStatus::Offered).then(says))
            }
            MessageKind::Rejected => {
                let says = || (words.rejected.says)(self.registration.reason.as_deref());
                valued(&words.rejected, (status == RegistrationStatus::Rejected).then(says))
            }
            MessageKind::EventChanged => {
                let (time, place) = (self.about.when_before.is_some(), self.about.place_before.is_some());
                let says = (words.event_changed.says)(time, place).to_owned();
                Says { ticket: true, ..valued(&words.event_changed, status.is_live().then_some(says)) }
            }
            MessageKind::SessionChanged => {
                // Who has given it up meanwhile reads how things stand.
                let moved = self.moved.filter(|_| status.is_live());
                let says = moved.map(|(time, room)| (words.session_changed.says)(time, room).to_owned());
                Says { ticket: true, ..valued(&words.session_changed, says) }
            }
            MessageKind::EventCancelled => plain(&words.event_cancelled, status.is_live()),
            MessageKind::Reminder => self.with_ticket(&words.reminder),
            MessageKind::ThankYou => {
                let name = self.about.name.clone().unwrap_or_else(|| self.registration.code.clone());
                valued(&words.thank_you, Some((words.thank_you.says)(&name)))
            }
            MessageKind::TransferredAway
            | MessageKind::PasswordReset
            | MessageKind::Invitation
            | MessageKind::Campaign
            | MessageKind::MemberInvitation => return Err(Error::NotFound("registration")),
        })
    }

    fn with_ticket(&self, notice: &Notice<&'static str>) -> Says {
        Says { ticket: true, ..plain(notice, self.about.has_place()) }
    }
}

/// What is announced, if something changed.
fn announcement(db: &mut Db, message: &Message) -> Result<Option<Announcement>> {
    let tells = matches!(message.kind, MessageKind::EventChanged | MessageKind::SessionChanged);
    message.about_id.filter(|_| tells).map(|id| Announcement::find(db, id.uuid().into())).transpose()
}

fn plain(notice: &Notice<&'static str>, holds: bool) -> Says {
    valued(notice, holds.then(|| notice.says.to_owned()))
}

fn valued<T>(notice: &Notice<T>, message: Option<String>) -> Says {
    Says { subject: notice.subject, message, link: notice.link, ticket: false }
}
