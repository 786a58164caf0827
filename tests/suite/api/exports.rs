//! Participants and attendance as files.

use chrono::TimeDelta;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::check_ins::Door;
use super::{address, pairs, text};
use crate::support::{Answer, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

/// An event with a capacity of two: Zoë was there, Ben is expected, Cléo waits.
fn small_event(app: &TestApp) -> [Value; 3] {
    app.published_event(&json!({ "capacity": 2, "registration": { "waitlist": "auto" } }));
    let register = |attendee: Value, reference: Value| {
        let wish = json!({ "attendee": attendee, "external_ref": reference });
        app.post(&format!("{EVENT}/registrations"), &wish).ok(201)
    };
    let zoe = register(
        json!({ "first_name": "Zoë", "last_name": "O'Neil, \"Z\"", "email": "zoe@museum.example",
        "organization": "=1+1", "job_title": "Cura;tor", "phone": "+352 621", "country": "LU" }),
        json!("7"),
    );
    let ben = register(json!({ "first_name": "Ben", "email": "ben@museum.example" }), json!(null));
    let cleo = register(json!({ "first_name": "Cléo", "email": "cleo@museum.example" }), json!(null));
    let door = Door::of(app, "digital-day");
    for (minutes, way) in [(60, "entry"), (30, "exit"), (15, "entry")] {
        app.advance(TimeDelta::minutes(minutes));
        door.scan(&json!({ "code": zoe["code"], "direction": way })).ok(200);
    }
    [zoe, ben, cleo]
}

fn file(app: &TestApp, path: &str) -> String {
    let answer = app.get_as_owner(&format!("{EVENT}/{path}"));
    assert_eq!(
        (answer.status, answer.header("content-type").as_str()),
        (200, "text/csv; charset=utf-8; header=present")
    );
    answer.body
}

on_both_databases! {
    fn the_participants_are_a_file(database: Database) {
        let app = TestApp::start(database);
        let people = small_event(&app);
        let [zoe, ben, cleo] = people.each_ref().map(|person| format!("{},{}", text(person, "/id"), text(person, "/code")));
        let answer = app.get_as_owner(&format!("{EVENT}/participants.csv"));
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"digital-day-participants.csv\"");
        assert_eq!(answer.body, format!(
            "id,code,status,first_name,last_name,email,organization,job_title,phone,country,locale,source,external_ref,\
             attended,first_entry_at,last_exit_at,created_at,updated_at,via\r\n\
             {zoe},confirmed,Zoë,\"O'Neil, \"\"Z\"\"\",zoe@museum.example,=1+1,Cura;tor,+352 621,LU,en,api,7,\
             true,2026-03-02T11:00:00+01:00,2026-03-02T11:30:00+01:00,2026-03-02T10:00:00+01:00,2026-03-02T10:00:00+01:00,\r\n\
             {ben},confirmed,Ben,,ben@museum.example,,,,,en,api,,\
             false,,,2026-03-02T10:00:00+01:00,2026-03-02T10:00:00+01:00,\r\n\
             {cleo},waitlisted,Cléo,,cleo@museum.example,,,,,en,api,,\
             false,,,2026-03-02T10:00:00+01:00,2026-03-02T10:00:00+01:00,\r\n"
        ));
    }

    fn the_attendance_is_a_file(database: Database) {
        let app = TestApp::start(database);
        let people = small_event(&app);
        let answer = app.get_as_owner(&format!("{EVENT}/attendance.csv?layout=long"));
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"digital-day-attendance.csv\"");
        assert_eq!(answer.body, format!(
            "code,first_name,last_name,email,organization,status,list,expected,attended,first_entry_at,last_exit_at,\
             entries,exits,minutes_inside,no_show,via\r\n\
             {},Zoë,\"O'Neil, \"\"Z\"\"\",zoe@museum.example,=1+1,confirmed,Entrance,true,\
             true,2026-03-02T11:00:00+01:00,2026-03-02T11:30:00+01:00,2,1,30,false,\r\n\
             {},Ben,,ben@museum.example,,confirmed,Entrance,true,false,,,0,0,0,false,\r\n",
            text(&people[0], "/code"), text(&people[1], "/code")
        ));
    }

    fn a_spreadsheet_gets_what_it_can_open_without_harm(database: Database) {
        let app = TestApp::start(database);
        small_event(&app);
        let columns = "columns=organization,job_title,phone,last_name&status=confirmed";
        assert_eq!(
            file(&app, &format!("participants.csv?dialect=excel&locale=fr&{columns}")),
            "\u{feff}organization;job_title;phone;last_name\r\n\
             '=1+1;\"Cura;tor\";'+352 621;\"O'Neil, \"\"Z\"\"\"\r\n;;;\r\n".replace("'+352 621", "+352 621")
        );
        assert_eq!(
            file(&app, "participants.csv?dialect=excel&columns=organization,job_title&q=zoe"),
            "\u{feff}organization,job_title\r\n'=1+1,Cura;tor\r\n"
        );
        assert_eq!(
            file(&app, "participants.csv?dialect=rfc4180&locale=fr&columns=organization&q=zoe"),
            "organization\r\n=1+1\r\n"
        );
    }

    fn columns_come_in_the_order_in_which_they_are_asked_for(database: Database) {
        let app = TestApp::start(database);
        small_event(&app);
        assert_eq!(file(&app, "participants.csv?columns=status,first_name"),
            "status,first_name\r\nconfirmed,Zoë\r\nconfirmed,Ben\r\nwaitlisted,Cléo\r\n");
        assert_eq!(file(&app, "attendance.csv?columns=exits,list"), "exits,list\r\n1,Entrance\r\n0,Entrance\r\n");
        for (path, issues) in [
            ("participants.csv?columns=code,shoe_size,code", [("columns", "unknown_column"), ("columns", "duplicate_column")].as_slice()),
            ("attendance.csv?columns=phone", &[("columns", "unknown_column")]),
            ("attendance.csv?layout=round", &[("layout", "unknown_value")]),
            ("attendance.csv?layout=wide&columns=code,list", &[("columns", "unknown_column")]),
            ("participants.csv?headers=none", &[("headers", "unknown_value")]),
            ("participants.csv?columns=session.1", &[("columns", "unknown_column")]),
            ("participants.csv?columns=code&column_set=x", &[("column_set", "not_together")]),
            ("participants.csv?column_set=nothing", &[("column_set", "unknown_value")]),
            ("participants.csv?layout=long", &[("layout", "unknown_parameter")]),
            ("participants.csv?dialect=ods&locale=xx&columns=x", &[("columns", "unknown_column"),
                ("dialect", "unknown_value"), ("locale", "unknown_value")]),
            ("participants.csv?limit=5", &[("limit", "unknown_parameter")]),
        ] {
            assert_eq!(app.get_as_owner(&format!("{EVENT}/{path}")).issues(), pairs(issues), "{path}");
        }
    }

    fn a_file_has_the_people_and_the_figures_of_the_list(database: Database) {
        let app = TestApp::start(database);
        let people = small_event(&app);
        app.post_as_owner(&format!("{}/cancel", address(&people[0])), &json!({})).ok(200);
        for filter in ["", "status=confirmed", "status=cancelled,waitlisted", "q=zoe", "q=museum", "attended=true",
            "attended=false", "external_ref=7", "updated_since=2026-03-02T10:00:00Z", "status=confirmed&attended=true"] {
            let list = app.get_as_owner(&format!("{EVENT}/registrations?{filter}")).ok(200);
            let local = |time: &Value| time.as_str().map_or(String::new(), |time| {
                time.parse::<turnout::clock::Timestamp>().unwrap().local(chrono_tz::Europe::Luxembourg).to_rfc3339()
            });
            let rows: Vec<String> = list["data"].as_array().unwrap().iter().map(|row| {
                let there = &row["attendance"];
                format!("{},{},{},{},{}\r\n", text(row, "/code"), text(row, "/status"), there["attended"],
                    local(&there["first_entry_at"]), local(&there["last_exit_at"]))
            }).collect();
            let columns = "columns=code,status,attended,first_entry_at,last_exit_at";
            assert_eq!(file(&app, &format!("participants.csv?{columns}&{filter}")),
                format!("code,status,attended,first_entry_at,last_exit_at\r\n{}", rows.concat()), "{filter}");
        }
        let attendance = file(&app, "attendance.csv?columns=entries,exits,attended,expected");
        let sums = attendance.lines().skip(1).fold([0, 0, 0, 0], |[expected, attended, entries, exits], line| {
            let cells: Vec<&str> = line.split(',').collect();
            let number = |n: usize| cells[n].parse::<i64>().unwrap();
            let flag = |n: usize| i64::from(cells[n] == "true");
            [expected + flag(3), attended + flag(2), entries + number(0), exits + number(1)]
        });
        let [expected, attended, _, entries, exits, _] = Door::of(&app, "digital-day").numbers();
        assert_eq!(sums, [expected, attended, entries, exits]);
    }

    fn whoever_may_not_have_a_file_gets_no_byte_of_it(database: Database) {
        let app = TestApp::start(database);
        small_event(&app);
        let stranger = app.organization_with_token("Museum", "museum", Role::Owner);
        for name in ["participants.csv", "attendance.csv", "participants.xlsx", "attendance.xlsx"] {
            let path = format!("{EVENT}/{name}?columns=nonsense");
            let refused = |answer: Answer, status: u16, code: &str| {
                assert_eq!(answer.problem(status), code, "{name}");
                assert_eq!(answer.header("content-disposition"), "");
            };
            refused(app.get(&path), 401, "unauthenticated");
            refused(app.get_as("turnout_x", &path), 401, "unauthenticated");
            refused(app.get_as(&stranger, &path), 404, "not_found");
            refused(app.get_as(&app.token_of("ict-cluster", Role::Door), &path), 403, "forbidden");
            refused(app.get_as_owner(&format!("/api/v1/events/nothing/{name}")), 404, "not_found");
        }
    }
}
