//! An XLSX workbook (ECMA-376) that is being written: each row leaves as it comes, and nothing waits for the last one.
//!
//! The container begins with the types of its parts and the first sheet. What depends on how many rows and sheets there
//! are stands behind them.

mod rows;
mod skeleton;
mod valve;

use std::fmt::Display;
use std::io::Write;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use chrono_tz::Tz;
use rust_xlsxwriter::ExcelDateTime;
use serde_json::Number;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use self::rows::Rows;
use self::skeleton::{CONTENT_TYPES, Sheet, Skeleton, Styles, WIDEST, sheet_part};
use self::valve::{Shut, Valve};
use super::cells::{Cells, TimePart};
use crate::clock::Timestamp;
use crate::error::{Error, Result};

/// By how many rows it is decided how wide the columns are, if they are not too long for that.
const ROWS_FOR_WIDTHS: u32 = 500;
/// How many bytes of rows wait for that at most.
const BYTES_FOR_WIDTHS: usize = 1024 * 1024;
/// How many bytes of rows are gathered before they are packed.
const GATHERED: usize = 16 * 1024;

/// What a sheet holds at most.
#[derive(Clone, Copy)]
struct Limits {
    /// Rows, the header among them.
    rows: u32,
    /// Bytes, roughly: a part of 4 GiB or more would need a container that not every reader opens (ZIP64).
    bytes: u64,
}

const LIMITS: Limits = Limits { rows: 1_048_576, bytes: 4_000_000_000 };

/// Writes value after value, each of its type: a text is a text, whatever it begins with. Beyond what a sheet holds, it
/// goes on in another one, under the same header.
pub(super) struct Workbook<W: Write> {
    // Dropped first: what breaks off is not given an end by the container, which would write one when it is dropped.
    shut: Shut,
    container: ZipWriter<StreamWriter<Valve<W>>>,
    title: &'static str,
    names: Vec<String>,
    zone: Tz,
    limits: Limits,
    styles: Styles,
    sheets: Vec<Sheet>,
    /// Whether the last sheet has been begun in the container, and how many bytes are in it.
    begun: Option<u64>,
    waiting: Rows,
    rows: u64,
}

impl<W: Write> Workbook<W> {
    /// A workbook with this header, whose sheets are called `title`; its times are on the clocks of `zone`.
    pub(super) fn begin(title: &'static str, names: &[String], zone: Tz, out: W) -> Result<Self> {
        Self::within(LIMITS, title, names, zone, out)
    }

    fn within(limits: Limits, title: &'static str, names: &[String], zone: Tz, out: W) -> Result<Self> {
        let skeleton = Skeleton::of(title, &[Sheet { widths: vec![0; names.len()], rows: 1 }])?;
        let (valve, shut) = Valve::before(out);
        let mut workbook = Self {
            shut,
            container: ZipWriter::new_stream(valve),
            title,
            names: names.to_vec(),
            zone,
            limits,
            styles: skeleton.styles()?,
            sheets: Vec::new(),
            begun: None,
            waiting: Rows::of(names.len()),
            rows: 0,
        };
        workbook.part(CONTENT_TYPES, &skeleton.content_types()?)?;
        workbook.add_sheet()?;
        Ok(workbook)
    }

    fn part(&mut self, name: &str, text: &str) -> Result<()> {
        // As fast as the rows come in: twice the effort saves a tenth of the bytes.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(2))
            .unix_permissions(0o600);
        self.container.start_file(name, options).map_err(Error::internal)?;
        self.container.write_all(text.as_bytes()).map_err(Error::internal)
    }

    fn add_sheet(&mut self) -> Result<()> {
        // The arrow of the filter stands beside the name.
        let widths = self.names.iter().map(|name| name.chars().count() + 3).collect();
        self.sheets.push(Sheet { widths, rows: 1 });
        self.begun = None;
        self.waiting.begin(1)?;
        for name in &self.names {
            self.waiting.text(name, Some(&self.styles.header))?;
        }
        self.waiting.end();
        Ok(())
    }

    /// Hands on the rows that wait, behind the beginning of their sheet.
    fn hand_on(&mut self) -> Result<()> {
        let before = if let Some(bytes) = self.begun {
            bytes
        } else {
            let number = self.sheets.len();
            let (head, _) = Skeleton::of(self.title, &self.sheets)?.around_rows(number)?;
            self.part(&sheet_part(number), &format!("{head}<sheetData>"))?;
            0
        };
        self.begun = Some(before + self.waiting.len() as u64);
        self.waiting.drain(&mut self.container)
    }

