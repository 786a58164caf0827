//! The door: who was let in, when, and who is inside.
//!
//! Rows are only added: a scan, accepted or denied, or the annulment of another row. Presence is a fold over them.

mod admit;
mod annul;
mod attendance;
mod checkin;
mod copy_lists;
mod list;
mod presence;
mod refusal;
mod scan;
mod settings;
mod write_list;

pub use admit::{Admission, Verdict, admit};
pub use annul::annul;
pub use attendance::{Attendance, attendance_between, attendance_of, visits_between, visits_of};
pub use checkin::{CheckIn, CheckInResult, CheckInSource, Direction, Reason};
pub use copy_lists::copy_lists;
pub use list::{CheckInList, Mistally, Status, find_mistallies};
pub use presence::{Fact, Presence, Tally};
pub use refusal::{CODES, CheckInRefusal};
pub use scan::Scan;
pub use settings::{Admits, Directions, ListDraft, PersonField, RosterNames, ShownField, WhenFull};
pub use write_list::{add_list, open_list, remove_list, revise_list};
