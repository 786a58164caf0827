//! Everything in a workbook but its rows: how cells look, how sheets begin and end, and which parts there are.

use std::io::{Cursor, Read};

use rust_xlsxwriter::{DocProperties, Format, Workbook as Book};
use zip::ZipArchive;

use crate::error::{Error, Result};

/// How wide a column is at least and at most, in characters; what is longer is still there.
const NARROWEST: usize = 6;
/// See [`NARROWEST`].
pub(super) const WIDEST: usize = 60;

/// The part that says of which type the others are (ECMA-376-2 §7.2.3).
pub(super) const CONTENT_TYPES: &str = "[Content_Types].xml";
/// What this part says of parts that it does not name.
const UNNAMED: &str = "<Default Extension=\"xml\" ContentType=\"application/xml\"/>";
/// The same, where they are sheets: how many there will be is not known when it is written, and they alone are not named.
const UNNAMED_ARE_SHEETS: &str = "<Default Extension=\"xml\" \
    ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>";

/// What is known of a sheet without its cells.
pub(super) struct Sheet {
    /// How many characters each column shows at most.
    pub(super) widths: Vec<usize>,
    /// How many rows it has, the header among them.
    pub(super) rows: u32,
}

/// How the cells of a kind look: the number of their format, as a sheet names it.
pub(super) struct Styles {
    pub(super) header: String,
    pub(super) whole: String,
    pub(super) date: String,
    pub(super) clock: String,
}

/// A workbook without rows, made by a library that knows how.
pub(super) struct Skeleton {
    parts: Vec<(String, String)>,
}

impl Skeleton {
    /// A workbook with these sheets, called `title`, `title (2)` and so on. Their first row stays in sight, and filters.
    pub(super) fn of(title: &str, sheets: &[Sheet]) -> Result<Self> {
        let mut book = Book::new();
        book.set_properties(&DocProperties::new().set_title(title));
        // It is unpacked at once.
        book.set_zip_compression_level(0);
        let format = |form: &str| Format::new().set_num_format(form);
        let formats =
            [Format::new().set_bold(), format("yyyy-mm-dd hh:mm:ss"), format("yyyy-mm-dd"), format("hh:mm:ss")];
        for (number, shape) in (1..).zip(sheets) {
            let sheet = book.add_worksheet();
            let name = if number == 1 { title.to_owned() } else { format!("{title} ({number})") };
            sheet.set_name(name).map_err(Error::internal)?;
            sheet.set_freeze_panes(1, 0).map_err(Error::internal)?;
            for (column, format) in (0..).zip(&formats) {
                sheet.write_blank(0, column, format).map_err(Error::internal)?;
            }
            let last_column = u16::try_from(shape.widths.len().saturating_sub(1)).map_err(Error::internal)?;
            sheet.autofilter(0, 0, shape.rows.saturating_sub(1), last_column).map_err(Error::internal)?;
            for (column, width) in (0..).zip(&shape.widths) {
                let width = u32::try_from((*width).clamp(NARROWEST, WIDEST) + 1).map_err(Error::internal)?;
                sheet.set_column_width(column, width).map_err(Error::internal)?;
            }
        }
        let packed = book.save_to_buffer().map_err(Error::internal)?;
        let mut packed = ZipArchive::new(Cursor::new(packed)).map_err(Error::internal)?;
        let mut parts = Vec::with_capacity(packed.len());
        for index in 0..packed.len() {
            let mut part = packed.by_index(index).map_err(Error::internal)?;
            let mut text = String::new();
            part.read_to_string(&mut text).map_err(Error::internal)?;
            let name = part.name().map_err(Error::internal)?.into_owned();
            parts.push((name, text));
        }
        Ok(Self { parts })
    }

    fn part(&self, name: &str) -> Result<&str> {
        let part = self.parts.iter().find(|(part, _)| part == name).map(|(_, text)| text.as_str());
        part.ok_or_else(|| changed(name))
    }

    /// The first part, for any number of sheets.
    pub(super) fn content_types(&self) -> Result<String> {
        let types = self.part(CONTENT_TYPES)?;
        if types.contains(UNNAMED) { Ok(types.replace(UNNAMED, UNNAMED_ARE_SHEETS)) } else { Err(changed(UNNAMED)) }
    }

    /// All parts but the first and the sheets.
    pub(super) fn others(&self) -> impl Iterator<Item = (&str, &str)> {
        let others = self.parts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        others.filter(|(name, _)| *name != CONTENT_TYPES && !name.starts_with("xl/worksheets/"))
    }

    /// What stands before the rows of a sheet, counted from 1, and what stands behind them.
    pub(super) fn around_rows(&self, number: usize) -> Result<(String, &str)> {
        let sheet = self.part(&sheet_part(number))?;
        let (head, rest) = sheet.split_once("<sheetData>").ok_or_else(|| changed("sheetData"))?;
        let (_, tail) = rest.split_once("</sheetData>").ok_or_else(|| changed("sheetData"))?;
        // How far the cells reach is not known yet, and need not be said (§18.3.1.35).
        let (before, rest) = head.split_once("<dimension ").ok_or_else(|| changed("dimension"))?;
        let (_, behind) = rest.split_once("/>").ok_or_else(|| changed("dimension"))?;
        Ok((format!("{before}{behind}"), tail))
    }

    /// How cells look.
    pub(super) fn styles(&self) -> Result<Styles> {
        let sheet = self.part(&sheet_part(1))?;
        let style = |cell: &str| {
            let behind = sheet.split_once(&format!("<c r=\"{cell}\" s=\"")).map(|(_, behind)| behind);
            let style = behind.and_then(|behind| behind.split_once('"')).map(|(style, _)| style.to_owned());
            style.ok_or_else(|| changed(cell))
        };
        Ok(Styles { header: style("A1")?, whole: style("B1")?, date: style("C1")?, clock: style("D1")? })
    }
}

/// The name of the part of a sheet, counted from 1.
pub(super) fn sheet_part(number: usize) -> String {
    format!("xl/worksheets/sheet{number}.xml")
}

fn changed(what: &str) -> Error {
    Error::internal(anyhow::anyhow!("a new workbook does not have {what} where it had it"))
}
