//! Who did what: every deed leaves a row, and rows that somebody touches are found out.

use chrono::TimeDelta;
use diesel::RunQueryDsl;
use diesel::sql_query;
use serde_json::{Value, json};
use turnout::audit::{self, Proof};
use turnout::organizations::Role;

use super::{pages, pairs, text};
use crate::support::process::doctor;
use crate::support::{Answer, TestApp, on_both_databases};

const TRAIL: &str = "/api/v1/organizations/ict-cluster/audit";

/// Deeds and kinds of actors of a trail, newest first.
#[track_caller]
fn deeds(answer: &Answer) -> Vec<(String, String)> {
    let trail = answer.ok(200);
    let rows = trail["data"].as_array().unwrap();
    rows.iter().map(|row| (text(row, "/deed"), text(row, "/actor/kind"))).collect()
}

fn seal(app: &TestApp) {
    app.advance(TimeDelta::minutes(1));
    app.do_chore("seal the audit trail");
}

fn broken(app: &TestApp) -> Vec<Option<i64>> {
    let proofs = app.app.store.read_here(audit::verify).unwrap();
    proofs.into_iter().map(|Proof { broken_at, .. }| broken_at).collect()
}

/// What somebody with the database open may do, and Turnout never does.
fn tamper(app: &TestApp, sql: &'static str) {
    let done = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        Ok(match db {
            turnout::store::Db::Postgres(c) => sql_query(sql).execute(c)?,
            turnout::store::Db::Sqlite(c) => sql_query(sql).execute(c)?,
        })
    });
    assert!(done.unwrap() > 0, "{sql} did nothing");
}

on_both_databases! {
    fn an_organization_sees_who_did_what_newest_first(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({ "capacity": 10 }));
        let registration = app.register("digital-day", "ada@museum.example").ok(201);
        let expected = pairs(&[
            ("registration.placed", "anonymous"),
            ("event.published", "token"),
            ("check_in_list.opened", "token"),
            ("event.drafted", "token"),
        ]);
        assert_eq!(deeds(&app.get_as_owner("/api/v1/events/digital-day/audit")), expected);
        let of_organization = deeds(&app.get_as_owner(TRAIL));
        assert_eq!(of_organization[..4], expected);
        assert_eq!(of_organization[4..], pairs(&[("token.issued", "command_line"), ("organization.founded", "command_line")]));
        let rows = app.get_as_owner(&format!("{TRAIL}?deed=registration")).ok(200);
        let row = &rows["data"][0];
        assert_eq!(row["subject_id"], registration["id"]);
        assert_eq!(row["event_id"], event["id"]);
        assert_eq!(row["at"], "2026-03-02T09:00:00Z");
        assert_eq!(row["network"], "127.0.0.0/24");
        assert_eq!(row["changes"], json!([]));
    }
}

on_both_databases! {
    fn a_change_is_told_with_what_was_before(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 10, "tags": ["digital"] }));
        let change = json!({ "title": "Digital Night", "capacity": 20, "registration": { "waitlist": "auto" } });
        app.patch_as_owner("/api/v1/events/digital-day", &change).ok(200);
        let row = app.get_as_owner(&format!("{TRAIL}?deed=event.revised")).ok(200)["data"][0].take();
        let expected = json!([
            { "field": "capacity", "before": 10, "after": 20 },
            { "field": "registration.waitlist", "before": "off", "after": "auto" },
            { "field": "title", "before": "Digital Day", "after": "Digital Night" },
        ]);
        assert_eq!(row["changes"], expected);
    }
}

on_both_databases! {
    fn the_trail_is_filtered_and_paged(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for name in ["ada", "ben", "cleo"] {
            app.register("digital-day", &format!("{name}@museum.example")).ok(201);
        }
        app.advance(TimeDelta::hours(1));
        app.register("digital-day", "dan@museum.example").ok(201);
        let count = |query: &str| deeds(&app.get_as_owner(&format!("{TRAIL}?{query}"))).len();
        assert_eq!(count("deed=registration.placed"), 4);
        assert_eq!(count("deed=registration"), 4);
        assert_eq!(count("deed=regis"), 0);
        assert_eq!(count("actor=anonymous"), 4);
        assert_eq!(count("from=2026-03-02T10:00:00Z"), 1);
        assert_eq!(count("deed=registration&to=2026-03-02T10:00:00Z"), 3);
        let whole: Vec<Value> = pages(&app, &format!("{TRAIL}?limit=500"), "/id").concat();
        let in_twos = pages(&app, &format!("{TRAIL}?limit=2"), "/id");
        assert_eq!(in_twos.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 2, 2, 1]);
        assert_eq!(in_twos.concat(), whole);
        let wrong = app.get_as_owner(&format!("{TRAIL}?from=yesterday&actor_id=7&colour=red"));
        let expected = [("actor_id", "invalid_id"), ("from", "invalid_time"), ("colour", "unknown_parameter")];
        assert_eq!(wrong.issues(), pairs(&expected));
    }
}

