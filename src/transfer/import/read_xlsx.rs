//! The first sheet of an XLSX workbook, cell by cell.

use std::io::{self, Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};

use super::table::{Guard, MOST_ROWS, Table, wrong};
use crate::error::{Error, Result};

/// How many bytes a workbook has at most once it is unpacked: it comes packed, and grows a thousandfold.
const MOST_UNPACKED: u64 = 256 * 1024 * 1024;
/// How many columns are read: those behind are said to be too many.
const COLUMNS: u32 = 1_000;

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<Table> {
    check_size(bytes, MOST_UNPACKED)?;
    let unreadable = |error: calamine::XlsxError| wrong("unreadable", &format!("this is no XLSX workbook: {error}"));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let first = book.sheet_names().first().cloned();
    let first = first.ok_or_else(|| wrong("empty", "there is no sheet in this workbook"))?;
    let mut cells = book.worksheet_cells_reader(&first).map_err(unreadable)?;
    let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let number = u64::from(row) + 1;
        if rows.last().is_none_or(|(last, _)| *last != number) {
            if rows.len() > MOST_ROWS {
                return Err(wrong("too_many_rows", &format!("a file has at most {MOST_ROWS} rows")));
            }
            rows.push((number, Vec::new()));
        }
        let place = usize::try_from(column.min(COLUMNS)).map_err(Error::internal)?;
        if let Some((_, cells)) = rows.last_mut() {
            if cells.len() <= place {
                cells.resize(place + 1, String::new());
            }
            cells[place] = text;
        }
    }
    // A text in a cell of its own needs no guard.
    Table::of(rows.into_iter().map(Ok), Guard::None)
}

/// Unpacks everything once, and keeps nothing: what a workbook says of its own size may be a lie.
fn check_size(bytes: &[u8], most: u64) -> Result<()> {
    let no_zip = |error: zip::result::ZipError| wrong("unreadable", &format!("this is no XLSX workbook: {error}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(no_zip)?;
    let mut left = most;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(no_zip)?;
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink())
            .map_err(|error| wrong("unreadable", &format!("this is no XLSX workbook: {error}")))?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            wrong("too_large", &format!("unpacked, a workbook has at most {} MiB", most / 1024 / 1024))
        })?;
    }
    Ok(())
}

/// A cell as it would stand in a CSV file.
fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::String(text) => unescaped(text),
        DataRef::SharedString(text) => unescaped(text),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::DateTime(at) => time(at),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A day, a time of day, or both, as ISO 8601 has them.
fn time(at: &ExcelDateTime) -> String {
    if !at.is_datetime() {
        return at.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let (date, clock) = (format!("{year:04}-{month:02}-{day:02}"), format!("{hour:02}:{minute:02}:{second:02}"));
    match at.as_f64() {
        days if days < 1.0 => clock,
        days if days.fract() == 0.0 => date,
        _ => format!("{date}T{clock}"),
    }
}

/// `_x000D_` stands for the character with this number, and `_x005F_` for a `_` that would begin such a thing (ECMA-376
/// §22.9.2.19).
fn unescaped(text: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(place) = rest.find("_x") {
        let number = rest.get(place + 2..place + 6).filter(|_| rest.as_bytes().get(place + 6) == Some(&b'_'));
        let hex = number.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let sign = hex.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        let (taken, length) = sign.map_or(("_x".to_owned(), 2), |sign| (sign.to_string(), 7));
        plain.push_str(&rest[..place]);
        plain.push_str(&taken);
        rest = &rest[place + length..];
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::transfer::cells::Cells;
    use crate::transfer::workbook::Workbook;

    fn written(rows: &[Vec<String>]) -> Vec<u8> {
        let names: Vec<String> = (0..rows[0].len()).map(|column| format!("c{column}")).collect();
        let mut file = Vec::new();
        let mut book = Workbook::begin("People", &names, chrono_tz::UTC, &mut file).unwrap();
        for row in rows {
            for cell in row {
                book.text(cell).unwrap();
            }
            book.end_row().unwrap();
        }
        book.finish().unwrap();
        file
    }

    #[test]
    fn an_escape_is_what_it_stands_for() {
        assert_eq!(unescaped("a_x000D_b_x005F_x0041_c_x12_xyz"), "a\rb_x0041_c_x12_xyz");
        assert_eq!(unescaped("_x00e9_é_x"), "éé_x");
    }

    #[test]
    fn what_is_no_workbook_is_said_to_be_none() {
        let code = |bytes: &[u8]| match read(bytes) {
            Err(Error::Invalid(issues)) => issues[0].code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code(b"a;b"), "unreadable");
        assert_eq!(code(&[0x50, 0x4b, 3, 4, 0, 0]), "unreadable");
    }

    #[test]
    fn what_grows_too_large_is_not_opened() {
        let file = written(&vec![vec!["a".repeat(1_000)]; 100]);
        assert!(file.len() < 20_000, "{}", file.len());
        assert!(check_size(&file, 1024 * 1024).is_ok());
        let Err(Error::Invalid(issues)) = check_size(&file, 64 * 1024) else { panic!("this is too large") };
        assert_eq!((issues[0].pointer.as_str(), issues[0].code), ("file", "too_large"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_text_comes_back(texts in prop::collection::vec(
            prop_oneof!["\\PC{1,12}", "[ =+@_x0-9A-F\r\n\t\"'<&>]{1,12}", any::<String>()]
                .prop_filter("is a text", |text| !text.is_empty()), 1..8)
        ) {
            let table = read(&written(std::slice::from_ref(&texts))).unwrap();
            prop_assert_eq!(&table.rows[0].1, &texts);
        }
    }
}
