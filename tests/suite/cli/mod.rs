//! The program, as an operator uses it.

mod doctor;
mod log;
mod mail;
mod output;
mod people;
mod refusals;
mod settings;
mod spreadsheets;
