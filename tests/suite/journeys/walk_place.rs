//! An event at which anything may happen, and the doors by which it does: HTTP, at whatever instance.

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use diesel::prelude::*;
use rand::RngExt;
use rand::rngs::StdRng;
use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::{Value, json};
use turnout::access::InvitationToken;
use turnout::clock::{Clock, Timestamp};
use turnout::keys::Keys;
use turnout::registrations::{Filter, InvitationState, RegistrationStatus};
use turnout::store::schema::guest_invitations;
use turnout::store::{EventId, GuestInvitationId, RegistrationId, Store};

use super::walk_deeds::{Asked, Change, Deed, Guest, Many, Pick, What};

/// An instance of Turnout, and an owner's token for it.
pub(super) struct Door {
    pub address: String,
    pub token: String,
    pub client: Client,
    /// What signs the links in letters.
    pub keys: Arc<Keys>,
    pub clock: Clock,
}

/// The keys of the instances that keep their files in a folder.
pub(super) fn keys_of(folder: &Path) -> Arc<Keys> {
    Arc::new(Keys::derive(&turnout::config::secret_key(folder).unwrap()).unwrap())
}

impl Door {
    /// What is answered: the status and the body. What is no answer of a rule is a fault.
    pub(super) fn send(&self, method: Method, path: &str, body: &Value, owner: bool) -> Result<(u16, Value), String> {
        let mut request = self.client.request(method, format!("{}{path}", self.address)).json(body);
        if owner {
            request = request.bearer_auth(&self.token).header("If-Match", "*");
        }
        let answer = request.send().map_err(|fault| format!("{path}: {fault}"))?;
        let status = answer.status().as_u16();
        let text = answer.text().map_err(|fault| format!("{path}: {fault}"))?;
        match status {
            200..=299 | 409 | 422 => Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null))),
            _ => Err(format!("{path} with {body}: {status} {text}")),
        }
    }

    /// The same for what has to work.
    fn make(&self, path: &str, body: &Value) -> Value {
        let (status, made) = self.send(Method::POST, path, body, true).unwrap();
        assert!(status < 300, "{path} with {body}: {made}");
        made
    }
}

/// By which rules an event registers people.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    registration: Value,
    /// Of the event, the two ticket types and the two sessions.
    capacities: [Option<i64>; 5],
    approval: bool,
    codes: [Value; 2],
}

impl Rules {
    /// Whatever they are.
    pub(super) fn any(random: &mut StdRng) -> Self {
        let waitlist = ["auto", "offer", "auto", "offer", "offer", "off"][random.random_range(0..6_usize)];
        let registration = json!({
            "waitlist": waitlist, "approval": random.random_bool(0.25), "pending_holds_seat": random.random_bool(0.7),
            "verify_email": random.random_bool(0.3), "offer_hours": 1,
        });
        let few = |random: &mut StdRng| random.random_bool(0.4).then(|| random.random_range(0..4));
        let capacities = [Some(random.random_range(0..6)), few(random), few(random), few(random), few(random)];
        let code = |random: &mut StdRng| {
            let most = random.random_bool(0.5).then(|| random.random_range(2..5));
            json!({ "max_uses": most, "reserved": random.random_range(0..3), "after": random.random_range(10..200) })
        };
        let approval = random.random_bool(0.3);
        Self { registration, capacities, approval, codes: std::array::from_fn(|_| code(random)) }
    }
}

/// An event with its parts.
pub(super) struct Place {
    pub event: EventId,
    kinds: [String; 2],
    sessions: [String; 2],
    codes: [String; 2],
    /// Of whom there are new ones in each round.
    pub names: String,
}

