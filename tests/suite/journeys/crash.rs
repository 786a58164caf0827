//! `kill -9` under load, at random moments: what was answered is kept, and what was promised by mail is sent.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use rand::RngExt;
use serde_json::{Value, json};
use turnout::app::App;
use turnout::clock::Clock;
use turnout::config::Settings;

use crate::support::load::{Answered, Load};
use crate::support::process::{Turnout, assert_healthy, owner_token};
use crate::support::smtp::MailServer;
use crate::support::{Database, on_both_databases};

on_both_databases! {
    fn twenty_crashes_lose_nothing_and_send_everything_once(database: Database) {
        let crashed = Crashed::times(20, &database, None);
        for message in &crashed.messages {
            assert_eq!(message["state"], "sent", "{message}");
        }
        let files = std::fs::read_dir(database.folder().join("mail")).unwrap();
        let kept: HashSet<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        for message in &crashed.messages {
            let name = format!("mail/{}.eml", message["id"].as_str().unwrap());
            assert!(kept.contains(&database.folder().join(&name)), "{name} is not there");
        }
        let letters = kept.iter().filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
        assert_eq!(letters.count(), crashed.messages.len());
    }
}

#[test]
#[ignore = "needs aiosmtpd: scripts/test starts it"]
fn five_crashes_send_no_letter_twice_to_a_mail_server() {
    let (database, server) = (Database::sqlite(), MailServer::start());
    let crashed = Crashed::times(5, &database, Some(&server.url));
    let mut arrived: HashMap<String, usize> = HashMap::new();
    for letter in server.letters() {
        let line = letter.lines().find(|line| line.starts_with("Message-ID: ")).unwrap().to_owned();
        *arrived.entry(line).or_default() += 1;
    }
    for message in &crashed.messages {
        let line = format!("Message-ID: <{}@turnout.example>", message["id"].as_str().unwrap());
        let count = arrived.remove(&line).unwrap_or_default();
        match message["state"].as_str() {
            Some("sent") => assert_eq!(count, 1, "{message}"),
            Some("unknown") => assert!(count <= 1, "{message}"),
            _ => panic!("neither sent nor unknown: {message}"),
        }
    }
    assert!(arrived.is_empty(), "letters that nobody posted: {arrived:?}");
}

/// What is left after crashes, with every letter delivered.
struct Crashed {
    messages: Vec<Value>,
}

impl Crashed {
    fn times(rounds: usize, database: &Database, mail_url: Option<&str>) -> Self {
        let token = owner_token(database);
        let serve = || {
            Turnout::serve_with(database, |command| {
                command.args(["--mail-from", "Turnout <turnout@turnout.example>"]);
                if let Some(url) = mail_url {
                    command.args(["--mail-url", url]);
                }
            })
        };
        let mut server = serve();
        server.published_event(&token, &json!({}));
        let lists = server.get(&token, "/api/v1/events/digital-day/check-in-lists").ok(200);
        let list = lists["data"][0]["id"].as_str().unwrap().to_owned();
        let mut answered = Answered::default();
        for round in 0..rounds {
            let load = Load::start(&server, &token, &list, round);
            std::thread::sleep(Duration::from_micros(rand::rng().random_range(10_000..300_000)));
            server.kill();
            let more = load.end();
            answered.registrations.extend(more.registrations);
            answered.check_ins.extend(more.check_ins);
            server = serve();
        }
        assert!(answered.check_ins.len() > rounds, "there was hardly any load: {answered:?}");

        let registrations = server.all(&token, "/api/v1/events/digital-day/registrations");
        let ids: HashSet<&str> = registrations.iter().map(|row| row["id"].as_str().unwrap()).collect();
        let missing: Vec<_> = answered.registrations.iter().filter(|id| !ids.contains(id.as_str())).collect();
        assert!(missing.is_empty(), "registrations that were answered and lost: {missing:?}");
        let log = server.all(&token, &format!("/api/v1/check-in-lists/{list}/check-ins"));
        let accepted: HashSet<&str> =
            log.iter().filter(|row| row["result"] == "accepted").map(|row| row["id"].as_str().unwrap()).collect();
        let missing: Vec<_> = answered.check_ins.iter().filter(|id| !accepted.contains(id.as_str())).collect();
        assert!(missing.is_empty(), "check-ins that were answered and lost: {missing:?}");

        server.terminate();
        assert_eq!(server.wait().code(), Some(0));
        deliver_after_all_leases(database, mail_url);
        assert_healthy(database);

        let server = serve();
        let messages = server.all(&token, "/api/v1/events/digital-day/messages");
        let about: HashSet<&str> =
            messages.iter().map(|message| message["registration_id"].as_str().unwrap()).collect();
        assert_eq!(messages.len(), registrations.len(), "one message a registration");
        assert_eq!(about, ids);
        drop(registrations);
        Self { messages }
    }
}

/// Delivers what is left as a Turnout does that runs when the leases of the killed ones have ended.
pub(super) fn deliver_after_all_leases(database: &Database, mail_url: Option<&str>) {
    let clock = Clock::standing_at(Clock::system().now().plus(TimeDelta::minutes(11)));
    let overrides = json!({
        "data_dir": database.folder(),
        "database": { "url": database.url() },
        "mail": { "from": "Turnout <turnout@turnout.example>", "url": mail_url },
    });
    let app = App::assemble(&Settings::load(None, &overrides).unwrap(), clock).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { while app.postman.round().await.unwrap() > 0 {} });
    app.store.close();
}
