//! A mail server that does, at each verb, everything that it should not: no letter is lost, and none arrives twice but at
//! an organizer's word.

use serde_json::json;
use turnout::mail::PROBE_AFTER;

use super::mail_refused::{retry, the_message};
use crate::support::trickster::{Trick, TricksterServer, Verb};
use crate::support::{Database, TestApp};

const LATER: Trick = Trick::Says("451 4.3.0 come back later");
const NEVER: Trick = Trick::Says("550 5.0.0 never");
/// A yes that is no answer to what was said.
const OUT_OF_TURN: Trick = Trick::Says("250 ok, whatever");
const GO_AHEAD: Trick = Trick::Says("354 go ahead, whatever");

const SILENT_OR_MAD: [Trick; 3] = [Trick::Stalls, Trick::HangsUp, Trick::TalksNonsense];

/// What becomes of the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is tried again.
    Retried,
    /// It is refused for good.
    Failed,
    /// The outbox is paused, and the letter is as it was.
    Paused,
    /// It may have arrived.
    Unknown,
}

/// A Turnout that sends one letter to a server that plays a trick.
fn meet(verb: Verb, trick: Trick) -> (TricksterServer, TestApp) {
    let server = TricksterServer::start();
    server.play(verb, trick);
    let app = TestApp::start_with(Database::sqlite(), |settings| {
        settings.mail.url = Some(match verb {
            Verb::StartTls => format!("{}?tls=required", server.url),
            _ => server.url_with_login(),
        });
        settings.mail.timeout_seconds = 1;
    });
    app.published_event(&json!({}));
    app.register("digital-day", "ada@museum.example").ok(201);
    app.deliver_mail();
    (server, app)
}

fn check(verb: Verb, trick: Trick, fate: Fate) {
    let (server, app) = meet(verb, trick);
    let message = the_message(&app);
    let (state, attempts) = match fate {
        Fate::Retried => ("retrying", 1),
        Fate::Failed => ("failed", 1),
        Fate::Paused => ("queued", 0),
        Fate::Unknown => ("unknown", 1),
    };
    assert_eq!(
        (&message["state"], &message["attempts"]),
        (&json!(state), &json!(attempts)),
        "{verb:?} {trick:?}: {message}"
    );
    assert_eq!(server.letters().len(), 0, "{verb:?} {trick:?}");

    // What was not lost arrives, by itself or at a word; what may have arrived, at a word alone.
    let handed_over = server.handed_over();
    server.behave();
    app.advance(chrono::TimeDelta::days(2));
    if verb == Verb::StartTls {
        return; // it has a certificate that nobody believes
    }
    app.deliver_mail();
    let by_itself = matches!(fate, Fate::Retried | Fate::Paused);
    assert_eq!(server.handed_over() - handed_over, usize::from(by_itself), "{verb:?} {trick:?}");
    if matches!(fate, Fate::Failed | Fate::Unknown) {
        retry(&app);
        app.deliver_mail();
    }
    assert_eq!((&the_message(&app)["state"], server.letters().len()), (&json!("sent"), 1), "{verb:?} {trick:?}");
}

#[test]
fn before_the_letter_nothing_is_lost_and_everything_is_tried_again() {
    for verb in [Verb::Greeting, Verb::Ehlo, Verb::Auth, Verb::Mail, Verb::Rcpt, Verb::Data] {
        for trick in [LATER, Trick::Stalls, Trick::HangsUp, Trick::TalksNonsense] {
            check(verb, trick, Fate::Retried);
        }
    }
}

#[test]
fn a_server_that_says_no_for_good_says_it_of_us_or_of_the_letter() {
    for verb in [Verb::Greeting, Verb::Ehlo] {
        check(verb, NEVER, Fate::Retried);
    }
    check(Verb::Auth, NEVER, Fate::Paused);
    for verb in [Verb::Mail, Verb::Rcpt, Verb::Data, Verb::End] {
        check(verb, NEVER, Fate::Failed);
    }
}

#[test]
fn a_yes_to_something_else_is_no_yes() {
    for verb in [Verb::Mail, Verb::Rcpt] {
        check(verb, GO_AHEAD, Fate::Retried);
    }
    check(Verb::Data, OUT_OF_TURN, Fate::Retried);
    check(Verb::End, GO_AHEAD, Fate::Unknown);
}

#[test]
fn behind_the_letter_a_lost_answer_is_unknown() {
    check(Verb::End, LATER, Fate::Retried);
    for trick in SILENT_OR_MAD {
        check(Verb::End, trick, Fate::Unknown);
    }
    check(Verb::Data, Trick::HangsUpBeforeTheDot, Fate::Unknown);
}

#[test]
fn encryption_that_is_required_and_does_not_come_is_never_done_without() {
    for trick in [LATER, NEVER, Trick::Stalls, Trick::HangsUp, Trick::TalksNonsense] {
        check(Verb::StartTls, trick, Fate::Retried);
    }
    // It encrypts, and shows a certificate that nobody has signed.
    let (server, app) = meet(Verb::Noop, LATER);
    assert_eq!(the_message(&app)["state"], "sent", "without encryption it would take everything");
    assert_eq!(server.letters().len(), 1);
    for tls in ["required", "opportunistic"] {
        let server = TricksterServer::start();
        let url = format!("{}?tls={tls}", server.url);
        let app = super::mail_refused::app_with_a_letter(Database::sqlite(), &url);
        app.deliver_mail();
        let message = the_message(&app);
        assert_eq!((&message["state"], server.handed_over()), (&json!("retrying"), 0), "{message}");
        assert!(message["reply"].as_str().unwrap().contains("certificate"), "{message}");
    }
}

#[test]
fn whatever_is_said_at_the_end_changes_nothing() {
    for trick in [LATER, NEVER, Trick::Stalls, Trick::HangsUp, Trick::TalksNonsense] {
        // Whoever tries whether a login is taken says goodbye, and means it.
        let (server, app) = meet(Verb::Auth, NEVER);
        server.play(Verb::Quit, trick);
        app.advance(PROBE_AFTER);
        app.deliver_mail();
        assert_eq!((&the_message(&app)["state"], server.letters().len()), (&json!("sent"), 1), "{trick:?}");
    }
}

#[test]
fn a_connection_that_was_kept_and_is_gone_costs_no_letter() {
    for trick in [LATER, NEVER, Trick::Stalls, Trick::HangsUp, Trick::TalksNonsense] {
        let server = TricksterServer::start();
        // Before the next letter, it is asked whether it is still there.
        server.play(Verb::Noop, trick);
        let app = TestApp::start_with(Database::sqlite(), |settings| {
            settings.mail.url = Some(server.url.clone());
            settings.mail.connections = 1;
        });
        app.published_event(&json!({}));
        for name in ["ada", "ben"] {
            app.register("digital-day", &format!("{name}@museum.example")).ok(201);
        }
        app.deliver_mail();
        assert_eq!((server.letters().len(), server.connections()), (2, 2), "{trick:?}");
    }
}
