//! Flags win over the environment, that over the file, that over the defaults.

use std::process::Command;

use super::refusals::refusal;
use crate::support::Database;
use crate::support::process::{bare_turnout, output_of};

/// Where mail goes and where data lies, as `doctor` says.
fn effective(command: &mut Command) -> (String, String) {
    let said = output_of(command.arg("doctor"));
    let line = |name: &str| said.lines().find(|line| line.starts_with(name)).unwrap()[22..].to_owned();
    (line("data folder"), line("mail"))
}

#[test]
fn a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default() {
    let database = Database::sqlite();
    let at = |name: &str| database.folder().join(name).display().to_string();
    let file = at("turnout.toml");
    let text = format!("data_dir = \"{}\"\n[mail]\nurl = \"{}\"\n", at("file"), at("file-mail"));
    std::fs::write(&file, text).unwrap();

    let mut command = bare_turnout();
    command.current_dir(database.folder());
    let defaults = ("./turnout-data".to_owned(), "the folder ./turnout-data/mail".to_owned());
    assert_eq!(effective(&mut command), defaults);

    let mut command = bare_turnout();
    command.args(["--config", &file]);
    assert_eq!(effective(&mut command), (at("file"), format!("the folder {}", at("file-mail"))));

    let mut command = bare_turnout();
    command.env("TURNOUT_CONFIG", &file);
    command.env("TURNOUT_DATA_DIR", at("environment")).env("TURNOUT_MAIL_URL", at("environment-mail"));
    assert_eq!(effective(&mut command), (at("environment"), format!("the folder {}", at("environment-mail"))));

    let mut command = bare_turnout();
    command.args(["--config", &file, "--data-dir", &at("flag"), "--mail-url", &at("flag-mail")]);
    command.env("TURNOUT_DATA_DIR", at("environment")).env("TURNOUT_MAIL_URL", at("environment-mail"));
    assert_eq!(effective(&mut command), (at("flag"), format!("the folder {}", at("flag-mail"))));
}

#[test]
fn what_a_settings_file_may_not_say_is_named_in_one_line() {
    let database = Database::sqlite();
    let file = database.folder().join("turnout.toml");
    for (text, said) in [
        (
            "[http]\ncolour = \"red\"\n",
            "there is no http.colour in FILE; there are bind, public_url, trusted_proxies, registration_rate_limit, sign_in_rate_limit",
        ),
        ("[door]\n", "there is no door in FILE; there are data_dir, database, http, mail, log"),
        ("[http]\nbind = 7\n", "http.bind in FILE: invalid type: found signed int `7`, expected socket address"),
        ("[http\n", "FILE: TOML parse error at line 1, column 6 invalid table header expected `.`, `]`"),
    ] {
        std::fs::write(&file, text).unwrap();
        let refused = refusal(bare_turnout().arg("--config").arg(&file).arg("migrate"));
        assert_eq!(refused.replace(file.to_str().unwrap(), "FILE"), format!("the settings are wrong: {said}"));
    }
    let missing = database.folder().join("missing.toml");
    assert_eq!(
        refusal(bare_turnout().arg("--config").arg(&missing).arg("migrate")),
        format!("cannot read the settings file {}", missing.display())
    );
}
