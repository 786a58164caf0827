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
        until: moment(reset.expires_at, chrono_tz::UTC),
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

#[cfg(test)]
mod tests {
    use crate::access::{self, ResetToken};
    use crate::audit::Actor;
    use crate::letters::compose;
    use crate::letters::fixture::{Fixture, keys, public_url};
    use crate::mail::outbox;
    use crate::values::Language;

    #[test]
    fn a_letter_about_a_password_reads_well() {
        let fixture = Fixture::new(None);
        let now = fixture.now;
        let message = fixture.write(move |db| {
            let (by, email) = (Actor::ANONYMOUS, "jos@museum.example".parse().unwrap());
            access::open_account(db, &by, email, "Jos Weber".parse().unwrap(), Language::English, None, now)?;
            access::ask_for_reset(db, &by, "jos@museum.example", now)?;
            Ok(outbox::lease(db, 10, now)?.remove(0))
        });
        let letter = fixture.read(|db| compose(db, &keys(), public_url(), &message)).unwrap();
        let token = ResetToken { reset: message.about_id.unwrap().uuid().into() }.text(&keys());
        let link = format!("https://turnout.example/password-reset#{}", token.reveal());
        let lines = [
            "Hello Jos Weber,",
            "",
            "Somebody wants to choose a new password for your account at",
            "turnout.example. If that is you, choose it here:",
            &link,
            "This link works once, until Friday 1 May 2026, 11:00 (UTC), and is yours",
            "alone: please do not pass it on.",
            "",
            "If that was not you, ignore this letter: your password stays as it is.",
            "",
        ];
        assert_eq!(letter.text, lines.join("\n"));
        assert_eq!(
            (letter.subject.as_str(), letter.to_name.as_str(), letter.reply_to),
            ("A new password for turnout.example", "Jos Weber", None)
        );
        for fact in ["Hello Jos Weber,", "turnout.example", &link, "1 May 2026, 11:00 (UTC)"] {
            assert!(letter.html.contains(fact), "no {fact} in {}", letter.html);
        }
    }
}
