//! You are invited to become a member.

use super::about::one_line;
use super::layout::{Body, Link};
use super::words::phrases;
use crate::access::{Invite, InviteState, InviteToken};
use crate::error::{Error, Result};
use crate::events::Event;
use crate::keys::Keys;
use crate::mail::{Letter, Message};
use crate::organizations::Organization;
use crate::store::Db;

pub(super) fn letter(db: &mut Db, (keys, public_url): (&Keys, &str), message: &Message) -> Result<Letter> {
    let id = message.about_id.ok_or(Error::NotFound("invite"))?.uuid();
    let invite = Invite::find(db, id.into())?;
    let organization = Organization::find(db, invite.organization_id)?;
    let event = invite.event_id.map(|event| Event::find(db, event)).transpose()?;
    // As when it was posted: whether its time is over, the date tells.
    let open = invite.state(invite.created_at) == InviteState::Open;
    let words = phrases(organization.default_language);
    let (says, name) = (&words.member_invitation, one_line(&organization.name));
    let event = event.map(|event| one_line(&event.title));
    let body = Body {
        subject: words.labeled(says.subject, event.as_ref().unwrap_or(&name)),
        says: vec![(says.says)(&name, event.as_deref(), (says.does)(invite.role))],
        link: open.then(|| Link {
            before: says.link.to_owned(),
            url: InviteToken { invite: invite.id }.link(keys, public_url),
            after: (says.once)(&words.moment(invite.expires_at, organization.tz())),
        }),
        closing: [(!open).then_some(says.closed), Some(says.ignore)].into_iter().flatten().map(str::to_owned).collect(),
        ..Body::default()
    };
    let words = body.words(words)?;
    Ok(Letter {
        to_name: String::new(),
        reply_to: organization.reply_to(None),
        from_name: organization.mail_sender_name,
        subject: words.subject,
        text: words.text,
        html: words.html,
        attachments: Vec::new(),
        unsubscribe: None,
    })
}
