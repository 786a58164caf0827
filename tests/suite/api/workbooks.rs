//! Participants and attendance as XLSX, opened by a reader that is not ours.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use serde_json::json;

use super::check_ins::Door;
use crate::support::{TestApp, on_both_databases};

const EVENT: &str = "/api/v1/events/digital-day";

fn workbook(app: &TestApp, path: &str) -> (Xlsx<Cursor<Vec<u8>>>, String) {
    let request = app.request(reqwest::Method::GET, &format!("{EVENT}/{path}")).bearer_auth(&app.token);
    let response = request.send().unwrap();
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    let name = header("content-disposition");
    (Xlsx::new(Cursor::new(response.bytes().unwrap().to_vec())).unwrap(), name)
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

on_both_databases! {
    fn cells_have_their_types_and_no_text_is_a_formula(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        for question in [
            json!({ "key": "born", "kind": "date", "label": { "en": "Born" } }),
            json!({ "key": "size", "kind": "number", "label": { "en": "Size" } }),
            json!({ "key": "vegan", "kind": "boolean", "label": { "en": "Vegan" } }),
        ] {
            app.post_as_owner(&format!("{EVENT}/questions"), &question).ok(201);
        }
        let wish = json!({ "attendee": { "first_name": "=HYPERLINK(\"x\")", "last_name": "Zoë & Söhne",
            "email": "zoe@museum.example", "phone": "+352 26 12 34" },
            "answers": { "born": "1990-02-03", "size": -1.5, "vegan": true } });
        app.post(&format!("{EVENT}/registrations"), &wish).ok(201);
        let columns = "columns=first_name,last_name,phone,created_at,created_date,created_time,attended,\
            answer.born,answer.size,answer.vegan,organization";
        let (mut book, name) = workbook(&app, &format!("participants.xlsx?locale=fr&headers=labels&{columns}"));
        assert_eq!(name, "attachment; filename=\"digital-day-participants.xlsx\"");
        assert_eq!(book.sheet_names(), ["Participants"]);
        assert_eq!(book.worksheet_formula("Participants").unwrap().used_cells().count(), 0);
        let sheet = book.worksheet_range("Participants").unwrap();
        let rows: Vec<&[Data]> = sheet.rows().collect();
        let header: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
        assert_eq!(header[..4], ["Prénom", "Nom", "Téléphone", "Inscription"]);
        let row = rows[1];
        assert_eq!(row[..3], [text("=HYPERLINK(\"x\")"), text("Zoë & Söhne"), text("+352 26 12 34")]);
        let at = |cell: &Data| match cell {
            Data::DateTime(at) => at.to_ymd_hms_milli(),
            other => panic!("{other:?} is no date"),
        };
        assert_eq!(at(&row[3]), (2026, 3, 2, 10, 0, 0, 0));
        assert_eq!(at(&row[4]), (2026, 3, 2, 0, 0, 0, 0));
        assert_eq!((at(&row[5]).3, at(&row[5]).4), (10, 0));
        assert_eq!(row[6], Data::Bool(false));
        assert_eq!(at(&row[7]), (1990, 2, 3, 0, 0, 0, 0));
        assert_eq!(row[8..10], [Data::Float(-1.5), Data::Bool(true)]);
        assert_eq!(row.get(10).unwrap_or(&Data::Empty), &Data::Empty);
        // Nothing is left where it was made.
        let left = std::fs::read_dir(app.database.folder()).unwrap().map(|file| file.unwrap().file_name());
        let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with(".tmp")).collect();
        assert_eq!(left, Vec::<std::ffi::OsString>::new());
    }

    fn the_first_row_stays_and_filters_the_rest(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        let ada = app.register("digital-day", "ada@museum.example").ok(201);
        Door::of(&app, "digital-day").scan(&json!({ "code": ada["code"] })).ok(200);
        let path = format!("{EVENT}/attendance.xlsx?columns=first_name,entries,no_show");
        let file = app.request(reqwest::Method::GET, &path).bearer_auth(&app.token).send().unwrap().bytes().unwrap();
        let mut parts = zip::ZipArchive::new(Cursor::new(file.to_vec())).unwrap();
        let sheet = std::io::read_to_string(parts.by_name("xl/worksheets/sheet1.xml").unwrap()).unwrap();
        let between = |from: &str, to: &str| sheet.split(from).nth(1).and_then(|rest| rest.split(to).next()).map(str::to_owned);
        assert_eq!(between("<pane ", "/>").as_deref(),
            Some("ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\""));
        assert_eq!(between("<autoFilter ref=\"", "\"").as_deref(), Some("A1:C2"));
        // The last two columns are as wide.
        assert_eq!(sheet.matches("<col ").count(), 2);
        let (mut book, _) = workbook(&app, "attendance.xlsx?columns=first_name,entries,no_show");
        let sheet = book.worksheet_range("Attendance").unwrap();
        let row: Vec<Data> = sheet.rows().nth(1).unwrap().to_vec();
        assert_eq!(row, [text("ada"), Data::Float(1.0), Data::Bool(false)]);
    }
}
