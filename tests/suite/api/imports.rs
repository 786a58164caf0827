//! Spreadsheets that come back.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use chrono::TimeDelta;
use diesel::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::access::Caller;
use turnout::error::Error;
use turnout::events::Event;
use turnout::mail::MessageKind;
use turnout::organizations::Role;
use turnout::store::schema::{audit, messages};
use turnout::store::{Db, EventId};
use turnout::transfer::{
    FileFormat, Import, ImportMode, ImportOptions, Mapping, Plan, Report, Table, plan, run_import,
};
use turnout::values::Name;

use super::{address, column, pairs, text};
use crate::support::{Answer, Database, TestApp, on_both_databases, parts};

const EVENT: &str = "/api/v1/events/digital-day";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn send(app: &TestApp, query: &str, media_type: &str, file: impl Into<reqwest::blocking::Body>) -> Answer {
    let request = app.request(Method::POST, &format!("{EVENT}/imports?{query}")).bearer_auth(&app.token);
    Answer::of(request.header("Content-Type", media_type).body(file))
}

pub(super) fn csv(app: &TestApp, query: &str, file: &str) -> Answer {
    send(app, query, "text/csv", file.to_owned())
}

/// What a report says: created, updated, attended, unchanged, errors.
fn counts(report: &Value) -> [u64; 5] {
    ["created", "updated", "attended", "unchanged", "error_count"].map(|name| report[name].as_u64().unwrap())
}

fn errors(report: &Value) -> Vec<(String, String)> {
    let word = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
    let errors = report["errors"].as_array().unwrap().iter();
    errors.map(|error| (word(error, "pointer"), word(error, "code"))).collect()
}

fn export(app: &TestApp, query: &str) -> Vec<u8> {
    let request = app.request(Method::GET, &format!("{EVENT}/{query}")).bearer_auth(&app.token);
    request.send().unwrap().bytes().unwrap().to_vec()
}

/// An event that asks much, and two who are registered.
fn full_event(app: &TestApp) -> [String; 2] {
    let event = app.published_event(&json!({ "languages": ["en", "fr"] }));
    let press = parts::ticket_type(app, &event, "Press", None, false);
    parts::ticket_type(app, &event, "Speakers", None, false);
    let session = parts::session(app, &event, "Workshop", None);
    let option = |key: &str| json!({ "key": key, "label": { "en": key, "fr": key } });
    for question in [
        json!({ "key": "diet", "kind": "many_of", "label": { "en": "Diet", "fr": "Régime" },
            "options": [option("vegan"), option("nuts")] }),
        json!({ "key": "born", "kind": "date", "label": { "en": "Born", "fr": "Né" } }),
        json!({ "key": "size", "kind": "number", "label": { "en": "Size", "fr": "Taille" } }),
        json!({ "key": "vegan", "kind": "boolean", "label": { "en": "Vegan", "fr": "Végétalien" } }),
        json!({ "key": "words", "kind": "long_text", "label": { "en": "Words", "fr": "Mots" } }),
    ] {
        app.post_as_owner(&format!("{EVENT}/questions"), &question).ok(201);
    }
    let photos = json!({ "key": "photos", "purpose": "photos", "text": { "en": "Photos", "fr": "Photos" } });
    app.post_as_owner(&format!("{EVENT}/consents"), &photos).ok(201);
    let wish = json!({ "attendee": { "first_name": "Zoë", "last_name": "=1+1", "email": "zoe@museum.example",
        "organization": "'=x", "job_title": "Cura;tor, \"chief\"", "phone": "+352 26 12 34", "country": "LU" },
        "ticket_type": press, "sessions": [session], "consents": ["photos"], "external_ref": "7",
        "answers": { "diet": ["nuts", "vegan"], "born": "1990-02-03", "size": 1.5, "vegan": true, "words": "-a\n=b" },
        "tags": ["vip", "press"], "note": "@note" });
    let zoe = app.post_as_owner(&format!("{EVENT}/registrations"), &wish).ok(201);
    let wish = json!({ "attendee": { "first_name": "Ben", "email": "ben@museum.example" }, "ticket_type": press });
    let ben = app.post_as_owner(&format!("{EVENT}/registrations"), &wish).ok(201);
    [zoe, ben].map(|one| text(&one, "/code"))
}

