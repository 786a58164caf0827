//! What attendees do by themselves on the page behind the link in their letter.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::Database;
use crate::support::browser::Browser;
use crate::support::process::{Turnout, owner_token};

const EVENT: &str = "/api/v1/events/digital-day";

/// The manage link in the first letter to an address.
fn link(database: &Database, server: &Turnout, email: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let letters = std::fs::read_dir(database.folder().join("mail")).into_iter().flatten().flatten();
        let letters = letters.filter(|file| file.path().extension().is_some_and(|extension| extension == "eml"));
        for letter in letters.map(|file| std::fs::read_to_string(file.path()).unwrap().replace("=\r\n", "")) {
            let start = letter.find(&format!("{}/manage/", server.address));
            if let Some(start) = start.filter(|_| letter.contains(&format!("<{email}>"))) {
                return letter[start..].split_whitespace().next().unwrap().to_owned();
            }
        }
        assert!(Instant::now() < deadline, "there is no letter to {email}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
#[ignore = "needs Chromium and chromedriver: scripts/test finds them"]
fn an_attendee_changes_agrees_sees_to_the_group_and_leaves() {
    let database = Database::sqlite();
    let token = owner_token(&database);
    let server = Turnout::serve(&database);
    server.published_event(&token, &json!({ "title": "Night of the Museums", "slug": "digital-day" }));
    let motto = json!({ "key": "motto", "kind": "text", "label": { "en": "Your motto?" } });
    server.post(&token, &format!("{EVENT}/questions"), &motto).ok(201);
    let photos = json!({ "key": "photos", "purpose": "photos", "text": { "en": "I agree to photos." } });
    server.post(&token, &format!("{EVENT}/consents"), &photos).ok(201);
    let talk = json!({ "title": "Talk", "starts_at": "2099-06-08T08:00:00Z", "ends_at": "2099-06-08T09:00:00Z" });
    let talk = server.post(&token, &format!("{EVENT}/sessions"), &talk).ok(201);
    let ben = json!({ "attendee": { "first_name": "Ben", "email": "ben@museum.example" } });
    let wish = json!({ "attendee": { "first_name": "Zoe", "email": "zoe@museum.example" }, "guests": [ben] });
    let zoe = server.post(&token, &format!("{EVENT}/registrations"), &wish).ok(201);
    let read = |id: &Value| server.get(&token, &format!("/api/v1/registrations/{}", id.as_str().unwrap())).ok(200);
    let browser = Browser::start();
    browser.open(&link(&database, &server, "zoe@museum.example"));
    browser.wait_for("#status", "Confirmed: you have a place");

    browser.click("#change summary");
    let put = |id: &str, value: &str| {
        browser.run(&format!("document.getElementById({}).value = {}; return true", json!(id), json!(value)));
    };
    put("last_name", "Weber");
    put("answer-motto", "En avant");
    browser.click("#sessions input");
    browser.click("#save");
    browser.wait_for("#message", "Your registration is changed.");
    let changed = read(&zoe["id"]);
    assert_eq!(
        (&changed["attendee"]["last_name"], &changed["answers"], &changed["sessions"]),
        (&json!("Weber"), &json!({ "motto": "En avant" }), &json!([talk["id"]]))
    );

    browser.click("#agreed summary");
    browser.click("#consents button");
    browser.wait_for("#message", "Thank you.");
    assert_eq!(read(&zoe["id"])["consents"][0]["key"], "photos");
    browser.wait_for("#consents button", "Withdraw");

    browser.click("#people summary");
    browser.wait_for("#members li", "Ben: Confirmed: you have a place Cancel");
    browser.click("#members button");
    browser.wait_for("#message", "This place is cancelled. A letter tells them.");
    assert_eq!(
        (&read(&zoe["guests"][0]["id"])["status"], &read(&zoe["id"])["status"]),
        (&json!("cancelled"), &json!("confirmed"))
    );

    browser.click("#more summary");
    browser.click("#resend");
    browser.wait_for("#message", "A letter is on its way already. Please wait ten minutes.");
    browser.click("#erase");
    browser.click("#really");
    browser.wait_for("#message", "Your data is erased.");
    assert_eq!(read(&zoe["id"])["attendee"]["first_name"], "erased");
    let mut complaints = browser.complaints();
    complaints.retain(|line| line.contains("Content Security Policy"));
    assert_eq!(complaints, Vec::<String>::new());
}
