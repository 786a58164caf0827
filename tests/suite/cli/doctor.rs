//! `turnout doctor` finds what is wrong.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::json;

use crate::support::process::{Turnout, assert_healthy, doctor, free_port, owner_token, turnout};
use crate::support::trickster::TricksterServer;
use crate::support::{Database, on_both_databases};

/// An event with a guest who came, in a database on which nobody works any more.
fn visited(database: &Database) {
    let token = owner_token(database);
    let server = Turnout::serve(database);
    server.published_event(&token, &json!({ "capacity": 10 }));
    let wish = json!({ "attendee": { "first_name": "Ada", "email": "ada@museum.example" } });
    let registration = server.post(&token, "/api/v1/events/digital-day/registrations", &wish).ok(201);
    let lists = server.get(&token, "/api/v1/events/digital-day/check-in-lists").ok(200);
    let door = format!("/api/v1/check-in-lists/{}/check-ins", lists["data"][0]["id"].as_str().unwrap());
    server.post(&token, &door, &json!({ "registration_id": registration["id"] })).ok(200);
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
}

/// What the doctor says after somebody has changed the rows behind Turnout's back.
fn after(tampering: &str) -> (Option<i32>, String, String) {
    let database = Database::sqlite();
    visited(&database);
    assert_healthy(&database);
    SqliteConnection::establish(&database.url()).unwrap().batch_execute(tampering).unwrap();
    let said = doctor(&database);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (said.status.code(), text(said.stdout), text(said.stderr))
}

on_both_databases! {
    fn a_healthy_database_is_well(database: Database) {
        visited(&database);
        let said = String::from_utf8(doctor(&database).stdout).unwrap();
        assert!(said.ends_with("all is well\n"), "{said}");
        assert!(!said.contains("WRONG"), "{said}");
    }
}

#[test]
fn a_seat_too_many_is_reported() {
    let (code, said, reason) = after("UPDATE quotas SET taken = 2");
    assert_eq!((code, reason.as_str()), (Some(1), "turnout: 1 of these are wrong\n"), "{said}");
    assert!(said.contains(": 2 taken, 1 confirmed registrations, capacity 10"), "{said}");
}

#[test]
fn more_guests_than_seats_are_reported() {
    let (code, said, _) = after("UPDATE quotas SET capacity = 0");
    assert_eq!(code, Some(1));
    assert!(said.contains(": 1 taken, 1 confirmed registrations, capacity 0"), "{said}");
}

#[test]
fn a_list_that_counts_wrong_is_reported() {
    let (code, said, _) = after("UPDATE check_in_lists SET attended = 7");
    assert_eq!(code, Some(1));
    assert!(said.contains("check-ins    WRONG"), "{said}");
}

#[test]
fn a_mail_server_is_asked_whether_it_is_there() {
    let database = Database::sqlite();
    let with = |url: &str| turnout(&database).args(["doctor", "--mail-url", url]).output().unwrap();
    let mail = TricksterServer::start();
    assert_eq!(with(&mail.url).status.code(), Some(0));
    let port = free_port();
    let away = with(&format!("smtp://ada:hunter2@127.0.0.1:{port}"));
    let said = String::from_utf8(away.stdout).unwrap();
    assert_eq!(away.status.code(), Some(1));
    assert!(said.contains(&format!("mail         WRONG    the mail server 127.0.0.1:{port}")), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}
