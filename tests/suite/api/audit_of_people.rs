//! What concerns people's accounts stands in the trails of the organizations to which they belong.

use chrono::TimeDelta;
use serde_json::{Value, json};
use turnout::audit::{self, Proof};
use turnout::organizations::Role;

use super::members::join;
use super::{column, pairs, text};
use crate::support::{Answer, TestApp, on_both_databases};

const CAMILLE: &str = "camille@museum.example";

fn trail(organization: &str, query: &str) -> String {
    format!("/api/v1/organizations/{organization}/audit?{query}")
}

/// Deeds and kinds of actors, newest first.
#[track_caller]
fn deeds(answer: &Answer) -> Vec<(String, String)> {
    let trail = answer.ok(200);
    let rows = trail["data"].as_array().unwrap();
    rows.iter().map(|row| (text(row, "/deed"), text(row, "/actor/kind"))).collect()
}

/// Behind all that was written and that nobody waited for.
fn settle(app: &TestApp) {
    app.app.store.write_here(uuid::Uuid::nil(), |_| Ok(())).unwrap();
}

on_both_databases! {
    fn an_owner_sees_that_the_account_of_a_member_is_attacked(database: Database) {
        let app = TestApp::start(database);
        let museum = app.organization_with_token("Museum", "museum", Role::Owner);
        app.member("ict-cluster", CAMILLE, Role::Editor);
        let account = app.account(CAMILLE);
        for _ in 0..2 {
            assert_eq!(app.sign_in(CAMILLE, "correct horse battery stable").problem(401), "sign_in_failed");
        }
        settle(&app);
        let failed = app.get_as_owner(&trail("ict-cluster", "deed=sign_in.failed"));
        assert_eq!(column(&failed, "/subject_id"), [json!(account.to_string()), json!(account.to_string())]);
        assert_eq!(column(&failed, "/network"), [json!("127.0.0.0/24"), json!("127.0.0.0/24")]);
        let all = deeds(&app.get_as_owner(&trail("ict-cluster", "deed=sign_in")));
        assert_eq!(all, pairs(&[("sign_in.failed", "anonymous"), ("sign_in.failed", "anonymous"), ("sign_in.begun", "member")]));
        // Whose member they are not learns nothing.
        assert_eq!(deeds(&app.get_as(&museum, &trail("museum", "deed=sign_in"))), []);
        assert_eq!(app.get_as(&museum, &trail("ict-cluster", "deed=sign_in")).problem(404), "not_found");
    }

    fn all_organizations_of_a_person_see_it_once_also_those_of_one_event(database: Database) {
        let app = TestApp::start(database);
        let museum = app.organization_with_token("Museum", "museum", Role::Owner);
        app.drafted_event(&json!({}));
        app.drafted_event(&json!({ "title": "Night" }));
        app.member("museum", CAMILLE, Role::Viewer);
        let account = app.account(CAMILLE);
        for event in ["digital-day", "night"] {
            let now = app.clock.now();
            app.app.store.write_here(uuid::Uuid::nil(), move |db| {
                let event = turnout::events::Event::find_by_name(db, event)?;
                let by = turnout::audit::Actor::COMMAND_LINE;
                let part = (event.organization_id, Some(event.id));
                turnout::access::add_member(db, &by, part.0, part.1, (account, Role::Door), now)
            }).unwrap();
        }
        let session = app.sign_in(CAMILLE, crate::support::PASSWORD).cookie("turnout_session");
        app.post("/api/v1/password-resets", &json!({ "email": CAMILLE })).ok(202);
        Answer::of(app.request_with(&session, reqwest::Method::DELETE, "/api/v1/sessions/current"));
        settle(&app);
        let expected = pairs(&[("sign_in.ended", "member"), ("sign_in.begun", "member")]);
        assert_eq!(deeds(&app.get_as_owner(&trail("ict-cluster", "deed=sign_in"))), expected);
        assert_eq!(deeds(&app.get_as(&museum, &trail("museum", "deed=sign_in")))[..2], expected);
        for (token, organization) in [(&app.token, "ict-cluster"), (&museum, "museum")] {
            let asked = app.get_as(token, &trail(organization, "deed=password_reset"));
            assert_eq!(deeds(&asked), pairs(&[("password_reset.asked", "anonymous")]));
            assert_eq!(column(&asked, "/event_id"), [Value::Null]);
        }
    }

    fn whoever_has_left_is_seen_no_more_and_the_seals_fit(database: Database) {
        let app = TestApp::start(database);
        let path = join(&app, "ict-cluster", None, "ben@ict.example", Role::Door);
        let fail = || {
            app.sign_in("ben@ict.example", "correct horse battery stable").problem(401);
            settle(&app);
            column(&app.get_as_owner(&trail("ict-cluster", "deed=sign_in.failed")), "/id").len()
        };
        assert_eq!(fail(), 1);
        assert_eq!(Answer::of(app.request(reqwest::Method::DELETE, &path).bearer_auth(&app.token)).status, 204);
        assert_eq!(fail(), 1);
        app.advance(TimeDelta::minutes(1));
        app.do_chore("seal the audit trail");
        let proofs = app.app.store.read_here(audit::verify).unwrap();
        let proofs: Vec<_> = proofs.into_iter().map(|Proof { head, broken_at }| (head.number, broken_at)).collect();
        assert_eq!(proofs, [(1, None), (1, None)]);
    }
}
