//! The letter that says where somebody stands, once more.

use chrono::TimeDelta;
use serde_json::json;

use super::world_of_parts::deed;
use super::{messages, pairs};
use crate::support::{TestApp, on_both_databases};

on_both_databases! {
    fn an_attendee_asks_for_their_letter_every_ten_minutes_and_an_organizer_at_any_time(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        let token = app.manage_token(&ada);
        app.advance(TimeDelta::minutes(9));
        let early = deed(&app, &token, &ada, "resend", &json!({}));
        assert_eq!((early.problem(429), early.header("retry-after")), ("rate_limited".to_owned(), "60".to_owned()));
        app.advance(TimeDelta::minutes(1));
        assert_eq!(deed(&app, &token, &ada, "resend", &json!({})).ok(202), ada);
        assert_eq!(deed(&app, &token, &ada, "resend", &json!({})).problem(429), "rate_limited");
        assert_eq!(deed(&app, &app.token, &ada, "resend", &json!({})).ok(202)["id"], ada["id"]);
        assert_eq!(messages(&app, "digital-day"), pairs(&[("confirmed", "ada@museum.example"); 3]));
        deed(&app, &app.token, &ada, "cancel", &json!({})).ok(200);
        deed(&app, &app.token, &ada, "resend", &json!({})).ok(202);
        assert_eq!(messages(&app, "digital-day")[3..], pairs(&[("cancelled", "ada@museum.example"); 2]));
    }
}
