//! What an event's seats and waiting list are, in the simplest words: a list of people and a line.

use chrono::TimeDelta;
use turnout::clock::Timestamp;
use turnout::mail::MessageKind;
use turnout::registrations::RegistrationStatus;
use turnout::store::RegistrationId;

/// How long after a letter nobody is written to again for asking twice.
const QUIET: TimeDelta = TimeDelta::minutes(10);

/// A registration, as far as the model goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub name: String,
    pub id: RegistrationId,
    pub status: RegistrationStatus,
    /// In the line, from 1.
    pub place: Option<i64>,
}

/// An event.
pub(super) struct Model {
    pub capacity: i64,
    /// Everybody who ever registered, in the order in which they came.
    pub people: Vec<Person>,
    /// Every letter that was posted, in order.
    pub letters: Vec<(MessageKind, RegistrationId)>,
    line: Vec<RegistrationId>,
    last_letters: Vec<(RegistrationId, Timestamp)>,
    waits: bool,
    starts_at: Timestamp,
}

impl Model {
    pub(super) fn new(capacity: i64, waits: bool, starts_at: Timestamp) -> Self {
        let (people, letters, line, last_letters) = Default::default();
        Self { capacity, people, letters, line, last_letters, waits, starts_at }
    }

    pub(super) fn taken(&self) -> i64 {
        let seated = self.people.iter().filter(|person| person.status == RegistrationStatus::Confirmed);
        i64::try_from(seated.count()).unwrap()
    }

    /// Everybody, with their place in the line.
    pub(super) fn people(&self) -> Vec<Person> {
        let place = |id| self.line.iter().position(|waiting| *waiting == id).map(|at| i64::try_from(at).unwrap() + 1);
        self.people.iter().map(|person| Person { place: place(person.id), ..person.clone() }).collect()
    }

    /// Somebody registered, and Turnout `said` that this is a new registration, one from before, or refused it.
    pub(super) fn register(
        &mut self,
        name: &str,
        now: Timestamp,
        said: &Result<Option<RegistrationId>, String>,
        history: &[String],
    ) {
        let live = |person: &&Person| person.name == name && person.status != RegistrationStatus::Cancelled;
        if let Some(before) = self.people.iter().find(live).cloned() {
            assert_eq!(said, &Ok(None), "one registration an address\n{}", history.join("\n"));
            let last = self.last_letters.iter().rev().find(|(id, _)| *id == before.id).unwrap().1;
            if last.plus(QUIET) <= now {
                let kind = match before.status {
                    RegistrationStatus::Confirmed => MessageKind::Confirmed,
                    _ => MessageKind::Waitlisted,
                };
                self.post(kind, before.id, now);
            }
            return;
        }
        let status = if self.taken() < self.capacity {
            RegistrationStatus::Confirmed
        } else if self.waits {
            RegistrationStatus::Waitlisted
        } else {
            assert!(said.is_err(), "sold out\n{}", history.join("\n"));
            return;
        };
        let &Ok(Some(id)) = said else { panic!("{said:?}\n{}", history.join("\n")) };
        if status == RegistrationStatus::Waitlisted {
            self.line.push(id);
            self.post(MessageKind::Waitlisted, id, now);
        } else {
            self.post(MessageKind::Confirmed, id, now);
        }
        self.people.push(Person { name: name.to_owned(), id, status, place: None });
    }

    /// Somebody cancelled, or was refused.
    pub(super) fn cancel(&mut self, index: usize, now: Timestamp, done: bool, history: &[String]) {
        let person = &mut self.people[index];
        assert_eq!(done, person.status != RegistrationStatus::Cancelled, "\n{}", history.join("\n"));
        if !done {
            return;
        }
        person.status = RegistrationStatus::Cancelled;
        let id = person.id;
        self.line.retain(|waiting| *waiting != id);
        self.post(MessageKind::Cancelled, id, now);
        self.move_up(now);
    }

    /// The capacity was changed, or that was refused.
    pub(super) fn change_capacity(&mut self, capacity: i64, now: Timestamp, done: bool, history: &[String]) {
        assert_eq!(done, capacity >= self.taken(), "\n{}", history.join("\n"));
        if done {
            self.capacity = capacity;
            self.move_up(now);
        }
    }

    fn move_up(&mut self, now: Timestamp) {
        while !self.line.is_empty() && self.taken() < self.capacity && now < self.starts_at {
            let first = self.line.remove(0);
            self.people.iter_mut().find(|person| person.id == first).unwrap().status = RegistrationStatus::Confirmed;
            self.post(MessageKind::Promoted, first, now);
        }
    }

    fn post(&mut self, kind: MessageKind, id: RegistrationId, now: Timestamp) {
        self.letters.push((kind, id));
        self.last_letters.push((id, now));
    }
}
