//! Somebody and the guests that they bring: what they have chosen, checked before anybody is registered.

use std::collections::HashSet;
use std::sync::Arc;

use super::Wish;
use super::place::Invited;
use super::said::{Asked, Said};
use crate::clock::Timestamp;
use crate::error::{Error, FieldIssue, Result};
use crate::events::{AccessCode, Catalog, Held, Quota, Session, TicketType, TicketVisibility};
use crate::store::{Db, SessionId, TicketTypeId};
use crate::values::Line;

/// Who wants to come together.
#[derive(Debug, Clone)]
pub struct Party {
    /// Who registers them.
    pub lead: Wish,
    /// Whom they bring.
    pub guests: Vec<Wish>,
    /// The code with which all of them come.
    pub access_code: Option<Line<50>>,
    /// What of it could not be read. Nobody is registered then: it is said together with all else that is wrong.
    pub unread: Vec<FieldIssue>,
}

/// What somebody has chosen, checked.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    pub ticket_type: Option<TicketType>,
    pub sessions: Vec<SessionId>,
}

/// One of a party: what they have chosen and said, checked.
pub(super) struct Member {
    pub choice: Choice,
    pub said: Said,
}

impl Choice {
    /// Checks what somebody chooses for whom no ticket type is hidden: a ticket type, and sessions beyond those that come
    /// with it.
    ///
    /// # Errors
    /// `Invalid` for what is not there, and for sessions that overlap.
    pub(super) fn check(
        db: &mut Db,
        held: &Held,
        (ticket_type, sessions): (Option<TicketTypeId>, &[SessionId]),
    ) -> Result<Self> {
        let mut wrong = Wrong::default();
        let choice = Offer::at(db, held)?.choose((ticket_type, sessions), Opened::All, "", &mut wrong);
        if wrong.0.is_empty() { Ok(choice) } else { Err(Error::Invalid(wrong.0)) }
    }

    /// The quotas under which it stands.
    pub(super) fn quotas<'a>(&'a self, held: &'a Held) -> impl Iterator<Item = &'a Quota> {
        held.quotas_of(self.ticket_type.as_ref().map(|kind| kind.id), &self.sessions)
    }
}

/// What one can choose at an event.
pub(super) struct Offer(Arc<Catalog>);

/// What somebody finds beyond what is public.
#[derive(Debug, Clone, Copy)]
enum Opened {
    /// Organizers: everything.
    All,
    /// The ticket type of the code that they have.
    By(Option<TicketTypeId>),
}

/// What is wrong so far.
#[derive(Default)]
struct Wrong(Vec<FieldIssue>);

impl Wrong {
    fn add(&mut self, pointer: String, code: &'static str, detail: impl Into<String>) {
        self.0.push(FieldIssue { pointer, code, detail: detail.into() });
    }

    /// The same of several things, whose pointers begin at `at`.
    fn add_all(&mut self, at: &str, issues: Vec<FieldIssue>) {
        let moved = |issue: FieldIssue| FieldIssue { pointer: format!("{at}{}", issue.pointer), ..issue };
        self.0.extend(issues.into_iter().map(moved));
    }
}

impl Party {
    /// Somebody alone.
    pub fn of(lead: Wish) -> Self {
        Self { lead, guests: Vec::new(), access_code: None, unread: Vec::new() }
    }

    /// Each of them, to change, the lead first.
    pub fn wishes_mut(&mut self) -> impl Iterator<Item = &mut Wish> {
        std::iter::once(&mut self.lead).chain(&mut self.guests)
    }

