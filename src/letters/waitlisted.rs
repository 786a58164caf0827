//! You wait for a place.

use askama::Template;

use super::about::{About, Words};
use crate::error::Result;

#[derive(Template)]
#[template(path = "waitlisted.txt")]
struct Text<'a> {
    about: &'a About,
    position: Option<i64>,
}

#[derive(Template)]
#[template(path = "waitlisted.html")]
struct Html<'a> {
    about: &'a About,
    position: Option<i64>,
}

/// `position` is the place among those who wait, from 1; none if the registration does not wait any more.
pub(super) fn words(about: &About, position: Option<i64>) -> Result<Words> {
    about.words("Waiting list", &Text { about, position }, &Html { about, position })
}
