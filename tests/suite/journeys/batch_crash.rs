//! `kill -9` in the middle of batches: they are sent again, and the end is as if nothing had happened.

use std::time::Duration;

use chrono::TimeDelta;
use rand::RngExt;
use serde_json::{Value, json};
use turnout::clock::Clock;

use crate::support::on_both_databases;
use crate::support::process::{Turnout, assert_healthy, owner_token};

const PEOPLE: usize = 20;
const BATCHES: usize = 12;

/// Facts of an afternoon: people come, go, come twice, and some are nobody.
fn facts(batch: usize, codes: &[String], hour: &str) -> Vec<Value> {
    let fact = |number: usize| {
        let (nonce, minute) = (format!("b{batch}n{number}"), (batch * 7 + number * 3) % 60);
        let direction = if (batch + number).is_multiple_of(3) { "exit" } else { "entry" };
        let code = codes.get((batch * 5 + number) % (PEOPLE + 2)).map_or("nobody", String::as_str);
        json!({ "code": code, "nonce": nonce, "direction": direction,
            "occurred_at": format!("{hour}:{minute:02}:{:02}Z", number % 60) })
    };
    (0..100).map(fact).collect()
}

/// An event with people; its list, and their codes.
fn event(server: &Turnout, token: &str, slug: &str) -> (String, Vec<String>) {
    server.published_event(token, &json!({ "slug": slug }));
    let register = |number: usize| {
        let attendee = json!({ "first_name": format!("P{number:02}"), "email": format!("p{number}@museum.example") });
        let path = format!("/api/v1/events/{slug}/registrations");
        server.post(token, &path, &json!({ "attendee": attendee })).ok(201)["code"].as_str().unwrap().to_owned()
    };
    let codes = (0..PEOPLE).map(register).collect();
    let lists = server.get(token, &format!("/api/v1/events/{slug}/check-in-lists")).ok(200);
    (lists["data"][0]["id"].as_str().unwrap().to_owned(), codes)
}

/// Sends a batch; whether somebody answered.
fn send(address: &str, token: &str, list: &str, facts: &[Value]) -> bool {
    let client = reqwest::blocking::Client::builder().timeout(Duration::from_mins(1)).build().unwrap();
    let request = client.post(format!("{address}/api/v1/check-in-lists/{list}/check-ins/batch")).bearer_auth(token);
    let Ok(response) = request.json(&json!({ "check_ins": facts })).send() else { return false };
    let status = response.status().as_u16();
    let Ok(answer) = response.json::<Value>() else { return false };
    assert!(status == 200 || status == 503, "{answer}");
    status == 200 && answer["verdicts"].as_array().unwrap().len() == facts.len()
}

/// Numbers, conflicts by nonce, and each person's presence.
fn end(server: &Turnout, token: &str, list: &str) -> Value {
    let mut status = server.get(token, &format!("/api/v1/check-in-lists/{list}/status")).ok(200);
    status.as_object_mut().unwrap().remove("as_of");
    let conflicts = server.all(token, &format!("/api/v1/check-in-lists/{list}/conflicts"));
    let mut conflicts: Vec<String> =
        conflicts.iter().map(|row| format!("{} {}", row["check_in"]["nonce"], row["reason"])).collect();
    conflicts.sort();
    let people = server.all(token, &format!("/api/v1/check-in-lists/{list}/attendance"));
    let person = |row: &Value| json!([row["registration"]["name"], row["first_entry_at"], row["last_exit_at"]]);
    let rows = server.all(token, &format!("/api/v1/check-in-lists/{list}/check-ins")).len();
    json!([status, conflicts, people.iter().map(person).collect::<Vec<_>>(), rows])
}

on_both_databases! {
    fn a_batch_that_was_cut_off_is_sent_again_and_ends_the_same(database: Database) {
        let token = owner_token(&database);
        let mut server = Turnout::serve(&database);
        let (calm, calm_codes) = event(&server, &token, "calm");
        let (stormy, stormy_codes) = event(&server, &token, "stormy");
        // One that is over, so that nothing of it lies ahead.
        let hour = Clock::system().now().plus(-TimeDelta::hours(1)).to_string()[..13].to_owned();
        for batch in 0..BATCHES {
            assert!(send(&server.address, &token, &calm, &facts(batch, &calm_codes, &hour)));
        }
        for batch in 0..BATCHES {
            let facts = facts(batch, &stormy_codes, &hour);
            let (address, bearer, list, theirs) = (server.address.clone(), token.clone(), stormy.clone(), facts.clone());
            let sending = std::thread::spawn(move || send(&address, &bearer, &list, &theirs));
            std::thread::sleep(Duration::from_micros(rand::rng().random_range(1_000..80_000)));
            server.kill();
            sending.join().unwrap();
            server = Turnout::serve(&database);
            assert!(send(&server.address, &token, &stormy, &facts));
        }
        assert_eq!(end(&server, &token, &stormy), end(&server, &token, &calm));
        assert_healthy(&database);
    }
}
