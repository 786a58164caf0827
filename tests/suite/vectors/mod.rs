//! The published vectors (`docs/check-in-vectors.json`): against the rules, and against HTTP on both databases.

use std::collections::HashMap;

use chrono::TimeDelta;
use serde_json::{Value, json};
use turnout::checkins::{
    CheckIn, CheckInList, CheckInResult, CheckInSource, Direction, Holder, Judgment, Moment, Reason, Story, judge,
    skew, standing,
};
use turnout::clock::Timestamp;
use turnout::events::EventStatus;
use turnout::registrations::RegistrationStatus;
use turnout::store::{CheckInId, EventId, Json, RegistrationId};

mod over_http;

/// All cases.
pub fn cases() -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../../../docs/check-in-vectors.json")).unwrap();
    all["cases"].as_array().unwrap().clone()
}

pub fn word<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value[name].as_str()
}

pub fn time(value: &Value, name: &str) -> Option<Timestamp> {
    word(value, name).map(|text| text.parse().unwrap())
}

/// How far a device's clock is ahead: `+01:00:00`.
pub fn clock_of(scan: &Value) -> TimeDelta {
    let Some(text) = word(scan, "clock") else { return TimeDelta::zero() };
    let parts: Vec<i64> = text[1..].split(':').map(|part| part.parse().unwrap()).collect();
    let seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
    TimeDelta::seconds(if text.starts_with('-') { -seconds } else { seconds })
}

/// When we hear of an offline scan: ten minutes after the last thing that happened.
pub fn heard_at(case: &Value) -> Timestamp {
    let last = case["history"].as_array().unwrap().iter().filter_map(|step| time(step, "at")).max();
    let at = time(&case["scan"], "at").unwrap();
    last.map_or(at, |last| last.max(at)).plus(TimeDelta::minutes(10))
}

/// What the rules know of a case.
struct Rules {
    lists: Vec<CheckInList>,
    names: Vec<String>,
    rows: Vec<CheckIn>,
    neighbors: Vec<CheckIn>,
    holder: Holder,
    event: EventStatus,
}

impl Rules {
    fn of(case: &Value) -> Self {
        let event = EventId::new();
        let main = (json!("main"), &case["list"]);
        let empty = Vec::new();
        let others = case["other_lists"].as_array().unwrap_or(&empty).iter().map(|list| (list["name"].clone(), list));
        let (mut lists, mut names, mut parts) = (Vec::new(), Vec::new(), HashMap::new());
        for (name, settings) in std::iter::once(main).chain(others) {
            lists.push(list(event, settings, &mut parts));
            names.push(name.as_str().unwrap().to_owned());
        }
        let person = &case["person"];
        let status = word(person, "status").unwrap_or("confirmed").parse::<RegistrationStatus>().unwrap();
        let id = |parts: &mut HashMap<String, uuid::Uuid>, name: &str| part(parts, name);
        let holder = Holder {
            status,
            ticket_type: word(person, "ticket_type").map(|name| id(&mut parts, name).into()),
            sessions: words(&person["sessions"]).iter().map(|name| id(&mut parts, name).into()).collect(),
            revoked: case["scan"]["what"] == "older ticket",
            answered: case["list"]["questions"].is_null()
                || person["answered"] == true
                || !case["scan"]["answers"].is_null(),
        };
        let status =
            if case["event"]["status"] == "cancelled" { EventStatus::Cancelled } else { EventStatus::Published };
        let mut rules = Self { lists, names, rows: Vec::new(), neighbors: Vec::new(), holder, event: status };
        for step in case["history"].as_array().unwrap() {
            rules.tell(step, event);
        }
        rules
    }

    fn place(&self, name: &str) -> usize {
        self.names.iter().position(|one| one == name).unwrap()
    }

    fn tell(&mut self, step: &Value, event: EventId) {
        let list = self.lists[self.place(word(step, "list").unwrap_or("main"))].id;
        let row = CheckIn {
            id: CheckInId::new(),
            list_id: list,
            event_id: event,
            registration_id: Some(RegistrationId::new()),
            direction: word(step, "direction").unwrap_or("entry").parse().unwrap(),
            result: if step["result"] == "denied" { CheckInResult::Denied } else { CheckInResult::Accepted },
            reason: None,
            visit: None,
            device: word(step, "device").unwrap().to_owned(),
            nonce: None,
            annuls_id: None,
            annul_reason: None,
            occurred_at: time(step, "at").unwrap(),
            recorded_at: time(step, "at").unwrap(),
            source: if step["offline"] == true { CheckInSource::Offline } else { CheckInSource::Online },
            standing: None,
            answer_errors: None,
        };
        let rows = if step["person"] == "neighbor" { &mut self.neighbors } else { &mut self.rows };
        if step["annulled"] == true {
            let annuls_id = Some(row.id);
            rows.push(CheckIn { id: CheckInId::new(), result: CheckInResult::Annulment, annuls_id, ..row.clone() });
        }
        rows.push(row);
    }

    fn room(&self) -> Vec<CheckInList> {
        let zoned = self.lists.iter().filter(|list| list.zone.is_some());
        if self.lists[0].zone.is_some() { zoned.cloned().collect() } else { vec![self.lists[0].clone()] }
    }

