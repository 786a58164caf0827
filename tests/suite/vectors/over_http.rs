//! The vectors against HTTP: each at an event of its own.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::clock::Timestamp;
use turnout::organizations::Role;
use turnout::store::CheckInId;

use super::{cases, clock_of, heard_at, time, word, words};
use crate::support::{Answer, TestApp, on_both_databases};

struct World<'a> {
    app: &'a TestApp,
    devices: [String; 2],
    event: String,
    lists: Vec<(String, String)>,
    registration: Value,
    neighbor: Option<Value>,
    /// The ticket, as it was at first.
    ticket: String,
}

impl<'a> World<'a> {
    fn set_clock(app: &TestApp, at: Timestamp) {
        app.advance(TimeDelta::microseconds(at.micros() - app.clock.now().micros()));
    }

    fn of(app: &'a TestApp, devices: &[String; 2], number: usize, case: &Value) -> Self {
        let (person, about) = (&case["person"], &case["event"]);
        let starts_at = word(about, "starts_at").unwrap_or("2026-06-08T09:00:00+02:00");
        Self::set_clock(app, starts_at.parse::<Timestamp>().unwrap().plus(-TimeDelta::days(7)));
        let event = format!("case-{number}");
        let status = word(person, "status").unwrap_or("confirmed");
        let capacity = if status == "waitlisted" { json!(0) } else { Value::Null };
        app.published_event(&json!({
            "slug": event, "starts_at": starts_at, "ends_at": word(about, "ends_at").unwrap_or("2026-06-08T17:00:00+02:00"),
            "capacity": capacity,
            "registration": { "waitlist": "auto", "approval": matches!(status, "pending_approval" | "rejected"),
                "verify_email": status == "pending_verification" },
        }));
        let mut world = Self {
            app,
            devices: devices.clone(),
            event,
            lists: Vec::new(),
            registration: Value::Null,
            neighbor: None,
            ticket: String::new(),
        };
        world.parts(case);
        world.open_lists(case);
        world.register(case);
        world
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/events/{}/{rest}", self.event)
    }

    fn parts(&self, case: &Value) {
        if !case["list"]["ticket_types"].is_null() {
            for name in ["Press", "Public"] {
                self.app.post_as_owner(&self.path("ticket-types"), &json!({ "name": name })).ok(201);
            }
        }
        if !case["list"]["sessions"].is_null() {
            let event = self.app.get_as_owner(&format!("/api/v1/events/{}", self.event)).ok(200);
            for title in ["Workshop", "Tour"] {
                let session = json!({ "title": title, "starts_at": event["starts_at"], "ends_at": event["ends_at"],
                    "overlap_allowed": true });
                self.app.post_as_owner(&self.path("sessions"), &session).ok(201);
            }
        }
        if !case["list"]["questions"].is_null() {
            let question = json!({ "key": "badge", "kind": "text", "label": { "en": "Badge" }, "asked_at": "door",
                "required": true });
            self.app.post_as_owner(&self.path("questions"), &question).ok(201);
        }
    }

    fn ids(&self, part: &str, name: &str, wanted: &Value) -> Value {
        let all = self.app.get_as_owner(&self.path(part)).ok(200);
        let id = |word: String| {
            let mut rows = all["data"].as_array().unwrap().iter();
            rows.find(|row| row[name] == word.as_str()).unwrap()["id"].clone()
        };
        words(wanted).into_iter().map(id).collect()
    }

    fn open_lists(&mut self, case: &Value) {
        let mut settings = case["list"].clone();
        for (part, field, name) in [("ticket-types", "ticket_types", "name"), ("sessions", "sessions", "title")] {
            if !settings[field].is_null() {
                settings[field] = self.ids(part, name, &settings[field]);
            }
        }
        let main = self.app.list_of(&self.event);
        self.app.patch_as_owner(&format!("/api/v1/check-in-lists/{main}"), &settings).ok(200);
        self.lists.push(("main".to_owned(), main));
        let empty = Vec::new();
        let spare = json!({ "name": "spare" });
        for other in case["other_lists"].as_array().unwrap_or(&empty).iter().chain(std::iter::once(&spare)) {
            let opened = self.app.post_as_owner(&self.path("check-in-lists"), other).ok(201);
            let id = opened["id"].as_str().unwrap().to_owned();
            self.lists.push((word(other, "name").unwrap().to_owned(), id));
        }
    }

