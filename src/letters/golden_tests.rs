//! Every letter in every language, as it travels, to people with names that are hard to bear.

use std::fmt::Write as _;

use mail_parser::{MessageParser, MimeHeaders};

use super::attendee::{self, Occasion, SessionChange};
use super::campaign::campaign_letter;
use super::fixture::{Fixture, at, keys, public_url, registration};
use super::{compose, invitation, preview, transferred_away};
use crate::access::{self, InviteToken, ResetToken};
use crate::audit::Actor;
use crate::campaigns::{Campaign, CampaignState};
use crate::clock::Timestamp;
use crate::events::{Event, Location, Told};
use crate::mail::{Letter, Message, MessageKind, outbox};
use crate::organizations::{Organization, Role};
use crate::registrations::{Filter, Registration};
use crate::store::{Db, Json};
use crate::values::Language;

const NAME: &str = "Zoë \"Ø'Neil\" <b>🎉 مرحبا {{ name }} {first_name}";

fn hostile_event(event: &Event) -> Event {
    Event {
        id: uuid::Uuid::from_u128(7).into(),
        title: "Nuit <script>alert('1')</script> & \"été\" 🎉 {{ title }} {% raw %} مرحبا".to_owned(),
        location: Json(Location {
            name: Some("Musée <img src=x>".to_owned()),
            online_url: Some("https://turnout.example/?a=1&b=2".to_owned()),
            ..Location::default()
        }),
        ..event.clone()
    }
}

fn hostile_registration(event: &Event, language: Language) -> Registration {
    Registration {
        id: uuid::Uuid::from_u128(8).into(),
        event_id: event.id,
        first_name: NAME.to_owned(),
        last_name: Some("W".repeat(100)),
        locale: language,
        reason: Some("It is full.\nReally <b>full</b>.".to_owned()),
        ..registration()
    }
}

fn hostile_session(event: &Event) -> SessionChange {
    let mut change = preview::an_hour_before(None, event);
    for told in [Some(&mut change.before), change.now.as_mut()].into_iter().flatten() {
        told.title = "Atelier <b>B</b> & \"été\" {{ title }}".to_owned();
    }
    change
}

