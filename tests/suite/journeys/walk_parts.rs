//! Random walks over events with ticket types, sessions, groups, offers, approval and verification: after each step no
//! promise is broken, and every change of a status has left its row and its letter. And the same by many at once.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;
use diesel::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use turnout::clock::Timestamp;
use turnout::events::{Event, Held, TicketType, Waitlist};
use turnout::mail::MessageKind::{self, Approved, OfferExpired, Pending, Promoted, Verify};
use turnout::registrations::RegistrationStatus::{
    self, Cancelled, Confirmed, Expired, Offered, PendingApproval, PendingVerification, Rejected, Waitlisted,
};
use turnout::registrations::{Filter, Registration, find_miscounts};
use turnout::store::schema::{audit, messages};
use turnout::store::{EventId, QuotaId, RegistrationId, Store};

use super::walk_deeds::Place;
use crate::support::{TestApp, on_both_databases};

const SEEDS: u64 = 100;
const STEPS: usize = 40;
const THREADS: u64 = 16;

/// What the trail and the letter may say of a change.
#[rustfmt::skip]
const CHANGES: &[(Option<RegistrationStatus>, RegistrationStatus, &str, Option<MessageKind>)] = &[
    (None, PendingVerification, "placed", Some(Verify)),
    (None, PendingApproval, "placed", Some(Pending)),
    (None, Confirmed, "placed", Some(MessageKind::Confirmed)),
    (None, Waitlisted, "placed", Some(MessageKind::Waitlisted)),
    (Some(PendingVerification), PendingApproval, "verified", Some(Pending)),
    (Some(PendingVerification), Confirmed, "verified", Some(MessageKind::Confirmed)),
    (Some(PendingVerification), Waitlisted, "verified", Some(MessageKind::Waitlisted)),
    (Some(PendingVerification), Expired, "expired", None),
    (Some(PendingVerification), Cancelled, "cancelled", None),
    (Some(PendingApproval), Confirmed, "approved", Some(Approved)),
    (Some(PendingApproval), Rejected, "rejected", Some(MessageKind::Rejected)),
    (Some(PendingApproval), Cancelled, "cancelled", Some(MessageKind::Cancelled)),
    (Some(Waitlisted), Confirmed, "promoted", Some(Promoted)),
    (Some(Waitlisted), PendingApproval, "promoted", Some(Pending)),
    (Some(Waitlisted), Offered, "offered", Some(MessageKind::Offered)),
    (Some(Waitlisted), Cancelled, "cancelled", Some(MessageKind::Cancelled)),
    (Some(Offered), Confirmed, "offer_accepted", Some(MessageKind::Confirmed)),
    (Some(Offered), Confirmed, "promoted", Some(Promoted)),
    (Some(Offered), Cancelled, "offer_declined", Some(MessageKind::Cancelled)),
    (Some(Offered), Cancelled, "cancelled", Some(MessageKind::Cancelled)),
    (Some(Offered), Expired, "offer_expired", Some(OfferExpired)),
    (Some(Confirmed), Cancelled, "cancelled", Some(MessageKind::Cancelled)),
];

/// How an event stands.
struct Standing {
    event: Event,
    held: Held,
    types: Vec<TicketType>,
    people: Vec<Registration>,
    sessions: HashMap<RegistrationId, Vec<turnout::store::SessionId>>,
    letters: Vec<(RegistrationId, MessageKind)>,
    /// What was done to whom, without how the list was ordered.
    trail: Vec<(RegistrationId, String)>,
}

impl Standing {
    fn of(store: &Store, event: EventId) -> Self {
        let read = store.read_here(|db| {
            let found = Event::find(db, event)?;
            let people = Filter::default().after(db, event, None, 10_000)?;
            let mut sessions = HashMap::new();
            for one in &people {
                sessions.insert(one.id, Registration::sessions(db, one.id)?);
            }
            let letters = messages::table
                .filter(messages::event_id.eq(event))
                .order(messages::id)
                .select((messages::registration_id.assume_not_null(), messages::kind))
                .load(db)?;
            let deeds: Vec<(RegistrationId, String)> = audit::table
                .filter(audit::event_id.eq(event))
                .filter(audit::deed.like("registration.%"))
                .order(audit::id)
                .select((audit::subject_id.assume_not_null(), audit::deed))
                .load(db)?;
            let trail = deeds.into_iter().map(|(id, deed)| (id, deed["registration.".len()..].to_owned()));
            Ok(Self {
                held: Held::seen(db, found.clone())?,
                types: TicketType::of_event(db, event)?,
                event: found,
                people,
                sessions,
                letters,
                trail: trail.collect(),
            })
        });
        read.unwrap()
    }