on_both_databases! {
    fn what_somebody_tried_and_was_not_allowed_is_in_the_trail(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let stranger = app.organization_with_token("Museum", "museum", Role::Owner);
        let viewer = app.token_of("ict-cluster", Role::Viewer);
        for _ in 0..3 {
            app.get_as(&stranger, "/api/v1/events/digital-day/participants.csv").problem(404);
        }
        app.post_as(&viewer, "/api/v1/events/digital-day/cancel", &json!({})).problem(403);
        app.get_as(&viewer, "/api/v1/events/no-such-thing/registrations").problem(404);
        app.get_as(&stranger, TRAIL).problem(404);
        app.do_chore("note denials");
        let trail = app.get_as_owner(&format!("{TRAIL}?deed=denied")).ok(200);
        let mut told: Vec<(String, Value)> = trail["data"].as_array().unwrap().iter()
            .map(|row| (text(row, "/deed"), row["changes"][0]["after"].clone()))
            .collect();
        told.sort_by(|a, b| a.0.cmp(&b.0));
        let expected = [
            ("denied.export_registrations".to_owned(), json!(3)),
            ("denied.read_organization_audit".to_owned(), json!(1)),
            ("denied.write_event".to_owned(), json!(1)),
        ];
        assert_eq!(told, expected);
    }
}

on_both_databases! {
    fn seals_cover_all_rows_and_fit_them(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        seal(&app);
        app.register("digital-day", "ada@museum.example").ok(201);
        seal(&app);
        seal(&app);
        let proofs = app.app.store.read_here(audit::verify).unwrap();
        assert_eq!(proofs.iter().map(|proof| (proof.head.number, proof.broken_at)).collect::<Vec<_>>(), [(2, None)]);
    }
}

on_both_databases! {
    fn a_row_that_was_changed_is_found_out(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        seal(&app);
        app.register("digital-day", "ada@museum.example").ok(201);
        seal(&app);
        assert_eq!(broken(&app), [None]);
        tamper(&app, "UPDATE audit SET actor = 'system' WHERE deed = 'registration.placed'");
        assert_eq!(broken(&app), [Some(2)]);
    }
}

on_both_databases! {
    fn a_row_that_was_taken_away_is_found_out(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        seal(&app);
        app.register("digital-day", "ada@museum.example").ok(201);
        seal(&app);
        tamper(&app, "DELETE FROM audit WHERE deed = 'event.published'");
        assert_eq!(broken(&app), [Some(1)]);
    }
}

on_both_databases! {
    fn rows_of_the_last_seconds_are_not_sealed_yet(database: Database) {
        let app = TestApp::start(database);
        app.do_chore("seal the audit trail");
        let seals = || app.app.store.read_here(audit::verify).unwrap().iter().map(|proof| proof.head.number).sum::<i64>();
        assert_eq!((broken(&app), seals()), (vec![None], 0));
        app.advance(TimeDelta::seconds(20));
        app.do_chore("seal the audit trail");
        assert_eq!((broken(&app), seals()), (vec![None], 1));
    }
}