    fn end_sheet(&mut self) -> Result<()> {
        self.hand_on()?;
        let skeleton = Skeleton::of(self.title, &self.sheets)?;
        let (_, tail) = skeleton.around_rows(self.sheets.len())?;
        write!(self.container, "</sheetData>{tail}").map_err(Error::internal)
    }

    /// Writes the next cell, which shows so many characters.
    fn cell(&mut self, width: usize, write: impl FnOnce(&mut Rows, &Styles) -> Result<()>) -> Result<()> {
        let column = self.waiting.column();
        if column == 0 {
            self.begin_row()?;
        }
        let widths = self.sheets.last_mut().and_then(|sheet| sheet.widths.get_mut(column));
        if let Some(widest) = widths.filter(|_| self.begun.is_none()) {
            *widest = width.max(*widest);
        }
        write(&mut self.waiting, &self.styles)
    }

    fn begin_row(&mut self) -> Result<()> {
        let full = |sheet: &Sheet| sheet.rows >= self.limits.rows || self.begun >= Some(self.limits.bytes);
        if self.sheets.last().is_some_and(full) {
            self.end_sheet()?;
            self.add_sheet()?;
        }
        let rows = self.sheets.last_mut().map_or(1, |sheet| {
            sheet.rows += 1;
            sheet.rows
        });
        self.waiting.begin(rows)
    }

    /// Writes what is left; returns how many rows there are, the headers aside.
    pub(super) fn finish(mut self) -> Result<u64> {
        self.end_sheet()?;
        let skeleton = Skeleton::of(self.title, &self.sheets)?;
        for (name, text) in skeleton.others() {
            self.part(name, text)?;
        }
        let Self { container, shut, rows, .. } = self;
        container.finish().map_err(Error::internal)?;
        drop(shut);
        Ok(rows)
    }
}

impl<W: Write> Cells for Workbook<W> {
    fn text(&mut self, text: &str) -> Result<()> {
        // The longest line decides, while it is not decided.
        let width = if self.begun.is_some() { 0 } else { shown_width(text) };
        self.cell(width, |rows, _| {
            if text.is_empty() {
                rows.skip();
                return Ok(());
            }
            rows.text(text, None)
        })
    }

    fn flag(&mut self, flag: bool) -> Result<()> {
        self.cell(5, |rows, _| {
            rows.flag(flag);
            Ok(())
        })
    }

    fn number(&mut self, number: &Number) -> Result<()> {
        let value = number.as_f64().ok_or_else(|| Error::internal(anyhow::anyhow!("this number is none")))?;
        let width = if self.begun.is_some() { 0 } else { number.to_string().len() };
        self.cell(width, |rows, _| rows.number(value, None))
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
            TimePart::Whole => {
                let number = whole(local)?;
                self.cell(19, |rows, styles| rows.number(number, Some(&styles.whole)))
            }
            TimePart::Date => {
                let number = day(local.date())?.to_excel();
                self.cell(10, |rows, styles| rows.number(number, Some(&styles.date)))
            }
            TimePart::Clock => {
                let number = clock(ExcelDateTime::default(), local.time())?;
                self.cell(8, |rows, styles| rows.number(number, Some(&styles.clock)))
            }
        }
    }

    fn date(&mut self, date: &str) -> Result<()> {
        match NaiveDate::parse_from_str(date, "%Y-%m-%d") {
            Ok(date) if (1900..=9999).contains(&date.year()) => {
                let number = day(date)?.to_excel();
                self.cell(10, |rows, styles| rows.number(number, Some(&styles.date)))
            }
            _ => self.text(date),
        }
    }

    fn end_row(&mut self) -> Result<()> {
        self.waiting.end();
        self.rows += 1;
        let rows = self.sheets.last().map_or(0, |sheet| sheet.rows);
        let enough = if self.begun.is_some() { GATHERED } else { BYTES_FOR_WIDTHS };
        let decided = self.begun.is_none() && rows > ROWS_FOR_WIDTHS;
        if decided || self.waiting.len() >= enough { self.hand_on() } else { Ok(()) }
    }
}

/// How many characters the longest line has.
fn shown_width(text: &str) -> usize {
    text.lines().map(|line| line.chars().take(WIDEST).count()).max().unwrap_or(0)
}

fn day(date: NaiveDate) -> Result<ExcelDateTime> {
    let year = u16::try_from(date.year()).map_err(Error::internal)?;
    ExcelDateTime::from_ymd(year, small(date.month())?, small(date.day())?).map_err(Error::internal)
}

