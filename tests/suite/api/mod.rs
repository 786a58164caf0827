//! HTTP in JSON.

mod access_codes;
mod answers;
mod approval;
mod audit;
mod audit_actors;
mod audit_of_people;
mod bad_input;
mod bad_requests;
mod bounces;
mod bulk;
mod campaigns;
mod check_in_lists;
mod check_in_log;
mod check_ins;
mod check_ins_property;
mod consents;
mod devices;
mod door_search;
mod door_settings;
mod duplicate;
mod edit;
mod edit_answers;
mod erase;
mod evacuation;
mod events;
mod events_change;
mod events_list;
mod events_window;
mod explain;
mod exports;
mod exports_for_people;
mod groups;
mod hosts;
mod hosts_access;
mod idempotency;
mod idempotency_of_two;
mod imports;
mod invitations;
mod invitations_kept;
mod invites;
mod letters;
mod links_in_names;
mod live;
mod me;
mod members;
mod messages;
mod messages_by_hand;
mod offers;
mod offline;
mod organizations;
mod organizers_told;
mod paper;
mod password_reset;
mod questions;
mod registration_rules;
mod registrations;
mod registrations_list;
mod registrations_rate;
mod registrations_ticket;
mod registrations_twice;
mod resend;
mod restore;
mod roster;
mod search;
mod second_factor;
mod series;
mod session_changes;
mod sessions;
mod sign_in;
mod sign_in_rate;
mod statistics;
mod tokens;
mod transfer;
mod verification;
mod via;
mod waitlist;
mod walk_ins;
mod wordings;
mod workbooks;
mod world_of_parts;

use reqwest::Method;
use serde_json::Value;

use crate::support::{Answer, TestApp};

/// What a list of one page has at a pointer of each row.
#[track_caller]
pub fn column(answer: &Answer, pointer: &str) -> Vec<Value> {
    let list = answer.ok(200);
    assert_eq!(list["next_cursor"], Value::Null, "there is more than one page");
    values(&list, pointer)
}

fn values(list: &Value, pointer: &str) -> Vec<Value> {
    list["data"].as_array().unwrap().iter().map(|row| row.pointer(pointer).unwrap().clone()).collect()
}

/// What each page of a list has at a pointer of each row; `path` has a query already.
#[track_caller]
pub fn pages(app: &TestApp, path: &str, pointer: &str) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut next = path.to_owned();
    loop {
        let page = app.get_as_owner(&next).ok(200);
        pages.push(values(&page, pointer));
        match &page["next_cursor"] {
            Value::Null => return pages,
            cursor => next = format!("{path}&cursor={}", cursor.as_str().unwrap()),
        }
    }
}

/// A request of the owner with headers.
pub fn send(app: &TestApp, method: Method, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let mut request = app.request(method, path).bearer_auth(&app.token).json(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::of(request)
}

/// A text of a JSON object.
#[track_caller]
pub fn text(object: &Value, pointer: &str) -> String {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer} in {object}")).to_owned()
}

/// The address of a registration.
#[track_caller]
pub fn address(registration: &Value) -> String {
    format!("/api/v1/registrations/{}", text(registration, "/id"))
}

/// Kind and recipient of each message about an event.
#[track_caller]
pub fn messages(app: &TestApp, event: &str) -> Vec<(String, String)> {
    let list = app.get_as_owner(&format!("/api/v1/events/{event}/messages?limit=500")).ok(200);
    let rows = list["data"].as_array().unwrap();
    rows.iter().map(|row| (text(row, "/kind"), text(row, "/recipient"))).collect()
}

/// Pairs of words, as [`messages`] and `Answer::issues` give them.
pub fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}
