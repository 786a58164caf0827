//! What people register for.

mod cancel;
mod delete;
mod draft;
mod event;
mod hosts;
mod publish;
mod quotas;
mod refusal;
mod revise;
mod search;
mod tags;
mod window;

pub use cancel::cancel;
pub use delete::delete;
pub use draft::{Draft, Times, draft};
pub use event::{Event, EventStatus, Location, Visibility, Waitlist};
pub use hosts::{DataAccess, Host, HostRole, HostState, add_host};
pub use publish::publish;
pub use quotas::{Capacity, Held, Quota};
pub use refusal::{CODES, EventRefusal};
pub use revise::{Revision, revise};
pub use search::{Search, Viewer};
pub use tags::tags_of;
pub use window::RegistrationState;
