//! You waited, and have a place now.

use askama::Template;

use super::about::{About, Words};
use crate::error::Result;

#[derive(Template)]
#[template(path = "promoted.txt")]
struct Text<'a> {
    about: &'a About,
}

#[derive(Template)]
#[template(path = "promoted.html")]
struct Html<'a> {
    about: &'a About,
}

pub(super) fn words(about: &About) -> Result<Words> {
    about.words("A place for you", &Text { about }, &Html { about })
}
