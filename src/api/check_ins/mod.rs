//! The door over HTTP.

mod annul;
mod check_in;
mod lists;
mod log;
mod object;

pub use annul::*;
pub use check_in::*;
pub use lists::*;
pub use log::*;
