//! Who is inside, when everybody has to get out.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::check_ins::Door;
use super::{column, pairs};
use crate::support::{Answer, TestApp, on_both_databases};

const EVACUATION: &str = "/api/v1/events/digital-day/evacuation";

/// Registers somebody by first and last name.
fn register(app: &TestApp, first: &str, last: &str) -> Value {
    let email = format!("{}@museum.example", first.to_ascii_lowercase().replace(|c: char| !c.is_ascii(), ""));
    let attendee = json!({ "first_name": first, "last_name": last, "email": email });
    app.post_as_owner("/api/v1/events/digital-day/registrations", &json!({ "attendee": attendee })).ok(201)
}

fn accept(app: &TestApp, accepted: &str) -> Answer {
    Answer::of(app.request(Method::GET, EVACUATION).bearer_auth(&app.token).header("Accept", accepted))
}

on_both_databases! {
    fn whoever_is_inside_is_on_the_list_and_nobody_else(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let door = Door::of(&app, "digital-day");
        let zone = |name: &str, zone: &str| {
            let list = app.post_as_owner("/api/v1/events/digital-day/check-in-lists", &json!({ "name": name, "zone": zone })).ok(201);
            Door { app: &app, list: format!("/api/v1/check-in-lists/{}", list["id"].as_str().unwrap()) }
        };
        let (hall, north) = (zone("Hall", "Hall"), zone("Hall, north", "Hall"));
        let [zoe, jos, ada, eve] = [("Zoë", "Müller"), ("Jos", "Weber"), ("Ada", "=1+1"), ("Eve", "<b>Bold</b>")].map(|(first, last)| register(&app, first, last));
        let go = |door: &Door, person: &Value, direction: &str| {
            app.advance(TimeDelta::minutes(1));
            assert_eq!(door.verdict(&json!({ "code": person["code"], "direction": direction })).0, "accepted");
        };
        assert_eq!(app.get_as_owner(EVACUATION).ok(200)["zones"], json!([]));
        for person in [&zoe, &jos, &ada, &eve] {
            go(&door, person, "entry");
        }
        go(&hall, &zoe, "entry");
        go(&north, &eve, "entry");
        go(&door, &jos, "exit");
        let list = app.get_as_owner(EVACUATION).ok(200);
        assert_eq!((&list["inside"], &list["as_of"]), (&json!(3), &json!("2026-03-02T09:07:00Z")));
        assert_eq!(list["zones"], json!([
            { "zone": "Entrance", "inside": 1, "names": ["Ada =1+1"] },
            { "zone": "Hall", "inside": 2, "names": ["Eve <b>Bold</b>", "Zoë Müller"] },
        ]));
        assert_eq!(accept(&app, "text/csv").body, "zone,name\r\nEntrance,Ada =1+1\r\nHall,Eve <b>Bold</b>\r\nHall,Zoë Müller\r\n");
        let file = app.get_as_owner(&format!("{EVACUATION}.csv?dialect=excel&locale=fr"));
        assert_eq!((file.header("content-disposition").as_str(), file.body.lines().next()),
            ("attachment; filename=\"digital-day-evacuation.csv\"", Some("\u{feff}zone;name")));
        let page = app.get_as_owner(&format!("{EVACUATION}.html"));
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(accept(&app, "text/html,application/xhtml+xml").body, page.body);
        assert!(page.body.contains("<td>Eve &#60;b&#62;Bold&#60;/b&#62;</td>"), "{}", page.body);
        assert!(page.body.contains("as of 2026-03-02 10:07 CET"), "{}", page.body);
        for (language, said) in [
            ("fr-LU", "<p>Présents en ce moment: <span class=\"count\">3</span> · état au 2026-03-02 10:07 CET</p>"),
            ("de", "<p>Jetzt anwesend: <span class=\"count\">3</span> · Stand 2026-03-02 10:07 CET</p>"),
            ("lb", "<p>Elo dobannen: <span class=\"count\">3</span> · Stand 2026-03-02 10:07 CET</p>"),
        ] {
            let request = app.request(Method::GET, &format!("{EVACUATION}.html")).bearer_auth(&app.token);
            let page = Answer::of(request.header("Accept-Language", language));
            assert_eq!(page.body.lines().find(|line| line.starts_with("<p>")), Some(said));
        }
        assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"), "{:?}", page.headers);
        assert!(!page.body.contains("<script") && !page.body.contains("@museum.example"));
        assert_eq!(app.get_as_owner(&format!("{EVACUATION}?x=1")).issues(), pairs(&[("x", "unknown_parameter")]));
    }

    fn a_full_queue_keeps_nobody_waiting_who_asks_who_is_inside(database: Database) {
        let app = TestApp::start(database);
        let event: turnout::store::EventId = app.published_event(&json!({}))["id"].as_str().unwrap().parse().unwrap();
        let door = Door::of(&app, "digital-day");
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        assert_eq!(door.verdict(&json!({ "code": ada["code"] })).0, "accepted");
        // A write that does not end, and behind it as many as there is place for.
        let ((release, wait), (begin, begun)) = (mpsc::channel::<()>(), mpsc::channel::<()>());
        app.app.store.write_unawaited(event.uuid(), move |_| { begin.send(()).unwrap(); let _ = wait.recv(); Ok(()) }).unwrap();
        begun.recv().unwrap();
        while app.app.store.write_unawaited(event.uuid(), |_| Ok(())).is_ok() {}
        assert_eq!(app.register("digital-day", "ben@museum.example").problem(503), "busy");
        for form in ["", ".csv", ".html"] {
            let answer = app.get_as_owner(&format!("{EVACUATION}{form}"));
            assert_eq!((answer.status, answer.body.contains("ada")), (200, true));
        }
        release.send(()).unwrap();
        // The trail hears of all three, as soon as it can.
        let heard = || column(&app.get_as_owner("/api/v1/events/digital-day/audit?deed=evacuation.taken"), "/actor/kind");
        let deadline = Instant::now() + Duration::from_secs(30);
        while heard() != ["token"; 3] {
            assert!(Instant::now() < deadline, "the trail has not heard of it");
        }
    }

    fn who_watches_the_door_sees_who_is_inside_and_nobody_beside_them(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for role in [Role::Owner, Role::Editor, Role::Door, Role::Viewer] {
            app.get_as(&app.token_of("ict-cluster", role), EVACUATION).ok(200);
        }
        assert_eq!(app.get(EVACUATION).problem(401), "unauthenticated");
        assert_eq!(app.get_as(&app.organization_with_token("Stranger", "stranger", Role::Owner), EVACUATION).problem(404), "not_found");
    }
}
