//! The part of an address that names a thing.

use std::fmt;
use std::str::FromStr;

use super::{Fault, search_key};

/// 1 to 80 characters of `a-z 0-9 -`, a letter or digit at both ends, and not an id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slug(String);

impl Slug {
    /// How long a slug may be.
    pub const MAX: usize = 80;

    /// Made from a title, accents folded: `Fête de l'Été 2026` becomes `fete-de-l-ete-2026`.
    ///
    /// A title without any letter or digit becomes `fallback`.
    pub fn from_title(title: &str, fallback: &str) -> Self {
        let mut text = String::new();
        for c in search_key(title).chars() {
            if text.len() == Self::MAX - 10 {
                break; // room for `-2`, `-3`, … when the slug is taken
            }
            if c.is_ascii_alphanumeric() {
                text.push(c);
            } else if !text.is_empty() && !text.ends_with('-') {
                text.push('-');
            }
        }
        text.trim_end_matches('-').parse().unwrap_or_else(|_| Self(fallback.to_owned()))
    }

    /// The same slug with a number behind, for when it is taken.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Self {
        let head = self.0.get(..Self::MAX - 10).unwrap_or(&self.0).trim_end_matches('-');
        Self(format!("{head}-{number}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let fine = (1..=Self::MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && uuid::Uuid::try_parse(text).is_err();
        if fine {
            Ok(Self(text.to_owned()))
        } else {
            Err(Fault::new("invalid_slug", "a slug has 1 to 80 characters of a-z, 0-9 and -, with no - at either end"))
        }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_fold_into_slugs() {
        for (title, slug) in [
            ("Digital Day", "digital-day"),
            ("Fête de l'Été — 2026!", "fete-de-l-ete-2026"),
            ("Wäin & Kéis", "wain-keis"),
            ("***", "event"),
        ] {
            assert_eq!(Slug::from_title(title, "event").as_str(), slug);
        }
    }

    #[test]
    fn long_titles_leave_room_for_a_number() {
        let slug = Slug::from_title(&"ab ".repeat(100), "event").numbered(1_000_000);
        assert_eq!(slug.as_str().parse::<Slug>(), Ok(slug.clone()));
    }

    #[test]
    fn an_id_is_not_a_slug() {
        assert!("0190b5a0-7b1c-7000-8000-000000000000".parse::<Slug>().is_err());
    }
}
