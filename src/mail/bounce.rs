//! Reports that a letter did not arrive, which come back after the mail server had taken it (RFC 3464).

use diesel::prelude::*;
use mail_parser::{Message as Mail, MessageParser, MimeHeaders, PartType};

use super::{Message, MessageState, undeliverable};
use crate::audit::{self, Actor, Scope};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::keys::fingerprint;
use crate::store::schema::{bounces, messages};
use crate::store::{Db, MessageId, lock_queue, unless_taken};
use crate::text_enum;

/// What a report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What has become of the letter.
    pub verdict: Verdict,
    /// In the words of the server that said so: one line, at most 1,000 characters.
    pub words: String,
    /// The messages that it may be about, as the letter that came back names itself; none if it does not.
    named: Option<Vec<MessageId>>,
    /// To whom the letter went: as we wrote it, then as the last server did.
    recipients: Vec<String>,
    fingerprint: String,
}

/// What has become of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It did not arrive, and none will at that address (5.x.x).
    Undeliverable,
    /// It did not arrive, and another may (4.x.x).
    Failed,
    /// It is late, or has arrived.
    Otherwise,
}

text_enum! {
    /// What was made of a report.
    pub enum BounceResult {
        /// The message has failed, and its address is known to take no letters.
        Undeliverable = "undeliverable",
        /// The message has failed.
        Failed = "failed",
        /// The same report came before.
        Repeated = "repeated",
        /// The letter is late, or has arrived: nothing to write down.
        Ignored = "ignored",
    }
}

impl Report {
    /// Reads a delivery status notification, with the letter that it returns or its headers.
    ///
    /// # Errors
    /// `not_a_report`.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let none = || Error::invalid("", "not_a_report", "this is no delivery status notification after RFC 3464");
        let mail = MessageParser::default().parse(bytes).ok_or_else(none)?;
        let status = mail.parts.iter().find(|part| part.is_content_type("message", "delivery-status"));
        let status = String::from_utf8_lossy(status.ok_or_else(none)?.contents()).replace("\r\n", "\n");
        let groups: Vec<Fields> = status.split("\n\n").filter_map(Fields::parse).collect();
        let about: Vec<&Fields> = groups.iter().filter(|group| group.get("Action").is_some()).collect();
        let failed = about.iter().find(|group| group.is("Action", "failed"));
        let group = failed.or(about.first()).ok_or_else(none)?;
        let verdict = match group.get("Status").unwrap_or_default() {
            _ if failed.is_none() => Verdict::Otherwise,
            status if status.starts_with('5') => Verdict::Undeliverable,
            _ => Verdict::Failed,
        };
        let recipients = ["Original-Recipient", "Final-Recipient"];
        let recipients: Vec<String> = recipients.iter().filter_map(|name| address(&group.get(name)?)).collect();
        let words = group.get("Diagnostic-Code").or_else(|| group.get("Status")).unwrap_or_default();
        let words = words.strip_prefix("smtp;").unwrap_or(&words).trim();
        Ok(Self {
            verdict,
            words: words.chars().take(1000).collect(),
            named: named(&mail),
            recipients,
            fingerprint: fingerprint(mail.message_id().map_or(status.as_bytes(), str::as_bytes)),
        })
    }

    /// The messages that it may be about, the likeliest first: that which the letter names, or those that were sent last
    /// to its recipient.
    pub fn candidates(&self, db: &mut Db) -> Result<Vec<Message>> {
        if let Some(named) = &self.named {
            return Ok(Message::query().filter(messages::id.eq_any(named)).load(db)?);
        }
        Ok(Message::query()
            .filter(messages::recipient.eq_any(&self.recipients))
            .filter(messages::sent_at.is_not_null())
            .order(messages::id.desc())
            .limit(20)
            .load(db)?)
    }
}

/// Writes down what a report says of a message: once, however often it comes.
pub fn take_bounce(
    db: &mut Db,
    by: &Actor,
    scope: Scope,
    id: MessageId,
    report: &Report,
    now: Timestamp,
) -> Result<(Message, BounceResult)> {
    let queue = Message::find(db, id)?.queue();
    lock_queue(db, queue)?;
    let message = Message::find(db, id)?;
    let result = match report.verdict {
        Verdict::Otherwise => return Ok((message, BounceResult::Ignored)),
        Verdict::Failed => BounceResult::Failed,
        Verdict::Undeliverable => BounceResult::Undeliverable,
    };
    let taken = unless_taken(db, |db| {
        let row =
            (bounces::message_id.eq(id), bounces::fingerprint.eq(&report.fingerprint), bounces::created_at.eq(now));
        diesel::insert_into(bounces::table).values(row).execute(db)
    })?;
    if taken.is_none() {
        return Ok((message, BounceResult::Repeated));
    }
    if matches!(message.state, MessageState::Sent | MessageState::Unknown) {
        diesel::update(messages::table.find(id))
            .set((
                messages::state.eq(MessageState::Failed),
                messages::reply.eq(Some(&report.words)),
                messages::updated_at.eq(now),
                messages::version.eq(messages::version + 1),
            ))
            .execute(db)?;
    }
    if report.verdict == Verdict::Undeliverable {
        undeliverable::mark(db, &message, &report.words, now)?;
    }
    audit::record(db, by, scope, "message.bounced", id.uuid(), now)?;
    Ok((Message::find(db, id)?, result))
}

