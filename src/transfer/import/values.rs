//! What stands in a cell, read as what is asked for there.

use chrono::{NaiveDate, NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::events::{Question, QuestionKind};
use crate::transfer::cells::split;
use crate::values::{Fault, search_key};

/// Yes, as programs, spreadsheets and people write it in the four languages.
const YES: [&str; 11] = ["true", "yes", "y", "1", "x", "oui", "vrai", "ja", "wahr", "jo", "o"];
/// No. An empty cell is one as well.
const NO: [&str; 9] = ["", "false", "no", "n", "0", "non", "faux", "nein", "falsch"];

/// Yes or no.
pub(super) fn flag(cell: &str) -> Result<bool, Fault> {
    let word = search_key(cell);
    match () {
        () if YES.contains(&word.as_str()) => Ok(true),
        () if NO.contains(&word.as_str()) || word == "nee" => Ok(false),
        () => Err(Fault::new("invalid_type", "this is true or false")),
    }
}

/// An answer to a question, as it is in JSON; null for an empty cell. Options may be called as people read them.
pub(super) fn answer(question: &Question, cell: &str) -> Result<Value, Fault> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(Value::Null);
    }
    match question.kind {
        QuestionKind::Text | QuestionKind::LongText | QuestionKind::Country => Ok(cell.into()),
        QuestionKind::Date => date(cell).map(Value::from),
        QuestionKind::Boolean => flag(cell).map(Value::from),
        QuestionKind::Number => number(cell),
        QuestionKind::OneOf => option(question, cell).map(Value::from),
        QuestionKind::ManyOf => {
            let options = split(cell).iter().map(|word| option(question, word)).collect::<Result<Vec<_>, _>>()?;
            Ok(options.into())
        }
    }
}

/// The key of an option, from its key or what it is called in any language.
fn option(question: &Question, word: &str) -> Result<String, Fault> {
    let options = &question.options.0;
    if options.iter().any(|option| option.key == word) {
        return Ok(word.to_owned());
    }
    let wanted = search_key(word);
    let mut called = options.iter().filter(|option| option.label.values().any(|label| search_key(label) == wanted));
    match (called.next(), called.next()) {
        (Some(one), None) => Ok(one.key.clone()),
        _ => Err(Fault::new("unknown_option", "there is no such option to choose")),
    }
}

/// A number; where there is a comma and no point, the comma is the point.
fn number(cell: &str) -> Result<Value, Fault> {
    let no_number = || Fault::new("invalid_type", "this is a number");
    if let Ok(whole) = cell.parse::<i64>() {
        return Ok(whole.into());
    }
    let cell = if cell.contains('.') { cell.to_owned() } else { cell.replacen(',', ".", 1) };
    let number: f64 = cell.parse().map_err(|_| no_number())?;
    serde_json::Number::from_f64(number).map(Value::Number).ok_or_else(no_number)
}

/// A day as `2026-06-08`; spreadsheets write `08.06.2026` and `08/06/2026` instead, of which the last can be of June or of
/// August.
fn date(cell: &str) -> Result<String, Fault> {
    let day = |form: &str| NaiveDate::parse_from_str(cell, form).ok();
    if let Some(day) = day("%Y-%m-%d").or_else(|| day("%d.%m.%Y")) {
        return Ok(day.format("%Y-%m-%d").to_string());
    }
    match (day("%d/%m/%Y"), day("%m/%d/%Y")) {
        (Some(one), Some(other)) if one != other => {
            Err(Fault::new("ambiguous_date", "this can be two days: write it as 2026-06-08"))
        }
        (Some(day), _) | (None, Some(day)) => Ok(day.format("%Y-%m-%d").to_string()),
        (None, None) => Err(Fault::new("invalid_date", "a date is a day such as 2026-06-08")),
    }
}

/// A time as RFC 3339 has it, or without an offset on the clocks of `zone`.
pub(super) fn time(cell: &str, zone: Tz) -> Result<Timestamp, Fault> {
    let cell = cell.trim();
    if let Ok(at) = cell.parse::<Timestamp>() {
        return Ok(at);
    }
    let local = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(cell, form).ok());
    let at = local.and_then(|local| zone.from_local_datetime(&local).earliest());
    at.map(|at| at.to_utc().into())
        .ok_or_else(|| Fault::new("invalid_time", "a time is such as 2026-06-08T09:00:00+02:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_have_many_names() {
        for word in ["true", "TRUE", "Yes", "Oui", "WAHR", "jo", "1", "x"] {
            assert_eq!(flag(word), Ok(true), "{word}");
        }
        for word in ["false", "FALSCH", "Nein", "non", "nee", "0", " ", ""] {
            assert_eq!(flag(word), Ok(false), "{word}");
        }
        assert_eq!(flag("maybe").unwrap_err().code, "invalid_type");
    }

    #[test]
    fn numbers_and_days_are_read_as_spreadsheets_write_them() {
        assert_eq!(number("12"), Ok(12.into()));
        assert_eq!(number("1,5"), Ok(1.5.into()));
        assert_eq!(number("-1.5"), Ok((-1.5).into()));
        assert_eq!(number("1,000.5").unwrap_err().code, "invalid_type");
        for day in ["2026-06-13", "13.06.2026", "13/06/2026", "06/13/2026"] {
            assert_eq!(date(day).as_deref(), Ok("2026-06-13"), "{day}");
        }
        assert_eq!(date("08/06/2026").unwrap_err().code, "ambiguous_date");
        assert_eq!(date("8 June").unwrap_err().code, "invalid_date");
    }

    #[test]
    fn a_time_without_an_offset_is_on_the_clocks_of_the_event() {
        let zone = chrono_tz::Europe::Luxembourg;
        let expected = time("2026-06-08T07:05:00Z", zone).unwrap();
        for cell in ["2026-06-08T09:05:00+02:00", "2026-06-08T09:05:00", "2026-06-08 09:05"] {
            assert_eq!(time(cell, zone), Ok(expected), "{cell}");
        }
        assert_eq!(time("09:05", zone).unwrap_err().code, "invalid_time");
    }
}