fn all(app: &TestApp) -> Vec<Value> {
    app.get_as_owner(&format!("{EVENT}/registrations?limit=500")).ok(200)["data"].as_array().unwrap().clone()
}

const EVERYTHING: &str = "columns=id,code,status,first_name,last_name,email,organization,job_title,phone,country,locale,\
    external_ref,ticket_type,answer.diet,answer.born,answer.size,answer.vegan,answer.words,consent.photos,tags,note";

on_both_databases! {
    fn a_list_of_people_becomes_registrations(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 2 }));
        let file = "\u{feff}Prénom;Nom;E-mail;Téléphone\r\nZoë;Müller;zoe@museum.example;+352 26 12 34\r\n\
            '=Ben;;BEN@museum.example;\r\n";
        let look = csv(&app, "mode=create", file).ok(200);
        assert_eq!((counts(&look), &look["dry_run"]), ([2, 0, 0, 0, 0], &json!(true)));
        assert_eq!(look["verdicts"], json!([{ "row": 2, "verdict": "created", "columns": [] },
            { "row": 3, "verdict": "created", "columns": [] }]));
        assert_eq!(all(&app), Vec::<Value>::new());
        let done = csv(&app, "mode=create&dry_run=false", file).ok(200);
        assert_eq!((&done["state"], counts(&done["report"])), (&json!("done"), [2, 0, 0, 0, 0]));
        let address = format!("{EVENT}/imports/{}", text(&done, "/id"));
        assert_eq!(app.get_as_owner(&address).ok(200)["state"], "done");
        let people = all(&app);
        assert_eq!(people.iter().map(|one| (text(one, "/attendee/first_name"), text(one, "/attendee/email"),
            text(one, "/source"), text(one, "/status"))).collect::<Vec<_>>(), [
            ("Zoë".to_owned(), "zoe@museum.example".to_owned(), "import".to_owned(), "confirmed".to_owned()),
            ("=Ben".to_owned(), "BEN@museum.example".to_owned(), "import".to_owned(), "confirmed".to_owned()),
        ]);
        // Nobody asked for letters, and the same file again is the same file.
        assert_eq!(app.deliver_mail(), 0);
        for query in ["mode=create&dry_run=false", "mode=upsert&dry_run=false"] {
            assert_eq!(counts(&csv(&app, query, file).ok(200)["report"]), [0, 0, 0, 2, 0], "{query}");
        }
        assert_eq!(all(&app), people);
    }

    fn letters_leave_where_they_are_asked_for(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        csv(&app, "mode=create&dry_run=false&send=true", "first_name,email\nAda,ada@museum.example\n").ok(200);
        assert_eq!(app.deliver_mail(), 1);
    }

    fn everything_wrong_is_said_at_once_and_nothing_is_done(database: Database) {
        let app = TestApp::start(database);
        full_event(&app);
        let people = all(&app);
        let file = "first_name,email,ticket_type,country,Diet,Born,Size,shoe\n\
            Ada,ada@museum.example,Press,LU,vegan,1990-02-03,1,x\n\
            ,nobody,Nothing,Luxembourg,meat,08/06/2026,big,\n\
            Ada,ADA@museum.example,press,,,,,\n";
        let look = csv(&app, "mode=create", file).ok(200);
        assert_eq!(errors(&look), pairs(&[
            ("/rows/1/shoe", "unknown_column"),
            ("/rows/3/first_name", "required"),
            ("/rows/3/email", "invalid_email"),
            ("/rows/3/country", "invalid_country"),
            ("/rows/3/ticket_type", "unknown_ticket_type"),
            ("/rows/3/answer.diet", "unknown_option"),
            ("/rows/3/answer.born", "ambiguous_date"),
            ("/rows/3/answer.size", "invalid_type"),
            ("/rows/4/email", "duplicate_row"),
        ]));
        assert_eq!(counts(&look), [1, 0, 0, 0, 9]);
        let refused = csv(&app, "mode=create&dry_run=false", file);
        assert_eq!(refused.issues(), errors(&look));
        assert_eq!(all(&app), people);
        let mapping = "mode=create&mapping=%7B%22shoe%22%3Anull%7D";
        let left_out = csv(&app, mapping, "first_name,email,ticket_type,shoe\nAda,ada@museum.example,Press,x\n").ok(200);
        assert_eq!((counts(&left_out), &left_out["ignored_columns"]), ([1, 0, 0, 0, 0], &json!(["shoe"])));
    }

    fn a_mapping_says_what_columns_are(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let mapping = "%7B%22Given%22%3A%22first_name%22%2C%22Address%22%3A%22email%22%7D";
        let file = "Given\tAddress\nAda\tada@museum.example\n";
        assert_eq!(errors(&csv(&app, "mode=upsert&mapping=%7B%22Given%22%3A%22email%22%7D", file).ok(200)),
            pairs(&[("/rows/1/Address", "unknown_column"), ("/rows/2/first_name", "required"), ("/rows/2/email", "invalid_email")]));
        csv(&app, &format!("mode=create&dry_run=false&mapping={mapping}"), file).ok(200);
        assert_eq!(text(&all(&app)[0], "/attendee/first_name"), "Ada");
        for (query, issues) in [
            ("mode=create&mapping=x", &[("mapping", "invalid_type")][..]),
            ("mode=swap", &[("mode", "unknown_value")]),
            ("dry_run=true", &[("mode", "required")]),
            ("mode=create&rows=5", &[("rows", "unknown_parameter")]),
        ] {
            assert_eq!(csv(&app, query, file).issues(), pairs(issues), "{query}");
        }
    }

    fn seats_are_obeyed_or_taken_by_force(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1 }));
        let file = "first_name,email\nAda,ada@museum.example\nBen,ben@museum.example\n";
        assert_eq!(errors(&csv(&app, "mode=create", file).ok(200)), pairs(&[("/rows/3", "sold_out")]));
        assert_eq!(csv(&app, "mode=create&dry_run=false", file).issues(), pairs(&[("/rows/3", "sold_out")]));
        assert_eq!(all(&app), Vec::<Value>::new());
        csv(&app, "mode=create&dry_run=false&force=true", file).ok(200);
        assert_eq!(app.get_as_owner(EVENT).ok(200)["seats"]["taken"], 2);
    }

    fn what_was_exported_comes_back_as_it_was(database: Database) {
        let app = TestApp::start(database);
        full_event(&app);
        let people = all(&app);
        for query in ["", "?dialect=excel&locale=fr&headers=labels", "?dialect=excel&headers=labels&locale=en"] {
            let file = export(&app, &format!("participants.csv{query}"));
            let done = send(&app, "mode=upsert&dry_run=false", "text/csv", file).ok(200);
            assert_eq!(counts(&done["report"]), [0, 0, 0, 2, 0], "{query}");
        }
        for locale in ["en", "fr", "de", "lb"] {
            for dialect in ["rfc4180", "excel"] {
                let query = format!("participants.csv?{EVERYTHING}&headers=labels&locale={locale}&dialect={dialect}");
                let report = send(&app, "mode=upsert", "text/csv", export(&app, &query)).ok(200);
                assert_eq!((counts(&report), errors(&report)), ([0, 0, 0, 2, 0], vec![]), "{query}");
            }
            let book = export(&app, &format!("participants.xlsx?{EVERYTHING}&headers=labels&locale={locale}"));
            let report = send(&app, "mode=upsert", XLSX, book).ok(200);
            assert_eq!((counts(&report), errors(&report)), ([0, 0, 0, 2, 0], vec![]), "{locale}");
        }
        // A spreadsheet may save it without the mark.
        let unmarked = export(&app, &format!("participants.csv?{EVERYTHING}&dialect=excel"))[3..].to_vec();
        assert_eq!(counts(&send(&app, "mode=upsert", "text/csv", unmarked).ok(200)), [0, 0, 0, 2, 0]);
        assert_eq!(all(&app), people);
    }

    fn two_cells_are_edited_and_two_cells_change(database: Database) {
        let app = TestApp::start(database);
        let [zoe, ben] = full_event(&app);
        let before = all(&app);
        let file = String::from_utf8(export(&app, &format!("participants.csv?{EVERYTHING}&dialect=excel&locale=de"))).unwrap();
        let edited = file.replace("'=1+1", "'=2+2").replace(";Ben;", ";Benjamin;");
        let look = csv(&app, "mode=upsert", &edited).ok(200);
        assert_eq!(look["verdicts"], json!([{ "row": 2, "verdict": "updated", "columns": ["last_name"] },
            { "row": 3, "verdict": "updated", "columns": ["first_name"] }]));
        let done = csv(&app, "mode=upsert&dry_run=false", &edited).ok(200);
        assert_eq!(counts(&done["report"]), [0, 2, 0, 0, 0]);
        let mut expected = before.clone();
        for (one, field, value) in [(&zoe, "last_name", "=2+2"), (&ben, "first_name", "Benjamin")] {
            let row = expected.iter_mut().find(|row| row["code"] == **one).unwrap();
            row["attendee"][field] = json!(value);
            row["version"] = json!(row["version"].as_i64().unwrap() + 1);
        }
        assert_eq!(all(&app), expected);
        let again = csv(&app, "mode=upsert&dry_run=false", &edited).ok(200);
        assert_eq!(counts(&again["report"]), [0, 0, 0, 2, 0]);
    }

    fn every_kind_of_cell_can_be_changed(database: Database) {
        let app = TestApp::start(database);
        let [zoe, ben] = full_event(&app);
        let sessions = app.get_as_owner(&format!("{EVENT}/sessions")).ok(200);
        let session = text(&sessions, "/data/0/id");
        let file = format!("code,email,ticket_type,tags,note,organization,session.{session},Diet,Born,Size,Vegan,locale\n\
            {zoe},zoe@museum.example,Speakers,vip,,,false,,13.02.1990,\"2,5\",no,fr\n\
            {ben},benjamin@museum.example,Press,,Hello,Museum,yes,vegan,,,,en\n");
        let look = csv(&app, "mode=upsert", &file).ok(200);
        assert_eq!(look["verdicts"][0]["columns"], json!(["organization", "note", "locale", "tags", "ticket_type",
            format!("session.{session}"), "answer.diet", "answer.born", "answer.size", "answer.vegan"]));
        csv(&app, "mode=upsert&dry_run=false", &file).ok(200);
        let people = all(&app);
        let (zoe, ben) = (&people[0], &people[1]);
        assert_eq!((&zoe["answers"], &zoe["sessions"], &zoe["locale"]),
            (&json!({ "born": "1990-02-13", "size": 2.5, "vegan": false, "words": "-a\n=b" }), &json!([]), &json!("fr")));
        assert_eq!((text(ben, "/attendee/email"), &ben["answers"], &ben["sessions"]),
            ("benjamin@museum.example".to_owned(), &json!({ "diet": ["vegan"] }), &json!([session])));
        assert_eq!(counts(&csv(&app, "mode=upsert", &file).ok(200)), [0, 0, 0, 2, 0]);
        let refused = format!("code,status,consent.photos\n{},cancelled,false\n", text(zoe, "/code"));
        assert_eq!(errors(&csv(&app, "mode=upsert", &refused).ok(200)),
            pairs(&[("/rows/2/consent.photos", "not_imported"), ("/rows/2/status", "not_imported")]));
    }

    fn people_are_marked_as_having_come(database: Database) {
        let app = TestApp::start(database);
        let [zoe, ben] = full_event(&app);
        let file = format!("code,attended,first_entry_at\n{zoe},true,2026-03-02T09:30:00+01:00\n{ben},false,\n");
        assert_eq!(counts(&csv(&app, "mode=mark_attended", &file).ok(200)), [0, 0, 1, 1, 0]);
        assert_eq!(counts(&csv(&app, "mode=mark_attended&dry_run=false", &file).ok(200)["report"]), [0, 0, 1, 1, 0]);
        assert_eq!(counts(&csv(&app, "mode=mark_attended&dry_run=false", &file).ok(200)["report"]), [0, 0, 0, 2, 0]);
        let people = all(&app);
        assert_eq!((&people[0]["attendance"]["attended"], &people[0]["attendance"]["first_entry_at"]),
            (&json!(true), &json!("2026-03-02T08:30:00Z")));
        assert_eq!(people[1]["attendance"]["attended"], false);
        // The file of the attendance can be sent back as well.
        let attendance = String::from_utf8(export(&app, "attendance.csv")).unwrap();
        assert_eq!(counts(&csv(&app, "mode=mark_attended", &attendance).ok(200)), [0, 0, 0, 2, 0]);
        let unknown = "email\nnobody@museum.example\n";
        assert_eq!(errors(&csv(&app, "mode=mark_attended", unknown).ok(200)), pairs(&[("/rows/2", "not_found")]));
    }

    fn a_long_import_is_done_behind_the_answer(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let rows: Vec<String> = (0..1_001).map(|number| format!("P{number},p{number}@museum.example\n")).collect();
        let file = format!("first_name,email\n{}", rows.concat());
        let send = |key: &str| {
            let request = app.request(Method::POST, &format!("{EVENT}/imports?mode=create&dry_run=false"));
            let request = request.bearer_auth(&app.token).header("Idempotency-Key", key).header("Content-Type", "text/csv");
            Answer::of(request.body(file.clone()))
        };
        let begun = send("once");
        assert_eq!((begun.status, &begun.ok(202)["state"]), (202, &json!("running")));
        let address = begun.header("location");
        let ended = loop {
            let import = app.get_as_owner(&address).ok(200);
            if import["state"] != "running" {
                break import;
            }
            std::thread::yield_now();
        };
        assert_eq!((&ended["state"], counts(&ended["report"])), (&json!("done"), [1_001, 0, 0, 0, 0]));
        assert_eq!(app.get_as_owner(EVENT).ok(200)["seats"]["taken"], 1_001);
        assert_eq!(send("once").header("location"), address);
        assert_eq!(send("twice").ok(200)["report"]["unchanged"], 1_001);
    }

    fn whoever_is_written_beside_others_is_told_and_traced_as_if_alone(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 700, "registration": { "waitlist": "auto" } }));
        let file = |name: &str| {
            let rows = (0..900).map(|number| format!("P{number},{name},p{number}@museum.example\n"));
            format!("first_name,last_name,email\n{}", rows.collect::<String>())
        };
        // Seats for all of the first hundreds, and for some of the others.
        let done = csv(&app, "mode=create&dry_run=false&send=true", &file("Weber")).ok(200);
        assert_eq!(counts(&done["report"]), [900, 0, 0, 0, 0]);
        let seats = app.get_as_owner(EVENT).ok(200)["seats"].clone();
        assert_eq!((&seats["taken"], &seats["waitlisted"]), (&json!(700), &json!(200)));
        let waiting = app.get_as_owner(&format!("{EVENT}/registrations?status=waitlisted&limit=500"));
        let expected: Vec<_> = (700..900).map(|number| json!(format!("p{number}@museum.example"))).collect();
        assert_eq!(column(&waiting, "/attendee/email"), expected);
        // One of them gets another address, and a letter there; the others are told of their names.
        let moved = file("Wagner").replace("p3@museum.example", "three@museum.example").replace("email\n", "email,code\n");
        let three = app.get_as_owner(&format!("{EVENT}/registrations?q=p3@museum.example")).ok(200);
        let moved: String = moved.lines().enumerate().map(|(line, row)| match line {
            0 => format!("{row}\n"),
            4 => format!("{row},{}\n", text(&three, "/data/0/code")),
            _ => format!("{row},\n"),
        }).collect();
        let done = csv(&app, "mode=upsert&dry_run=false&send=true", &moved).ok(200);
        assert_eq!(counts(&done["report"]), [0, 900, 0, 0, 0]);
        assert_eq!(counts(&csv(&app, "mode=upsert", &moved).ok(200)), [0, 0, 0, 900, 0]);
        let one = app.get_as_owner(&format!("{EVENT}/registrations?q=p640@museum.example")).ok(200)["data"][0].clone();
        assert_eq!((&one["attendee"]["last_name"], &one["version"]), (&json!("Wagner"), &json!(2)));
        let (letters, told) = app.app.store.read_here(|db| {
            let count = diesel::dsl::count_star();
            let letters: Vec<(MessageKind, i64)> = messages::table.group_by(messages::kind).select((messages::kind, count)).load(db)?;
            let told = audit::table.filter(audit::deed.like("registration.%")).group_by(audit::deed);
            let told: Vec<(String, i64)> = told.select((audit::deed, count)).load(db)?;
            Ok((letters, told))
        }).unwrap();
        let letters: BTreeMap<String, i64> = letters.into_iter().map(|(kind, count)| (kind.to_string(), count)).collect();
        let expected = [("changed", 900), ("confirmed", 700), ("waitlisted", 200)].map(|(kind, count)| (kind.to_owned(), count));
        assert_eq!(letters, expected.into());
        let told: BTreeMap<String, i64> = told.into_iter().collect();
        let expected = [("registration.edited", 900), ("registration.placed", 900)].map(|(deed, count)| (deed.to_owned(), count));
        assert_eq!(told, expected.into());
    }

    fn what_has_changed_since_it_was_looked_at_undoes_all(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({ "capacity": 3 }));
        let id: EventId = text(&event, "/id").parse().unwrap();
        let zoe = app.register("digital-day", "zoe@museum.example").ok(201);
        let options = ImportOptions { mode: ImportMode::Upsert, mapping: Mapping::new(), force: false, send: false, list: None };
        let look = |file: &str| {
            let table = Table::read(file.as_bytes(), FileFormat::Csv, None).unwrap();
            let now = app.clock.now();
            let look = |db: &mut Db| {
                let event = Event::find(db, id)?;
                plan(db, event, &table, &options, now)
            };
            app.app.store.read_here(look).unwrap()
        };
        let carry_out = |planned: Plan| -> Vec<(String, String)> {
            let (now, options) = (app.clock.now(), options.clone());
            let done = app.app.store.write_here(id.uuid(), move |db| {
                run_import(db, &Caller::COMMAND_LINE, id, planned, &options, now, &AtomicU64::new(0))
            });
            match done {
                Err(Error::Invalid(issues)) => issues.into_iter().map(|issue| (issue.pointer, issue.code.to_owned())).collect(),
                other => panic!("{other:?}"),
            }
        };
        let news = |row: &str| format!("code,first_name,email\n,Ada,ada@museum.example\n{row}\n");
        let planned = look(&news(",Ben,ben@museum.example"));
        app.register("digital-day", "ben@museum.example").ok(201);
        assert_eq!(carry_out(planned), pairs(&[("/rows/3", "changed_meanwhile")]));
        let planned = look(&news(&format!("{},Zoé,zoe@museum.example", text(&zoe, "/code"))));
        app.patch_as_owner(&address(&zoe), &json!({ "note": "Noted" })).ok(200);
        assert_eq!(carry_out(planned), pairs(&[("/rows/3", "changed_meanwhile")]));
        let planned = look("first_name,email\nAda,ada@museum.example\n");
        app.register("digital-day", "cleo@museum.example").ok(201);
        assert_eq!(carry_out(planned), pairs(&[("/rows/2", "sold_out")]));
        let names: Vec<String> = all(&app).iter().map(|one| text(one, "/attendee/first_name")).collect();
        assert_eq!(names, ["zoe", "ben", "cleo"]);
    }

    fn an_import_that_its_program_did_not_end_has_failed(database: Database) {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({}));
        let (id, now): (EventId, _) = (text(&event, "/id").parse().unwrap(), app.clock.now());
        let begin = || {
            let begun = app.app.store.write_here(id.uuid(), move |db| {
                let event = Event::find(db, id)?;
                Import::begin(db, &event, ImportMode::Create, &Report { rows: 7, ..Report::default() }, now)
            });
            begun.unwrap()
        };
        let told = |import: &Import| app.get_as_owner(&format!("{EVENT}/imports/{}", import.id)).ok(200);
        let (left, ended) = (begin(), begin());
        assert_eq!((&told(&left)["state"], &told(&left)["report"]["rows"]), (&json!("running"), &json!(7)));
        let why = Error::invalid("/rows/3/email", "sold_out", "every seat is taken");
        let failed = ended.clone();
        app.app.store.write_here(id.uuid(), move |db| failed.failed(db, &why, now)).unwrap();
        assert_eq!((&told(&ended)["state"], errors(&told(&ended)["report"])),
            (&json!("failed"), pairs(&[("/rows/3/email", "sold_out")])));
        app.advance(TimeDelta::minutes(15));
        assert_eq!(told(&left)["state"], "failed");
    }

    fn whoever_may_not_import_learns_nothing(database: Database) {
        let app = TestApp::start(database);
        full_event(&app);
        let file = "email\nzoe@museum.example\n";
        let send = |token: &str, media_type: &str| {
            let request = app.request(Method::POST, &format!("{EVENT}/imports?mode=upsert")).bearer_auth(token);
            Answer::of(request.header("Content-Type", media_type).body(file))
        };
        let stranger = app.organization_with_token("Museum", "museum", Role::Owner);
        assert_eq!(send(&stranger, "text/csv").problem(404), "not_found");
        assert_eq!(send(&app.token_of("ict-cluster", Role::Viewer), "text/csv").problem(403), "forbidden");
        assert_eq!(send(&app.token, "application/json").problem(415), "unsupported_media_type");
        assert_eq!(send(&app.token, XLSX).issues(), pairs(&[("file", "unreadable")]));
        // A full host may import, until people share their data with it by consent: it would learn who is registered.
        let host = app.organization_with_token("Host", "host", Role::Owner);
        let part = json!({ "organization": "host", "role": "co_host", "data_access": "full" });
        app.post_as_owner(&format!("{EVENT}/hosts"), &part).ok(201);
        app.post_as(&host, &format!("{EVENT}/hosts/host/accept"), &json!({})).ok(200);
        assert_eq!(send(&host, "text/csv").ok(200)["unchanged"], 1);
        let share = json!({ "key": "share", "purpose": "share_with_host", "organization": "host",
            "text": { "en": "Share", "fr": "Partager" } });
        app.post_as_owner(&format!("{EVENT}/consents"), &share).ok(201);
        assert_eq!(send(&host, "text/csv").problem(403), "forbidden");
        let large = super::send(&app, "mode=upsert", "text/csv", vec![b'a'; 32 * 1024 * 1024 + 1]);
        assert_eq!(large.problem(413), "body_too_large");
    }
}

