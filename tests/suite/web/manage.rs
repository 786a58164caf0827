//! The page behind the link in a letter.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Database;
use crate::support::browser::Browser;
use crate::support::process::{Turnout, owner_token};

/// A guest with a letter.
struct Guest {
    server: Turnout,
    token: String,
    registration: Value,
    link: String,
    database: Database,
}

impl Guest {
    fn registered() -> Self {
        let database = Database::sqlite();
        let token = owner_token(&database);
        let server = Turnout::serve(&database);
        server.published_event(
            &token,
            &json!({
                "title": "Night of the Museums", "slug": "digital-day", "timezone": "Europe/Luxembourg",
                "location": { "name": "Musée national", "city": "Luxembourg" },
            }),
        );
        let wish = json!({ "attendee": { "first_name": "Zoë", "last_name": "Weber", "email": "zoe@museum.example" } });
        let registration = server.post(&token, "/api/v1/events/digital-day/registrations", &wish).ok(201);
        let mut guest = Self { server, token, registration, link: String::new(), database };
        guest.link = guest.link_in_the_letter();
        guest
    }

    /// The link, taken from the letter as it was delivered.
    fn link_in_the_letter(&self) -> String {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.messages()[0]["state"] != "sent" {
            assert!(Instant::now() < deadline, "the letter is not sent");
            std::thread::sleep(Duration::from_millis(5));
        }
        let name = format!("mail/{}.eml", self.messages()[0]["id"].as_str().unwrap());
        let letter = std::fs::read_to_string(self.database.folder().join(name)).unwrap().replace("=\r\n", "");
        let start = letter.find(&format!("{}/manage/", self.server.address)).unwrap_or_else(|| panic!("{letter}"));
        letter[start..].split_whitespace().next().unwrap().to_owned()
    }

    fn messages(&self) -> Vec<Value> {
        self.server.all(&self.token, "/api/v1/events/digital-day/messages")
    }

    /// The registration as the organizer sees it now.
    fn now(&self) -> Value {
        let id = self.registration["id"].as_str().unwrap();
        let mut now = self.server.get(&self.token, &format!("/api/v1/registrations/{id}")).ok(200);
        now.as_object_mut().unwrap().remove("possible_duplicates");
        now
    }
}

#[test]
#[ignore = "needs Chromium and chromedriver: scripts/test finds them"]
fn an_attendee_sees_the_ticket_and_gives_the_place_up() {
    let guest = Guest::registered();
    let browser = Browser::start();
    browser.open(&guest.link);
    browser.wait_for("#title", "Night of the Museums");
    browser.wait_for("#status", "Confirmed: you have a place");
    assert_eq!(browser.text("#name"), "Zoë Weber");
    assert_eq!(browser.text("#code"), guest.registration["code"].as_str().unwrap());
    assert_eq!(browser.text("#where"), "Musée national, Luxembourg");
    let when = browser.text("#when");
    assert!(when.contains("8 June 2099") && when.contains("09:00") && when.ends_with("(Europe/Luxembourg)"), "{when}");
    assert!(browser.shows("#ticket") && browser.shows("#calendar"));
    let width = "return document.getElementById('ticket').decode().then(() => document.images[0].naturalWidth)";
    assert_eq!(browser.run(width), 392, "the QR code is drawn");

    browser.click("#cancel");
    assert!(browser.shows("#confirm") && !browser.shows("#cancel"), "it asks first");
    browser.click("#no");
    assert!(!browser.shows("#confirm") && browser.shows("#cancel"));
    assert_eq!(guest.now(), guest.registration, "nothing has happened yet");
    browser.click("#cancel");
    browser.click("#yes");
    browser.wait_for("#message", "Your registration is cancelled. A letter confirms it.");
    assert_eq!(browser.text("#status"), "Cancelled");
    assert!(!browser.shows("#ticket") && !browser.shows("#calendar") && !browser.shows("#cancel"));
    assert_eq!(guest.now()["status"], "cancelled");
    assert_eq!(guest.messages()[1]["kind"], "cancelled");

    browser.open(&guest.link);
    browser.wait_for("#status", "Cancelled");
    assert!(!browser.shows("#cancel") && !browser.shows("#ticket"));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium and chromedriver: scripts/test finds them"]
fn a_link_with_another_token_shows_nothing_but_a_message() {
    let guest = Guest::registered();
    let browser = Browser::start();
    let (address, token) = guest.link.split_once('#').unwrap();
    let other = if token.ends_with('A') { "B" } else { "A" };
    for wrong in [format!("{address}#{}{other}", &token[..token.len() - 1]), format!("{address}#x"), address.to_owned()]
    {
        browser.open(&wrong);
        let said = "This link is no longer good. Use the link in the latest letter about your registration.";
        browser.wait_for("#message", said);
        assert!(!browser.shows("#registration"));
    }
    let unknown = format!("{}/manage/{}#{token}", guest.server.address, uuid::Uuid::new_v4());
    browser.open(&unknown);
    browser.wait_for(
        "#message",
        "This link is no longer good. Use the link in the latest letter about your registration.",
    );
    assert!(!browser.shows("#registration"));
}

#[test]
fn opening_the_link_changes_nothing() {
    let guest = Guest::registered();
    let messages = guest.messages();
    for method in [Method::GET, Method::HEAD, Method::GET] {
        let answer = guest.server.client.request(method, &guest.link).send().unwrap();
        assert_eq!(answer.status(), 200);
    }
    assert_eq!(guest.now(), guest.registration);
    assert_eq!(guest.messages(), messages);
    assert!(!guest.server.log().contains("M1."), "the token is not in the log");
}

#[test]
#[ignore = "needs Chromium and chromedriver: scripts/test finds them"]
fn opening_the_page_changes_nothing() {
    let guest = Guest::registered();
    let browser = Browser::start();
    let messages = guest.messages();
    browser.open(&guest.link);
    browser.wait_for("#status", "Confirmed: you have a place");
    assert_eq!(guest.now(), guest.registration);
    assert_eq!(guest.messages(), messages);
}
