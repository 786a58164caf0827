//! Files for people: labels, dates and times, columns of the event, column sets, one row for each person.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::check_ins::Door;
use super::{pairs, text};
use crate::support::{Answer, TestApp, on_both_databases, parts};

const EVENT: &str = "/api/v1/events/digital-day";
const SETS: &str = "/api/v1/organizations/ict-cluster/column-sets";

/// An event with a ticket type, a session, questions and a consent; Zoë has come, Ben is expected.
fn full_event(app: &TestApp) -> [String; 2] {
    let event = app.published_event(&json!({ "languages": ["en", "fr"] }));
    let press = parts::ticket_type(app, &event, "Press, \"all\"", None, false);
    let session = parts::session(app, &event, "=Workshop", None);
    let option = |key: &str| json!({ "key": key, "label": { "en": key, "fr": key } });
    for question in [
        json!({ "key": "diet", "kind": "many_of", "label": { "en": "Diet", "fr": "Régime" },
            "options": [option("vegan"), option("nuts")] }),
        json!({ "key": "allergy", "kind": "text", "label": { "en": "Allergy", "fr": "Allergie" }, "sensitive": true }),
        json!({ "key": "born", "kind": "date", "label": { "en": "Born", "fr": "Né" } }),
    ] {
        app.post_as_owner(&format!("{EVENT}/questions"), &question).ok(201);
    }
    let photos = json!({ "key": "photos", "purpose": "photos", "text": { "en": "Photos", "fr": "Photos" } });
    app.post_as_owner(&format!("{EVENT}/consents"), &photos).ok(201);
    let wish = json!({ "attendee": { "first_name": "Zoë", "email": "zoe@museum.example", "phone": "+352 26 12 34" },
        "ticket_type": press, "sessions": [session], "consents": ["photos"],
        "answers": { "diet": ["nuts", "vegan"], "allergy": "bees", "born": "1990-02-03" }, "tags": ["vip", "press"],
        "note": "=note" });
    let zoe = app.post_as_owner(&format!("{EVENT}/registrations"), &wish).ok(201);
    let wish = json!({ "attendee": { "first_name": "Ben", "email": "ben@museum.example" }, "ticket_type": press });
    app.post(&format!("{EVENT}/registrations"), &wish).ok(201);
    app.advance(TimeDelta::minutes(90));
    Door::of(app, "digital-day").scan(&json!({ "code": zoe["code"] })).ok(200);
    [session, text(&zoe, "/code")]
}

