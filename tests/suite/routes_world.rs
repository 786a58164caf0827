//! An event with everything that routes lead to, and everybody who may call them.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::access::add_member;
use turnout::audit::Actor;
use turnout::events::Event;
use turnout::organizations::Role;

use crate::routes_guarded::CALLERS;
use crate::support::{Answer, Database, PASSWORD, TestApp};

const NOTHING: &str = "0190b5a0-7b1c-7000-8000-000000000000";

/// How somebody shows who they are.
pub enum Shows {
    Nothing,
    Bearer(String),
    Cookie(String),
}

/// An event with somebody who was let in, the organization behind it, and everybody who may come by.
pub struct World {
    pub app: TestApp,
    event: Value,
    registration: Value,
    list: String,
    check_in: Value,
    message: Value,
    member: Value,
    invite: Value,
    invitation: Value,
    series: Value,
    column_set: Value,
    import: Value,
    token: Value,
    campaign: Value,
    device: Value,
    session: Value,
    pub ticket_type: Value,
    question: Value,
    code: Value,
    pub everybody: Vec<Shows>,
    /// A device that is paired for the list, and may register people.
    pub paired: Shows,
}

pub const CLUSTER: &str = "/api/v1/organizations/ict-cluster";
const EVENT: &str = "/api/v1/events/digital-day";

/// A column set, and an import that has changed nothing.
fn spreadsheets(app: &TestApp, registration: &Value) -> (Value, Value) {
    let columns = json!({ "name": "Names", "kind": "participants", "columns": ["first_name"] });
    let column_set = app.post_as_owner(&format!("{CLUSTER}/column-sets"), &columns).ok(201);
    let file = format!("code\n{}\n", registration["code"].as_str().unwrap());
    let import = app.request(Method::POST, &format!("{EVENT}/imports?mode=upsert&dry_run=false"));
    let import = Answer::of(import.bearer_auth(&app.token).header("Content-Type", "text/csv").body(file)).ok(200);
    (column_set, import)
}

/// Somebody who belongs to one event alone.
fn helper(app: &TestApp, event: &'static str, role: Role) -> Shows {
    let email = format!("{role}@{event}.example");
    let (account, now) = (app.account(&email), app.clock.now());
    let joined = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let event = Event::find_by_name(db, event)?;
        let part = (event.organization_id, Some(event.id));
        add_member(db, &Actor::COMMAND_LINE, part.0, part.1, (account, role), now)
    });
    joined.unwrap();
    Shows::Cookie(app.sign_in(&email, PASSWORD).cookie("turnout_session"))
}

/// Everybody, and behind them those who belong to another event alone, and to this one.
fn with_helpers(app: &TestApp, mut everybody: Vec<Shows>) -> Vec<Shows> {
    for event in ["night", "digital-day"] {
        everybody.extend([Role::Door, Role::Editor].map(|role| helper(app, event, role)));
    }
    everybody
}