impl Place {
    /// Publishes an event that begins then.
    pub(super) fn new(door: &Door, rules: &Rules, starts_at: Timestamp) -> Self {
        let slug = format!("walk-{}", uuid::Uuid::new_v4().simple());
        let ends_at = starts_at.plus(chrono::TimeDelta::days(2));
        let (from, to) = (starts_at.to_string(), ends_at.to_string());
        let event = door.make(
            "/api/v1/events",
            &json!({ "title": "Walk", "slug": slug, "starts_at": from, "ends_at": to,
                "capacity": rules.capacities[0], "registration": rules.registration }),
        );
        let at = format!("/api/v1/events/{slug}");
        let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
        let kinds = [0, 1].map(|n| {
            let capacity = rules.capacities[1 + n];
            let fields =
                json!({ "name": format!("Type {n}"), "capacity": capacity, "approval": n == 1 && rules.approval });
            id(&door.make(&format!("{at}/ticket-types"), &fields))
        });
        let sessions = [0, 1].map(|n| {
            let capacity = rules.capacities[3 + n];
            let fields = json!({ "title": format!("Session {n}"), "starts_at": from, "ends_at": to,
                "overlap_allowed": true, "capacity": capacity });
            id(&door.make(&format!("{at}/sessions"), &fields))
        });
        door.make(&format!("{at}/publish"), &json!({}));
        let codes = [0, 1].map(|n| {
            let mut fields = json!({ "code": format!("code{n}"), "max_uses": rules.codes[n]["max_uses"],
                "reserved": rules.codes[n]["reserved"],
                "release_at": starts_at.plus(chrono::TimeDelta::minutes(-rules.codes[n]["after"].as_i64().unwrap())).to_string() });
            if n == 1 {
                fields["ticket_type"] = json!(kinds[1]);
            }
            let path = format!("{at}/access-codes");
            // Fewer seats than shall be kept, or a release that would have been: then none are kept.
            let (status, made) = door.send(Method::POST, &path, &fields, true).unwrap();
            if status == 201 {
                return id(&made);
            }
            (fields["reserved"], fields["release_at"]) = (json!(0), Value::Null);
            id(&door.make(&path, &fields))
        });
        Self { event: id(&event).parse().unwrap(), kinds, sessions, codes, names: "guest".to_owned() }
    }

    /// Does it; what was done, and by which rule it was refused.
    pub(super) fn perform(&self, door: &Door, store: &Store, deed: &Deed) -> Result<String, String> {
        let at = format!("/api/v1/events/{}", self.event);
        let forced = |path: &str, force: bool| format!("{path}{}", if force { "?force=true" } else { "" });
        let post = |path: &str, body: &Value| door.send(Method::POST, path, body, true);
        let patch = |path: &str, body: &Value| door.send(Method::PATCH, path, body, true);
        let nobody = || Ok((200, json!({ "code": "nobody" })));
        let answer = match deed {
            Deed::Register { people, code, by_hand, force } => {
                let wish = self.wish(people, *code);
                door.send(Method::POST, &forced(&format!("{at}/registrations"), *force), &wish, *by_hand)
            }
            Deed::Capacity { part, seats, force } => {
                let path = match part {
                    0 => at,
                    1 | 2 => format!("{at}/ticket-types/{}", self.kinds[part - 1]),
                    _ => format!("{at}/sessions/{}", self.sessions[part - 3]),
                };
                patch(&forced(&path, *force), &json!({ "capacity": seats }))
            }
            Deed::Code { code, reserved, max_uses } => {
                let fields = json!({ "reserved": reserved, "max_uses": max_uses });
                patch(&format!("{at}/access-codes/{}", self.codes[*code]), &fields)
            }
            Deed::TimePasses => Ok((200, Value::Null)),
            Deed::One { what, who, force } => match self.somebody(store, *who, what.concerns()) {
                None => nobody(),
                Some(id) => {
                    let (path, body) = one(*what, id, *force);
                    post(&path, &body)
                }
            },
            Deed::Transfer { who, name } => match self.somebody(store, *who, &[RegistrationStatus::Confirmed]) {
                None => nobody(),
                Some(id) => {
                    let person = json!({ "attendee": self.attendee(*name) });
                    post(&format!("/api/v1/registrations/{id}/transfer"), &person)
                }
            },
            Deed::Edit { who, change, force } => match self.somebody(store, *who, What::Cancel.concerns()) {
                None => nobody(),
                Some(id) => patch(&forced(&format!("/api/v1/registrations/{id}"), *force), &self.change(change)),
            },
            Deed::Invite { guest, any_kind, kept, answer } => {
                let after = |minutes: &i64| door.clock.now().plus(TimeDelta::minutes(*minutes)).to_string();
                let mut person = self.attendee(guest.name);
                person["sessions"] = json!(self.chosen(guest.sessions));
                if !any_kind {
                    person["ticket_type"] = json!(self.kinds[guest.kind]);
                }
                let people = json!({ "people": [person], "answer_by": after(answer),
                    "keep_seats_until": kept.as_ref().map(after) });
                post(&format!("{at}/invitations"), &people).map(|(status, body)| (status, verdict(status, body)))
            }
            Deed::Invitation { what, who } => match self.invitation(store, *who, *what) {
                None => nobody(),
                Some(id) => self.asked(door, *what, id, who.number),
            },
            Deed::Many { what, who, force } => {
                let mut ids: Vec<_> =
                    who.iter().filter_map(|who| self.somebody(store, *who, what.concerns())).collect();
                ids.sort();
                ids.dedup();
                if ids.is_empty() { nobody() } else { self.many(door, *what, &ids, *force) }
            }
        };
        let (status, body) = answer?;
        let code = body["code"].as_str().filter(|_| status >= 400 || body["id"].is_null()).unwrap_or_default();
        Ok(format!("{deed:?}: {status} {code}"))
    }

