//! For whom a file is: programs, or spreadsheets.

use crate::text_enum;
use crate::values::Language;

text_enum! {
    /// How a CSV file is written.
    pub enum Dialect {
        /// For programs: RFC 4180 in UTF-8, with commas and CRLF; every value byte for byte as it is.
        Rfc4180 = "rfc4180",
        /// For spreadsheets: a byte order mark, the separator that they expect, no value that they run as a formula.
        Excel = "excel",
    }
}

impl Dialect {
    /// What the file begins with.
    pub(super) fn prologue(self) -> &'static [u8] {
        match self {
            Self::Rfc4180 => b"",
            Self::Excel => "\u{feff}".as_bytes(),
        }
    }

    /// What stands between two values. Where the comma stands in numbers, spreadsheets separate by semicolons.
    pub(super) fn delimiter(self, locale: Language) -> u8 {
        match (self, locale) {
            (Self::Excel, Language::French | Language::German | Language::Luxembourgish) => b';',
            (Self::Excel, Language::English) | (Self::Rfc4180, _) => b',',
        }
    }

    /// Whether this value needs a `'` before it, so that no spreadsheet takes it for a formula.
    ///
    /// The signs are those that OWASP names under "CSV Injection". A telephone number begins with one and is left
    /// alone: made of digits, it calls nothing. What looks like a guarded value is guarded as well, so that [`unguarded`]
    /// gives back what was there.
    pub(super) fn guards(self, value: &str) -> bool {
        self == Self::Excel && is_guarded(value)
    }
}

/// The value without the `'` that the dialect of spreadsheets has put before it; as it is, if that has put none.
pub(super) fn unguarded(value: &str) -> &str {
    value.strip_prefix('\'').filter(|rest| is_guarded(rest)).unwrap_or(value)
}

fn is_guarded(value: &str) -> bool {
    let bare = value.trim_start_matches('\'');
    bare.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) && !is_phone_number(bare)
}

/// `+`, then 5 to 15 digits (as many as ITU-T E.164 allows) in groups.
fn is_phone_number(value: &str) -> bool {
    let Some(number) = value.strip_prefix('+') else { return false };
    number.starts_with(|c: char| c.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'.' | b'/' | b'(' | b')'))
        && (5..=15).contains(&number.bytes().filter(u8::is_ascii_digit).count())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_guard_comes_off_as_it_went_on(value in prop_oneof!["['=+@\t-]{0,4}\\PC{0,6}", any::<String>()]) {
            let guard = if Dialect::Excel.guards(&value) { "'" } else { "" };
            let written = format!("{guard}{value}");
            prop_assert_eq!(unguarded(&written), value);
        }
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_guarded() {
        for value in [
            "=1+1",
            "=HYPERLINK(\"https://evil.example\")",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1+1",
            "＋1",
            "－1",
            "＠SUM",
            "+352 621 123 456=1",
            "+A1",
            "+1+1",
            "+1-1",
            "+",
            "-",
            "'=1",
            "''=1",
        ] {
            assert!(Dialect::Excel.guards(value), "{value}");
            assert!(!Dialect::Rfc4180.guards(value), "{value}");
        }
    }

    #[test]
    fn telephone_numbers_and_ordinary_words_are_left_alone() {
        for value in [
            "+352 621 123 456",
            "+352-12-34",
            "+352621123456",
            "+49 (89) 1234-567",
            "+33.6.12.34.56.78",
            "Weber-Schmit",
            "a=b",
            "'1",
            "'+352 26 12 34",
            "+352 26 12 34",
            "",
            " ",
            "李",
        ] {
            assert!(!Dialect::Excel.guards(value), "{value}");
        }
    }

    #[test]
    fn spreadsheets_separate_by_semicolons_where_numbers_have_commas() {
        let delimiters = |dialect: Dialect| Language::ALL.iter().map(|l| dialect.delimiter(*l)).collect::<Vec<_>>();
        assert_eq!(delimiters(Dialect::Rfc4180), b",,,,");
        assert_eq!(delimiters(Dialect::Excel), b",;;;");
    }
}
