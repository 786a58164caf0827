//! Letters in Luxembourgish.

use super::{Campaign, Clock, Invitation, Labels, MemberInvitation, Notice, PasswordReset, Phrases, Unsubscribe};
use crate::organizations::Role;
use crate::registrations::RegistrationStatus;
use crate::values::Language;

const LOOK: &str = "Är Umeldung kucken:";
const MANAGE: &str = "Är Umeldung kucken oder annuléieren:";

pub(super) const WORDS: Phrases = Phrases {
    language: Language::Luxembourgish,
    hello: "Gudden Dag",
    colon: ": ",
    labels: Labels {
        event: "Evenement",
        when: "Wéini",
        when_before: "Wéini bis elo",
        place_before: "Wou bis elo",
        place: "Wou",
        ticket: "Ticket",
        session: "Programmpunkt",
        session_before: "Programmpunkt bis elo",
        session_now: "Programmpunkt vun elo un",
        code: "Code",
    },
    clock: Clock {
        weekdays: ["Méindeg", "Dënschdeg", "Mëttwoch", "Donneschdeg", "Freideg", "Samschdeg", "Sonndeg"],
        months: [
            "Januar",
            "Februar",
            "Mäerz",
            "Abrëll",
            "Mee",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        day: |day| format!("{day}."),
        time: |hour, minute| format!("{hour}:{minute:02}"),
        moment: |day, time| format!("{day}, {time} Auer"),
        hours: |day, start, end| format!("{day}, {start} bis {end} Auer"),
        days: |(first, start), (last, end)| format!("{first}, {start} Auer, bis {last}, {end} Auer"),
        zone: |town| format!("Auerzäit zu {town}"),
        towns: &[
            ("Europe/Athens", "Athen"),
            ("Europe/Berlin", "Berlin"),
            ("Europe/Brussels", "Bréissel"),
            ("Europe/Copenhagen", "Kopenhagen"),
            ("Europe/Lisbon", "Lissabon"),
            ("Europe/Luxembourg", "Lëtzebuerg"),
            ("Europe/Paris", "Paräis"),
            ("Europe/Rome", "Roum"),
            ("Europe/Vienna", "Wien"),
            ("Europe/Warsaw", "Warschau"),
            ("Europe/Zurich", "Zürech"),
        ],
    },
    ticket: "Ären Ticket ass drugehaangen (ticket.png): weist en um Agank vir, um Pabeier oder um Telefon. Hutt Dir en net \
             bei der Hand, da geet och de Code hei drënner duer.",
    picture: "Ären Ticket als QR-Code",
    yours_alone: "Dëse Link ass nëmme fir Iech: gitt e w.e.g. net weider.",
    questions: ("Froen? Äntwert op dës Noriicht oder schreift un ", "."),
    called_off: "Opgepasst: den Evenement gouf ofgesot. E fënnt net statt.",
    stands: |status| match status {
        RegistrationStatus::Confirmed => "An der Zwëschenzäit gouf Är Umeldung confirméiert.",
        RegistrationStatus::Waitlisted => "An der Zwëschenzäit koum Är Umeldung op d’Waardelëscht.",
        RegistrationStatus::Cancelled => "An der Zwëschenzäit gouf Är Umeldung annuléiert.",
        RegistrationStatus::PendingVerification => "An der Zwëschenzäit ass Är Umeldung ukomm.",
        RegistrationStatus::PendingApproval => "An der Zwëschenzäit gouf Är Umeldung den Organisateure virgeluecht.",
        RegistrationStatus::Offered => "An der Zwëschenzäit ass eng Plaz fir Iech reservéiert.",
        RegistrationStatus::Rejected => "An der Zwëschenzäit hunn d’Organisateuren Är Umeldung ofgeleent.",
        RegistrationStatus::Expired => "An der Zwëschenzäit gouf Är Umeldung zougemaach, well hir Zäit ofgelaf war.",
    },
    more: |more| format!("an nach {more} méi"),
    look: LOOK,
    confirmed: Notice { subject: "Är Plaz", says: "Är Plaz ass confirméiert.", link: MANAGE },
    approved: Notice {
        subject: "Är Plaz",
        says: "D’Organisateuren hunn Är Umeldung ugeholl: Är Plaz ass confirméiert.",
        link: MANAGE,
    },
    transferred: Notice {
        subject: "Är Plaz",
        says: "Eng Plaz gouf op Iech iwwerdroen: si gehéiert elo Iech.",
        link: MANAGE,
    },
    promoted: Notice {
        subject: "Eng Plaz fir Iech",
        says: "Eng Plaz ass fräi ginn, a si gehéiert Iech: Dir stitt net méi op der Waardelëscht.",
        link: "Wann Dir net komme kënnt, annuléiert w.e.g., fir datt déi nächst Persoun op der Lëscht d’Plaz kritt:",
    },
    changed: Notice {
        subject: "Umeldung geännert",
        says: "Är Umeldung gouf geännert. Hei drënner steet, wat elo gëllt.",
        link: LOOK,
    },
    pending: Notice {
        subject: "Umeldung ukomm",
        says: "Är Umeldung ass ukomm. D’Organisateure kucken all Umeldung no: soubal si decidéiert hunn, schreiwe mir Iech \
               nach eng Kéier. Dës Noriicht ass keen Ticket.",
        link: MANAGE,
    },
    offer_expired: Notice {
        subject: "D’Offer ass ofgelaf",
        says: "Eng Plaz war fir Iech reservéiert a gouf net an der Zäit ugeholl: si ass un déi nächst Persoun op der Lëscht \
               gaangen.",
        link: LOOK,
    },
    cancelled: Notice {
        subject: "Umeldung annuléiert",
        says: "Är Umeldung gouf annuléiert. En Ticket, deen Dir dofir kritt hutt, ass net méi gëlteg.",
        link: LOOK,
    },
    event_cancelled: Notice {
        subject: "Evenement ofgesot",
        says: "Et deet eis leed: den Evenement gouf ofgesot. E fënnt net statt, an Är Umeldung gëllt net méi. Dir musst näischt \
               weider maachen.",
        link: LOOK,
    },
    reminder: Notice {
        subject: "Erënnerung",
        says: "Den Evenement ass geschwënn: mir freeën eis op Iech.",
        link: "Wann Dir net komme kënnt, annuléiert w.e.g., fir datt een Aneren d’Plaz kritt:",
    },
    event_changed: Notice {
        subject: "Ännerung vum Evenement",
        says: |time, place| match (time, place) {
            (true, true) => "D’Zäit an d’Plaz vum Evenement hu geännert. Är Umeldung bleift gëlteg.",
            (true, false) => "D’Zäit vum Evenement huet geännert. Är Umeldung bleift gëlteg.",
            (false, true) => "D’Plaz vum Evenement huet geännert. Är Umeldung bleift gëlteg.",
            (false, false) => {
                "Den Evenement ass nees esou, wéi en als éischt ugekënnegt war. Är Umeldung bleift gëlteg."
            }
        },
        link: MANAGE,
    },
    session_changed: Notice {
        subject: "Ännerung am Programm",
        says: |time, room| match (time, room) {
            (true, true) => {
                "D’Zäit an de Sall vun engem Programmpunkt, deen Dir gewielt hutt, hu geännert. Är Umeldung bleift gëlteg."
            }
            (true, false) => {
                "D’Zäit vun engem Programmpunkt, deen Dir gewielt hutt, huet geännert. Är Umeldung bleift gëlteg."
            }
            (false, true) => {
                "De Sall vun engem Programmpunkt, deen Dir gewielt hutt, huet geännert. Är Umeldung bleift gëlteg."
            }
            (false, false) => {
                "E Programmpunkt, deen Dir gewielt hutt, ass nees esou, wéi en als éischt ugekënnegt war. Är Umeldung \
                 bleift gëlteg."
            }
        },
        link: "Är Umeldung kucken oder änneren:",
    },
    thank_you: Notice {
        subject: "Villmools Merci",
        says: |name| {
            format!(
                "Merci, datt Dir komm sidd. Mir confirméieren hei, datt {name} beim Evenement hei drënner dobäi war."
            )
        },
        link: LOOK,
    },
    waitlisted: Notice {
        subject: "Waardelëscht",
        says: |position| {
            format!(
                "Am Moment sinn all d’Plaze geholl. Dir sidd d’Nummer {position} op der Waardelëscht. Soubal eng Plaz \
                 fir Iech fräi gëtt, schreiwe mir Iech nach eng Kéier. Dës Noriicht ass keen Ticket."
            )
        },
        link: "Är Umeldung kucken oder d’Waardelëscht verloossen:",
    },
    verify: Notice {
        subject: "Confirméiert w.e.g.",
        says: |until| {
            let until = until.map(|until| format!(" bis {until}")).unwrap_or_default();
            format!(
                "Iergendeen, mir hoffen, Dir selwer, wëll sech mat dëser Adress umellen. Dir kënnt dat{until} \
                 confirméieren: virdrun ass näischt fir Iech reservéiert. Wann Dir et net waart, maacht näischt."
            )
        },
        link: "Är Umeldung confirméieren:",
    },
    offered: Notice {
        subject: "Eng Plaz fir Iech",
        says: |until| {
            let until = until.map(|until| format!(" bis {until}")).unwrap_or_default();
            format!(
                "Eng Plaz ass fräi ginn a bleift{until} fir Iech reservéiert. Huelt se mam Link hei drënner un, oder \
                 lehnt se of, fir datt een Aneren se kritt. Wann Dir näischt maacht, geet se un déi nächst Persoun op \
                 der Lëscht."
            )
        },
        link: "Unhuelen oder oflehnen:",
    },
    rejected: Notice {
        subject: "Net ugeholl",
        says: |reason| {
            let reason = reason.map(|reason| format!(" Si schreiwen: {reason}")).unwrap_or_default();
            format!("Et deet eis leed: d’Organisateure konnten Är Umeldung net unhuelen.{reason}")
        },
        link: LOOK,
    },
    transferred_away: Notice {
        subject: "Är Plaz gouf iwwerdroen",
        says: "Är Plaz gouf op eng aner Persoun iwwerdroen. Ären Ticket an Äre Link funktionéieren net méi. Wann Dir dat net \
               wollt, sot w.e.g. den Organisateure Bescheed.",
        link: "",
    },
    no_more: "Wëllt Dir keng Erënnerunge méi?",
    unsubscribe: Unsubscribe {
        title: "Keng Erënnerungen",
        asks: "Wëllt Dir fir Är Umeldung op dësen Evenement keng Erënnerunge méi kréien? Är Plaz bleift bestoen, a wat Dir wësse musst, kritt Dir weiderhin.",
        yes: "Jo, keng Erënnerunge méi",
        done: "Fäerdeg: Dir kritt keng Erënnerunge méi. Är Plaz bleift bestoen.",
    },
    campaign: Campaign {
        why: |title| format!("Dir kritt dëse Bréif, well Dir Iech fir {title} ugemellt hutt."),
        link: "Är Umeldung kucken oder änneren:",
        no_more: "Keng esou Bréiwer méi?",
    },
    invitation: Invitation {
        subject: "Invitatioun",
        says: |organization, event| format!("{organization} invitéiert Iech op den Evenement „{event}“."),
        link: |until| format!("Kommt Dir? Sot hei jo oder neen, bis {until}:"),
        seat: |until| format!("Eng Plaz ass bis {until} fir Iech reservéiert."),
        closed: "Op dës Invitatioun kann net méi geäntwert ginn.",
    },
    member_invitation: MemberInvitation {
        subject: "Invitatioun",
        says: |organization, event, does| match event {
            Some(event) => format!("{organization} invitéiert Iech, bei „{event}“ matzehëllefen: {does}."),
            None => format!("{organization} invitéiert Iech, Member ze ginn: {does}."),
        },
        does: |role| match role {
            Role::Owner => "Dir hutt d’Verantwortung",
            Role::Editor => "Dir preparéiert Evenementer",
            Role::Door => "Dir empfaangt d’Leit um Agank",
            Role::Viewer => "Dir kënnt matkucken",
        },
        link: "Huelt d’Invitatioun hei un:",
        once: |until| {
            format!("Dëse Link funktionéiert eemol, bis {until}, an ass nëmme fir Iech: gitt e w.e.g. net weider.")
        },
        closed: "Dës Invitatioun ass net méi op.",
        ignore: "Wann Dir dës Noriicht net erwaart hutt, ignoréiert se: et geschitt näischt.",
    },
    password_reset: PasswordReset {
        subject: |host| format!("En neit Passwuert fir {host}"),
        says: |host| {
            format!(
                "Iergendee wëll en neit Passwuert fir Äre Kont op {host} eraussichen. Sidd Dir dat, sicht et hei eraus:"
            )
        },
        ignore: "Wann Dir dat net waart, ignoréiert dës Noriicht: Äert Passwuert bleift, wéi et ass.",
    },
};
