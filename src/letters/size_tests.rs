//! The largest letters that anybody can bring about.

use std::sync::Arc;

use diesel::prelude::*;

use super::attendee::{self, Occasion};
use super::campaign::{campaign_faults, campaign_letter};
use super::fixture::{Fixture, at, keys, public_url};
use super::{Wording, WordingDraft, compose, invitation, placeholders, preview, transferred_away};
use crate::access;
use crate::audit::Actor;
use crate::campaigns::{Campaign, CampaignState};
use crate::error::Result;
use crate::events::{self, Event, Held, Location, Session, SessionDraft, TicketTypeDraft, TicketVisibility, Told};
use crate::mail::{Letter, Message, MessageKind, outbox};
use crate::organizations::{self, Organization, Role};
use crate::registrations::{Filter, Registration};
use crate::store::schema::registration_sessions;
use crate::store::{CampaignId, Db, Json, SessionId};
use crate::values::Language;

const SESSIONS: usize = 200;

/// An event of which all is as long as it may be, and somebody who has chosen all of it.
struct Widest {
    fixture: Fixture,
    sign: &'static str,
    event: Event,
    registration: Registration,
    sessions: Vec<SessionId>,
    /// As much as campaigns may say, with ever more of what stands for the names of their readers.
    campaigns: Vec<String>,
}

impl Widest {
    fn of(sign: &'static str) -> Self {
        let fixture = Fixture::new(None);
        let registered = fixture.register("Camille", "camille@museum.example");
        let (id, now, registration) = (fixture.event.id, fixture.now, registered.id);
        let wide = move |length: usize| sign.repeat(length);
        let (event, ticket_type, sessions) = fixture.write(move |db| {
            let by = Actor::COMMAND_LINE;
            let mut sessions = Vec::new();
            for _ in 0..SESSIONS {
                let held = Held::by_id(db, id)?;
                let draft = SessionDraft {
                    title: wide(200).parse().unwrap(),
                    description: Some(wide(5_000).parse().unwrap()),
                    room: Some(wide(100).parse().unwrap()),
                    starts_at: held.event.starts_at,
                    ends_at: held.event.ends_at,
                    capacity: None,
                    overlap_allowed: true,
                    position: None,
                };
                let session = events::add_session(db, &by, &held, draft, now)?.id;
                let chosen = (
                    registration_sessions::registration_id.eq(registration),
                    registration_sessions::session_id.eq(session),
                    registration_sessions::event_id.eq(id),
                );
                diesel::insert_into(registration_sessions::table).values(chosen).execute(db)?;
                sessions.push(session);
            }
            let draft = TicketTypeDraft {
                name: wide(100).parse().unwrap(),
                description: Some(wide(1_000).parse().unwrap()),
                visibility: TicketVisibility::Public,
                opens_at: None,
                closes_at: None,
                group: (1, 20),
                approval: false,
                sessions: sessions.clone(),
                capacity: None,
                position: None,
            };
            let held = Held::by_id(db, id)?;
            let ticket_type = events::add_ticket_type(db, &by, &held, draft, now)?.id;
            let revision = organizations::Revision {
                name: Some(wide(200).parse().unwrap()),
                mail_sender_name: Some(Some(wide(100).parse().unwrap())),
                ..organizations::Revision::default()
            };
            organizations::revise(db, &by, held.event.organization_id, revision, None, now)?;
            Ok((held.event, ticket_type, sessions))
        });
        let location = Location {
            name: Some(wide(200)),
            address: Some(wide(200)),
            city: Some(wide(100)),
            country: Some("LU".to_owned()),
            online_url: Some(format!("https://turnout.example/{}", "x".repeat(470))),
        };
        let event =
            Event { title: wide(200), summary: wide(1_000), location: Json(location), ..Arc::unwrap_or_clone(event) };
        let registration = Registration {
            first_name: wide(100),
            last_name: Some(wide(100)),
            reason: Some(wide(500)),
            ticket_type_id: Some(ticket_type),
            ..registered
        };
        let campaigns = [0, 12, 23].map(longest_campaign).into();
        Self { fixture, sign, event, registration, sessions, campaigns }
    }

    fn read(&self, work: impl FnOnce(&mut Db) -> Result<Letter>) -> Letter {
        self.fixture.read(work).unwrap()
    }

    /// The letter of a kind, in our words, and once in the organizers' longest ones: they are as long in each language.
    fn letters(&self, kind: MessageKind, language: Language) -> Vec<Letter> {
        match kind {
            MessageKind::PasswordReset => return vec![self.password_reset(language)],
            MessageKind::MemberInvitation => return vec![self.member_invitation(language)],
            MessageKind::Campaign => return self.campaigns.iter().map(|body| self.campaign(language, body)).collect(),
            _ => {}
        }
        if language != Language::French {
            return vec![self.of_event(kind, language, None)];
        }
        let own = WordingDraft {
            subject: Some("{event} {event} {event}".parse().unwrap()),
            body: format!("{}{}", "漢".repeat(4_800), "{event}".repeat(20)).parse().unwrap(),
        };
        assert!(placeholders(kind).unwrap().contains(&"event"));
        let own = Wording::unsaved(self.event.id, (kind, language), own, self.fixture.now).unwrap();
        [None, Some(own)].map(|wording| self.of_event(kind, language, wording)).into()
    }

