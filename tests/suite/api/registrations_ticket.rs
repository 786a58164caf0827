//! Tickets, their pictures, and calendar files.

use serde_json::{Value, json};

use super::{address, text};
use crate::support::{TestApp, on_both_databases};

const FILES: [&str; 3] = ["ticket", "ticket.svg", "ticket.png"];

on_both_databases! {
    fn an_attendee_fetches_their_ticket_as_text_and_pictures(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let token = app.manage_token(&ada);
        let fetch = |file: &str| app.get_as(&token, &format!("{}/{file}", address(&ada)));
        let ticket = fetch("ticket").ok(200);
        assert_eq!(ticket, json!({ "ticket": text(&ticket, "/ticket"), "code": ada["code"] }));
        assert_eq!(text(&ticket, "/ticket")[..3], *"T1.");
        let svg = fetch("ticket.svg");
        assert_eq!((svg.status, svg.header("content-type")), (200, "image/svg+xml".to_owned()));
        assert_eq!((svg.body.matches("<svg").count(), svg.body.ends_with("</svg>")), (1, true), "{}", svg.body);
        let png = app.request(reqwest::Method::GET, &format!("{}/ticket.png", address(&ada))).bearer_auth(&token);
        let png = png.send().unwrap();
        assert_eq!((png.status().as_u16(), png.headers()["content-type"].to_str().unwrap()), (200, "image/png"));
        let bytes = png.bytes().unwrap();
        assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(&bytes[bytes.len() - 8..bytes.len() - 4], b"IEND");
        // The organizer has the same ones: there is one ticket.
        assert_eq!(app.get_as_owner(&format!("{}/ticket", address(&ada))).ok(200), ticket);
    }

    fn the_ticket_opens_the_door(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let ticket = app.get_as(&app.manage_token(&ada), &format!("{}/ticket", address(&ada))).ok(200);
        let door = format!("/api/v1/check-in-lists/{}/check-ins", app.list_of("digital-day"));
        let verdict = app.post_as_owner(&door, &json!({ "ticket": ticket["ticket"] })).ok(200);
        assert_eq!((&verdict["result"], &verdict["registration"]["id"]), (&json!("accepted"), &ada["id"]));
    }

    fn whoever_waits_or_has_cancelled_has_no_ticket(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let ben = app.register("digital-day", "ben@museum.example").ok(201);
        let no_ticket = |person: &Value| {
            for token in [app.manage_token(person), app.token.clone()] {
                for file in FILES {
                    let answer = app.get_as(&token, &format!("{}/{file}", address(person)));
                    assert_eq!(answer.problem(409), "no_ticket", "{file}");
                }
            }
        };
        no_ticket(&ben);
        app.post_as_owner(&format!("{}/cancel", address(&ada)), &json!({})).ok(200);
        no_ticket(&ada);
        app.get_as(&app.manage_token(&ben), &format!("{}/ticket", address(&ben))).ok(200);
    }

    fn an_attendee_puts_their_place_into_their_calendar(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let file = app.get_as(&app.manage_token(&ada), &format!("{}/calendar.ics", address(&ada)));
        assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8; method=PUBLISH");
        assert_eq!(file.body, format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Turnout//Turnout//EN\r\nCALSCALE:GREGORIAN\r\n\
             METHOD:PUBLISH\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Luxembourg\r\nBEGIN:DAYLIGHT\r\n\
             DTSTART:20260329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n\
             END:VTIMEZONE\r\nBEGIN:VEVENT\r\nDESCRIPTION:Code: {}\r\nDTEND;TZID=Europe/Luxembourg:20260608T170000\r\n\
             DTSTAMP:20260302T090000Z\r\nDTSTART;TZID=Europe/Luxembourg:20260608T090000\r\nSEQUENCE:1\r\nSTATUS:CONFIRMED\r\n\
             SUMMARY:Digital Day\r\nUID:{}@turnout\r\n\
             URL:https://turnout.example/api/v1/events/digital-day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            text(&ada, "/code"), text(&ada, "/id")
        ));
    }

    fn the_calendar_and_the_letter_carry_what_was_chosen(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "location": { "name": "Musée" } }));
        let talk = json!({ "title": "Talk, early", "room": "Hall 1", "starts_at": "2026-06-08T08:00:00Z", "ends_at": "2026-06-08T09:00:00Z" });
        let talk = app.post_as_owner("/api/v1/events/digital-day/sessions", &talk).ok(201);
        let other = json!({ "title": "Other", "starts_at": "2026-06-08T10:00:00Z", "ends_at": "2026-06-08T11:00:00Z" });
        app.post_as_owner("/api/v1/events/digital-day/sessions", &other).ok(201);
        let press = json!({ "name": "Press", "sessions": [talk["id"]] });
        let press = app.post_as_owner("/api/v1/events/digital-day/ticket-types", &press).ok(201);
        let wish = json!({ "attendee": { "first_name": "Ada", "email": "ada@museum.example" }, "ticket_type": press["id"] });
        let ada = app.post("/api/v1/events/digital-day/registrations", &wish).ok(201);
        let file = app.get_as(&app.manage_token(&ada), &format!("{}/calendar.ics", address(&ada))).body.replace("\r\n ", "");
        let entries: Vec<&str> = file.split("BEGIN:VEVENT\r\n").skip(1).collect();
        assert_eq!(entries.len(), 2);
        assert!(entries[0].contains("SUMMARY:Digital Day\r\n") && entries[0].contains("DTEND;TZID=Europe/Luxembourg:20260608T170000\r\n"), "{file}");
        for line in ["SUMMARY:Digital Day: Talk\\, early", "DTSTART;TZID=Europe/Luxembourg:20260608T100000", "DTEND;TZID=Europe/Luxembourg:20260608T110000",
            "LOCATION:Hall 1\\, Musée", "STATUS:CONFIRMED", &format!("UID:{}.{}@turnout", text(&ada, "/id"), text(&talk, "/id"))] {
            assert!(entries[1].contains(&format!("{line}\r\n")), "{line} in {file}");
        }
        app.deliver_mail();
        let letter = app.letters().remove(0).replace("=\r\n", "");
        for line in ["Ticket: Press", "Session: Talk, early, Monday 8 June 2026, 10:00 (Luxembourg time), Hall 1"] {
            assert!(letter.contains(line), "{line} in {letter}");
        }
    }

    fn a_token_opens_its_own_registration_and_no_other(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let ben = app.register("digital-day", "ben@museum.example").ok(201);
        let mut forged = app.manage_token(&ada);
        let last = forged.pop().unwrap();
        forged.push(if last == 'A' { 'B' } else { 'A' });
        for file in ["", "/ticket", "/ticket.svg", "/ticket.png", "/calendar.ics"] {
            let path = format!("{}{file}", address(&ada));
            assert_eq!(app.get(&path).problem(401), "unauthenticated", "{file}");
            assert_eq!(app.get_as(&forged, &path).problem(401), "unauthenticated", "{file}");
            assert_eq!(app.get_as(&app.manage_token(&ben), &path).problem(404), "not_found", "{file}");
        }
    }
}
