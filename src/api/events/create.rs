//! `POST /api/v1/events`

use std::mem::take;

use super::object::{EditionFields, EventFields, EventObject, rules};
use crate::access::{Caller, OrganizationDeed, may_at_organization};
use crate::api::body::Body;
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, text};
use crate::api::reply::Reply;
use crate::checkins::open_list;
use crate::clock::Timestamp;
use crate::error::{Error, Result, both};
use crate::events::{self, Capacity, Draft, RegistrationMode, Times, check_mode};
use crate::organizations::Organization;
use crate::store::{Db, OrganizationId};
use crate::values::{Language, Line, Slug};

/// Draft an event.
#[utoipa::path(post, path = "/api/v1/events", tag = "Events", request_body = EventFields, security(("bearer" = [])),
    params(
        ("organization" = Option<String>, Query, description = "Slug of the organization that is to own it; required of whoever belongs to more than one"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 201, body = EventObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn create(call: Call, body: Body<EventFields>) -> Answer {
    let mut query = call.query();
    let organization = query.text("organization", 200);
    let wrong = query.finish();
    let mut fields = body.json;
    let mut issues = body.issues;
    let edition = EditionFields::read(take(&mut fields.series), take(&mut fields.edition), &mut issues);
    let draft = read(fields, issues);
    // A new event has no queue of its own yet.
    call.write(uuid::Uuid::nil(), &body.bytes, move |db, caller, now| {
        wrong?;
        let organization = whose(db, caller, organization.as_deref())?;
        may_at_organization(caller, OrganizationDeed::DraftEvents, organization)?;
        let (draft, edition) = both(draft, edition.of(db, organization, None))?;
        let event = events::draft_edition(db, &caller.actor(), organization, (draft, edition.flatten()), now)?;
        open_list(db, &caller.actor(), &event, "Entrance", now)?;
        let object = EventObject::of(db, caller, event, now)?;
        Ok(Reply::object(&object, object.version())?.created(&object.address()))
    })
    .await
}

/// The organization that is named, or the caller's only one.
fn whose(db: &mut Db, caller: &Caller, slug: Option<&str>) -> Result<OrganizationId> {
    caller.must_be_known()?;
    match (slug, caller.viewer().organizations.as_slice()) {
        (Some(slug), _) => Ok(Organization::find_by_slug(db, slug)?.id),
        (None, [only]) => Ok(*only),
        (None, []) => Err(Error::Forbidden),
        (None, _) => {
            let detail = "you belong to several organizations: name one with the query parameter ?organization=";
            Err(Error::invalid("organization", "required", detail))
        }
    }
}

fn read(fields: EventFields, mut issues: Issues) -> Result<Draft> {
    let title = issues.required("/title", fields.title, text::<Line<200>>);
    let slug = issues.optional("/slug", fields.slug, text::<Slug>);
    let summary = issues.optional("/summary", fields.summary, text);
    let description = issues.optional("/description", fields.description, text);
    let visibility = issues.optional("/visibility", fields.visibility, text);
    let starts_at = issues.required("/starts_at", fields.starts_at, text::<Timestamp>);
    let ends_at = issues.required("/ends_at", fields.ends_at, text::<Timestamp>);
    let timezone = issues.optional("/timezone", fields.timezone, text);
    let location = fields.location.take("/location", &mut issues).map(|place| place.read(&mut issues));
    let languages = issues.words::<Language, 4>("/languages", fields.languages);
    let contact_email = issues.optional("/contact_email", fields.contact_email, text);
    let capacity = issues.optional("/capacity", fields.capacity, Capacity::try_from);
    let mut window = fields.registration.take("/registration", &mut issues).unwrap_or_default();
    let opens_at = issues.optional("/registration/opens_at", std::mem::take(&mut window.opens_at), text::<Timestamp>);
    let closes_at =
        issues.optional("/registration/closes_at", std::mem::take(&mut window.closes_at), text::<Timestamp>);
    let waitlist = issues.optional("/registration/waitlist", std::mem::take(&mut window.waitlist), text);
    let rules = rules(window, &mut issues);
    issues.extend(check_mode(
        rules.mode.unwrap_or(RegistrationMode::BuiltIn),
        rules.external_url.as_ref().and_then(Option::as_deref),
    ));
    let tags = issues.words::<Slug, 20>("/tags", fields.tags);
    issues.extend(Times { starts_at, ends_at, opens_at, closes_at }.check());
    let required = title.zip(starts_at.zip(ends_at));
    let (title, (starts_at, ends_at)) = issues.finish_with(required, "", "a field is missing")?;
    Ok(Draft {
        title,
        slug,
        summary,
        description,
        visibility,
        starts_at,
        ends_at,
        timezone,
        location: location.unwrap_or_default(),
        languages: languages.unwrap_or_default(),
        contact_email,
        capacity,
        registration_opens_at: opens_at,
        registration_closes_at: closes_at,
        waitlist,
        rules,
        tags: tags.unwrap_or_default(),
    })
}
