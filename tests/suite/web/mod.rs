//! Pages, in a real browser.

mod head;
mod links;
mod manage;
