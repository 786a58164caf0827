//! The pages behind the links that lead to an account.

use serde_json::json;

use crate::support::Database;
use crate::support::browser::Browser;
use crate::support::process::{Turnout, owner_token, turnout};

const PASSWORD: &str = "seven museums by night";

/// The link in the only letter about `about`, as it was delivered.
fn link(database: &Database, server: &Turnout, page: &str) -> String {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let letters =
            std::fs::read_dir(database.folder().join("mail")).into_iter().flatten().map(|file| file.unwrap().path());
        let letters = letters.filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
        for letter in letters.map(|path| std::fs::read_to_string(path).unwrap().replace("=\r\n", "")) {
            if let Some(start) = letter.find(&format!("{}/{page}#", server.address)) {
                return letter[start..].split_whitespace().next().unwrap().to_owned();
            }
        }
        assert!(std::time::Instant::now() < deadline, "no letter has a link to {page}");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

fn type_into(browser: &Browser, id: &str, text: &str) {
    browser.run(&format!("document.getElementById({}).value = {}; return true", json!(id), json!(text)));
}

#[test]
#[ignore = "needs Chromium and chromedriver: scripts/test finds them"]
fn somebody_accepts_an_invitation_and_later_chooses_another_password() {
    let database = Database::sqlite();
    let token = owner_token(&database);
    let server = Turnout::serve(&database);
    let invite = json!({ "email": "camille@museum.example", "role": "editor" });
    server.post(&token, "/api/v1/organizations/ict-cluster/invites", &invite).ok(201);
    let (invitation, browser) = (link(&database, &server, "invite"), Browser::start());
    browser.open(&invitation);
    browser.wait_for("#what", "Luxembourg ICT Cluster invites camille@museum.example to be an editor.");
    type_into(&browser, "name", "Camille Weber");
    type_into(&browser, "password", "short");
    browser.click("button");
    let wrong = "Please look again: a password has at least 12 characters.";
    browser.wait_for("#message", wrong);
    type_into(&browser, "password", PASSWORD);
    browser.click("button");
    browser.wait_for("#message", "You are a member now.");
    let members = server.get(&token, "/api/v1/organizations/ict-cluster/members").ok(200);
    assert_eq!(members["data"][0]["account"]["name"], "Camille Weber");
    browser.open("about:blank");
    browser.open(&invitation);
    browser.wait_for("#message", "This link was used already: it works once.");

    server.post("", "/api/v1/password-resets", &json!({ "email": "camille@museum.example" })).ok(202);
    browser.open(&link(&database, &server, "password-reset"));
    type_into(&browser, "password", "eight museums by day");
    browser.click("button");
    browser.wait_for("#message", "Your password is changed. Whoever was signed in with the old one is signed out.");
    let sign_in = |password: &str| {
        let entry = json!({ "email": "camille@museum.example", "password": password });
        server.post("", "/api/v1/sessions", &entry).status
    };
    assert_eq!((sign_in(PASSWORD), sign_in("eight museums by day")), (401, 201));
    // A refusal is in the console as well; what the page itself may not do must not be.
    let mut complaints = browser.complaints();
    complaints.retain(|line| line.contains("Content Security Policy"));
    assert_eq!(complaints, Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium and chromedriver: scripts/test finds them"]
fn the_link_of_the_command_line_leads_to_a_first_password() {
    let database = Database::sqlite();
    owner_token(&database);
    let server = Turnout::serve(&database);
    let mut add = turnout(&database);
    add.args(["member", "add", "--organization", "ict-cluster", "--email", "jos@museum.example"]);
    add.args(["--public-url", &server.address]);
    let printed = String::from_utf8(add.output().unwrap().stdout).unwrap();
    let browser = Browser::start();
    browser.open(printed.trim());
    type_into(&browser, "password", PASSWORD);
    browser.click("button");
    browser.wait_for("#message", "Your password is changed. Whoever was signed in with the old one is signed out.");
    let entry = json!({ "email": "jos@museum.example", "password": PASSWORD });
    assert_eq!(server.post("", "/api/v1/sessions", &entry).status, 201);
}