impl World {
    pub fn new(database: Database, visibility: &str) -> Self {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({ "visibility": visibility }));
        let other_event = app.drafted_event(&json!({ "title": "Night" }));
        let session = session(&app);
        let question = json!({ "key": "diet", "kind": "text", "label": { "en": "Diet" } });
        let question = app.post_as_owner(&format!("{EVENT}/questions"), &question).ok(201);
        let photos = json!({ "key": "photos", "purpose": "photos", "text": { "en": "Photos" } });
        app.post_as_owner(&format!("{EVENT}/consents"), &photos).ok(201);
        let code = app.post_as_owner(&format!("{EVENT}/access-codes"), &json!({ "code": "PRESS" })).ok(201);
        let wish = |email: &str| json!({ "attendee": { "first_name": "Ada", "email": email } });
        let registration = app.post_as_owner(&format!("{EVENT}/registrations"), &wish("ada@museum.example")).ok(201);
        let other = app.post_as_owner(&format!("{EVENT}/registrations"), &wish("ben@museum.example")).ok(201);
        let list = app.list_of("digital-day");
        let scan = json!({ "code": registration["code"] });
        let check_in = app.post_as_owner(&format!("/api/v1/check-in-lists/{list}/check-ins"), &scan).ok(200);
        let message = app.get_as_owner(&format!("{EVENT}/messages")).ok(200)["data"][0].take();
        let host = |slug: &str, access: &str| {
            let token = app.organization_with_token(slug, slug, Role::Owner);
            let part = json!({ "organization": slug, "role": "co_host", "data_access": access });
            app.post_as_owner(&format!("{EVENT}/hosts"), &part).ok(201);
            app.post_as(&token, &format!("{EVENT}/hosts/{slug}/accept"), &json!({})).ok(200);
            Shows::Bearer(token)
        };
        let (none, aggregate, full) = (host("none", "none"), host("aggregate", "aggregate"), host("full", "full"));
        app.organization_with_token("Stranger", "stranger", Role::Owner);
        let editor = app.member("ict-cluster", "editor@cluster.example", Role::Editor);
        let removed = app.member("ict-cluster", "removed@cluster.example", Role::Editor);
        app.member("ict-cluster", "viewer@cluster.example", Role::Viewer);
        let members = app.get_as_owner(&format!("{CLUSTER}/members")).ok(200);
        let member = |email: &str| {
            let all = members["data"].as_array().unwrap();
            all.iter().find(|member| member["account"]["email"] == email).unwrap()["id"].clone()
        };
        let gone = format!("{CLUSTER}/members/{}", member("removed@cluster.example").as_str().unwrap());
        assert_eq!(Answer::of(app.request(Method::DELETE, &gone).bearer_auth(&app.token)).status, 204);
        let token = |fields: Value| {
            let mut grant = json!({ "name": "test", "role": "owner" });
            grant.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            app.post_as_owner(&format!("{CLUSTER}/tokens"), &grant).ok(201)
        };
        let text = |token: &Value| Shows::Bearer(token["token"].as_str().unwrap().to_owned());
        let expired = token(json!({ "expires_at": "2026-03-02T09:00:01Z" }));
        app.advance(TimeDelta::seconds(1));
        let revoked = token(json!({}));
        let revoke = format!("{CLUSTER}/tokens/{}", revoked["id"].as_str().unwrap());
        assert_eq!(Answer::of(app.request(Method::DELETE, &revoke).bearer_auth(&app.token)).status, 204);
        let ticket_type = app.post_as_owner(&format!("{EVENT}/ticket-types"), &json!({ "name": "Press" })).ok(201);
        let invite = invited(&app);
        let guests = guests(&app);
        let series = app.post_as_owner(&format!("{CLUSTER}/series"), &json!({ "title": "Digital Days" })).ok(201);
        say_something_else(&app);
        let (column_set, import) = spreadsheets(&app, &registration);
        let spare = token(json!({}));
        let devices = format!("{EVENT}/devices");
        let opened = app.post_as_owner(&devices, &json!({ "name": "Left", "walk_ins": true })).ok(201);
        let paired = app.post("/api/v1/devices/pair", &json!({ "code": opened["pairing_code"] })).ok(201);
        let device = app.post_as_owner(&devices, &json!({ "name": "Spare" })).ok(201);
        let campaign = campaign(&app);
        let everybody = vec![
            Shows::Nothing,
            Shows::Bearer("turnout_nobody_has_ever_issued_this".to_owned()),
            text(&revoked),
            text(&expired),
            Shows::Cookie(removed),
            Shows::Cookie(app.member("stranger", "owner@stranger.example", Role::Owner)),
            Shows::Bearer(app.manage_token(&other)),
            Shows::Bearer(app.manage_token(&registration)),
            text(&token(json!({ "scopes": ["messages:write"] }))),
            text(&token(json!({ "events": [other_event["id"]] }))),
            none,
            aggregate,
            Shows::Bearer(app.token_of("ict-cluster", Role::Door)),
            Shows::Bearer(app.token_of("ict-cluster", Role::Viewer)),
            full,
            Shows::Cookie(editor),
            Shows::Bearer(app.token.clone()),
        ];
        Self {
            event,
            registration,
            list,
            check_in: check_in["check_in_id"].clone(),
            message: message["id"].clone(),
            member: member("viewer@cluster.example"),
            invite: invite["id"].clone(),
            series: series["id"].clone(),
            column_set: column_set["id"].clone(),
            import: import["id"].clone(),
            invitation: guests["results"][0]["invitation"]["id"].clone(),
            token: spare["id"].clone(),
            campaign: campaign["id"].clone(),
            device: device["id"].clone(),
            paired: text(&paired),
            session: session["id"].clone(),
            ticket_type: ticket_type["id"].clone(),
            question: question["id"].clone(),
            code: code["id"].clone(),
            everybody: with_helpers(&app, everybody),
            app,
        }
    }

    /// A path of the document, leading to what there is, or to nothing.
    pub fn fill(&self, path: &str, nothing: bool) -> String {
        let thing = |id: &Value| if nothing { NOTHING.to_owned() } else { id.as_str().unwrap().to_owned() };
        let id = if path.contains("/check-ins/{id}") {
            &self.check_in
        } else if path.contains("/messages/{id}") {
            &self.message
        } else {
            &self.registration["id"]
        };
        let organization = if path.contains("/hosts/") { "full" } else { "ict-cluster" };
        path.replace("{event}", &thing(&self.event["id"]))
            .replace("{organization}", &thing(&json!(organization)))
            .replace("{member}", &thing(&self.member))
            .replace("{invite}", &thing(&self.invite))
            .replace("{series}", &thing(&self.series))
            .replace("{column_set}", &thing(&self.column_set))
            .replace("{import}", &thing(&self.import))
            .replace("{invitation}", &thing(&self.invitation))
            .replace("{token}", &thing(&self.token))
            .replace("{campaign}", &thing(&self.campaign))
            .replace("{device}", &thing(&self.device))
            .replace("{session}", &thing(&self.session))
            .replace("{ticket_type}", &thing(&self.ticket_type))
            .replace("{code}", &thing(&self.code))
            .replace("{question}", &thing(&self.question))
            .replace("{key}", &thing(&json!("photos")))
            .replace("{kind}", &thing(&json!("confirmed")))
            .replace("{language}", &thing(&json!("en")))
            .replace("{list}", &thing(&json!(self.list)))
            .replace("{id}", &thing(id))
    }

    pub fn call(&self, caller: usize, method: &str, path: &str) -> Answer {
        self.call_as(&self.everybody[caller], CALLERS[caller], method, path)
    }

    pub fn call_as(&self, shows: &Shows, name: &str, method: &str, path: &str) -> Answer {
        let method_name = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let mut request = match shows {
            Shows::Nothing => self.app.request(method_name, path),
            Shows::Bearer(token) => self.app.request(method_name, path).bearer_auth(token),
            Shows::Cookie(cookie) => self.app.request_with(cookie, method_name, path),
        };
        if let Some(body) = body(name, method, path, &self.ticket_type) {
            request = request.header("If-Match", "*").json(&body);
        }
        Answer::of(request)
    }
}

