//! `POST /api/v1/check-in-lists/{list}/search`

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::find_for;
use super::object::PersonAtTheDoor;
use crate::access::Deed;
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::text;
use crate::api::reply::Reply;
use crate::api::sharing::hidden;
use crate::checkins::{CheckInList, Shown, Visits, visits};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::registrations::{NameSearch, Registration, RegistrationStatus};
use crate::store::{Db, Page, RegistrationId};

/// How many people are shown at most.
const HITS: usize = 20;

/// Whom somebody at the door looks for.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct SearchedName {
    /// Words of the name, at least three letters; case and accents do not matter.
    #[serde(default)]
    #[schema(value_type = String)]
    name: Field<String>,
}

/// Somebody who was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundPerson {
    #[serde(flatten)]
    person: PersonAtTheDoor,
    status: RegistrationStatus,
    /// Whether they are inside at this list now.
    inside: bool,
    /// When they first came in at this list.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    first_entry_at: Option<Timestamp>,
}

impl FoundPerson {
    fn of(
        db: &mut Db,
        list: &CheckInList,
        registration: Registration,
        visits: &Visits,
        now: Timestamp,
    ) -> Result<Self> {
        let visit = visits.get(&(registration.id, list.id)).copied().unwrap_or_default();
        let shown = Shown::of(db, list, &registration)?;
        Ok(Self {
            status: registration.status,
            inside: visit.inside(list.automatic_exit_at, now),
            first_entry_at: visit.first_entry_at,
            person: PersonAtTheDoor::new(registration, shown),
        })
    }
}

/// Find people by their names: at most 20. To be checked in by `registration_id`, when they have shown who they are. A
/// `POST`, as names do not stand in addresses.
#[utoipa::path(post, path = "/api/v1/check-in-lists/{list}/search", tag = "Check-ins", request_body = SearchedName,
    security(("bearer" = []), ("device" = [])), params(("list" = uuid::Uuid, Path)),
    responses((status = 200, body = inline(FoundPeople)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn search(call: Call, list: Path<String>, body: Body<SearchedName>) -> Answer {
    let mut issues = body.issues;
    let name = issues.required("/name", body.json.name, text::<NameSearch>);
    let name = issues.finish_with(name, "/name", "this is required");
    let api = call.api.clone();
    call.read(move |db, caller, now| {
        let list = find_for(db, caller, Deed::CheckIn, &list)?;
        api.search_rate.allow(&caller.key()).map_err(|seconds| Error::TooOften { seconds })?;
        let event = Event::find(db, list.event_id)?;
        let mut found = name?.registrations(db, event.id, HITS)?;
        let ids: Vec<RegistrationId> = found.iter().map(|registration| registration.id).collect();
        let hidden = hidden(db, caller, Deed::CheckIn, &event, &ids)?;
        found.retain(|registration| !hidden.contains(&registration.id));
        let visits = visits(db, event.id, &found, false)?;
        let people = found.into_iter().map(|person| FoundPerson::of(db, &list, person, &visits, now));
        Reply::page(&Page { data: people.collect::<Result<Vec<_>>>()?, next_cursor: None })
    })
    .await
}

/// The people who were found.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct FoundPeople {
    data: Vec<FoundPerson>,
    /// Always null: whoever is not among the first 20 is found with more letters.
    next_cursor: Option<String>,
}
