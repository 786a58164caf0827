//! What commands print.

use serde_json::{Value, json};

use crate::support::on_both_databases;
use crate::support::process::{Turnout, bare_turnout, output_of, owner_token, turnout};

on_both_databases! {
    fn a_token_is_printed_alone_and_works(database: Database) {
        assert_eq!(
            output_of(turnout(&database).args(["organization", "add", "Musée national d'histoire"])),
            "musee-national-d-histoire\n"
        );
        let add = ["token", "add", "--organization", "musee-national-d-histoire", "--role", "editor"];
        let printed = output_of(turnout(&database).args(add));
        let token = printed.strip_suffix('\n').unwrap();
        assert!(token.starts_with("turnout_") && !token.contains(char::is_whitespace), "{printed:?}");
        let server = Turnout::serve(&database);
        server.published_event(token, &json!({}));
    }

    fn an_export_is_byte_for_byte_what_http_gives(database: Database) {
        let token = owner_token(&database);
        let server = Turnout::serve(&database);
        server.published_event(&token, &json!({}));
        let lists = server.get(&token, "/api/v1/events/digital-day/check-in-lists").ok(200);
        let door = format!("/api/v1/check-in-lists/{}/check-ins", lists["data"][0]["id"].as_str().unwrap());
        for (number, name) in ["Ada, \"the first\"", "Zoë", "=1+1", "Ben"].into_iter().enumerate() {
            let attendee = json!({ "first_name": name, "email": format!("guest{number}@museum.example") });
            let registration = server
                .post(&token, "/api/v1/events/digital-day/registrations", &json!({ "attendee": attendee }))
                .ok(201);
            if number % 2 == 0 {
                server.post(&token, &door, &json!({ "registration_id": registration["id"] })).ok(200);
            }
        }
        for what in ["participants", "attendance"] {
            for (flags, query) in [
                (&[][..], ""),
                (&["--dialect", "excel", "--locale", "fr"], "?dialect=excel&locale=fr"),
                (&["--columns", "code,email,first_name"], "?columns=code,email,first_name"),
            ] {
                let printed = output_of(turnout(&database).args(["export", what, "--event", "digital-day"]).args(flags));
                let sent = server.get(&token, &format!("/api/v1/events/digital-day/{what}.csv{query}"));
                sent.ok(200);
                // Answers are read as text, which drops the mark of UTF-8 that excel wants.
                let printed = printed.strip_prefix('\u{feff}').unwrap_or(&printed);
                assert_eq!(printed, sent.body.strip_prefix('\u{feff}').unwrap_or(&sent.body), "{what} {query}");
                assert_eq!(printed.lines().count(), 5, "{printed}");
            }
        }
    }
}

#[test]
fn the_openapi_document_is_printed_as_json() {
    let document: Value = serde_json::from_str(&output_of(bare_turnout().arg("openapi"))).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/v1/events/{event}/registrations"]["post"].is_object());
}

#[test]
fn every_command_explains_itself() {
    for command in [
        &[][..],
        &["serve"],
        &["demo"],
        &["organization"],
        &["organization", "add"],
        &["member"],
        &["member", "add"],
        &["member", "list"],
        &["token"],
        &["token", "add"],
        &["token", "list"],
        &["token", "revoke"],
        &["export"],
        &["export", "participants"],
        &["export", "attendance"],
        &["import"],
        &["mail"],
        &["mail", "test"],
        &["mail", "list"],
        &["migrate"],
        &["doctor"],
        &["openapi"],
    ] {
        let help = output_of(bare_turnout().args(command).arg("--help"));
        assert!(help.contains("Usage: turnout"), "{command:?}: {help}");
        let long = help.lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None, "{command:?}");
    }
    let help = output_of(bare_turnout().arg("--help"));
    let section = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let commands = section.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(
        names,
        [
            "serve",
            "demo",
            "organization",
            "member",
            "token",
            "export",
            "import",
            "mail",
            "migrate",
            "doctor",
            "openapi",
            "help"
        ]
    );
    let version = output_of(bare_turnout().arg("--version"));
    assert_eq!(version, concat!("turnout ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_secret_in_the_environment_is_not_in_the_help() {
    let mut command = bare_turnout();
    command
        .env("TURNOUT_DATABASE_URL", "postgres://ada:hunter2@host/db")
        .env("TURNOUT_MAIL_URL", "smtps://a:hunter2@h");
    assert!(!output_of(command.arg("--help")).contains("hunter2"));
}
