//! A list as people come and go.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::Response;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::devices::paired;
use super::{pairs, send, text};
use crate::support::{Answer, SecondInstance, TestApp, on_both_databases};

/// Server-sent events, as they come.
struct Events(BufReader<Response>);

/// One of them.
#[derive(Debug, PartialEq)]
struct Event {
    kind: String,
    id: Option<String>,
    data: Value,
}

impl Events {
    fn open(app: &TestApp, address: &str, token: &str, last: Option<&str>) -> Self {
        let path = format!("{address}/api/v1/check-in-lists/{}/live", app.list_of("digital-day"));
        let mut request = app.client.request(Method::GET, path).bearer_auth(token).timeout(Duration::from_mins(10));
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        let response = request.send().unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(BufReader::new(response))
    }

    /// The next event; none: the stream has ended. Signs of life are skipped.
    fn next(&mut self) -> Option<Event> {
        let (mut kind, mut id, mut data) = (String::new(), None, Value::Null);
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim_end_matches('\n').split_once(": ") {
                Some(("event", value)) => value.clone_into(&mut kind),
                Some(("id", value)) => id = Some(value.to_owned()),
                Some(("data", value)) => data = serde_json::from_str(value).unwrap(),
                Some(other) => panic!("{other:?}"),
                None if line == "\n" && kind.is_empty() => {}
                None if line == "\n" => return Some(Event { kind, id, data }),
                None => assert_eq!(line, ":\n"),
            }
        }
    }

    /// The next row of the log.
    fn next_check_in(&mut self) -> Event {
        std::iter::from_fn(|| self.next()).find(|event| event.kind == "check_in").unwrap()
    }
}

/// Lets somebody in: the id of the row.
fn let_in(app: &TestApp, name: &str) -> String {
    let person = app.register("digital-day", &format!("{name}@museum.example")).ok(201);
    let path = format!("/api/v1/check-in-lists/{}/check-ins", app.list_of("digital-day"));
    text(&app.post_as_owner(&path, &json!({ "code": person["code"] })).ok(200), "/check_in_id")
}

on_both_databases! {
    fn whoever_follows_a_list_sees_people_come(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (_, device) = paired(&app, &json!({}));
        let mut events = Events::open(&app, &app.address, &device, None);
        let first = events.next().unwrap();
        assert_eq!(first, Event { kind: "status".to_owned(), id: None, data: json!({ "expected": 0, "attended": 0, "inside": 0,
            "entries": 0, "exits": 0, "denied": 0, "as_of": "2026-03-02T09:00:00Z" }) });
        let row = let_in(&app, "ada");
        let came = events.next_check_in();
        assert_eq!((came.id.as_ref(), &came.data["id"], &came.data["result"], &came.data["person"]["name"]),
            (Some(&row), &json!(row), &json!("accepted"), &json!("ada")));
        assert!(!came.data.to_string().contains('@'));
        let status = events.next().unwrap();
        assert_eq!((status.kind.as_str(), &status.data["expected"], &status.data["inside"]), ("status", &json!(1), &json!(1)));
        // What is turned away is seen, too.
        let path = format!("/api/v1/check-in-lists/{}/check-ins", app.list_of("digital-day"));
        app.post_as_owner(&path, &json!({ "ticket": "another system's" })).ok(200);
        let turned_away = events.next_check_in();
        assert_eq!((&turned_away.data["reason"], &turned_away.data["person"]), (&json!("invalid"), &Value::Null));
    }

    fn whoever_comes_back_gets_what_they_have_missed(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let mut events = Events::open(&app, &app.address, &app.token, None);
        let ada = let_in(&app, "ada");
        let heard = events.next_check_in().id.unwrap();
        assert_eq!(heard, ada);
        drop(events);
        let missed: Vec<String> = (0..700).map(|n| let_in(&app, &format!("p{n}"))).collect();
        let mut events = Events::open(&app, &app.address, &app.token, Some(&heard));
        let heard: Vec<String> = (0..700).map(|_| events.next_check_in().id.unwrap()).collect();
        assert_eq!(heard, missed);
        let ben = let_in(&app, "ben");
        assert_eq!(events.next_check_in().id, Some(ben));
    }

    fn two_hundred_follow_a_list_at_one_instance_and_one_at_another(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let other = SecondInstance::of(&app);
        let mut all: Vec<Events> = (0..200).map(|_| Events::open(&app, &app.address, &app.token, None)).collect();
        all.push(Events::open(&app, &other.address, &app.token, None));
        let rows = [let_in(&app, "ada"), let_in(&app, "ben")];
        for events in &mut all {
            assert_eq!([events.next_check_in().id.unwrap(), events.next_check_in().id.unwrap()], rows);
        }
    }

    fn whoever_may_not_follow_a_list_any_more_is_let_go(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (id, device) = paired(&app, &json!({}));
        let mut events = Events::open(&app, &app.address, &device, None);
        assert_eq!(events.next().unwrap().kind, "status");
        let gone = send(&app, Method::DELETE, &format!("/api/v1/devices/{id}"), &[], &json!({}));
        assert_eq!(gone.status, 204);
        let last = std::iter::from_fn(|| events.next()).find(|event| event.kind != "status");
        assert_eq!(last, Some(Event { kind: "end".to_owned(), id: None, data: json!({}) }));
        assert_eq!(events.next(), None);
    }

    fn a_stream_that_makes_no_sense_is_refused(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let path = format!("/api/v1/check-in-lists/{}/live", app.list_of("digital-day"));
        assert_eq!(app.get_as_owner(&format!("{path}?last_event_id=x&y=1")).issues(), pairs(&[("last_event_id", "invalid_id"), ("y", "unknown_parameter")]));
        let header = app.request(Method::GET, &path).bearer_auth(&app.token).header("Last-Event-ID", "x");
        assert_eq!(Answer::of(header).issues(), pairs(&[("Last-Event-ID", "invalid_id")]));
        assert_eq!(app.get(&path).problem(401), "unauthenticated");
        let stranger = app.organization_with_token("Stranger", "stranger", Role::Owner);
        assert_eq!(app.get_as(&stranger, &path).problem(404), "not_found");
    }
}
