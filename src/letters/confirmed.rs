//! You have a place.

use askama::Template;

use super::about::{About, Words};
use crate::error::Result;

#[derive(Template)]
#[template(path = "confirmed.txt")]
struct Text<'a> {
    about: &'a About,
}

#[derive(Template)]
#[template(path = "confirmed.html")]
struct Html<'a> {
    about: &'a About,
}

pub(super) fn words(about: &About) -> Result<Words> {
    about.words("Your place", &Text { about }, &Html { about })
}