    /// What holds at any time.
    fn keeps_its_promises(&self, now: Timestamp, history: &str) {
        let quotas: Vec<_> = std::iter::once(&self.held.seats).chain(&self.held.parts).collect();
        for quota in &quotas {
            let most = quota.capacity.map(|capacity| capacity + quota.allowed);
            assert!(most.is_none_or(|most| quota.taken <= most), "{quota:?} is over its capacity\n{history}");
            let seated = self.people.iter().filter(|one| one.seated && self.stands_under(one).contains(&quota.id));
            assert_eq!(quota.taken, i64::try_from(seated.count()).unwrap(), "{quota:?}\n{history}");
        }
        let live: Vec<&Registration> = self.people.iter().filter(|one| one.status.is_live()).collect();
        let addresses: BTreeSet<String> = live.iter().map(|one| one.email.to_lowercase()).collect();
        assert_eq!(addresses.len(), live.len(), "an address has two live registrations\n{history}");
        for one in &self.people {
            assert_eq!(one.waitlist_rank.is_some(), one.status == Waitlisted, "{one:?}\n{history}");
            assert_eq!(
                one.expires_at.is_some(),
                matches!(one.status, Offered | PendingVerification),
                "{one:?}\n{history}"
            );
            assert_eq!(one.seated, self.needs_seat(one.status), "{one:?}\n{history}");
        }
        if now < self.event.starts_at {
            self.nobody_waits_in_vain(history);
        }
    }

    fn stands_under(&self, one: &Registration) -> Vec<QuotaId> {
        self.held.quotas_of(one.ticket_type_id, &self.sessions[&one.id]).map(|quota| quota.id).collect()
    }

    fn needs_seat(&self, status: RegistrationStatus) -> bool {
        match status {
            Confirmed | Offered => true,
            PendingApproval => self.event.pending_holds_seat,
            _ => false,
        }
    }

    fn nobody_waits_in_vain(&self, history: &str) {
        let mut parties: HashMap<RegistrationId, Vec<&Registration>> = HashMap::new();
        for one in self.people.iter().filter(|one| one.status == Waitlisted) {
            parties.entry(one.group_id.unwrap_or(one.id)).or_default().push(one);
        }
        for party in parties.values() {
            let mut needed: HashMap<QuotaId, i64> = HashMap::new();
            for one in party {
                let kind = self.types.iter().find(|kind| Some(kind.id) == one.ticket_type_id).unwrap();
                let next = if self.event.approval || kind.approval { PendingApproval } else { Confirmed };
                for quota in self.stands_under(one).into_iter().filter(|_| self.needs_seat(next)) {
                    *needed.entry(quota).or_default() += 1;
                }
            }
            let quotas = std::iter::once(&self.held.seats).chain(&self.held.parts);
            let short = quotas.filter(|quota| {
                let needed = needed.get(&quota.id).copied().unwrap_or(0);
                quota.capacity.is_some_and(|capacity| capacity - quota.taken - quota.held < needed)
            });
            assert!(short.count() > 0, "there are seats for {party:?}\n{history}");
        }
    }
}

