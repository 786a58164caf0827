//! Invitations: sent, followed, taken back.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::access::InviteToken;
use turnout::organizations::Role;

use super::{column, pages, pairs, text};
use crate::support::crowd::{Request, all_at_once};
use crate::support::{Answer, PASSWORD, SecondInstance, TestApp, on_both_databases};

const CLUSTER: &str = "/api/v1/organizations/ict-cluster";
const INVITES: &str = "/api/v1/organizations/ict-cluster/invites";
const READ: &str = "/api/v1/invites/read";
const ACCEPT: &str = "/api/v1/invites/accept";

fn invite(app: &TestApp, email: &str, role: &str) -> Value {
    app.post_as_owner(INVITES, &json!({ "email": email, "role": role })).ok(201)
}

/// What stands behind the # of the link of an invitation.
fn link(app: &TestApp, invite: &Value) -> String {
    let id = text(invite, "/id").parse().unwrap();
    InviteToken { invite: id }.text(&app.app.api.keys).reveal().to_owned()
}

fn read(app: &TestApp, token: &str) -> Answer {
    app.post(READ, &json!({ "token": token }))
}

/// Somebody without an account follows a link.
fn accept(app: &TestApp, token: &str) -> Answer {
    app.post(ACCEPT, &json!({ "token": token, "name": "Camille Weber", "password": PASSWORD }))
}

fn revoke(app: &TestApp, invite: &Value) -> u16 {
    let address = format!("{INVITES}/{}", text(invite, "/id"));
    Answer::of(app.request(Method::DELETE, &address).bearer_auth(&app.token)).status
}

fn states(app: &TestApp) -> Vec<(Value, Value)> {
    let list = app.get_as_owner(INVITES);
    column(&list, "/email").into_iter().zip(column(&list, "/state")).collect()
}

