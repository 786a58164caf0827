//! Letters in German.

use super::{Campaign, Clock, Invitation, Labels, MemberInvitation, Notice, PasswordReset, Phrases, Unsubscribe};
use crate::organizations::Role;
use crate::registrations::RegistrationStatus;
use crate::values::Language;

const LOOK: &str = "Ihre Anmeldung ansehen:";
const MANAGE: &str = "Ihre Anmeldung ansehen oder stornieren:";

pub(super) const WORDS: Phrases = Phrases {
    language: Language::German,
    hello: "Guten Tag",
    colon: ": ",
    labels: Labels {
        event: "Veranstaltung",
        when: "Zeit",
        when_before: "Bisherige Zeit",
        place_before: "Bisheriger Ort",
        place: "Ort",
        ticket: "Ticket",
        session: "Programmpunkt",
        session_before: "Programmpunkt bisher",
        session_now: "Programmpunkt neu",
        code: "Code",
    },
    clock: Clock {
        weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        day: |day| format!("{day}."),
        time: |hour, minute| format!("{hour}.{minute:02}"),
        moment: |day, time| format!("{day}, {time} Uhr"),
        hours: |day, start, end| format!("{day}, {start} bis {end} Uhr"),
        days: |(first, start), (last, end)| format!("{first}, {start} Uhr, bis {last}, {end} Uhr"),
        zone: |town| format!("Ortszeit {town}"),
        towns: &[
            ("Europe/Athens", "Athen"),
            ("Europe/Brussels", "Brüssel"),
            ("Europe/Copenhagen", "Kopenhagen"),
            ("Europe/Lisbon", "Lissabon"),
            ("Europe/Luxembourg", "Luxemburg"),
            ("Europe/Rome", "Rom"),
            ("Europe/Vienna", "Wien"),
            ("Europe/Warsaw", "Warschau"),
            ("Europe/Zurich", "Zürich"),
        ],
    },
    ticket: "Ihr Ticket finden Sie im Anhang (ticket.png): Bitte zeigen Sie es am Eingang vor, ausgedruckt oder auf dem \
             Telefon. Sollten Sie es nicht zur Hand haben, genügt auch der untenstehende Code.",
    picture: "Ihr Ticket als QR-Code",
    yours_alone: "Dieser Link ist nur für Sie bestimmt: Bitte geben Sie ihn nicht weiter.",
    questions: ("Fragen? Antworten Sie auf diese Nachricht oder schreiben Sie an ", "."),
    called_off: "Bitte beachten Sie: Die Veranstaltung wurde abgesagt. Sie findet nicht statt.",
    stands: |status| match status {
        RegistrationStatus::Confirmed => "In der Zwischenzeit wurde Ihre Anmeldung bestätigt.",
        RegistrationStatus::Waitlisted => "In der Zwischenzeit wurde Ihre Anmeldung auf die Warteliste gesetzt.",
        RegistrationStatus::Cancelled => "In der Zwischenzeit wurde Ihre Anmeldung storniert.",
        RegistrationStatus::PendingVerification => "In der Zwischenzeit ist Ihre Anmeldung eingegangen.",
        RegistrationStatus::PendingApproval => {
            "In der Zwischenzeit wurde Ihre Anmeldung dem Veranstalter zur Prüfung vorgelegt."
        }
        RegistrationStatus::Offered => "In der Zwischenzeit wird ein Platz für Sie freigehalten.",
        RegistrationStatus::Rejected => "In der Zwischenzeit hat der Veranstalter Ihre Anmeldung abgelehnt.",
        RegistrationStatus::Expired => {
            "In der Zwischenzeit wurde Ihre Anmeldung geschlossen, da die Frist abgelaufen ist."
        }
    },
    more: |more| format!("und {more} weitere"),
    look: LOOK,
    confirmed: Notice { subject: "Ihr Platz", says: "Ihr Platz ist bestätigt.", link: MANAGE },
    approved: Notice {
        subject: "Ihr Platz",
        says: "Der Veranstalter hat Ihre Anmeldung angenommen: Ihr Platz ist bestätigt.",
        link: MANAGE,
    },
    transferred: Notice {
        subject: "Ihr Platz",
        says: "Ein Platz wurde auf Sie übertragen: Er gehört nun Ihnen.",
        link: MANAGE,
    },
    promoted: Notice {
        subject: "Ein Platz für Sie",
        says: "Ein Platz ist frei geworden, und er gehört Ihnen: Sie stehen nicht mehr auf der Warteliste.",
        link: "Wenn Sie nicht kommen können, stornieren Sie bitte, damit die nächste Person auf der Liste den Platz erhält:",
    },
    changed: Notice {
        subject: "Anmeldung geändert",
        says: "Ihre Anmeldung wurde geändert. Unten sehen Sie, was nun gilt.",
        link: LOOK,
    },
    pending: Notice {
        subject: "Anmeldung eingegangen",
        says: "Ihre Anmeldung ist eingegangen. Der Veranstalter prüft jede Anmeldung: Sobald er entschieden hat, schreiben \
               wir Ihnen wieder. Diese Nachricht ist kein Ticket.",
        link: MANAGE,
    },
    offer_expired: Notice {
        subject: "Das Angebot ist abgelaufen",
        says: "Ein Platz wurde für Sie freigehalten und nicht rechtzeitig angenommen: Er ist an die nächste Person auf der \
               Liste gegangen.",
        link: LOOK,
    },
    cancelled: Notice {
        subject: "Anmeldung storniert",
        says: "Ihre Anmeldung wurde storniert. Ein Ticket, das Sie dafür erhalten haben, ist nicht mehr gültig.",
        link: LOOK,
    },
    event_cancelled: Notice {
        subject: "Veranstaltung abgesagt",
        says: "Es tut uns leid: Die Veranstaltung wurde abgesagt. Sie findet nicht statt, und Ihre Anmeldung ist damit \
               gegenstandslos. Sie müssen nichts weiter tun.",
        link: LOOK,
    },
    reminder: Notice {
        subject: "Erinnerung",
        says: "Die Veranstaltung steht bevor: Wir freuen uns auf Sie.",
        link: "Wenn Sie nicht kommen können, stornieren Sie bitte, damit jemand anderes den Platz erhält:",
    },
    event_changed: Notice {
        subject: "Änderung der Veranstaltung",
        says: |time, place| match (time, place) {
            (true, true) => "Zeit und Ort der Veranstaltung haben sich geändert. Ihre Anmeldung bleibt gültig.",
            (true, false) => "Die Zeit der Veranstaltung hat sich geändert. Ihre Anmeldung bleibt gültig.",
            (false, true) => "Der Ort der Veranstaltung hat sich geändert. Ihre Anmeldung bleibt gültig.",
            (false, false) => {
                "Die Veranstaltung findet wieder so statt, wie zuerst angekündigt. Ihre Anmeldung bleibt gültig."
            }
        },
        link: MANAGE,
    },
    session_changed: Notice {
        subject: "Änderung im Programm",
        says: |time, room| match (time, room) {
            (true, true) => {
                "Zeit und Raum eines Programmpunkts, den Sie gewählt haben, haben sich geändert. Ihre Anmeldung bleibt gültig."
            }
            (true, false) => {
                "Die Zeit eines Programmpunkts, den Sie gewählt haben, hat sich geändert. Ihre Anmeldung bleibt gültig."
            }
            (false, true) => {
                "Der Raum eines Programmpunkts, den Sie gewählt haben, hat sich geändert. Ihre Anmeldung bleibt gültig."
            }
            (false, false) => {
                "Ein Programmpunkt, den Sie gewählt haben, findet wieder so statt, wie zuerst angekündigt. Ihre \
                 Anmeldung bleibt gültig."
            }
        },
        link: "Anmeldung ansehen oder ändern:",
    },
    thank_you: Notice {
        subject: "Vielen Dank",
        says: |name| {
            format!(
                "Vielen Dank für Ihr Kommen. Hiermit bestätigen wir die Teilnahme von {name} an der untenstehenden Veranstaltung."
            )
        },
        link: LOOK,
    },
    waitlisted: Notice {
        subject: "Warteliste",
        says: |position| {
            format!(
                "Zurzeit sind alle Plätze vergeben. Sie stehen auf der Warteliste an Stelle {position}. Sobald ein Platz \
                 für Sie frei wird, schreiben wir Ihnen wieder. Diese Nachricht ist kein Ticket."
            )
        },
        link: "Ihre Anmeldung ansehen oder die Warteliste verlassen:",
    },
    verify: Notice {
        subject: "Bitte bestätigen",
        says: |until| {
            let until = until.map(|until| format!(" bis {until}")).unwrap_or_default();
            format!(
                "Jemand, wir hoffen, Sie selbst, möchte sich mit dieser Adresse anmelden. Sie können das{until} \
                 bestätigen: Vorher wird nichts für Sie freigehalten. Wenn Sie es nicht waren, müssen Sie nichts tun."
            )
        },
        link: "Ihre Anmeldung bestätigen:",
    },
    offered: Notice {
        subject: "Ein Platz für Sie",
        says: |until| {
            let until = until.map(|until| format!(" bis {until}")).unwrap_or_default();
            format!(
                "Ein Platz ist frei geworden und wird{until} für Sie freigehalten. Nehmen Sie ihn mit dem untenstehenden \
                 Link an oder lehnen Sie ihn ab, damit jemand anderes ihn erhält. Wenn Sie nichts tun, geht er an die \
                 nächste Person auf der Liste."
            )
        },
        link: "Annehmen oder ablehnen:",
    },
    rejected: Notice {
        subject: "Nicht angenommen",
        says: |reason| {
            let reason = reason.map(|reason| format!(" Seine Nachricht: {reason}")).unwrap_or_default();
            format!("Es tut uns leid: Der Veranstalter konnte Ihre Anmeldung nicht annehmen.{reason}")
        },
        link: LOOK,
    },
    transferred_away: Notice {
        subject: "Ihr Platz wurde übertragen",
        says: "Ihr Platz wurde auf eine andere Person übertragen. Ihr Ticket und Ihr Link funktionieren nicht mehr. Wenn Sie \
               das nicht wollten, teilen Sie es bitte dem Veranstalter mit.",
        link: "",
    },
    no_more: "Möchten Sie keine Erinnerungen mehr?",
    unsubscribe: Unsubscribe {
        title: "Keine Erinnerungen",
        asks: "Möchten Sie zu Ihrer Anmeldung für diese Veranstaltung keine Erinnerungen mehr erhalten? Ihr Platz bleibt bestehen, und was Sie wissen müssen, erhalten Sie weiterhin.",
        yes: "Ja, keine Erinnerungen mehr",
        done: "Erledigt: Sie erhalten keine Erinnerungen mehr. Ihr Platz bleibt bestehen.",
    },
    campaign: Campaign {
        why: |title| format!("Sie erhalten diesen Brief, weil Sie sich für {title} angemeldet haben."),
        link: "Ihre Anmeldung ansehen oder ändern:",
        no_more: "Keine solchen Briefe mehr?",
    },
    invitation: Invitation {
        subject: "Einladung",
        says: |organization, event| format!("{organization} lädt Sie zur Veranstaltung „{event}“ ein."),
        link: |until| format!("Kommen Sie? Sagen Sie hier ja oder nein, bis {until}:"),
        seat: |until| format!("Ein Platz wird bis {until} für Sie freigehalten."),
        closed: "Auf diese Einladung kann nicht mehr geantwortet werden.",
    },
    member_invitation: MemberInvitation {
        subject: "Einladung",
        says: |organization, event, does| match event {
            Some(event) => format!("{organization} lädt Sie ein, bei „{event}“ mitzuwirken: {does}."),
            None => format!("{organization} lädt Sie ein, Mitglied zu werden: {does}."),
        },
        does: |role| match role {
            Role::Owner => "Sie tragen die Verantwortung",
            Role::Editor => "Sie bereiten Veranstaltungen vor",
            Role::Door => "Sie empfangen die Gäste am Eingang",
            Role::Viewer => "Sie haben Einblick",
        },
        link: "Nehmen Sie die Einladung hier an:",
        once: |until| {
            format!(
                "Dieser Link funktioniert einmal, bis {until}, und ist nur für Sie bestimmt: Bitte geben Sie ihn nicht \
                 weiter."
            )
        },
        closed: "Diese Einladung ist nicht mehr offen.",
        ignore: "Wenn Sie diese Nachricht nicht erwartet haben, beachten Sie sie nicht: Es geschieht nichts.",
    },
    password_reset: PasswordReset {
        subject: |host| format!("Ein neues Passwort für {host}"),
        says: |host| {
            format!(
                "Jemand möchte ein neues Passwort für Ihr Konto bei {host} wählen. Sind Sie das, wählen Sie es hier:"
            )
        },
        ignore: "Wenn Sie das nicht waren, beachten Sie diese Nachricht nicht: Ihr Passwort bleibt, wie es ist.",
    },
};
