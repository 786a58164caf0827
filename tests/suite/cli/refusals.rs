//! What cannot be done: exit code 1 and one line that says why; 2 for what makes no sense.

use std::net::TcpListener;
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use crate::support::Database;
use crate::support::process::{bare_turnout, output_of, turnout};

/// Runs a command that cannot be done; the one line that says why, without `turnout: `.
#[track_caller]
pub(super) fn refusal(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    said.trim_end().strip_prefix("turnout: ").unwrap().to_owned()
}

#[test]
fn a_data_folder_that_cannot_be_read_is_named() {
    let database = Database::sqlite();
    let file = database.folder().join("file");
    std::fs::write(&file, "").unwrap();
    assert_eq!(
        refusal(bare_turnout().arg("--data-dir").arg(&file).arg("serve")),
        format!("cannot use the data folder {} (--data-dir): File exists (os error 17)", file.display())
    );
    let nowhere = "/proc/turnout";
    assert_eq!(
        refusal(bare_turnout().args(["--data-dir", nowhere, "serve"])),
        format!("cannot use the data folder {nowhere} (--data-dir): No such file or directory (os error 2)")
    );
}

#[test]
fn a_database_that_is_newer_than_the_program_is_left_alone() {
    let database = Database::sqlite();
    output_of(turnout(&database).arg("migrate"));
    let mut sqlite = SqliteConnection::establish(&database.url()).unwrap();
    sqlite.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001')").unwrap();
    for command in ["serve", "migrate", "doctor"] {
        let mut newer = turnout(&database);
        let output = newer.args(["--bind", "127.0.0.1:0"]).arg(command).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            "turnout: the database is newer than this program: it has migration 20990101000001, which this version \
             of turnout does not know; start the newer turnout, or restore the backup from before the upgrade\n"
        );
    }
}

#[test]
fn a_database_url_of_another_kind_is_refused_without_showing_its_password() {
    let database = Database::sqlite();
    let with = |url: &str| refusal(turnout(&database).args(["migrate", "--database-url", url]));
    assert_eq!(
        with("mysql://ada:secret@host/db"),
        "the database URL begins with mysql://: use postgres://… or a SQLite file's path (--database-url)"
    );
    assert_eq!(
        with("postgres://ada:secret@[host/db"),
        "the database URL is not a URL: invalid IPv6 address (--database-url)"
    );
    let away = with("postgres://ada:secret@127.0.0.1:1/db");
    assert!(away.starts_with("cannot reach the PostgreSQL database: connection to server at"), "{away}");
    assert!(!away.contains("secret"), "{away}");
    let nowhere = with("/proc/turnout/turnout.sqlite");
    assert!(nowhere.starts_with("cannot open the database /proc/turnout/turnout.sqlite: "), "{nowhere}");
    let file = database.folder().join("letter.txt");
    std::fs::write(&file, "Dear Ada, ".repeat(500)).unwrap();
    let other = with(file.to_str().unwrap());
    assert_eq!(other, format!("cannot use {} as a database: file is not a database", file.display()));
}

#[test]
fn a_mail_url_of_another_kind_is_refused_without_showing_its_password() {
    let database = Database::sqlite();
    let with = |url: &str| refusal(turnout(&database).args(["serve", "--bind", "127.0.0.1:0", "--mail-url", url]));
    assert_eq!(
        with("http://ada:secret@host"),
        "the mail URL (--mail-url) begins with http://: use smtps://, smtp:// or a folder's path"
    );
    assert_eq!(with("smtp://ada:secret@host:port"), "the mail URL (--mail-url) is not a URL: invalid port number");
    assert_eq!(
        with("smtp://ada:secret@host?tls=maybe"),
        "the mail URL (--mail-url) says tls=maybe: use smtps://…, or smtp://… with tls=required or tls=opportunistic"
    );
}

#[test]
fn addresses_that_are_none_are_refused() {
    let database = Database::sqlite();
    assert_eq!(
        refusal(turnout(&database).args(["serve", "--public-url", "events.example"])),
        "the public URL events.example is not a web address such as https://events.example (--public-url)"
    );
    assert_eq!(
        refusal(turnout(&database).args(["serve", "--mail-from", "Digital Day"])),
        "the sender Digital Day is not of the form Name <address@host> (--mail-from)"
    );
}

#[test]
fn a_port_in_use_is_named_with_the_flag_that_chooses_another() {
    let database = Database::sqlite();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let bind = taken.local_addr().unwrap();
    assert_eq!(
        refusal(turnout(&database).args(["serve", "--bind", &bind.to_string()])),
        format!("port {} on 127.0.0.1 is in use: choose another with --bind", bind.port())
    );
    assert!(!database.folder().join("turnout.sqlite").exists(), "whoever finds the port taken has changed nothing");
}

#[test]
fn a_log_level_that_is_none_is_refused_in_one_sentence() {
    let database = Database::sqlite();
    for level in ["blah", "info,blah", "turnout"] {
        let word = level.rsplit(',').next().unwrap();
        assert_eq!(
            refusal(turnout(&database).args(["migrate", "--log-level", level])),
            format!(
                "the log level {word} is none of off, error, warn, info, debug, trace, nor a filter such as info,turnout=debug"
            )
        );
    }
    for level in ["error", "INFO", "info,turnout::mail=debug", "warn,turnout=trace"] {
        output_of(turnout(&database).args(["migrate", "--log-level", level]));
    }
}

#[test]
fn names_that_nobody_has_and_names_that_somebody_has_are_refused() {
    let database = Database::sqlite();
    let with = |arguments: &[&str]| refusal(turnout(&database).args(arguments));
    assert_eq!(with(&["token", "add", "--organization", "nobody"]), "no such organization");
    assert_eq!(with(&["export", "participants", "--event", "nothing"]), "no such event");
    assert_eq!(with(&["export", "attendance", "--event", "nothing"]), "no such event");
    output_of(turnout(&database).args(["organization", "add", "Luxembourg ICT Cluster", "--slug", "ict-cluster"]));
    assert_eq!(
        with(&["organization", "add", "Another", "--slug", "ict-cluster"]),
        "there is an organization with the slug ict-cluster already; choose another"
    );
}

#[test]
fn arguments_that_make_no_sense_are_a_matter_of_usage() {
    for arguments in [
        &[][..],
        &["dance"],
        &["serve", "--nonsense"],
        &["serve", "--bind", "nowhere"],
        &["serve", "--registration-rate-limit", "many"],
        &["serve", "--log-format", "xml"],
        &["organization", "add"],
        &["organization", "add", "Museum", "--slug", "Not A Slug"],
        &["token", "add", "--organization", "ict-cluster", "--role", "king"],
        &["token", "add", "--organization", "ict-cluster", "--expires-in-days", "0"],
        &["member", "add", "--organization", "ict-cluster", "--email", "nobody"],
        &["export", "participants"],
        &["export", "participants", "--event", "digital-day", "--dialect", "tabs"],
    ] {
        let output = bare_turnout().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}