on_both_databases! {
    fn somebody_is_invited_chooses_a_password_and_is_a_member(database: Database) {
        let app = TestApp::start(database);
        let sent = app.post_as_owner(INVITES, &json!({ "email": "Camille@museum.example", "role": "editor" }));
        let invite = sent.ok(201);
        assert_eq!(invite, json!({
            "id": invite["id"], "email": "Camille@museum.example", "role": "editor", "event": null, "state": "open",
            "created_at": "2026-03-02T09:00:00Z", "expires_at": "2026-03-09T09:00:00Z", "version": 1,
        }));
        let organization = text(&app.get_as_owner(CLUSTER).ok(200), "/id");
        assert_eq!(sent.header("location"), format!("/api/v1/organizations/{organization}/invites/{}", text(&invite, "/id")));
        let token = link(&app, &invite);
        for _ in 0..2 {
            assert_eq!(read(&app, &token).ok(200), json!({
                "organization": { "slug": "ict-cluster", "name": "Luxembourg ICT Cluster" }, "role": "editor",
                "event": null, "email": "Camille@museum.example", "has_account": false,
                "expires_at": "2026-03-09T09:00:00Z",
            }));
        }
        let member = accept(&app, &token).ok(200);
        assert_eq!((text(&member, "/account/name"), text(&member, "/role")), ("Camille Weber".into(), "editor".into()));
        assert_eq!(app.get_as_owner(&format!("{CLUSTER}/members")).ok(200)["data"], json!([member]));
        let session = app.sign_in("camille@museum.example", PASSWORD).cookie("turnout_session");
        let seen = app.get_with(&session, CLUSTER).ok(200);
        assert_eq!(seen["permissions"], json!(["see_organization", "read_organization", "draft_events", "read_hosting",
            "answer_hosting", "read_members", "read_organization_messages"]));
        assert_eq!(states(&app), [(json!("Camille@museum.example"), json!("accepted"))]);
    }

    fn whoever_has_an_account_needs_no_password_and_is_not_signed_in(database: Database) {
        let app = TestApp::start(database);
        app.organization_with_token("Musée national", "museum", Role::Owner);
        let session = app.member("museum", "camille@museum.example", Role::Owner);
        let token = link(&app, &invite(&app, "CAMILLE@museum.example", "door"));
        assert_eq!(read(&app, &token).ok(200)["has_account"], true);
        let accepted = app.post(ACCEPT, &json!({ "token": token }));
        assert_eq!((accepted.ok(200)["account"]["name"].clone(), accepted.cookies()), (json!("camille"), vec![]));
        let list = app.get_with(&session, "/api/v1/organizations");
        let mut slugs = column(&list, "/slug");
        slugs.sort_by_key(ToString::to_string);
        assert_eq!(slugs, [json!("ict-cluster"), json!("museum")]);
        let again = app.post_as_owner(INVITES, &json!({ "email": "camille@museum.example", "role": "owner" }));
        assert_eq!(again.problem(409), "already_member");
    }

    fn the_letter_says_who_invites_and_has_the_link(database: Database) {
        let app = TestApp::start(database);
        app.patch_as_owner(CLUSTER, &json!({ "mail_sender_name": "ICT Cluster", "contact_email": "hello@ict.example" })).ok(200);
        app.drafted_event(&json!({}));
        let first = invite(&app, "camille@museum.example", "owner");
        let second = json!({ "email": "camille@museum.example", "role": "door", "event": "digital-day" });
        let second = app.post_as_owner(INVITES, &second).ok(201);
        app.deliver_mail();
        // Lines that quoted-printable (RFC 2045 §6.7) has broken are whole again.
        let letters: Vec<String> = app.letters().iter().map(|letter| letter.replace("=\r\n", "")).collect();
        let has = |letter: &str, line: &str| assert!(letter.lines().any(|l| l == line), "{line} in {letter}");
        for letter in &letters {
            has(letter, "From: \"ICT Cluster\" <turnout@turnout.example>");
            has(letter, "Reply-To: hello@ict.example");
            has(letter, "To: camille@museum.example");
        }
        has(&letters[0], "Subject: Invitation: Luxembourg ICT Cluster");
        has(&letters[0], "Luxembourg ICT Cluster invites you to become a member: to answer for it.");
        has(&letters[0], &format!("https://turnout.example/invite#{}", link(&app, &first)));
        has(&letters[0], "This link works once, until Monday 9 March 2026, 10:00 (Luxembourg time), and");
        has(&letters[1], "Subject: Invitation: Digital Day");
        has(&letters[1], "Luxembourg ICT Cluster invites you to help with Digital Day: to check people");
        has(&letters[1], "in.");
        has(&letters[1], &format!("https://turnout.example/invite#{}", link(&app, &second)));
    }

    fn a_letter_that_has_not_left_stays_with_an_invitation_that_is_taken_back_or_replaced(database: Database) {
        let app = TestApp::start(database);
        assert_eq!(revoke(&app, &invite(&app, "jos@museum.example", "door")), 204);
        invite(&app, "camille@museum.example", "door");
        let newer = invite(&app, "camille@museum.example", "editor");
        app.deliver_mail();
        let letters: Vec<String> = app.letters().iter().map(|letter| letter.replace("=\r\n", "")).collect();
        assert_eq!(letters.len(), 1);
        assert!(letters[0].contains(&link(&app, &newer)), "{}", letters[0]);
    }

    fn somebody_invited_to_one_event_helps_there_and_nowhere_else(database: Database) {
        let app = TestApp::start(database);
        let event = app.drafted_event(&json!({}));
        app.drafted_event(&json!({ "slug": "other" }));
        let wish = json!({ "email": "camille@museum.example", "role": "editor", "event": event["id"] });
        let invite = app.post_as_owner(INVITES, &wish).ok(201);
        let read = read(&app, &link(&app, &invite)).ok(200);
        assert_eq!(read["event"], json!({ "slug": "digital-day", "title": "Digital Day" }));
        assert_eq!(accept(&app, &link(&app, &invite)).ok(200)["event"], event["id"]);
        let session = app.sign_in("camille@museum.example", PASSWORD).cookie("turnout_session");
        let status = |path: &str| app.get_with(&session, path).status;
        assert_eq!([status("/api/v1/events/digital-day"), status("/api/v1/events/other")], [200, 404]);
        assert_eq!([status(CLUSTER), status(&format!("{CLUSTER}/members")), status(INVITES)], [200, 403, 403]);
        assert_eq!(column(&app.get_with(&session, &format!("{CLUSTER}/events")), "/slug"), [json!("digital-day")]);
        // They learn whose event it is, and nothing of how the organization is set up.
        let known = app.get_with(&session, CLUSTER).ok(200);
        assert_eq!(known, json!({
            "id": known["id"], "slug": "ict-cluster", "name": "Luxembourg ICT Cluster", "second_factor_required": false,
            "permissions": ["see_organization"], "version": 1,
        }));
        assert_eq!(app.get_with(&session, "/api/v1/organizations").ok(200)["data"], json!([known]));
        for below in ["series", "column-sets"] {
            assert_eq!(app.get_with(&session, &format!("{CLUSTER}/{below}")).problem(403), "forbidden");
        }
    }

    fn an_owner_who_mistypes_fields_is_told_all_of_them(database: Database) {
        let app = TestApp::start(database);
        let museum = app.organization_with_token("Musée national", "museum", Role::Owner);
        let other = json!({ "title": "Other", "starts_at": "2026-06-07T07:00:00Z", "ends_at": "2026-06-07T15:00:00Z" });
        app.post_as(&museum, "/api/v1/events", &other).ok(201);
        app.drafted_event(&json!({}));
        for (wish, wrong) in [
            (json!({ "colour": "red" }), &[("/colour", "unknown_field"), ("/email", "required"), ("/role", "required")][..]),
            (json!({ "email": "camille", "role": "king", "event": 7 }),
                &[("/email", "invalid_email"), ("/role", "unknown_value"), ("/event", "invalid_type")]),
            (json!({ "email": "a@b.example", "role": "door", "event": "other" }), &[("/event", "unknown_event")]),
            (json!({ "email": "a@b.example", "role": "door", "event": "nothing" }), &[("/event", "unknown_event")]),
            (json!({ "email": "x", "role": "owner", "event": "digital-day" }),
                &[("/email", "invalid_email"), ("/role", "not_at_an_event")]),
            (json!({ "email": "a@b.example", "role": "viewer", "event": "digital-day" }), &[("/role", "not_at_an_event")]),
        ] {
            assert_eq!(app.post_as_owner(INVITES, &wish).issues(), pairs(wrong), "{wish}");
        }
        assert_eq!(states(&app), []);
    }

    fn somebody_without_an_account_says_who_they_are(database: Database) {
        let app = TestApp::start(database);
        let invite = invite(&app, "camille@museum.example", "viewer");
        let token = link(&app, &invite);
        for (said, wrong) in [
            (json!({}), &[("/token", "required")][..]),
            (json!({ "token": "I1.nonsense" }), &[("/token", "invalid_link")]),
            (json!({ "token": token.replace("I1.", "R1.") }), &[("/token", "invalid_link")]),
            (json!({ "token": format!("{token}A") }), &[("/token", "invalid_link")]),
            (json!({ "token": token }), &[("/name", "required"), ("/password", "required")]),
            (json!({ "token": token, "name": " ", "password": "short", "role": "owner" }),
                &[("/role", "unknown_field"), ("/name", "required"), ("/password", "password_too_short")]),
            (json!({ "token": token, "name": "Camille", "password": "camille@museum.example" }),
                &[("/password", "password_is_address")]),
            (json!({ "token": token, "name": "Camille", "password": "password1234" }),
                &[("/password", "password_well_known")]),
        ] {
            assert_eq!(app.post(ACCEPT, &said).issues(), pairs(wrong), "{said}");
        }
        assert_eq!(read(&app, "x").issues(), pairs(&[("/token", "invalid_link")]));
        assert_eq!(states(&app), [(json!("camille@museum.example"), json!("open"))]);
    }

    fn a_link_works_once(database: Database) {
        let app = TestApp::start(database);
        let invite = invite(&app, "camille@museum.example", "viewer");
        let token = link(&app, &invite);
        accept(&app, &token).ok(200);
        assert_eq!(accept(&app, &token).problem(409), "link_used");
        assert_eq!(read(&app, &token).problem(409), "link_used");
        assert_eq!(revoke(&app, &invite), 204);
        assert_eq!(states(&app), [(json!("camille@museum.example"), json!("accepted"))]);
    }

    fn a_link_that_is_followed_twice_at_the_same_moment_works_once(database: Database) {
        let app = TestApp::start(database);
        let second = SecondInstance::of(&app);
        for round in 0..10 {
            // Whoever has an account waits for no hash: they come closer together. The first round is without.
            if round > 0 {
                app.account(&format!("guest{round}@museum.example"));
            }
            let token = link(&app, &invite(&app, &format!("guest{round}@museum.example"), "viewer"));
            let body = json!({ "token": token, "name": "Camille Weber", "password": PASSWORD });
            let requests = [&app.address, &second.address, &app.address, &second.address].map(|server| Request {
                address: format!("{server}{ACCEPT}"), token: None, body: body.clone(),
            });
            let mut answers: Vec<_> =
                all_at_once(requests.into()).into_iter().map(|(status, body)| (status, body["code"].clone())).collect();
            answers.sort_by_key(|(status, _)| *status);
            let used = (409, json!("link_used"));
            assert_eq!(answers, [(200, json!(null)), used.clone(), used.clone(), used], "round {round}");
        }
        assert_eq!(column(&app.get_as_owner(&format!("{CLUSTER}/members")), "/role").len(), 10);
    }

    fn a_link_ends_after_seven_days(database: Database) {
        let app = TestApp::start(database);
        let token = link(&app, &invite(&app, "camille@museum.example", "viewer"));
        app.advance(TimeDelta::days(7) - TimeDelta::microseconds(1));
        read(&app, &token).ok(200);
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(read(&app, &token).problem(409), "link_expired");
        assert_eq!(accept(&app, &token).problem(409), "link_expired");
        assert_eq!(states(&app), [(json!("camille@museum.example"), json!("expired"))]);
    }

    fn a_newer_invitation_replaces_the_older_one(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({}));
        let older = invite(&app, "camille@museum.example", "viewer");
        let elsewhere = json!({ "email": "camille@museum.example", "role": "door", "event": "digital-day" });
        app.post_as_owner(INVITES, &elsewhere).ok(201);
        let newer = invite(&app, "Camille@Museum.example", "editor");
        assert_eq!(column(&app.get_as_owner(INVITES), "/state"), [json!("revoked"), json!("open"), json!("open")]);
        assert_eq!(accept(&app, &link(&app, &older)).problem(409), "link_revoked");
        assert_eq!(accept(&app, &link(&app, &newer)).ok(200)["role"], "editor");
    }

    fn at_most_200_invitations_are_open(database: Database) {
        let app = TestApp::start(database);
        let wish = |n: usize| json!({ "email": format!("guest{n}@museum.example"), "role": "viewer" });
        for n in 0..200 {
            app.post_as_owner(INVITES, &wish(n)).ok(201);
        }
        assert_eq!(app.post_as_owner(INVITES, &wish(200)).problem(409), "too_many_invites");
        app.post_as_owner(INVITES, &wish(199)).ok(201);
        assert_eq!(pages(&app, &format!("{INVITES}?limit=500"), "/state")[0].iter().filter(|s| *s == "open").count(), 200);
        app.advance(TimeDelta::days(7));
        app.post_as_owner(INVITES, &wish(200)).ok(201);
    }

    fn only_an_owner_invites_and_revokes(database: Database) {
        let app = TestApp::start(database);
        let invite = invite(&app, "camille@museum.example", "viewer");
        let wish = json!({ "email": "ben@museum.example", "role": "viewer" });
        let address = format!("{INVITES}/{}", text(&invite, "/id"));
        let delete = |token: &str, address: &str| Answer::of(app.request(Method::DELETE, address).bearer_auth(token));
        for (role, sees) in [(Role::Editor, 200), (Role::Door, 403), (Role::Viewer, 403)] {
            let token = app.token_of("ict-cluster", role);
            assert_eq!(app.get_as(&token, INVITES).status, sees);
            assert_eq!(app.post_as(&token, INVITES, &wish).problem(403), "forbidden");
            assert_eq!(delete(&token, &address).problem(403), "forbidden");
        }
        let museum = app.organization_with_token("Musée national", "museum", Role::Owner);
        assert_eq!(app.post_as(&museum, INVITES, &wish).problem(404), "not_found");
        assert_eq!(delete(&museum, &address.replace("ict-cluster", "museum")).problem(404), "not_found");
        assert_eq!(app.post(INVITES, &wish).problem(401), "unauthenticated");
        assert_eq!(revoke(&app, &invite), 204);
        assert_eq!(accept(&app, &link(&app, &invite)).problem(409), "link_revoked");
    }
}
