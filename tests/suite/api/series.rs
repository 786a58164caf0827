//! Series: events that come again.

use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::{column, pairs, send, text};
use crate::support::{Answer, TestApp, on_both_databases};

const SERIES: &str = "/api/v1/organizations/ict-cluster/series";

fn week(app: &TestApp) -> Value {
    app.post_as_owner(SERIES, &json!({ "title": "Smart Manufacturing Week" })).ok(201)
}

fn edition(event: &Value) -> (Value, Value) {
    (event["series"]["slug"].clone(), event["edition"].clone())
}

on_both_databases! {
    fn a_series_is_made_read_changed_listed_and_removed(database: Database) {
        let app = TestApp::start(database);
        let added = app.post_as_owner(SERIES, &json!({ "title": "Smart Manufacturing Week" }));
        let series = added.ok(201);
        let id = text(&series, "/id");
        assert_eq!(series, json!({
            "id": id, "slug": "smart-manufacturing-week", "title": "Smart Manufacturing Week", "editions": 0,
            "created_at": "2026-03-02T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "version": 1,
        }));
        for name in [&id, "smart-manufacturing-week"] {
            assert_eq!(app.get_as_owner(&format!("{SERIES}/{name}")).ok(200), series);
        }
        assert_eq!(app.post_as_owner(SERIES, &json!({ "title": "smart manufacturing week" })).problem(409), "slug_taken");
        assert_eq!(app.post_as_owner(SERIES, &json!({ "slug": "A B", "colour": 1 })).issues(),
            pairs(&[("/colour", "unknown_field"), ("/title", "required"), ("/slug", "invalid_slug")]));
        app.post_as_owner(SERIES, &json!({ "title": "Nights", "slug": "nights" })).ok(201);
        assert_eq!(column(&app.get_as_owner(SERIES), "/slug"), [json!("smart-manufacturing-week"), json!("nights")]);

        let path = format!("{SERIES}/{id}");
        let change = json!({ "title": "Smart Week", "slug": "smart-week" });
        assert_eq!(send(&app, Method::PATCH, &path, &[], &change).problem(428), "if_match_required");
        let changed = send(&app, Method::PATCH, &path, &[("If-Match", &added.header("etag"))], &change).ok(200);
        assert_eq!((&changed["slug"], &changed["title"], &changed["version"]), (&json!("smart-week"), &json!("Smart Week"), &json!(2)));
        assert_eq!(send(&app, Method::PATCH, &path, &[("If-Match", &added.header("etag"))], &change).status, 412);
        assert_eq!(app.patch_as_owner(&path, &json!({ "slug": "nights" })).problem(409), "slug_taken");
        let other = app.organization_with_token("Museum", "museum", Role::Owner);
        assert_eq!(app.get_as(&other, &format!("/api/v1/organizations/museum/series/{id}")).problem(404), "not_found");
        let delete = |path: &str| Answer::of(app.request(Method::DELETE, path).bearer_auth(&app.token)).status;
        assert_eq!((delete(&path), delete(&path)), (204, 404));
    }

    fn events_are_editions_of_a_series(database: Database) {
        let app = TestApp::start(database);
        let series = week(&app);
        let slug = json!("smart-manufacturing-week");
        let fifth = app.published_event(&json!({ "title": "Week 5", "series": slug, "edition": 5 }));
        assert_eq!(edition(&fifth), (slug.clone(), json!(5)));
        assert_eq!(fifth["series"], json!({ "id": series["id"], "slug": slug, "title": "Smart Manufacturing Week" }));
        let sixth = app.drafted_event(&json!({ "title": "Week 6", "series": series["id"] }));
        assert_eq!((edition(&sixth), &sixth["version"]), ((slug.clone(), json!(6)), &json!(1)));
        let draft = |more: &Value| {
            let mut event = json!({ "title": "X", "starts_at": "2026-06-08T09:00:00Z", "ends_at": "2026-06-08T10:00:00Z" });
            event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            app.post_as_owner("/api/v1/events", &event)
        };
        assert_eq!(draft(&json!({ "series": slug, "edition": 5 })).problem(409), "edition_taken");
        assert_eq!(draft(&json!({ "series": "none", "title": "" })).issues(), pairs(&[("/title", "required"), ("/series", "unknown_series")]));
        assert_eq!(draft(&json!({ "edition": 0 })).issues(), pairs(&[("/edition", "out_of_range")]));
        assert_eq!(draft(&json!({ "edition": 3 })).issues(), pairs(&[("/edition", "no_series")]));
        let museum = app.organization_with_token("Museum", "museum", Role::Owner);
        let theirs = app.post_as(&museum, "/api/v1/events", &json!({ "title": "X", "series": slug,
            "starts_at": "2026-06-08T09:00:00Z", "ends_at": "2026-06-08T10:00:00Z" }));
        assert_eq!(theirs.issues(), pairs(&[("/series", "unknown_series")]));

        let listed = |token: Option<&str>, series: &str| {
            let path = format!("/api/v1/events?series={series}");
            column(&token.map_or_else(|| app.get(&path), |token| app.get_as(token, &path)), "/edition")
        };
        assert_eq!(listed(None, "smart-manufacturing-week"), [json!(5)]);
        assert_eq!(listed(Some(&app.token), "smart-manufacturing-week"), [json!(5), json!(6)]);
        assert_eq!(listed(None, "nights"), Vec::<Value>::new());
        let path = format!("{SERIES}/smart-manufacturing-week");
        assert_eq!(app.get_as_owner(&path).ok(200)["editions"], 2);
        let delete = Answer::of(app.request(Method::DELETE, &path).bearer_auth(&app.token));
        assert_eq!(delete.problem(409), "series_in_use");
    }

    fn an_event_joins_a_series_moves_within_it_and_leaves_it(database: Database) {
        let app = TestApp::start(database);
        week(&app);
        app.published_event(&json!({}));
        let path = "/api/v1/events/digital-day";
        let change = |fields: &Value| app.patch_as_owner(path, fields);
        let slug = json!("smart-manufacturing-week");
        assert_eq!(change(&json!({ "edition": 2 })).issues(), pairs(&[("/edition", "no_series")]));
        assert_eq!(edition(&change(&json!({ "series": slug })).ok(200)), (slug.clone(), json!(1)));
        assert_eq!(edition(&change(&json!({ "edition": 7 })).ok(200)), (slug.clone(), json!(7)));
        assert_eq!(edition(&change(&json!({ "title": "Other" })).ok(200)), (slug.clone(), json!(7)));
        assert_eq!(edition(&change(&json!({ "series": slug })).ok(200)), (slug.clone(), json!(7)));
        app.drafted_event(&json!({ "title": "Eighth", "series": slug }));
        assert_eq!(change(&json!({ "edition": 8 })).problem(409), "edition_taken");
        assert_eq!(edition(&change(&json!({ "series": null })).ok(200)), (Value::Null, Value::Null));
    }

    fn a_copy_is_the_next_edition(database: Database) {
        let app = TestApp::start(database);
        week(&app);
        app.published_event(&json!({ "series": "smart-manufacturing-week", "edition": 5 }));
        let copy = |fields: &Value| app.post_as_owner("/api/v1/events/digital-day/duplicate", fields);
        let next = copy(&json!({ "starts_at": "2027-06-07T09:00:00+02:00" })).ok(201);
        assert_eq!((edition(&next), &next["version"]), ((json!("smart-manufacturing-week"), json!(6)), &json!(1)));
        let tenth = copy(&json!({ "starts_at": "2031-06-07T09:00:00+02:00", "edition": 10 })).ok(201);
        assert_eq!(tenth["edition"], 10);
        assert_eq!(copy(&json!({ "starts_at": "2032-06-07T09:00:00+02:00", "edition": 6 })).problem(409), "edition_taken");
    }
}
