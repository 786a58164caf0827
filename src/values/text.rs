//! Bounded text.

use std::ops::Deref;
use std::str::FromStr;

use super::Fault;

/// One line of 1 to `MAX` characters, trimmed, without control characters: names and titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<const MAX: usize>(String);

/// Up to `MAX` characters with line breaks: descriptions. May be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> FromStr for Line<MAX> {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::new("required", "this must not be empty"));
        }
        check_length(text, MAX)?;
        if text.chars().any(char::is_control) {
            return Err(Fault::new("invalid_text", "this is one line, without control characters"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MAX: usize> FromStr for Prose<MAX> {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        check_length(text, MAX)?;
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(Fault::new("invalid_text", "this contains control characters"));
        }
        Ok(Self(text.to_owned()))
    }
}

fn check_length(text: &str, max: usize) -> Result<(), Fault> {
    // A character is at least one byte: only text of more bytes needs counting.
    if text.len() > max && text.chars().nth(max).is_some() {
        return Err(Fault::new("too_long", format!("this has at most {max} characters")));
    }
    Ok(())
}

impl<const MAX: usize> Deref for Line<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Deref for Prose<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> From<Line<MAX>> for String {
    fn from(line: Line<MAX>) -> Self {
        line.0
    }
}

impl<const MAX: usize> From<Prose<MAX>> for String {
    fn from(prose: Prose<MAX>) -> Self {
        prose.0
    }
}
