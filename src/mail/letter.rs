//! A letter: what a message says once composed.

use lettre::message::header::{ContentId, ContentType, HeaderName, HeaderValue, Headers};
use lettre::message::{Attachment as LettreAttachment, Mailbox, MultiPart, SinglePart};

use super::Message;
use crate::clock::Timestamp;
use crate::error::{Error, Result};

/// A letter in two equal forms, with what is attached.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Who it is for, by name; empty if nobody knows.
    pub to_name: String,
    /// In whose name it comes, if not in the installation's.
    pub from_name: Option<String>,
    /// Whom an answer goes to.
    pub reply_to: Option<String>,
    /// What it is about, in a line.
    pub subject: String,
    /// The letter as plain text.
    pub text: String,
    /// The letter as HTML; refers to inline attachments as `cid:name`.
    pub html: String,
    /// Files that come with it.
    pub attachments: Vec<Attachment>,
    /// Where its reader says, with one click, that they want no more of its kind (RFC 8058): of letters that nobody needs.
    pub unsubscribe: Option<String>,
}

/// A file that comes with a letter.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub content: Vec<u8>,
    /// The name under which the HTML shows it, if it does; it is attached all the same.
    pub inline_as: Option<&'static str>,
}

/// All that a letter has, each at most once.
const OUR_HEADERS: &[&str] = &[
    "Auto-Submitted",
    "Content-Type",
    "Date",
    "From",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Message-ID",
    "Reply-To",
    "Subject",
    "To",
    "X-Auto-Response-Suppress",
];

impl Letter {
    /// The letter as it goes over the wire (RFC 5322, MIME), and its envelope.
    ///
    /// `Message-ID` is made from the message's id: sent twice, it is the same message.
    ///
    /// # Errors
    /// `Internal` if a header would have a line break, or a NUL, that is not ours.
    pub fn to_mail(&self, message: &Message, from: &Mailbox, now: Timestamp) -> Result<lettre::Message> {
        let address = message.recipient.parse().map_err(Error::internal)?;
        let host = from.email.domain();
        let from_name = self.from_name.as_deref().map(header_text).or_else(|| from.name.clone());
        let mut builder = lettre::Message::builder()
            .message_id(Some(format!("<{}@{host}>", message.id)))
            .date(now.utc().into())
            .from(Mailbox::new(from_name, from.email.clone()))
            .to(Mailbox::new(Some(header_text(&self.to_name)).filter(|name| !name.is_empty()), address))
            .subject(header_text(&self.subject))
            .raw_header(raw("Auto-Submitted", "auto-generated"))
            .raw_header(raw("X-Auto-Response-Suppress", "All"));
        if let Some(reply_to) = self.reply_to.as_ref().and_then(|address| address.parse().ok()) {
            builder = builder.reply_to(reply_to);
        }
        if let Some(link) = &self.unsubscribe {
            builder = builder
                .raw_header(raw("List-Unsubscribe", &format!("<{}>", header_text(link))))
                .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let mail = builder.multipart(self.body()?).map_err(Error::internal)?;
        refuse_broken(mail.headers())?;
        Ok(mail)
    }

    fn body(&self) -> Result<MultiPart> {
        let mut html = MultiPart::related().singlepart(SinglePart::html(self.html.clone()));
        for attachment in &self.attachments {
            if let Some(cid) = attachment.inline_as {
                html = html.singlepart(
                    SinglePart::builder()
                        .header(attachment.content_type()?)
                        .header(ContentId::from(format!("<{cid}>")))
                        .header(lettre::message::header::ContentDisposition::inline())
                        .body(attachment.content.clone()),
                );
            }
        }
        let alternative = MultiPart::alternative().singlepart(SinglePart::plain(self.text.clone())).multipart(html);
        let mut body = MultiPart::mixed().multipart(alternative);
        for attachment in &self.attachments {
            let file = LettreAttachment::new(attachment.name.clone());
            body = body.singlepart(file.body(attachment.content.clone(), attachment.content_type()?));
        }
        Ok(body)
    }
}

impl Attachment {
    fn content_type(&self) -> Result<ContentType> {
        ContentType::parse(self.media_type).map_err(Error::internal)
    }
}

/// Whatever comes from above and whoever has cleaned it: no header leaves with a line that begins another (RFC 5322 §2.2).
fn refuse_broken(headers: &Headers) -> Result<()> {
    let written = headers.to_string();
    let stray = |line: &str| line.contains(['\r', '\n', '\0']);
    // Folded, a header goes on behind a blank (§2.2.3).
    let begins = |line: &&str| !line.starts_with([' ', '\t']);
    let lines = || written.split("\r\n").filter(|line| !line.is_empty());
    let ours =
        |line: &str| OUR_HEADERS.iter().any(|name| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(": ")));
    let blank = written.contains("\r\n\r\n");
    let strange = lines().filter(begins).any(|line| !ours(line));
    let mut names: Vec<_> = lines().filter(begins).filter_map(|line| line.split(':').next()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    if blank || strange || names.len() != count || lines().any(stray) {
        return Err(Error::internal(anyhow::anyhow!("a header of a letter would break into two")));
    }
    Ok(())
}

/// A header takes one line: whatever else a person put into a name becomes a space.
fn header_text(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.trim().to_owned()
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    use super::*;
    use crate::mail::MessageKind;

    fn message() -> Message {
        let now = Timestamp::from_micros(1_772_442_000_000_000);
        Message::new(MessageKind::Reminder, (None, None, None), "camille@museum.example", now)
    }

    fn written(letter: &Letter) -> String {
        let from = "Turnout <turnout@museum.example>".parse().unwrap();
        let mail = letter.to_mail(&message(), &from, Timestamp::from_micros(1_772_442_000_000_000)).unwrap();
        String::from_utf8(mail.formatted()).unwrap()
    }

    fn letter(to_name: &str, from_name: &str, subject: &str, link: &str) -> Letter {
        Letter {
            to_name: to_name.to_owned(),
            from_name: Some(from_name.to_owned()),
            reply_to: Some(link.to_owned()),
            subject: subject.to_owned(),
            text: "Hello".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            attachments: vec![Attachment {
                name: subject.to_owned(),
                media_type: "text/calendar; charset=utf-8; method=PUBLISH",
                content: b"BEGIN:VCALENDAR\r\n".to_vec(),
                inline_as: None,
            }],
            unsubscribe: Some(format!("https://turnout.example/{link}")),
        }
    }

    /// Any text, with what ends lines and headers more often than chance has it.
    fn hostile() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop_oneof![
                any::<char>().prop_map(String::from),
                Just("\r\nBcc: all@evil.example".to_owned()),
                Just("\r\n\r\n<b>".to_owned()),
                Just("\n".to_owned()),
                Just("\r".to_owned()),
                Just("\0".to_owned()),
                Just("\"".to_owned()),
                Just("<a@evil.example>".to_owned()),
                Just("=?utf-8?q?=0D=0A?=".to_owned()),
                Just(", ".to_owned()),
            ],
            0..12,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn nothing_in_a_letter_makes_a_header(to in hostile(), from in hostile(), subject in hostile(), link in hostile()) {
            let mail = written(&letter(&to, &from, &subject, &link));
            let (head, _) = mail.split_once("\r\n\r\n").unwrap();
            // Nor one of its parts.
            prop_assert!(!mail.contains('\0') && !mail.replace("\r\n", "").contains(['\r', '\n']), "{:?}", mail);
            prop_assert!(!mail.split("\r\n").any(|line| line.starts_with("Bcc:")), "{:?}", mail);
            let mut names = Vec::new();
            for line in head.split("\r\n") {
                prop_assert!(!line.contains(['\r', '\n']), "{:?}", line);
                if !line.starts_with([' ', '\t']) {
                    names.push(line.split(':').next().unwrap().to_owned());
                }
            }
            names.retain(|name| name != "Reply-To");
            names.sort();
            prop_assert_eq!(names, [
                "Auto-Submitted", "Content-Type", "Date", "From", "List-Unsubscribe", "List-Unsubscribe-Post",
                "MIME-Version", "Message-ID", "Subject", "To", "X-Auto-Response-Suppress",
            ]);
            let parsed = MessageParser::default().parse(mail.as_bytes()).unwrap();
            let to: Vec<_> = parsed.to().unwrap().iter().filter_map(|one| one.address()).collect();
            prop_assert_eq!(to, ["camille@museum.example"]);
            let from: Vec<_> = parsed.from().unwrap().iter().filter_map(|one| one.address()).collect();
            prop_assert_eq!(from, ["turnout@museum.example"]);
        }
    }