    /// Result, reason, repeat, direction.
    fn judge(&self, scan: &Value) -> (String, Option<Reason>, bool, Direction) {
        let room = self.room();
        let story = Story::of(&room, &self.rows);
        let here = story.at(room[0].id).unwrap();
        let now = time(scan, "at").unwrap();
        let said = time(scan, "occurred_at").unwrap_or(now).min(now);
        let neighbors = Story::of(&room, &self.neighbors);
        let inside = |story: &Story<'_>| i64::from(story.at(room[0].id).unwrap().is_inside(now));
        let moment = Moment {
            device: word(scan, "device").unwrap(),
            direction: word(scan, "direction").map(|word| word.parse().unwrap()),
            at: story.last_at().map_or(said, |last| last.max(said)),
            in_room: inside(&story) + inside(&neighbors),
        };
        match judge(self.event, &room[0], here, &self.holder, &moment) {
            Judgment::Accepted(direction, mind) => ("accepted".to_owned(), mind, false, direction),
            Judgment::Repeated(direction, _) => ("accepted".to_owned(), None, true, direction),
            Judgment::Denied(direction, reason) => ("denied".to_owned(), Some(reason), false, direction),
            Judgment::NeedsInput(direction) => {
                ("needs_input".to_owned(), Some(Reason::QuestionsRequired), false, direction)
            }
        }
    }

    /// The same of something that has happened already.
    fn judge_afterwards(&mut self, case: &Value) -> (String, Option<Reason>, bool, Direction) {
        let scan = &case["scan"];
        let (now, ahead) = (heard_at(case), clock_of(scan));
        let at = time(scan, "at").unwrap().plus(ahead).plus(skew(Some(now.plus(ahead)), now));
        let direction = word(scan, "direction").unwrap_or("entry").parse().unwrap();
        if let Some(reason) = word(scan, "refused") {
            return ("denied".to_owned(), Some(reason.parse().unwrap()), false, direction);
        }
        let step = json!({ "at": at.to_string(), "device": scan["device"], "direction": direction, "offline": true });
        self.tell(&step, self.lists[0].event_id);
        let standing = standing(self.event, &self.lists[0], &self.holder, direction, at);
        let row = self.rows.last_mut().unwrap();
        row.standing = standing;
        let id = row.id;
        let room = self.room();
        let story = Story::of(&room, &self.rows);
        let conflict = story.conflicts.iter().find(|conflict| conflict.check_in == id).map(|conflict| conflict.reason);
        let result = if conflict.is_some() { "accepted_conflict" } else { "accepted" };
        (result.to_owned(), conflict, story.repeats.iter().any(|(second, _)| *second == id), direction)
    }
}

fn words(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()).collect()
}

fn part(parts: &mut HashMap<String, uuid::Uuid>, name: &str) -> uuid::Uuid {
    *parts.entry(name.to_owned()).or_insert_with(|| RegistrationId::new().uuid())
}

fn list(event: EventId, settings: &Value, parts: &mut HashMap<String, uuid::Uuid>) -> CheckInList {
    let mut list = CheckInList::new(event, Timestamp::from_micros(0));
    list.zone = word(settings, "zone").map(ToOwned::to_owned);
    list.ticket_types = Json(words(&settings["ticket_types"]).iter().map(|name| part(parts, name).into()).collect());
    list.sessions = Json(words(&settings["sessions"]).iter().map(|name| part(parts, name).into()).collect());
    list.opens_at = time(settings, "opens_at");
    list.closes_at = time(settings, "closes_at");
    list.automatic_exit_at = time(settings, "automatic_exit_at");
    list.capacity = settings["capacity"].as_i64();
    for (name, value) in settings.as_object().unwrap() {
        let value = value.as_str().unwrap_or_default();
        match name.as_str() {
            "admits" => list.admits = value.parse().unwrap(),
            "directions" => list.directions = value.parse().unwrap(),
            "when_full" => list.when_full = value.parse().unwrap(),
            _ => {}
        }
    }
    list
}

/// Whether a case is about who goes by a scan, or about scans sent twice, which no rule of the door decides.
fn is_about_finding(case: &Value) -> bool {
    let what = word(&case["scan"], "what").unwrap();
    let nonce = &case["scan"]["nonce"];
    matches!(what, "scanned" | "typed" | "forged ticket" | "unknown id")
        || case["person"]["elsewhere"] == true
        || !nonce.is_null() && case["verdict"]["repeat"] == true
}

#[test]
fn there_are_many_cases_each_with_a_name_of_its_own_and_every_reason_in_one() {
    let cases = cases();
    let names: std::collections::BTreeSet<&str> = cases.iter().map(|case| word(case, "name").unwrap()).collect();
    assert_eq!(names.len(), cases.len());
    assert!(cases.len() >= 80);
    for reason in Reason::ALL {
        assert!(cases.iter().any(|case| case["verdict"]["reason"] == reason.as_str()), "{reason}");
    }
}

#[test]
fn the_rules_say_what_the_vectors_say() {
    let mut wrong = Vec::new();
    for case in cases().iter().filter(|case| !is_about_finding(case)) {
        let mut rules = Rules::of(case);
        let scan = &case["scan"];
        let (result, reason, repeat, direction) =
            if scan["offline"] == true { rules.judge_afterwards(case) } else { rules.judge(scan) };
        let said = json!({ "result": result, "reason": reason, "repeat": repeat, "direction": direction });
        let mut expected = case["verdict"].clone();
        // What is kept of answers is no rule of the door.
        for about_answers in ["answers", "answer_errors"] {
            expected.as_object_mut().unwrap().remove(about_answers);
        }
        if said != expected {
            wrong.push(format!("{}: {said}", case["name"]));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
