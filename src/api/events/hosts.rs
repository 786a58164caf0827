//! The organizations that run an event together: invited, changed and removed by its owner.

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::host_object::HostInEvent;
use crate::access::{Caller, Deed, OrganizationDeed, may, may_at_organization};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, text};
use crate::api::reply::Reply;
use crate::error::{Error, Result};
use crate::events::{
    self, DataAccess, Event, Host, HostRevision, HostRole, HostState, invite_host, remove_host, revise_host,
};
use crate::organizations::Organization;
use crate::store::{Db, Page};
use crate::values::Fault;

/// Which organization is asked to host an event, and as what.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct NewHost {
    /// Its slug or id.
    #[serde(default)]
    #[schema(value_type = String)]
    organization: Field<String>,
    /// `co_host`, `venue` or `partner`.
    #[serde(default)]
    #[schema(value_type = HostRole)]
    role: Field<String>,
    /// What it may see of the people who come.
    #[serde(default)]
    #[schema(value_type = DataAccess)]
    data_access: Field<String>,
}

/// What is to change in a host's part; what is not given stays.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct HostFields {
    /// `co_host`, `venue` or `partner`.
    #[serde(default)]
    #[schema(value_type = Option<HostRole>)]
    role: Field<String>,
    /// What it may see of the people who come, from the next request on.
    #[serde(default)]
    #[schema(value_type = Option<DataAccess>)]
    data_access: Field<String>,
}

/// The hosts of an event: those that have agreed, to whoever may see the event; those that were asked or have declined,
/// to its owner and to themselves.
#[utoipa::path(get, path = "/api/v1/events/{event}/hosts", tag = "Hosts", security((), ("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug")),
    responses((status = 200, body = inline(HostList)), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn hosts(call: Call, event: Path<String>) -> Answer {
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::SeeEvent, &event)?;
        let sees_all = may(db, caller, Deed::WriteHosts, &event).is_ok();
        let theirs =
            |host: &Host| may_at_organization(caller, OrganizationDeed::ReadHosting, host.organization).is_ok();
        let hosts = Host::all_of(db, event.id)?.into_iter();
        let shown = hosts.filter(|host| host.state == HostState::Accepted || sees_all || theirs(host));
        let data: Vec<HostInEvent> = shown.map(HostInEvent::from).collect();
        Reply::page(&Page { data, next_cursor: None })
    })
    .await
}

/// Ask an organization to host an event. One that has declined can be asked again.
#[utoipa::path(post, path = "/api/v1/events/{event}/hosts", tag = "Hosts", request_body = NewHost,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = HostInEvent), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn invite(call: Call, event: Path<String>, body: Body<NewHost>) -> Answer {
    let mut issues = body.issues;
    let wanted = body.json;
    let organization = issues.required("/organization", wanted.organization, Ok);
    let role = issues.required("/role", wanted.role, role_of_others);
    let data_access = issues.required("/data_access", wanted.data_access, text::<DataAccess>);
    let key = call.api.key_of_event(&event).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteHosts, &event)?;
        let organization = organization.and_then(|name| asked(db, &name, &mut issues).transpose()).transpose()?;
        let wanted = organization.zip(role.zip(data_access));
        let (organization, part) = issues.finish_with(wanted, "", "a field is missing")?;
        let host = invite_host(db, &caller.actor(), event.id, organization.id, part, now)?;
        Ok(reply(host.clone())?.created(&format!("/api/v1/events/{}/hosts/{}", event.id, host.slug)))
    })
    .await
}

