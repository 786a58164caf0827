//! Whom a host sees with whom people share their data by consent: those who have given it, and nobody else.

use std::collections::HashSet;

use crate::access::{Caller, Deed, acting_for};
use crate::error::{Error, Result};
use crate::events::{ConsentText, Event};
use crate::registrations::Consent;
use crate::store::{Db, Page, RegistrationId};

/// The consents of which people have to have given one before a host that calls sees them; none if it sees everybody, as
/// the owner does.
pub(super) fn sharing(db: &mut Db, caller: &Caller, deed: Deed, event: &Event) -> Result<Option<Vec<String>>> {
    let host = acting_for(db, caller, deed, event)?.filter(|id| *id != event.organization_id);
    host.map_or(Ok(None), |host| ConsentText::sharing_with(db, event.id, host))
}

/// Fails for a host with whom people share their data by consent: what has everybody's names in it is not for it.
///
/// # Errors
/// `Forbidden`.
pub(super) fn sees_everybody(db: &mut Db, caller: &Caller, deed: Deed, event: &Event) -> Result<()> {
    if sharing(db, caller, deed, event)?.is_some() { Err(Error::Forbidden) } else { Ok(()) }
}

/// Whether somebody who may do `deed` at an event sees this registration of it.
///
/// # Errors
/// `NotFound`.
pub(super) fn sees(db: &mut Db, caller: &Caller, deed: Deed, event: &Event, id: RegistrationId) -> Result<()> {
    let hidden = hidden(db, caller, deed, event, &[id])?;
    if hidden.is_empty() { Ok(()) } else { Err(Error::NotFound("registration")) }
}

/// Which of these registrations of an event somebody does not see who may do `deed` there.
pub(super) fn hidden(
    db: &mut Db,
    caller: &Caller,
    deed: Deed,
    event: &Event,
    ids: &[RegistrationId],
) -> Result<HashSet<RegistrationId>> {
    let Some(keys) = sharing(db, caller, deed, event)? else { return Ok(HashSet::new()) };
    let given = Consent::given_by(db, event.id, ids, &keys)?;
    Ok(ids.iter().copied().filter(|id| !given.contains(id)).collect())
}

/// A page without the rows about whom somebody does not see; of such a page, fewer rows are left than were asked for.
pub(super) fn shown<T>(
    db: &mut Db,
    (caller, deed, event): (&Caller, Deed, &Event),
    mut page: Page<T>,
    about: impl Fn(&T) -> Option<RegistrationId>,
) -> Result<Page<T>> {
    let ids: Vec<RegistrationId> = page.data.iter().filter_map(&about).collect();
    let hidden = hidden(db, caller, deed, event, &ids)?;
    page.data.retain(|row| about(row).is_none_or(|id| !hidden.contains(&id)));
    Ok(page)
}
