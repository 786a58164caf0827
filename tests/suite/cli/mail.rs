//! `turnout mail`: does a letter arrive, and if not, why not?

use std::process::{Command, Output};

use serde_json::json;

use crate::journeys::mail_signed::key;
use crate::support::process::{Turnout, bare_turnout, free_port, output_of, owner_token, turnout};
use crate::support::trickster::{Trick, TricksterServer, Verb};
use crate::support::{Database, on_both_databases};

fn mail_test(url: &str) -> (Command, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = bare_turnout();
    command.current_dir(folder.path()).args(["--mail-url", url, "--mail-timeout", "1"]);
    command.args(["--mail-from", "Turnout <turnout@turnout.example>", "mail", "test", "ada@museum.example"]);
    (command, folder)
}

/// What is shown, what is said to be wrong, and the exit code.
fn said(output: &Output) -> (String, String, Option<i32>) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

fn tried(url: &str) -> (String, String, Option<i32>) {
    let (mut command, _folder) = mail_test(url);
    said(&command.output().unwrap())
}

#[test]
fn the_whole_exchange_is_shown_and_no_password() {
    let server = TricksterServer::start();
    let (shown, wrong, code) = tried(&server.url_with_login());
    assert_eq!((wrong.as_str(), code), ("", Some(0)), "{shown}");
    let port = server.url.rsplit(':').next().unwrap();
    let hello = shown.lines().find(|line| line.starts_with("> EHLO")).unwrap();
    assert_eq!(
        shown.lines().collect::<Vec<_>>(),
        [
            &*format!("to the mail server 127.0.0.1:{port}, for ada@museum.example"),
            "< 220 trickster.example ESMTP",
            hello,
            "< 250-trickster.example",
            "< 250-STARTTLS",
            "< 250 AUTH PLAIN LOGIN",
            "> AUTH PLAIN ********",
            "< 235 2.7.0 welcome",
            "> MAIL FROM:<turnout@turnout.example>",
            "< 250 sender ok",
            "> RCPT TO:<ada@museum.example>",
            "< 250 recipient ok",
            "> DATA",
            "< 354 go ahead",
            "> (the letter)",
            "< 250 kept as number 7",
            "> QUIT",
            "< 221 bye",
            "taken: 250 kept as number 7",
        ]
    );
    assert_eq!(server.letters().len(), 1);
    assert!(server.letters()[0].contains("Subject: Turnout: letters arrive"));
}

#[test]
fn an_encrypted_exchange_is_shown_as_well() {
    let server = TricksterServer::start();
    let url = format!("{}?tls=required", server.url_with_login());
    let (mut command, folder) = mail_test(&url);
    let certificate = folder.path().join("certificate.pem");
    std::fs::write(&certificate, &server.certificate).unwrap();
    // The only one that is believed.
    command.env("SSL_CERT_FILE", &certificate).env_remove("SSL_CERT_DIR");
    let (shown, wrong, code) = said(&command.output().unwrap());
    assert_eq!((wrong.as_str(), code), ("", Some(0)), "{shown}");
    let at = |line: &str| shown.lines().position(|said| said == line).unwrap_or_else(|| panic!("no {line} in {shown}"));
    let encrypted = at("  (encrypted from here on)");
    assert!(at("> STARTTLS") < encrypted && encrypted < at("> AUTH PLAIN ********"), "{shown}");
    assert_eq!(server.letters().len(), 1);
}

#[test]
fn what_is_wrong_is_said_in_words() {
    let server = TricksterServer::start();
    let no = Trick::Says("550 5.7.1 no open sesame here");
    for (verb, words) in [
        (Verb::Greeting, "the mail server does not want to talk to us: 550 5.7.1 no open sesame here"),
        (Verb::Ehlo, "the mail server does not want to talk to us: 550 5.7.1 no open sesame here"),
        (
            Verb::Mail,
            "the mail server refuses the sender Turnout <turnout@turnout.example>: 550 5.7.1 no open sesame here. \
             Set --mail-from to an address that it may send for",
        ),
        (Verb::Rcpt, "the mail server refuses the recipient ada@museum.example: 550 5.7.1 no open sesame here"),
        (Verb::Data, "the letter was not taken: 550 5.7.1 no open sesame here"),
        (Verb::End, "the letter was not taken: 550 5.7.1 no open sesame here"),
    ] {
        server.play(verb, no);
        let (shown, wrong, code) = tried(&server.url);
        assert_eq!((wrong, code), (format!("turnout: {words}\n"), Some(1)), "{shown}");
        assert!(shown.contains("< 550 5.7.1 no open sesame here"), "{shown}");
    }
    server.play(Verb::Auth, Trick::Says("535 5.7.8 open sesame is wrong"));
    let (shown, wrong, code) = tried(&server.url_with_login());
    assert!(shown.contains("< 535 5.7.8 ******** is wrong"), "{shown}");
    assert_eq!(code, Some(1));
    assert!(wrong.starts_with("turnout: the mail server does not take the login: 535 5.7.8 "), "{wrong}");
    server.play(Verb::Rcpt, Trick::Stalls);
    let (_, wrong, code) = tried(&server.url);
    let stalled =
        "turnout: the mail server refuses the recipient ada@museum.example: the server did not answer in time\n";
    assert_eq!((wrong.as_str(), code), (stalled, Some(1)));
}