/// A group of fields of a report (RFC 3464 §2.1.2).
struct Fields(String);

impl Fields {
    fn parse(text: &str) -> Option<Self> {
        Some(Self(format!("{}\n\n", text.trim_matches('\n')))).filter(|fields| fields.0.contains(':'))
    }

    /// What a field says, in one line.
    fn get(&self, name: &str) -> Option<String> {
        let fields = MessageParser::default().parse(self.0.as_bytes())?;
        let text = fields.header_raw(name)?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.get(name).is_some_and(|text| text.eq_ignore_ascii_case(value))
    }
}

/// An address of a report: `rfc822; ada@museum.example`.
fn address(text: &str) -> Option<String> {
    let (_, address) = text.split_once(';')?;
    Some(address.trim().trim_matches(['<', '>']).to_owned())
}

/// Our messages among the letters that a report names: in what it returns, or in what it answers.
fn named(mail: &Mail) -> Option<Vec<MessageId>> {
    let mut names: Vec<String> = Vec::new();
    for part in &mail.parts {
        let returned = match &part.body {
            PartType::Message(returned) => returned.message_id().map(ToOwned::to_owned),
            _ if part.is_content_type("text", "rfc822-headers")
                || part.is_content_type("message", "global-headers") =>
            {
                let headers = [part.contents(), b"\r\n\r\n"].concat();
                MessageParser::default().parse(&headers).and_then(|mail| mail.message_id().map(ToOwned::to_owned))
            }
            _ => None,
        };
        names.extend(returned);
    }
    if names.is_empty() {
        for answered in [mail.in_reply_to(), mail.references()] {
            names.extend(answered.as_text_list().unwrap_or_default().iter().map(ToString::to_string));
            names.extend(answered.as_text().map(ToOwned::to_owned));
        }
    }
    let ours = |name: &String| name.split('@').next()?.trim_matches('<').parse().ok();
    (!names.is_empty()).then(|| names.iter().filter_map(ours).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(group: &str, returned: &str) -> Vec<u8> {
        format!(
            "From: MAILER-DAEMON@relay.example\r\nMessage-ID: <1@relay.example>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n{group}\r\n\
             --b\r\n{returned}\r\n--b--\r\n"
        )
        .into_bytes()
    }

    const ID: &str = "0190b5a0-7b1c-7000-8000-000000000001";

    #[test]
    fn a_report_says_what_was_said_and_of_which_letter() {
        let group = "Original-Recipient: rfc822;ada@museum.example\r\nFinal-Recipient: rfc822; <ada@mail.example>\r\n\
                     Action: Failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 nobody\r\n of that name here\r\n";
        let whole = format!("Content-Type: message/rfc822\r\n\r\nMessage-ID: <{ID}@turnout.example>\r\n\r\nHello");
        let headers =
            format!("Content-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nMessage-ID: <{ID}@turnout.example>");
        for returned in [whole, headers] {
            let read = Report::parse(&report(group, &returned)).unwrap();
            assert_eq!(read.verdict, Verdict::Undeliverable);
            assert_eq!(read.words, "550 5.1.1 nobody of that name here");
            assert_eq!(read.named, Some(vec![ID.parse().unwrap()]));
            assert_eq!(read.recipients, ["ada@museum.example", "ada@mail.example"]);
        }
    }

    #[test]
    fn what_is_late_or_has_arrived_or_may_yet_is_told_apart() {
        for (action, status, verdict) in [
            ("failed", "5.7.1", Verdict::Undeliverable),
            ("failed", "4.4.7", Verdict::Failed),
            ("delayed", "4.4.1", Verdict::Otherwise),
            ("delivered", "2.0.0", Verdict::Otherwise),
            ("relayed", "2.0.0", Verdict::Otherwise),
        ] {
            let group = format!("Final-Recipient: rfc822; a@b.example\r\nAction: {action}\r\nStatus: {status}\r\n");
            let read = Report::parse(&report(&group, "Content-Type: text/plain\r\n\r\n")).unwrap();
            assert_eq!((read.verdict, read.named), (verdict, None), "{action} {status}");
        }
    }

    #[test]
    fn what_is_no_report_is_told_so() {
        let without_action = report("Final-Recipient: rfc822; a@b.example\r\n", "Content-Type: text/plain\r\n\r\n");
        for bytes in [&b""[..], b"Subject: Out of office\r\n\r\nI am away.", b"\xff\x00", &without_action] {
            assert!(matches!(Report::parse(bytes), Err(Error::Invalid(issues)) if issues[0].code == "not_a_report"));
        }
    }
}
