//! Pages, in a real browser.

mod head;
mod links;
mod manage;
mod manage_states;
