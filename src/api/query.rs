//! Query parameters: read one by one; what nobody asked for is an error.

use std::str::FromStr;

use super::issues::{Issues, id};
use crate::error::Result;
use crate::store::{Id, Paging};
use crate::values::Fault;

/// The parameters of a query that were not read yet, and what is wrong with those that were.
pub(super) struct Query {
    left: Vec<(String, String)>,
    issues: Issues,
}

impl Query {
    /// Reads `a=b&c=d`.
    pub(super) fn of(text: &str) -> Self {
        let left = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        Self { left, issues: Issues::default() }
    }

    /// Of parameters that came in another way.
    pub(super) fn of_pairs(left: Vec<(String, String)>) -> Self {
        Self { left, issues: Issues::default() }
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let place = self.left.iter().position(|(key, _)| key == name)?;
        Some(self.left.remove(place).1)
    }

    /// A word.
    pub(super) fn word<V: FromStr<Err = Fault>>(&mut self, name: &str) -> Option<V> {
        self.parsed(name, str::parse)
    }

    /// Whatever `parse` makes of it.
    pub(super) fn parsed<V>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<V, Fault>) -> Option<V> {
        let text = self.take(name)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.issues.add(name, fault);
                None
            }
        }
    }

    /// A word that must be there.
    pub(super) fn required<V: FromStr<Err = Fault>>(&mut self, name: &str) -> Option<V> {
        if !self.left.iter().any(|(key, _)| key == name) {
            self.issues.add(name, Fault::new("required", "this is required"));
        }
        self.word(name)
    }

    /// Words, with commas between them.
    pub(super) fn words<V: FromStr<Err = Fault>>(&mut self, name: &str) -> Vec<V> {
        let mut words = Vec::new();
        while let Some(text) = self.take(name) {
            for word in text.split(',').filter(|word| !word.is_empty()) {
                match word.trim().parse() {
                    Ok(value) => words.push(value),
                    Err(fault) => self.issues.add(name, fault),
                }
            }
        }
        words
    }

    /// Ids, with commas between them.
    pub(super) fn ids<T>(&mut self, name: &str) -> Vec<Id<T>> {
        let mut ids = Vec::new();
        while let Some(text) = self.take(name) {
            for one in text.split(',').filter(|one| !one.is_empty()) {
                match id(one.trim().to_owned()) {
                    Ok(id) => ids.push(id),
                    Err(fault) => self.issues.add(name, fault),
                }
            }
        }
        ids
    }

    /// An id.
    pub(super) fn id<T>(&mut self, name: &str) -> Option<Id<T>> {
        self.parsed(name, |text| id(text.to_owned()))
    }

    /// The parameters whose names are `prefix` and a key of letters, digits, `-` and `_`: keys and texts of at most
    /// `max` characters.
    pub(super) fn keyed(&mut self, prefix: &str, max: usize) -> Vec<(String, String)> {
        let mut names: Vec<String> = self.left.iter().map(|(name, _)| name.clone()).collect();
        names.retain(|name| name.starts_with(prefix));
        let mut found = Vec::new();
        for name in names {
            let key = name.trim_start_matches(prefix);
            let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            if !(1..=64).contains(&key.len()) || !key.chars().all(fine) {
                continue; // there is no such parameter
            }
            found.extend(self.text(&name, max).map(|text| (key.to_owned(), text)));
        }
        found
    }

    /// Text of at most `max` characters; empty is as good as missing.
    pub(super) fn text(&mut self, name: &str, max: usize) -> Option<String> {
        let text = self.take(name)?;
        if text.chars().count() > max {
            self.issues.add(name, Fault::new("too_long", format!("this has at most {max} characters")));
            return None;
        }
        // PostgreSQL knows no text with a null character, and nothing that we keep has others.
        if text.chars().any(char::is_control) {
            self.issues.add(name, Fault::new("invalid_text", "this contains control characters"));
            return None;
        }
        Some(text).filter(|text| !text.trim().is_empty())
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let text = self.take(name)?;
        if !matches!(text.as_str(), "true" | "false") {
            self.issues.add(name, Fault::new("unknown_value", "this is one of true, false"));
        }
        Some(text == "true")
    }

    /// `cursor` and `limit`.
    pub(super) fn paging(&mut self) -> Paging {
        let limit = self.take("limit").map_or(Ok(Paging::DEFAULT_LIMIT), |text| {
            text.parse::<i64>().ok().filter(|limit| (1..=Paging::MAX_LIMIT).contains(limit)).ok_or(text)
        });
        if limit.is_err() {
            let detail = format!("a page has 1 to {} rows", Paging::MAX_LIMIT);
            self.issues.add("limit", Fault::new("out_of_range", detail));
        }
        Paging { cursor: self.text("cursor", 2000), limit: limit.unwrap_or(Paging::DEFAULT_LIMIT) }
    }

    /// A parameter has no place beside another.
    pub(super) fn refuse(&mut self, name: &str, detail: &str) {
        self.issues.add(name, Fault::new("not_together", detail));
    }

    /// Nothing, or everything that is wrong, parameters that nobody knows included.
    pub(super) fn finish(mut self) -> Result<()> {
        for (name, _) in self.left {
            self.issues
                .add(&name, Fault::new("unknown_parameter", "there is no such parameter here, or it came twice"));
        }
        self.issues.finish()
    }
}
