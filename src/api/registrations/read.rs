//! `GET /api/v1/registrations/{id}`

use actix_web::web::Path;

use super::object::RegistrationObject;
use crate::access::{Caller, Deed, may_as_attendee, may_as_lead, may_as_organizer};
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::api::sharing::{hidden, sees, sharing};
use crate::error::{Error, Result};
use crate::events::Event;
use crate::registrations::{Registration, RegistrationStatus, possible_duplicates};
use crate::store::{Db, RegistrationId};

/// Read a registration, as an organizer or as its attendee.
#[utoipa::path(get, path = "/api/v1/registrations/{id}", tag = "Registrations",
    security(("bearer" = []), ("manage_token" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = RegistrationObject), (status = 304),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn read(call: Call, id: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let (registration, event) = find_for(db, caller, Deed::ReadRegistrations, &id)?;
        let object = if caller.is_attendee() {
            RegistrationObject::of(db, registration)?
        } else {
            let mut alike = possible_duplicates(db, &registration)?;
            let hidden = hidden(db, caller, Deed::ReadRegistrations, &event, &alike)?;
            alike.retain(|id| !hidden.contains(id));
            RegistrationObject::with_duplicates(db, registration, &alike)?
        };
        Reply::object(&object, object.version())
    })
    .await
}

/// The same for what attendees may not do, not even to their own.
pub(crate) fn find_as_organizer(db: &mut Db, caller: &Caller, deed: Deed, id: &str) -> Result<(Registration, Event)> {
    let found = find_for(db, caller, deed, id)?;
    if caller.is_attendee() { Err(Error::Forbidden) } else { Ok(found) }
}

/// The registration with this id and its event, if the caller may do `deed` to it.
pub(crate) fn find_for(db: &mut Db, caller: &Caller, deed: Deed, id: &str) -> Result<(Registration, Event)> {
    let (registration, event) = find(db, caller, id)?;
    may_as_attendee(db, caller, deed, &event, registration.id, registration.ticket_epoch)?;
    sees(db, caller, deed, &event, registration.id)?;
    Ok((registration, event))
}

/// The same; whoever leads its group may, too: then false, for they do not see all of it.
pub(crate) fn find_for_lead(db: &mut Db, caller: &Caller, deed: Deed, id: &str) -> Result<(Registration, bool)> {
    let (registration, event) = find(db, caller, id)?;
    let lead = Registration::find(db, registration.group_id.unwrap_or(registration.id))?;
    let own = (registration.id, registration.ticket_epoch);
    may_as_lead(db, caller, deed, &event, own, (lead.id, lead.ticket_epoch))?;
    sees(db, caller, deed, &event, own.0)?;
    let sees_all = may_as_attendee(db, caller, deed, &event, own.0, own.1).is_ok();
    Ok((registration, sees_all))
}

/// Those of the group of a registration whom the caller sees, if they may do `deed` to all of it: its guests may not.
///
/// Where addresses are verified, who leads it sees of the others those who have verified theirs: whoever named an address
/// learns nothing of it before that.
pub(crate) fn find_group_for(
    db: &mut Db,
    caller: &Caller,
    deed: Deed,
    id: &str,
) -> Result<(RegistrationId, Vec<Registration>)> {
    let (registration, event) = find(db, caller, id)?;
    let lead = Registration::find(db, registration.group_id.unwrap_or(registration.id))?;
    may_as_attendee(db, caller, deed, &event, lead.id, lead.ticket_epoch)?;
    let group = registration.group_id.ok_or(Error::NotFound("group"))?;
    let mut members = Registration::of_group(db, group)?;
    if caller.is_attendee() && event.verify_email {
        let there = |status: RegistrationStatus| status.is_live() && status != RegistrationStatus::PendingVerification;
        members.retain(|member| member.leads() || there(member.status));
    }
    if sharing(db, caller, deed, &event)?.is_some() {
        let ids: Vec<RegistrationId> = members.iter().map(|member| member.id).collect();
        let hidden = hidden(db, caller, deed, &event, &ids)?;
        members.retain(|member| !hidden.contains(&member.id));
        if members.is_empty() {
            return Err(Error::NotFound("registration"));
        }
    }
    Ok((group, members))
}

/// The same for organizers alone: its attendee may not.
pub(crate) fn find_for_organizer(db: &mut Db, caller: &Caller, deed: Deed, id: &str) -> Result<(Registration, Event)> {
    let (registration, event) = find(db, caller, id)?;
    may_as_organizer(db, caller, deed, &event, registration.id, registration.ticket_epoch)?;
    sees(db, caller, deed, &event, registration.id)?;
    Ok((registration, event))
}

fn find(db: &mut Db, caller: &Caller, id: &str) -> Result<(Registration, Event)> {
    // Nobody in particular learns nothing in particular, as fast as nothing is found.
    caller.must_be_known()?;
    let registration = Registration::find(db, id.parse().map_err(|_| Error::NotFound("registration"))?)?;
    let event = Event::find(db, registration.event_id)?;
    Ok((registration, event))
}