fn file(app: &TestApp, path: &str) -> String {
    let answer = app.get_as_owner(&format!("{EVENT}/{path}"));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

on_both_databases! {
    fn the_event_s_own_columns_stand_behind_those_of_every_event(database: Database) {
        let app = TestApp::start(database);
        let [session, _] = full_event(&app);
        let header = file(&app, "participants.csv").lines().next().unwrap().to_owned();
        assert_eq!(
            header.split_once(",via").unwrap().1,
            format!(",ticket_type,session.{session},answer.diet,answer.born,consent.photos")
        );
        let own = format!("ticket_type,session.{session},answer.diet,answer.born,answer.allergy,consent.photos,tags,note");
        assert_eq!(
            file(&app, &format!("participants.csv?columns={own}")),
            format!("{own}\r\n\"Press, \"\"all\"\"\",true,vegan|nuts,1990-02-03,bees,true,vip|press,=note\r\n\
                \"Press, \"\"all\"\"\",false,,,,false,,\r\n")
        );
    }

    fn people_read_labels_in_their_language_and_days_and_times(database: Database) {
        let app = TestApp::start(database);
        full_event(&app);
        let columns = "first_name,phone,first_entry_at,first_entry_date,first_entry_time,answer.diet,consent.photos";
        let session_of_excel = file(&app, "participants.csv?dialect=excel&headers=labels&locale=fr");
        // Answers are read as text, which drops the mark of UTF-8.
        let header = session_of_excel.trim_start_matches('\u{feff}').lines().next().unwrap().to_owned();
        assert_eq!(
            header,
            "Identifiant;Code;Statut;Prénom;Nom;E-mail;Organisation;Fonction;Téléphone;Pays;Langue;Origine;\
             Référence externe;Présent;Première entrée;Dernière sortie;Inscription;Dernière modification;Venu par;\
             Inscription : date;Inscription : heure;Première entrée : date;Première entrée : heure;\
             Dernière sortie : date;Dernière sortie : heure;Type de billet;'=Workshop;Régime;Né;Consentement : photos"
        );
        for (locale, names) in [
            ("en", "First name,Phone,First entry,First entry: date,First entry: time,Diet,Consent: photos"),
            ("de", "Vorname,Telefon,Erster Eintritt,Erster Eintritt: Datum,Erster Eintritt: Uhrzeit,Diet,Einwilligung: photos"),
            ("lb", "Virnumm,Telefon,Éischten Entrée,Éischten Entrée: Datum,Éischten Entrée: Auerzäit,Diet,Averständnis: photos"),
        ] {
            assert_eq!(
                file(&app, &format!("participants.csv?headers=labels&locale={locale}&columns={columns}&q=zoe")),
                format!("{names}\r\nZoë,+352 26 12 34,2026-03-02T11:30:00+01:00,2026-03-02,11:30:00,vegan|nuts,true\r\n")
            );
        }
    }

    fn a_wide_file_has_a_row_for_each_person(database: Database) {
        let app = TestApp::start(database);
        let [_, zoe] = full_event(&app);
        let second = json!({ "name": "Day 2" });
        let second = app.post_as_owner(&format!("{EVENT}/check-in-lists"), &second).ok(201);
        let (first, second) = (app.list_of("digital-day"), text(&second, "/id"));
        app.advance(TimeDelta::minutes(30));
        assert_eq!(
            file(&app, "attendance.csv?layout=wide&columns=code,attended,minutes_inside&q=zoe"),
            format!("code,attended.{first},minutes_inside.{first},attended.{second},minutes_inside.{second}\r\n\
                {zoe},true,30,false,0\r\n")
        );
        assert_eq!(
            file(&app, "attendance.csv?layout=wide&headers=labels&locale=de&columns=first_name,attended"),
            "Vorname,Entrance: Anwesend,Day 2: Anwesend\r\nZoë,true,false\r\nBen,false,false\r\n"
        );
    }

    fn minutes_and_no_shows_are_those_of_the_api(database: Database) {
        let app = TestApp::start(database);
        full_event(&app);
        let list = app.list_of("digital-day");
        for days in [0, 200] {
            app.advance(TimeDelta::days(days));
            let api = app.get_as_owner(&format!("/api/v1/check-in-lists/{list}/attendance")).ok(200);
            let told = |row: &Value| format!("{},{},{}", row["attended"], row["minutes_inside"], row["no_show"]);
            let rows: Vec<String> = api["data"].as_array().unwrap().iter().map(told).collect();
            let csv = file(&app, "attendance.csv?columns=attended,minutes_inside,no_show");
            assert_eq!(csv.lines().skip(1).collect::<Vec<_>>(), rows, "after {days} days");
            assert_eq!(rows.len(), 2);
        }
    }

    fn columns_are_chosen_once_and_used_again(database: Database) {
        let app = TestApp::start(database);
        full_event(&app);
        let badges = json!({ "name": "Badges", "kind": "participants", "columns": ["first_name", "answer.nothing", "code"] });
        let made = app.post_as_owner(SETS, &badges);
        let (address, set) = (made.header("location"), made.ok(201));
        assert_eq!((&set["slug"], &set["columns"], &set["version"]), (&json!("badges"), &badges["columns"], &json!(1)));
        assert_eq!(app.get_as_owner(&address).ok(200), set);
        assert_eq!(app.get_as_owner(SETS).ok(200)["data"], json!([set]));
        assert_eq!(file(&app, "participants.csv?column_set=badges&q=zoe").lines().next(), Some("first_name,code"));
        assert_eq!(app.post_as_owner(SETS, &badges).problem(409), "slug_taken");
        let wrong = app.get_as_owner(&format!("{EVENT}/attendance.csv?column_set=badges"));
        assert_eq!(wrong.issues(), pairs(&[("column_set", "not_for_this_file")]));
        let nothing = json!({ "name": "X", "kind": "participants", "columns": ["code", "shoe_size", "code"] });
        assert_eq!(
            app.post_as_owner(SETS, &nothing).issues(),
            pairs(&[("/columns/1", "unknown_column"), ("/columns/2", "duplicate_column")])
        );
        assert_eq!(
            app.post_as_owner(SETS, &json!({ "columns": [] })).issues(),
            pairs(&[("/name", "required"), ("/kind", "required")])
        );
        let changed = app.patch_as_owner(&address, &json!({ "columns": ["email"], "name": "Letters" })).ok(200);
        assert_eq!((&changed["columns"], &changed["version"]), (&json!(["email"]), &json!(2)));
        assert_eq!(app.patch_as_owner(&address, &json!({ "kind": "attendance" })).issues(), pairs(&[("/kind", "fixed")]));
        assert_eq!(file(&app, "participants.csv?column_set=badges&q=zoe"), "email\r\nzoe@museum.example\r\n");
        let stranger = app.organization_with_token("Museum", "museum", Role::Owner);
        assert_eq!(app.get_as(&stranger, &address).problem(404), "not_found");
        let removed = Answer::of(app.request(Method::DELETE, &address).bearer_auth(&app.token));
        assert_eq!(removed.status, 204);
        assert_eq!(app.get_as_owner(&address).problem(404), "not_found");
    }
}
