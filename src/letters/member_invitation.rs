//! You are invited to become a member.

use askama::Template;

use super::about::one_line;
use super::when::moment;
use crate::access::{Invite, InviteState, InviteToken};
use crate::error::{Error, Result};
use crate::events::Event;
use crate::keys::Keys;
use crate::mail::{Letter, Message};
use crate::organizations::{Organization, Role};
use crate::store::Db;

/// What the letter tells, each in one line.
struct Facts {
    organization: String,
    event: Option<String>,
    does: &'static str,
    /// None if the invitation is not open any more.
    link: Option<String>,
    until: String,
}

#[derive(Template)]
#[template(path = "member_invitation.txt")]
struct Text<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "member_invitation.html")]
struct Html<'a> {
    facts: &'a Facts,
}

pub(super) fn letter(db: &mut Db, (keys, public_url): (&Keys, &str), message: &Message) -> Result<Letter> {
    let id = message.about_id.ok_or(Error::NotFound("invite"))?.uuid();
    let invite = Invite::find(db, id.into())?;
    let organization = Organization::find(db, invite.organization_id)?;
    let event = invite.event_id.map(|event| Event::find(db, event)).transpose()?;
    // As when it was posted: whether its time is over, the date tells.
    let open = invite.state(invite.created_at) == InviteState::Open;
    let facts = Facts {
        organization: one_line(&organization.name),
        event: event.map(|event| one_line(&event.title)),
        does: does(invite.role),
        link: open.then(|| InviteToken { invite: invite.id }.link(keys, public_url)),
        until: moment(invite.expires_at, chrono_tz::UTC),
    };
    Ok(Letter {
        to_name: String::new(),
        from_name: organization.mail_sender_name,
        reply_to: organization.contact_email.or(organization.mail_reply_to),
        subject: format!("Invitation: {}", facts.event.as_ref().unwrap_or(&facts.organization)),
        text: Text { facts: &facts }.render().map_err(Error::internal)?,
        html: Html { facts: &facts }.render().map_err(Error::internal)?,
        attachments: Vec::new(),
    })
}

/// What a role is for, in words.
fn does(role: Role) -> &'static str {
    match role {
        Role::Owner => "answer for it",
        Role::Editor => "prepare events",
        Role::Door => "check people in",
        Role::Viewer => "look on",
    }
}
