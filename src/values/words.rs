//! The same text in several languages.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::{Fault, Language};

/// A text in each of some languages.
pub type Words = BTreeMap<Language, String>;

/// Reads texts by language, each valid as a `T`.
///
/// # Errors
/// `unknown_language`, or what is wrong with one of the texts.
pub fn words<T: FromStr<Err = Fault> + Into<String>>(texts: BTreeMap<String, String>) -> Result<Words, Fault> {
    let read = |(tag, text): (String, String)| {
        let language: Language = tag.parse().map_err(|fault: Fault| Fault::new("unknown_language", fault.detail))?;
        let text: T =
            text.parse().map_err(|fault: Fault| Fault::new(fault.code, format!("in {language}: {}", fault.detail)))?;
        Ok((language, text.into()))
    };
    texts.into_iter().map(read).collect()
}

/// What is wrong with a text for people of all these languages.
pub fn untranslated(words: &Words, languages: &[Language]) -> Option<Fault> {
    let missing: Vec<&str> = languages.iter().filter(|l| !words.contains_key(l)).map(|l| l.as_str()).collect();
    match missing.as_slice() {
        [] if words.is_empty() => Some(Fault::new("required", "this is required in a language at least")),
        [] => None,
        missing => {
            let detail = format!("this is in every language of the event: {} is missing", missing.join(", "));
            Some(Fault::new("missing_language", detail))
        }
    }
}