/// The number of a day and a time of it: whole days, and parts of one.
fn clock(day: ExcelDateTime, time: NaiveTime) -> Result<f64> {
    let (hour, minute, second) = (u16::from(small(time.hour())?), small(time.minute())?, small(time.second())?);
    // In a leap second, more than 999.
    let milli = u16::try_from((time.nanosecond() / 1_000_000).min(999)).map_err(Error::internal)?;
    Ok(day.and_hms_milli(hour, minute, second, milli).map_err(Error::internal)?.to_excel())
}

fn whole(at: NaiveDateTime) -> Result<f64> {
    clock(day(at.date())?, at.time())
}

fn small(part: u32) -> Result<u8> {
    u8::try_from(part).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor};

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    const SMALL: Limits = Limits { rows: 4, bytes: 4_000 };

    fn written(count: i64, limits: Limits) -> Vec<u8> {
        let (mut file, names) = (Vec::new(), ["number".to_owned()]);
        let mut book = Workbook::within(limits, "People", &names, chrono_tz::UTC, &mut file).unwrap();
        for number in 0..count {
            book.whole(number).unwrap();
            book.end_row().unwrap();
        }
        assert_eq!(book.finish().unwrap(), u64::try_from(count).unwrap());
        file
    }

    #[test]
    fn what_a_sheet_does_not_hold_stands_in_the_next() {
        let mut book = Xlsx::new(Cursor::new(written(7, SMALL))).unwrap();
        assert_eq!(book.sheet_names(), ["People", "People (2)", "People (3)"]);
        let mut sheet = |name: &str| -> Vec<Data> {
            book.worksheet_range(name).unwrap().rows().map(|row| row[0].clone()).collect()
        };
        let header = Data::String("number".to_owned());
        assert_eq!(sheet("People"), [header.clone(), Data::Float(0.0), Data::Float(1.0), Data::Float(2.0)]);
        assert_eq!(sheet("People (3)"), [header, Data::Float(6.0)]);
    }

    #[test]
    fn a_sheet_of_many_bytes_is_full() {
        let limits = Limits { rows: 1_048_576, bytes: 100_000 };
        let mut book = Xlsx::new(Cursor::new(written(10_000, limits))).unwrap();
        let sheets = book.sheet_names();
        assert!((4..6).contains(&sheets.len()), "{sheets:?}");
        let numbers = sheets.iter().flat_map(|name| {
            let range = book.worksheet_range(name).unwrap();
            range.rows().skip(1).map(|row| row[0].clone()).collect::<Vec<_>>()
        });
        assert!(numbers.eq((0..10_000).map(|number| Data::Float(f64::from(number)))));
    }

    #[test]
    fn each_sheet_is_known_by_its_type_and_filters_all_of_its_rows() {
        let mut parts = zip::ZipArchive::new(Cursor::new(written(7, SMALL))).unwrap();
        let names: Vec<_> = parts.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names[..2], ["[Content_Types].xml", "xl/worksheets/sheet1.xml"]);
        let mut part = |name: &str| io::read_to_string(parts.by_name(name).unwrap()).unwrap();
        let types = part("[Content_Types].xml");
        // Whatever is no sheet is named.
        for name in names.iter().filter(|name| !name.contains("sheet") && !name.contains("_rels/")).skip(1) {
            assert!(types.contains(&format!("<Override PartName=\"/{name}\"")), "{name}");
        }
        assert!(part("xl/worksheets/sheet1.xml").contains("<autoFilter ref=\"A1:A4\"/>"));
        assert!(part("xl/worksheets/sheet3.xml").contains("<autoFilter ref=\"A1:A2\"/>"));
        let book = part("xl/workbook.xml");
        assert!(book.contains("People!$A$1:$A$4") && book.contains("'People (3)'!$A$1:$A$2"), "{book}");
    }

    /// Takes so many bytes.
    struct Narrow(Vec<u8>, usize);

    impl Write for Narrow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            assert!(self.0.len() <= self.1, "it is asked again");
            self.0.extend_from_slice(bytes);
            if self.0.len() > self.1 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(bytes.len()) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_breaks_off_gets_no_end() {
        let names = ["number".to_owned()];
        let mut out = Narrow(Vec::new(), usize::MAX);
        let mut book = Workbook::begin("People", &names, chrono_tz::UTC, &mut out).unwrap();
        book.whole(1).unwrap();
        drop(book);
        assert!(zip::ZipArchive::new(Cursor::new(out.0)).is_err());

        let mut out = Narrow(Vec::new(), 1_000);
        let book = Workbook::begin("People", &names, chrono_tz::UTC, &mut out).unwrap();
        assert!(book.finish().is_err());
    }
}
