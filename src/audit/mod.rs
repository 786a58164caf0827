//! Who did what, when, from where: a row in the transaction of the deed; sealed later, so that a change shows.

mod actor;
mod changes;
mod denials;
mod entry;
mod seal;
mod trail;

pub use actor::{Actor, ActorKind, Who};
pub use changes::{Change, Changes};
pub use denials::{Denials, record_denials};
pub use entry::{Entry, Filter};
pub use seal::{Head, Proof, Unsealed, seal, unsealed, verify};
pub use trail::{Scope, record, record_all, record_changes};