/// What has changed has its row and its letter, and nothing else has. Returns the deeds.
fn compare(before: &Standing, after: &Standing, history: &str) -> Vec<String> {
    let old: HashMap<RegistrationId, &Registration> = before.people.iter().map(|one| (one.id, one)).collect();
    let (mut letters, mut trail) =
        (after.letters[before.letters.len()..].to_vec(), after.trail[before.trail.len()..].to_vec());
    let mut deeds = Vec::new();
    // Whoever led a group and has gone leaves it to another.
    let regrouped: Vec<_> = trail.extract_if(.., |(_, deed)| deed == "regrouped").map(|(id, _)| id).collect();
    for one in &after.people {
        let from = old.get(&one.id).map(|old| old.status);
        if from == Some(one.status) {
            continue;
        }
        let changes = 1 + i64::from(regrouped.contains(&one.id));
        assert_eq!(one.version, old.get(&one.id).map_or(0, |old| old.version) + changes, "{one:?}\n{history}");
        let rows: Vec<String> = trail.extract_if(.., |(id, _)| *id == one.id).map(|(_, deed)| deed).collect();
        let said: Vec<MessageKind> = letters.extract_if(.., |(id, _)| *id == one.id).map(|(_, kind)| kind).collect();
        let known = CHANGES.iter().any(|(a, b, deed, letter)| {
            (*a, *b) == (from, one.status) && rows == [*deed] && said == letter.iter().copied().collect::<Vec<_>>()
        });
        assert!(known, "{from:?} to {}: {rows:?} and {said:?}\n{history}", one.status);
        deeds.push(format!("{} from {}", rows[0], from.map_or("nothing", RegistrationStatus::as_str)));
    }
    // Whoever asks again is told again; and an order of the list is in the trail.
    let asked = trail.extract_if(.., |(_, deed)| deed == "asked_again").count();
    assert!(letters.len() <= asked && asked <= 1, "{letters:?}\n{history}");
    let ordered = trail.extract_if(.., |(_, deed)| deed == "prioritized").count();
    assert!(ordered <= 1 && trail.is_empty(), "{trail:?}\n{history}");
    deeds
}

on_both_databases! {
    fn a_hundred_walks_over_types_sessions_groups_and_offers_keep_every_promise(database: Database) {
        let app = TestApp::start(database);
        let mut seen = BTreeSet::new();
        let all: BTreeSet<String> = CHANGES.iter().map(|(from, _, deed, _)| {
            format!("{deed} from {}", from.map_or("nothing", RegistrationStatus::as_str))
        }).collect();
        // What is rare needs some more walks to come about.
        for seed in 0..4 * SEEDS {
            if seed >= SEEDS && seen == all {
                break;
            }
            let mut random = StdRng::seed_from_u64(seed);
            let (place, rules) = Place::new(&app, &mut random, &format!("walk-{seed}"), 300);
            let mut history = format!("seed {seed}: {rules}");
            let mut before = Standing::of(&app.app.store, place.event);
            for _ in 0..STEPS {
                let now = app.clock.now();
                history = history + "\n" + &place.anything(&app.app.store, &mut random, "guest", now);
                let after = Standing::of(&app.app.store, place.event);
                after.keeps_its_promises(now, &history);
                seen.extend(compare(&before, &after, &history));
                before = after;
                let day = random.random_bool(0.01);
                app.advance(if day { TimeDelta::days(1) } else { TimeDelta::minutes(random.random_range(0..12)) });
            }
        }
        assert_eq!(seen, all, "every change has come about");
    }

    fn sixteen_at_once_at_two_instances_break_no_promise(database: Database) {
        let app = TestApp::start(database);
        let other = Store::open(app.app.store.location().clone()).unwrap();
        let mut random = StdRng::seed_from_u64(7);
        let places: Vec<Place> =
            (0..3).map(|n| Place::new(&app, &mut random, &format!("rush-{n}"), 600).0).collect();
        for round in 0..3_u64 {
            std::thread::scope(|scope| {
                for thread in 0..THREADS {
                    let (app, places, other) = (&app, &places, &other);
                    scope.spawn(move || {
                        let mut random = StdRng::seed_from_u64(round * THREADS + thread);
                        let store = if thread % 2 == 0 { &app.app.store } else { other };
                        for _ in 0..STEPS {
                            let place = &places[random.random_range(0..places.len())];
                            place.anything(store, &mut random, &format!("guest{round}x"), app.clock.now());
                        }
                    });
                }
            });
            for place in &places {
                let standing = Standing::of(&other, place.event);
                let history = format!("round {round}");
                standing.keeps_its_promises(app.clock.now(), &history);
                let once: BTreeSet<String> =
                    standing.letters.iter().map(|(id, kind)| format!("{id} {kind}")).collect();
                assert_eq!(once.len(), standing.letters.len(), "a letter was written twice");
                for one in &standing.people {
                    let rows = standing.trail.iter().filter(|(id, deed)| *id == one.id && deed != "asked_again");
                    assert_eq!(i64::try_from(rows.count()).unwrap(), one.version, "a row for each change of {one:?}");
                }
            }
            assert_eq!(other.read_here(find_miscounts).unwrap(), []);
            // What was offered in this round has ended in the next.
            app.advance(TimeDelta::hours(1));
        }
        assert!(places.iter().any(|place| Standing::of(&other, place.event).event.waitlist != Waitlist::Off));
        other.close();
    }
}
