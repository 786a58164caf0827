//! The house of docs/ARCHITECTURE.md: who stands higher leans on who stands lower, never the other way.

use std::fs;
use std::path::Path;

/// The rooms, from the ground up; those on one floor stand in one row. Doors never see each other.
const FLOORS: &[&[&str]] = &[
    &["error", "clock", "keys", "values", "config", "telemetry", "text_enum"],
    &["store"],
    &["audit"],
    &["mail"],
    &["organizations"],
    &["events"],
    &["access"],
    &["registrations"],
    &["checkins"],
    &["campaigns"],
    &["letters"],
    &["transfer"],
    &["statistics"],
    &["api", "web", "worker"],
    &["app", "cli", "main", "lib"],
];

const GROUND: usize = 0;
/// They assemble, and see everything.
const ROOF: usize = FLOORS.len() - 1;

const DIESEL: &[&str] = &[
    "store",
    "audit",
    "mail",
    "organizations",
    "events",
    "access",
    "registrations",
    "checkins",
    "campaigns",
    "letters",
    "transfer",
    "statistics",
];
const ACTIX: &[&str] = &["api", "web", "cli", "worker", "app"];
const DRAWERS: &[&str] = &["util", "utils", "common", "helper", "helpers", "types", "misc"];

/// All of `src/`: path below it, and text.
pub fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.sort();
    assert!(found.len() > 100, "these are not all sources");
    found
}

/// The source without comments and without its tests, whose place is the end of the file. Whoever is under
/// `#[cfg(test)]` as a whole (a fixture) leans on what it needs.
fn code(source: &str) -> String {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    code.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

fn room(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap()
}

fn floor(room: &str) -> usize {
    FLOORS
        .iter()
        .position(|rooms| rooms.contains(&room))
        .unwrap_or_else(|| panic!("the room {room} has no floor in tests/suite/floors.rs"))
}

/// The rooms that a file names: `crate::room…` and `crate::{room…, room…}`.
fn named(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for rest in code.split("crate::").skip(1) {
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for c in list.chars() {
                match c {
                    '}' if depth == 0 => break,
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => rooms.push(std::mem::take(&mut word)),
                    c if depth == 0 => word.push(c),
                    _ => {}
                }
            }
            rooms.push(word);
        } else {
            rooms.push(rest.to_owned());
        }
    }
    let name = |text: &String| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    rooms.iter().map(name).filter(|name| !name.is_empty()).collect()
}

/// Why a file in `from` may not name `to`, if it may not.
fn objection(from: &str, to: &str) -> Option<&'static str> {
    let (here, there) = (floor(from), floor(to));
    match () {
        () if from == to || here == ROOF || (here == GROUND && there == GROUND) => None,
        () if here == there => Some("stands beside it"),
        () if there > here => Some("stands above it"),
        () => None,
    }
}

#[test]
fn nobody_leans_on_who_stands_higher() {
    let mut arrows = Vec::new();
    for (path, source) in sources() {
        // A fixture is for tests alone; the macro of text_enum.rs tells both databases how a word is kept.
        if path == "letters/fixture.rs" {
            continue;
        }
        for to in named(&code(&source)) {
            if path == "values/text_enum.rs" && matches!(to.as_str(), "store" | "values") {
                continue;
            }
            if let Some(why) = objection(room(&path), &to) {
                arrows.push(format!("{path} leans on {to}, which {why}"));
            }
        }
    }
    assert_eq!(arrows, Vec::<String>::new());
}

#[test]
fn only_rows_speak_diesel_and_only_doors_speak_actix() {
    let mut wrong = Vec::new();
    for (path, source) in sources() {
        let code = code(&source);
        let speaks = |library: &str| code.contains(&format!("{library}::")) || code.contains(&format!("use {library}"));
        if speaks("diesel")
            && !DIESEL.contains(&room(&path))
            && path != "values/text_enum.rs"
            && !path.starts_with("store/")
        {
            wrong.push(format!("{path} speaks diesel"));
        }
        if speaks("actix_web") && !ACTIX.contains(&room(&path)) {
            wrong.push(format!("{path} speaks actix_web"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn there_are_no_drawers() {
    let is_drawer = |path: &String| path.split(['/', '.']).any(|part| DRAWERS.contains(&part));
    let drawers: Vec<String> = sources().into_iter().map(|(path, _)| path).filter(is_drawer).collect();
    assert_eq!(drawers, Vec::<String>::new());
}

#[test]
fn nothing_is_unwrapped_outside_of_tests_without_a_reason() {
    let mut wrong = Vec::new();
    for (path, source) in
        sources().into_iter().filter(|(path, _)| path != "letters/fixture.rs" && !path.ends_with("_tests.rs"))
    {
        let code = code(&source);
        let lines: Vec<&str> = code.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let excused = number > 0 && lines[number - 1].contains("reason = ");
            if (line.contains(".unwrap()") || line.contains(".expect(")) && !excused {
                wrong.push(format!("src/{path}:{}", number + 1));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_test_itself_sees_an_arrow_that_runs_up() {
    assert_eq!(
        named("use crate::{api, error::{Error, Result}, store::Db};\nfn f() -> crate::events::Event"),
        ["api", "error", "store", "events"]
    );
    assert_eq!(objection("events", "registrations"), Some("stands above it"));
    assert_eq!(objection("registrations", "events"), None);
    assert_eq!(objection("audit", "mail"), Some("stands above it"));
    assert_eq!(objection("api", "web"), Some("stands beside it"));
    assert_eq!(objection("values", "keys"), None);
    assert_eq!(objection("values", "store"), Some("stands above it"));
    assert_eq!(objection("cli", "api"), None);
}

#[test]
fn a_registration_comes_to_another_status_by_the_table_alone() {
    // Rows that come in ask the table; of those that are there it alone changes the status, and `save` keeps it. What
    // `save_together` writes as if it came in is there already.
    let only = |word: &str, room: &str| -> Vec<String> {
        let files = sources().into_iter().filter(|(path, text)| path.starts_with(room) && text.contains(word));
        files.map(|(path, _)| path).collect()
    };
    assert_eq!(only("Registration in registrations {", ""), ["registrations/place.rs"]);
    assert_eq!(
        only("insert_into(registrations::table)", ""),
        ["registrations/place_together.rs", "registrations/transition.rs"]
    );
    assert_eq!(only(".status = ", "registrations/"), [] as [&str; 0]);
    assert_eq!(only("&mut changed.status", "registrations/"), ["registrations/transition.rs"]);
}
