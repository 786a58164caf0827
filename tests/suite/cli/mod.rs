//! The program, as an operator uses it.

mod doctor;
mod log;
mod output;
mod refusals;
mod settings;