    fn asked(&self, door: &Door, what: Asked, id: GuestInvitationId, number: u32) -> Result<(u16, Value), String> {
        let token = InvitationToken { invitation: id }.text(&door.keys).reveal().to_owned();
        let at = format!("/api/v1/events/{}/invitations/{id}", self.event);
        // Who was invited without a ticket type chooses one; to name one beside that of the invitation is refused.
        let kind = (!number.is_multiple_of(3)).then(|| &self.kinds[number as usize % 2]);
        match what {
            Asked::Yes => {
                let yes = json!({ "token": token, "ticket_type": kind });
                door.send(Method::POST, "/api/v1/invitations/accept", &yes, false)
            }
            Asked::No => door.send(Method::POST, "/api/v1/invitations/decline", &json!({ "token": token }), false),
            Asked::Resend => door.send(Method::POST, &format!("{at}/resend"), &json!({}), true),
            Asked::Revoke => door.send(Method::POST, &format!("{at}/revoke"), &json!({}), true),
        }
    }

    fn invitation(&self, store: &Store, who: Pick, what: Asked) -> Option<GuestInvitationId> {
        let all: Vec<(GuestInvitationId, InvitationState)> = store
            .read_here(|db| {
                let of_event = guest_invitations::table.filter(guest_invitations::event_id.eq(self.event));
                let columns = (guest_invitations::id, guest_invitations::state);
                Ok(of_event.order(guest_invitations::id).select(columns).load(db)?)
            })
            .unwrap();
        let concerns = |state: InvitationState| match what {
            Asked::Yes => matches!(state, InvitationState::Invited | InvitationState::Declined),
            Asked::Resend => matches!(state, InvitationState::Invited | InvitationState::Expired),
            Asked::No | Asked::Revoke => state == InvitationState::Invited,
        };
        let some: Vec<_> = all.iter().filter(|(_, state)| who.anybody || concerns(*state)).collect();
        (!some.is_empty()).then(|| some[who.number as usize % some.len()].0)
    }

    fn wish(&self, people: &[Guest], code: Option<usize>) -> Value {
        let person = |guest: &Guest| {
            json!({ "attendee": self.attendee(guest.name), "ticket_type": self.kinds[guest.kind],
                "sessions": self.chosen(guest.sessions) })
        };
        let mut wish = person(&people[0]);
        wish["guests"] = people[1..].iter().map(person).collect();
        if let Some(code) = code {
            wish["access_code"] = json!(format!("code{code}"));
        }
        wish
    }

