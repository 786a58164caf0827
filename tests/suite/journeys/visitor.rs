//! Another program opens the database file beside a running server, as a backup does.

use std::process::Command;

use serde_json::json;

use crate::support::Database;
use crate::support::process::{Turnout, assert_healthy, output_of, owner_token};

/// Says where the shell of SQLite is.
const SHELL: &str = "TURNOUT_TEST_SQLITE3";

#[test]
#[ignore = "needs sqlite3: scripts/test installs it"]
fn a_backup_beside_a_running_server_takes_nothing_away() {
    let database = Database::sqlite();
    let token = owner_token(&database);
    let shell = std::env::var(SHELL).unwrap_or_else(|_| panic!("{SHELL} is not set: scripts/test sets it"));
    // As the documentation has it; whoever leaves last takes the log of the database away.
    let back_up = || {
        output_of(Command::new(&shell).arg(database.url()).arg(".backup 'copy.sqlite'").current_dir(database.folder()))
    };
    let server = Turnout::serve(&database);
    server.published_event(&token, &json!({}));
    let register = |name: &str| {
        let body = json!({ "attendee": { "first_name": name, "email": format!("{name}@museum.example") } });
        server.post(&token, "/api/v1/events/digital-day/registrations", &body).ok(201)["id"].clone()
    };
    let mut registered = Vec::new();
    for name in ["ada", "ben", "cleo"] {
        back_up();
        registered.push(register(name));
    }
    // Somebody who comes by while another is still there.
    let mut visitor = Command::new(&shell).arg(database.url()).stdin(std::process::Stdio::piped()).spawn().unwrap();
    back_up();
    registered.push(register("dan"));
    drop(visitor.stdin.take());
    visitor.wait().unwrap();
    registered.push(register("eve"));
    server.kill();
    let server = Turnout::serve(&database);
    let mut kept: Vec<_> = server
        .all(&token, "/api/v1/events/digital-day/registrations")
        .iter()
        .map(|registration| registration["id"].clone())
        .collect();
    kept.sort_by_key(ToString::to_string);
    assert_eq!(kept, registered);
    assert_healthy(&database);
}
