//! Members: their roles, and their end.

use std::sync::Barrier;

use reqwest::Method;
use serde_json::{Value, json};
use turnout::access::{add_member, open_account};
use turnout::audit::Actor;
use turnout::events::Event;
use turnout::organizations::{Organization, Role};
use turnout::values::Language;

use super::{column, pairs, send, text};
use crate::support::{Answer, SecondInstance, TestApp, on_both_databases};

const MEMBERS: &str = "/api/v1/organizations/ict-cluster/members";

/// Makes somebody a member, at one event alone if one is named; the address of their membership.
pub fn join(app: &TestApp, organization: &str, event: Option<&str>, email: &str, role: Role) -> String {
    let (event, address, now) = (event.map(ToOwned::to_owned), email.parse().unwrap(), app.clock.now());
    let (name, slug) = (email.split('@').next().unwrap().parse().unwrap(), organization.to_owned());
    let joined = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let organization = Organization::find_by_slug(db, &slug)?.id;
        let event = event.map(|event| Event::find_by_name(db, &event)).transpose()?.map(|event| event.id);
        let account = open_account(db, &Actor::COMMAND_LINE, address, name, Language::English, None, now)?.id;
        add_member(db, &Actor::COMMAND_LINE, organization, event, (account, role), now)
    });
    format!("/api/v1/organizations/{organization}/members/{}", joined.unwrap().id)
}

fn patch(app: &TestApp, member: &str, role: &str) -> Answer {
    send(app, Method::PATCH, member, &[("If-Match", "*")], &json!({ "role": role }))
}

fn delete(app: &TestApp, token: &str, member: &str) -> Answer {
    Answer::of(app.request(Method::DELETE, member).bearer_auth(token))
}

/// Who is what.
fn roles(app: &TestApp) -> Vec<(Value, Value)> {
    let list = app.get_as_owner(MEMBERS);
    column(&list, "/account/email").into_iter().zip(column(&list, "/role")).collect()
}

