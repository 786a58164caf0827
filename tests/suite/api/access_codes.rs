//! Codes that open what is hidden, and keep seats for whoever has them.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;
use turnout::store::TicketTypeId;

use super::{address, column, pairs, send, text};
use crate::support::crowd::{Request, all_at_once};
use crate::support::{Answer, SecondInstance, TestApp, on_both_databases};

const CODES: &str = "/api/v1/events/digital-day/access-codes";

fn add(app: &TestApp, fields: &Value) -> Value {
    app.post_as_owner(CODES, fields).ok(201)
}

fn at(code: &Value) -> String {
    format!("{CODES}/{}", text(code, "/id"))
}

/// Used, reserved and left of it.
fn counts(app: &TestApp, code: &Value) -> [i64; 3] {
    let code = app.get_as_owner(&at(code)).ok(200);
    ["used", "reserved", "reserved_left"].map(|field| code[field].as_i64().unwrap())
}

fn wish(email: &str, code: Option<&str>) -> Value {
    let mut wish = json!({ "attendee": { "first_name": "Guest", "email": email } });
    if let Some(code) = code {
        wish["access_code"] = json!(code);
    }
    wish
}

fn register(app: &TestApp, email: &str, code: Option<&str>) -> Answer {
    app.post("/api/v1/events/digital-day/registrations", &wish(email, code))
}

fn available(app: &TestApp) -> Value {
    app.get_as_owner("/api/v1/events/digital-day").ok(200)["seats"]["available"].clone()
}

fn cancel(app: &TestApp, registration: &Value) {
    app.post_as_owner(&format!("{}/cancel", address(registration)), &json!({})).ok(200);
}

/// A ticket type of the event.
fn ticket_type(app: &TestApp, event: &Value, visibility: &str, capacity: Option<i64>) -> String {
    let (event, now) = (text(event, "/id").parse().unwrap(), app.clock.now());
    let draft = turnout::events::TicketTypeDraft {
        name: "Press".parse().unwrap(),
        description: None,
        visibility: visibility.parse().unwrap(),
        opens_at: None,
        closes_at: None,
        group: (1, 20),
        approval: false,
        sessions: Vec::new(),
        capacity: capacity.map(|seats| seats.try_into().unwrap()),
        position: None,
    };
    let added: Result<TicketTypeId, turnout::error::Error> = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let held = turnout::events::Held::by_id(db, event)?;
        let by = turnout::audit::Actor::COMMAND_LINE;
        Ok(turnout::events::add_ticket_type(db, &by, &held, draft, now)?.id)
    });
    added.unwrap().to_string()
}

