//! A file of rows and cells, whatever its format.

use std::fmt::Display;

use serde_json::{Number, Value};

use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::QuestionKind;

/// Which part of a time a cell shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimePart {
    /// All of it.
    Whole,
    /// The day.
    Date,
    /// The time of that day.
    Clock,
}

/// Takes value after value, row after row.
pub(super) trait Cells {
    /// A text.
    fn text(&mut self, text: &str) -> Result<()>;

    /// Yes or no.
    fn flag(&mut self, flag: bool) -> Result<()>;

    /// A number.
    fn number(&mut self, number: &Number) -> Result<()>;

    /// Whatever shows itself as text without a sign that would need a guard.
    fn shown(&mut self, value: &dyn Display) -> Result<()>;

    /// A time, or a part of it, on the clocks of the event; or nothing.
    fn time(&mut self, at: Option<Timestamp>, part: TimePart) -> Result<()>;

    /// A day, `2026-06-08` (ISO 8601), on nobody's clock.
    fn date(&mut self, date: &str) -> Result<()>;

    /// Ends a row.
    fn end_row(&mut self) -> Result<()>;

    /// A text, or nothing.
    fn optional(&mut self, text: Option<&String>) -> Result<()> {
        self.text(text.map_or("", String::as_str))
    }

    /// A whole number.
    fn whole(&mut self, number: i64) -> Result<()> {
        self.number(&number.into())
    }

    /// What was answered to a question of this kind, or nothing.
    fn answer(&mut self, answer: Option<&Value>, kind: QuestionKind) -> Result<()> {
        match answer {
            None | Some(Value::Null) => self.text(""),
            Some(Value::Bool(flag)) => self.flag(*flag),
            Some(Value::String(date)) if kind == QuestionKind::Date => self.date(date),
            Some(Value::String(text)) => self.text(text),
            Some(Value::Array(keys)) => self.text(&joined(keys.iter().filter_map(Value::as_str))),
            Some(Value::Number(number)) => self.number(number),
            Some(object @ Value::Object(_)) => self.text(&object.to_string()),
        }
    }
}

/// Several words in one cell: `|` between them; a `|` or a `\` in a word has a `\` before it.
pub(super) fn joined<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut cell = String::new();
    for (index, word) in words.into_iter().enumerate() {
        if index > 0 {
            cell.push('|');
        }
        for c in word.chars() {
            if matches!(c, '|' | '\\') {
                cell.push('\\');
            }
            cell.push(c);
        }
    }
    cell
}

/// The words in a cell of [`joined`] ones, without the blanks around them; empty ones are left out.
pub(super) fn split(cell: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut signs = cell.chars();
    while let Some(c) = signs.next() {
        match c {
            '\\' => word.extend(signs.next()),
            '|' => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.into_iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn several_words_stand_in_one_cell() {
        assert_eq!(joined(["vegan", "nuts"]), "vegan|nuts");
        assert_eq!(joined(["a|b", "c\\d"]), "a\\|b|c\\\\d");
        assert_eq!(split(" vegan | nuts |"), ["vegan", "nuts"]);
        assert_eq!(split(""), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn the_words_come_back(words in prop::collection::vec("[a-z|\\\\]{1,8}", 0..5)) {
            prop_assert_eq!(split(&joined(words.iter().map(String::as_str))), words);
        }
    }
}
