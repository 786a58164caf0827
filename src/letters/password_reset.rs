//! Here you choose a new password.

use askama::Template;

use super::about::greeted;
use super::when::moment;
use crate::access::{Account, PasswordReset, ResetToken};
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::mail::{Letter, Message};
use crate::store::Db;

/// What the letter tells.
struct Facts {
    name: Option<String>,
    host: String,
    link: String,
    until: String,
}

#[derive(Template)]
#[template(path = "password_reset.txt")]
struct Text<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "password_reset.html")]
struct Html<'a> {
    facts: &'a Facts,
}

pub(super) fn letter(db: &mut Db, (keys, public_url): (&Keys, &str), message: &Message) -> Result<Letter> {
    let id = message.about_id.ok_or(Error::NotFound("password reset"))?.uuid();
    let reset = PasswordReset::find(db, id.into())?;
    let account = Account::find(db, reset.account_id)?;
    let facts = Facts {
        name: greeted(&account.name),
        host: public_url.split_once("://").map_or(public_url, |(_, host)| host).to_owned(),
        link: ResetToken { reset: reset.id }.link(keys, public_url),
        until: moment(reset.expires_at),
    };
    Ok(Letter {
        to_name: account.name,
        from_name: None,
        reply_to: None,
        subject: format!("A new password for {}", facts.host),
        text: Text { facts: &facts }.render().map_err(Error::internal)?,
        html: Html { facts: &facts }.render().map_err(Error::internal)?,
        attachments: Vec::new(),
    })
}
