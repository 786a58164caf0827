//! Organizers' own words in letters, and letters before they are sent.

use reqwest::Method;
use serde_json::{Value, json};

use super::text;
use crate::support::{Answer, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

fn letter(kind: &str, language: &str) -> String {
    format!("{EVENT}/letters/{kind}/{language}")
}

fn put(app: &TestApp, path: &str, body: &Value, if_match: Option<&str>) -> Answer {
    let request = app.request(Method::PUT, path).bearer_auth(&app.token).json(body);
    Answer::of(if_match.into_iter().fold(request, |request, etag| request.header("If-Match", etag)))
}

fn sent(app: &TestApp) -> String {
    let before = app.letters().len();
    app.deliver_mail();
    app.letters().split_off(before).remove(0).replace("=\r\n", "")
}

fn register(app: &TestApp, first_name: &str, locale: &str) -> Value {
    let email = format!("{locale}@museum.example");
    let wish = json!({ "attendee": { "first_name": first_name, "email": email }, "locale": locale });
    app.post(&format!("{EVENT}/registrations"), &wish).ok(201)
}

on_both_databases! {
    fn a_letter_says_what_the_organizers_wrote(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "languages": ["en", "fr"] }));
        let words = json!({ "subject": "Welcome to {event}, {first_name}", "body":
            "Dear *{first_name}*,\n\nbring your [ticket]({manage_link}) and [read this](https://turnout.example/read)." });
        let saved = put(&app, &letter("confirmed", "en"), &words, None);
        assert_eq!(saved.header("location").rsplit_once("/letters/").unwrap().1, "confirmed/en");
        assert_eq!(saved.ok(201)["subject"], "Welcome to {event}, {first_name}");
        let ada = register(&app, "Ada *Star*", "en");
        let link = format!("https://turnout.example/manage/{}#{}", text(&ada, "/id"), app.manage_token(&ada));
        let mail = sent(&app);
        for line in [
            "Subject: Welcome to Digital Day, Ada *Star*",
            "Dear Ada *Star*,",
            "<p>Dear <em>Ada *Star*</em>,</p>",
            "[read this]", // as it was written: not there
        ] {
            assert_eq!(mail.contains(line), line != "[read this]", "{line} in {mail}");
        }
        let unwrapped = mail.replace("\r\n", " ");
        assert!(unwrapped.contains(&format!("ticket ({link})")), "{mail}");
        assert!(unwrapped.contains("read this (https://turnout.example/read)."), "{mail}");
        assert!(mail.contains("Code: ") && mail.contains("ticket.png"), "{mail}");
        assert!(!mail.contains("You have a place."), "{mail}");
        register(&app, "Ben", "fr");
        assert!(sent(&app).contains("Subject: Welcome to Digital Day, Ben\r\n"), "the event has words in no other language");
        put(&app, &letter("confirmed", "fr"), &json!({ "body": "Bienvenue" }), None).ok(201);
        let wish = json!({ "attendee": { "first_name": "Cleo", "email": "cleo@museum.example" }, "locale": "fr" });
        app.post(&format!("{EVENT}/registrations"), &wish).ok(201);
        assert!(sent(&app).contains("Bienvenue"));
    }

    fn what_is_wrong_with_words_is_said_when_they_are_saved(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let issue = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        let wrong = json!({ "subject": "{until}", "body": "{nobody} [x](javascript:alert(1))" });
        let mut issues = put(&app, &letter("confirmed", "en"), &wrong, None).issues();
        issues.sort();
        assert_eq!(issues, [
            issue("/body", "invalid_link"), issue("/body", "unknown_placeholder"), issue("/subject", "unknown_placeholder"),
        ]);
        let fine = json!({ "body": "x" });
        for (kind, language, expected) in [
            ("welcome", "en", vec![issue("/kind", "unknown_value")]),
            ("confirmed", "it", vec![issue("/language", "unknown_value")]),
            ("password_reset", "en", vec![issue("/kind", "unknown_value")]),
        ] {
            assert_eq!(put(&app, &letter(kind, language), &fine, None).issues(), expected);
        }
        assert_eq!(put(&app, &letter("confirmed", "en"), &json!({}), None).issues(), [issue("/body", "required")]);
        assert_eq!(put(&app, &letter("confirmed", "en"), &json!({ "body": "  " }), None).issues(), [issue("/body", "required")]);
        let long = json!({ "body": "x".repeat(5_001) });
        assert_eq!(put(&app, &letter("confirmed", "en"), &long, None).issues(), [issue("/body", "too_long")]);
        assert_eq!(app.get_as_owner(&format!("{EVENT}/letters")).ok(200)["data"], json!([]));
    }

    fn words_are_replaced_at_a_version_taken_out_and_copied(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let path = letter("reminder", "de");
        assert_eq!(app.get_as_owner(&path).problem(404), "not_found");
        let etag = put(&app, &path, &json!({ "body": "Bis bald" }), None).header("etag");
        assert_eq!(put(&app, &path, &json!({ "body": "Bis morgen" }), None).problem(428), "if_match_required");
        assert_eq!(put(&app, &path, &json!({ "body": "Bis morgen" }), Some("\"9\"")).problem(412), "version_mismatch");
        assert_eq!(put(&app, &path, &json!({ "body": "Bis morgen" }), Some(&etag)).ok(200)["version"], 2);
        let copy = json!({ "starts_at": "2027-03-03T10:00:00Z", "slug": "again" });
        app.post_as_owner(&format!("{EVENT}/duplicate"), &copy).ok(201);
        let delete = app.request(Method::DELETE, &path).bearer_auth(&app.token);
        assert_eq!(Answer::of(delete).status, 204);
        assert_eq!(app.get_as_owner(&path).problem(404), "not_found");
        let copied = app.get_as_owner("/api/v1/events/again/letters").ok(200)["data"].clone();
        let told: Vec<_> = copied.as_array().unwrap().iter().map(|one| (&one["kind"], &one["language"], &one["body"])).collect();
        assert_eq!(told, [(&json!("reminder"), &json!("de"), &json!("Bis morgen"))]);
    }

    fn a_letter_is_seen_before_it_is_sent_and_opens_nothing(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = register(&app, "Ada", "en");
        let path = letter("event_changed", "fr");
        put(&app, &path, &json!({ "body": "Cher/Chère {name}, avant : {when_before}" }), None).ok(201);
        let made_up = app.get_as_owner(&format!("{path}/preview?format=text"));
        assert_eq!(made_up.header("content-type"), "text/plain; charset=utf-8");
        assert!(made_up.body.starts_with("Cher/Chère Camille Weber, avant : dimanche 7 juin 2026"), "{}", made_up.body);
        let real = format!("{path}/preview?format=html&registration={}", text(&ada, "/id"));
        let page = app.get_as_owner(&real);
        assert!(page.body.contains("Cher/Chère Ada, avant"), "{}", page.body);
        let manage = page.body.split(&format!("/manage/{}#", text(&ada, "/id"))).nth(1).unwrap();
        let token = manage.split(['"', '<']).next().unwrap();
        assert_ne!(token, app.manage_token(&ada));
        assert_eq!(app.get_as(token, &format!("/api/v1/registrations/{}", text(&ada, "/id"))).status, 401);
        let unsaved = app.post_as_owner(&format!("{}/preview?format=eml", letter("confirmed", "en")), &json!({ "body": "Soon, {name}" }));
        assert_eq!(unsaved.header("content-type"), "message/rfc822");
        assert!(unsaved.body.contains("Soon, Camille Weber") && unsaved.body.contains("ticket.png"), "{}", unsaved.body);
        assert_eq!(app.get_as_owner(&letter("confirmed", "en")).status, 404, "nothing was saved");
        for kind in ["invitation", "transferred_away", "waitlisted", "offered", "verify", "rejected", "thank_you"] {
            let shown = app.get_as_owner(&format!("{}/preview?format=text", letter(kind, "lb")));
            assert_eq!((shown.status, shown.body.starts_with("Gudden Dag")), (200, true), "{kind}: {}", shown.body);
        }
        let other = app.drafted_event(&json!({ "title": "Night", "slug": "night" }));
        assert_eq!(other["slug"], "night");
        let elsewhere = format!("/api/v1/events/night/letters/confirmed/en/preview?registration={}", text(&ada, "/id"));
        assert_eq!(app.get_as_owner(&elsewhere).problem(404), "not_found");
        assert_eq!(app.get_as_owner(&format!("{path}/preview?format=pdf")).issues(), [("format".to_owned(), "unknown_value".to_owned())]);
    }
}
