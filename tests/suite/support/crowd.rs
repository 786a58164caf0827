//! Many clients at once.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Barrier;

/// Sends all these requests at the same moment, each on a connection of its own; the answers in the same order.
pub fn all_at_once(requests: Vec<Request>) -> Vec<(u16, Value)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().timeout(std::time::Duration::from_mins(2)).build().unwrap();
        let start = Arc::new(Barrier::new(requests.len()));
        let clients = requests.into_iter().map(|request| {
            let (client, start) = (client.clone(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                let mut asked = client.post(&request.address).json(&request.body);
                if let Some(token) = request.token {
                    asked = asked.bearer_auth(token);
                }
                let answer = asked.send().await.unwrap();
                (answer.status().as_u16(), answer.json().await.unwrap())
            })
        });
        let mut answers = Vec::new();
        for client in clients.collect::<Vec<_>>() {
            answers.push(client.await.unwrap());
        }
        answers
    })
}

/// A `POST` to be sent.
pub struct Request {
    /// Where to.
    pub address: String,
    /// Who asks, if not anybody.
    pub token: Option<String>,
    /// What for.
    pub body: Value,
}

impl Request {
    /// Somebody registers for `digital-day`.
    pub fn registration(server: &str, email: &str) -> Self {
        Self {
            address: format!("{server}/api/v1/events/digital-day/registrations"),
            token: None,
            body: json!({ "attendee": { "first_name": "Guest", "email": email } }),
        }
    }

    /// Somebody comes to the door.
    pub fn check_in(server: &str, token: &str, list: &str, registration: &str) -> Self {
        Self {
            address: format!("{server}/api/v1/check-in-lists/{list}/check-ins"),
            token: Some(token.to_owned()),
            body: json!({ "registration_id": registration }),
        }
    }
}
