//! CSV as programs and spreadsheets write it: encoding, mark and separator are recognized.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::table::{Guard, Table, wrong};
use crate::error::Result;
use crate::transfer::Dialect;
use crate::transfer::dialect::unguarded;

/// What may stand between two values.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many rows are looked at to find out what separates their cells.
const LOOKED_AT: usize = 1_000;

/// Reads a file.
pub(super) fn read(bytes: &[u8], dialect: Option<Dialect>) -> Result<Table> {
    let (text, marked, encoding) = decode(bytes)?;
    let (text, said) = said_separator(&text);
    let separator = said.unwrap_or_else(|| likeliest_separator(text));
    // What programs write has no mark, commas and UTF-8; a spreadsheet may write that, too.
    let from_a_spreadsheet = marked || separator != b',' || encoding != UTF_8;
    let guard = match dialect {
        Some(Dialect::Excel) => Guard::Off,
        Some(Dialect::Rfc4180) => Guard::None,
        None if from_a_spreadsheet => Guard::Off,
        None => Guard::Unclear,
    };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let rows = (1..).zip(reader.records()).map(|(number, record)| {
        let record = record.map_err(|error| wrong("unreadable", &format!("this is no CSV: {error}")))?;
        let cell = |cell: &str| if guard == Guard::Off { unguarded(cell).to_owned() } else { cell.to_owned() };
        Ok((number, record.iter().map(cell).collect()))
    });
    Table::of(rows, guard)
}

/// The text, whether it had a byte order mark, and its encoding: what the mark says, or UTF-8, or Windows-1252, in which
/// every byte is something.
fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, bool, &'static Encoding)> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let (text, broken) = encoding.decode_without_bom_handling(&bytes[length..]);
        if broken {
            return Err(wrong("unreadable", &format!("this is not the {} that its mark says", encoding.name())));
        }
        return Ok((text, true, encoding));
    }
    if bytes.contains(&0) {
        return Err(wrong("unreadable", "this is no text"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.into(), false, UTF_8)),
        Err(_) => Ok((WINDOWS_1252.decode_without_bom_handling(bytes).0, false, WINDOWS_1252)),
    }
}

/// The text without a first line such as `sep=;`, by which spreadsheets are told the separator.
fn said_separator(text: &str) -> (&str, Option<u8>) {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    match line.strip_prefix("sep=").map(str::as_bytes) {
        Some([separator]) if SEPARATORS.contains(separator) => {
            let rest = &text[line.len()..];
            let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
            (rest, Some(*separator))
        }
        _ => (text, None),
    }
}

/// The separator that makes several cells of the first row, under which no row has more of them, as far as one looks, and
/// that makes the most; of several, the first.
fn likeliest_separator(text: &str) -> u8 {
    let makes = |separator: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut widths = reader.records().take(LOOKED_AT).map_while(Result::ok).map(|record| record.len());
        let first = widths.next().unwrap_or(0);
        (first > 1, widths.all(|width| width <= first), first)
    };
    SEPARATORS.into_iter().rev().max_by_key(|separator| makes(*separator)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::transfer::cells::Cells;
    use crate::transfer::sheet::Sheet;
    use crate::values::Language;

    fn written(dialect: Dialect, locale: Language, rows: &[Vec<String>]) -> Vec<u8> {
        let mut file = Vec::new();
        let header = (0..rows[0].len()).map(|column| format!("c{column}"));
        let mut sheet = Sheet::begin(&mut file, (dialect, locale), chrono_tz::UTC, header).unwrap();
        for row in rows {
            for cell in row {
                sheet.text(cell).unwrap();
            }
            sheet.end_row().unwrap();
        }
        sheet.finish().unwrap();
        file
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            rows in (1_usize..5).prop_flat_map(|width| {
                // Nothing that is kept has a null character.
                let cell = prop_oneof!["\\PC{0,9}", "[,;|'\"\r\n\t =+@\u{feff}＝-]{0,8}", any::<String>()];
                let cell = cell.prop_filter("has no null character", |cell| !cell.contains('\0'));
                prop::collection::vec(prop::collection::vec(cell, width), 1..6)
            }),
            locale in prop::sample::select(Language::ALL),
            dialect in prop::sample::select(Dialect::ALL),
            said in any::<bool>(),
        ) {
            let table = read(&written(dialect, locale, &rows), said.then_some(dialect)).unwrap();
            let filled: Vec<_> = rows.into_iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
            prop_assert_eq!(table.rows.into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(), filled);
        }
    }

    fn cells(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>, Guard) {
        let table = read(bytes, None).unwrap();
        (table.header, table.rows.into_iter().map(|(_, cells)| cells).collect(), table.guard)
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn mark_encoding_and_separator_are_recognized() {
        let expected = (texts(&["a", "b"]), vec![texts(&["Zoë", "1,5"])]);
        for (bytes, guard) in [
            ("a,b\r\nZoë,\"1,5\"\r\n".as_bytes().to_vec(), Guard::Unclear),
            ("\u{feff}a,b\r\nZoë,\"1,5\"\r\n".as_bytes().to_vec(), Guard::Off),
            ("a;b\nZoë;1,5\n".as_bytes().to_vec(), Guard::Off),
            ("a\tb\rZoë\t1,5".as_bytes().to_vec(), Guard::Off),
            (b"a;b\r\nZo\xeb;1,5\r\n".to_vec(), Guard::Off),
            ("sep=;\r\na;b\r\nZoë;1,5\r\n".as_bytes().to_vec(), Guard::Off),
            (
                [0xff, 0xfe].into_iter().chain("a\tb\nZoë\t1,5".encode_utf16().flat_map(u16::to_le_bytes)).collect(),
                Guard::Off,
            ),
        ] {
            let read = cells(&bytes);
            assert_eq!((read.0, read.1), expected, "{bytes:?}");
            assert_eq!(read.2, guard, "{bytes:?}");
        }
    }

    #[test]
    fn the_guard_comes_off_where_there_is_one() {
        assert_eq!(cells("a;b\n'=1;'x\n".as_bytes()).1, [texts(&["=1", "'x"])]);
        assert_eq!(cells("a,b\n'=1,'x\n".as_bytes()).1, [texts(&["'=1", "'x"])]);
        assert_eq!(read(b"a,b\n'=1,'x\n", Some(Dialect::Excel)).unwrap().rows[0].1, texts(&["=1", "'x"]));
    }

    #[test]
    fn what_is_no_table_is_said_to_be_none() {
        let code = |bytes: &[u8]| match read(bytes, None) {
            Err(crate::error::Error::Invalid(issues)) => issues[0].code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code(b""), "empty");
        assert_eq!(code(b"\r\n;;\r\n"), "empty");
        assert_eq!(code(b"a\0b"), "unreadable");
        assert_eq!(code(b"a;b\n1;2;3\n"), "too_many_cells");
        assert_eq!(code(format!("a\n{}", "x".repeat(6_001)).as_bytes()), "too_long");
        assert_eq!(code(format!("a\n{}", "x\n".repeat(50_001)).as_bytes()), "too_many_rows");
    }
}
