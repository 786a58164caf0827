//! Pages, in a real browser.

mod head;
mod manage;
