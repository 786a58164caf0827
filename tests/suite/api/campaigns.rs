//! Letters to a part of the attendees.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::campaigns::fan_out;
use turnout::error::Error;
use turnout::organizations::Role;

use super::hosts::host;
use super::{address, column, pairs, send, text};
use crate::support::{Answer, Database, SecondInstance, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";
const CAMPAIGNS: &str = "/api/v1/events/digital-day/campaigns";

fn news() -> Value {
    json!({ "subject": { "en": "News", "fr": "Nouvelles" }, "body": { "en": "Come by **tram**.", "fr": "Venez en **tram**." } })
}

/// A draft of news, with other fields.
fn drafted(app: &TestApp, fields: &Value) -> Value {
    let mut campaign = news();
    campaign.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    app.post_as_owner(CAMPAIGNS, &campaign).ok(201)
}

fn at(campaign: &Value) -> String {
    format!("{CAMPAIGNS}/{}", text(campaign, "/id"))
}

fn told(app: &TestApp, campaign: &Value, deed: &str, body: &Value) -> Answer {
    app.post_as_owner(&format!("{}/{deed}", at(campaign)), body)
}

fn read(app: &TestApp, campaign: &Value) -> Value {
    app.get_as_owner(&at(campaign)).ok(200)
}

fn recipients(app: &TestApp) -> Vec<Value> {
    column(&app.get_as_owner(&format!("{EVENT}/messages?kind=campaign&limit=500")), "/recipient")
}

fn register(app: &TestApp, name: &str, fields: &Value) -> Value {
    let mut wish = json!({ "attendee": { "first_name": name, "email": format!("{name}@museum.example") } });
    wish.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    app.post(&format!("{EVENT}/registrations"), &wish).ok(201)
}

/// A Turnout with an event to which `names` have registered; their confirmations are sent.
fn app_with(database: Database, names: &[&str]) -> TestApp {
    let app = TestApp::start(database);
    app.published_event(&json!({ "languages": ["en", "fr"] }));
    for name in names {
        register(&app, name, &json!({}));
    }
    app.deliver_mail();
    app
}

on_both_databases! {
    fn a_campaign_is_written_looked_at_sent_and_counted(database: Database) {
        let app = app_with(database, &["ada"]);
        let ben = register(&app, "ben", &json!({ "locale": "fr" }));
        app.deliver_mail();
        let made = app.post_as_owner(CAMPAIGNS, &news());
        let campaign = made.ok(201);
        let (id, event) = (text(&campaign, "/id"), text(&campaign, "/event_id"));
        assert!(made.header("location").ends_with(&format!("/campaigns/{id}")));
        let none = json!({ "queued": 0, "sending": 0, "sent": 0, "retrying": 0, "failed": 0, "withdrawn": 0, "unknown": 0 });
        assert_eq!(campaign, json!({
            "id": id, "event_id": event, "subject": news()["subject"], "body": news()["body"], "audience": {}, "consent": null,
            "state": "draft", "send_at": null, "recipients": 0, "messages": none, "created_at": "2026-03-02T09:00:00Z",
            "updated_at": "2026-03-02T09:00:00Z", "version": 1,
        }));
        let preview = app.get_as_owner(&format!("{}/preview", at(&campaign))).ok(200);
        assert_eq!(preview["recipients"], 2);
        let samples = preview["samples"].as_array().unwrap();
        let seen: Vec<_> = samples.iter().map(|s| (text(s, "/recipient"), text(s, "/language"), text(s, "/subject"))).collect();
        let seen: Vec<_> = seen.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
        assert_eq!(seen, [("ada@museum.example", "en", "News"), ("ben@museum.example", "fr", "Nouvelles")]);
        assert!(text(&samples[0], "/html").contains("<p>Come by <strong>tram</strong>.</p>"), "{preview}");
        assert!(text(&samples[1], "/text").starts_with("Venez en tram.\n"), "{preview}");
        assert_eq!(recipients(&app), [] as [&str; 0], "nothing is sent by looking");

        let sent = told(&app, &campaign, "send", &json!({})).ok(200);
        assert_eq!((&sent["state"], &sent["send_at"], &sent["version"]), (&json!("scheduled"), &json!("2026-03-02T09:00:00Z"), &json!(2)));
        app.do_chore("send campaigns");
        let sent = read(&app, &campaign);
        assert_eq!((&sent["state"], &sent["recipients"], &sent["messages"]["queued"]), (&json!("sent"), &json!(2), &json!(2)));
        let before = app.letters().len();
        assert_eq!(app.deliver_mail(), 2);
        let letters: Vec<String> = app.letters().into_iter().skip(before).collect();
        let link = format!("https://turnout.example/manage/{}#", text(&ben, "/id"));
        let french = letters.iter().find(|letter| letter.contains("Subject: Nouvelles")).unwrap().replace("=\r\n", "");
        assert!(french.contains("To: ben <ben@museum.example>") && french.contains(&link), "{french}");
        assert_eq!(read(&app, &campaign)["messages"]["sent"], 2);
        app.do_chore("send campaigns");
        assert_eq!((app.deliver_mail(), recipients(&app).len()), (0, 2));
    }

    fn it_is_sent_at_its_time_and_not_if_it_was_called_off(database: Database) {
        let app = app_with(database, &["ada"]);
        let (one, other) = (drafted(&app, &json!({})), drafted(&app, &json!({})));
        let past = told(&app, &one, "send", &json!({ "send_at": "2026-03-02T08:59:59Z" }));
        assert_eq!(past.issues(), pairs(&[("/send_at", "out_of_range")]));
        for campaign in [&one, &other] {
            told(&app, campaign, "send", &json!({ "send_at": "2026-03-02T12:00:00+01:00" })).ok(200);
        }
        app.do_chore("send campaigns");
        assert_eq!(recipients(&app), [] as [&str; 0]);
        assert_eq!(told(&app, &other, "cancel", &json!({})).ok(200)["state"], "cancelled");
        register(&app, "ben", &json!({}));
        app.advance(TimeDelta::hours(2));
        app.do_chore("send campaigns");
        assert_eq!(recipients(&app), ["ada@museum.example", "ben@museum.example"], "whoever is there by then gets it");
        assert_eq!((&read(&app, &one)["state"], &read(&app, &other)["state"]), (&json!("sent"), &json!("cancelled")));
    }

    fn what_waits_is_kept_back_when_a_campaign_is_called_off(database: Database) {
        let app = app_with(database, &["ada", "ben"]);
        let campaign = drafted(&app, &json!({}));
        assert_eq!(told(&app, &campaign, "cancel", &json!({})).problem(409), "campaign_not_under_way");
        told(&app, &campaign, "send", &json!({})).ok(200);
        app.do_chore("send campaigns");
        let off = told(&app, &campaign, "cancel", &json!({})).ok(200);
        assert_eq!((&off["state"], &off["messages"]["withdrawn"]), (&json!("cancelled"), &json!(2)));
        assert_eq!(app.deliver_mail(), 0);
        assert_eq!(told(&app, &campaign, "cancel", &json!({})).problem(409), "campaign_not_under_way");
        let other = drafted(&app, &json!({}));
        told(&app, &other, "send", &json!({})).ok(200);
        app.do_chore("send campaigns");
        app.deliver_mail();
        assert_eq!(told(&app, &other, "cancel", &json!({})).problem(409), "campaign_not_under_way", "all have it");
    }

    fn it_is_sent_once_to_each_however_often_the_program_dies(database: Database) {
        let app = app_with(database, &[]);
        for number in 0..260 {
            app.register("digital-day", &format!("guest{number}@museum.example")).ok(201);
        }
        let campaign = drafted(&app, &json!({}));
        told(&app, &campaign, "send", &json!({})).ok(200);
        let (event, id, now) = (text(&campaign, "/event_id"), text(&campaign, "/id"), app.clock.now());
        let (event, id) = (event.parse::<turnout::store::EventId>().unwrap(), id.parse().unwrap());
        // It dies before its first write is durable, then behind it, and another instance goes on.
        let died = app.app.store.write_here(event.uuid(), move |db| {
            fan_out(db, event, id, now)?;
            Err::<(), _>(Error::Busy)
        });
        assert!(died.is_err());
        assert_eq!(read(&app, &campaign)["recipients"], 0);
        assert!(app.app.store.write_here(event.uuid(), move |db| fan_out(db, event, id, now)).unwrap(), "there are more");
        let half = read(&app, &campaign);
        assert_eq!((&half["state"], &half["recipients"]), (&json!("sending"), &json!(250)));
        let second = SecondInstance::of(&app);
        second.do_chore("send campaigns");
        app.do_chore("send campaigns");
        for _ in 0..2 {
            app.app.store.write_here(event.uuid(), move |db| fan_out(db, event, id, now)).unwrap();
        }
        let mut all: Vec<String> = recipients(&app).iter().map(|value| value.as_str().unwrap().to_owned()).collect();
        assert_eq!((all.len(), &read(&app, &campaign)["state"]), (260, &json!("sent")));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 260, "nobody twice");
    }

    fn it_goes_to_whom_its_filters_find_and_who_can_be_reached(database: Database) {
        let app = app_with(database, &["ada", "ben", "eve"]);
        let list = app.get_as_owner(&format!("{EVENT}/registrations")).ok(200)["data"].clone();
        let who = |index: usize| address(&list[index]);
        app.patch_as_owner(&who(0), &json!({ "tags": ["press"] })).ok(200);
        app.post_as_owner(&format!("{}/cancel", who(2)), &json!({})).ok(200);
        let found = |audience: &Value| {
            let campaign = drafted(&app, &json!({ "audience": audience }));
            assert_eq!(read(&app, &campaign)["audience"], *audience, "as it was said");
            let preview = app.get_as_owner(&format!("{}/preview", at(&campaign))).ok(200);
            let names = preview["samples"].as_array().unwrap().iter().map(|sample| text(sample, "/recipient")).collect::<Vec<_>>();
            assert_eq!(preview["recipients"], names.len());
            names
        };
        let (ada, ben, eve) = ("ada@museum.example", "ben@museum.example", "eve@museum.example");
        assert_eq!(found(&json!({})), [ada, ben]);
        assert_eq!(found(&json!({ "tag": "press" })), [ada]);
        assert_eq!(found(&json!({ "status": "cancelled" })), [eve]);
        assert_eq!(found(&json!({ "status": "pending_verification" })), [] as [&str; 0]);
        assert_eq!(found(&json!({ "q": "ben" })), [ben]);
        assert_eq!(found(&json!({ "attended": "true" })), [] as [&str; 0]);
        assert_eq!(found(&json!({ "undeliverable": "true" })), [] as [&str; 0]);
    }

    fn consents_are_obeyed(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let consent = json!({ "key": "news", "purpose": "newsletter", "text": { "en": "Send me news." } });
        app.post_as_owner(&format!("{EVENT}/consents"), &consent).ok(201);
        let ada = register(&app, "ada", &json!({ "consents": ["news"] }));
        register(&app, "ben", &json!({}));
        register(&app, "eve", &json!({ "consents": ["news"] }));
        let english = json!({ "subject": { "en": "News" }, "body": { "en": "News." }, "consent": "news" });
        let campaign = app.post_as_owner(CAMPAIGNS, &english).ok(201);
        assert_eq!(app.get_as_owner(&format!("{}/preview", at(&campaign))).ok(200)["recipients"], 2);
        told(&app, &campaign, "send", &json!({ "send_at": "2026-03-02T10:00:00Z" })).ok(200);
        let withdraw = format!("{}/consents/news/withdraw", address(&ada));
        app.post_as(&app.manage_token(&ada), &withdraw, &json!({})).ok(200);
        app.advance(TimeDelta::hours(1));
        app.do_chore("send campaigns");
        assert_eq!(recipients(&app), ["eve@museum.example"]);
    }

    fn whoever_wants_no_more_of_these_says_so_with_one_click(database: Database) {
        let app = app_with(database, &["ada", "ben"]);
        let campaign = drafted(&app, &json!({ "subject": { "en": "{event}: news", "fr": "x" }, "body": { "en": "Dear {first_name},\n\n[yours]({manage_link})", "fr": "x" } }));
        told(&app, &campaign, "send", &json!({})).ok(200);
        app.do_chore("send campaigns");
        let before = app.letters().len();
        app.deliver_mail();
        let letters: Vec<String> = app.letters().into_iter().skip(before).collect();
        let ada = letters.iter().find(|letter| letter.contains("To: ada <ada@museum.example>")).unwrap();
        assert!(ada.contains("Subject: Digital Day: news\r\n") && ada.contains("Dear ada,"), "{ada}");
        assert!(ada.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{ada}");
        let link = ada.split("List-Unsubscribe: <").nth(1).unwrap().split('>').next().unwrap();
        let link = link.replace("\r\n ", "").replace("https://turnout.example", "");
        let click = app.request(Method::POST, &link).header("Content-Type", "application/x-www-form-urlencoded");
        assert_eq!(Answer::of(click.body("List-Unsubscribe=One-Click")).status, 200);
        let next = drafted(&app, &json!({}));
        assert_eq!(app.get_as_owner(&format!("{}/preview", at(&next))).ok(200)["recipients"], 1);
        told(&app, &next, "send", &json!({})).ok(200);
        app.do_chore("send campaigns");
        assert_eq!(recipients(&app), ["ada@museum.example", "ben@museum.example", "ben@museum.example"]);
    }

    fn a_host_writes_to_those_alone_who_share_their_data_with_it(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let museum = host(&app, "museum", "co_host", "full");
        let consent = json!({ "key": "museum", "purpose": "share_with_host", "organization": "museum", "text": { "en": "Tell the museum." } });
        app.post_as_owner(&format!("{EVENT}/consents"), &consent).ok(201);
        register(&app, "ada", &json!({ "consents": ["museum"] }));
        register(&app, "ben", &json!({}));
        let english = json!({ "subject": { "en": "News" }, "body": { "en": "News." } });
        let campaign = app.post_as(&museum, CAMPAIGNS, &english).ok(201);
        assert_eq!(app.get_as(&museum, &format!("{}/preview", at(&campaign))).ok(200)["recipients"], 1);
        assert_eq!(app.get_as_owner(&format!("{}/preview", at(&campaign))).ok(200)["recipients"], 2);
        app.post_as(&museum, &format!("{}/send", at(&campaign)), &json!({})).ok(200);
        app.do_chore("send campaigns");
        assert_eq!(recipients(&app), ["ada@museum.example"]);
    }

    fn everything_that_is_wrong_is_said_at_once_and_only_a_draft_is_changed(database: Database) {
        let app = app_with(database, &["ada"]);
        let wrong = json!({
            "subject": { "en": "" }, "body": { "en": "x", "xx": "y" }, "audience": { "status": "happy", "colour": "red" },
            "consent": "N O", "form": "long",
        });
        assert_eq!(app.post_as_owner(CAMPAIGNS, &wrong).issues(), pairs(&[
            ("/form", "unknown_field"), ("/subject", "required"), ("/body", "unknown_language"),
            ("/audience/status", "unknown_value"), ("/audience/colour", "unknown_parameter"), ("/consent", "invalid_key"),
        ]));
        let languages = json!({ "subject": { "en": "News" }, "body": { "en": "x", "fr": "y" }, "consent": "nobody" });
        assert_eq!(app.post_as_owner(CAMPAIGNS, &languages).issues(), pairs(&[("/subject", "missing_language"), ("/consent", "unknown_consent")]));
        let long = json!({ "subject": { "en": "News" }, "body": { "en": "> ".repeat(4_000) } });
        assert_eq!(app.post_as_owner(CAMPAIGNS, &long).issues(), pairs(&[("/body", "too_long")]));

        let unknown = json!({ "subject": { "en": "{title}" }, "body": { "en": "Dear {nobody}, [x](javascript:x)" } });
        assert_eq!(app.post_as_owner(CAMPAIGNS, &unknown).issues(), pairs(&[("/subject", "unknown_placeholder"), ("/body", "unknown_placeholder")]));

        let campaign = drafted(&app, &json!({ "audience": { "tag": "press" } }));
        let change = json!({ "body": { "en": "Come by bus.", "fr": "Venez en bus." }, "audience": null });
        assert_eq!(send(&app, Method::PATCH, &at(&campaign), &[], &change).problem(428), "if_match_required");
        let changed = app.patch_as_owner(&at(&campaign), &change).ok(200);
        assert_eq!((&changed["body"], &changed["audience"], &changed["version"]), (&change["body"], &json!({}), &json!(2)));
        assert_eq!(app.patch_as_owner(&at(&campaign), &change).ok(200)["version"], 2, "nothing has changed");
        told(&app, &campaign, "send", &json!({ "send_at": "2026-03-03T09:00:00Z" })).ok(200);
        assert_eq!(app.patch_as_owner(&at(&campaign), &change).problem(409), "campaign_not_a_draft");
        assert_eq!(told(&app, &campaign, "send", &json!({})).problem(409), "campaign_not_a_draft");
        let delete = |campaign: &Value| Answer::of(app.request(Method::DELETE, &at(campaign)).bearer_auth(&app.token));
        assert_eq!(delete(&campaign).problem(409), "campaign_not_a_draft");
        let other = drafted(&app, &json!({}));
        assert_eq!(column(&app.get_as_owner(CAMPAIGNS), "/state"), ["scheduled", "draft"]);
        assert_eq!((delete(&other).status, delete(&other).status), (204, 404));
        let stranger = app.organization_with_token("National Museum", "museum", Role::Owner);
        assert_eq!(app.get_as(&stranger, &at(&campaign)).problem(404), "not_found");
    }

    fn a_draft_of_an_event_can_be_thrown_away_with_its_campaigns(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({ "languages": ["en", "fr"] }));
        drafted(&app, &json!({}));
        let gone = Answer::of(app.request(Method::DELETE, EVENT).bearer_auth(&app.token).header("If-Match", "*"));
        assert_eq!(gone.status, 204, "{}", gone.body);
    }
}
