//! Pages, in a real browser.

mod head;
mod invitation;
mod links;
mod manage;
mod manage_states;
mod self_service;
