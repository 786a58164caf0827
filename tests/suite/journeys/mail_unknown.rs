//! Letters of which nobody knows whether they arrived.

use chrono::TimeDelta;
use serde_json::json;
use turnout::mail::outbox::{self, Begun};

use super::mail_refused::{app_with_a_letter, retry, the_message};
use crate::support::trickster::{Trick, TricksterServer, Verb};
use crate::support::{Database, TestApp, on_both_databases};

/// Leases the only message and begins to hand it over, as a sender does that dies right then.
fn die_while_sending(app: &TestApp) {
    let now = app.clock.now();
    let begun = app.app.store.write_here(uuid::Uuid::nil(), move |db| {
        let bag = outbox::lease(db, 64, now)?;
        assert_eq!(bag.len(), 1);
        outbox::begin(db, &bag[0], now)
    });
    assert_eq!(begun.unwrap(), Begun::Yes);
    assert_eq!(the_message(app)["state"], "sending");
    app.advance(outbox::LEASE - TimeDelta::microseconds(1));
    assert_eq!(app.deliver_mail(), 0, "it may still be alive");
    app.advance(TimeDelta::microseconds(1));
}

#[test]
fn a_letter_whose_answer_was_lost_is_repeated_at_an_organizers_word_only() {
    for (verb, trick) in [
        (Verb::End, Trick::HangsUp),
        (Verb::End, Trick::Stalls),
        // From here, a letter that was cut off looks like one whose answer was.
        (Verb::Data, Trick::HangsUpBeforeTheDot),
    ] {
        let server = TricksterServer::start();
        let app = app_with_a_letter(Database::sqlite(), &server.url);
        server.play(verb, trick);
        assert_eq!(app.deliver_mail(), 1);
        let message = the_message(&app);
        assert_eq!((&message["state"], &message["due_at"]), (&json!("unknown"), &json!(null)), "{trick:?}: {message}");
        let handed_over = server.handed_over();
        assert_eq!(handed_over, usize::from(verb == Verb::End));

        server.behave();
        app.advance(TimeDelta::days(30));
        assert_eq!((app.deliver_mail(), server.handed_over()), (0, handed_over), "never by itself");
        retry(&app);
        assert_eq!((app.deliver_mail(), server.letters().len()), (1, 1));
        assert_eq!(the_message(&app)["state"], "sent");
    }
}

on_both_databases! {
    fn a_sender_that_died_leaves_an_unknown_letter_at_a_mail_server(database: Database) {
        let server = TricksterServer::start();
        let app = app_with_a_letter(database, &server.url);
        die_while_sending(&app);
        assert_eq!(app.deliver_mail(), 1);
        let message = the_message(&app);
        assert_eq!((&message["state"], &message["due_at"]), (&json!("unknown"), &json!(null)), "{message}");
        app.advance(TimeDelta::days(30));
        assert_eq!((app.deliver_mail(), server.handed_over()), (0, 0), "never by itself");
        retry(&app);
        assert_eq!((app.deliver_mail(), server.letters().len()), (1, 1));
    }

    fn a_sender_that_died_is_followed_by_another_where_twice_is_the_same_as_once(database: Database) {
        let app = TestApp::start(database);
        app.published_event(&json!({}));
        app.register("digital-day", "ada@museum.example").ok(201);
        die_while_sending(&app);
        assert_eq!((app.deliver_mail(), app.letters().len()), (1, 1));
        assert_eq!(the_message(&app)["state"], "sent");
    }

    fn a_letter_that_two_senders_hold_is_sent_by_one(database: Database) {
        let server = TricksterServer::start();
        let app = app_with_a_letter(database, &server.url);
        let now = app.clock.now();
        // The first has taken it and does not come to send it; the second takes it after the lease.
        let first = app.app.store.write_here(uuid::Uuid::nil(), move |db| outbox::lease(db, 64, now)).unwrap();
        app.advance(outbox::LEASE);
        assert_eq!((app.deliver_mail(), server.letters().len()), (1, 1));
        let now = app.clock.now();
        let begun = app.app.store.write_here(uuid::Uuid::nil(), move |db| outbox::begin(db, &first[0], now));
        assert_eq!(begun.unwrap(), Begun::Lost, "the first has lost it");
        assert_eq!(the_message(&app)["state"], "sent");
    }
    fn a_sender_has_its_whole_time_from_the_moment_it_begins(database: Database) {
        let server = TricksterServer::start();
        let app = app_with_a_letter(database, &server.url);
        let now = app.clock.now();
        let bag = app.app.store.write_here(uuid::Uuid::nil(), move |db| outbox::lease(db, 64, now)).unwrap();
        // The letters before it in the bag took nearly as long as a lease.
        app.advance(outbox::LEASE - TimeDelta::seconds(1));
        let now = app.clock.now();
        let held = bag[0].clone();
        let begun = app.app.store.write_here(uuid::Uuid::nil(), move |db| outbox::begin(db, &held, now));
        assert_eq!(begun.unwrap(), Begun::Yes);
        app.advance(outbox::LEASE - TimeDelta::seconds(1));
        assert_eq!((app.deliver_mail(), &the_message(&app)["state"]), (0, &json!("sending")));
        app.advance(TimeDelta::seconds(1));
        assert_eq!((app.deliver_mail(), &the_message(&app)["state"]), (1, &json!("unknown")));
    }
}
