//! The page on which somebody says that they want no letters that nobody needs.

use askama::Template;

use super::words::{Unsubscribe, phrases};
use crate::error::{Error, Result};
use crate::values::Language;

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct Page {
    language: Language,
    words: &'static Unsubscribe,
    done: bool,
}

/// The page that asks; or, once it is `done`, says so.
pub fn unsubscribe_page(language: Language, done: bool) -> Result<String> {
    Page { language, words: &phrases(language).unsubscribe, done }.render().map_err(Error::internal)
}
