//! Letters that arrive at a real mail server, complete and once.

use data_encoding::BASE64;
use serde_json::json;

use crate::support::smtp::MailServer;
use crate::support::{Database, TestApp};

#[test]
#[ignore = "needs aiosmtpd: scripts/test starts it"]
fn a_confirmation_arrives_once_with_all_that_belongs_to_it() {
    let server = MailServer::start();
    let app = TestApp::start_with(Database::sqlite(), |settings| settings.mail.url = Some(server.url.clone()));
    app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
    let registration = app.register("digital-day", "ada@museum.example").ok(201);
    assert_eq!(app.deliver_mail(), 1);
    assert_eq!(app.deliver_mail(), 0, "it is not due any more");

    let message = app.get_as_owner("/api/v1/events/digital-day/messages").ok(200)["data"][0].clone();
    assert_eq!((&message["state"], &message["attempts"]), (&json!("sent"), &json!(1)), "{message}");
    assert_eq!((&message["reply"], &message["due_at"]), (&json!("250 OK"), &json!(null)), "the server's own words");

    let letters = server.letters();
    assert_eq!(letters.len(), 1);
    let letter = letters[0].replace("\r\n", "\n");
    let id = message["id"].as_str().unwrap();
    for line in [
        &*format!("Message-ID: <{id}@turnout.example>"),
        "X-RcptTo: ada@museum.example",
        "X-MailFrom: turnout@turnout.example",
        "Subject: ",
        "Auto-Submitted: auto-generated",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "Content-ID: <ticket>",
        "Content-Disposition: inline",
        "Content-Disposition: attachment; filename=\"ticket.png\"",
        "Content-Disposition: attachment; filename=\"event.ics\"",
    ] {
        assert!(letter.contains(line), "no {line} in {letter}");
    }
    assert!(letter.contains(registration["code"].as_str().unwrap()), "{letter}");
    let link = format!(
        "https://turnout.example/manage/{}#{}",
        registration["id"].as_str().unwrap(),
        app.manage_token(&registration)
    );
    let unfolded = letter.replace("=\n", "");
    assert!(unfolded.contains(&link), "no {link} in {unfolded}");
    let address = format!("/api/v1/registrations/{}/ticket.png", registration["id"].as_str().unwrap());
    let picture = app.request(reqwest::Method::GET, &address).bearer_auth(app.manage_token(&registration));
    let picture = BASE64.encode(&picture.send().unwrap().bytes().unwrap());
    assert_eq!(letter.replace('\n', "").matches(&picture).count(), 2, "once inline, once to keep");
}

#[test]
#[ignore = "needs aiosmtpd: scripts/test starts it"]
fn each_message_of_a_waiting_list_arrives_once_and_in_its_turn() {
    let server = MailServer::start();
    let app = TestApp::start_with(Database::sqlite(), |settings| settings.mail.url = Some(server.url.clone()));
    app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "auto" } }));
    let first = app.register("digital-day", "ada@museum.example").ok(201);
    for number in 0..9 {
        app.register("digital-day", &format!("guest{number}@museum.example")).ok(201);
    }
    assert_eq!(app.deliver_mail(), 10);
    let cancel = format!("/api/v1/registrations/{}/cancel", first["id"].as_str().unwrap());
    app.post_as(&app.manage_token(&first), &cancel, &json!({})).ok(200);
    assert_eq!(app.deliver_mail(), 2);

    let letters = server.letters();
    let to = |address: &str| letters.iter().filter(|letter| letter.contains(&format!("X-RcptTo: {address}"))).count();
    assert_eq!((letters.len(), to("ada@museum.example"), to("guest0@museum.example")), (12, 2, 2));
    assert!((1..9).all(|number| to(&format!("guest{number}@museum.example")) == 1));
    let mut ids: Vec<_> =
        letters.iter().filter_map(|letter| letter.lines().find(|l| l.starts_with("Message-ID"))).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 12);
}
