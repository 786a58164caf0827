//! Invitations, as those follow them who got the letter.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{self, Account, Invite, InviteToken, Invited, Password};
use crate::api::body::{Body, Field};
use crate::api::call::Answer;
use crate::api::issues::{Issues, text};
use crate::api::members::MemberObject;
use crate::api::reply::Reply;
use crate::api::sign_in::Visit;
use crate::api::state::Api;
use crate::clock::Timestamp;
use crate::error::{Error, Result, if_found};
use crate::events::Event;
use crate::organizations::{Organization, Role};
use crate::store::Db;
use crate::values::{EmailAddress, Fault, Line};

/// A link.
#[derive(Deserialize, ToSchema)]
pub(crate) struct InviteLink {
    /// What stands behind the # of the link.
    #[serde(default)]
    #[schema(value_type = String)]
    token: Field<String>,
}

/// What an invitation is for.
#[derive(Serialize, ToSchema)]
pub(crate) struct InviteRead {
    organization: InviteOrganization,
    role: Role,
    /// The one event that it is for; null: the organization.
    event: Option<InviteEvent>,
    email: String,
    /// Whether the address has an account: if not, `accept` needs a name and a password.
    has_account: bool,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    expires_at: Timestamp,
}

/// Who invites.
#[derive(Serialize, ToSchema)]
pub(crate) struct InviteOrganization {
    slug: String,
    name: String,
}

/// What for.
#[derive(Serialize, ToSchema)]
pub(crate) struct InviteEvent {
    slug: String,
    title: String,
}

/// Read what an invitation is for, with the link of its letter. Changes nothing.
#[utoipa::path(post, path = "/api/v1/invites/read", tag = "Members", request_body = InviteLink, security(()),
    responses((status = 200, body = InviteRead), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn read(visit: Visit, body: Body<InviteLink>) -> Answer {
    let (api, mut issues) = (visit.api, body.issues);
    let token = issues.required("/token", body.json.token, |token| link(&api, &token));
    let token = issues.finish_with(token, "/token", "this is required")?;
    let now = api.clock.now();
    let read = api.store.read(move |db| {
        let (invite, account) = followed(db, token, now)?;
        let organization = Organization::find(db, invite.organization_id)?;
        let event = invite.event_id.map(|event| Event::find(db, event)).transpose()?;
        Reply::json(&InviteRead {
            organization: InviteOrganization { slug: organization.slug, name: organization.name },
            role: invite.role,
            event: event.map(|event| InviteEvent { slug: event.slug, title: event.title }),
            email: invite.email,
            has_account: account.is_some(),
            expires_at: invite.expires_at,
        })
    });
    Ok(read.await?)
}

/// A link, and who follows it.
#[derive(Deserialize, ToSchema)]
pub(crate) struct InviteAcceptance {
    /// What stands behind the # of the link.
    #[serde(default)]
    #[schema(value_type = String)]
    token: Field<String>,
    /// 1 to 100 characters; for an address without an account.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Field<String>,
    /// 12 to 200 characters; not one that is easy to guess. For an address without an account.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    password: Field<String>,
}

/// Accept an invitation with the link of its letter. An address without an account gets one, with the name and the
/// password that come along; one with an account keeps it as it is. Nobody is signed in by this.
#[utoipa::path(post, path = "/api/v1/invites/accept", tag = "Members", request_body = InviteAcceptance, security(()),
    responses((status = 200, body = MemberObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn accept(visit: Visit, body: Body<InviteAcceptance>) -> Answer {
    let (by, api, mut issues) = (visit.actor(), visit.api, body.issues);
    let token = issues.required("/token", body.json.token, |token| link(&api, &token));
    let (name, password) = (body.json.name, body.json.password);
    // Whether a name and a password are needed, only a good link tells.
    let Some(token) = token else { return Err(issues.finish().err().unwrap_or(Error::NotFound("invite")).into()) };
    let now = api.clock.now();
    let (invite, account) = api.store.read(move |db| followed(db, token, now)).await?;
    let invited = if account.is_some() {
        issues.finish()?;
        None
    } else {
        let (name, password) = newcomer(&invite, name, password, issues)?;
        // Before the transaction: a hash takes its time, on purpose.
        Some(Invited { name, password: api.hasher.hash(password).await? })
    };
    let clock = api.clock.clone();
    let accepted = api.store.write(invite.organization_id.uuid(), move |db| {
        let member = access::accept_invite(db, &by, invite.id, invited, clock.now())?;
        let account = Account::find(db, member.account_id)?;
        Reply::json(&MemberObject::from((member, account)))
    });
    Ok(accepted.await?)
}

fn link(api: &Api, token: &str) -> Result<InviteToken, Fault> {
    InviteToken::read(&api.keys, token).ok_or_else(|| Fault::new("invalid_link", "this is not the text of a link"))
}

/// The invitation of a link that can be followed, and the account of its address, if there is one.
fn followed(db: &mut Db, token: InviteToken, now: Timestamp) -> Result<(Invite, Option<Account>)> {
    let invite = Invite::find(db, token.invite)?;
    invite.check(now)?;
    let account = if_found(Account::find_by_email(db, &invite.email_key))?;
    Ok((invite, account))
}

/// What somebody says of themselves who has no account yet, or everything that is wrong with it.
fn newcomer(
    invite: &Invite,
    name: Field<String>,
    password: Field<String>,
    mut issues: Issues,
) -> Result<(Line<100>, Password)> {
    let email: EmailAddress = invite.email.parse().map_err(Error::internal)?;
    let name = issues.required("/name", name, text::<Line<100>>);
    let known = name.as_deref().unwrap_or_default();
    let password = issues.required("/password", password, |text| Password::new(&text, &email, known));
    issues.finish_with(name.zip(password), "/name", "this is required")
}
