//! Rows of a sheet as XML (ECMA-376 §18.3.1.73), each cell with its place.

use std::fmt::Display;
use std::io::Write;

use rust_xlsxwriter::utility::column_number_to_name;

use crate::error::{Error, Result};

/// How many UTF-16 code units a cell holds at most.
const LONGEST: usize = 32_767;

/// Rows that have been written and not yet been handed on.
pub(super) struct Rows {
    xml: Vec<u8>,
    columns: Vec<String>,
    row: String,
    column: usize,
}

impl Rows {
    pub(super) fn of(columns: usize) -> Self {
        let columns = (0..).take(columns).map(column_number_to_name).collect();
        Self { xml: Vec::new(), columns, row: String::new(), column: 0 }
    }

    /// The place of the next cell in its row, counted from 0.
    pub(super) fn column(&self) -> usize {
        self.column
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.xml.len()
    }

    /// Begins the row with this number, counted from 1.
    pub(super) fn begin(&mut self, number: u32) -> Result<()> {
        self.row = number.to_string();
        self.column = 0;
        write!(self.xml, "<row r=\"{number}\">").map_err(Error::internal)
    }

    pub(super) fn end(&mut self) {
        self.xml.extend_from_slice(b"</row>");
        self.column = 0;
    }

    /// A cell with nothing in it.
    pub(super) fn skip(&mut self) {
        self.column += 1;
    }

    /// A cell with a text, which says nothing else, whatever it begins with.
    pub(super) fn text(&mut self, text: &str, style: Option<&str>) -> Result<()> {
        if text.len() > LONGEST && text.encode_utf16().count() > LONGEST {
            return Err(Error::internal(anyhow::anyhow!("a text is longer than a cell can be")));
        }
        self.open(style);
        self.xml.extend_from_slice(b" t=\"inlineStr\"><is><t");
        let blank = [' ', '\t', '\n'];
        if text.starts_with(blank) || text.ends_with(blank) {
            self.xml.extend_from_slice(b" xml:space=\"preserve\"");
        }
        self.xml.push(b'>');
        self.escaped(text)?;
        self.xml.extend_from_slice(b"</t></is></c>");
        Ok(())
    }

    /// A cell with yes or no.
    pub(super) fn flag(&mut self, flag: bool) {
        self.open(None);
        self.xml.extend_from_slice(if flag { b" t=\"b\"><v>1</v></c>" } else { b" t=\"b\"><v>0</v></c>" });
    }

    /// A cell with a number.
    pub(super) fn number(&mut self, number: impl Display, style: Option<&str>) -> Result<()> {
        self.open(style);
        write!(self.xml, "><v>{number}</v></c>").map_err(Error::internal)
    }

    fn open(&mut self, style: Option<&str>) {
        self.xml.extend_from_slice(b"<c r=\"");
        self.xml.extend_from_slice(self.columns.get(self.column).map_or(b"", |name| name.as_bytes()));
        self.xml.extend_from_slice(self.row.as_bytes());
        self.xml.push(b'"');
        if let Some(style) = style {
            self.xml.extend_from_slice(b" s=\"");
            self.xml.extend_from_slice(style.as_bytes());
            self.xml.push(b'"');
        }
        self.column += 1;
    }

    /// What XML cannot hold, or would not give back, is `_xHHHH_` (`ST_Xstring`, §22.9.2.19), and so is the `_` of whatever
    /// would be read as that.
    fn escaped(&mut self, text: &str) -> Result<()> {
        let mut from = 0;
        for (place, c) in text.char_indices() {
            let escape: &[u8] = match c {
                '&' => b"&amp;",
                '<' => b"&lt;",
                '>' => b"&gt;",
                '_' if looks_escaped(&text.as_bytes()[place..]) => b"_x005F_",
                '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' if !matches!(c, '\t' | '\n') => b"",
                _ => continue,
            };
            self.xml.extend_from_slice(&text.as_bytes()[from..place]);
            if escape.is_empty() {
                write!(self.xml, "_x{:04X}_", u32::from(c)).map_err(Error::internal)?;
            }
            self.xml.extend_from_slice(escape);
            from = place + c.len_utf8();
        }
        self.xml.extend_from_slice(&text.as_bytes()[from..]);
        Ok(())
    }

    /// Hands on what there is.
    pub(super) fn drain(&mut self, out: &mut impl Write) -> Result<()> {
        out.write_all(&self.xml).map_err(Error::internal)?;
        self.xml.clear();
        Ok(())
    }
}

/// Whether this begins like `_x000D_`. What comes behind the digits does not matter: it may itself become one that begins
/// with a `_`.
fn looks_escaped(text: &[u8]) -> bool {
    text.get(1) == Some(&b'x') && text.get(2..6).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut rows = Rows::of(1);
        rows.begin(1).unwrap();
        rows.text(text, None).unwrap();
        let mut xml = Vec::new();
        rows.drain(&mut xml).unwrap();
        let xml = String::from_utf8(xml).unwrap();
        let cell = xml.strip_prefix("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is>").unwrap();
        cell.strip_suffix("</is></c>").unwrap().to_owned()
    }

    #[test]
    fn what_xml_does_not_hold_is_escaped() {
        for (text, written) in [
            ("Zoë & Söhne <b>", "<t>Zoë &amp; Söhne &lt;b&gt;</t>"),
            ("two\r\nlines", "<t>two_x000D_\nlines</t>"),
            ("\0\u{1f}\u{fffe}", "<t>_x0000__x001F__xFFFE_</t>"),
            ("_x0041_", "<t>_x005F_x0041_</t>"),
            ("_x0041\r", "<t>_x005F_x0041_x000D_</t>"),
            ("_x00", "<t>_x00</t>"),
            ("_xé000_", "<t>_xé000_</t>"),
            (" a", "<t xml:space=\"preserve\"> a</t>"),
            ("a\n", "<t xml:space=\"preserve\">a\n</t>"),
            ("=1+1", "<t>=1+1</t>"),
        ] {
            assert_eq!(cell(text), written);
        }
    }

    #[test]
    fn a_text_that_no_cell_holds_is_refused() {
        let mut rows = Rows::of(1);
        rows.begin(1).unwrap();
        assert!(rows.text(&"😀".repeat(LONGEST / 2), None).is_ok());
        assert!(rows.text(&"😀".repeat(LONGEST / 2 + 1), None).is_err());
    }
}
