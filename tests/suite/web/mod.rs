//! Pages, in a real browser.

mod head;
mod manage;
mod manage_states;
