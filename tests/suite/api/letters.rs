//! Letters that an event sends by itself: changes, cancellations, reminders, thanks; and who wants none.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{address, messages, pairs, text};
use crate::support::{Answer, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

/// An event that begins a day and an hour after the test does.
pub(super) fn near(app: &TestApp) -> Value {
    app.published_event(&json!({ "starts_at": "2026-03-03T10:00:00Z", "ends_at": "2026-03-03T16:00:00Z",
        "location": { "name": "Musée" } }))
}

pub(super) fn settle(app: &TestApp) {
    app.do_chore("begin announcements");
    for _ in 0..5 {
        app.do_chore("announce");
    }
}

fn choose(app: &TestApp, settings: &Value) -> Value {
    app.patch_as_owner(&format!("{EVENT}/letter-settings"), settings).ok(200)
}

/// Kinds and addresses of what was posted after the first `known` messages.
pub(super) fn posted(app: &TestApp, known: usize) -> Vec<(String, String)> {
    messages(app, "digital-day").split_off(known)
}

/// The letters that leave now, unfolded.
pub(super) fn leaving(app: &TestApp) -> Vec<String> {
    let before = app.letters().len();
    app.deliver_mail();
    app.letters().split_off(before).into_iter().map(|letter| letter.replace("=\r\n", "")).collect()
}

on_both_databases! {
    fn everybody_hears_what_changed_from_what_to_what(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let ben = app.register("digital-day", "ben@museum.example").ok(201);
        app.post_as_owner(&format!("{}/cancel", address(&ben)), &json!({})).ok(200);
        leaving(&app);
        let to = json!({ "starts_at": "2026-03-04T10:00:00Z", "ends_at": "2026-03-04T16:00:00Z" });
        app.patch_as_owner(EVENT, &to).ok(200);
        settle(&app);
        assert_eq!(posted(&app, 3), pairs(&[("event_changed", "ada@museum.example")]));
        let letter = leaving(&app).remove(0);
        for line in [
            "Subject: The event has changed: Digital Day",
            "The time of the event has changed. Your registration remains valid.",
            "When, until now: Tuesday 3 March 2026, 11:00 to 17:00 (Luxembourg time)",
            "When: Wednesday 4 March 2026, 11:00 to 17:00 (Luxembourg time)",
        ] {
            assert!(letter.contains(line), "{line} in {letter}");
        }
        assert!(!letter.contains("Where, until now"), "{letter}");
        app.patch_as_owner(EVENT, &json!({ "location": { "name": "Casino" } })).ok(200);
        app.patch_as_owner(EVENT, &json!({ "location": { "name": "Philharmonie" } })).ok(200);
        settle(&app);
        assert_eq!(posted(&app, 4), pairs(&[("event_changed", "ada@museum.example")]), "nobody has heard of the first yet");
        let letter = leaving(&app).remove(0);
        for line in ["Where, until now: Mus=C3=A9e\r\n", "Where: Philharmonie\r\n", "The place of the event has changed."] {
            assert!(letter.contains(line), "{line} in {letter}");
        }
        assert_eq!(text(&ada, "/status"), "confirmed");
    }

    fn a_change_of_anything_else_or_made_quietly_is_no_news(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        app.register("digital-day", "ada@museum.example").ok(201);
        app.patch_as_owner(EVENT, &json!({ "title": "Digital Days", "capacity": 10 })).ok(200);
        app.patch_as_owner(&format!("{EVENT}?notify=false"), &json!({ "ends_at": "2026-03-03T17:00:00Z" })).ok(200);
        app.patch_as_owner(EVENT, &json!({ "ends_at": "2026-03-03T17:00:00Z" })).ok(200);
        settle(&app);
        assert_eq!(posted(&app, 1), []);
        app.advance(TimeDelta::days(3));
        app.patch_as_owner(EVENT, &json!({ "ends_at": "2026-03-03T16:30:00Z" })).ok(200);
        settle(&app);
        assert_eq!(posted(&app, 1), [], "it is over");
    }

    fn who_registers_after_a_change_knows_it(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        app.register("digital-day", "ada@museum.example").ok(201);
        app.patch_as_owner(EVENT, &json!({ "ends_at": "2026-03-03T17:00:00Z" })).ok(200);
        app.advance(TimeDelta::seconds(1));
        app.register("digital-day", "ben@museum.example").ok(201);
        settle(&app);
        assert_eq!(posted(&app, 2), pairs(&[("event_changed", "ada@museum.example")]));
    }

    fn a_cancelled_event_writes_to_everybody_and_takes_itself_out_of_calendars(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        app.patch_as_owner(EVENT, &json!({ "contact_email": "hello@museum.example", "capacity": 1,
            "registration": { "waitlist": "auto" } })).ok(200);
        app.register("digital-day", "ada@museum.example").ok(201);
        app.register("digital-day", "ben@museum.example").ok(201);
        leaving(&app);
        app.post_as_owner(&format!("{EVENT}/cancel"), &json!({})).ok(200);
        settle(&app);
        assert_eq!(posted(&app, 2), pairs(&[
            ("event_cancelled", "ada@museum.example"), ("event_cancelled", "ben@museum.example"),
        ]));
        let letter = leaving(&app).remove(0);
        for line in [
            "Subject: Event cancelled: Digital Day",
            "We are sorry: the event has been cancelled.",
            "Content-Type: text/calendar; charset=utf-8; method=CANCEL",
        ] {
            assert!(letter.contains(line), "{line} in {letter}");
        }
        assert!(!letter.contains("Please note"), "{letter}");
        assert!(!letter.contains("ticket.png"), "{letter}");
    }

    fn reminders_go_once_to_those_who_had_a_place_by_then(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        choose(&app, &json!({ "reminders": ["1_day", "2_hours", "1_day"] }));
        app.register("digital-day", "ada@museum.example").ok(201);
        settle(&app);
        assert_eq!(posted(&app, 1), [], "it is too early");
        app.advance(TimeDelta::minutes(61));
        app.register("digital-day", "ben@museum.example").ok(201);
        for _ in 0..3 {
            settle(&app);
        }
        assert_eq!(posted(&app, 2), pairs(&[("reminder", "ada@museum.example")]), "ben came after that moment");
        app.advance(TimeDelta::hours(22));
        for _ in 0..3 {
            settle(&app);
        }
        assert_eq!(posted(&app, 3), pairs(&[("reminder", "ada@museum.example"), ("reminder", "ben@museum.example")]));
    }

    fn a_reminder_that_was_chosen_too_late_is_not_sent_and_one_of_another_day_is(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        app.register("digital-day", "ada@museum.example").ok(201);
        app.advance(TimeDelta::hours(2));
        choose(&app, &json!({ "reminders": ["1_day"] }));
        settle(&app);
        assert_eq!(posted(&app, 1), []);
        let quietly = format!("{EVENT}?notify=false");
        app.patch_as_owner(&quietly, &json!({ "starts_at": "2026-03-05T10:00:00Z", "ends_at": "2026-03-05T16:00:00Z" })).ok(200);
        app.advance(TimeDelta::hours(47));
        settle(&app);
        assert_eq!(posted(&app, 1), pairs(&[("reminder", "ada@museum.example")]));
        app.patch_as_owner(&quietly, &json!({ "starts_at": "2026-03-05T11:00:00Z" })).ok(200);
        app.advance(TimeDelta::hours(1));
        settle(&app);
        assert_eq!(posted(&app, 2), [], "an hour later is the same day");
        app.patch_as_owner(&quietly, &json!({ "starts_at": "2026-03-06T11:00:00Z", "ends_at": "2026-03-06T16:00:00Z" })).ok(200);
        app.advance(TimeDelta::hours(24));
        settle(&app);
        assert_eq!(posted(&app, 2), pairs(&[("reminder", "ada@museum.example")]), "another day is another reminder");
    }

    fn one_click_ends_reminders_and_following_the_link_does_not(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        choose(&app, &json!({ "reminders": ["1_day", "2_hours"] }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        leaving(&app);
        app.advance(TimeDelta::minutes(61));
        settle(&app);
        let letter = leaving(&app).remove(0);
        assert!(letter.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{letter}");
        let header = letter.split("List-Unsubscribe: <").nth(1).unwrap().split('>').next().unwrap();
        let path = header.replace("\r\n ", "").replace("https://turnout.example", "");
        let page = app.get(&path);
        assert_eq!((page.status, page.body.contains("<form method=\"post\">")), (200, true), "{}", page.body);
        let declined = || {
            let trail = app.get_as_owner(&format!("{EVENT}/audit?limit=500")).ok(200);
            let deeds = trail["data"].as_array().unwrap().iter().map(|row| row["deed"].clone());
            deeds.filter(|deed| deed == "registration.letters_declined").count()
        };
        assert_eq!(declined(), 0);
        for _ in 0..2 {
            let click = app.request(Method::POST, &path).header("Content-Type", "application/x-www-form-urlencoded");
            assert_eq!(Answer::of(click.body("List-Unsubscribe=One-Click")).status, 200);
        }
        assert_eq!(declined(), 1);
        app.advance(TimeDelta::hours(22));
        settle(&app);
        assert_eq!(posted(&app, 2), [], "no second reminder");
        app.patch_as_owner(EVENT, &json!({ "ends_at": "2026-03-03T18:00:00Z" })).ok(200);
        settle(&app);
        assert_eq!(posted(&app, 2), pairs(&[("event_changed", "ada@museum.example")]), "what they have to know still comes");
        let to = json!({ "attendee": { "first_name": "Ben", "email": "ben@museum.example" } });
        app.post_as_owner(&format!("{}/transfer", address(&ada)), &to).ok(200);
        assert_eq!(app.get(&path).status, 404, "it is somebody else's");
    }

    fn thanks_go_to_those_who_were_there(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        choose(&app, &json!({ "thanks_after_hours": 2 }));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        app.register("digital-day", "ben@museum.example").ok(201);
        leaving(&app);
        app.advance(TimeDelta::hours(26));
        let scan = json!({ "code": text(&ada, "/code") });
        let list = app.list_of("digital-day");
        app.post_as_owner(&format!("/api/v1/check-in-lists/{list}/check-ins"), &scan).ok(200);
        app.advance(TimeDelta::hours(6));
        settle(&app);
        assert_eq!(posted(&app, 2), [], "it has just ended");
        app.advance(TimeDelta::hours(2));
        settle(&app);
        settle(&app);
        assert_eq!(posted(&app, 2), pairs(&[("thank_you", "ada@museum.example")]));
        let letter = leaving(&app).remove(0);
        for line in ["Subject: Thank you: Digital Day", "attended the event below"] {
            assert!(letter.contains(line), "{line} in {letter}");
        }
    }

    fn what_is_announced_to_many_goes_on_where_it_stopped(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        let people: Vec<String> = (0..251).map(|n| format!("p{n}@museum.example")).collect();
        for email in &people {
            app.register("digital-day", email).ok(201);
        }
        app.patch_as_owner(EVENT, &json!({ "ends_at": "2026-03-03T17:00:00Z" })).ok(200);
        let told = || {
            let all = app.get_as_owner(&format!("{EVENT}/messages?limit=500")).ok(200);
            let next = format!("{EVENT}/messages?limit=500&cursor={}", all["next_cursor"].as_str().unwrap_or_default());
            let more = all["next_cursor"].as_str().map(|_| app.get_as_owner(&next).ok(200)["data"].clone());
            let rows = [all["data"].clone(), more.unwrap_or(json!([]))];
            let rows = rows.iter().flat_map(|rows| rows.as_array().unwrap().clone());
            let mut told: Vec<String> =
                rows.filter(|row| row["kind"] == "event_changed").map(|row| text(&row, "/recipient")).collect();
            told.sort();
            told
        };
        let announce = || {
            let store = &app.app.store;
            let (id, event) = store.read_here(turnout::events::unfinished_announcements).unwrap()[0];
            let now = app.app.clock.now();
            store.write_here(event.uuid(), move |db| turnout::registrations::announce(db, event, id, now)).unwrap()
        };
        assert!(announce());
        assert_eq!(told().len(), 250);
        app.do_chore("announce");
        app.do_chore("announce");
        let mut all = people.clone();
        all.sort();
        assert_eq!(told(), all, "each once");
    }

    fn calendar_files_ask_to_be_entered_if_the_event_says_so(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        app.patch_as_owner(EVENT, &json!({ "contact_email": "hello@museum.example" })).ok(200);
        for (method, announced) in [("publish", "method=PUBLISH"), ("request", "method=REQUEST")] {
            choose(&app, &json!({ "calendar_method": method }));
            app.register("digital-day", &format!("{method}@museum.example")).ok(201);
            let letter = leaving(&app).remove(0);
            assert!(letter.contains(&format!("Content-Type: text/calendar; charset=utf-8; {announced}\r\n")), "{letter}");
        }
    }

    fn settings_of_letters_are_chosen_and_copied(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        let path = format!("{EVENT}/letter-settings");
        let usual = json!({ "reminders": [], "thanks_after_hours": null, "calendar_method": "publish", "version": 0 });
        assert_eq!(app.get_as_owner(&path).ok(200), usual);
        let chosen = choose(&app, &json!({ "reminders": ["2_hours", "7_days"], "thanks_after_hours": 0, "calendar_method": "request" }));
        let expected = json!({ "reminders": ["7_days", "2_hours"], "thanks_after_hours": 0, "calendar_method": "request", "version": 1 });
        assert_eq!(chosen, expected);
        let wrong = json!({ "reminders": ["3_days"], "thanks_after_hours": "x", "calendar_method": "reply", "more": 1 });
        let mut issues = app.patch_as_owner(&path, &wrong).issues();
        issues.sort();
        let issue = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        assert_eq!(issues, [
            issue("/calendar_method", "unknown_value"), issue("/more", "unknown_field"),
            issue("/reminders/0", "unknown_value"), issue("/thanks_after_hours", "invalid_type"),
        ]);
        assert_eq!(app.patch_as_owner(&path, &json!({ "thanks_after_hours": 169 })).issues(), [issue("/thanks_after_hours", "out_of_range")]);
        let copy = json!({ "starts_at": "2027-03-03T10:00:00Z", "slug": "again" });
        app.post_as_owner(&format!("{EVENT}/duplicate"), &copy).ok(201);
        assert_eq!(app.get_as_owner("/api/v1/events/again/letter-settings").ok(200), expected);
    }

    fn a_letter_speaks_the_language_of_its_reader(database: Database) {
        let app = TestApp::start(database);
        near(&app);
        for (locale, subject, when) in [
            ("fr", "Subject: Votre place", "Date"),
            ("de", "Subject: Ihr Platz: Digital Day", "Zeit: Dienstag, 3. M=C3=A4rz 2026, 11.00 bis 17.00 Uhr (Ortszeit Luxemburg)"),
            ("lb", "Subject: =?utf-8?b?", "W=C3=A9ini: D=C3=ABnschdeg, 3. M=C3=A4erz 2026, 11:00 bis 17:00 Auer"),
            ("en", "Subject: Your place: Digital Day", "When: Tuesday 3 March 2026, 11:00 to 17:00 (Luxembourg time)"),
        ] {
            let attendee = json!({ "first_name": "X", "email": format!("{locale}@museum.example") });
            let wish = json!({ "attendee": attendee, "locale": locale });
            app.post(&format!("{EVENT}/registrations"), &wish).ok(201);
            let letter = leaving(&app).remove(0);
            assert!(letter.contains(&format!("<html lang=3D\"{locale}\">")), "{letter}");
            for line in [when, subject].iter().filter(|_| locale != "fr" && locale != "lb") {
                assert!(letter.contains(line), "{line} in {letter}");
            }
            assert!(letter.contains(when), "{when} in {letter}");
        }
    }
}
