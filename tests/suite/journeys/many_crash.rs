//! `kill -9` while many are written to: everyone gets each letter once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::crash::deliver_after_all_leases;
use crate::support::process::{Turnout, assert_healthy, owner_token};
use crate::support::smtp::MailServer;
use crate::support::{Answer, Database, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";
/// More than one write posts, and more than one round of the postman sends.
const PEOPLE: usize = 600;
/// Two letters to each: that the event moved, and the campaign.
const LETTERS: usize = 2 * PEOPLE;

on_both_databases! {
    fn an_announcement_and_a_campaign_reach_each_once_through_six_crashes(database: Database) {
        let messages = written_through_crashes(&database, None);
        let files = std::fs::read_dir(database.folder().join("mail")).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let kept: HashSet<String> = names.filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "eml")).collect();
        let posted = messages.iter().map(|message| format!("{}.eml", message["id"].as_str().unwrap()));
        assert_eq!(kept, posted.collect());
        assert!(messages.iter().all(|message| message["state"] == "sent"));
    }
}

#[test]
#[ignore = "needs aiosmtpd: scripts/test starts it"]
fn no_letter_to_many_arrives_twice_at_a_mail_server() {
    let (database, server) = (Database::sqlite(), MailServer::start());
    let messages = written_through_crashes(&database, Some(&server));
    let mut arrived: HashMap<String, usize> = HashMap::new();
    for letter in server.letters() {
        let line = letter.lines().find(|line| line.starts_with("Message-ID: ")).unwrap().to_owned();
        *arrived.entry(line).or_default() += 1;
    }
    let mut lost = 0;
    for message in &messages {
        let line = format!("Message-ID: <{}@turnout.example>", message["id"].as_str().unwrap());
        let count = arrived.remove(&line).unwrap_or_default();
        match message["state"].as_str() {
            Some("sent") => assert_eq!(count, 1, "{message}"),
            // What was handed over when the program died is not sent again by itself.
            Some("unknown") => {
                assert!(count <= 1, "{message}");
                lost += 1;
            }
            _ => panic!("neither sent nor unknown: {message}"),
        }
    }
    assert!(arrived.is_empty(), "letters that nobody posted: {arrived:?}");
    assert!(lost < LETTERS / 10, "{lost} of {LETTERS} are unknown: nearly all of them should have been sent");
}

/// Registers people, moves the event, begins a campaign, and kills the program again and again while it writes to them.
/// All messages, once everything has been delivered: one of each kind to each.
fn written_through_crashes(database: &Database, mail: Option<&MailServer>) -> Vec<Value> {
    let token = owner_token(database);
    let serve = || {
        Turnout::serve_with(database, |command| {
            command.args(["--mail-from", "Turnout <turnout@turnout.example>"]);
            if let Some(mail) = mail {
                command.args(["--mail-url", &mail.url]);
            }
        })
    };
    let mut server = serve();
    server.published_event(&token, &json!({}));
    register(&server, &token);
    let event = server.get(&token, EVENT).ok(200);
    let moved = server.request(reqwest::Method::PATCH, EVENT).bearer_auth(&token);
    let moved = moved.header("If-Match", format!("\"{}\"", event["version"]));
    Answer::of(moved.json(&json!({ "ends_at": "2099-06-08T18:00:00+02:00" }))).ok(200);
    let news = json!({ "subject": { "en": "News" }, "body": { "en": "Come by **tram**." } });
    let campaign = server.post(&token, &format!("{EVENT}/campaigns"), &news).ok(201);
    let send = format!("{EVENT}/campaigns/{}/send", campaign["id"].as_str().unwrap());
    let send = server.request(reqwest::Method::POST, &send).bearer_auth(&token);
    Answer::of(send.header("If-Match", "\"1\"").json(&json!({}))).ok(200);

    // While nothing is posted yet, after some of it, and while the rest is being sent.
    for point in [0, 1, LETTERS / 3, LETTERS / 2, LETTERS - 1, LETTERS] {
        let deadline = Instant::now() + Duration::from_mins(1);
        while posted(&server, &token) < point {
            assert!(Instant::now() < deadline, "{point} messages are never posted: {}", server.log());
            std::thread::sleep(Duration::from_millis(2));
        }
        server.kill();
        server = serve();
    }
    let deadline = Instant::now() + Duration::from_mins(1);
    while posted(&server, &token) < LETTERS {
        assert!(Instant::now() < deadline, "not all messages are posted: {}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
    deliver_after_all_leases(database, mail.map(|mail| mail.url.as_str()));
    assert_healthy(database);

    let messages = serve().all(&token, &format!("{EVENT}/messages"));
    let mut each: BTreeMap<(String, String), usize> = BTreeMap::new();
    for message in &messages {
        let word = |name: &str| message[name].as_str().unwrap().to_owned();
        *each.entry((word("kind"), word("recipient"))).or_default() += 1;
    }
    let expected = ["campaign", "event_changed"]
        .iter()
        .flat_map(|kind| (0..PEOPLE).map(|number| (((*kind).to_owned(), format!("guest{number}@museum.example")), 1)));
    assert_eq!(each, expected.collect());
    messages
}

/// Registers everybody, without a letter to any of them.
fn register(server: &Turnout, token: &str) {
    let rows = (0..PEOPLE).map(|number| format!("Ada,guest{number}@museum.example\n"));
    let file = format!("first_name,email\n{}", rows.collect::<String>());
    let import = server.request(reqwest::Method::POST, &format!("{EVENT}/imports?mode=create&dry_run=false"));
    let import = Answer::of(import.bearer_auth(token).header("Content-Type", "text/csv").body(file)).ok(200);
    assert_eq!(import["report"]["created"], PEOPLE);
}

fn posted(server: &Turnout, token: &str) -> usize {
    server.all(token, &format!("{EVENT}/messages")).len()
}
