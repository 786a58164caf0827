//! Here you choose a new password.

use super::about::greeted;
use super::layout::{Body, Link};
use super::words::phrases;
use crate::access::{Account, Member, PasswordReset, ResetToken};
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::mail::{Letter, Message};
use crate::organizations::Organization;
use crate::store::Db;

pub(super) fn letter(db: &mut Db, (keys, public_url): (&Keys, &str), message: &Message) -> Result<Letter> {
    let id = message.about_id.ok_or(Error::NotFound("password reset"))?.uuid();
    let reset = PasswordReset::find(db, id.into())?;
    let account = Account::find(db, reset.account_id)?;
    // Whoever belongs to several, or to none, writes to the installation.
    let organization = Member::only_organization_of(db, account.id)?;
    let organization = organization.map(|organization| Organization::find(db, organization)).transpose()?;
    let reply_to = organization.and_then(|organization| organization.reply_to(None));
    let host = public_url.split_once("://").map_or(public_url, |(_, host)| host);
    let words = phrases(account.language);
    let says = &words.password_reset;
    let body = Body {
        subject: (says.subject)(host),
        name: greeted(&account.name),
        link: Some(Link {
            before: (says.says)(host),
            url: ResetToken { reset: reset.id }.link(keys, public_url),
            after: (words.member_invitation.once)(&words.moment(reset.expires_at, chrono_tz::UTC)),
        }),
        closing: vec![says.ignore.to_owned()],
        ..Body::default()
    };
    let words = body.words(words)?;
    Ok(Letter {
        to_name: account.name,
        from_name: None,
        reply_to,
        subject: words.subject,
        text: words.text,
        html: words.html,
        attachments: Vec::new(),
        unsubscribe: None,
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
            "Somebody wants to choose a new password for your account at turnout.example.",
            "If that is you, choose it here:",
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