/// What an organizer can write into a cell of each kind.
fn hostile() -> impl Strategy<Value = Vec<[String; 3]>> {
    let line = || {
        prop_oneof!["[=+@'\t-]{0,3}[a-zA-Z0-9 ;,|\"'<&éë李]{1,20}", "\\PC{1,30}", "\\+[0-9]{2,4} [0-9 ]{5,9}"]
            .prop_filter("is a name", |text| text.parse::<Name<100>>().is_ok_and(|line| *line == **text))
    };
    let prose =
        "[=+@'a-z\n\r\t ;,|\"-]{1,40}".prop_filter("is a text", |text| !text.trim().is_empty() && text.trim() == text);
    prop::collection::vec((line(), line(), prose).prop_map(|(a, b, c)| [a, b, c]), 20)
}

#[test]
fn whatever_people_are_called_export_and_import_change_nothing() {
    let app = TestApp::start(Database::sqlite());
    app.published_event(&json!({}));
    let mut runner = TestRunner::new(ProptestConfig::with_cases(8));
    let slug = || format!("event-{}", uuid::Uuid::new_v4().simple());
    let outcome = runner.run(&hostile(), |people| {
        let event = app.published_event(&json!({ "slug": slug() }));
        let original = text(&event, "/slug");
        for (number, [first, organization, note]) in people.iter().enumerate() {
            let email = format!("p{number}@museum.example");
            let wish = json!({ "attendee": { "first_name": first, "organization": organization, "email": email },
                "note": note });
            app.post_as_owner(&format!("/api/v1/events/{original}/registrations"), &wish).ok(201);
        }
        let told = |event: &str| -> Vec<Value> {
            let page = app.get_as_owner(&format!("/api/v1/events/{event}/registrations?limit=500")).ok(200);
            let one = |row: &Value| json!([row["attendee"], row["note"]]);
            page["data"].as_array().unwrap().iter().map(one).collect()
        };
        let columns = "columns=first_name,organization,note,email";
        for (file, media_type) in [
            (format!("participants.csv?{columns}"), "text/csv"),
            (format!("participants.csv?{columns}&dialect=excel&locale=fr&headers=labels"), "text/csv"),
            (format!("participants.xlsx?{columns}"), XLSX),
        ] {
            let copy = text(&app.published_event(&json!({ "slug": slug() })), "/slug");
            let request =
                app.request(Method::GET, &format!("/api/v1/events/{original}/{file}")).bearer_auth(&app.token);
            let bytes = request.send().unwrap().bytes().unwrap().to_vec();
            for (event, unchanged) in [(&original, 20), (&copy, 0), (&copy, 20)] {
                let path = format!("/api/v1/events/{event}/imports?mode=upsert&dry_run=false");
                let request = app.request(Method::POST, &path).bearer_auth(&app.token);
                let done = Answer::of(request.header("Content-Type", media_type).body(bytes.clone())).ok(200);
                prop_assert_eq!(done["report"]["unchanged"].as_u64(), Some(unchanged), "{}", done);
            }
            prop_assert_eq!(told(&copy), told(&original), "{}", file);
        }
        Ok(())
    });
    outcome.unwrap();
}
