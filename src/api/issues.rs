//! Fields read one by one, and everything that is wrong with them collected.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::body::Field;
use crate::error::{Error, FieldIssue, Result};
use crate::store::Id;
use crate::values::Fault;

/// Where a field is: in the object at the pointer, by its name. Put into words when something is wrong there.
#[derive(Clone, Copy)]
pub(super) struct At<'a>(pub &'a str, pub &'a str);

impl Display for At<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0, self.1)
    }
}

/// What is wrong with a request so far.
#[derive(Debug, Default)]
pub(super) struct Issues(Vec<FieldIssue>);

impl Issues {
    /// Something is wrong with the field at `pointer`.
    pub(super) fn add(&mut self, pointer: impl Display, fault: Fault) {
        self.0.push(FieldIssue { pointer: pointer.to_string(), code: fault.code, detail: fault.detail });
    }

    /// Several things are wrong.
    pub(super) fn extend(&mut self, issues: impl IntoIterator<Item = FieldIssue>) {
        self.0.extend(issues);
    }

    /// A field that must be there.
    pub(super) fn required<T, V>(
        &mut self,
        pointer: impl Display,
        field: Field<T>,
        parse: impl FnOnce(T) -> Result<V, Fault>,
    ) -> Option<V> {
        if self.is_there(&pointer, &field) { self.optional(pointer, field, parse) } else { None }
    }

    /// Whether a field that must be there is.
    pub(super) fn is_there<T>(&mut self, pointer: impl Display, field: &Field<T>) -> bool {
        let there = !matches!(field, Field::Missing | Field::Null);
        if !there {
            self.add(pointer, Fault::new("required", "this is required"));
        }
        there
    }

    /// A field that may be missing, or null, which is the same.
    pub(super) fn optional<T, V>(
        &mut self,
        pointer: impl Display,
        field: Field<T>,
        parse: impl FnOnce(T) -> Result<V, Fault>,
    ) -> Option<V> {
        match field {
            Field::Missing | Field::Null => None,
            Field::Wrong(fault) => {
                self.add(pointer, fault);
                None
            }
            Field::Given(value) => match parse(value) {
                Ok(value) => Some(value),
                Err(fault) => {
                    self.add(pointer, fault);
                    None
                }
            },
        }
    }

    /// A field of a patch that can be changed and not emptied.
    pub(super) fn change<T, V>(
        &mut self,
        pointer: &str,
        field: Field<T>,
        parse: impl FnOnce(T) -> Result<V, Fault>,
    ) -> Option<V> {
        if self.is_no_null(pointer, &field) { self.optional(pointer, field, parse) } else { None }
    }

    fn is_no_null<T>(&mut self, pointer: &str, field: &Field<T>) -> bool {
        let null = matches!(field, Field::Null);
        if null {
            self.add(pointer, Fault::new("required", "this cannot be null"));
        }
        !null
    }

    /// A list of at most `MAX` words that may be missing: each word that is wrong is named by its place.
    pub(super) fn words<V: FromStr<Err = Fault>, const MAX: usize>(
        &mut self,
        pointer: &str,
        field: Field<Vec<String>>,
    ) -> Option<Vec<V>> {
        let texts = self.optional(pointer, field, at_most::<String, MAX>)?;
        let before = self.0.len();
        let mut words = Vec::with_capacity(texts.len());
        for (place, text) in texts.iter().enumerate() {
            match text.parse() {
                Ok(word) => words.push(word),
                Err(fault) => self.add(format!("{pointer}/{place}"), fault),
            }
        }
        Some(words).filter(|_| self.0.len() == before)
    }

    /// The same in a patch, where it cannot be emptied by null.
    pub(super) fn changed_words<V: FromStr<Err = Fault>, const MAX: usize>(
        &mut self,
        pointer: &str,
        field: Field<Vec<String>>,
    ) -> Option<Vec<V>> {
        if self.is_no_null(pointer, &field) { self.words::<V, MAX>(pointer, field) } else { None }
    }

    /// A field of a patch that null empties.
    #[allow(clippy::option_option, reason = "it stays, it is emptied, or it is replaced: as in a revision")]
    pub(super) fn clearable<T, V>(
        &mut self,
        pointer: &str,
        field: Field<T>,
        parse: impl FnOnce(T) -> Result<V, Fault>,
    ) -> Option<Option<V>> {
        match field {
            Field::Null => Some(None),
            other => self.optional(pointer, other, parse).map(Some),
        }
    }

    /// The value, or everything that is wrong; a value that is missing is wrong, too.
    pub(super) fn finish_with<V>(mut self, value: Option<V>, pointer: &str, missing: &str) -> Result<V> {
        if let Some(value) = value {
            self.finish().map(|()| value)
        } else {
            if self.0.is_empty() {
                self.add(pointer, Fault::new("required", missing));
            }
            Err(Error::Invalid(self.0))
        }
    }

    /// The value with everything that is wrong, to be said later; a value that is missing is wrong at once.
    pub(super) fn finish_later<V>(
        self,
        value: Option<V>,
        pointer: &str,
        missing: &str,
    ) -> Result<(V, Vec<FieldIssue>)> {
        match value {
            Some(value) => Ok((value, self.0)),
            None => self.finish_with(value, pointer, missing).map(|value| (value, Vec::new())),
        }
    }

    /// Nothing, or everything that is wrong.
    pub(super) fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}

/// Reads a word from text.
#[allow(clippy::needless_pass_by_value, reason = "it reads what a field held, and fields are taken by value")]
pub(super) fn text<V: FromStr<Err = Fault>>(text: String) -> Result<V, Fault> {
    text.parse()
}

/// Reads a list of at most `MAX`.
pub(super) fn at_most<T, const MAX: usize>(list: Vec<T>) -> Result<Vec<T>, Fault> {
    if list.len() > MAX {
        return Err(Fault::new("too_many", format!("there can be at most {MAX} of these")));
    }
    Ok(list)
}

/// Reads an id.
#[allow(clippy::needless_pass_by_value, reason = "it reads what a field held, and fields are taken by value")]
pub(super) fn id<T>(text: String) -> Result<Id<T>, Fault> {
    text.parse().map_err(|_| Fault::new("invalid_id", "this is no id"))
}

/// Reads a list of ids, of at most `MAX`.
pub(super) fn ids<T, const MAX: usize>(texts: Vec<String>) -> Result<Vec<Id<T>>, Fault> {
    at_most::<_, MAX>(texts)?.into_iter().map(id).collect()
}
