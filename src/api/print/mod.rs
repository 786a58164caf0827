//! Pages for paper. Nothing on them comes from elsewhere, and no script runs: they are as good when they are saved.

mod evacuation;
mod paper_list;
mod words;

use askama::Template;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

pub(super) use evacuation::*;
pub(super) use paper_list::*;

use crate::api::reply::Reply;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Event;

/// How the pages look: what stands between `<style>` and `</style>` of each.
const STYLE: &str = include_str!("print.css");

/// 200 with a page.
fn page(page: &impl Template) -> Result<Reply> {
    let html = page.render().map_err(Error::internal)?;
    // The one style that is ours, by its hash (CSP Level 3 §2.3.1): what a name might smuggle in has no effect.
    let style = BASE64.encode(&Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    Ok(Reply::of_type("text/html; charset=utf-8", html).with("Content-Security-Policy", &policy))
}

/// A moment on the clocks of an event: `2026-06-08 09:00 CEST`.
fn moment(at: Timestamp, event: &Event) -> String {
    at.local(event.tz()).format("%Y-%m-%d %H:%M %Z").to_string()
}
