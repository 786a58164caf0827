//! A CSV file that is being written.

use std::fmt::Display;
use std::io::Write;

use chrono_tz::Tz;
use serde_json::Number;

use super::cells::{Cells, TimePart};
use super::{Dialect, local_time};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::values::Language;

/// How much is gathered before it is handed on.
const BUFFER: usize = 64 * 1024;

/// Writes value after value; one buffer serves all of them.
pub(super) struct Sheet<W: Write> {
    csv: csv::Writer<W>,
    dialect: Dialect,
    zone: Tz,
    value: String,
    rows: u64,
}

impl<W: Write> Sheet<W> {
    /// A file with this header; its times are on the clocks of `zone`.
    pub(super) fn begin(
        mut out: W,
        (dialect, locale): (Dialect, Language),
        zone: Tz,
        header: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self> {
        out.write_all(dialect.prologue()).map_err(Error::internal)?;
        let mut csv = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .delimiter(dialect.delimiter(locale))
            .buffer_capacity(BUFFER)
            .from_writer(out);
        // What people call a column is written by organizers: it is guarded as every other value.
        for name in header {
            let guard = if dialect.guards(name.as_ref()) { "'" } else { "" };
            csv.write_field(format!("{guard}{}", name.as_ref())).map_err(Error::internal)?;
        }
        csv.write_record(None::<&[u8]>).map_err(Error::internal)?;
        Ok(Self { csv, dialect, zone, value: String::new(), rows: 0 })
    }

    /// Writes what was put into the buffer.
    fn buffered(&mut self) -> Result<()> {
        self.csv.write_field(&self.value).map_err(Error::internal)
    }

    /// Hands on what is left; returns how many rows there are, the header aside.
    pub(super) fn finish(mut self) -> Result<u64> {
        self.csv.flush().map_err(Error::internal)?;
        Ok(self.rows)
    }
}

impl<W: Write> Cells for Sheet<W> {
    fn text(&mut self, text: &str) -> Result<()> {
        if self.dialect.guards(text) {
            self.value.clear();
            self.value.push('\'');
            self.value.push_str(text);
            return self.buffered();
        }
        self.csv.write_field(text).map_err(Error::internal)
    }

    fn flag(&mut self, flag: bool) -> Result<()> {
        self.csv.write_field(if flag { "true" } else { "false" }).map_err(Error::internal)
    }

    fn number(&mut self, number: &Number) -> Result<()> {
        self.shown(number)
    }

    fn shown(&mut self, value: &dyn Display) -> Result<()> {
        use std::fmt::Write as _;
        self.value.clear();
        write!(self.value, "{value}").map_err(Error::internal)?;
        self.buffered()
    }

    fn time(&mut self, at: Option<Timestamp>, part: TimePart) -> Result<()> {
        self.value.clear();
        if let Some(at) = at {
            let push = match part {
                TimePart::Whole => local_time::push_local_time,
                TimePart::Date => local_time::push_local_date,
                TimePart::Clock => local_time::push_local_clock,
            };
            push(&mut self.value, at, self.zone);
        }
        self.buffered()
    }

    fn date(&mut self, date: &str) -> Result<()> {
        self.text(date)
    }

    fn end_row(&mut self) -> Result<()> {
        self.rows += 1;
        self.csv.write_record(None::<&[u8]>).map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn write(dialect: Dialect, locale: Language, rows: &[Vec<String>]) -> Vec<u8> {
        let mut file = Vec::new();
        let header = (0..rows.first().map_or(1, Vec::len)).map(|_| "column");
        let mut sheet = Sheet::begin(&mut file, (dialect, locale), chrono_tz::UTC, header).unwrap();
        for row in rows {
            for value in row {
                sheet.text(value).unwrap();
            }
            sheet.end_row().unwrap();
        }
        assert_eq!(sheet.finish().unwrap(), rows.len() as u64);
        file
    }

    #[test]
    fn the_standard_says_commas_crlf_and_doubled_quotes() {
        let row =
            ["a,b".to_owned(), "say \"hi\"".to_owned(), "two\r\nlines".to_owned(), "=1".to_owned(), String::new()];
        assert_eq!(
            String::from_utf8(write(Dialect::Rfc4180, Language::German, &[row.to_vec()])).unwrap(),
            "column,column,column,column,column\r\n\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\",=1,\r\n"
        );
    }

    #[test]
    fn a_spreadsheet_gets_its_mark_its_separator_and_no_formula() {
        let row = ["=1+1".to_owned(), "a;b".to_owned(), "+352 621 123 456".to_owned(), "Zoë".to_owned()];
        assert_eq!(
            String::from_utf8(write(Dialect::Excel, Language::French, &[row.to_vec()])).unwrap(),
            "\u{feff}column;column;column;column\r\n'=1+1;\"a;b\";+352 621 123 456;Zoë\r\n"
        );
    }

    proptest! {
        #[test]
        fn any_text_survives_the_standard(rows in (1_usize..6).prop_flat_map(|width| {
            let value = prop_oneof!["\\PC*", "[,;\"'\r\n\t =+@\u{feff}\u{0}-]{0,8}", any::<String>()];
            prop::collection::vec(prop::collection::vec(value, width), 0..6)
        })) {
            let file = write(Dialect::Rfc4180, Language::French, &rows);
            let mut reader = csv::ReaderBuilder::new().from_reader(&file[..]);
            let read: Vec<Vec<String>> =
                reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(read, rows);
        }
    }
}
