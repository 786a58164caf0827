//! Who am I?

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{
    self, Account, AccountRevision, ApiToken, Caller, Device, Identity, OrganizationDeed, TokenScope, may_as_member,
    organization_permissions,
};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::devices::OwnDevice;
use crate::api::issues::text;
use crate::api::reply::Reply;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::organizations::{Organization, Role};
use crate::store::{Db, EventId, OrganizationId};
use crate::values::{Language, Line};

/// Who calls.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    /// `member`, `token`, `device` or `attendee`.
    kind: &'static str,
    /// The person, if it is one who signed in.
    account: Option<AccountObject>,
    /// The token, if it is a program.
    token: Option<TokenObject>,
    /// The device, if it is one at the door.
    device: Option<OwnDevice>,
    /// The registration, if it is an attendee.
    #[schema(value_type = Option<uuid::Uuid>)]
    registration_id: Option<String>,
    /// What they are where.
    memberships: Vec<MembershipObject>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(crate) struct AccountObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    email: String,
    name: String,
    #[schema(value_type = String)]
    language: Language,
    /// Whether they show a second factor when they sign in.
    second_factor: bool,
    version: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OwnToken)]
pub(crate) struct TokenObject {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    name: String,
    #[schema(value_type = Vec<String>)]
    scopes: Vec<TokenScope>,
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    expires_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Membership)]
pub(crate) struct MembershipObject {
    organization: MembershipOrganization,
    /// At this one event only.
    #[schema(value_type = Option<uuid::Uuid>)]
    event: Option<String>,
    #[schema(value_type = String)]
    role: Role,
    /// What they may do to the organization.
    #[schema(value_type = Vec<String>)]
    permissions: Vec<OrganizationDeed>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct MembershipOrganization {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    slug: String,
    name: String,
}

impl AccountObject {
    fn new(account: Account) -> Self {
        Self {
            id: account.id.to_string(),
            second_factor: account.second_factor_at.is_some(),
            email: account.email,
            name: account.name,
            language: account.language,
            version: account.version,
        }
    }
}

impl Me {
    fn of(db: &mut Db, caller: &Caller) -> Result<Self> {
        let mut me =
            Self { kind: "", account: None, token: None, device: None, registration_id: None, memberships: Vec::new() };
        let parts: Vec<(OrganizationId, Option<EventId>, Role)> = match &caller.identity {
            Identity::Anonymous | Identity::CommandLine => return Err(Error::Unauthenticated),
            Identity::Attendee(token) => {
                me.kind = "attendee";
                me.registration_id = Some(token.registration.to_string());
                Vec::new()
            }
            Identity::Device(paired) => {
                me.kind = "device";
                let device = Device::find(db, paired.id)?;
                me.device = Some(OwnDevice::of(db, device)?);
                Vec::new()
            }
            Identity::Member(member) => {
                me.kind = "member";
                me.account = Some(AccountObject::new(Account::find(db, member.account)?));
                member.memberships.iter().map(|m| (m.organization, m.event, m.role)).collect()
            }
            Identity::Token(granted) => {
                let token = ApiToken::find(db, granted.id)?;
                me.kind = "token";
                me.token = Some(TokenObject {
                    id: token.id.to_string(),
                    scopes: token.scopes().iter().collect(),
                    expires_at: token.expires_at,
                    name: token.name,
                });
                vec![(granted.organization, None, granted.role)]
            }
        };
        for (organization, event, role) in parts {
            let Organization { id, slug, name, .. } = Organization::find(db, organization)?;
            me.memberships.push(MembershipObject {
                organization: MembershipOrganization { id: id.to_string(), slug, name },
                event: event.map(|event| event.to_string()),
                role,
                permissions: organization_permissions(caller, organization),
            });
        }
        Ok(me)
    }

    fn reply(&self) -> Result<Reply> {
        match &self.account {
            Some(account) => Reply::object(self, account.version),
            None => Reply::json(self),
        }
    }
}

/// Who am I, and what may I do where?
#[utoipa::path(get, path = "/api/v1/me", tag = "Sign-in", security(("session" = []), ("bearer" = []), ("manage_token" = []), ("device" = [])),
    responses((status = 200, body = Me), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn me(call: Call) -> Answer {
    call.read(|db, caller, _| Me::of(db, caller)?.reply()).await
}

/// What I change about myself.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct MeRevision {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Field<String>,
    /// Such as `fr` or `fr-LU`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    language: Field<String>,
}

/// Change my name or my language.
#[utoipa::path(patch, path = "/api/v1/me", tag = "Sign-in", request_body = MeRevision, security(("session" = [])),
    params(("If-Match" = Option<String>, Header)),
    responses((status = 200, body = Me), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn revise_me(call: Call, body: Body<MeRevision>) -> Answer {
    let (expected, mut issues) = (call.expected_version()?, body.issues);
    let name = issues.change("/name", body.json.name, text::<Line<100>>);
    let language = issues.change("/language", body.json.language, |tag| Language::from_tag(&tag));
    let wrong = issues.finish();
    call.write(uuid::Uuid::nil(), &body.bytes, move |db, caller, now| {
        let member = may_as_member(caller)?;
        wrong?;
        let revision = AccountRevision { name, language };
        access::revise_account(db, &caller.actor(), member.account, revision, expected, now)?;
        Me::of(db, caller)?.reply()
    })
    .await
}
