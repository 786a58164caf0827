//! `GET /api/v1/organizations/{organization}/events`

use actix_web::web::Path;

use super::read::organization_for;
use crate::access::{OrganizationDeed, viewer};
use crate::api::call::{Answer, Call};
use crate::api::events::{EventList, EventObject};
use crate::api::reply::Reply;
use crate::events::Search;
use crate::store::Page;
use crate::values::search_key;

/// The events that an organization owns or hosts, earliest first; of its drafts, those that the caller may read.
#[utoipa::path(get, path = "/api/v1/organizations/{organization}/events", tag = "Organizations",
    security(("bearer" = [])),
    params(
        ("organization" = String, Path, description = "Id or slug"),
        ("q" = Option<String>, Query, description = "Words in the title, the summary or the place"),
        ("from" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Events that end at or after this"),
        ("to" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Events that start before this"),
        ("tag" = Option<String>, Query),
        ("status" = Option<crate::events::EventStatus>, Query),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(EventList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn events(call: Call, organization: Path<String>) -> Answer {
    let mut query = call.query();
    let search = Search {
        q: query.text("q", 200).map(|q| search_key(&q)),
        from: query.word("from"),
        to: query.word("to"),
        tag: query.text("tag", 80),
        organization: None,
        series: None,
        status: query.word("status"),
        updated_since: query.word("updated_since"),
    };
    let paging = query.paging();
    let wrong = query.finish();
    call.read(move |db, caller, now| {
        let organization = organization_for(db, caller, OrganizationDeed::SeeOrganization, &organization)?;
        wrong?;
        let search = Search { organization: Some(organization.id), ..search };
        let page = search.page(db, &viewer(caller), &paging)?;
        let data = EventObject::of_all(db, caller, page.data, now)?;
        Reply::page(&Page { data, next_cursor: page.next_cursor })
    })
    .await
}