    fn register(&mut self, case: &Value) {
        let (app, person) = (self.app, &case["person"]);
        let event = if person["elsewhere"] == true { "elsewhere".to_owned() } else { self.event.clone() };
        let path = format!("/api/v1/events/{event}/registrations");
        let wish = |email: &str| {
            let mut wish = json!({ "attendee": { "first_name": "Camille", "email": email } });
            if !case["list"]["ticket_types"].is_null() {
                let kind = json!([word(person, "ticket_type").unwrap_or("Public")]);
                wish["ticket_type"] = self.ids("ticket-types", "name", &kind)[0].clone();
            }
            if !person["sessions"].is_null() {
                wish["sessions"] = self.ids("sessions", "title", &person["sessions"]);
            }
            wish["external_ref"] = person["external_ref"].clone();
            wish
        };
        let email = format!("camille.{}@museum.example", self.event);
        // Organizers register people past what strangers have to wait for.
        let by_hand = !person["external_ref"].is_null();
        let sent = if by_hand { app.post_as_owner(&path, &wish(&email)) } else { app.post(&path, &wish(&email)) };
        assert!(sent.status < 300, "{}", sent.body);
        let all = app.get_as_owner(&path).ok(200)["data"].as_array().unwrap().clone();
        let mine = all.iter().find(|row| row["attendee"]["email"] == email.as_str()).unwrap().clone();
        if person["twin"] == true {
            app.post_as_owner(&path, &wish("twin@museum.example")).ok(201);
        }
        if case["history"].as_array().unwrap().iter().any(|step| step["person"] == "neighbor") {
            self.neighbor = Some(app.post_as_owner(&path, &wish("neighbor@museum.example")).ok(201));
        }
        self.registration = mine;
        if matches!(word(person, "status"), None | Some("cancelled")) {
            self.ticket = self.current_ticket();
        }
        if person["reissued"] == true {
            self.reissue();
        }
        if person["transferred"] == true {
            let to =
                json!({ "attendee": { "first_name": "Jos", "email": format!("jos.{}@museum.example", self.event) } });
            app.post_as_owner(&format!("{}/transfer", self.address()), &to).ok(200);
        }
        if person["answered"] == true {
            let scan = json!({ "registration_id": self.registration["id"], "answers": { "badge": "17" } });
            self.app.post_as(&self.devices[0], &self.check_ins("spare"), &scan).ok(200);
        }
    }

    fn address(&self) -> String {
        format!("/api/v1/registrations/{}", self.registration["id"].as_str().unwrap())
    }

    fn current_ticket(&self) -> String {
        let ticket = self.app.get_as_owner(&format!("{}/ticket", self.address())).ok(200);
        ticket["ticket"].as_str().unwrap().to_owned()
    }

    /// The organizers change the address: what went to the other one is good no more.
    fn reissue(&self) {
        let email = format!("new.{}@museum.example", self.event);
        self.app.patch_as_owner(&self.address(), &json!({ "attendee": { "email": email } })).ok(200);
    }

    fn check_ins(&self, list: &str) -> String {
        let id = &self.lists.iter().find(|(name, _)| name == list).unwrap().1;
        format!("/api/v1/check-in-lists/{id}/check-ins")
    }

    fn device(&self, step: &Value) -> &str {
        &self.devices[usize::from(step["device"] == "right")]
    }

    /// Sends a scan, online or afterwards; the verdict.
    fn send(&self, step: &Value, list: &str, mut body: Value) -> Value {
        for field in ["direction", "nonce", "occurred_at", "answers"] {
            if !step[field].is_null() {
                body[field] = step[field].clone();
            }
        }
        let path = self.check_ins(list);
        if step["offline"] != true {
            return self.app.post_as(self.device(step), &path, &body).ok(200);
        }
        let ahead = clock_of(step);
        body["occurred_at"] = json!(time(step, "at").unwrap().plus(ahead));
        body["refused"] = step["refused"].clone();
        if body["nonce"].is_null() {
            body["nonce"] = json!(CheckInId::new().uuid());
        }
        let batch = json!({ "sent_at": self.app.clock.now().plus(ahead), "check_ins": [body] });
        self.app.post_as(self.device(step), &format!("{path}/batch"), &batch).ok(200)["verdicts"][0].clone()
    }

    fn happen(&self, step: &Value) {
        Self::set_clock(self.app, time(step, "at").unwrap());
        let who = if step["person"] == "neighbor" { self.neighbor.as_ref().unwrap() } else { &self.registration };
        let verdict = self.send(step, word(step, "list").unwrap(), json!({ "registration_id": who["id"] }));
        assert_eq!(verdict["result"] == "denied", step["result"] == "denied", "{step} {verdict}");
        if step["annulled"] == true {
            let path = format!("/api/v1/check-ins/{}/annul", verdict["check_in_id"].as_str().unwrap());
            self.app.post_as_owner(&path, &json!({ "reason": "x" })).ok(200);
        }
    }

