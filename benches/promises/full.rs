//! The same registrations at events of 5 ticket types, 6 sessions and 8 questions: somebody chooses a ticket type and two
//! sessions, and answers everything.

use rusqlite::{Connection, params};
use serde_json::{Value, json};
use turnout::audit::Actor;
use turnout::events::{
    Choice, Held, QuestionDraft, QuestionKind, SessionDraft, TicketTypeDraft, TicketVisibility, add_question,
    add_session, add_ticket_type,
};
use turnout::registrations::{Answers, Wish, place};
use turnout::store::{Db, SessionId, TicketTypeId};
use turnout::values::{Language, Words};

use crate::floor::{in_turns as in_process_in_turns, lock_event, tell_by_hand};
use crate::http::{in_turns, load, post, serve};
use crate::world::{World, address, insert_registration_with, wish};

const KINDS: usize = 5;
const SESSIONS: usize = 6;

/// The parts of an event.
#[derive(Clone)]
struct Parts {
    kinds: Vec<TicketTypeId>,
    sessions: Vec<SessionId>,
}

impl Parts {
    /// What the person with this number chooses.
    fn choice(&self, number: usize) -> (TicketTypeId, [SessionId; 2]) {
        let first = number % SESSIONS;
        (self.kinds[number % KINDS], [self.sessions[first], self.sessions[(first + 1) % SESSIONS]])
    }
}

/// A world whose events have everything; the parts of each.
fn world() -> (World, Vec<Parts>) {
    let world = World::new();
    let events: Vec<_> = world.events.iter().map(|event| event.id).collect();
    let now = world.app.clock.now();
    let work = move |db: &mut Db| {
        events
            .into_iter()
            .map(|event| {
                let held = Held::by_id(db, event)?;
                let parts = add_parts(db, &held, now)?;
                ask(db, &held, now)?;
                Ok(parts)
            })
            .collect()
    };
    let parts = world.app.store.write_here(uuid::Uuid::nil(), work).unwrap();
    (world, parts)
}

fn add_parts(db: &mut Db, held: &Held, now: turnout::clock::Timestamp) -> turnout::error::Result<Parts> {
    let by = Actor::COMMAND_LINE;
    let mut parts = Parts { kinds: Vec::new(), sessions: Vec::new() };
    for number in 0..KINDS {
        let draft = TicketTypeDraft {
            name: format!("Type {number}").parse().unwrap(),
            description: None,
            visibility: TicketVisibility::Public,
            opens_at: None,
            closes_at: None,
            group: (1, 20),
            approval: false,
            sessions: Vec::new(),
            capacity: Some(1_000_000.try_into().unwrap()),
            position: None,
        };
        parts.kinds.push(add_ticket_type(db, &by, held, draft, now)?.id);
    }
    for number in 0..SESSIONS {
        let draft = SessionDraft {
            title: format!("Session {number}").parse().unwrap(),
            description: None,
            room: None,
            starts_at: held.event.starts_at,
            ends_at: held.event.ends_at,
            capacity: Some(1_000_000.try_into().unwrap()),
            overlap_allowed: true,
            position: None,
        };
        parts.sessions.push(add_session(db, &by, held, draft, now)?.id);
    }
    Ok(parts)
}

fn words(text: &str) -> Words {
    Words::from([(Language::English, text.to_owned())])
}

fn ask(db: &mut Db, held: &Held, now: turnout::clock::Timestamp) -> turnout::error::Result<()> {
    use QuestionKind::{Boolean, Country, Date, LongText, ManyOf, Number, OneOf, Text};
    for (number, kind) in [OneOf, ManyOf, Text, LongText, Number, Date, Boolean, Country].into_iter().enumerate() {
        let choice = |key: &str| Choice { key: key.to_owned(), label: words(key), retired: false };
        let options = if kind.has_options() { ["ict", "art", "law"].map(choice).to_vec() } else { Vec::new() };
        let draft = QuestionDraft { options, required: true, ..QuestionDraft::new(kind, words("What is it?")) };
        add_question(db, &Actor::COMMAND_LINE, held, format!("question{number}").parse().unwrap(), draft, now)?;
    }
    Ok(())
}

