//! Letters in French; a space that does not break stands before `:`, `?` and inside of guillemets.

use super::{Campaign, Clock, Invitation, Labels, MemberInvitation, Notice, PasswordReset, Phrases, Unsubscribe};
use crate::organizations::Role;
use crate::registrations::RegistrationStatus;
use crate::values::Language;

const LOOK: &str = "Consulter votre inscription\u{a0}:";
const MANAGE: &str = "Consulter ou annuler votre inscription\u{a0}:";

pub(super) const WORDS: Phrases = Phrases {
    language: Language::French,
    hello: "Bonjour",
    colon: "\u{a0}: ",
    labels: Labels {
        event: "Événement",
        when: "Date",
        when_before: "Date précédente",
        place_before: "Lieu précédent",
        place: "Lieu",
        ticket: "Billet",
        session: "Session",
        session_before: "Session, jusqu’ici",
        session_now: "Session, désormais",
        code: "Code",
    },
    clock: Clock {
        weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
        months: [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        day: |day| if day == 1 { "1er".to_owned() } else { day.to_string() },
        time: |hour, minute| format!("{hour}\u{a0}h\u{a0}{minute:02}"),
        moment: |day, time| format!("{day} à {time}"),
        hours: |day, start, end| format!("{day}, de {start} à {end}"),
        days: |(first, start), (last, end)| format!("du {first} à {start} au {last} à {end}"),
        zone: |town| {
            let vowel = town.starts_with(['A', 'E', 'I', 'O', 'U', 'É', 'Î']);
            format!("heure {}{town}", if vowel { "d’" } else { "de " })
        },
        towns: &[
            ("Europe/Athens", "Athènes"),
            ("Europe/Brussels", "Bruxelles"),
            ("Europe/Copenhagen", "Copenhague"),
            ("Europe/Lisbon", "Lisbonne"),
            ("Europe/London", "Londres"),
            ("Europe/Rome", "Rome"),
            ("Europe/Vienna", "Vienne"),
            ("Europe/Warsaw", "Varsovie"),
            ("Europe/Zurich", "Zurich"),
        ],
    },
    ticket: "Vous trouverez votre billet en pièce jointe (ticket.png)\u{a0}: présentez-le à l’entrée, imprimé ou sur votre \
             téléphone. Si vous ne l’avez pas sous la main, le code ci-dessous suffit.",
    picture: "Votre billet sous forme de code QR",
    yours_alone: "Ce lien vous est personnel\u{a0}: merci de ne pas le transmettre.",
    questions: ("Des questions\u{a0}? Répondez à ce message ou écrivez à ", "."),
    called_off: "Attention\u{a0}: l’événement a été annulé. Il n’aura pas lieu.",
    stands: |status| match status {
        RegistrationStatus::Confirmed => "Entre-temps, votre inscription a été confirmée.",
        RegistrationStatus::Waitlisted => "Entre-temps, votre inscription a été placée sur la liste d’attente.",
        RegistrationStatus::Cancelled => "Entre-temps, votre inscription a été annulée.",
        RegistrationStatus::PendingVerification => "Entre-temps, votre inscription a été reçue.",
        RegistrationStatus::PendingApproval => "Entre-temps, votre inscription a été soumise aux organisateurs.",
        RegistrationStatus::Offered => "Entre-temps, une place vous a été réservée.",
        RegistrationStatus::Rejected => "Entre-temps, les organisateurs n’ont pas retenu votre inscription.",
        RegistrationStatus::Expired => "Entre-temps, votre inscription a été close, son délai étant écoulé.",
    },
    more: |more| format!("et {more} de plus"),
    look: LOOK,
    confirmed: Notice { subject: "Votre place", says: "Votre place est confirmée.", link: MANAGE },
    approved: Notice {
        subject: "Votre place",
        says: "Les organisateurs ont accepté votre inscription\u{a0}: votre place est confirmée.",
        link: MANAGE,
    },
    transferred: Notice {
        subject: "Votre place",
        says: "Une place vous a été cédée\u{a0}: elle est désormais à vous.",
        link: MANAGE,
    },
    promoted: Notice {
        subject: "Une place pour vous",
        says: "Une place s’est libérée et elle vous revient\u{a0}: vous n’êtes plus sur la liste d’attente.",
        link: "Si vous ne pouvez pas venir, veuillez annuler, afin que la personne suivante sur la liste obtienne la \
               place\u{a0}:",
    },
    changed: Notice {
        subject: "Inscription modifiée",
        says: "Votre inscription a été modifiée. Vous trouverez ci-dessous ce qu’elle indique désormais.",
        link: LOOK,
    },
    pending: Notice {
        subject: "Inscription reçue",
        says: "Votre inscription nous est bien parvenue. Les organisateurs examinent chaque demande\u{a0}: dès qu’ils auront \
               pris leur décision, nous vous écrirons de nouveau. Ce message ne tient pas lieu de billet.",
        link: MANAGE,
    },
    offer_expired: Notice {
        subject: "L’offre a pris fin",
        says: "Une place vous était réservée et n’a pas été acceptée à temps\u{a0}: elle est revenue à la personne suivante \
               sur la liste.",
        link: LOOK,
    },
    cancelled: Notice {
        subject: "Inscription annulée",
        says: "Votre inscription a été annulée. Le billet que vous aviez reçu n’est plus valable.",
        link: LOOK,
    },
    event_cancelled: Notice {
        subject: "Événement annulé",
        says: "Nous sommes désolés\u{a0}: l’événement a été annulé. Il n’aura pas lieu et votre inscription devient sans objet. \
               Vous n’avez aucune démarche à effectuer.",
        link: LOOK,
    },
    reminder: Notice {
        subject: "Rappel",
        says: "L’événement approche\u{a0}: nous nous réjouissons de vous accueillir.",
        link: "Si vous ne pouvez pas venir, veuillez annuler, afin qu’une autre personne obtienne la place\u{a0}:",
    },
    event_changed: Notice {
        subject: "Modification de l’événement",
        says: |time, place| match (time, place) {
            (true, true) => "L’horaire et le lieu de l’événement ont changé. Votre inscription reste valable.",
            (true, false) => "L’horaire de l’événement a changé. Votre inscription reste valable.",
            (false, true) => "Le lieu de l’événement a changé. Votre inscription reste valable.",
            (false, false) => {
                "L’événement est de nouveau tel qu’annoncé initialement. Votre inscription reste valable."
            }
        },
        link: MANAGE,
    },
    session_changed: Notice {
        subject: "Modification d’une session",
        says: |time, room| match (time, room) {
            (true, true) => {
                "L’horaire et la salle d’une session que vous avez choisie ont changé. Votre inscription reste valable."
            }
            (true, false) => "L’horaire d’une session que vous avez choisie a changé. Votre inscription reste valable.",
            (false, true) => "La salle d’une session que vous avez choisie a changé. Votre inscription reste valable.",
            (false, false) => {
                "Une session que vous avez choisie est de nouveau telle qu’annoncée initialement. Votre inscription reste valable."
            }
        },
        link: "Voir ou modifier votre inscription :",
    },
    thank_you: Notice {
        subject: "Merci de votre participation",
        says: |name| {
            format!(
                "Merci de votre présence. Nous attestons par la présente que {name} a participé à l’événement ci-dessous."
            )
        },
        link: LOOK,
    },
    waitlisted: Notice {
        subject: "Liste d’attente",
        says: |position| {
            format!(
                "Toutes les places sont prises pour le moment. Vous occupez le rang {position} sur la liste d’attente. \
                 Dès qu’une place se libère pour vous, nous vous écrivons de nouveau. Ce message ne tient pas lieu de \
                 billet."
            )
        },
        link: "Consulter votre inscription ou quitter la liste d’attente\u{a0}:",
    },
    verify: Notice {
        subject: "Merci de confirmer",
        says: |until| {
            let until = until.map(|until| format!(" jusqu’au {until}")).unwrap_or_default();
            format!(
                "Quelqu’un, vous-même nous l’espérons, souhaite s’inscrire avec cette adresse. Vous pouvez le \
                 confirmer{until}\u{a0}: d’ici là, rien ne vous est réservé. Si ce n’était pas vous, ne faites rien."
            )
        },
        link: "Confirmer votre inscription\u{a0}:",
    },
    offered: Notice {
        subject: "Une place pour vous",
        says: |until| {
            let until = until.map(|until| format!(" jusqu’au {until}")).unwrap_or_default();
            format!(
                "Une place s’est libérée et elle vous est réservée{until}. Acceptez-la avec le lien ci-dessous, ou \
                 refusez-la pour qu’une autre personne en profite. Sans réponse de votre part, elle reviendra à la \
                 personne suivante sur la liste."
            )
        },
        link: "Accepter ou refuser\u{a0}:",
    },
    rejected: Notice {
        subject: "Inscription non retenue",
        says: |reason| {
            let reason = reason.map(|reason| format!(" Leur message\u{a0}: {reason}")).unwrap_or_default();
            format!("Nous sommes désolés\u{a0}: les organisateurs n’ont pas pu accepter votre inscription.{reason}")
        },
        link: LOOK,
    },
    transferred_away: Notice {
        subject: "Votre place a été cédée",
        says: "Votre place a été cédée à une autre personne. Votre billet et votre lien ne fonctionnent plus. Si ce n’était \
               pas votre souhait, veuillez le signaler aux organisateurs.",
        link: "",
    },
    no_more: "Vous ne souhaitez plus de rappels\u{a0}?",
    unsubscribe: Unsubscribe {
        title: "Plus de rappels",
        asks: "Souhaitez-vous ne plus recevoir de rappels au sujet de votre inscription à cet événement\u{a0}? Votre place reste inchangée, et les informations indispensables vous parviendront toujours.",
        yes: "Oui, plus de rappels",
        done: "C’est fait\u{a0}: vous ne recevrez plus de rappels. Votre place reste inchangée.",
    },
    campaign: Campaign {
        why: |title| format!("Vous recevez cette lettre parce que vous êtes inscrit à {title}."),
        link: "Voir ou modifier votre inscription :",
        no_more: "Ne plus recevoir de telles lettres ?",
    },
    invitation: Invitation {
        subject: "Invitation",
        says: |organization, event| format!("{organization} vous invite à l’événement «\u{a0}{event}\u{a0}»."),
        link: |until| format!("Viendrez-vous\u{a0}? Répondez ici par oui ou par non, jusqu’au {until}\u{a0}:"),
        seat: |until| format!("Une place vous est réservée jusqu’au {until}."),
        closed: "Il n’est plus possible de répondre à cette invitation.",
    },
    member_invitation: MemberInvitation {
        subject: "Invitation",
        says: |organization, event, does| match event {
            Some(event) => {
                format!("{organization} vous invite à contribuer à l’événement «\u{a0}{event}\u{a0}», afin {does}.")
            }
            None => format!("{organization} vous invite à devenir membre, afin {does}."),
        },
        does: |role| match role {
            Role::Owner => "d’en assumer la responsabilité",
            Role::Editor => "de préparer les événements",
            Role::Door => "d’accueillir les participants à l’entrée",
            Role::Viewer => "de suivre les événements",
        },
        link: "Acceptez l’invitation ici\u{a0}:",
        once: |until| {
            format!(
                "Ce lien ne fonctionne qu’une fois, jusqu’au {until}, et vous est personnel\u{a0}: merci de ne pas le \
                 transmettre."
            )
        },
        closed: "Cette invitation n’est plus ouverte.",
        ignore: "Si vous n’attendiez pas ce message, ignorez-le\u{a0}: il ne se passera rien.",
    },
    password_reset: PasswordReset {
        subject: |host| format!("Un nouveau mot de passe pour {host}"),
        says: |host| {
            format!(
                "Quelqu’un souhaite choisir un nouveau mot de passe pour votre compte sur {host}. Si c’est vous, \
                 choisissez-le ici\u{a0}:"
            )
        },
        ignore: "Si ce n’était pas vous, ignorez ce message\u{a0}: votre mot de passe reste inchangé.",
    },
};