    #[test]
    fn a_header_that_nobody_has_cleaned_does_not_leave() {
        let from: Mailbox = "Turnout <turnout@museum.example>".parse().unwrap();
        let mail = letter("A", "B", "C", "d").to_mail(&message(), &from, Timestamp::from_micros(0)).unwrap();
        assert!(refuse_broken(mail.headers()).is_ok());
        for stray in ["a\r\nBcc: all@evil.example", "a\r\n\r\n<b>", "a\nb", "a\rb", "a\0b", "a\r\nSubject: b"] {
            for name in ["Subject", "Message-ID", "List-Unsubscribe", "Reply-To"] {
                let mut headers = mail.headers().clone();
                let name = HeaderName::new_from_ascii_str(name);
                headers.insert_raw(HeaderValue::dangerous_new_pre_encoded(name, stray.to_owned(), stray.to_owned()));
                assert!(refuse_broken(&headers).is_err(), "{stray:?}");
            }
        }
    }

    #[test]
    fn names_arrive_as_they_are() {
        for name in ["Zoë \"Ø'Neil\", Jr.", "李 小龙", "🎉 مرحبا", "a@b.example", "Weber; Camille <x@y.example>"]
        {
            let mail = written(&letter(name, name, name, "x"));
            let parsed = MessageParser::default().parse(mail.as_bytes()).unwrap();
            assert_eq!(parsed.to().unwrap().first().unwrap().name(), Some(name), "{mail}");
            assert_eq!(parsed.from().unwrap().first().unwrap().name(), Some(name), "{mail}");
            assert_eq!(parsed.subject(), Some(name), "{mail}");
        }
    }

    #[test]
    fn only_what_nobody_needs_can_be_unsubscribed() {
        let with = written(&letter("A", "B", "C", "d"));
        assert!(with.contains("\r\nList-Unsubscribe: <https://turnout.example/d>\r\n"), "{with}");
        assert!(with.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{with}");
        let without = written(&Letter { unsubscribe: None, ..letter("A", "B", "C", "d") });
        assert!(!without.contains("List-Unsubscribe"), "{without}");
    }
}