    fn attendee(&self, name: u8) -> Value {
        json!({ "first_name": "Guest", "email": format!("{}{name}@museum.example", self.names) })
    }

    fn chosen(&self, sessions: [bool; 2]) -> Vec<&String> {
        self.sessions.iter().zip(sessions).filter_map(|(session, chosen)| chosen.then_some(session)).collect()
    }

    fn change(&self, change: &Change) -> Value {
        match change {
            Change::Kind(kind) => json!({ "ticket_type": self.kinds[*kind] }),
            Change::Sessions(sessions) => json!({ "sessions": self.chosen(*sessions) }),
            Change::Both(kind, sessions) => {
                json!({ "ticket_type": self.kinds[*kind], "sessions": self.chosen(*sessions) })
            }
            Change::Address(name) => json!({ "attendee": self.attendee(*name) }),
            Change::Note => json!({ "note": uuid::Uuid::new_v4().to_string() }),
        }
    }

    fn many(&self, door: &Door, what: Many, ids: &[RegistrationId], force: bool) -> Result<(u16, Value), String> {
        let at = format!("/api/v1/events/{}/registrations", self.event);
        let (path, mut body) = match what {
            Many::Approve => ("approve", json!({})),
            Many::Reject => ("reject", json!({})),
            Many::Cancel => ("bulk", json!({ "deed": "cancel" })),
            Many::Restore => ("bulk", json!({ "deed": "restore" })),
            Many::Tag => ("bulk", json!({ "deed": "tag", "tags": ["press"] })),
            Many::Resend => ("bulk", json!({ "deed": "resend" })),
        };
        body["ids"] = json!(ids.iter().map(ToString::to_string).collect::<Vec<_>>());
        let force = if force && !matches!(what, Many::Reject) { "?force=true" } else { "" };
        door.send(Method::POST, &format!("{at}/{path}{force}"), &body, true)
    }

    fn somebody(&self, store: &Store, who: Pick, concerns: &[RegistrationStatus]) -> Option<RegistrationId> {
        let of = |statuses: &[RegistrationStatus]| {
            let filter = Filter { statuses: statuses.to_vec(), ..Filter::default() };
            store.read_here(|db| filter.after(db, self.event, None, 500)).unwrap()
        };
        let mut people = of(if who.anybody { &[] } else { concerns });
        if people.is_empty() {
            people = of(&[]);
        }
        let people: Vec<_> = people.into_iter().map(|one| one.id).collect();
        (!people.is_empty()).then(|| people[who.number as usize % people.len()])
    }
}

/// What became of the one who was invited.
fn verdict(status: u16, body: Value) -> Value {
    if status < 300 { json!({ "code": body["results"][0]["code"] }) } else { body }
}

fn one(what: What, id: RegistrationId, force: bool) -> (String, Value) {
    let force = if force { "?force=true" } else { "" };
    let nothing = json!({});
    let (path, body) = match what {
        What::Cancel => ("cancel".to_owned(), nothing),
        What::CancelAlone => ("cancel".to_owned(), json!({ "only": true })),
        What::Approve => (format!("approve{force}"), nothing),
        What::Reject => ("reject".to_owned(), json!({ "reason": "a reason" })),
        What::Verify => ("verify".to_owned(), nothing),
        What::Accept => ("accept".to_owned(), nothing),
        What::Decline => ("decline".to_owned(), nothing),
        What::Promote => (format!("promote{force}"), json!({ "reason": "a reason" })),
        What::Prioritize(priority) => ("prioritize".to_owned(), json!({ "priority": priority })),
        What::Restore => (format!("restore{force}"), nothing),
        What::Erase => ("erase".to_owned(), nothing),
        What::Resend => ("resend".to_owned(), nothing),
    };
    (format!("/api/v1/registrations/{id}/{path}"), body)
}
