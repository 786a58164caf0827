//! The page behind the link in an invitation.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::Database;
use crate::support::browser::Browser;
use crate::support::process::{Turnout, owner_token};

const EVENT: &str = "/api/v1/events/digital-day";

/// An event to which people are invited.
struct World {
    server: Turnout,
    token: String,
    database: Database,
    browser: Browser,
}

impl World {
    fn new() -> Self {
        let database = Database::sqlite();
        let token = owner_token(&database);
        let server = Turnout::serve(&database);
        server.published_event(
            &token,
            &json!({ "title": "Night of the Museums", "slug": "digital-day", "visibility": "private" }),
        );
        let options =
            json!([{ "key": "bread", "label": { "en": "Bread" } }, { "key": "nuts", "label": { "en": "Nuts" } }]);
        let food = json!({ "key": "food", "kind": "one_of", "label": { "en": "What do you eat?" }, "options": options, "required": true });
        server.post(&token, &format!("{EVENT}/questions"), &food).ok(201);
        let allergy = json!({ "key": "allergy", "kind": "text", "label": { "en": "Allergies?" },
            "condition": { "question": "food", "one_of": ["nuts"] } });
        server.post(&token, &format!("{EVENT}/questions"), &allergy).ok(201);
        let photos = json!({ "key": "photos", "purpose": "photos", "text": { "en": "I agree to photos." } });
        server.post(&token, &format!("{EVENT}/consents"), &photos).ok(201);
        Self { server, token, database, browser: Browser::start() }
    }

    /// Invites somebody, and opens the page of the letter.
    fn invite(&self, name: &str) -> String {
        let person = json!({ "first_name": name, "email": format!("{name}@museum.example") });
        let invited =
            self.server.post(&self.token, &format!("{EVENT}/invitations"), &json!({ "people": [person] })).ok(200);
        let id = invited["results"][0]["invitation"]["id"].as_str().unwrap().to_owned();
        self.browser.open("about:blank");
        self.browser.open(&self.link(name));
        self.browser.wait_for("#title", "Night of the Museums");
        id
    }

    fn link(&self, name: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let letters = std::fs::read_dir(self.database.folder().join("mail")).into_iter().flatten().flatten();
            let letters = letters.filter(|file| file.path().extension().is_some_and(|extension| extension == "eml"));
            for letter in letters.map(|file| std::fs::read_to_string(file.path()).unwrap().replace("=\r\n", "")) {
                let start = letter.find(&format!("{}/invitation#", self.server.address));
                if let Some(start) = start.filter(|_| letter.contains(&format!("{name}@museum.example"))) {
                    return letter[start..].split_whitespace().next().unwrap().to_owned();
                }
            }
            assert!(Instant::now() < deadline, "no letter invites {name}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn invitation(&self, id: &str) -> Value {
        self.server.get(&self.token, &format!("{EVENT}/invitations/{id}")).ok(200)
    }

    fn put(&self, id: &str, value: &str) {
        let put = "const field = document.getElementById(arguments_id); field.value = arguments_value;";
        let script =
            put.replace("arguments_id", &json!(id).to_string()).replace("arguments_value", &json!(value).to_string());
        self.browser
            .run(&format!("{script} field.dispatchEvent(new Event('input', {{ bubbles: true }})); return true"));
    }
}

#[test]
#[ignore = "needs Chromium and chromedriver: scripts/test finds them"]
fn somebody_says_yes_and_somebody_says_no() {
    let world = World::new();
    let zoe = world.invite("Zoe");
    assert_eq!(world.invitation(&zoe)["version"], 1, "opening the page changes nothing");
    assert!(!world.browser.shows("#answer-allergy"));
    world.browser.click("#accept");
    world.browser.wait_for("#message", "Please look again: this is required.");
    world.put("answer-food", "nuts");
    assert!(world.browser.shows("#answer-allergy"));
    world.put("answer-allergy", "None");
    world.put("last_name", "Weber");
    world.browser.click("#accept");
    world.browser.wait_for("#message", "You have a place. A letter with your ticket is on its way.");
    let accepted = world.invitation(&zoe);
    let registration = format!("/api/v1/registrations/{}", accepted["registration_id"].as_str().unwrap());
    let came = world.server.get(&world.token, &registration).ok(200);
    assert_eq!(
        (&came["answers"], &came["attendee"]["last_name"], &came["consents"]),
        (&json!({ "food": "nuts", "allergy": "None" }), &json!("Weber"), &json!([]))
    );

    let ben = world.invite("Ben");
    world.put("word", "On holiday");
    world.browser.click("#decline");
    world.browser.wait_for("#message", "Thank you for telling us.");
    let declined = world.invitation(&ben);
    assert_eq!((&declined["state"], &declined["word"]), (&json!("declined"), &json!("On holiday")));
    let mut complaints = world.browser.complaints();
    complaints.retain(|line| line.contains("Content Security Policy"));
    assert_eq!(complaints, Vec::<String>::new());
}
