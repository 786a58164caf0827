//! Files opened by a spreadsheet program: `LibreOffice`, without a window.

use std::path::Path;
use std::process::Command;

use reqwest::Method;
use serde_json::json;

use crate::support::{Database, TestApp};

/// Says where `LibreOffice` is.
const PROGRAM: &str = "TURNOUT_TEST_SOFFICE";

const EVENT: &str = "/api/v1/events/digital-day";

/// A cell, as the program took it: its type, its formula, what it shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Cell {
    kind: String,
    formula: Option<String>,
    shown: String,
}

/// Has the program open a file, and reads what it found (`OpenDocument` 1.3, part 3, §9.1.4): one cell after the other.
fn opened(folder: &Path, name: &str, filter: &[&str]) -> Vec<Cell> {
    let program = std::env::var(PROGRAM).unwrap_or_else(|_| panic!("{PROGRAM} is not set: scripts/test sets it"));
    let out = folder.join("opened");
    let mut command = Command::new(program);
    command.arg("--headless").args(filter).args(["--convert-to", "fods", "--outdir"]).arg(&out).arg(folder.join(name));
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let done = command.arg(profile).env("HOME", folder).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let stem = name.split('.').next().unwrap();
    let text = std::fs::read_to_string(out.join(format!("{stem}.fods"))).unwrap();
    let attribute = |tag: &str, name: &str| {
        tag.split(&format!("{name}=\"")).nth(1).map(|rest| rest.split('"').next().unwrap().to_owned())
    };
    let cells = text.split("<table:table-cell").skip(1).map(|rest| {
        let (tag, content) = rest.split_once('>').unwrap();
        let shown = content.split("</table:table-cell>").next().unwrap().split("<text:p>").nth(1);
        let shown =
            shown.filter(|_| !tag.ends_with('/')).map(|rest| rest.split("</text:p>").next().unwrap().to_owned());
        Cell {
            kind: attribute(tag, "office:value-type").unwrap_or_default(),
            formula: attribute(tag, "table:formula"),
            shown: shown.unwrap_or_default(),
        }
    });
    cells.collect()
}

fn find<'a>(cells: &'a [Cell], shown: &str) -> &'a Cell {
    cells.iter().find(|cell| cell.shown == shown).unwrap_or_else(|| panic!("nothing shows {shown}: {cells:#?}"))
}

#[test]
#[ignore = "needs LibreOffice: scripts/test installs it"]
fn a_spreadsheet_program_finds_no_formula_and_loses_nothing() {
    let app = TestApp::start(Database::sqlite());
    app.published_event(&json!({}));
    let born = json!({ "key": "born", "kind": "date", "label": { "en": "Born" } });
    app.post_as_owner(&format!("{EVENT}/questions"), &born).ok(201);
    let texts = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "＝1+1", "Zoë Müller-Öß", "李"];
    for (number, text) in texts.iter().enumerate() {
        let email = format!("p{number}@museum.example");
        let wish = json!({ "attendee": { "first_name": text, "email": email, "phone": "+352 26 12 34" },
            "answers": { "born": "1990-02-03" } });
        app.post(&format!("{EVENT}/registrations"), &wish).ok(201);
    }
    let folder = tempfile::tempdir().unwrap();
    let columns = "columns=first_name,phone,created_date,created_at,answer.born,attended";
    let take = |file: &str, name: &str| {
        let request = app.request(Method::GET, &format!("{EVENT}/{file}")).bearer_auth(&app.token);
        std::fs::write(folder.path().join(name), request.send().unwrap().bytes().unwrap()).unwrap();
    };
    take(&format!("participants.csv?dialect=excel&locale=fr&{columns}"), "text.csv");
    take(&format!("participants.xlsx?{columns}"), "book.xlsx");
    // Semicolons, double quotes, UTF-8 and "detect special numbers", as the dialog of the program proposes them.
    let csv = opened(folder.path(), "text.csv", &["--infilter=CSV:59,34,76,1,,0,false,true"]);
    let book = opened(folder.path(), "book.xlsx", &[]);
    assert_eq!(csv.iter().find(|cell| cell.formula.is_some()), None);
    // The program's own way of keeping yes and no of a workbook.
    let logical = |cell: &&Cell| !matches!(cell.formula.as_deref(), None | Some("of:=TRUE()" | "of:=FALSE()"));
    assert_eq!(book.iter().find(logical), None);
    for text in texts {
        let guard = if text.starts_with(['=', '+', '-', '@', '＝']) { "&apos;" } else { "" };
        assert_eq!(find(&csv, &format!("{guard}{text}")).kind, "string");
        assert_eq!(find(&book, text).kind, "string");
    }
    for cells in [&csv, &book] {
        assert_eq!(
            cells.iter().filter(|cell| cell.shown == "+352 26 12 34" && cell.kind == "string").count(),
            texts.len()
        );
        let dates = cells.iter().filter(|cell| cell.kind == "date" && cell.shown.starts_with("1990-02-03"));
        assert_eq!(dates.count(), texts.len());
    }
    let times = book.iter().filter(|cell| cell.kind == "date" && cell.shown == "2026-03-02 10:00:00");
    assert_eq!(times.count(), texts.len());
}
