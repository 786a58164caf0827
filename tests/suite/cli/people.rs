//! Members and tokens, as an operator makes them.

use serde_json::json;

use super::refusals::refusal;
use crate::support::process::{Turnout, output_of, owner_token, turnout};
use crate::support::{Answer, Database, PASSWORD, on_both_databases};

const CLUSTER: [&str; 2] = ["--organization", "ict-cluster"];

/// `turnout member add` for somebody at the cluster, with a public URL.
fn add(database: &Database, email: &str, more: &[&str]) -> String {
    let public_url = ["--public-url", "https://turnout.example"];
    output_of(turnout(database).args(["member", "add", "--email", email]).args(CLUSTER).args(public_url).args(more))
}

on_both_databases! {
    fn a_member_chooses_their_password_by_the_link_that_is_printed(database: Database) {
        owner_token(&database);
        let printed = add(&database, "camille@museum.example", &["--role", "owner", "--name", "Camille Weber"]);
        let link = printed.strip_suffix('\n').unwrap();
        let token = link.strip_prefix("https://turnout.example/password-reset#").unwrap();
        assert_eq!(output_of(turnout(&database).args(["member", "list"]).args(CLUSTER)), "camille@museum.example owner\n");
        let server = Turnout::serve(&database);
        let post = |path: &str, body| Answer::of(server.request(reqwest::Method::POST, path).json(&body));
        let choice = json!({ "token": token, "password": PASSWORD });
        assert_eq!(post("/api/v1/password-resets/complete", choice.clone()).status, 204);
        assert_eq!(post("/api/v1/password-resets/complete", choice).problem(409), "link_used");
        let who = json!({ "email": "camille@museum.example", "password": PASSWORD });
        assert_eq!(post("/api/v1/sessions", who).status, 201);
        output_of(turnout(&database).args(["organization", "add", "Museum"]));
        let elsewhere = ["member", "add", "--organization", "museum", "--email", "Camille@museum.example"];
        // Whoever has a password needs no link, and whoever added them is told so.
        let said = turnout(&database).args(elsewhere).output().unwrap();
        let told = "Camille@museum.example has an account: it belongs to Museum now, and signs in as before\n";
        assert_eq!((said.status.code(), said.stdout, String::from_utf8(said.stderr).unwrap()), (Some(0), Vec::new(), told.to_owned()));
    }

    fn a_member_is_one_once(database: Database) {
        owner_token(&database);
        add(&database, "camille@museum.example", &[]);
        let again = ["member", "add", "--email", "CAMILLE@museum.example"];
        assert_eq!(refusal(turnout(&database).args(again).args(CLUSTER)), "this person is a member already");
        let nowhere = ["member", "add", "--email", "a@b.example", "--organization", "nowhere"];
        assert_eq!(refusal(turnout(&database).args(nowhere)), "no such organization");
        assert_eq!(output_of(turnout(&database).args(["member", "list"]).args(CLUSTER)), "camille@museum.example owner\n");
    }

    fn a_token_is_bounded_listed_and_revoked(database: Database) {
        let owner = owner_token(&database);
        let server = Turnout::serve(&database);
        server.published_event(&owner, &json!({}));
        let bounds = ["--role", "door", "--name", "scanner", "--scopes", "check_ins:write,events:read", "--events", "digital-day"];
        let add = |more: &[&str]| output_of(turnout(&database).args(["token", "add"]).args(CLUSTER).args(bounds).args(more));
        let token = add(&["--expires-in-days", "3"]).trim().to_owned();
        server.get(&token, "/api/v1/events/digital-day/check-in-lists").ok(200);
        assert_eq!(server.get(&token, "/api/v1/events/digital-day/registrations").problem(403), "forbidden");
        let listed = output_of(turnout(&database).args(["token", "list"]).args(CLUSTER));
        let tokens = server.get(&owner, "/api/v1/organizations/ict-cluster/tokens").ok(200);
        let (id, until) = (tokens["data"][1]["id"].as_str().unwrap(), tokens["data"][1]["expires_at"].as_str().unwrap());
        let owners = tokens["data"][0]["id"].as_str().unwrap();
        let lines: Vec<&str> = listed.lines().collect();
        // It was used, and when may or may not be written down by now.
        assert!(lines[0].starts_with(&format!("{owners} owner command line (all scopes; all events; ")), "{listed}");
        assert!(lines[0].ends_with("; until revoked)"), "{listed}");
        let bounds = "events:read,check_ins:write; digital-day";
        assert!(lines[1].starts_with(&format!("{id} door scanner ({bounds}; ")), "{listed}");
        assert!(lines[1].ends_with(&format!("; until {until})")), "{listed}");
        assert_eq!(output_of(turnout(&database).args(["token", "revoke", id])), "");
        assert_eq!(server.get(&token, "/api/v1/events").problem(401), "unauthenticated");
        assert_eq!(refusal(turnout(&database).args(["token", "revoke", "nothing"])), "no such token");
        let unknown = ["token", "add", "--organization", "ict-cluster", "--events", "nothing"];
        assert_eq!(refusal(turnout(&database).args(unknown)), "no such event");
    }
}