fn hostile_campaign(event: &Event, now: Timestamp) -> Campaign {
    let in_all = |text: &str| Json(Language::ALL.iter().map(|language| (*language, text.to_owned())).collect());
    Campaign {
        id: uuid::Uuid::from_u128(11).into(),
        event_id: event.id,
        subject: in_all("{event} <b>for</b> {first_name} 🎉"),
        body: in_all(
            "Dear {name},\n\n<script>x</script>\n\n**Come** by [tram](https://tram.example), {{braces}} and {code}.",
        ),
        audience: Json(Filter::default().into()),
        consent: None,
        state: CampaignState::Sending,
        send_at: Some(now),
        reached: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

fn message(kind: MessageKind, now: Timestamp) -> Message {
    let message = Message::new(kind, (None, None, None), "camille@museum.example", now);
    Message { id: uuid::Uuid::from_u128(9).into(), ..message }
}

/// The letter of a kind in a language, and what differs in it from day to day, with what stands for it.
fn letter(fixture: &Fixture, kind: MessageKind, language: Language) -> (Letter, Vec<(String, &'static str)>) {
    let (keys, now) = (keys(), fixture.now);
    let with = (&keys, public_url());
    let event = hostile_event(&fixture.event);
    let registration = preview::standing(hostile_registration(&event, language), kind, now);
    let told = Told { location: Location::default(), ..preview::a_day_before(&event) };
    let written = |db: &mut Db| match kind {
        MessageKind::TransferredAway => {
            let organization = Organization::find(db, event.organization_id)?;
            transferred_away::written(&event, organization, language, None)
        }
        MessageKind::Invitation => {
            let mut guest = preview::guest(&event, &registration, language, now);
            guest.id = uuid::Uuid::from_u128(10).into();
            invitation::written(db, with, &event, &guest, (language, None))
        }
        MessageKind::Campaign => campaign_letter(db, with, &hostile_campaign(&fixture.event, now), &registration),
        _ => {
            let previously = (kind == MessageKind::EventChanged).then_some(told);
            let session = (kind == MessageKind::SessionChanged).then(|| hostile_session(&event));
            let occasion = Occasion { kind, previously, session, as_asked: Some((language, None)) };
            attendee::written(db, with, event.clone(), registration, occasion)
        }
    };
    match kind {
        MessageKind::PasswordReset => password_reset(fixture, language),
        MessageKind::MemberInvitation => member_invitation(fixture, language),
        _ => (fixture.read(written).unwrap(), Vec::new()),
    }
}

fn password_reset(fixture: &Fixture, language: Language) -> (Letter, Vec<(String, &'static str)>) {
    let now = fixture.now;
    let email = format!("{language}@museum.example");
    let message = fixture.write(move |db| {
        access::open_account(
            db,
            &Actor::ANONYMOUS,
            email.parse().unwrap(),
            NAME.parse().unwrap(),
            language,
            None,
            now,
        )?;
        access::ask_for_reset(db, &Actor::ANONYMOUS, &email, now)?;
        Ok(outbox::lease(db, 10, now)?.remove(0))
    });
    let letter = fixture.read(|db| compose(db, &keys(), public_url(), &message)).unwrap();
    let token = ResetToken { reset: message.about_id.unwrap().uuid().into() }.text(&keys());
    (letter, vec![(token.reveal().to_owned(), "[token]")])
}

fn member_invitation(fixture: &Fixture, language: Language) -> (Letter, Vec<(String, &'static str)>) {
    let (now, organization) = (fixture.now, fixture.event.organization_id);
    let email = format!("new.{language}@museum.example");
    let message = fixture.write(move |db| {
        let revision = crate::organizations::Revision { default_language: Some(language), ..Default::default() };
        crate::organizations::revise(db, &Actor::COMMAND_LINE, organization, revision, None, now)?;
        access::invite(db, &Actor::COMMAND_LINE, (organization, None), &email.parse().unwrap(), Role::Editor, now)?;
        Ok(outbox::lease(db, 10, now)?.remove(0))
    });
    let letter = fixture.read(|db| compose(db, &keys(), public_url(), &message)).unwrap();
    let token = InviteToken { invite: message.about_id.unwrap().uuid().into() }.text(&keys());
    (letter, vec![(token.reveal().to_owned(), "[token]")])
}

fn mail(letter: &Letter, kind: MessageKind) -> Vec<u8> {
    let from = "Turnout <turnout@museum.example>".parse().unwrap();
    letter.to_mail(&message(kind, at("2026-05-01T10:00:00Z")), &from, at("2026-05-01T10:00:00Z")).unwrap().formatted()
}

/// A letter as somebody else's parser reads it: its headers, both its forms, what comes with it.
fn read(mail: &[u8]) -> String {
    let parsed = MessageParser::default().parse(mail).unwrap();
    let mut shown = String::new();
    for header in parsed.headers().iter().filter(|header| !header.name().eq_ignore_ascii_case("content-type")) {
        let raw = std::str::from_utf8(&mail[header.offset_start() as usize..header.offset_end() as usize]).unwrap();
        let _ = writeln!(shown, "{}: {}", header.name(), raw.trim());
    }
    let _ = writeln!(shown, "\n{}\n{}", parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
    for file in parsed.attachments() {
        let kind = file.content_type().unwrap();
        let subtype = kind.subtype().unwrap_or_default();
        let content = if subtype == "calendar" { file.text_contents().unwrap() } else { "[picture]" };
        let _ = writeln!(shown, "== {} {}/{subtype}\n{content}", file.attachment_name().unwrap_or("-"), kind.ctype());
    }
    shown.replace('\r', "")
}

#[test]
fn every_letter_in_every_language() {
    for language in Language::ALL {
        let fixture = Fixture::new(None);
        let mut all = String::new();
        for kind in MessageKind::ALL {
            let (letter, redacted) = letter(&fixture, *kind, *language);
            let mut shown = read(&mail(&letter, *kind));
            for (text, instead) in redacted {
                shown = shown.replace(&text, instead);
            }
            let _ = write!(all, "######## {kind}\n{shown}\n");
        }
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("letters_{language}"), all);
        });
    }
}

#[test]
fn both_forms_of_every_letter_tell_the_same() {
    let fixture = Fixture::new(None);
    for (kind, language) in everything() {
        let (letter, _) = letter(&fixture, kind, language);
        assert!(letter.html.contains(&format!("<html lang=\"{language}\">")), "{kind} {language}");
        for tag in ["<script", "<b>", "<img src=x", "src=\"http"] {
            assert!(!letter.html.contains(tag), "{kind} {language}: {tag} in {}", letter.html);
        }
        let shown = visible(&letter.html);
        let text: String = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words_of(&text), words_of(&shown), "{kind} {language}");
    }
}

/// All that we say; what a campaign says is the organizers'.
fn everything() -> impl Iterator<Item = (MessageKind, Language)> {
    let ours = MessageKind::ALL.iter().filter(|kind| **kind != MessageKind::Campaign);
    ours.flat_map(|kind| Language::ALL.iter().map(|language| (*kind, *language)))
}

/// What somebody sees of a page.
fn visible(html: &str) -> String {
    let body = html.split("<body").nth(1).unwrap();
    let mut shown = String::new();
    for (part, piece) in body.split('<').enumerate() {
        if part == 0 {
            shown.push_str(piece.split_once('>').unwrap().1);
            continue;
        }
        let (_, text) = piece.split_once('>').unwrap();
        shown.push(' ');
        shown.push_str(text);
    }
    for (entity, sign) in
        [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&"), ("&amp;", "&")]
    {
        shown = shown.replace(entity, sign);
    }
    shown
}

/// The words of a text, whatever stands between them.
fn words_of(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ':' | '.' | ',')).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}
