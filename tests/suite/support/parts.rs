//! Ticket types and sessions of an event.

use serde_json::Value;
use turnout::audit::Actor;
use turnout::events::{self, Held, SessionDraft, TicketTypeDraft, TicketVisibility};

use super::TestApp;

/// Adds a session that is as long as its event, beside which others may be chosen.
pub fn session(app: &TestApp, event: &Value, title: &str, capacity: Option<i64>) -> String {
    let (id, title, now) = (event["id"].as_str().unwrap().parse().unwrap(), title.parse().unwrap(), app.clock.now());
    let added = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let held = Held::by_id(db, id)?;
        let draft = SessionDraft {
            title,
            description: None,
            room: None,
            starts_at: held.event.starts_at,
            ends_at: held.event.ends_at,
            capacity: capacity.map(|seats| seats.try_into().unwrap()),
            overlap_allowed: true,
            position: None,
        };
        events::add_session(db, &Actor::SYSTEM, &held, draft, now)
    });
    added.unwrap().id.to_string()
}

/// Adds a ticket type.
pub fn ticket_type(app: &TestApp, event: &Value, name: &str, capacity: Option<i64>, approval: bool) -> String {
    let (id, name, now) = (event["id"].as_str().unwrap().parse().unwrap(), name.parse().unwrap(), app.clock.now());
    let added = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let held = Held::by_id(db, id)?;
        let draft = TicketTypeDraft {
            name,
            description: None,
            visibility: TicketVisibility::Public,
            opens_at: None,
            closes_at: None,
            group: (1, 20),
            approval,
            sessions: Vec::new(),
            capacity: capacity.map(|seats| seats.try_into().unwrap()),
            position: None,
        };
        events::add_ticket_type(db, &Actor::SYSTEM, &held, draft, now)
    });
    added.unwrap().id.to_string()
}
