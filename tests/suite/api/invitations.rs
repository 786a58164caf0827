//! People are invited to an event, from a list, and say yes or no.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use super::world_of_parts::{session, ticket_type};
use super::{column, messages, pages, pairs, send, text};
use crate::support::{Answer, TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";
pub const INVITATIONS: &str = "/api/v1/events/digital-day/invitations";

pub fn guest(name: &str) -> Value {
    json!({ "first_name": name, "email": format!("{name}@museum.example") })
}

/// What became of each of a list: the code of who was refused, or `invited`.
fn verdicts(answer: &Answer) -> Vec<String> {
    let results = answer.ok(200)["results"].as_array().unwrap().clone();
    results.iter().map(|result| result.get("code").unwrap_or(&result["result"]).as_str().unwrap().to_owned()).collect()
}

/// Invites one person, as `more` says.
pub fn invite(app: &TestApp, person: &Value, more: &Value) -> Value {
    let mut list = json!({ "people": [person] });
    list.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post_as_owner(INVITATIONS, &list).ok(200)["results"][0]["invitation"].clone()
}

/// The token of the link in an invitation's letter.
pub fn token(app: &TestApp, invitation: &Value) -> String {
    let id = text(invitation, "/id").parse().unwrap();
    turnout::access::InvitationToken { invitation: id }.text(&app.app.api.keys).reveal().to_owned()
}

pub fn say(app: &TestApp, invitation: &Value, word: &str, more: &Value) -> Answer {
    let mut body = json!({ "token": token(app, invitation) });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post(&format!("/api/v1/invitations/{word}"), &body)
}

pub fn read(app: &TestApp, invitation: &Value) -> Value {
    app.get_as_owner(&format!("{INVITATIONS}/{}", text(invitation, "/id"))).ok(200)
}

fn state(app: &TestApp, invitation: &Value) -> String {
    text(&read(app, invitation), "/state")
}

fn deed(app: &TestApp, invitation: &Value, deed: &str, body: &Value) -> Answer {
    app.post_as_owner(&format!("{INVITATIONS}/{}/{deed}", text(invitation, "/id")), body)
}

on_both_databases! {
    fn a_list_is_invited_with_a_letter_and_a_verdict_for_each(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "languages": ["fr"] }));
        app.register("digital-day", "jos@museum.example").ok(201);
        let ada = json!({ "first_name": "Ada", "last_name": "Weber", "email": "Ada@Museum.example", "organization": "Musée" });
        let wrong = json!({ "first_name": "", "email": "no address", "language": "xx", "sessions": ["x"],
            "ticket_type": "01890000-0000-7000-8000-000000000000" });
        let people = [ada, guest("ada"), guest("jos"), wrong, guest("ben"), json!({ "first_name": "Cleo", "email": "cleo@museum.example",
            "ticket_type": "01890000-0000-7000-8000-000000000000", "sessions": ["01890000-0000-7000-8000-000000000000"] })];
        let answer = app.post_as_owner(INVITATIONS, &json!({ "people": people }));
        assert_eq!(verdicts(&answer), ["invited", "already_invited", "already_registered", "invalid", "invited", "invalid"]);
        let results = answer.ok(200)["results"].clone();
        let faults = |index: usize| -> Vec<(String, String)> {
            let errors = results[index]["errors"].as_array().unwrap();
            errors.iter().map(|fault| (text(fault, "/pointer"), text(fault, "/code"))).collect()
        };
        assert_eq!(faults(3), pairs(&[("/people/3/first_name", "required"), ("/people/3/email", "invalid_email"),
            ("/people/3/language", "unknown_value"), ("/people/3/sessions", "invalid_id")]));
        assert_eq!(faults(5), pairs(&[("/people/5/ticket_type", "unknown_ticket_type"), ("/people/5/sessions/0", "unknown_session")]));
        let first = &results[0]["invitation"];
        assert_eq!(first, &json!({
            "id": first["id"], "event_id": first["event_id"], "first_name": "Ada", "last_name": "Weber",
            "email": "Ada@Museum.example", "organization": "Musée", "language": "fr", "ticket_type": null, "sessions": [],
            "state": "invited", "word": null, "registration_id": null, "answered_at": null,
            "answer_by": "2026-06-08T07:00:00Z", "seat_kept_until": null, "created_at": "2026-03-02T09:00:00Z",
            "updated_at": "2026-03-02T09:00:00Z", "version": 1,
        }));
        assert_eq!(messages(&app, "digital-day"), pairs(&[("confirmed", "jos@museum.example"),
            ("invitation", "Ada@Museum.example"), ("invitation", "ben@museum.example")]));
        assert_eq!(read(&app, first), first.clone());
    }

    fn what_is_wrong_with_a_list_as_a_whole_is_said_at_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let post = |list: Value| app.post_as_owner(INVITATIONS, &list);
        assert_eq!(post(json!({ "answer_by": "soon", "keep_seats_until": 7, "colour": 1 })).issues(), pairs(&[
            ("/colour", "unknown_field"), ("/answer_by", "invalid_time"), ("/keep_seats_until", "invalid_type"), ("/people", "required"),
        ]));
        assert_eq!(post(json!({ "people": [guest("ada"), 7], "answer_by": null })).issues(), pairs(&[("/people/1", "invalid_type")]));
        let many: Vec<Value> = (0..501).map(|number| guest(&format!("guest{number}"))).collect();
        assert_eq!(post(json!({ "people": many })).issues(), pairs(&[("/people", "too_many")]));
        let past = json!({ "people": [guest("ada")], "answer_by": "2026-03-02T09:00:00Z", "keep_seats_until": "2026-03-02T09:00:00Z" });
        assert_eq!(post(past).issues(), pairs(&[("/answer_by", "in_the_past"), ("/keep_seats_until", "in_the_past")]));
        let late = json!({ "people": [guest("ada")], "answer_by": "2026-06-09T00:00:00Z", "keep_seats_until": "2026-06-09T00:00:01Z" });
        assert_eq!(post(late).issues(), pairs(&[("/answer_by", "after_the_event"), ("/keep_seats_until", "after_the_answer")]));
        assert_eq!(messages(&app, "digital-day"), []);
        assert_eq!(verdicts(&post(json!({ "people": &many[..500] }))), ["invited"; 500]);
    }

    fn a_yes_becomes_a_registration_with_what_is_asked(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "registration": { "approval": true, "opens_at": "2026-05-01T00:00:00Z", "verify_email": true } }));
        let food = json!({ "key": "food", "kind": "text", "label": { "en": "Food" }, "required": true });
        app.post_as_owner(&format!("{EVENT}/questions"), &food).ok(201);
        let photos = json!({ "key": "photos", "purpose": "photos", "text": { "en": "Photos" } });
        app.post_as_owner(&format!("{EVENT}/consents"), &photos).ok(201);
        let press = ticket_type(&app, "Press", &[], None, true);
        let talk = session(&app, "Talk", ("08:00", "09:00"), None);
        let mut ada = guest("ada");
        (ada["ticket_type"], ada["sessions"], ada["language"]) = (json!(press), json!([talk]), json!("de"));
        let invitation = invite(&app, &ada, &json!({}));
        let shown = say(&app, &invitation, "read", &json!({})).ok(200);
        assert_eq!((&shown["state"], &shown["registered"], &shown["ticket_types"][0]["name"], &shown["questions"][0]["key"]),
            (&json!("invited"), &json!(false), &json!("Press"), &json!("food")));
        assert_eq!((&shown["sessions"], &shown["consents"][0]["key"], &shown["event"]["title"]),
            (&json!([talk]), &json!("photos"), &json!("Digital Day")));
        assert_eq!(state(&app, &invitation), "invited");

        assert_eq!(say(&app, &invitation, "accept", &json!({ "consents": ["shoes"], "attendee": { "email": "x@y.example" } })).issues(),
            pairs(&[("/attendee/email", "unknown_field")]));
        assert_eq!(say(&app, &invitation, "accept", &json!({ "consents": ["shoes"] })).issues(),
            pairs(&[("/answers/food", "required"), ("/consents/0", "unknown_consent")]));
        let yes = json!({ "answers": { "food": "bread" }, "consents": ["photos"], "attendee": { "last_name": "Weber", "country": "lu" } });
        assert_eq!(say(&app, &invitation, "accept", &yes).ok(200), json!({ "state": "accepted", "status": "confirmed" }));
        let accepted = read(&app, &invitation);
        assert_eq!((&accepted["state"], &accepted["answered_at"]), (&json!("accepted"), &json!("2026-03-02T09:00:00Z")));
        let came = app.get_as_owner(&format!("/api/v1/registrations/{}", text(&accepted, "/registration_id"))).ok(200);
        assert_eq!((&came["status"], &came["locale"], &came["ticket_type"]["name"], &came["sessions"], &came["answers"]),
            (&json!("confirmed"), &json!("de"), &json!("Press"), &json!([talk]), &json!({ "food": "bread" })));
        assert_eq!((&came["attendee"]["last_name"], &came["attendee"]["country"], &came["consents"][0]["key"]),
            (&json!("Weber"), &json!("LU"), &json!("photos")));
        assert_eq!(messages(&app, "digital-day"), pairs(&[("invitation", "ada@museum.example"), ("confirmed", "ada@museum.example")]));
        for word in ["accept", "decline"] {
            assert_eq!(say(&app, &invitation, word, &json!({})).problem(409), "invitation_accepted", "{word}");
        }
        let trail = app.get_as_owner(&format!("{EVENT}/audit?subject_id={}", text(&invitation, "/id")));
        assert_eq!(column(&trail, "/deed"), [json!("invitation.accepted"), json!("invitation.sent")]);
        // An id may spell the name by chance.
        assert!(!trail.body.contains("\"ada") && !trail.body.contains("ada@"), "{}", trail.body);
    }

    fn who_is_invited_without_a_ticket_type_chooses_one_that_is_public(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (hidden, open) = (ticket_type(&app, "Hidden", &[], None, true), ticket_type(&app, "Open", &[], None, false));
        let invitation = invite(&app, &guest("ada"), &json!({}));
        let offered = say(&app, &invitation, "read", &json!({})).ok(200)["ticket_types"].clone();
        assert_eq!((offered.as_array().unwrap().len(), &offered[0]["id"]), (1, &json!(open)));
        let accept = |kind: &Value| say(&app, &invitation, "accept", &json!({ "ticket_type": kind }));
        assert_eq!(accept(&Value::Null).issues(), pairs(&[("/ticket_type", "required")]));
        assert_eq!(accept(&json!(hidden)).issues(), pairs(&[("/ticket_type", "unknown_ticket_type")]));
        accept(&json!(open)).ok(200);
    }

    fn a_no_may_come_with_a_word_and_be_thought_better_of(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let invitation = invite(&app, &guest("ada"), &json!({}));
        assert_eq!(say(&app, &invitation, "decline", &json!({ "word": "x".repeat(1001) })).issues(), pairs(&[("/word", "too_long")]));
        let no = say(&app, &invitation, "decline", &json!({ "word": "On holiday" })).ok(200);
        assert_eq!(no, json!({ "state": "declined" }));
        say(&app, &invitation, "decline", &json!({})).ok(200);
        let declined = read(&app, &invitation);
        assert_eq!((&declined["state"], &declined["word"], &declined["version"]), (&json!("declined"), &json!("On holiday"), &json!(2)));
        assert_eq!(deed(&app, &invitation, "resend", &json!({})).problem(409), "invitation_declined");
        // Whoever is asked once more answers that.
        let again = invite(&app, &guest("ada"), &json!({}));
        assert_eq!(say(&app, &invitation, "accept", &json!({})).problem(409), "invitation_revoked");
        deed(&app, &again, "revoke", &json!({})).ok(200);
        assert_eq!(say(&app, &invitation, "accept", &json!({})).ok(200)["state"], "accepted");
        assert_eq!(read(&app, &invitation)["word"], Value::Null);
    }

    fn an_invitation_ends_at_its_time_and_is_opened_again(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let terms = json!({ "answer_by": "2026-03-10T00:00:00Z" });
        let (ada, ben) = (invite(&app, &guest("ada"), &terms), invite(&app, &guest("ben"), &terms));
        app.advance(TimeDelta::days(10));
        // Nobody has written it down yet.
        assert_eq!(say(&app, &ada, "accept", &json!({})).problem(409), "invitation_expired");
        assert_eq!(column(&app.get_as_owner(&format!("{INVITATIONS}?state=expired")), "/first_name"), [json!("ada"), json!("ben")]);
        assert_eq!(column(&app.get_as_owner(&format!("{INVITATIONS}?state=invited")), "/id"), Vec::<Value>::new());
        app.do_chore("end invitations");
        assert_eq!((state(&app, &ada), &read(&app, &ada)["version"]), ("expired".to_owned(), &json!(2)));
        let past = json!({ "answer_by": "2026-03-11T00:00:00Z" });
        assert_eq!(deed(&app, &ada, "resend", &past).issues(), pairs(&[("/answer_by", "in_the_past")]));
        let open = deed(&app, &ada, "resend", &json!({ "answer_by": "2026-04-01T00:00:00Z" })).ok(202);
        assert_eq!((&open["state"], &open["answer_by"]), (&json!("invited"), &json!("2026-04-01T00:00:00Z")));
        app.register("digital-day", "ben@museum.example").ok(201);
        assert_eq!(deed(&app, &ben, "resend", &json!({})).problem(409), "already_registered");
        say(&app, &ada, "accept", &json!({})).ok(200);
        assert_eq!(deed(&app, &ada, "resend", &json!({})).problem(409), "invitation_accepted");
        assert_eq!(deed(&app, &ada, "revoke", &json!({})).problem(409), "invitation_accepted");
    }

    fn what_is_over_makes_room_for_a_new_invitation(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "capacity": 1 }));
        let terms = json!({ "answer_by": "2026-03-10T00:00:00Z", "keep_seats_until": "2026-03-10T00:00:00Z" });
        let before = invite(&app, &guest("ada"), &terms);
        app.advance(TimeDelta::days(10));
        let again = invite(&app, &guest("ada"), &json!({ "keep_seats_until": "2026-04-01T00:00:00Z" }));
        assert_eq!((state(&app, &before), state(&app, &again)), ("expired".to_owned(), "invited".to_owned()));
        assert_eq!(say(&app, &again, "accept", &json!({})).ok(200)["status"], "confirmed");
    }

    fn a_letter_tells_who_invites_to_what_and_leads_to_the_page(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({ "location": { "name": "Musée" }, "contact_email": "hello@museum.example" }));
        let press = ticket_type(&app, "Press", &[], None, true);
        let mut ada = guest("Ada");
        ada["ticket_type"] = json!(press);
        let keep = json!({ "answer_by": "2026-05-01T10:00:00Z", "keep_seats_until": "2026-04-01T10:00:00Z" });
        let (invitation, taken_back) = (invite(&app, &ada, &keep), invite(&app, &guest("ben"), &json!({})));
        deed(&app, &taken_back, "revoke", &json!({})).ok(200);
        assert_eq!(app.deliver_mail(), 1, "what was taken back does not leave");
        let letter = app.letters().remove(0).replace("=\r\n", "");
        for fact in [
            "Subject: Invitation: Digital Day", "To: Ada <Ada@museum.example>", "Reply-To: hello@museum.example",
            "Luxembourg ICT Cluster invites you to Digital Day.", "Ticket: Press",
            "When: Monday 8 June 2026, 09:00 to 17:00 (Luxembourg time)",
            "until Friday 1 May 2026, 12:00 (Luxembourg time):",
            &format!("https://turnout.example/invitation#{}", token(&app, &invitation)),
            "A seat is kept for you until Wednesday 1 April 2026, 12:00 (Luxembourg time).",
        ] {
            assert!(letter.contains(fact), "{fact} in {letter}");
        }
        deed(&app, &invitation, "resend", &json!({})).ok(202);
        assert_eq!((app.deliver_mail(), app.letters().len()), (1, 2));
        deed(&app, &invitation, "resend", &json!({})).ok(202);
        deed(&app, &invitation, "resend", &json!({})).ok(202);
        assert_eq!(app.deliver_mail(), 1, "what has not left yet is not sent twice");
    }

    fn invitations_are_found_again(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let zoe = json!({ "first_name": "Zoë", "last_name": "Müller", "email": "zm@museum.example", "organization": "Musée d'Art" });
        let (zoe, ben) = (invite(&app, &zoe, &json!({})), invite(&app, &guest("ben"), &json!({})));
        say(&app, &ben, "decline", &json!({})).ok(200);
        let found = |query: &str| column(&app.get_as_owner(&format!("{INVITATIONS}?{query}")), "/first_name");
        for (query, names) in [
            ("", vec!["Zoë", "ben"]), ("q=MULLER+mus%C3%A9e", vec!["Zoë"]), ("q=ben%40", vec!["ben"]), ("q=100%25", vec![]),
            ("state=declined", vec!["ben"]), ("state=invited,declined", vec!["Zoë", "ben"]), ("state=accepted", vec![]),
            ("updated_since=2026-03-02T09:00:01Z", vec![]),
        ] {
            assert_eq!(found(query), names, "{query}");
        }
        assert_eq!(pages(&app, &format!("{INVITATIONS}?limit=1"), "/first_name"), [["Zoë"], ["ben"]]);
        assert_eq!(app.get_as_owner(&format!("{INVITATIONS}?state=maybe&x=1")).issues(),
            pairs(&[("state", "unknown_value"), ("x", "unknown_parameter")]));
        let numbers = app.get_as_owner(&format!("{EVENT}/statistics")).ok(200)["invitations"].clone();
        assert_eq!(numbers, json!({ "invited": 1, "accepted": 0, "declined": 1, "revoked": 0, "expired": 0 }));
        let path = format!("{INVITATIONS}/{}", text(&zoe, "/id"));
        let old = send(&app, Method::POST, &format!("{path}/revoke"), &[("If-Match", "\"7\"")], &json!({}));
        assert_eq!(old.problem(412), "version_mismatch");
        let other = app.drafted_event(&json!({ "title": "Other" }));
        let elsewhere = format!("/api/v1/events/{}/invitations/{}", text(&other, "/id"), text(&zoe, "/id"));
        assert_eq!(app.get_as_owner(&elsewhere).problem(404), "not_found");
    }

    fn nobody_is_invited_to_what_does_not_take_place(database: Database) {
        let app = TestApp::start(database);
        app.drafted_event(&json!({}));
        let list = json!({ "people": [guest("ada")] });
        assert_eq!(app.post_as_owner(INVITATIONS, &list).problem(409), "event_not_published");
        app.post_as_owner(&format!("{EVENT}/publish"), &json!({})).ok(200);
        let ada = invite(&app, &guest("ada"), &json!({}));
        app.patch_as_owner(EVENT, &json!({ "registration": { "mode": "none" } })).ok(200);
        let other = json!({ "people": [guest("ben")] });
        assert_eq!(app.post_as_owner(INVITATIONS, &other).problem(409), "registration_elsewhere");
        assert_eq!(say(&app, &ada, "accept", &json!({})).problem(409), "registration_elsewhere");
        app.patch_as_owner(EVENT, &json!({ "registration": { "mode": "built_in" } })).ok(200);
        app.post_as_owner(&format!("{EVENT}/cancel"), &json!({})).ok(200);
        assert_eq!(app.post_as_owner(INVITATIONS, &other).problem(409), "event_cancelled");
        for word in ["accept", "decline"] {
            assert_eq!(say(&app, &ada, word, &json!({})).problem(409), "event_cancelled", "{word}");
        }
        assert_eq!(say(&app, &ada, "read", &json!({})).ok(200)["event"]["status"], "cancelled");
        for bad in ["", "G1.x", &token(&app, &ada).replace("G1.", "I1."), &token(&app, &ada)[..40]] {
            let code = app.post("/api/v1/invitations/read", &json!({ "token": bad })).issues();
            assert_eq!(code, pairs(&[("/token", "invalid_link")]), "{bad}");
        }
    }

    fn a_host_who_sees_people_by_consent_sees_invitations_of_those_who_gave_it(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let museum = app.organization_with_token("Museum", "museum", Role::Owner);
        let part = json!({ "organization": "museum", "role": "co_host", "data_access": "full" });
        app.post_as_owner(&format!("{EVENT}/hosts"), &part).ok(201);
        app.post_as(&museum, &format!("{EVENT}/hosts/museum/accept"), &json!({})).ok(200);
        let share = json!({ "key": "share", "purpose": "share_with_host", "organization": "museum", "text": { "en": "Share" } });
        app.post_as_owner(&format!("{EVENT}/consents"), &share).ok(201);
        let (ada, ben) = (invite(&app, &guest("ada"), &json!({})), invite(&app, &guest("ben"), &json!({})));
        let seen = || column(&app.get_as(&museum, INVITATIONS), "/first_name");
        assert_eq!(seen(), Vec::<Value>::new());
        say(&app, &ada, "accept", &json!({ "consents": ["share"] })).ok(200);
        say(&app, &ben, "accept", &json!({})).ok(200);
        assert_eq!(seen(), [json!("ada")]);
        let path = |invitation: &Value| format!("{INVITATIONS}/{}", text(invitation, "/id"));
        assert_eq!((app.get_as(&museum, &path(&ada)).status, app.get_as(&museum, &path(&ben)).status), (200, 404));
    }
}
