//! Files out and in, as an operator takes and brings them.

use serde_json::json;

use crate::support::on_both_databases;
use crate::support::process::{Turnout, output_of, owner_token, turnout};

on_both_databases! {
    fn a_file_goes_out_and_comes_back_changed(database: Database) {
        let token = owner_token(&database);
        let server = Turnout::serve(&database);
        server.published_event(&token, &json!({}));
        let here = database.folder().to_owned();
        let people = here.join("people.csv");
        std::fs::write(&people, "Vorname;E-Mail\r\nZoë;zoe@museum.example\r\nBen;ben@museum.example\r\n").unwrap();
        let import = |file: &std::path::Path, flags: &[&str]| {
            output_of(turnout(&database).args(["import", "--event", "digital-day"]).arg(file).args(flags))
        };
        let look = "2 rows: 2 created, 0 updated, 0 attended, 0 unchanged\n";
        assert_eq!(import(&people, &[]), format!("{look}Nothing was done: say --yes to do it.\n"));
        assert_eq!(import(&people, &["--yes"]), format!("{look}Done.\n"));
        let again = "2 rows: 0 created, 0 updated, 0 attended, 2 unchanged\nDone.\n";
        assert_eq!(import(&people, &["--yes"]), again);
        for (format, name) in [("csv", "out.csv"), ("xlsx", "out.xlsx")] {
            let file = here.join(name);
            let export = ["export", "participants", "--event", "digital-day", "--format", format, "--headers", "labels"];
            assert_eq!(output_of(turnout(&database).args(export).args(["--locale", "lb", "--output"]).arg(&file)), "");
            let not_read = "Not read: source, attended, first_entry_at, last_exit_at, created_at, updated_at, via\n";
            assert_eq!(import(&file, &["--mode", "upsert", "--yes"]),
                format!("2 rows: 0 created, 0 updated, 0 attended, 2 unchanged\n{not_read}Done.\n"), "{name}");
        }
        let wrong = here.join("wrong.csv");
        std::fs::write(&wrong, "first_name,email,Remarks\nAda,nobody,x\n").unwrap();
        let refused = turnout(&database).args(["import", "--event", "digital-day", "--yes"]).arg(&wrong).output().unwrap();
        assert_eq!(refused.status.code(), Some(1));
        assert_eq!(String::from_utf8(refused.stderr).unwrap(), "turnout: nothing was done: the file is not right\n");
        let said = String::from_utf8(refused.stdout).unwrap();
        let lines: Vec<&str> = said.lines().map(|line| line.split(':').next().unwrap()).collect();
        assert_eq!(lines, ["1 row", "Not read", "Row 1, Remarks", "Row 2, email"]);
        let list = server.get(&token, "/api/v1/events/digital-day/registrations").ok(200);
        let names: Vec<&str> =
            list["data"].as_array().unwrap().iter().map(|row| row["attendee"]["first_name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Zoë", "Ben"]);
    }
}
