//! An XLSX workbook (ECMA-376) that is being written: rows go to a file in a folder of ours, not into memory.

use std::fmt::Display;
use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use rust_xlsxwriter::{DocProperties, Format, Workbook as Book, Worksheet, XlsxError};
use serde_json::Number;

use super::cells::{Cells, TimePart};
use crate::clock::Timestamp;
use crate::error::{Error, Result};

/// How many rows a sheet has at most, the header among them.
const SHEET_ROWS: u32 = 1_048_576;
/// How wide a column is at most, in characters; what is longer is still there.
const WIDEST: usize = 60;
/// Beyond so many cells, a sheet may have more than 4 GiB before it is packed: the container says so then (ZIP64).
const MANY_CELLS: u64 = 20_000_000;

/// Writes value after value, each of its type: a text is a text, whatever it begins with. Beyond what a sheet holds, it
/// goes on in another one, under the same header.
pub(super) struct Workbook {
    book: Book,
    title: &'static str,
    names: Vec<String>,
    zone: Tz,
    sheets: usize,
    sheet_rows: u32,
    row: u32,
    column: u16,
    rows: u64,
    widths: Vec<usize>,
    formats: Formats,
}

struct Formats {
    header: Format,
    whole: Format,
    date: Format,
    clock: Format,
}

impl Workbook {
    /// A workbook with this header, whose sheets are called `title`; its times are on the clocks of `zone`. What it writes
    /// meanwhile has no name in `scratch`, so that it is gone however the program ends.
    pub(super) fn begin(title: &'static str, names: &[String], zone: Tz, scratch: &Path) -> Result<Self> {
        Self::with_rows(title, names, zone, scratch, SHEET_ROWS)
    }

    fn with_rows(title: &'static str, names: &[String], zone: Tz, scratch: &Path, sheet_rows: u32) -> Result<Self> {
        let mut book = Book::new();
        book.set_tempdir(scratch).map_err(Error::internal)?;
        book.set_properties(&DocProperties::new().set_title(title));
        // As fast as the rows come in: twice the effort saves a tenth of the bytes.
        book.set_zip_compression_level(2);
        let format = |form: &str| Format::new().set_num_format(form);
        let formats = Formats {
            header: Format::new().set_bold(),
            whole: format("yyyy-mm-dd hh:mm:ss"),
            date: format("yyyy-mm-dd"),
            clock: format("hh:mm:ss"),
        };
        let mut workbook = Self {
            book,
            title,
            names: names.to_vec(),
            zone,
            sheets: 0,
            sheet_rows,
            row: 0,
            column: 0,
            rows: 0,
            widths: Vec::new(),
            formats,
        };
        workbook.begin_sheet()?;
        Ok(workbook)
    }

    fn begin_sheet(&mut self) -> Result<()> {
        let sheet = self.book.add_worksheet_with_constant_memory().map_err(Error::internal)?;
        self.sheets += 1;
        let name = if self.sheets == 1 { self.title.to_owned() } else { format!("{} ({})", self.title, self.sheets) };
        sheet.set_name(name).map_err(Error::internal)?;
        sheet.set_freeze_panes(1, 0).map_err(Error::internal)?;
        for (column, name) in (0..).zip(&self.names) {
            sheet.write_string_with_format(0, column, name, &self.formats.header).map_err(Error::internal)?;
        }
        // The arrow of the filter stands beside the name.
        self.widths = self.names.iter().map(|name| name.chars().count() + 3).collect();
        (self.row, self.column) = (1, 0);
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<()> {
        let last_column = u16::try_from(self.names.len().saturating_sub(1)).map_err(Error::internal)?;
        let last_row = self.row - 1;
        let widths = std::mem::take(&mut self.widths);
        let sheet = self.sheet()?;
        sheet.autofilter(0, 0, last_row, last_column).map_err(Error::internal)?;
        for (column, width) in (0..).zip(widths) {
            let width = u32::try_from(width.clamp(6, WIDEST) + 1).map_err(Error::internal)?;
            sheet.set_column_width(column, width).map_err(Error::internal)?;
        }
        Ok(())
    }

    fn sheet(&mut self) -> Result<&mut Worksheet> {
        self.book.worksheet_from_index(self.sheets - 1).map_err(Error::internal)
    }

    /// Writes the next cell, which shows so many characters.
    fn cell(
        &mut self,
        width: usize,
        write: impl FnOnce(&mut Worksheet, (u32, u16), &Formats) -> Result<(), XlsxError>,
    ) -> Result<()> {
        if self.row >= self.sheet_rows {
            self.end_sheet()?;
            self.begin_sheet()?;
        }
        let place = (self.row, self.column);
        if let Some(widest) = self.widths.get_mut(usize::from(self.column)) {
            *widest = width.max(*widest);
        }
        self.column += 1;
        let index = self.sheets - 1;
        let sheet = self.book.worksheet_from_index(index).map_err(Error::internal)?;
        write(sheet, place, &self.formats).map_err(Error::internal)
    }

    /// Packs the workbook, and hands it on; returns how many rows there are, the headers aside.
    pub(super) fn finish(mut self, scratch: &Path, out: &mut impl Write) -> Result<u64> {
        self.end_sheet()?;
        let cells = self.rows.saturating_mul(self.names.len() as u64);
        self.book.use_zip_large_file(cells > MANY_CELLS);
        // Its parts are packed one behind the other, and what stands before a part is only known behind it.
        let mut packed: File = tempfile::tempfile_in(scratch).map_err(Error::internal)?;
        self.book.save_to_writer(&packed).map_err(Error::internal)?;
        packed.rewind().map_err(Error::internal)?;
        std::io::copy(&mut packed, out).map_err(Error::internal)?;
        Ok(self.rows)
    }
}

impl Cells for Workbook {
    fn text(&mut self, text: &str) -> Result<()> {
        // The longest line decides.
        let width = text.lines().map(|line| line.chars().take(WIDEST).count()).max().unwrap_or(0);
        self.cell(width, |sheet, (row, column), _| {
            if !text.is_empty() {
                sheet.write_string(row, column, text)?;
            }
            Ok(())
        })
    }

