//! Bounded text.

use std::ops::Deref;
use std::str::FromStr;

use super::Fault;

/// One line of 1 to `MAX` characters, trimmed, of which some are seen, without control characters and without those
/// that turn the direction of what stands around them: names and titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<const MAX: usize>(String);

/// The name of an attendee, or of where they come from: a [`Line`] without a link. Strangers would have our letters carry
/// their advertisements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name<const MAX: usize>(Line<MAX>);

/// Up to `MAX` characters with line breaks: descriptions. May be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> FromStr for Line<MAX> {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.chars().all(is_invisible) {
            return Err(Fault::new("required", "this must not be empty"));
        }
        check_length(text, MAX)?;
        if text.chars().any(|c| c.is_control() || breaks_the_line(c)) {
            return Err(Fault::new("invalid_text", "this is one line, without control characters"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MAX: usize> FromStr for Name<MAX> {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let line: Line<MAX> = text.parse()?;
        // As whoever reads a letter would take it for one: mail programs make a link of either.
        if line.contains("://") || line.to_ascii_lowercase().contains("www.") {
            return Err(Fault::new("link_in_name", "this is a name, without a link"));
        }
        Ok(Self(line))
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

/// Whether a character leaves no mark where it stands (Unicode's `Default_Ignorable_Code_Point` and `White_Space`, and
/// the empty Braille pattern).
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character ends a line, or turns the direction of what stands behind it (UAX #9): a name with one of these
/// looks like another in a list.
fn breaks_the_line(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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

impl<const MAX: usize> Deref for Name<MAX> {
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

impl<const MAX: usize> From<Name<MAX>> for String {
    fn from(name: Name<MAX>) -> Self {
        name.0.0
    }
}

impl<const MAX: usize> From<Prose<MAX>> for String {
    fn from(prose: Prose<MAX>) -> Self {
        prose.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Result<String, &'static str> {
        text.parse::<Line<20>>().map(String::from).map_err(|fault| fault.code)
    }

    #[test]
    fn what_nobody_sees_is_no_name() {
        for text in
            ["", " ", "\u{200b}", "\u{feff}\u{2060}", "\u{202e}", "\u{3164} \u{2800}", "\u{e0041}\u{fe0f}", "\u{ad}"]
        {
            assert_eq!(line(text), Err("required"), "{text:?}");
        }
    }

    #[test]
    fn a_name_is_one_line_that_nothing_turns_around() {
        for text in ["a\nb", "a\u{2028}b", "a\u{202e}b", "a\u{2066}b\u{2069}", "a\u{0}b"] {
            assert_eq!(line(text), Err("invalid_text"), "{text:?}");
        }
    }

    #[test]
    fn a_name_has_no_link_in_it() {
        let name = |text: &str| text.parse::<Name<100>>().map(String::from).map_err(|fault| fault.code);
        for text in
            ["Win at https://casino.example", "HTTP://a.example", "x ftp://a", "www.casino.example", "Go WWW.a.example"]
        {
            assert_eq!(name(text), Err("link_in_name"), "{text:?}");
        }
        for text in ["Ada", "A. / B.", "Müller : Söhne", "awww", "casino.example", "Smith // Sons"] {
            assert_eq!(name(text).as_deref(), Ok(text), "{text:?}");
        }
        assert_eq!((name(" "), name("a\nb")), (Err("required"), Err("invalid_text")));
    }

    #[test]
    fn names_of_all_languages_are_names() {
        for text in ["Zoë", "Ó", "جواد", "می\u{200c}خواهم", "אבי\u{200f}", "李", "👩\u{200d}🔬", "a\u{301}"]
        {
            assert_eq!(line(text).as_deref(), Ok(text), "{text:?}");
        }
    }
}
