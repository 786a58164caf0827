//! Letters in English.

use super::{Campaign, Clock, Invitation, Labels, MemberInvitation, Notice, PasswordReset, Phrases, Unsubscribe};
use crate::organizations::Role;
use crate::registrations::RegistrationStatus;
use crate::values::Language;

const LOOK: &str = "See your registration:";
const MANAGE: &str = "See or cancel your registration:";

pub(super) const WORDS: Phrases = Phrases {
    language: Language::English,
    hello: "Hello",
    colon: ": ",
    labels: Labels {
        event: "Event",
        when: "When",
        when_before: "When, until now",
        place_before: "Where, until now",
        place: "Where",
        ticket: "Ticket",
        session: "Session",
        session_before: "Session, until now",
        session_now: "Session, from now on",
        code: "Code",
    },
    clock: Clock {
        weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        day: |day| day.to_string(),
        time: |hour, minute| format!("{hour:02}:{minute:02}"),
        moment: |day, time| format!("{day}, {time}"),
        hours: |day, start, end| format!("{day}, {start} to {end}"),
        days: |(first, start), (last, end)| format!("{first}, {start} to {last}, {end}"),
        zone: |town| format!("{town} time"),
        towns: &[],
    },
    ticket: "Your ticket is attached (ticket.png): show it at the door, on paper or on your phone. Should it not be at \
             hand, the code below does as well.",
    picture: "Your ticket as a QR code",
    yours_alone: "This link is yours alone: please do not pass it on.",
    questions: ("Questions? Reply to this letter, or write to ", "."),
    called_off: "Please note: the event has been cancelled. It will not take place.",
    stands: |status| match status {
        RegistrationStatus::Confirmed => "In the meantime, your registration has been confirmed.",
        RegistrationStatus::Waitlisted => "In the meantime, your registration has been put on the waiting list.",
        RegistrationStatus::Cancelled => "In the meantime, your registration has been cancelled.",
        RegistrationStatus::PendingVerification => "In the meantime, your registration has been received.",
        RegistrationStatus::PendingApproval => "In the meantime, your registration has been put before the organizers.",
        RegistrationStatus::Offered => "In the meantime, a place is held for you.",
        RegistrationStatus::Rejected => "In the meantime, the organizers have declined your registration.",
        RegistrationStatus::Expired => "In the meantime, your registration has been closed, as its time was over.",
    },
    more: |more| format!("and {more} more"),
    look: LOOK,
    confirmed: Notice { subject: "Your place", says: "You have a place.", link: MANAGE },
    approved: Notice {
        subject: "Your place",
        says: "The organizers have accepted your registration: you have a place.",
        link: MANAGE,
    },
    transferred: Notice {
        subject: "Your place",
        says: "A place has been transferred to you: it is yours now.",
        link: MANAGE,
    },
    promoted: Notice {
        subject: "A place for you",
        says: "A place has become free, and it is yours: you are no longer on the waiting list.",
        link: "If you cannot come, please cancel, so that the next person on the list gets the place:",
    },
    changed: Notice {
        subject: "Changed",
        says: "Your registration has been changed. See below what it says now.",
        link: LOOK,
    },
    pending: Notice {
        subject: "Received",
        says: "Your registration has arrived. The organizers look at each one: as soon as they have decided, we write to \
               you again. This letter is not a ticket.",
        link: MANAGE,
    },
    offer_expired: Notice {
        subject: "The offer has ended",
        says: "A place was held for you and not taken in time: it has gone to the next on the list.",
        link: LOOK,
    },
    cancelled: Notice {
        subject: "Cancelled",
        says: "Your registration has been cancelled. A ticket that you have got for it is not valid any more.",
        link: LOOK,
    },
    event_cancelled: Notice {
        subject: "Event cancelled",
        says: "We are sorry: the event has been cancelled. It will not take place, and your registration ends with it. You \
               need not do anything.",
        link: LOOK,
    },
    reminder: Notice {
        subject: "Reminder",
        says: "The event is near: we look forward to seeing you.",
        link: "If you cannot come, please cancel, so that somebody else gets the place:",
    },
    event_changed: Notice {
        subject: "The event has changed",
        says: |time, place| match (time, place) {
            (true, true) => "The time and the place of the event have changed. Your registration remains valid.",
            (true, false) => "The time of the event has changed. Your registration remains valid.",
            (false, true) => "The place of the event has changed. Your registration remains valid.",
            (false, false) => "The event is once more as it was announced first. Your registration remains valid.",
        },
        link: MANAGE,
    },
    session_changed: Notice {
        subject: "A session has changed",
        says: |time, room| match (time, room) {
            (true, true) => {
                "The time and the room of a session that you have chosen have changed. Your registration remains valid."
            }
            (true, false) => "The time of a session that you have chosen has changed. Your registration remains valid.",
            (false, true) => "The room of a session that you have chosen has changed. Your registration remains valid.",
            (false, false) => {
                "A session that you have chosen is once more as it was announced first. Your registration remains valid."
            }
        },
        link: "See or change your registration:",
    },
    thank_you: Notice {
        subject: "Thank you",
        says: |name| format!("Thank you for coming. We hereby confirm that {name} attended the event below."),
        link: LOOK,
    },
    waitlisted: Notice {
        subject: "Waiting list",
        says: |position| {
            format!(
                "Every place is taken at the moment. You are number {position} on the waiting list. As soon as a place \
                 becomes free for you, we write to you again. This letter is not a ticket."
            )
        },
        link: "See your registration, or leave the waiting list:",
    },
    verify: Notice {
        subject: "Please confirm",
        says: |until| {
            let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
            format!(
                "Somebody, we hope it was you, wants to register with this address. You can confirm it{until}: before \
                 you do, nothing is held for you. If it was not you, do nothing."
            )
        },
        link: "Confirm your registration:",
    },
    offered: Notice {
        subject: "A place for you",
        says: |until| {
            let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
            format!(
                "A place has become free, and it is held for you{until}. Accept it with the link below, or decline it, \
                 so that somebody else gets it. If you do nothing, it goes to the next on the list."
            )
        },
        link: "Accept or decline:",
    },
    rejected: Notice {
        subject: "Not accepted",
        says: |reason| {
            let reason = reason.map(|reason| format!(" They write: {reason}")).unwrap_or_default();
            format!("We are sorry: the organizers could not accept your registration.{reason}")
        },
        link: LOOK,
    },
    transferred_away: Notice {
        subject: "Your place has a new owner",
        says: "Your place has been transferred to somebody else. Your ticket and your link do not work any more. If you \
               did not want this, please tell the organizers.",
        link: "",
    },
    no_more: "No reminders any more?",
    unsubscribe: Unsubscribe {
        title: "No reminders",
        asks: "Do you want no more reminders about your registration for this event? Your place stays as it is, and whatever you need to know still comes.",
        yes: "Yes, send me no more",
        done: "Done: there will be no more reminders. Your place stays as it is.",
    },
    campaign: Campaign {
        why: |title| format!("You get this letter because you registered for {title}."),
        link: "See or change your registration:",
        no_more: "No more such letters?",
    },
    invitation: Invitation {
        subject: "Invitation",
        says: |organization, event| format!("{organization} invites you to {event}."),
        link: |until| format!("Will you come? Say yes or no here, until {until}:"),
        seat: |until| format!("A seat is kept for you until {until}."),
        closed: "This invitation cannot be answered any more.",
    },
    member_invitation: MemberInvitation {
        subject: "Invitation",
        says: |organization, event, does| match event {
            Some(event) => format!("{organization} invites you to help with {event}: {does}."),
            None => format!("{organization} invites you to become a member: {does}."),
        },
        does: |role| match role {
            Role::Owner => "to answer for it",
            Role::Editor => "to prepare events",
            Role::Door => "to check people in",
            Role::Viewer => "to look on",
        },
        link: "Accept the invitation here:",
        once: |until| format!("This link works once, until {until}, and is yours alone: please do not pass it on."),
        closed: "This invitation is not open any more.",
        ignore: "If you did not expect this letter, ignore it: nothing happens.",
    },
    password_reset: PasswordReset {
        subject: |host| format!("A new password for {host}"),
        says: |host| {
            format!(
                "Somebody wants to choose a new password for your account at {host}. If that is you, choose it here:"
            )
        },
        ignore: "If that was not you, ignore this letter: your password stays as it is.",
    },
};
