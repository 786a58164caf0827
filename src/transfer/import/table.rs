//! What a spreadsheet holds, as text: its first row, and the rows below.

use super::{read_csv, read_xlsx};
use crate::error::{Error, Result};
use crate::transfer::Dialect;

/// How many rows a file has at most, the first aside.
pub const MOST_ROWS: usize = 50_000;
/// How many columns.
const MOST_COLUMNS: usize = 500;
/// How many characters a cell has at most: more than the longest answer, with the guard.
const MOST_CHARACTERS: usize = 6_000;

/// Whether a `'` before what looks like a formula is a guard, and no part of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// It is: it has been taken off.
    Off,
    /// It is not.
    None,
    /// Nobody can tell: the file may be from a program, or from a spreadsheet.
    Unclear,
}

/// The cells of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What stands in the first row.
    pub(super) header: Vec<String>,
    /// The rows below, each with its number as a spreadsheet counts them; empty ones are left out. Cells that are missing
    /// at the end of a row are empty.
    pub(super) rows: Vec<(u64, Vec<String>)>,
    /// What a `'` is.
    pub(super) guard: Guard,
}

/// What a file may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// Text with separators between values.
    Csv,
    /// A workbook (ECMA-376), of which the first sheet counts.
    Xlsx,
}

impl Table {
    /// Reads a file; `dialect` says what kind of CSV it is, if the caller knows.
    ///
    /// # Errors
    /// `Invalid` with the pointer `file`: `unreadable`, `empty`, `too_many_rows`, `too_many_columns`, `too_long`.
    pub fn read(bytes: &[u8], format: FileFormat, dialect: Option<Dialect>) -> Result<Self> {
        match format {
            FileFormat::Csv => read_csv::read(bytes, dialect),
            FileFormat::Xlsx => read_xlsx::read(bytes),
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is nothing below the first row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A table of these rows, the first of which is the header; each with its number.
    pub(super) fn of(rows: impl Iterator<Item = Result<(u64, Vec<String>)>>, guard: Guard) -> Result<Self> {
        let mut filled = rows.filter(|row| !matches!(row, Ok((_, cells)) if cells.iter().all(String::is_empty)));
        let (_, header) = filled.next().transpose()?.ok_or_else(|| wrong("empty", "there is no row in this file"))?;
        if header.len() > MOST_COLUMNS {
            return Err(wrong("too_many_columns", &format!("a file has at most {MOST_COLUMNS} columns")));
        }
        let mut table = Self { header, rows: Vec::new(), guard };
        for row in filled {
            let (number, mut cells) = row?;
            if table.rows.len() >= MOST_ROWS {
                let detail = format!("a file has at most {MOST_ROWS} rows: divide it, and import the parts one by one");
                return Err(wrong("too_many_rows", &detail));
            }
            if cells.iter().any(|cell| cell.chars().nth(MOST_CHARACTERS).is_some()) {
                let detail = format!("row {number}: a cell has at most {MOST_CHARACTERS} characters");
                return Err(wrong("too_long", &detail));
            }
            let beyond = cells.len().min(table.header.len());
            if cells[beyond..].iter().any(|cell| !cell.is_empty()) {
                let detail = format!("row {number} has more cells than the first row has names");
                return Err(wrong("too_many_cells", &detail));
            }
            cells.resize(table.header.len(), String::new());
            table.rows.push((number, cells));
        }
        Ok(table)
    }
}

/// Something is wrong with the file as a whole.
pub(super) fn wrong(code: &'static str, detail: &str) -> Error {
    Error::invalid("file", code, detail)
}
