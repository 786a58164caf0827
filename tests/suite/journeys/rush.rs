//! A thousand people and 350 seats, all in the same moment; two doors and one ticket.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::Database;
use crate::support::crowd::{Request, all_at_once};
use crate::support::process::{Turnout, assert_healthy, open_many_files, output_of, owner_token, turnout};

const PEOPLE: usize = 1_000;
const SEATS: usize = 350;

/// A thousand register, in turn with each of the servers; returns the organizer's token and the answers.
fn rush(database: &Database, servers: &[Turnout], waitlist: &str) -> (String, Vec<(u16, Value)>) {
    let token = owner_token(database);
    let event = json!({ "capacity": SEATS, "registration": { "waitlist": waitlist } });
    servers[0].published_event(&token, &event);
    let people = (0..PEOPLE).map(|number| {
        let server = &servers[number % servers.len()];
        Request::registration(&server.address, &format!("guest{number}@museum.example"))
    });
    let answers = all_at_once(people.collect());
    (token, answers)
}

fn a_full_house_with_a_waiting_list(database: &Database, servers: &[Turnout]) {
    let (token, answers) = rush(database, servers, "auto");
    assert!(
        answers.iter().all(|(status, _)| *status == 201),
        "{:?}",
        answers.iter().find(|(status, _)| *status != 201)
    );
    let seated = answers.iter().filter(|(_, body)| body["status"] == "confirmed").count();
    let waiting: BTreeSet<i64> = answers.iter().filter_map(|(_, body)| body["waitlist_position"].as_i64()).collect();
    assert_eq!(seated, SEATS);
    assert_eq!(waiting, (1..=650).collect(), "each position once");

    let event = servers[0].get(&token, "/api/v1/events/digital-day").ok(200);
    assert_eq!(
        event["seats"],
        json!({ "capacity": SEATS, "taken": SEATS, "available": 0, "waitlisted": 650, "overbooked": 0 })
    );
    let rows = servers[0].all(&token, "/api/v1/events/digital-day/registrations");
    assert_eq!(rows.len(), PEOPLE);
    let now: BTreeSet<i64> = rows.iter().filter_map(|row| row["waitlist_position"].as_i64()).collect();
    assert_eq!(now, waiting);
    for (_, answered) in &answers {
        let row = rows.iter().find(|row| row["id"] == answered["id"]).unwrap();
        assert_eq!((&row["status"], &row["waitlist_position"]), (&answered["status"], &answered["waitlist_position"]));
    }
    assert_healthy(database);
}

fn a_full_house_without_a_waiting_list(database: &Database, servers: &[Turnout]) {
    let (token, answers) = rush(database, servers, "off");
    let seated = answers.iter().filter(|(status, body)| *status == 201 && body["status"] == "confirmed").count();
    let refused = answers.iter().filter(|(status, body)| *status == 409 && body["code"] == "sold_out").count();
    assert_eq!((seated, refused), (SEATS, PEOPLE - SEATS));
    assert_eq!(servers[0].all(&token, "/api/v1/events/digital-day/registrations").len(), SEATS);
    assert_healthy(database);
}

/// A thousand tickets, each at two doors in the same moment, a hundred at a time.
fn two_doors_and_a_thousand_tickets(database: &Database, servers: &[Turnout]) {
    let token = owner_token(database);
    servers[0].published_event(&token, &json!({}));
    let lists = servers[0].get(&token, "/api/v1/events/digital-day/check-in-lists").ok(200);
    let list = lists["data"][0]["id"].as_str().unwrap();
    // Two devices: what one of them reads twice is no alarm.
    let other = output_of(turnout(database).args(["token", "add", "--organization", "ict-cluster", "--role", "door"]));
    let doors = [(&servers[0].address, token.as_str()), (&servers[servers.len() - 1].address, other.trim())];
    for round in 0..10 {
        let guest = |number| format!("guest{round}x{number}@museum.example");
        let people = (0..100).map(|number| Request::registration(&servers[0].address, &guest(number)));
        let registered = all_at_once(people.collect());
        let scans = registered.iter().flat_map(|(_, registration)| {
            let id = registration["id"].as_str().unwrap();
            doors.map(|(address, token)| Request::check_in(address, token, list, id))
        });
        let verdicts = all_at_once(scans.collect());
        for pair in verdicts.chunks(2) {
            let mut results = [pair[0].1["result"].as_str(), pair[1].1["result"].as_str()];
            results.sort_unstable();
            assert_eq!(results, [Some("accepted"), Some("denied")], "{pair:?}");
            assert!(pair.iter().any(|(_, verdict)| verdict["reason"] == "already_checked_in"), "{pair:?}");
        }
    }
    let status = servers[0].get(&token, &format!("/api/v1/check-in-lists/{list}/status")).ok(200);
    let thousand = json!(1_000);
    assert_eq!([&status["attended"], &status["entries"], &status["denied"]], [&thousand; 3]);
    assert_healthy(database);
}

macro_rules! with_one_process_and_with_two {
    ($($scenario:ident)*) => {$(
        mod $scenario {
            use super::*;

            #[test]
            fn with_one_process_on_sqlite() {
                open_many_files();
                let database = Database::sqlite();
                super::$scenario(&database, &[Turnout::serve(&database)]);
            }

            #[test]
            #[ignore = "needs a PostgreSQL server: scripts/test starts one"]
            fn with_two_processes_on_postgres() {
                open_many_files();
                let database = Database::postgres();
                super::$scenario(&database, &[Turnout::serve(&database), Turnout::serve(&database)]);
            }
        }
    )*};
}

with_one_process_and_with_two! {
    a_full_house_with_a_waiting_list
    a_full_house_without_a_waiting_list
    two_doors_and_a_thousand_tickets
}