on_both_databases! {
    fn a_code_is_added_read_changed_listed_and_removed(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 10 }));
        let added = app.post_as_owner(CODES, &json!({ "code": " Press-2026 ", "max_uses": 5, "reserved": 3,
            "email_domains": ["Museum.example"], "note": "for the press" }));
        let code = added.ok(201);
        assert_eq!(code, json!({
            "id": code["id"], "code": "Press-2026", "note": "for the press", "max_uses": 5, "used": 0,
            "opens_at": null, "closes_at": null, "ticket_type": null, "email_domains": ["museum.example"],
            "reserved": 3, "reserved_left": 3, "release_at": null, "created_at": "2026-03-02T09:00:00Z",
            "updated_at": "2026-03-02T09:00:00Z", "version": 1,
        }));
        assert_eq!(available(&app), 7);
        assert_eq!(app.post_as_owner(CODES, &json!({ "code": "PRESS-2026" })).problem(409), "code_taken");
        let made = add(&app, &json!({}));
        assert_eq!(text(&made, "/code").len(), 8);
        assert_eq!(column(&app.get_as_owner(CODES), "/code"), [code["code"].clone(), made["code"].clone()]);

        let change = json!({ "reserved": 4, "email_domains": null });
        let path = at(&code);
        assert_eq!(send(&app, Method::PATCH, &path, &[], &change).problem(428), "if_match_required");
        let changed = send(&app, Method::PATCH, &path, &[("If-Match", &added.header("etag"))], &change);
        assert_eq!((&changed.ok(200)["reserved"], &changed.ok(200)["note"]), (&json!(4), &json!("for the press")));
        assert_eq!(send(&app, Method::PATCH, &path, &[("If-Match", &added.header("etag"))], &change).status, 412);
        assert_eq!(available(&app), 6);
        let delete = |path: &str| Answer::of(app.request(Method::DELETE, path).bearer_auth(&app.token)).status;
        assert_eq!((delete(&path), delete(&path)), (204, 404));
        assert_eq!(available(&app), 10);
    }

    fn what_is_wrong_with_a_code_is_said_at_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 10 }));
        let refused = app.post_as_owner(CODES, &json!({ "code": "", "max_uses": 0, "reserved": -1, "ticket_type": "x",
            "email_domains": ["a@b.example"], "release_at": "never", "colour": "blue" }));
        assert_eq!(refused.issues(), pairs(&[
            ("/colour", "unknown_field"), ("/code", "required"), ("/max_uses", "out_of_range"),
            ("/ticket_type", "invalid_id"), ("/email_domains", "invalid_domain"), ("/reserved", "out_of_range"),
            ("/release_at", "invalid_time"),
        ]));
        let refused = app.post_as_owner(CODES, &json!({ "max_uses": 2, "reserved": 3, "release_at": "2026-03-02T09:00:00Z",
            "ticket_type": "01890000-0000-7000-8000-000000000000",
            "opens_at": "2026-04-01T00:00:00Z", "closes_at": "2026-04-01T00:00:00Z" }));
        assert_eq!(refused.issues(), pairs(&[
            ("/closes_at", "closes_before_open"), ("/ticket_type", "unknown_ticket_type"),
            ("/reserved", "more_than_max_uses"), ("/release_at", "in_the_past"),
        ]));
        register(&app, "ada@museum.example", None).ok(201);
        let refused = app.post_as_owner(CODES, &json!({ "reserved": 10 }));
        assert_eq!(refused.problem(409), "not_enough_seats");
        assert_eq!(refused.ok(409)["detail"], "9 seats are free: 10 cannot be kept for this code");
        add(&app, &json!({ "reserved": 9 }));
    }

    fn only_who_writes_the_event_sees_its_codes(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let path = at(&add(&app, &json!({ "code": "press" })));
        let museum = app.organization_with_token("Musée national", "museum", Role::Owner);
        for path in [CODES, &path] {
            assert_eq!(app.get(path).problem(401), "unauthenticated");
            assert_eq!(app.get_as(&museum, path).problem(404), "not_found");
            for (role, status) in [(Role::Editor, 200), (Role::Door, 403), (Role::Viewer, 403)] {
                assert_eq!(app.get_as(&app.token_of("ict-cluster", role), path).status, status, "{role}");
            }
        }
    }

    fn a_code_opens_a_hidden_ticket_type(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({ "capacity": 10 }));
        let press = ticket_type(&app, &event, "code", Some(2));
        let public = ticket_type(&app, &event, "public", None);
        add(&app, &json!({ "code": "press", "ticket_type": press, "reserved": 2 }));
        let with = |email: &str, kind: Option<&str>, code: Option<&str>| {
            let mut wish = wish(email, code);
            wish["ticket_type"] = json!(kind);
            app.post("/api/v1/events/digital-day/registrations", &wish)
        };
        let unknown = pairs(&[("/ticket_type", "unknown_ticket_type")]);
        assert_eq!(with("ada@museum.example", Some(&press), None).issues(), unknown);
        assert_eq!(with("ada@museum.example", Some(&public), Some("press")).issues(),
            pairs(&[("/access_code", "code_wrong_ticket_type")]));
        with("ada@museum.example", Some(&press), Some(" PRESS ")).ok(201);
        with("ben@museum.example", None, Some("press")).ok(201);
        assert_eq!(with("cleo@museum.example", None, Some("press")).problem(409), "sold_out");
        assert_eq!(available(&app), 8);
    }

    fn a_code_that_is_not_good_is_refused_with_the_reason(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        add(&app, &json!({ "code": "early", "opens_at": "2026-03-02T09:00:00.000001Z" }));
        add(&app, &json!({ "code": "late", "closes_at": "2026-03-02T09:00:00Z" }));
        add(&app, &json!({ "code": "once", "max_uses": 1 }));
        add(&app, &json!({ "code": "museum", "email_domains": ["museum.example"] }));
        let once = register(&app, "ada@museum.example", Some("once")).ok(201);
        for (email, code, refused) in [
            ("ben@museum.example", "nothing", "unknown_code"), ("ben@museum.example", "early", "code_not_valid_now"),
            ("ben@museum.example", "late", "code_not_valid_now"), ("ben@museum.example", "once", "code_used_up"),
            ("ben@other.example", "museum", "code_wrong_domain"),
        ] {
            assert_eq!(register(&app, email, Some(code)).issues(), pairs(&[("/access_code", refused)]), "{code}");
        }
        cancel(&app, &once);
        register(&app, "ben@MUSEUM.example", Some("ONCE")).ok(201);
        register(&app, "cleo@Museum.example", Some("museum")).ok(201);
    }

    fn seats_that_are_kept_are_for_who_has_the_code(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 3 }));
        let code = add(&app, &json!({ "code": "press", "reserved": 2 }));
        register(&app, "ada@museum.example", None).ok(201);
        assert_eq!(register(&app, "ben@museum.example", None).problem(409), "sold_out");
        let cleo = register(&app, "cleo@museum.example", Some("press")).ok(201);
        register(&app, "dan@museum.example", Some("press")).ok(201);
        assert_eq!(register(&app, "eve@museum.example", Some("press")).problem(409), "sold_out");
        assert_eq!((counts(&app, &code), available(&app)), ([2, 2, 0], json!(0)));
        cancel(&app, &cleo);
        assert_eq!((counts(&app, &code), available(&app)), ([1, 2, 1], json!(0)));
        assert_eq!(register(&app, "ben@museum.example", None).problem(409), "sold_out");
        register(&app, "eve@museum.example", Some("press")).ok(201);
        let delete = Answer::of(app.request(Method::DELETE, &at(&code)).bearer_auth(&app.token));
        assert_eq!(delete.problem(409), "code_in_use");
    }

    fn seats_that_are_not_kept_any_more_go_to_who_waits(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 3, "registration": { "waitlist": "auto" } }));
        let code = add(&app, &json!({ "code": "press", "reserved": 3, "release_at": "2026-03-02T10:00:00Z" }));
        let ada = register(&app, "ada@museum.example", None).ok(201);
        let ben = register(&app, "ben@museum.example", None).ok(201);
        let status = |person: &Value| text(&app.get_as_owner(&address(person)).ok(200), "/status");
        assert_eq!([status(&ada), status(&ben)], ["waitlisted", "waitlisted"]);
        app.patch_as_owner(&at(&code), &json!({ "reserved": 2 })).ok(200);
        assert_eq!([status(&ada), status(&ben)], ["confirmed", "waitlisted"]);
        let cleo = register(&app, "cleo@museum.example", Some("press")).ok(201);
        app.advance(TimeDelta::hours(1) - TimeDelta::microseconds(1));
        app.do_chore("release reserved seats");
        assert_eq!((status(&ben), counts(&app, &code)), ("waitlisted".to_owned(), [1, 2, 1]));
        app.advance(TimeDelta::microseconds(1));
        app.do_chore("release reserved seats");
        assert_eq!((status(&ben), counts(&app, &code)), ("confirmed".to_owned(), [1, 0, 0]));
        let version = app.get_as_owner(&at(&code)).ok(200)["version"].clone();
        app.do_chore("release reserved seats");
        assert_eq!(app.get_as_owner(&at(&code)).ok(200)["version"], version);
        // What is released is not kept again when somebody gives it back.
        cancel(&app, &cleo);
        assert_eq!((counts(&app, &code), available(&app)), ([0, 0, 0], json!(1)));
    }

    fn forty_with_a_code_for_five(database: Database) {
        let app = TestApp::start(database);
        let second = SecondInstance::of(&app);
        app.published_event(&json!({ "capacity": 20 }));
        let code = add(&app, &json!({ "code": "press", "max_uses": 5, "reserved": 5 }));
        let requests = (0..40).map(|number| Request {
            address: format!("{}/api/v1/events/digital-day/registrations",
                if number % 2 == 0 { &app.address } else { &second.address }),
            token: None,
            body: wish(&format!("guest{number}@museum.example"), Some("press")),
        });
        let mut answers: Vec<_> =
            all_at_once(requests.collect()).into_iter().map(|(status, body)| (status, body["errors"][0]["code"].clone())).collect();
        answers.sort_by_key(|(status, _)| *status);
        let refused = vec![(422, json!("code_used_up")); 35];
        assert_eq!(answers, [vec![(201, Value::Null); 5], refused].concat());
        assert_eq!((counts(&app, &code), available(&app)), ([5, 5, 0], json!(15)));
    }
    fn nobody_is_brought_back_with_a_code_that_is_used_up_but_by_force(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let code = add(&app, &json!({ "code": "once", "max_uses": 1 }));
        let ada = register(&app, "ada@museum.example", Some("once")).ok(201);
        cancel(&app, &ada);
        let ben = register(&app, "ben@museum.example", Some("once")).ok(201);
        let restore = |query: &str| app.post_as_owner(&format!("{}/restore{query}", address(&ada)), &json!({}));
        assert_eq!(restore("").problem(409), "code_used_up");
        assert_eq!(counts(&app, &code), [1, 0, 0]);
        assert_eq!(restore("?force=true").ok(200)["status"], "confirmed");
        assert_eq!(counts(&app, &code), [2, 0, 0]);
        cancel(&app, &ben);
        assert_eq!(register(&app, "cleo@museum.example", Some("once")).issues(), pairs(&[("/access_code", "code_used_up")]));
    }

    fn whose_time_is_over_keeps_nobody_from_using_a_code(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1, "registration": { "waitlist": "offer", "offer_hours": 1 } }));
        let code = add(&app, &json!({ "code": "once", "max_uses": 1 }));
        let ada = register(&app, "ada@museum.example", None).ok(201);
        let ben = register(&app, "ben@museum.example", Some("once")).ok(201);
        cancel(&app, &ada);
        let status = |person: &Value| text(&app.get_as_owner(&address(person)).ok(200), "/status");
        assert_eq!(status(&ben), "offered");
        assert_eq!(register(&app, "cleo@museum.example", Some("once")).issues(), pairs(&[("/access_code", "code_used_up")]));
        app.advance(TimeDelta::hours(1));
        // Nobody has written down yet that the offer has ended.
        let cleo = register(&app, "cleo@museum.example", Some("once")).ok(201);
        assert_eq!((status(&ben), status(&cleo)), ("expired".to_owned(), "confirmed".to_owned()));
        assert_eq!(counts(&app, &code), [1, 0, 0]);
        app.do_chore("end offers");
        assert_eq!(counts(&app, &code), [1, 0, 0]);
    }
}