    fn after_history(&self, case: &Value) {
        let person = &case["person"];
        if person["reissued_inside"] == true {
            self.reissue();
        }
        for (status, deed) in [("cancelled", "cancel"), ("rejected", "reject")] {
            if word(person, "status") == Some(status) {
                let body = if deed == "reject" { json!({ "reason": "x" }) } else { json!({}) };
                self.app.post_as_owner(&format!("{}/{deed}", self.address()), &body).ok(200);
            }
        }
        if case["event"]["status"] == "cancelled" {
            self.app.post_as_owner(&self.path("cancel"), &json!({})).ok(200);
        }
    }

    fn body(&self, scan: &Value) -> Value {
        let code = self.registration["code"].as_str().unwrap();
        match word(scan, "what").unwrap() {
            "ticket" => json!({ "ticket": self.current_ticket() }),
            "older ticket" => json!({ "ticket": self.ticket }),
            "ticket in small letters" => json!({ "ticket": self.ticket.to_lowercase() }),
            "forged ticket" => {
                let (rest, last) = self.ticket.split_at(self.ticket.len() - 9);
                json!({ "ticket": format!("{rest}{}{}", if last.starts_with('A') { 'B' } else { 'A' }, &last[1..]) })
            }
            "code" => json!({ "code": code }),
            "code, sloppily typed" => json!({ "code": format!(" {}-{} ", code[..4].to_lowercase(), &code[4..]) }),
            "registration_id" => json!({ "registration_id": self.registration["id"] }),
            "unknown id" => json!({ "registration_id": "0190b5a0-7b1c-7000-8000-000000000000" }),
            "typed" => json!({ "code": scan["text"] }),
            "scanned" => json!({ "ticket": scan["text"] }),
            other => panic!("{other}"),
        }
    }
}

/// What is wrong with the answers, without the words for it.
fn errors(verdict: &Value) -> Value {
    let errors = verdict["answer_errors"].as_array().unwrap().iter();
    errors.map(|error| json!({ "pointer": error["pointer"], "code": error["code"] })).collect()
}

on_both_databases! {
    fn http_says_what_the_vectors_say(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "slug": "elsewhere" }));
        let devices = [(); 2].map(|()| app.token_of("ict-cluster", Role::Door));
        let mut wrong = Vec::new();
        for (number, case) in cases().iter().enumerate() {
            let world = World::of(&app, &devices, number, case);
            for step in case["history"].as_array().unwrap() {
                world.happen(step);
            }
            world.after_history(case);
            let scan = &case["scan"];
            let body = world.body(scan);
            let at = if scan["offline"] == true { heard_at(case) } else { time(scan, "at").unwrap() };
            World::set_clock(&app, at);
            let verdict = world.send(scan, "main", body);
            let mut said = json!({ "result": verdict["result"], "reason": verdict["reason"], "repeat": verdict["repeat"],
                "direction": verdict["direction"] });
            if !case["verdict"]["answers"].is_null() {
                said["answers"] = app.get_as_owner(&world.address()).ok(200)["answers"].clone();
                said["answer_errors"] = errors(&verdict);
            }
            if said != case["verdict"] {
                wrong.push(format!("{}: {said}", case["name"]));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    }

    fn whatever_a_scanner_sees_is_a_verdict(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let path = format!("/api/v1/check-in-lists/{}/check-ins", app.list_of("digital-day"));
        let send = |body: Vec<u8>| {
            let request = app.request(Method::POST, &path).bearer_auth(&app.token);
            Answer::of(request.header("Content-Type", "application/json").body(body))
        };
        let mut binary = b"{\"ticket\":\"".to_vec();
        binary.extend((0..=255_u8).cycle().filter(|byte| !matches!(byte, b'"' | b'\\')).take(4096));
        binary.extend(b"\"}");
        let bodies = [
            br#"{"ticket":"\ud800"}"#.to_vec(),
            br#"{"ticket":"T1.\udc00\ud83d"}"#.to_vec(),
            br#"{"code":"\u0000\ud800"}"#.to_vec(),
            binary,
        ];
        for body in bodies {
            let shown = String::from_utf8_lossy(&body).into_owned();
            let verdict = send(body).ok(200);
            assert_eq!((&verdict["result"], &verdict["reason"]), (&json!("denied"), &json!("invalid")), "{shown}");
        }
        assert_eq!(send(b"{\"ticket\":\"x\"".to_vec()).problem(400), "malformed");
    }
}
