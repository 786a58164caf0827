//! The same request to two instances on one database.

use std::sync::Barrier;

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, SecondInstance, TestApp, on_both_databases};

on_both_databases! {
    fn two_instances_answer_one_request_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let other = SecondInstance::of(&app);
        let at_once = Barrier::new(2);
        let register = |address: &str| -> Vec<(u16, String)> {
            (0..20).map(|n| {
                let wish = json!({ "attendee": { "first_name": "P", "email": format!("p{n}@museum.example") } });
                let request = app.client.request(Method::POST, format!("{address}/api/v1/events/digital-day/registrations"));
                at_once.wait();
                let answer = Answer::of(request.header("Idempotency-Key", format!("k{n}")).json(&wish));
                // Judged afterwards: whoever panics here leaves the other one waiting.
                (answer.status, answer.body)
            }).collect()
        };
        let (one, two) = std::thread::scope(|scope| {
            let two = scope.spawn(|| register(&other.address));
            (register(&app.address), two.join().unwrap())
        });
        assert_eq!(one, two);
        assert_eq!(one.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [201; 20]);
        assert_eq!(app.get("/api/v1/events/digital-day").ok(200)["seats"]["taken"], 20);
    }
}
