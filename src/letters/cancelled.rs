//! You have no place any more.

use askama::Template;

use super::about::{About, Words};
use crate::error::Result;

#[derive(Template)]
#[template(path = "cancelled.txt")]
struct Text<'a> {
    about: &'a About,
}

#[derive(Template)]
#[template(path = "cancelled.html")]
struct Html<'a> {
    about: &'a About,
}

pub(super) fn words(about: &About) -> Result<Words> {
    about.words("Cancelled", &Text { about }, &Html { about })
}
