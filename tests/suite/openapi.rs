//! The document of the API, and what problems mean.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::{Database, TestApp};

#[test]
fn the_stored_document_is_that_of_the_code() {
    let stored =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json")).unwrap_or_default();
    let code = turnout::api::openapi().to_pretty_json().unwrap() + "\n";
    assert!(stored == code, "docs/openapi.json is not what the code says: cargo run -- openapi > docs/openapi.json");
}

#[test]
fn the_document_is_served_as_it_is_stored() {
    let app = TestApp::start(Database::sqlite());
    let served = app.get("/api/openapi.json").ok(200);
    let code: serde_json::Value = serde_json::from_str(&turnout::api::openapi().to_json().unwrap()).unwrap();
    assert_eq!(served, code);
    assert_eq!(served["openapi"], "3.1.0");
    assert_eq!(app.get("/api/docs/").status, 200);
}

#[test]
fn every_kind_of_problem_is_explained_where_its_type_says() {
    let app = TestApp::start(Database::sqlite());
    for (code, meaning) in turnout::api::codes() {
        let explained = app.get(&format!("/problems/{code}"));
        assert_eq!((explained.status, explained.body), (200, format!("{code}\n\n{meaning}\n")));
    }
}

#[test]
fn no_kind_of_problem_has_two_meanings() {
    let all: Vec<&str> = turnout::api::codes().map(|(code, _)| *code).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}

/// The first text in double quotes behind `mark` and before a parenthesis ends, at each place where it stands.
fn texts_behind<'a>(source: &'a str, mark: &str) -> Vec<&'a str> {
    source.split(mark).skip(1).filter_map(|rest| rest.split([')', ';']).next()?.split('"').nth(1)).collect()
}

#[test]
fn every_kind_of_problem_in_the_code_is_explained() {
    let explained: BTreeSet<&str> = turnout::api::codes().map(|(code, _)| *code).collect();
    let (mut unexplained, mut seen) = (Vec::new(), 0);
    for (path, source) in crate::floors::sources() {
        let mut codes = texts_behind(&source, "Problem::new(StatusCode::");
        codes.extend(texts_behind(&source, "Problem::new(\n"));
        codes.extend(texts_behind(&source, "Self::new(StatusCode::"));
        if path.ends_with("refusal.rs") {
            let body = source.split("fn code").nth(1).and_then(|rest| rest.split("CODES").next()).unwrap_or_default();
            codes.extend(texts_behind(body, "=> "));
        }
        seen += codes.len();
        unexplained
            .extend(codes.into_iter().filter(|code| !explained.contains(code)).map(|code| format!("{path}: {code}")));
    }
    assert_eq!(unexplained, Vec::<String>::new());
    assert!(seen >= 30, "only {seen} codes were found: has their form changed?");
}