on_both_databases! {
    fn a_seal_that_was_taken_away_is_found_out(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for name in ["ada", "ben"] {
            app.register("digital-day", &format!("{name}@museum.example")).ok(201);
            seal(&app);
        }
        assert_eq!(broken(&app), [None]);
        tamper(&app, "DELETE FROM audit_seals WHERE number = 1");
        assert_eq!(broken(&app), [Some(2)]);
    }

    fn a_trail_without_its_beginning_is_found_out_even_when_its_seals_are_gone(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        seal(&app);
        tamper(&app, "DELETE FROM audit_seals");
        tamper(&app, "DELETE FROM audit WHERE deed IN ('organization.founded', 'token.issued')");
        assert_eq!(broken(&app), [Some(1)]);
        // And stays so, however often what is left is sealed.
        seal(&app);
        assert_eq!(broken(&app), [Some(1)]);
        tamper(&app, "DELETE FROM audit");
        tamper(&app, "DELETE FROM audit_seals");
        assert_eq!(broken(&app), [Some(1)]);
    }

    fn attempts_that_could_not_be_written_down_are_not_forgotten(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let viewer = app.token_of("ict-cluster", Role::Viewer);
        let cancel = || app.post_as(&viewer, "/api/v1/events/digital-day/cancel", &json!({})).problem(403);
        let rename = |sql: &'static str| {
            app.app.store.write_here(uuid::Uuid::nil(), move |db| {
                match db {
                    turnout::store::Db::Postgres(c) => sql_query(sql).execute(c)?,
                    turnout::store::Db::Sqlite(c) => sql_query(sql).execute(c)?,
                };
                Ok(())
            }).unwrap();
        };
        cancel();
        rename("ALTER TABLE audit RENAME TO audit_elsewhere");
        let chore = turnout::worker::CHORES.iter().find(|chore| chore.name == "note denials").unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        assert!(runtime.block_on((chore.work)(app.app.worker())).is_err());
        rename("ALTER TABLE audit_elsewhere RENAME TO audit");
        cancel();
        for _ in 0..2 {
            app.do_chore("note denials");
        }
        let told = app.get_as_owner(&format!("{TRAIL}?deed=denied")).ok(200);
        let times: Vec<&Value> = told["data"].as_array().unwrap().iter().map(|row| &row["changes"][0]["after"]).collect();
        assert_eq!(times, [2]);
    }

    fn nobodys_name_or_address_is_in_the_trail(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "registration": { "waitlist": "auto" } }));
        let wish = json!({ "attendee": { "first_name": "Ada", "last_name": "Weberin", "email": "ada@weberin.example",
            "organization": "Weberin & Co", "phone": "+352 621" }, "external_ref": "Weberin 7" });
        let ada = app.post_as_owner("/api/v1/events/digital-day/registrations", &wish).ok(201);
        let path = format!("/api/v1/registrations/{}", text(&ada, "/id"));
        app.patch_as_owner(&path, &json!({ "attendee": { "first_name": "Adah", "email": "adah@weberin.example" }, "note": "Weberin" })).ok(200);
        for query in ["q=weberin", "external_ref=Weberin%207"] {
            app.get_as_owner(&format!("/api/v1/events/digital-day/participants.csv?{query}"));
        }
        let door = format!("/api/v1/check-in-lists/{}/check-ins", app.list_of("digital-day"));
        let checked = app.post_as_owner(&door, &json!({ "code": ada["code"] })).ok(200);
        app.post_as_owner(&format!("/api/v1/check-ins/{}/annul", text(&checked, "/check_in_id")), &json!({ "reason": "Weberin" })).ok(200);
        let other = json!({ "attendee": { "first_name": "Ben", "email": "ben@weberin.example" } });
        app.post_as_owner(&format!("{path}/transfer"), &other);
        app.post_as_owner(&format!("{path}/cancel"), &json!({}));
        app.post_as_owner(&format!("{path}/erase"), &json!({}));
        app.post_as_owner("/api/v1/organizations/ict-cluster/invites", &json!({ "email": "cleo@weberin.example", "role": "door" })).ok(201);
        let rows: Vec<audit::Entry> = app.app.store.read_here(|db| {
            use diesel::prelude::*;
            Ok(audit::Entry::query().load(db)?)
        }).unwrap();
        assert!(rows.len() > 10);
        let told = format!("{rows:?}").to_lowercase();
        assert!(!told.contains("weberin") && !told.contains("352"), "{told}");
    }
}

on_both_databases! {
    fn only_owners_read_the_trail(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for role in [Role::Editor, Role::Door, Role::Viewer] {
            let token = app.token_of("ict-cluster", role);
            assert_eq!(app.get_as(&token, TRAIL).problem(403), "forbidden");
            assert_eq!(app.get_as(&token, "/api/v1/events/digital-day/audit").problem(403), "forbidden");
        }
        assert_eq!(app.get(TRAIL).problem(401), "unauthenticated");
        assert_eq!(app.get("/api/v1/organizations/no-such-thing/audit").problem(401), "unauthenticated");
    }
}

on_both_databases! {
    fn the_doctor_tells_a_whole_trail_from_one_that_was_touched(database: Database) {
        let app = TestApp::start(database);
        seal(&app);
        let said = || {
            let said = doctor(&app.database);
            let text = String::from_utf8(said.stdout).unwrap();
            let line = text.lines().find(|line| line.starts_with("audit")).unwrap().to_owned();
            (said.status.code(), line)
        };
        let proof = app.app.store.read_here(audit::verify).unwrap().remove(0);
        let trail = proof.head.organization;
        let whole = format!("audit        ok       trail {trail}: 1 seals, the last is {}", proof.head.hash);
        assert_eq!(said(), (Some(0), whole));
        tamper(&app, "UPDATE audit SET network = '192.0.2.0/24'");
        assert_eq!(said(), (Some(1), format!("audit        WRONG    trail {trail}: seal 1 does not fit its rows")));
    }
}