/// Change what an organization is at an event, or what it may see. It is not asked again.
#[utoipa::path(patch, path = "/api/v1/events/{event}/hosts/{organization}", tag = "Hosts", request_body = HostFields,
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("organization" = String, Path, description = "Id or slug"),
        ("If-Match" = String, Header)),
    responses((status = 200, body = HostInEvent), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revise_part(call: Call, path: Path<(String, String)>, body: Body<HostFields>) -> Answer {
    let (expected, has_version) = (call.expected_version()?, call.names_version());
    let (event, organization) = path.into_inner();
    let (mut issues, fields) = (body.issues, body.json);
    let revision = HostRevision {
        role: issues.change("/role", fields.role, role_of_others),
        data_access: issues.change("/data_access", fields.data_access, text),
    };
    let key = call.api.key_of_event(&event).await;
    call.write(key, &body.bytes, move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteHosts, &event)?;
        if !has_version {
            return Err(Error::VersionRequired);
        }
        let organization = find_organization(db, &organization)?;
        issues.finish()?;
        reply(revise_host(db, &caller.actor(), event.id, organization.id, revision, expected, now)?)
    })
    .await
}

/// Remove a host, or take an invitation back, as the owner; or leave, as the host itself.
#[utoipa::path(delete, path = "/api/v1/events/{event}/hosts/{organization}", tag = "Hosts", security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("organization" = String, Path, description = "Id or slug"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn remove(call: Call, path: Path<(String, String)>) -> Answer {
    let expected = call.expected_version()?;
    let (event, organization) = path.into_inner();
    let key = call.api.key_of_event(&event).await;
    call.write(key, &[], move |db, caller, now| {
        let host = match find_for_itself(db, caller, &event, &organization).map_err(Error::shown) {
            Ok((_, host)) if host.role != HostRole::Owner => host,
            Ok(_) | Err(Error::NotFound(_) | Error::Forbidden) => {
                find_for_owner(db, caller, &event, &organization).map_err(|error| error.speaking_of("host"))?
            }
            Err(other) => return Err(other),
        };
        remove_host(db, &caller.actor(), host.event, host.organization, expected, now)?;
        Ok(Reply::done())
    })
    .await
}

/// The part of an organization in an event, if the caller may choose the event's hosts.
fn find_for_owner(db: &mut Db, caller: &Caller, event: &str, organization: &str) -> Result<Host> {
    let event = Event::find_by_name(db, event)?;
    may(db, caller, Deed::WriteHosts, &event)?;
    let organization = find_organization(db, organization)?;
    Host::find(db, event.id, organization.id)
}

/// The part of an organization in an event, if the caller may answer for that organization. Who may not does not learn
/// whether it has one.
pub(super) fn find_for_itself(db: &mut Db, caller: &Caller, event: &str, organization: &str) -> Result<(Event, Host)> {
    caller.must_be_known()?;
    let nothing = |error: Error| error.speaking_of("host");
    let organization = find_organization(db, organization)?;
    may_at_organization(caller, OrganizationDeed::AnswerHosting, organization.id).map_err(nothing)?;
    let event = Event::find_by_name(db, event).map_err(nothing)?;
    let host = Host::find(db, event.id, organization.id)?;
    Ok((event, host))
}

/// The organization with this slug or id; where there is none, there is no such host.
pub(super) fn find_organization(db: &mut Db, slug_or_id: &str) -> Result<Organization> {
    Organization::find_by_name(db, slug_or_id).map_err(|error| error.speaking_of("host"))
}

/// The organization that a request names; an issue if there is none.
fn asked(db: &mut Db, slug_or_id: &str, issues: &mut Issues) -> Result<Option<Organization>> {
    let found = crate::error::if_found(find_organization(db, slug_or_id))?;
    if found.is_none() {
        issues.add("/organization", Fault::new("unknown_organization", "there is no such organization here"));
    }
    Ok(found)
}

/// What a host can be that does not own the event.
fn role_of_others(word: String) -> Result<HostRole, Fault> {
    text::<HostRole>(word)
        .ok()
        .filter(|role| *role != HostRole::Owner)
        .ok_or_else(|| Fault::new("unknown_value", "this is one of co_host, venue, partner"))
}

/// A host, with its version.
pub(super) fn reply(host: events::Host) -> Result<Reply> {
    let version = host.version;
    Reply::object(&HostInEvent::from(host), version)
}

/// The hosts of an event.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "the shape of a page, for the OpenAPI document")]
pub(crate) struct HostList {
    data: Vec<HostInEvent>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}