/// Somebody who is invited to become a member.
fn invited(app: &TestApp) -> Value {
    let invite = json!({ "email": "new@cluster.example", "role": "viewer" });
    app.post_as_owner(&format!("{CLUSTER}/invites"), &invite).ok(201)
}

fn session(app: &TestApp) -> Value {
    let session = json!({ "title": "A", "starts_at": "2026-06-08T08:00:00Z", "ends_at": "2026-06-08T09:00:00Z" });
    app.post_as_owner(&format!("{EVENT}/sessions"), &session).ok(201)
}

fn guests(app: &TestApp) -> Value {
    let guests = json!({ "people": [{ "first_name": "Guest", "email": "guest@museum.example" }] });
    app.post_as_owner(&format!("{EVENT}/invitations"), &guests).ok(200)
}

fn campaign(app: &TestApp) -> Value {
    let campaign = json!({ "subject": { "en": "News" }, "body": { "en": "Come by tram." } });
    app.post_as_owner(&format!("{EVENT}/campaigns"), &campaign).ok(201)
}

/// An organizer's own words in a letter.
fn say_something_else(app: &TestApp) {
    let request = app.request(Method::PUT, &format!("{EVENT}/letters/confirmed/en")).bearer_auth(&app.token);
    assert_eq!(Answer::of(request.json(&json!({ "body": "Dear {name}," }))).status, 201);
}