    fn flag(&mut self, flag: bool) -> Result<()> {
        self.cell(5, |sheet, (row, column), _| sheet.write_boolean(row, column, flag).map(drop))
    }

    fn number(&mut self, number: &Number) -> Result<()> {
        let value = number.as_f64().ok_or_else(|| Error::internal(anyhow::anyhow!("this number is none")))?;
        let width = number.to_string().len();
        self.cell(width, |sheet, (row, column), _| sheet.write_number(row, column, value).map(drop))
    }

    fn shown(&mut self, value: &dyn Display) -> Result<()> {
        self.text(&value.to_string())
    }

    fn time(&mut self, at: Option<Timestamp>, part: TimePart) -> Result<()> {
        let Some(at) = at else { return self.text("") };
        let local = at.local(self.zone).naive_local();
        // Before 1900 there are no times (ECMA-376 §18.17.4.1).
        if !(1900..=9999).contains(&local.year()) {
            return self.text(&at.to_string());
        }
        match part {
            TimePart::Whole => self.cell(19, |sheet, (row, column), formats| {
                sheet.write_datetime_with_format(row, column, local, &formats.whole).map(drop)
            }),
            TimePart::Date => self.cell(10, |sheet, (row, column), formats| {
                sheet.write_datetime_with_format(row, column, local.date(), &formats.date).map(drop)
            }),
            TimePart::Clock => self.cell(8, |sheet, (row, column), formats| {
                sheet.write_datetime_with_format(row, column, local.time(), &formats.clock).map(drop)
            }),
        }
    }

    fn date(&mut self, date: &str) -> Result<()> {
        match NaiveDate::parse_from_str(date, "%Y-%m-%d") {
            Ok(day) if (1900..=9999).contains(&day.year()) => self.cell(10, |sheet, (row, column), formats| {
                sheet.write_datetime_with_format(row, column, day, &formats.date).map(drop)
            }),
            _ => self.text(date),
        }
    }

    fn end_row(&mut self) -> Result<()> {
        self.rows += 1;
        self.row += 1;
        self.column = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    fn open(book: Workbook, scratch: &Path) -> Xlsx<Cursor<Vec<u8>>> {
        let mut file = Vec::new();
        book.finish(scratch, &mut file).unwrap();
        Xlsx::new(Cursor::new(file)).unwrap()
    }

    #[test]
    fn what_a_sheet_does_not_hold_stands_in_the_next() {
        let scratch = tempfile::tempdir().unwrap();
        let names = ["number".to_owned()];
        let mut book = Workbook::with_rows("People", &names, chrono_tz::UTC, scratch.path(), 4).unwrap();
        for number in 0..7_i64 {
            book.whole(number).unwrap();
            book.end_row().unwrap();
        }
        let mut book = open(book, scratch.path());
        assert_eq!(book.sheet_names(), ["People", "People (2)", "People (3)"]);
        let mut sheet = |name: &str| -> Vec<Data> {
            book.worksheet_range(name).unwrap().rows().map(|row| row[0].clone()).collect()
        };
        let header = Data::String("number".to_owned());
        assert_eq!(sheet("People"), [header.clone(), Data::Float(0.0), Data::Float(1.0), Data::Float(2.0)]);
        assert_eq!(sheet("People (3)"), [header, Data::Float(6.0)]);
    }

    #[test]
    fn nothing_is_left_in_the_folder() {
        let scratch = tempfile::tempdir().unwrap();
        let mut book = Workbook::begin("People", &["a".to_owned()], chrono_tz::UTC, scratch.path()).unwrap();
        book.text("=1+1").unwrap();
        book.end_row().unwrap();
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0, "while it is written");
        drop(open(book, scratch.path()));
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
    }
}
