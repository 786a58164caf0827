//! Events over HTTP.

mod create;
mod list;
mod object;
mod read;
mod revise;
mod state;

pub use create::*;
pub use list::*;

pub use read::*;
pub use revise::*;
pub use state::*;