pub fn body(caller: &str, method: &str, path: &str, ticket_type: &Value) -> Option<Value> {
    let last = path.rsplit('/').next().unwrap();
    Some(match (method, last) {
        ("get" | "delete", _) => return None,
        ("post", "events") => {
            json!({ "title": "X", "starts_at": "2026-06-08T09:00:00Z", "ends_at": "2026-06-08T10:00:00Z" })
        }
        ("post", "devices") => json!({ "name": "Right" }),
        ("post", "pair") => json!({ "code": "ABCDEFGH" }),
        ("post", "paper") => json!({ "codes": ["ABCDEFGH"] }),
        ("post", "campaigns") => json!({ "subject": { "en": "News" }, "body": { "en": "Bring an umbrella." } }),
        ("post", "search") => json!({ "name": "ada" }),
        ("post", "registrations" | "walk-ins") => {
            let email = format!("{}.{last}@example.org", caller.trim_matches('.').replace(' ', "-"));
            json!({ "attendee": { "first_name": "X", "email": email }, "ticket_type": ticket_type })
        }
        ("post", "check-ins") => json!({ "ticket": "x" }),
        ("post", "batch") => {
            json!({ "check_ins": [{ "ticket": "x", "nonce": "n", "occurred_at": "2026-03-02T09:00:00Z" }] })
        }
        ("post", "settle") => json!({ "decision": "keep", "reason": "x" }),
        ("patch", "attendance-rule") => json!({ "rule": "all" }),
        ("put", _) | ("post", "preview") => json!({ "body": "Dear {name}," }),
        ("patch", "letter-settings") => json!({ "reminders": ["1_day"] }),
        ("post", "check-in-lists") => json!({ "name": "Workshop" }),
        ("post", "sessions") if path.contains("/events/") => {
            json!({ "title": "B", "starts_at": "2026-06-08T08:00:00Z", "ends_at": "2026-06-08T09:00:00Z" })
        }
        ("post", "ticket-types") => json!({ "name": "Speaker" }),
        ("post", "access-codes") => json!({ "code": "VIP" }),
        ("post", "questions") => json!({ "key": "size", "kind": "text", "label": { "en": "Size" } }),
        ("post", "consents") => json!({ "key": "news", "purpose": "newsletter", "text": { "en": "News" } }),
        ("patch", _) if path.contains("/consents/") => json!({ "text": { "en": "Photos, again" } }),
        ("post", "promote") => json!({ "reason": "a guest of honor" }),
        ("post", "prioritize") => json!({ "priority": 1 }),
        ("post", "approve" | "reject") if path.contains("/events/") => json!({ "ids": [NOTHING] }),
        ("post", "bulk") => json!({ "deed": "resend", "ids": [NOTHING] }),
        ("post", "transfer") => json!({ "attendee": { "first_name": "Y", "email": "y@example.org" } }),
        ("post", "duplicate") => json!({ "starts_at": "2027-06-08T09:00:00Z" }),
        ("post", "annul") => json!({ "reason": "x" }),
        ("post", "hosts") => json!({ "organization": "stranger", "role": "venue", "data_access": "none" }),
        ("post", "organizations") => json!({ "name": format!("Organization {caller}") }),
        ("post", "series") => json!({ "title": "Weeks" }),
        ("post", "column-sets") => json!({ "name": "Badges", "kind": "attendance", "columns": ["code"] }),
        ("post", "invites") => json!({ "email": "x@example.org", "role": "door" }),
        ("post", "tokens") => json!({ "name": "x", "role": "door" }),
        ("post", "sessions") => {
            json!({ "email": format!("{}@nobody.example", caller.trim_matches('.').replace(' ', "-")), "password": PASSWORD })
        }
        ("post", "password-resets") => json!({ "email": "viewer@cluster.example" }),
        ("post", "complete") => json!({ "token": "R1.x", "password": PASSWORD }),
        ("post", "accept" | "read") if path.contains("/invites/") => json!({ "token": "I1.x" }),
        ("post", "invitations") => json!({ "people": [{ "first_name": "X", "email": "x@example.org" }] }),
        ("post", "read" | "accept" | "decline") if path.ends_with(&format!("/invitations/{last}")) => {
            json!({ "token": "G1.x" })
        }
        ("post", "password") => {
            json!({ "current_password": "wrong and long enough", "password": "another one, and long" })
        }
        ("post", "second-factor") => json!({ "current_password": "wrong and long enough" }),
        ("post", "confirm") => json!({ "one_time_code": "000000" }),
        ("post", "remove") => json!({ "current_password": "wrong and long enough", "one_time_code": "000000" }),
        ("patch", _) if path.contains("/members/") => json!({ "role": "viewer" }),
        _ => json!({}),
    })
}
