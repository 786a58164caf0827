//! The document of the API, and what problems mean.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::Method;

use crate::support::{Answer, Database, TestApp};

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
fn every_shape_has_a_name_of_its_own_and_is_there() {
    let document = turnout::api::openapi().to_json().unwrap();
    let shapes: serde_json::Value = serde_json::from_str(&document).unwrap();
    let shapes: BTreeSet<&str> =
        shapes["components"]["schemas"].as_object().unwrap().keys().map(String::as_str).collect();
    let named: BTreeSet<&str> =
        document.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(named.difference(&shapes).collect::<Vec<_>>(), Vec::<&&str>::new());
    // Of two types with one name the document would have one alone.
    let sources = crate::floors::sources();
    let all = sources.iter().flat_map(|(_, source)| source.split("#[schema(as = ").skip(1));
    let mut names: Vec<&str> = all.filter_map(|rest| rest.split(')').next()).collect();
    names.sort_unstable();
    let twice: Vec<&str> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert_eq!(twice, Vec::<&str>::new());
}

#[test]
fn answers_come_in_the_media_types_that_the_document_says() {
    let app = TestApp::start(Database::sqlite());
    app.published_event(&serde_json::json!({}));
    let registration = app.register("digital-day", "ada@museum.example").ok(201);
    let document: serde_json::Value = serde_json::from_str(&turnout::api::openapi().to_json().unwrap()).unwrap();
    let said = |path: &str, status: &str| -> Vec<String> {
        let content = &document["paths"][path]["get"]["responses"][status]["content"];
        content.as_object().unwrap().keys().cloned().collect()
    };
    let paths = document["paths"].as_object().unwrap().iter().filter(|(_, item)| !item["get"].is_null());
    let mut seen = BTreeSet::new();
    for (path, _) in paths {
        let filled = path.replace("{event}", "digital-day").replace("{id}", registration["id"].as_str().unwrap());
        let filled = filled.replace("{organization}", "ict-cluster");
        let ask = |accept: &str| {
            let answer = Answer::of(app.request(Method::GET, &filled).bearer_auth(&app.token).header("Accept", accept));
            (answer.status, answer.header("content-type").split(';').next().unwrap().to_owned())
        };
        let status = if ask("*/*").0 == 200 { "200" } else { "4XX" };
        // Where there are several, whoever asks for one gets that one.
        for media_type in said(path, status) {
            assert_eq!(ask(&media_type).1, media_type, "{path}: {status}");
            seen.insert(media_type);
        }
    }
    let expected = [
        "application/json",
        "application/problem+json",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "image/png",
        "image/svg+xml",
        "text/calendar",
        "text/csv",
        "text/html",
    ];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), expected);
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
