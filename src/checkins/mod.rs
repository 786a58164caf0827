//! The door: who was let in, when, and who is inside.
//!
//! Rows are only added: a scan, accepted or denied, or the annulment of another row. Presence is a fold over them.

mod admit;
mod annul;
mod attendance;
mod checkin;
mod list;
mod presence;
mod refusal;
mod scan;

pub use admit::{Admission, Verdict, admit};
pub use annul::annul;
pub use attendance::{Attendance, attendance_between, attendance_of, visits_between, visits_of};
pub use checkin::{CheckIn, CheckInResult, Direction, Reason};
pub use list::{CheckInList, Mistally, Status, find_mistallies, open_list};
pub use presence::{Fact, Presence, Tally};
pub use refusal::{CODES, CheckInRefusal};
pub use scan::Scan;
