//! People who register and come in, one after the other, for as long as there is somebody to answer them.

use std::thread::JoinHandle;
use std::time::Duration;

use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::process::Turnout;

/// How many do so at the same time.
const CLIENTS: usize = 4;

/// What was answered: it has to be there, whatever happens afterwards.
#[derive(Debug, Default)]
pub struct Answered {
    /// Ids of registrations.
    pub registrations: Vec<String>,
    /// Ids of accepted check-ins.
    pub check_ins: Vec<String>,
}

/// People at work.
pub struct Load(Vec<JoinHandle<Answered>>);

impl Load {
    /// Sends people to an event's list, named after the `round`.
    pub fn start(server: &Turnout, token: &str, list: &str, round: usize) -> Self {
        let clients = (0..CLIENTS).map(|client| {
            let (address, token, list) = (server.address.clone(), token.to_owned(), list.to_owned());
            std::thread::spawn(move || come(&address, &token, &list, &format!("r{round}c{client}")))
        });
        Self(clients.collect())
    }

    /// Waits until nobody answers any more; returns what was answered.
    pub fn end(self) -> Answered {
        let mut all = Answered::default();
        for client in self.0 {
            let answered = client.join().unwrap();
            all.registrations.extend(answered.registrations);
            all.check_ins.extend(answered.check_ins);
        }
        all
    }
}

fn come(address: &str, token: &str, list: &str, who: &str) -> Answered {
    let client = Client::builder().timeout(Duration::from_mins(1)).build().unwrap();
    let mut answered = Answered::default();
    for number in 0.. {
        let attendee = json!({ "first_name": "Guest", "email": format!("{who}n{number}@museum.example") });
        let wish = client.post(format!("{address}/api/v1/events/digital-day/registrations"));
        let Some(registration) = answer(wish.json(&json!({ "attendee": attendee })), 201) else { break };
        let id = registration["id"].as_str().unwrap().to_owned();
        answered.registrations.push(id.clone());
        let scan = client.post(format!("{address}/api/v1/check-in-lists/{list}/check-ins")).bearer_auth(token);
        let Some(verdict) = answer(scan.json(&json!({ "registration_id": id })), 200) else { break };
        assert_eq!(verdict["result"], "accepted", "{verdict}");
        answered.check_ins.push(verdict["check_in_id"].as_str().unwrap().to_owned());
    }
    answered
}

/// The answer; none if nobody is there any more, or whoever is there is about to leave.
fn answer(request: RequestBuilder, expected: u16) -> Option<Value> {
    let response = request.send().ok()?;
    let status = response.status().as_u16();
    let body: Value = response.json().ok()?;
    if status == 503 {
        return None;
    }
    assert_eq!(status, expected, "{body}");
    Some(body)
}
