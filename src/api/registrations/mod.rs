//! Registrations over HTTP.

mod cancel;
mod create;
mod list;
mod object;
mod read;
mod ticket;

pub use cancel::*;
pub use create::*;
pub use list::*;

pub use read::*;
pub use ticket::*;
