//! The door: who was let in, when, and who is inside.
//!
//! Rows are only added: a scan, accepted or denied, or the annulment of another row. Presence is a fold over them.

mod admit;
mod annul;
mod answered;
mod ask;
mod attendance;
mod checkin;
mod conflicts;
mod copy_lists;
mod evacuation;
mod follow;
mod judge;
mod list;
mod merge;
mod numbers;
mod paper_list;
mod presence;
mod recount;
mod refusal;
mod room;
mod roster;
mod rule;
mod scan;
mod settings;
mod shown;
mod story;
mod walk_in;
mod words;
mod write_list;

pub use admit::{Admission, Verdict, VerdictResult, admit};
pub use annul::annul;
pub use answered::AnswerError;
pub use attendance::{Attendance, ListAttendance, Visits, attendance_of, visits};
pub use checkin::{CheckIn, CheckInResult, CheckInSource, Direction, Reason};
pub use conflicts::{Conflict, Decision, Settlement, settle};
pub use copy_lists::copy_lists;
pub use evacuation::{Evacuation, ZoneInside, evacuation};
pub use follow::{Followed, Follower};
pub use judge::{Holder, Judgment, Moment, judge, standing};
pub use list::CheckInList;
pub use merge::{Fact, merge, skew};
pub use numbers::{Arrivals, EventNumbers, Status, arrivals, list_status};
pub use paper_list::paper_list;
pub use presence::{Presence, Tally};
pub use recount::{Kept, Mistally, find_mistallies};
pub use refusal::{CODES, CheckInRefusal};
pub use roster::{Recognized, Roster, RosterCursor, RosterEdition, RosterEntry};
pub use rule::{AttendanceRule, RuleDraft, revise_rule};
pub use scan::{Scan, check_time};
pub use settings::{Admits, Directions, ListDraft, PersonField, RosterNames, ShownField, WhenFull};
pub use shown::Shown;
pub use story::{AtTheDoor, Contradiction, Ending, Story};
pub use walk_in::walk_in;
pub use words::sentence;
pub use write_list::{add_list, open_list, remove_list, revise_list};
