//! Whoever registers too often waits.

use serde_json::json;

use crate::support::{Answer, Database, TestApp};

const PROXY: std::net::IpAddr = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn start(limit: u32, behind_a_proxy: bool) -> TestApp {
    let app = TestApp::start_with(Database::sqlite(), |settings| {
        settings.http.registration_rate_limit = limit;
        settings.http.trusted_proxies = if behind_a_proxy { vec![PROXY] } else { Vec::new() };
    });
    app.published_event(&json!({}));
    app
}

/// Registers person number `person`, as a proxy would pass it on for `client`.
fn register(app: &TestApp, person: usize, client: &str) -> Answer {
    let wish = json!({ "attendee": { "first_name": "P", "email": format!("p{person}@museum.example") } });
    let request = app.request(reqwest::Method::POST, "/api/v1/events/digital-day/registrations").json(&wish);
    Answer::of(if client.is_empty() { request } else { request.header("X-Forwarded-For", client) })
}

fn statuses<'a>(app: &TestApp, clients: impl IntoIterator<Item = &'a str>) -> Vec<u16> {
    clients.into_iter().enumerate().map(|(person, client)| register(app, person, client).status).collect()
}

#[test]
fn whoever_registers_too_often_is_told_when_to_come_back() {
    let app = start(2, false);
    for (person, left) in [(0, "\"registration\";r=1;t=60"), (1, "\"registration\";r=0;t=60")] {
        let answer = register(&app, person, "");
        answer.ok(201);
        assert_eq!(answer.header("ratelimit-policy"), "\"registration\";q=2;w=60");
        assert_eq!(answer.header("ratelimit"), left);
    }
    let refused = register(&app, 2, "");
    assert_eq!(refused.problem(429), "rate_limited");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(app.get("/api/v1/events/digital-day").ok(200)["seats"]["taken"], 2);
}

#[test]
fn a_refusal_says_what_is_left_as_well() {
    let app = start(5, false);
    register(&app, 1, "").ok(201);
    let again = register(&app, 1, "");
    assert_eq!(again.problem(409), "already_registered");
    assert_eq!(again.header("ratelimit"), "\"registration\";r=3;t=60");
    let wrong = app.post("/api/v1/events/digital-day/registrations", &json!({}));
    assert_eq!(wrong.problem(422), "invalid");
    assert_eq!(wrong.header("ratelimit"), "\"registration\";r=2;t=60");
}

#[test]
fn without_a_limit_nobody_is_slowed_down() {
    let app = start(0, false);
    let answer = register(&app, 0, "");
    assert_eq!((answer.status, answer.header("ratelimit").as_str()), (201, ""));
}

#[test]
fn whoever_is_not_a_trusted_proxy_cannot_say_who_they_are() {
    let app = start(1, false);
    assert_eq!(statuses(&app, ["203.0.113.1", "203.0.113.2"]), [201, 429]);
}

#[test]
fn behind_a_trusted_proxy_each_client_has_its_own_allowance() {
    let app = start(1, true);
    let clients = ["203.0.113.1", "203.0.113.2", "203.0.113.1", "198.51.100.9, 203.0.113.2", "203.0.113.3, 127.0.0.1"];
    assert_eq!(statuses(&app, clients), [201, 201, 429, 429, 201]);
}

#[test]
fn behind_a_hop_that_is_no_address_nobody_has_an_allowance_of_their_own() {
    let app = start(1, true);
    let clients =
        ["203.0.113.1, unknown", "203.0.113.2, unknown", "203.0.113.3, 198.51.100.7:4711", "203.0.113.4, 198.51.100.7"];
    assert_eq!(statuses(&app, clients), [201, 429, 201, 429]);
}

#[test]
fn addresses_of_one_ipv6_network_count_as_one() {
    let app = start(1, true);
    let clients = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "::ffff:203.0.113.1", "203.0.113.1"];
    assert_eq!(statuses(&app, clients), [201, 429, 201, 201, 429]);
}