#[test]
fn a_server_that_cannot_be_reached_or_believed_is_told_apart() {
    for (url, words) in [
        ("smtp://nowhere.invalid".to_owned(), "turnout: the mail server's name is not found: nowhere.invalid: "),
        (format!("smtp://127.0.0.1:{}", free_port()), "turnout: no connection to the mail server: "),
        (format!("{}?tls=required", TricksterServer::start().url), "turnout: no encrypted connection comes about: "),
        (TricksterServer::start().url.replace("smtp:", "smtps:"), "turnout: no encrypted connection comes about: "),
    ] {
        let (_, wrong, code) = tried(&url);
        assert_eq!(code, Some(1));
        assert!(wrong.starts_with(words) && wrong.lines().count() == 1, "{url}: {wrong}");
    }
}

#[test]
fn without_a_mail_server_the_letter_is_in_the_folder() {
    let (mut command, folder) = mail_test("letters");
    let shown = output_of(&mut command);
    assert!(shown.starts_with("to the folder letters, for ada@museum.example\ntaken: kept as "), "{shown}");
    assert_eq!(std::fs::read_dir(folder.path().join("letters")).unwrap().count(), 1);
}

#[test]
fn the_doctor_says_what_has_to_be_in_the_dns_and_what_is_wrong_with_a_key() {
    let database = Database::sqlite();
    let doctor = |file: &str, mode: u32, more: &[&str]| {
        let path = key(database.folder(), file, mode);
        let mut command = turnout(&database);
        command.args(["--mail-from", "Turnout <hello@events.museum.example>", "--dkim-key"]).arg(&path);
        let (shown, _, code) = said(&command.args(more).arg("doctor").output().unwrap());
        let dkim: Vec<String> =
            shown.lines().skip_while(|line| !line.starts_with("dkim")).take(2).map(ToOwned::to_owned).collect();
        (dkim, code)
    };
    let (lines, code) = doctor("ed25519.pem", 0o600, &["--dkim-selector", "e2026", "--dkim-domain", "museum.example"]);
    assert_eq!(lines[0], "dkim         ok       letters are signed for museum.example; publish this in the DNS:");
    let record = lines[1].trim().strip_prefix("e2026._domainkey.museum.example. IN TXT ( \"v=DKIM1; k=ed25519; p=");
    assert_eq!((record.map(str::len), code), (Some(44 + 3), Some(0)), "{lines:?}");
    let (lines, _) = doctor("rsa-pkcs1.pem", 0o600, &["--dkim-domain", "elsewhere.example"]);
    assert!(
        lines[0].starts_with("dkim         look at  letters of events.museum.example are signed for elsewhere"),
        "{lines:?}"
    );
    assert!(lines[1].split('"').all(|text| text.len() <= 255), "{lines:?}");
    let (lines, code) = doctor("rsa-1024.pem", 0o600, &[]);
    assert!(lines[0].starts_with("dkim         WRONG    the DKIM key ") && code == Some(1), "{lines:?}");
    let path = key(database.folder(), "ed25519.pem", 0o644);
    let refused = turnout(&database).arg("--dkim-key").arg(&path).arg("serve").output().unwrap();
    let (_, wrong, code) = said(&refused);
    assert!(wrong.contains("can be used by others: chmod 600") && code == Some(1), "{wrong}");
}

on_both_databases! {
    fn an_operator_lists_what_became_of_the_newest_letters(database: Database) {
        let token = owner_token(&database);
        let mail = TricksterServer::start();
        mail.play(Verb::Rcpt, Trick::Says("550 5.1.1 nobody of that name here"));
        let server = Turnout::serve_with(&database, |command| {
            command.args(["--mail-url", &mail.url]);
        });
        server.published_event(&token, &json!({}));
        let wish = json!({ "attendee": { "first_name": "Ada", "email": "ada@museum.example" } });
        server.post(&token, "/api/v1/events/digital-day/registrations", &wish).ok(201);
        let list = |state: &str| output_of(turnout(&database).args(["mail", "list", "--state", state]));
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while list("failed").is_empty() {
            assert!(std::time::Instant::now() < deadline, "it was never tried");
        }
        let listed = list("failed");
        assert!(listed.ends_with(" failed confirmed 1 ada@museum.example 550 5.1.1 nobody of that name here\n"), "{listed}");
        assert_eq!(list("queued"), "");
        server.terminate();
        server.wait();
    }
}
