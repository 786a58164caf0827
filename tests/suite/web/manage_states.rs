//! What the page behind a letter's link says and offers while a registration is not settled.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::Database;
use crate::support::browser::Browser;
use crate::support::process::{Turnout, owner_token};

/// A Turnout with one event.
struct House {
    server: Turnout,
    token: String,
    database: Database,
}

impl House {
    fn with(event: &Value) -> Self {
        let database = Database::sqlite();
        let token = owner_token(&database);
        let server = Turnout::serve(&database);
        server.published_event(&token, event);
        Self { server, token, database }
    }

    /// Somebody registers by themselves: their registration, and the link in their first letter.
    fn guest(&self, name: &str) -> (String, String) {
        let address = format!("{}/api/v1/events/digital-day/registrations", self.server.address);
        let email = format!("{name}@museum.example");
        let wish = json!({ "attendee": { "first_name": name, "email": email } });
        assert!(self.server.client.post(address).json(&wish).send().unwrap().status().is_success());
        let registrations = self.server.all(&self.token, "/api/v1/events/digital-day/registrations");
        let found = registrations.iter().find(|one| one["attendee"]["email"] == email.as_str()).unwrap();
        (found["id"].as_str().unwrap().to_owned(), self.link_for(&email))
    }

    fn link_for(&self, email: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(30);
        let message = loop {
            let messages = self.server.all(&self.token, "/api/v1/events/digital-day/messages");
            if let Some(sent) = messages.iter().find(|m| m["recipient"] == email && m["state"] == "sent") {
                break sent["id"].as_str().unwrap().to_owned();
            }
            assert!(Instant::now() < deadline, "the letter is not sent");
            std::thread::sleep(Duration::from_millis(5));
        };
        let name = format!("mail/{message}.eml");
        let letter = std::fs::read_to_string(self.database.folder().join(name)).unwrap().replace("=\r\n", "");
        let start = letter.find(&format!("{}/manage/", self.server.address)).unwrap_or_else(|| panic!("{letter}"));
        letter[start..].split_whitespace().next().unwrap().to_owned()
    }

    fn status(&self, id: &str) -> Value {
        self.server.get(&self.token, &format!("/api/v1/registrations/{id}")).ok(200)["status"].clone()
    }

    fn cancel(&self, id: &str) {
        self.server.post(&self.token, &format!("/api/v1/registrations/{id}/cancel"), &json!({})).ok(200);
    }
}

#[test]
#[ignore = "needs Chromium and chromedriver: scripts/test finds them"]
fn an_address_is_verified_with_a_click_and_not_by_looking() {
    let house = House::with(&json!({ "slug": "digital-day", "registration": { "verify_email": true } }));
    let (ada, link) = house.guest("ada");
    let browser = Browser::start();
    browser.open(&link);
    browser.wait_for("#status", "Not confirmed yet: please confirm that this is you");
    assert!(browser.shows("#verify") && !browser.shows("#accept") && !browser.shows("#ticket"));
    assert_eq!(house.status(&ada), "pending_verification");
    browser.click("#verify");
    browser.wait_for("#message", "You have a place. A letter with your ticket is on its way.");
    assert_eq!(browser.text("#status"), "Confirmed: you have a place");
    assert!(!browser.shows("#verify") && browser.shows("#ticket") && browser.shows("#cancel"));
    assert_eq!(house.status(&ada), "confirmed");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium and chromedriver: scripts/test finds them"]
fn an_offered_place_is_accepted_or_declined_with_a_click() {
    let house = House::with(&json!({ "slug": "digital-day", "capacity": 2, "registration": { "waitlist": "offer" } }));
    let [(ada, _), (ben, _), (cleo, cleos), (dan, dans)] = ["ada", "ben", "cleo", "dan"].map(|name| house.guest(name));
    let browser = Browser::start();
    browser.open(&cleos);
    browser.wait_for("#status", "On the waiting list, number 1");
    assert_eq!(browser.text("#why"), "waiting: nobody ahead, no seat free at the event");
    assert!(!browser.shows("#accept") && !browser.shows("#decline"));
    house.cancel(&ada);
    house.cancel(&ben);
    let offered = "A place is held for you: please accept or decline it";
    browser.run("location.reload()");
    browser.wait_for("#status", offered);
    assert!(browser.shows("#accept") && browser.shows("#decline") && !browser.shows("#cancel"));
    assert_eq!(house.status(&cleo), "offered");
    browser.click("#accept");
    browser.wait_for("#message", "You have a place. A letter with your ticket is on its way.");
    assert_eq!(house.status(&cleo), "confirmed");

    browser.open(&dans);
    browser.wait_for("#status", offered);
    browser.click("#decline");
    browser.wait_for("#message", "The place goes to the next who waits. A letter confirms it.");
    assert_eq!(browser.text("#status"), "Cancelled");
    assert!(!browser.shows("#accept") && !browser.shows("#decline") && !browser.shows("#cancel"));
    assert_eq!(house.status(&dan), "cancelled");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
