//! Who did what, when, from where: a row in the transaction of the deed.

mod actor;
mod changes;
mod trail;

pub use actor::{Actor, Who};
pub use changes::{Change, Changes};
pub use trail::{Scope, record, record_changes};
