//! An event with ticket types and sessions, and changes to registrations.

use reqwest::Method;
use serde_json::{Value, json};
use turnout::audit::Actor;
use turnout::events::{Capacity, Held, SessionDraft, TicketTypeDraft, TicketVisibility, add_session, add_ticket_type};
use turnout::store::SessionId;

use super::{address, text};
use crate::support::{Answer, TestApp};

/// Adds a session to Digital Day, on its day in UTC: `("09:00", "10:00")`. Its id.
pub fn session(app: &TestApp, title: &str, (from, to): (&str, &str), capacity: Option<i64>) -> String {
    let draft = SessionDraft {
        title: title.parse().unwrap(),
        description: None,
        room: None,
        starts_at: format!("2026-06-08T{from}:00Z").parse().unwrap(),
        ends_at: format!("2026-06-08T{to}:00Z").parse().unwrap(),
        capacity: capacity.map(|seats| Capacity::try_from(seats).unwrap()),
        overlap_allowed: false,
        position: None,
    };
    let now = app.clock.now();
    let added = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let held = Held::by_name(db, "digital-day")?;
        add_session(db, &Actor::COMMAND_LINE, &held, draft, now)
    });
    added.unwrap().id.to_string()
}

/// Adds a ticket type to Digital Day. Its id.
pub fn ticket_type(app: &TestApp, name: &str, sessions: &[&str], capacity: Option<i64>, hidden: bool) -> String {
    let draft = TicketTypeDraft {
        name: name.parse().unwrap(),
        description: None,
        visibility: if hidden { TicketVisibility::Code } else { TicketVisibility::Public },
        opens_at: None,
        closes_at: None,
        group: (1, 20),
        approval: false,
        sessions: sessions.iter().map(|id| id.parse::<SessionId>().unwrap()).collect(),
        capacity: capacity.map(|seats| Capacity::try_from(seats).unwrap()),
        position: None,
    };
    let now = app.clock.now();
    let added = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let held = Held::by_name(db, "digital-day")?;
        add_ticket_type(db, &Actor::COMMAND_LINE, &held, draft, now)
    });
    added.unwrap().id.to_string()
}

/// Registers somebody for Digital Day with more than an address.
pub fn register_with(app: &TestApp, name: &str, more: &Value) -> Answer {
    let mut wish = json!({ "attendee": { "first_name": name, "email": format!("{name}@museum.example") } });
    for (field, value) in more.as_object().unwrap() {
        wish[field] = value.clone();
    }
    app.post("/api/v1/events/digital-day/registrations", &wish)
}

/// Changes whatever version of a registration is there.
pub fn edit(app: &TestApp, token: &str, registration: &Value, query: &str, change: &Value) -> Answer {
    let request = app.request(Method::PATCH, &format!("{}{query}", address(registration)));
    Answer::of(request.bearer_auth(token).header("If-Match", "*").json(change))
}

/// A deed to a registration: `cancel`, `restore`, …
pub fn deed(app: &TestApp, token: &str, registration: &Value, deed: &str, body: &Value) -> Answer {
    app.post_as(token, &format!("{}/{deed}", address(registration)), body)
}

/// The attendee's token after some changes.
pub fn token_of_epoch(app: &TestApp, registration: &Value, epoch: u16) -> String {
    let token = turnout::access::ManageToken { registration: text(registration, "/id").parse().unwrap(), epoch };
    token.text(&app.app.api.keys).reveal().to_owned()
}

/// Deed and changes of what the trail tells of a registration, oldest first.
pub fn trail(app: &TestApp, registration: &Value) -> Vec<(String, Value)> {
    let path = format!("/api/v1/events/digital-day/audit?subject_id={}", text(registration, "/id"));
    let rows = app.get_as_owner(&path).ok(200)["data"].as_array().unwrap().clone();
    rows.iter().rev().map(|row| (text(row, "/deed"), row["changes"].clone())).collect()
}