    /// How many they are.
    pub(super) fn size(&self) -> i64 {
        i64::try_from(self.guests.len()).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// Each of them, the lead first.
    pub(super) fn wishes(&self) -> impl Iterator<Item = &Wish> {
        std::iter::once(&self.lead).chain(&self.guests)
    }

    /// The same, to keep.
    pub(super) fn into_wishes(self) -> impl Iterator<Item = Wish> {
        std::iter::once(self.lead).chain(self.guests)
    }

    /// What each of them has chosen and said, and the code with which they come.
    ///
    /// # Errors
    /// `Invalid`, with everything that is wrong.
    pub(super) fn check(
        &self,
        db: &mut Db,
        held: &Held,
        invited: Option<Invited>,
        now: Timestamp,
    ) -> Result<(Vec<Member>, Option<AccessCode>)> {
        let mut wrong = Wrong::default();
        let code = self.find_code(db, held, now, &mut wrong)?;
        let opened = match invited {
            Some(invited) => invited.ticket_type,
            None => code.as_ref().and_then(|code| code.ticket_type_id),
        };
        let choices = self.choices(db, held, opened, &mut wrong)?;
        if invited.is_none() {
            check_group_sizes(&choices, &mut wrong);
        }
        // Where somebody could not be read, nothing is known of their address.
        if self.unread.is_empty() {
            self.check_addresses(&mut wrong);
            if let Some(code) = &code {
                self.check_code(code, &choices, &mut wrong);
            }
        }
        let asked = Asked::at(db, held)?;
        let leniently = self.lead.by_hand.as_ref().is_some_and(|by_hand| by_hand.hand.force);
        let mut members = Vec::with_capacity(choices.len());
        for (index, (wish, choice)) in self.wishes().zip(choices).enumerate() {
            let ticket_type = choice.ticket_type.as_ref().map(|kind| kind.id).or(wish.ticket_type);
            match asked.check(wish, ticket_type, leniently) {
                Ok(said) => members.push(Member { choice, said }),
                Err(issues) => wrong.add_all(&pointer_to(index), issues),
            }
        }
        let wrong = with_unread(&self.unread, wrong);
        if wrong.is_empty() { Ok((members, code)) } else { Err(Error::Invalid(wrong)) }
    }

    /// What they choose; `of_code` is the ticket type that their code, or their invitation, opens to them.
    fn choices(
        &self,
        db: &mut Db,
        held: &Held,
        of_code: Option<TicketTypeId>,
        wrong: &mut Wrong,
    ) -> Result<Vec<Choice>> {
        let simple = |wish: &Wish| wish.ticket_type.is_none() && wish.sessions.is_empty();
        if held.parts.is_empty() && self.wishes().all(simple) {
            return Ok(vec![Choice::default(); self.guests.len() + 1]);
        }
        let offer = Offer::at(db, held)?;
        let opened = if self.lead.by_hand.is_some() { Opened::All } else { Opened::By(of_code) };
        let choose = |(index, wish): (usize, &Wish)| {
            offer.choose((wish.ticket_type.or(of_code), &wish.sessions), opened, &pointer_to(index), wrong)
        };
        Ok(self.wishes().enumerate().map(choose).collect())
    }

    fn find_code(&self, db: &mut Db, held: &Held, now: Timestamp, wrong: &mut Wrong) -> Result<Option<AccessCode>> {
        let Some(text) = &self.access_code else { return Ok(None) };
        let code = AccessCode::find_by_code(db, held.event.id, text)?;
        let fault = match &code {
            None => Some(("unknown_code", "this event has no such code")),
            Some(code) => code.good_for(self.size(), now).err(),
        };
        if let Some((word, detail)) = fault {
            wrong.add("/access_code".to_owned(), word, detail);
        }
        Ok(code)
    }

    fn check_code(&self, code: &AccessCode, choices: &[Choice], wrong: &mut Wrong) {
        for (wish, choice) in self.wishes().zip(choices) {
            let chosen = choice.ticket_type.as_ref().map(|kind| kind.id);
            if let Err((word, detail)) = code.admits(&wish.attendee.email, chosen) {
                wrong.add("/access_code".to_owned(), word, detail);
                break; // once is enough
            }
        }
    }

    fn check_addresses(&self, wrong: &mut Wrong) {
        let mut seen = HashSet::new();
        for (index, wish) in self.wishes().enumerate() {
            if !seen.insert(wish.attendee.email.key()) {
                let pointer = format!("{}/attendee/email", pointer_to(index));
                wrong.add(pointer, "same_address", "somebody else of the group has this address");
            }
        }
    }
}

/// What could not be read, and what else is wrong: a field that could not be read is not missing as well.
fn with_unread(unread: &[FieldIssue], wrong: Wrong) -> Vec<FieldIssue> {
    let stands_in = |issue: &FieldIssue, field: &FieldIssue| {
        issue.pointer.strip_prefix(field.pointer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let more = wrong.0.into_iter().filter(|issue| !unread.iter().any(|field| stands_in(issue, field)));
    unread.iter().cloned().chain(more).collect()
}

/// Where what is said of a member of a party begins: the lead's at the top.
fn pointer_to(index: usize) -> String {
    index.checked_sub(1).map(|guest| format!("/guests/{guest}")).unwrap_or_default()
}

/// A ticket type says how many of it come together.
fn check_group_sizes(choices: &[Choice], wrong: &mut Wrong) {
    let mut seen = HashSet::new();
    for (index, kind) in choices.iter().enumerate().filter_map(|(i, choice)| Some((i, choice.ticket_type.as_ref()?))) {
        if !seen.insert(kind.id) {
            continue;
        }
        let same = choices.iter().filter(|other| other.ticket_type.as_ref().is_some_and(|other| other.id == kind.id));
        let count = i64::try_from(same.count()).unwrap_or(i64::MAX);
        let pointer = format!("{}/ticket_type", pointer_to(index));
        if count < kind.min_group {
            wrong.add(pointer, "group_too_small", format!("at least {} come together with this", kind.min_group));
        } else if count > kind.max_group {
            wrong.add(pointer, "group_too_large", format!("at most {} come together with this", kind.max_group));
        }
    }
}

impl Offer {
    /// What one can choose at this event.
    pub(super) fn at(db: &mut Db, held: &Held) -> Result<Self> {
        Catalog::of(db, held).map(Self)
    }

    /// The sessions of somebody for whom a ticket type, hidden or not, and sessions are named. They may choose the ticket
    /// type themselves later.
    ///
    /// # Errors
    /// `Invalid` for what is not there, and for sessions that overlap.
    pub(super) fn name(&self, named: (Option<TicketTypeId>, &[SessionId])) -> Result<Vec<SessionId>> {
        let mut wrong = Wrong::default();
        let choice = self.choose(named, Opened::All, "", &mut wrong);
        wrong.0.retain(|issue| issue.code != "required");
        if wrong.0.is_empty() { Ok(choice.sessions) } else { Err(Error::Invalid(wrong.0)) }
    }

    /// What somebody has chosen who finds what is public, and what is opened to them.
    fn choose(
        &self,
        (named, wanted): (Option<TicketTypeId>, &[SessionId]),
        opened: Opened,
        at: &str,
        wrong: &mut Wrong,
    ) -> Choice {
        let ticket_type = self.0.ticket_types.iter().find(|kind| Some(kind.id) == named).cloned();
        let hidden = ticket_type.as_ref().is_some_and(|kind| match opened {
            Opened::All => false,
            Opened::By(of_code) => kind.visibility == TicketVisibility::Code && of_code != Some(kind.id),
        });
        if named.is_some() && (ticket_type.is_none() || hidden) {
            wrong.add(format!("{at}/ticket_type"), "unknown_ticket_type", "this event has no such ticket type");
        } else if named.is_none() && !self.0.ticket_types.is_empty() {
            wrong.add(format!("{at}/ticket_type"), "required", "choose a ticket type");
        }
        let mut sessions = ticket_type.as_ref().map(|kind| kind.sessions.0.clone()).unwrap_or_default();
        for (index, id) in wanted.iter().enumerate() {
            if !self.0.sessions.iter().any(|session| session.id == *id) {
                wrong.add(format!("{at}/sessions/{index}"), "unknown_session", "this event has no such session");
            }
            if !sessions.contains(id) {
                sessions.push(*id);
            }
        }
        let chosen: Vec<&Session> = self.0.sessions.iter().filter(|session| sessions.contains(&session.id)).collect();
        if let Some((one, other)) = Session::overlap(&chosen) {
            let detail = format!("{} and {} are at the same time", one.title, other.title);
            wrong.add(format!("{at}/sessions"), "sessions_overlap", detail);
        }
        Choice { ticket_type, sessions }
    }
}
