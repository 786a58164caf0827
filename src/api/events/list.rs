//! `GET /api/v1/events`

use super::object::EventObject;
use crate::access::viewer;
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::error::Error;
use crate::events::{Search, Series};
use crate::organizations::Organization;
use crate::store::Page;
use crate::values::{Slug, search_key};

/// Find events: those that are published and public, and, with a token, all of one's own.
#[utoipa::path(get, path = "/api/v1/events", tag = "Events", security((), ("bearer" = [])),
    params(
        ("q" = Option<String>, Query, description = "Words in the title, the summary or the place"),
        ("from" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Events that end at or after this"),
        ("to" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Events that start before this"),
        ("tag" = Option<String>, Query),
        ("organization" = Option<String>, Query, description = "Events that the organization with this slug hosts"),
        ("series" = Option<String>, Query, description = "Editions of the series with this slug"),
        ("status" = Option<crate::events::EventStatus>, Query),
        ("updated_since" = Option<chrono::DateTime<chrono::Utc>>, Query),
        ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query, description = "1 to 500, 50 if not given"),
    ),
    responses((status = 200, body = inline(EventList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn list(call: Call) -> Answer {
    let mut query = call.query();
    let mut search = Search {
        q: query.text("q", 200).map(|q| search_key(&q)),
        from: query.word("from"),
        to: query.word("to"),
        tag: query.text("tag", 80),
        organization: None,
        series: None,
        status: query.word("status"),
        updated_since: query.word("updated_since"),
    };
    let organization = query.text("organization", 80);
    let series = query.word::<Slug>("series");
    let paging = query.paging();
    let wrong = query.finish();
    call.read(move |db, caller, now| {
        wrong?;
        if let Some(slug) = organization {
            match Organization::find_by_slug(db, &slug) {
                Ok(found) => search.organization = Some(found.id),
                // Nobody hosts nothing: an empty list.
                Err(Error::NotFound(_)) => {
                    return Reply::page(&Page::<EventObject> { data: Vec::new(), next_cursor: None });
                }
                Err(other) => return Err(other),
            }
        }
        if let Some(slug) = series {
            search.series = Series::id_by_slug(db, &slug)?;
            // Nothing is an edition of nothing.
            if search.series.is_none() {
                return Reply::page(&Page::<EventObject> { data: Vec::new(), next_cursor: None });
            }
        }
        let page = search.page(db, &viewer(caller), &paging)?;
        let data = EventObject::of_all(db, caller, page.data, now)?;
        Reply::page(&Page { data, next_cursor: page.next_cursor })
    })
    .await
}

/// A page of events.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct EventList {
    data: Vec<EventObject>,
    /// Where the next page begins; null behind the last.
    next_cursor: Option<String>,
}
