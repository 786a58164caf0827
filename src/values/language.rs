//! The languages that Turnout speaks.

use crate::values::Fault;

crate::text_enum! {
    /// A language of people who register (ISO 639-1).
    pub enum Language {
        /// English.
        English = "en",
        /// French.
        French = "fr",
        /// German.
        German = "de",
        /// Luxembourgish.
        Luxembourgish = "lb",
    }
}

impl Language {
    /// From a tag such as `fr`, `fr-LU` or `FR_lu` (RFC 5646): the first part counts.
    pub fn from_tag(tag: &str) -> Result<Self, Fault> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        primary.parse()
    }
}
