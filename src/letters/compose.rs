//! A message becomes a letter.

use super::{attendee, campaign, invitation, member_invitation, password_reset, transferred_away};
use crate::error::Result;
use crate::keys::Keys;
use crate::mail::{Letter, Message, MessageKind};
use crate::store::Db;

/// The letter of a message, as things stand now. Links begin with `public_url`.
///
/// A message that was overtaken by events is still a letter: it then comes without a ticket and says how things stand.
///
/// # Errors
/// `NotFound` if what the message is about is not there, or is gone.
pub fn compose(db: &mut Db, keys: &Keys, public_url: &str, message: &Message) -> Result<Letter> {
    let with = (keys, public_url);
    match message.kind {
        MessageKind::Verify
        | MessageKind::Pending
        | MessageKind::Approved
        | MessageKind::Rejected
        | MessageKind::Offered
        | MessageKind::OfferExpired
        | MessageKind::Changed
        | MessageKind::Transferred
        | MessageKind::Confirmed
        | MessageKind::Waitlisted
        | MessageKind::Promoted
        | MessageKind::Cancelled
        | MessageKind::EventChanged
        | MessageKind::SessionChanged
        | MessageKind::EventCancelled
        | MessageKind::Reminder
        | MessageKind::ThankYou => attendee::letter(db, with, message),
        MessageKind::TransferredAway => transferred_away::letter(db, message),
        MessageKind::PasswordReset => password_reset::letter(db, with, message),
        MessageKind::Invitation => invitation::letter(db, with, message),
        MessageKind::Campaign => campaign::letter(db, with, message),
        MessageKind::MemberInvitation => member_invitation::letter(db, with, message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::letters::fixture::{Fixture, keys, public_url};
    use crate::registrations::{Ticket, cancel};

    #[test]
    fn a_confirmation_carries_the_ticket_in_the_letter_and_beside_it_and_a_calendar_file() {
        let fixture = Fixture::new(Some(1));
        let registration = fixture.register("Camille", "camille@museum.example");
        let letter = fixture.letter(&registration, MessageKind::Confirmed);
        assert_eq!(letter.subject, "Your place: Night of the Museums");
        assert_eq!(letter.to_name, "Camille Weber");
        assert_eq!(letter.reply_to.as_deref(), Some("hello@museum.example"));
        let files: Vec<_> =
            letter.attachments.iter().map(|file| (file.name.as_str(), file.media_type, file.inline_as)).collect();
        assert_eq!(
            files,
            [
                ("ticket.png", "image/png", Some("ticket")),
                ("event.ics", "text/calendar; charset=utf-8; method=PUBLISH", None),
            ]
        );
        let ticket = Ticket::of(&registration).unwrap().text(&keys());
        assert_eq!(letter.attachments[0].content, crate::letters::qr::png(&ticket).unwrap());
        assert!(letter.html.contains(r#"src="cid:ticket""#));
    }

    #[test]
    fn a_confirmation_reads_well() {
        let fixture = Fixture::new(None);
        let registration = fixture.register("Camille", "camille@museum.example");
        let (id, token) = (registration.id, registration.manage_token().text(&keys()));
        let lines = [
            "Hello Camille Weber,",
            "",
            "You have a place. Your ticket is attached (ticket.png): show it at the door,",
            "on paper or on your phone. Should it not be at hand, the code below does as",
            "well.",
            "",
            "Event: Night of the Museums",
            "When: Monday 8 June 2026, 09:00 to 17:00 (Luxembourg time)",
            "Where: Musée national, Luxembourg, LU",
            &format!("Code: {}", registration.code),
            "",
            "See or cancel your registration:",
            &format!("https://turnout.example/manage/{id}#{}", token.reveal()),
            "This link is yours alone: please do not pass it on.",
            "",
            "Questions? Reply to this letter, or write to hello@museum.example.",
            "",
        ];
        assert_eq!(fixture.letter(&registration, MessageKind::Confirmed).text, lines.join("\n"));
    }

    #[test]
    fn a_letter_about_a_cancelled_event_says_so() {
        let fixture = Fixture::new(None);
        let registration = fixture.register("Camille", "camille@museum.example");
        let (event, now) = (fixture.event.id, fixture.now);
        fixture.write(move |db| crate::events::cancel(db, &crate::audit::Actor::SYSTEM, event, None, now));
        let letter = fixture.letter(&registration, MessageKind::Confirmed);
        for body in [&letter.text, &letter.html] {
            assert!(body.contains("the event has been cancelled. It will not take place."), "{body}");
        }
    }

    #[test]
    fn text_and_html_say_the_same() {
        let fixture = Fixture::new(Some(1));
        let seated = fixture.register("Camille", "camille@museum.example");
        let waiting = fixture.register("Jos", "jos@museum.example");
        for (registration, kind) in [
            (&seated, MessageKind::Confirmed),
            (&seated, MessageKind::Promoted),
            (&seated, MessageKind::Cancelled),
            (&waiting, MessageKind::Waitlisted),
        ] {
            let letter = fixture.letter(registration, kind);
            let link = format!(
                "https://turnout.example/manage/{}#{}",
                registration.id,
                registration.manage_token().text(&keys()).reveal()
            );
            for body in [&letter.text, &letter.html] {
                for fact in [
                    registration.name().as_str(),
                    "Night of the Museums",
                    "Monday 8 June 2026, 09:00 to 17:00 (Luxembourg time)",
                    "Musée national, Luxembourg, LU",
                    &registration.code,
                    &link,
                    "hello@museum.example",
                ] {
                    assert!(body.contains(fact), "{kind}: no {fact} in {body}");
                }
            }
        }
    }

    #[test]
    fn who_waits_is_told_at_which_place() {
        let fixture = Fixture::new(Some(1));
        fixture.register("Camille", "camille@museum.example");
        fixture.register("Jos", "jos@museum.example");
        let third = fixture.register("Léa", "lea@museum.example");
        let letter = fixture.letter(&third, MessageKind::Waitlisted);
        assert_eq!(letter.subject, "Waiting list: Night of the Museums");
        assert!(letter.text.contains("number 2 on the waiting list"), "{}", letter.text);
        assert!(letter.html.contains("number 2 on the waiting list"), "{}", letter.html);
        assert!(letter.attachments.is_empty());
    }

    #[test]
    fn a_confirmation_that_a_cancellation_overtook_has_no_ticket_and_says_so() {
        let fixture = Fixture::new(None);
        let registration = fixture.register("Camille", "camille@museum.example");
        fixture.write({
            let (id, now) = (registration.id, fixture.now);
            move |db| cancel(db, &crate::audit::Actor::SYSTEM, id, None, crate::registrations::Hand::default(), now)
        });
        let letter = fixture.letter(&registration, MessageKind::Confirmed);
        assert!(letter.attachments.is_empty());
        for body in [&letter.text, &letter.html] {
            assert!(body.contains("In the meantime, your registration has been cancelled."), "{body}");
            assert!(!body.contains("ticket"), "{body}");
        }
    }

    #[test]
    fn a_letter_travels_with_its_files() {
        let fixture = Fixture::new(None);
        let registration = fixture.register("Camille", "camille@museum.example");
        let letter = fixture.letter(&registration, MessageKind::Confirmed);
        let message = fixture.message(&registration, MessageKind::Confirmed);
        let from = "Turnout <turnout@museum.example>".parse().unwrap();
        let mail = letter.to_mail(&message, &from, fixture.now).unwrap().formatted();
        let mail = String::from_utf8(mail).unwrap();
        for line in [
            "Reply-To: hello@museum.example",
            "Content-Type: text/calendar; charset=utf-8; method=PUBLISH",
            "Content-ID: <ticket>",
            "Content-Disposition: attachment; filename=\"ticket.png\"",
        ] {
            assert!(mail.contains(line), "{line} in {mail}");
        }
    }

    #[test]
    fn a_message_about_nobody_has_no_letter() {
        let fixture = Fixture::new(None);
        let registration = fixture.register("Camille", "camille@museum.example");
        let mut message = fixture.message(&registration, MessageKind::Confirmed);
        message.registration_id = None;
        let composed = fixture.read(|db| compose(db, &keys(), public_url(), &message));
        assert!(matches!(composed, Err(Error::NotFound("registration"))));
    }
}
