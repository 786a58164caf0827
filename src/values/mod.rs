//! Words that are valid by construction: whoever holds one need not check it again.

mod code;
mod country;
mod email_address;
mod key;
mod language;
mod network;
mod search_key;
mod secret;
mod slug;
mod text;
mod text_enum;
mod time_zone;
mod words;

pub use code::Code;
pub use country::Country;
pub use email_address::EmailAddress;
pub use key::Key;
pub use language::Language;
pub use network::Network;
pub use search_key::{begins_pattern, contains_pattern, search_key};
pub use secret::Secret;
pub use slug::Slug;
pub use text::{Line, Name, Prose};
pub use time_zone::TimeZone;
pub use words::{Words, untranslated, words};

/// Why a text is not such a word: a stable code, and a sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A stable word in `snake_case`.
    pub code: &'static str,
    /// What is wrong, for a person.
    pub detail: String,
}

impl Fault {
    /// A fault.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Fault {}