on_both_databases! {
    fn members_are_listed_in_the_order_in_which_they_came(database: Database) {
        let app = TestApp::start(database);
        let event = app.drafted_event(&json!({}));
        let ada = join(&app, "ict-cluster", None, "Ada@ict.example", Role::Owner);
        join(&app, "ict-cluster", Some("digital-day"), "ben@ict.example", Role::Door);
        let list = app.get_as_owner(MEMBERS).ok(200);
        assert_eq!(list["data"][0], json!({
            "id": ada.rsplit('/').next().unwrap(),
            "account": { "id": list["data"][0]["account"]["id"], "name": "Ada", "email": "Ada@ict.example" },
            "role": "owner", "event": null, "created_at": "2026-03-02T09:00:00Z", "version": 1,
        }));
        assert_eq!((&list["data"][1]["event"], &list["data"][1]["role"]), (&event["id"], &json!("door")));
        let pages = crate::api::pages(&app, &format!("{MEMBERS}?limit=1"), "/account/name");
        assert_eq!(pages, [[json!("Ada")], [json!("ben")]]);
        let editor = app.token_of("ict-cluster", Role::Editor);
        assert_eq!(app.get_as(&editor, MEMBERS).ok(200), list);
        let door = app.token_of("ict-cluster", Role::Door);
        assert_eq!(app.get_as(&door, MEMBERS).problem(403), "forbidden");
    }

    fn an_owner_gives_a_member_another_role(database: Database) {
        let app = TestApp::start(database);
        join(&app, "ict-cluster", None, "ada@ict.example", Role::Owner);
        let ben = join(&app, "ict-cluster", None, "ben@ict.example", Role::Viewer);
        let role = json!({ "role": "editor" });
        assert_eq!(send(&app, Method::PATCH, &ben, &[], &role).problem(428), "if_match_required");
        assert_eq!(send(&app, Method::PATCH, &ben, &[("If-Match", "\"7\"")], &role).problem(412), "version_mismatch");
        let changed = send(&app, Method::PATCH, &ben, &[("If-Match", "\"1\"")], &role);
        assert_eq!((&changed.ok(200)["role"], &changed.ok(200)["version"]), (&json!("editor"), &json!(2)));
        assert_eq!(app.get_as_owner(MEMBERS).ok(200)["data"][1], changed.ok(200));
        assert_eq!(patch(&app, &ben, "king").issues(), pairs(&[("/role", "unknown_value")]));
        let nothing = send(&app, Method::PATCH, &ben, &[("If-Match", "*")], &json!({ "rôle": "owner" }));
        assert_eq!(nothing.issues(), pairs(&[("/rôle", "unknown_field"), ("/role", "required")]));
        let editor = app.token_of("ict-cluster", Role::Editor);
        assert_eq!(delete(&app, &editor, &ben).problem(403), "forbidden");
    }

    fn at_one_event_alone_somebody_edits_it_or_keeps_its_door(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({}));
        let ben = join(&app, "ict-cluster", Some("digital-day"), "ben@ict.example", Role::Door);
        assert_eq!(patch(&app, &ben, "editor").ok(200)["role"], "editor");
        for role in ["owner", "viewer"] {
            assert_eq!(patch(&app, &ben, role).issues(), pairs(&[("/role", "not_at_an_event")]));
        }
        let draft = Answer::of(app.request(Method::DELETE, "/api/v1/events/digital-day").bearer_auth(&app.token));
        assert_eq!(draft.status, 204);
        assert_eq!(column(&app.get_as_owner(MEMBERS), "/id"), Vec::<Value>::new());
    }

    fn the_last_owner_stays_one(database: Database) {
        let app = TestApp::start(database);
        let ada = join(&app, "ict-cluster", None, "ada@ict.example", Role::Owner);
        let ben = join(&app, "ict-cluster", None, "ben@ict.example", Role::Editor);
        assert_eq!(patch(&app, &ada, "editor").problem(409), "last_owner");
        assert_eq!(delete(&app, &app.token, &ada).problem(409), "last_owner");
        patch(&app, &ada, "owner").ok(200);
        patch(&app, &ben, "owner").ok(200);
        patch(&app, &ada, "viewer").ok(200);
        assert_eq!(delete(&app, &app.token, &ben).problem(409), "last_owner");
        assert_eq!(delete(&app, &app.token, &ada).status, 204);
        assert_eq!(roles(&app), [(json!("ben@ict.example"), json!("owner"))]);
        assert_eq!(delete(&app, &app.token, &ada).problem(404), "not_found");
    }

    fn two_owners_who_are_demoted_at_the_same_moment_leave_one(database: Database) {
        let app = TestApp::start(database);
        let second = SecondInstance::of(&app);
        let both = ["ada", "ben"].map(|name| join(&app, "ict-cluster", None, &format!("{name}@ict.example"), Role::Owner));
        for round in 0..10 {
            let at_once = Barrier::new(2);
            let demote = |server: &str, member: &str| {
                let request = app.client.patch(format!("{server}{member}")).bearer_auth(&app.token);
                at_once.wait();
                Answer::of(request.header("If-Match", "*").json(&json!({ "role": "editor" }))).status
            };
            let statuses = std::thread::scope(|scope| {
                let other = scope.spawn(|| demote(&second.address, &both[1]));
                let mut statuses = [demote(&app.address, &both[0]), other.join().unwrap()];
                statuses.sort_unstable();
                statuses
            });
            assert_eq!(statuses, [200, 409], "round {round}");
            let owners = roles(&app).into_iter().filter(|(_, role)| role == "owner").count();
            assert_eq!(owners, 1, "round {round}");
            for member in &both {
                patch(&app, member, "owner").ok(200);
            }
        }
    }

    fn members_of_another_organization_are_not_there(database: Database) {
        let app = TestApp::start(database);
        let museum = app.organization_with_token("Musée national", "museum", Role::Owner);
        let ada = join(&app, "ict-cluster", None, "ada@ict.example", Role::Owner);
        let elsewhere = ada.replace("ict-cluster", "museum");
        let said = |answer: Answer| text(&answer.ok(404), "/detail");
        assert_eq!(said(delete(&app, &museum, &elsewhere)), "there is no such member");
        assert_eq!(said(delete(&app, &museum, &ada)), "there is no such organization");
        assert_eq!(said(delete(&app, &app.token, &format!("{MEMBERS}/nobody"))), "there is no such member");
        assert_eq!(Answer::of(app.request(Method::DELETE, &ada)).problem(401), "unauthenticated");
    }

    fn a_member_who_is_removed_can_do_nothing_more_at_every_instance(database: Database) {
        let app = TestApp::start(database);
        let second = SecondInstance::of(&app);
        let session = app.member("ict-cluster", "camille@ict.example", Role::Editor);
        let member = format!("{MEMBERS}/{}", text(&app.get_as_owner(MEMBERS).ok(200), "/data/0/id"));
        let statuses = || [&app.address, &second.address].map(|server| {
            let request = app.client.get(format!("{server}{MEMBERS}")).header("Cookie", &session);
            Answer::of(request).status
        });
        assert_eq!(statuses(), [200, 200]);
        patch(&app, &member, "viewer").ok(200);
        assert_eq!(statuses(), [403, 403]);
        assert_eq!(delete(&app, &app.token, &member).status, 204);
        assert_eq!(statuses(), [404, 404]);
    }

    fn everybody_may_leave_and_nobody_may_send_others_away(database: Database) {
        let app = TestApp::start(database);
        let owner = join(&app, "ict-cluster", None, "ada@ict.example", Role::Owner);
        let camille = app.member("ict-cluster", "camille@ict.example", Role::Viewer);
        let own = format!("{MEMBERS}/{}", text(&app.get_as_owner(MEMBERS).ok(200), "/data/1/id"));
        let leave = |member: &str| Answer::of(app.request_with(&camille, Method::DELETE, member));
        assert_eq!(leave(&owner).problem(403), "forbidden");
        assert_eq!(leave(&own).status, 204);
        assert_eq!(leave(&own).problem(404), "not_found");
        assert_eq!(roles(&app), [(json!("ada@ict.example"), json!("owner"))]);
    }
}