fn answers() -> Answers {
    let answers = json!({ "question0": "ict", "question1": ["ict", "art"], "question2": "A line", "question3": "Some lines",
        "question4": 41, "question5": "2026-06-08", "question6": true, "question7": "LU" });
    match answers {
        Value::Object(answers) => answers,
        _ => unreachable!(),
    }
}

pub(crate) fn through_http() {
    let (world, parts) = world();
    let server = serve(&world);
    let body = |number: usize| {
        let (kind, sessions) = parts[number / crate::world::PEOPLE % parts.len()].choice(number);
        let attendee = json!({ "first_name": "Camille", "last_name": "Weber", "email": address(number),
            "organization": "Musée Dräi Eechelen", "phone": "+352 621 123 456", "country": "LU" });
        json!({ "attendee": attendee, "ticket_type": kind.to_string(),
            "sessions": sessions.map(|session| session.to_string()), "answers": answers() })
        .to_string()
    };
    let ask = |number: usize| {
        let path = format!("/api/v1/events/{}/registrations", world.event_of(number).slug);
        post(&path, None, &body(number))
    };
    load(server, (0..2000).map(|number| ask(number + 1_000_000)).collect(), 201);
    let floor = |number| post("/no-op", None, &body(number));
    in_turns("registrations/s in full through HTTP", (server, 201, 25), floor, ask);
}

pub(crate) fn in_process() {
    let (world, parts) = world();
    let ours = |world: &World, number: usize| {
        let (event, clock, store) = (world.event_of(number).id, world.app.clock.clone(), world.app.store.clone());
        let (kind, sessions) = parts[number / crate::world::PEOPLE % parts.len()].choice(number);
        let wish = Wish { ticket_type: Some(kind), sessions: sessions.to_vec(), answers: answers(), ..wish(number) };
        async move {
            let work = move |db: &mut Db| {
                let held = Held::by_id(db, event)?;
                place(db, &Actor::ANONYMOUS, &held, wish, clock.now())
            };
            store.write(event.uuid(), work).await.unwrap();
        }
    };
    let (other, others) = self::world();
    let by_hand = |db: &Connection, number: usize| {
        register_by_hand(db, &other, &others[number / crate::world::PEOPLE % others.len()], number);
    };
    in_process_in_turns("registrations/s in full in process", (&world, ours), (&other, by_hand));
}

/// What `registrations::place` asks of the database where there is something to choose and to answer.
fn register_by_hand(db: &Connection, world: &World, parts: &Parts, number: usize) {
    let (event, now) = (world.event_of(number).id.uuid(), world.app.clock.now().micros());
    let (kind, sessions) = parts.choice(number);
    let email = address(number);
    lock_event(db, event);
    for table in ["ticket_types", "event_sessions", "questions", "consent_texts"] {
        let mut statement = db.prepare_cached(&format!("SELECT * FROM {table} WHERE event_id = ?")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query(params![event.as_bytes()]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                std::hint::black_box(row.get::<_, rusqlite::types::Value>(column).unwrap());
            }
        }
    }
    let before = db
        .prepare_cached("SELECT id FROM registrations WHERE event_id = ? AND email_key = ? LIMIT 1")
        .unwrap()
        .exists(params![event.as_bytes(), email])
        .unwrap();
    assert!(!before);
    let mut take = db
        .prepare_cached(
            "UPDATE quotas SET taken = taken + 1 WHERE event_id = ?1 AND (capacity IS NULL OR taken + held < capacity) \
             AND ((ticket_type_id IS NULL AND session_id IS NULL) OR ticket_type_id = ?2 OR session_id IN (?3, ?4))",
        )
        .unwrap();
    let [first, second] = sessions.map(turnout::store::SessionId::uuid);
    let taken = take.execute(params![event.as_bytes(), kind.uuid().as_bytes(), first.as_bytes(), second.as_bytes()]);
    assert_eq!(taken.unwrap(), 4);
    let answers = Value::Object(answers()).to_string();
    let id = insert_registration_with(db, event, number, now, (Some(kind.uuid()), Some(&answers)));
    for session in [first, second] {
        db.prepare_cached("INSERT INTO registration_sessions VALUES (?, ?, ?)")
            .unwrap()
            .execute(params![id.as_bytes(), session.as_bytes(), event.as_bytes()])
            .unwrap();
    }
    tell_by_hand(db, world, (event, id), &email, now);
}
