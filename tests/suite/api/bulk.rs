//! The same deed to many, each with its own verdict.

use serde_json::{Value, json};
use turnout::organizations::Role;

use super::world_of_parts::deed;
use super::{address, messages, pairs};
use crate::support::{Answer, TestApp, on_both_databases};

fn bulk(app: &TestApp, query: &str, body: &Value) -> Answer {
    app.post_as_owner(&format!("/api/v1/events/digital-day/registrations/bulk{query}"), body)
}

fn people(app: &TestApp, names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| app.register("digital-day", &format!("{name}@museum.example")).ok(201)).collect()
}

on_both_databases! {
    fn each_has_its_own_verdict_and_none_undoes_another(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "title": "Elsewhere" }));
        let elsewhere = app.register("elsewhere", "ada@museum.example").ok(201);
        app.published_event(&json!({ "capacity": 2 }));
        let people = people(&app, &["ada", "ben"]);
        let (ada, ben) = (&people[0]["id"], &people[1]["id"]);
        deed(&app, &app.token, &people[0], "cancel", &json!({})).ok(200);
        let answer = bulk(&app, "", &json!({ "deed": "cancel", "ids": [ada, ben, elsewhere["id"], ben] })).ok(200);
        assert_eq!(answer, json!({ "results": [
            { "id": ada, "result": "refused", "code": "already_cancelled", "detail": "this registration has been cancelled already" },
            { "id": ben, "result": "done" },
            { "id": elsewhere["id"], "result": "refused", "code": "not_found", "detail": "there is no such registration" },
            { "id": ben, "result": "refused", "code": "already_cancelled", "detail": "this registration has been cancelled already" },
        ] }));
        assert_eq!(app.get_as_owner(&address(&elsewhere)).ok(200)["status"], "confirmed");
        app.patch_as_owner("/api/v1/events/digital-day", &json!({ "capacity": 1 })).ok(200);
        let answer = bulk(&app, "?silent=true", &json!({ "deed": "restore", "ids": [ben, ada] })).ok(200);
        assert_eq!(answer, json!({ "results": [
            { "id": ben, "result": "done" },
            { "id": ada, "result": "refused", "code": "sold_out", "detail": "every seat is taken" },
        ] }));
        assert_eq!(messages(&app, "digital-day").len(), 4, "two confirmed, two cancelled");
        assert_eq!(bulk(&app, "", &json!({ "deed": "resend", "ids": [ada, ben] })).ok(200)["results"][1]["result"], "done");
        assert_eq!(messages(&app, "digital-day")[4..], pairs(&[("cancelled", "ada@museum.example"), ("confirmed", "ben@museum.example")]));
    }

    fn words_and_notes_are_written_on_many(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let people = people(&app, &["ada", "ben"]);
        let ids = json!([people[0]["id"], people[1]["id"]]);
        let read = |place: usize| app.get_as_owner(&address(&people[place])).ok(200);
        bulk(&app, "", &json!({ "deed": "tag", "ids": ids, "tags": ["vip", "press"] })).ok(200);
        bulk(&app, "", &json!({ "deed": "untag", "ids": [ids[0]], "tags": ["vip", "none"] })).ok(200);
        assert_eq!((&read(0)["tags"], &read(1)["tags"]), (&json!(["press"]), &json!(["vip", "press"])));
        bulk(&app, "", &json!({ "deed": "note", "ids": ids, "note": "front row" })).ok(200);
        bulk(&app, "", &json!({ "deed": "note", "ids": [ids[1]], "note": null })).ok(200);
        assert_eq!((&read(0)["note"], &read(1)["note"]), (&json!("front row"), &Value::Null));
        let many: Vec<String> = (0..20).map(|number| format!("w{number}")).collect();
        let answer = bulk(&app, "", &json!({ "deed": "tag", "ids": [ids[0]], "tags": many })).ok(200);
        assert_eq!(answer["results"][0]["code"], "too_many");
        assert_eq!(messages(&app, "digital-day").len(), 2, "notes are nobody's letter");
    }

    fn a_request_that_is_wrong_does_nothing(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = people(&app, &["ada"]).remove(0);
        let issues = |body: Value| bulk(&app, "", &body).issues();
        assert_eq!(issues(json!({})), pairs(&[("/deed", "required"), ("/ids", "required")]));
        assert_eq!(issues(json!({ "deed": "sink", "ids": ["x"], "y": 1 })),
            pairs(&[("/y", "unknown_field"), ("/deed", "unknown_value"), ("/ids", "invalid_id")]));
        assert_eq!(issues(json!({ "deed": "tag", "ids": [] })), pairs(&[("/tags", "required")]));
        assert_eq!(issues(json!({ "deed": "note", "ids": [] })), pairs(&[("/note", "required")]));
        assert_eq!(issues(json!({ "deed": "cancel", "ids": [], "tags": ["a"], "note": "b" })),
            pairs(&[("/tags", "not_wanted"), ("/note", "not_wanted")]));
        let many = vec![ada["id"].clone(); 1001];
        assert_eq!(issues(json!({ "deed": "cancel", "ids": many })), pairs(&[("/ids", "too_many")]));
        let path = "/api/v1/events/digital-day/registrations/bulk";
        let cancel = json!({ "deed": "cancel", "ids": [ada["id"]] });
        assert_eq!(app.post(path, &cancel).problem(401), "unauthenticated");
        assert_eq!(app.post_as(&app.token_of("ict-cluster", Role::Viewer), path, &cancel).problem(403), "forbidden");
        let stranger = app.organization_with_token("Other", "other", Role::Owner);
        for token in [&stranger, &app.manage_token(&ada)] {
            assert_eq!(app.post_as(token, path, &cancel).problem(404), "not_found");
        }
        assert_eq!(app.get_as_owner(&address(&ada)).ok(200)["status"], "confirmed");
    }
}
