//! The list on paper.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::check_ins::Door;
use super::{column, pairs, text};
use crate::support::{Answer, TestApp, on_both_databases, parts};

on_both_databases! {
    fn the_list_on_paper_has_everybody_who_is_expected_by_name(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({ "title": "Day & <Night>", "slug": "digital-day" }));
        let press = parts::ticket_type(&app, &event, "Press", None, false);
        let register = |first: &str, last: Option<&str>, note: Option<&str>| {
            let email = format!("{}{}@museum.example", first.len(), last.unwrap_or_default().len());
            let wish = json!({ "attendee": { "first_name": first, "last_name": last, "email": email }, "ticket_type": press, "note": note });
            app.post_as_owner("/api/v1/events/digital-day/registrations", &wish).ok(201)
        };
        let [zoe, bono, ada, gone] = [register("Zoë", Some("Öhler"), None), register("Bono", None, Some("<script>alert(1)</script>")),
            register("Adalbert", Some("Zander"), None), register("Jos", Some("Abel"), None)];
        app.post_as_owner(&format!("/api/v1/registrations/{}/cancel", text(&gone, "/id")), &json!({})).ok(200);
        let page = app.get_as_owner(&format!("/api/v1/check-in-lists/{}/paper.html", app.list_of("digital-day")));
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8".to_owned()));
        let code = |person: &Value| { let code = text(person, "/code"); format!("{} {}", &code[..4], &code[4..]) };
        let row = |name: &str, person: &Value, note: &str| format!("<tr><td class=\"box\"></td><td class=\"box\"></td><td>{name}</td>\
            <td class=\"code\">{}</td><td>Press</td><td>{note}</td></tr>", code(person));
        let rows: Vec<&str> = page.body.lines().filter(|line| line.starts_with("<tr><td")).collect();
        assert_eq!(rows, [row("Bono", &bono, "&#60;script&#62;alert(1)&#60;/script&#62;"), row("Öhler, Zoë", &zoe, ""), row("Zander, Adalbert", &ada, "")]);
        assert!(page.body.contains("<h1>Day &#38; &#60;Night&#62;</h1>"), "{}", page.body);
        assert!(page.body.contains("<p>Entrance · 2026-06-08 09:00 CEST · <span class=\"count\">3</span> expected · as of 2026-03-02 10:00 CET</p>"), "{}", page.body);
        let german = app.request(Method::GET, &format!("/api/v1/check-in-lists/{}/paper.html", app.list_of("digital-day")));
        let german = Answer::of(german.bearer_auth(&app.token).header("Accept-Language", "de-LU,fr;q=0.5"));
        assert_eq!(german.body.lines().find(|line| line.starts_with("<thead>")), Some("<thead><tr><th class=\"box\">Ein</th>\
            <th class=\"box\">Aus</th><th>Name</th><th>Code</th><th>Ticket</th><th>Notiz</th></tr></thead>"));
        assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
        assert!(!page.body.contains("museum.example"));
        assert_eq!(column(&app.get_as_owner("/api/v1/events/digital-day/audit?deed=paper_list.taken"), "/actor/kind"), ["token", "token"]);
    }

    fn what_was_ticked_on_paper_is_handed_in_afterwards(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let door = Door::of(&app, "digital-day");
        let [ada, ben, cleo] = ["ada", "ben", "cleo"].map(|name| app.register("digital-day", &format!("{name}@museum.example")).ok(201));
        app.post_as_owner(&format!("/api/v1/registrations/{}/cancel", text(&cleo, "/id")), &json!({})).ok(200);
        app.advance(TimeDelta::hours(1));
        let hand_in = |fields: Value| {
            let mut body = json!({ "codes": [text(&ada, "/code").to_lowercase(), ben["code"], cleo["code"], "ABCDEFGH", "?"] });
            body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            app.post_as_owner(&format!("{}/paper", door.list), &body)
        };
        let results = |answer: &Answer| -> Vec<(Value, Value, Value)> {
            let verdicts = answer.ok(200)["verdicts"].as_array().unwrap().clone();
            verdicts.into_iter().map(|it| (it["result"].clone(), it["reason"].clone(), it["repeat"].clone())).collect()
        };
        let at = json!({ "occurred_at": "2026-03-02T09:30:00Z" });
        let first = hand_in(at.clone());
        let row = |result: &str, reason: Value, repeat: bool| (json!(result), reason, json!(repeat));
        assert_eq!(results(&first)[..4], [row("accepted", Value::Null, false), row("accepted", Value::Null, false),
            row("accepted_conflict", json!("cancelled"), false), row("denied", json!("invalid"), false)]);
        assert_eq!(first.ok(200)["verdicts"][1]["code"], ben["code"]);
        // Handed in twice is ticked once.
        let again = results(&hand_in(at));
        assert!(again.iter().all(|(_, _, repeat)| *repeat == true), "{again:?}");
        assert_eq!(door.numbers()[1..5], [3, 3, 3, 0]);
        let log = app.get_as_owner(&format!("{}/check-ins", door.list)).ok(200);
        let rows = log["data"].as_array().unwrap();
        assert!(rows.iter().all(|row| row["source"] == "paper" && row["occurred_at"] == "2026-03-02T09:30:00Z"), "{rows:?}");
        let many: Vec<String> = (0..1001).map(|n| format!("C{n}")).collect();
        for (fields, issue) in [(json!({ "codes": [] }), ("/codes", "required")), (json!({ "codes": many }), ("/codes", "too_many")),
            (json!({ "codes": ["x".repeat(51)] }), ("/codes/0", "too_long")), (json!({ "occurred_at": "2026-03-02T10:05:01Z" }), ("/occurred_at", "in_the_future"))] {
            assert_eq!(hand_in(fields).issues(), pairs(&[issue]));
        }
        assert_eq!(column(&app.get_as_owner("/api/v1/events/digital-day/audit?deed=paper_list.handed_in"), "/actor/kind"), ["token", "token"]);
    }
}
