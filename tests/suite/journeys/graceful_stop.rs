//! SIGTERM under load: everything that was begun is finished, and nothing is left lying about.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use serde_json::json;
use turnout::mail::MessageState;
use turnout::store::schema::messages;
use turnout::store::{Location, Store};

use crate::support::load::Load;
use crate::support::process::{Turnout, assert_healthy, owner_token};
use crate::support::trickster::{Trick, TricksterServer, Verb};
use crate::support::{Database, on_both_databases};

on_both_databases! {
    fn a_server_that_is_asked_to_stop_keeps_what_it_answered_and_gives_back_its_mail(database: Database) {
        let token = owner_token(&database);
        let mail = TricksterServer::start();
        let serve = || {
            Turnout::serve_with(&database, |command| {
                command.args(["--mail-url", &mail.url]);
            })
        };
        let mut server = serve();
        server.published_event(&token, &json!({}));
        let lists = server.get(&token, "/api/v1/events/digital-day/check-in-lists").ok(200);
        let list = lists["data"][0]["id"].as_str().unwrap().to_owned();
        let (mut registered, mut checked_in) = (HashSet::new(), HashSet::new());
        for round in 0..5 {
            let load = Load::start(&server, &token, &list, round);
            std::thread::sleep(Duration::from_millis(150));
            let asked = Instant::now();
            server.terminate();
            assert_eq!(server.wait().code(), Some(0));
            assert!(asked.elapsed() < Duration::from_secs(10), "it took {:?}", asked.elapsed());
            let answered = load.end();
            assert!(!answered.registrations.is_empty(), "there was hardly any load");
            registered.extend(answered.registrations);
            checked_in.extend(answered.check_ins);
            assert_eq!(leased(&database), 0, "a message is still leased");
            assert_healthy(&database);
            server = serve();
        }
        let ids = |path: &str| -> HashSet<String> {
            server.all(&token, path).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
        };
        let missing: Vec<_> = registered.difference(&ids("/api/v1/events/digital-day/registrations")).cloned().collect();
        assert_eq!(missing, Vec::<String>::new());
        let missing: Vec<_> =
            checked_in.difference(&ids(&format!("/api/v1/check-in-lists/{list}/check-ins"))).cloned().collect();
        assert_eq!(missing, Vec::<String>::new());
    }
}

#[test]
fn a_mail_server_that_stalls_does_not_keep_turnout_from_stopping() {
    let (database, mail) = (Database::sqlite(), TricksterServer::start());
    let token = owner_token(&database);
    let server = Turnout::serve_with(&database, |command| {
        command.args(["--mail-url", &mail.url, "--mail-timeout", "1"]);
    });
    server.published_event(&token, &json!({}));
    mail.play(Verb::Rcpt, Trick::Stalls);
    let wish = json!({ "attendee": { "first_name": "Ada", "email": "ada@museum.example" } });
    for number in 0..8 {
        let mut wish = wish.clone();
        wish["attendee"]["email"] = json!(format!("guest{number}@museum.example"));
        server.request(reqwest::Method::POST, "/api/v1/events/digital-day/registrations").json(&wish).send().unwrap();
    }
    let deadline = Instant::now() + Duration::from_secs(30);
    while server.all(&token, "/api/v1/events/digital-day/messages").iter().all(|message| message["state"] == "queued") {
        assert!(Instant::now() < deadline, "no letter is on its way");
        std::thread::sleep(Duration::from_millis(5));
    }
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
    assert_eq!(leased(&database), 0, "what was on its way is settled, what was not is given back");
}

/// How many messages somebody claims to be at work on.
fn leased(database: &Database) -> i64 {
    let store = Store::open(Location::parse(Some(&database.url()), database.folder()).unwrap()).unwrap();
    let count = store.read_here(|db| {
        let claimed =
            messages::table.filter(messages::lease.is_not_null().or(messages::state.eq(MessageState::Sending)));
        Ok(claimed.count().get_result(db)?)
    });
    store.close();
    count.unwrap()
}
