//! Keyset paging: a page costs the same at row 1 and at row 1,000,000.

use data_encoding::BASE64URL_NOPAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::keys::fingerprint;

/// Where in which list the next page begins. Opaque to callers, and good for the list that made it only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

#[derive(Serialize, Deserialize)]
struct Place<K> {
    list: String,
    after: K,
}

impl Cursor {
    /// A cursor behind the row with `key`, in the list that `list` names (kind and filters).
    fn after<K: Serialize>(list: &str, key: &K) -> Result<Self> {
        let place = Place { list: short(list), after: key };
        let json = serde_json::to_vec(&place).map_err(Error::internal)?;
        Ok(Self(BASE64URL_NOPAD.encode(&json)))
    }

    /// The text for the caller.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn short(list: &str) -> String {
    fingerprint(list.as_bytes())[..12].to_owned()
}

/// Which page of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// The text of a cursor, as the caller gave it back.
    pub cursor: Option<String>,
    /// How many rows at most.
    pub limit: i64,
}

impl Paging {
    /// How many rows a page has unless the caller says otherwise.
    pub const DEFAULT_LIMIT: i64 = 50;
    /// How many rows a page may have.
    pub const MAX_LIMIT: i64 = 500;

    /// The key behind which the page begins, if it is not the first.
    ///
    /// # Errors
    /// `invalid_cursor` if the cursor is not one of this list.
    pub fn after<K: DeserializeOwned>(&self, list: &str) -> Result<Option<K>> {
        let Some(text) = &self.cursor else { return Ok(None) };
        let place: Option<Place<K>> = BASE64URL_NOPAD
            .decode(text.as_bytes())
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .filter(|place: &Place<K>| place.list == short(list));
        match place {
            Some(place) => Ok(Some(place.after)),
            None => Err(Self::invalid_cursor()),
        }
    }

    /// What is said of a cursor that is not one of the list.
    pub fn invalid_cursor() -> Error {
        Error::invalid("cursor", "invalid_cursor", "this cursor is not from this list with these filters")
    }

    /// Makes a page of rows that were loaded with a limit of [`Paging::rows`]; `key` is what `after` gave or would give.
    pub fn page<T, K: Serialize>(&self, list: &str, mut rows: Vec<T>, key: impl Fn(&T) -> K) -> Result<Page<T>> {
        let more = i64::try_from(rows.len()).is_ok_and(|n| n > self.limit);
        rows.truncate(usize::try_from(self.limit).unwrap_or_default());
        let next_cursor = match rows.last() {
            Some(end) if more => Some(Cursor::after(list, &key(end))?),
            _ => None,
        };
        Ok(Page { data: rows, next_cursor })
    }

    /// How many rows to load: one more than the page has, to see whether there is a next one.
    pub const fn rows(&self) -> i64 {
        self.limit + 1
    }
}

/// A page of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub data: Vec<T>,
    /// Where the next page begins; none behind the last.
    pub next_cursor: Option<Cursor>,
}

impl<T> Page<T> {
    /// The same page of other rows.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { data: self.data.into_iter().map(change).collect(), next_cursor: self.next_cursor }
    }
}