    fn of_event(&self, kind: MessageKind, language: Language, wording: Option<Wording>) -> Letter {
        let (keys, now, event) = (keys(), self.fixture.now, self.event.clone());
        let with = (&keys, public_url());
        let registration = preview::standing(self.registration.clone(), kind, now);
        self.read(|db| match kind {
            MessageKind::TransferredAway => {
                let organization = Organization::find(db, event.organization_id)?;
                transferred_away::written(&event, organization, language, wording.as_ref())
            }
            MessageKind::Invitation => {
                let guest = preview::guest(&event, &registration, language, now);
                let guest = crate::registrations::Invitation { sessions: Json(self.sessions.clone()), ..guest };
                invitation::written(db, with, &event, &guest, (language, wording.as_ref()))
            }
            _ => {
                let location = Location { city: Some("Esch".to_owned()), ..event.location.0.clone() };
                let told = Told { location, ..preview::a_day_before(&event) };
                let previously = (kind == MessageKind::EventChanged).then_some(told);
                let session = match kind {
                    MessageKind::SessionChanged => {
                        let sessions = Session::of_event(db, event.id)?;
                        Some(preview::an_hour_before(sessions.first(), &event))
                    }
                    _ => None,
                };
                let occasion = Occasion { kind, previously, session, as_asked: Some((language, wording)) };
                attendee::written(db, with, event, registration, occasion)
            }
        })
    }

    fn campaign(&self, language: Language, body: &str) -> Letter {
        let event = self.event.clone();
        self.fixture.write(move |db| {
            use crate::store::schema::events;
            diesel::update(events::table.find(event.id)).set(events::title.eq(&event.title)).execute(db)?;
            Ok(())
        });
        let in_one = |text: String| Json([(language, text)].into());
        let campaign = Campaign {
            id: CampaignId::new(),
            event_id: self.event.id,
            subject: in_one("{name} {name} {name}".to_owned()),
            body: in_one(body.to_owned()),
            audience: Json(Filter::default().into()),
            consent: None,
            state: CampaignState::Sending,
            send_at: None,
            reached: None,
            created_at: self.fixture.now,
            updated_at: self.fixture.now,
            version: 1,
        };
        self.read(|db| campaign_letter(db, (&keys(), public_url()), &campaign, &self.registration))
    }

    fn password_reset(&self, language: Language) -> Letter {
        let (now, name) = (self.fixture.now, self.sign.repeat(100));
        let email = format!("{language}@museum.example");
        self.composed(move |db| {
            let (by, address) = (Actor::ANONYMOUS, email.parse().unwrap());
            access::open_account(db, &by, address, name.parse().unwrap(), language, None, now)?;
            access::ask_for_reset(db, &by, &email, now)
        })
    }

    fn member_invitation(&self, language: Language) -> Letter {
        let (now, organization, event) = (self.fixture.now, self.event.organization_id, self.event.id);
        let email = format!("new.{language}@museum.example").parse().unwrap();
        self.composed(move |db| {
            let by = Actor::COMMAND_LINE;
            let revision = organizations::Revision { default_language: Some(language), ..Default::default() };
            organizations::revise(db, &by, organization, revision, None, now)?;
            access::invite(db, &by, (organization, Some(event)), &email, Role::Editor, now).map(drop)
        })
    }

    /// The letter of the message that this posts last.
    fn composed<T: Send + 'static>(&self, post: impl FnOnce(&mut Db) -> Result<T> + Send + 'static) -> Letter {
        let now = self.fixture.now;
        let message: Message = self.fixture.write(move |db| {
            outbox::lease(db, 100, now)?;
            post(db)?;
            Ok(outbox::lease(db, 100, now)?.remove(0))
        });
        self.read(|db| compose(db, &keys(), public_url(), &message))
    }
}

/// As much as a campaign may say that calls its readers by their names so often.
fn longest_campaign(names: usize) -> String {
    let body = |length: usize| format!("{}{}", "漢".repeat(length), "{name}".repeat(names));
    let lengths: Vec<usize> = (0..10_000).step_by(20).collect();
    let allowed = lengths.partition_point(|length| campaign_faults(&body(*length)).is_empty());
    body(lengths[allowed - 1])
}

/// How many octets a letter has on its way.
fn size(letter: &Letter, kind: MessageKind) -> usize {
    let (from, now) = ("Turnout <turnout@museum.example>".parse().unwrap(), at("2026-05-01T10:00:00Z"));
    let message = Message::new(kind, (None, None, None), "camille@museum.example", now);
    letter.to_mail(&message, &from, now).unwrap().formatted().len()
}

#[test]
fn no_letter_has_more_than_100_kilobytes() {
    for sign in ["🎉", "<"] {
        let widest = Widest::of(sign);
        for kind in MessageKind::ALL {
            // What we say is longer in one language than in another; what others wrote is not.
            let languages = if sign == "🎉" { Language::ALL } else { &[Language::French] };
            for language in languages {
                for letter in widest.letters(*kind, *language) {
                    let size = size(&letter, *kind);
                    assert!(size <= 100 * 1024, "{kind} {language} of {sign}: {size}");
                }
            }
        }
    }
}
