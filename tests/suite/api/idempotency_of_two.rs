//! The same request to two instances on one database.

use std::net::TcpListener;
use std::sync::Barrier;
use std::sync::mpsc;

use reqwest::Method;
use serde_json::json;
use turnout::app::App;
use turnout::config::Settings;

use crate::support::{Answer, TestApp, on_both_databases};

/// Another instance on the database of `first`: its address, and what to call to stop it.
fn second(first: &TestApp) -> (String, impl FnOnce() + use<>) {
    let overrides = json!({ "data_dir": first.database.folder(), "database": { "url": first.database.url() },
        "http": { "registration_rate_limit": 0 } });
    let app = App::assemble(&Settings::load(None, &overrides).unwrap(), first.clock.clone()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (started, start) = mpsc::channel();
    let serving = app.clone();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = serving.serve(listener, 1).unwrap();
            started.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let handle = start.recv().unwrap();
    (address, move || {
        drop(handle.stop(false));
        thread.join().unwrap();
        app.store.close();
    })
}

on_both_databases! {
    fn two_instances_answer_one_request_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let (other, stop) = second(&app);
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
            let two = scope.spawn(|| register(&other));
            (register(&app.address), two.join().unwrap())
        });
        stop();
        assert_eq!(one, two);
        assert_eq!(one.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [201; 20]);
        assert_eq!(app.get("/api/v1/events/digital-day").ok(200)["seats"]["taken"], 20);
    }
}
