//! Letters with a signature, checked by another program (dkimpy).

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;
use turnout::app;
use turnout::config::Settings;

use crate::support::{Database, TestApp};

/// A key of the vectors, in a folder of the test's own.
pub fn key(folder: &Path, name: &str, mode: u32) -> PathBuf {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/vectors/dkim");
    let path = folder.join(name);
    std::fs::copy(vectors.join(name), &path).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    path
}

/// What dkimpy says of a letter.
fn verdict(letter: &[u8], name: &str, record: &str) -> String {
    // scripts/test finds one with dkimpy.
    let python = std::env::var("TURNOUT_TEST_SMTPD").unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/vectors/dkim/verify.py");
    let mut child = Command::new(python)
        .arg(script)
        .args([name, record])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(letter).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

#[test]
#[ignore = "needs dkimpy: scripts/test installs it"]
fn another_program_finds_the_signature_good_and_notices_every_change() {
    for file in ["rsa-pkcs1.pem", "rsa-pkcs8.pem", "ed25519.pem"] {
        let database = Database::sqlite();
        let path = key(database.folder(), file, 0o600);
        let mut settings = Settings::default();
        let app = TestApp::start_with(database, |real| {
            real.mail.dkim_key = Some(path);
            real.mail.dkim_selector = "events-2026".to_owned();
            settings = real.clone();
        });
        let dkim = app::dkim(&settings).unwrap().unwrap();
        assert_eq!(dkim.name, "events-2026._domainkey.turnout.example");
        app.published_event(&json!({
            "title": "Été — «Nuit des musées» \"à deux\"", "slug": "digital-day", "contact_email": "hello@museum.example",
        }));
        let long = "Ünïcode Ñame ".repeat(7);
        let wish = json!({ "attendee": { "first_name": long.trim(), "email": "ada@museum.example" } });
        app.post("/api/v1/events/digital-day/registrations", &wish).ok(201);
        app.deliver_mail();
        let letter = app.letters().remove(0);
        let check = |letter: &str| verdict(letter.as_bytes(), &dkim.name, &dkim.record);
        assert_eq!(check(&letter), "good", "{file}: {letter}");
        let header = letter.find("DKIM-Signature:").unwrap();
        let signature = &letter[header..];
        assert!(signature.contains("d=turnout.example") && signature.contains("s=events-2026"), "{letter}");
        for (before, after) in [
            ("Reply-To: hello@", "Reply-To: evil@"),
            ("Date: Mon", "Date: Tue"),
            ("To: ", "To: x"),
            ("Content-Type: text/plain", "Content-Type: text/plaim"),
        ] {
            let changed = letter.replacen(before, after, 1);
            assert_ne!(changed, letter, "there is no {before}");
            assert_eq!(check(&changed), "bad", "{file}: {before}");
        }
        assert_eq!(check(&format!("{letter}More.\r\n")), "bad");
        assert_eq!(check(&format!("From: Eve <eve@evil.example>\r\n{letter}")), "bad", "a second sender");
    }
}

#[test]
fn a_key_that_cannot_be_used_or_that_others_can_use_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    for (file, mode, said) in [
        ("ed25519.pem", 0o640, "the DKIM key FILE can be used by others: chmod 600 FILE (--dkim-key)"),
        ("ed25519.pem", 0o604, "the DKIM key FILE can be used by others: chmod 600 FILE (--dkim-key)"),
        ("rsa-1024.pem", 0o600, "the DKIM key FILE has 1024 bits: RSA keys have 2048 or more (--dkim-key)"),
        (
            "encrypted.pem",
            0o600,
            "the DKIM key FILE is encrypted with a passphrase, which nobody can type at every start (--dkim-key)",
        ),
        (
            "public.pem",
            0o600,
            "the DKIM key FILE is the public half, which belongs into the DNS: the private one is needed (--dkim-key)",
        ),
        (
            "verify.py",
            0o600,
            "the DKIM key FILE is no private key in PEM (BEGIN PRIVATE KEY, or BEGIN RSA PRIVATE KEY) (--dkim-key)",
        ),
    ] {
        let path = key(folder.path(), file, mode);
        let mut settings = Settings::default();
        settings.mail.dkim_key = Some(path.clone());
        let refused = app::dkim(&settings).unwrap_err().to_string();
        assert_eq!(refused.replace(path.to_str().unwrap(), "FILE"), said);
    }
    let cut = folder.path().join("cut.pem");
    let whole = std::fs::read_to_string(key(folder.path(), "rsa-pkcs8.pem", 0o600)).unwrap();
    std::fs::write(&cut, whole.replacen('M', "N", 1)).unwrap();
    std::fs::set_permissions(&cut, std::fs::Permissions::from_mode(0o400)).unwrap();
    let mut settings = Settings::default();
    settings.mail.dkim_key = Some(cut.clone());
    let refused = app::dkim(&settings).unwrap_err().to_string();
    assert_eq!(
        refused,
        format!("the DKIM key {} is damaged, or neither an RSA nor an Ed25519 key (--dkim-key)", cut.display())
    );
    for (selector, domain, said) in [
        ("two words", None, "the DKIM selector two words is no name in the DNS (--dkim-selector)"),
        ("turnout", Some("x;y"), "the DKIM domain x;y is no name in the DNS (--dkim-domain)"),
    ] {
        settings.mail.dkim_selector = selector.to_owned();
        settings.mail.dkim_domain = domain.map(ToOwned::to_owned);
        assert_eq!(app::dkim(&settings).unwrap_err().to_string(), said);
    }
    settings.mail.dkim_key = Some(folder.path().join("missing.pem"));
    settings.mail.dkim_domain = None;
    settings.mail.dkim_selector = "turnout".to_owned();
    let refused = format!("{:#}", app::dkim(&settings).unwrap_err());
    assert!(refused.ends_with("missing.pem (--dkim-key): No such file or directory (os error 2)"), "{refused}");
}
