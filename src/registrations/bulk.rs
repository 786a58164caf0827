//! The same deed to many registrations of an event, each with its own verdict.

use super::transition::Hand;
use super::{Edit, Registration, cancel, edit, resend, restore};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::{Db, EventId, RegistrationId, undone_on_failure};
use crate::values::{Fault, Prose, Slug};

/// How many tags a registration has.
const MOST_TAGS: usize = 20;

/// What is done to each.
#[derive(Debug, Clone)]
pub enum BulkDeed {
    /// Its place is given up.
    Cancel,
    /// It gets its place again.
    Restore,
    /// Its letter is sent once more.
    Resend,
    /// It gets these words.
    Tag(Vec<Slug>),
    /// It loses these words.
    Untag(Vec<Slug>),
    /// This is written down about it; none: what was is wiped out.
    Note(Option<Prose<2000>>),
}

/// What became of one: refused with a stable code and a sentence, or done.
pub type Outcome = Result<(), Fault>;

/// Does `deed` to these registrations of an event, one after the other; what is refused undoes nothing else.
///
/// # Errors
/// What is no verdict: too much to do, a fault of ours.
pub fn bulk(
    db: &mut Db,
    by: &Actor,
    event: EventId,
    ids: &[RegistrationId],
    deed: &BulkDeed,
    hand: Hand,
    now: Timestamp,
) -> Result<Vec<Outcome>> {
    let one = |id: &RegistrationId| {
        let done = undone_on_failure(db, |db| {
            if Registration::find(db, *id)?.event_id != event {
                return Err(Error::NotFound("registration"));
            }
            deed.do_to(db, by, *id, hand, now)
        });
        match done {
            Ok(()) => Ok(Ok(())),
            Err(Error::Refused(refusal)) => Ok(Err(Fault::new(refusal.code(), refusal.to_string()))),
            Err(Error::NotFound(what)) => Ok(Err(Fault::new("not_found", format!("there is no such {what}")))),
            Err(Error::Invalid(issues)) if !issues.is_empty() => {
                Ok(Err(Fault::new(issues[0].code, issues[0].detail.clone())))
            }
            Err(other) => Err(other),
        }
    };
    ids.iter().map(one).collect()
}

impl BulkDeed {
    fn do_to(&self, db: &mut Db, by: &Actor, id: RegistrationId, hand: Hand, now: Timestamp) -> Result<()> {
        let change = match self {
            Self::Cancel => return cancel(db, by, id, None, hand, now).map(drop),
            Self::Restore => return restore(db, by, id, None, hand, now).map(drop),
            Self::Resend => return resend(db, by, id, now).map(drop),
            Self::Tag(words) => Edit { tags: Some(tagged(db, id, words)?), ..Edit::default() },
            Self::Untag(words) => {
                let mut tags = tags_of(db, id)?;
                tags.retain(|tag| !words.contains(tag));
                Edit { tags: Some(tags), ..Edit::default() }
            }
            Self::Note(note) => Edit { note: Some(note.clone()), ..Edit::default() },
        };
        edit(db, by, id, change, None, hand, now).map(drop)
    }
}

fn tags_of(db: &mut Db, id: RegistrationId) -> Result<Vec<Slug>> {
    let tags = Registration::find(db, id)?.tags.map(|tags| tags.0).unwrap_or_default();
    tags.iter().map(|tag| tag.parse().map_err(Error::internal)).collect()
}

fn tagged(db: &mut Db, id: RegistrationId, words: &[Slug]) -> Result<Vec<Slug>> {
    let mut tags = tags_of(db, id)?;
    for word in words {
        if !tags.contains(word) {
            tags.push(word.clone());
        }
    }
    if tags.len() > MOST_TAGS {
        let detail = format!("a registration has at most {MOST_TAGS} tags");
        return Err(Error::invalid("/tags", "too_many", detail));
    }
    Ok(tags)
}
