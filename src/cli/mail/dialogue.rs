//! What is said between us and a mail server, on standard output.

use std::fmt::{self, Write};
use std::sync::{Mutex, PoisonError};

use data_encoding::BASE64;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

/// What stands in the place of a password.
const MASK: &str = "********";

/// Prints what lettre says that it wrote and read.
pub(super) struct Dialogue {
    /// What must not be seen, in all forms in which it may be sent.
    secrets: Vec<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The reply that is being read, as far as it was printed.
    heard: String,
    /// Whether what we write next proves who we are.
    login: bool,
    /// Whether what we write next is a letter.
    letter: bool,
}

impl Dialogue {
    /// In which neither the user's password nor what is made of it shows.
    pub(super) fn new(login: Option<(&str, &str)>) -> Self {
        let secrets = login.into_iter().flat_map(|(user, password)| {
            let together = format!("\0{user}\0{password}");
            [BASE64.encode(together.as_bytes()), BASE64.encode(password.as_bytes()), password.to_owned()]
        });
        Self { secrets: secrets.filter(|secret| !secret.is_empty()).collect(), state: Mutex::default() }
    }

    /// What to print of something that was said: lines with `>` are ours, those with `<` the server's.
    fn lines(&self, said: &str) -> Vec<String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ours) = said.strip_prefix("Wrote: ") {
            state.heard.clear();
            return vec![format!("> {}", self.ours(&mut state, ours))];
        }
        if let Some(reply) = said.strip_prefix("<< ") {
            let new = reply.strip_prefix(state.heard.as_str()).unwrap_or(reply).to_owned();
            reply.clone_into(&mut state.heard);
            state.login &= new.starts_with("334");
            state.letter = new.starts_with("354");
            let lines = new.split("<CRLF>").filter(|line| !line.is_empty());
            return lines.map(|line| format!("< {}", self.masked(line))).collect();
        }
        if said == "connection encrypted" { vec!["  (encrypted from here on)".to_owned()] } else { Vec::new() }
    }

    fn ours(&self, state: &mut State, said: &str) -> String {
        if std::mem::take(&mut state.letter) {
            return "(the letter)".to_owned();
        }
        let line = said.replace("<CRLF>", "");
        if let Some(rest) = line.strip_prefix("AUTH ") {
            state.login = true;
            let mechanism = rest.split(' ').next().unwrap_or_default();
            return format!("AUTH {mechanism} {MASK}");
        }
        if state.login { MASK.to_owned() } else { self.masked(&line) }
    }

    fn masked(&self, line: &str) -> String {
        let masked = self.secrets.iter().fold(line.to_owned(), |line, secret| line.replace(secret, MASK));
        masked.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
    }
}

impl<S: Subscriber> Layer<S> for Dialogue {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target().starts_with("lettre") {
            let mut said = Said::default();
            event.record(&mut said);
            for line in self.lines(&said.0) {
                println!("{line}");
            }
        }
    }
}

#[derive(Default)]
struct Said(String);

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_do_not_show_in_whatever_form_they_are_sent() {
        let dialogue = Dialogue::new(Some(("turnout", "open sesame")));
        let said = |text: &str| dialogue.lines(text).join("\n");
        assert_eq!(said("Wrote: AUTH PLAIN AHR1cm5vdXQAb3BlbiBzZXNhbWU=<CRLF>"), "> AUTH PLAIN ********");
        assert_eq!(said("<< 535 no AHR1cm5vdXQAb3BlbiBzZXNhbWU=, open sesame<CRLF>"), "< 535 no ********, ********");
        assert_eq!(said("Wrote: AUTH LOGIN<CRLF>"), "> AUTH LOGIN ********");
        assert_eq!(said("<< 334 VXNlcm5hbWU6<CRLF>"), "< 334 VXNlcm5hbWU6");
        assert_eq!(said("Wrote: b3BlbiBzZXNhbWU=<CRLF>"), "> ********");
        assert_eq!(said("<< 235 welcome<CRLF>"), "< 235 welcome");
        assert_eq!(said("Wrote: MAIL FROM:<a@b.example><CRLF>"), "> MAIL FROM:<a@b.example>");
    }

    #[test]
    fn a_reply_of_several_lines_is_printed_once_and_a_letter_not_at_all() {
        let dialogue = Dialogue::new(None);
        assert_eq!(dialogue.lines("<< 250-one<CRLF>"), ["< 250-one"]);
        assert_eq!(dialogue.lines("<< 250-one<CRLF>250 two\x1b[2J<CRLF>"), ["< 250 two?[2J"]);
        assert_eq!(dialogue.lines("Wrote: DATA<CRLF>"), ["> DATA"]);
        assert_eq!(dialogue.lines("<< 354 go ahead<CRLF>"), ["< 354 go ahead"]);
        assert_eq!(dialogue.lines("Wrote: From: a@b.example<CRLF>.<CRLF>"), ["> (the letter)"]);
    }
}
