//! `GET /api/v1/events/{event}/registrations`

use actix_web::web::Path;

use super::object::RegistrationObject;
use crate::access::{Deed, may};
use crate::api::call::{Answer, Call};
use crate::api::query::Query;
use crate::api::reply::Reply;
use crate::api::sharing::sharing;
use crate::events::Event;
use crate::registrations::Filter;
use crate::store::Page;
use crate::values::search_key;

/// The registrations of an event, in the order in which they came in.
#[utoipa::path(get, path = "/api/v1/events/{event}/registrations", tag = "Registrations", security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("status" = Option<String>, Query, description = "One or more, with commas between them"),
        ("q" = Option<String>, Query, description = "Words in the name, the address or the organization, or the code"),
        ("attended" = Option<bool>, Query),
        ("external_ref" = Option<String>, Query),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("via" = Option<String>, Query, description = "Slug of the host through which they came"),
        ("ticket_type" = Option<String>, Query, description = "Ids, one or more, with commas between them"),
        ("session" = Option<uuid::Uuid>, Query),
        ("tag" = Option<String>, Query, description = "One of the organizers' words"),
        ("group" = Option<uuid::Uuid>, Query, description = "The registration that leads the group"),
        ("undeliverable" = Option<bool>, Query, description = "Whether letters do not arrive at the address"),
        ("answer.{key}" = Option<String>, Query, description = "The answer to the question with this key, or one of its answers; of an answer in words, words in it, whatever their case and accents"),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(RegistrationList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn list(call: Call, event: Path<String>) -> Answer {
    let mut query = call.query();
    let (mut filter, paging) = (filter(&mut query), query.paging());
    let wrong = query.finish();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::ReadRegistrations, &event)?;
        wrong?;
        filter.consented = sharing(db, caller, Deed::ReadRegistrations, &event)?;
        let page = filter.page(db, event.id, &paging)?;
        let data = RegistrationObject::of_page(db, page.data)?;
        Reply::page(&Page { data, next_cursor: page.next_cursor })
    })
    .await
}

/// The filters of a registrations list, which exports take as well, with the same meaning.
pub(crate) fn filter(query: &mut Query) -> Filter {
    Filter {
        statuses: query.words("status"),
        q: query.text("q", 200).map(|q| search_key(&q)),
        attended: query.flag("attended"),
        external_ref: query.text("external_ref", 200),
        updated_since: query.word("updated_since"),
        via: query.text("via", 200),
        consented: None,
        ticket_types: query.ids("ticket_type"),
        session: query.id("session"),
        tag: query.word("tag"),
        group: query.id("group"),
        undeliverable: query.flag("undeliverable"),
        answers: query.keyed("answer.", 200),
    }
}

/// A page of registrations.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct RegistrationList {
    data: Vec<RegistrationObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
