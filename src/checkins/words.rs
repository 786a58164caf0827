//! What the door says, in words for whoever stands there.

use super::{Direction, Reason, VerdictResult};
use crate::values::Language;

/// The sentence for a verdict, in a language.
pub fn sentence(result: VerdictResult, reason: Option<Reason>, way: Direction, language: Language) -> &'static str {
    let [english, french, german, luxembourgish] = match (result, reason) {
        (VerdictResult::Accepted, Some(Reason::RoomFull)) => [
            "Come in. The room is full.",
            "Entrez. La salle est pleine.",
            "Eintreten. Der Raum ist voll.",
            "Kommt eran. De Sall ass voll.",
        ],
        (VerdictResult::Accepted, _) => passed(way),
        (_, Some(reason)) => because(reason),
        (_, None) => because(Reason::Invalid),
    };
    match language {
        Language::English => english,
        Language::French => french,
        Language::German => german,
        Language::Luxembourgish => luxembourgish,
    }
}

const fn passed(way: Direction) -> [&'static str; 4] {
    match way {
        Direction::Entry => ["Come in.", "Entrez.", "Eintreten.", "Kommt eran."],
        Direction::Exit => ["Goodbye.", "Au revoir.", "Auf Wiedersehen.", "Äddi."],
    }
}

const fn because(reason: Reason) -> [&'static str; 4] {
    match reason {
        Reason::Invalid => [
            "This is no ticket of ours.",
            "Ce n’est pas un de nos billets.",
            "Das ist kein Ticket von uns.",
            "Dat ass kee Ticket vun eis.",
        ],
        Reason::Revoked => [
            "This ticket was replaced by a newer one.",
            "Ce billet a été remplacé par un plus récent.",
            "Dieses Ticket wurde durch ein neueres ersetzt.",
            "Dësen Ticket gouf duerch en neien ersat.",
        ],
        Reason::Cancelled => [
            "The registration was cancelled.",
            "L’inscription a été annulée.",
            "Die Anmeldung wurde storniert.",
            "D’Umeldung gouf annuléiert.",
        ],
        Reason::PendingApproval => [
            "The registration is not approved yet.",
            "L’inscription n’est pas encore acceptée.",
            "Die Anmeldung ist noch nicht bestätigt.",
            "D’Umeldung ass nach net ugeholl.",
        ],
        Reason::PendingVerification => [
            "The e-mail address is not verified yet.",
            "L’adresse e-mail n’est pas encore vérifiée.",
            "Die E-Mail-Adresse ist noch nicht bestätigt.",
            "D’E-Mail-Adress ass nach net bestätegt.",
        ],
        Reason::Waitlisted => [
            "On the waiting list: there is no seat yet.",
            "Sur la liste d’attente : pas encore de place.",
            "Auf der Warteliste: noch kein Platz.",
            "Op der Waardelëscht: nach keng Plaz.",
        ],
        Reason::NotOnList => [
            "This ticket is not for this door.",
            "Ce billet n’est pas valable à cette entrée.",
            "Dieses Ticket gilt nicht an diesem Eingang.",
            "Dësen Ticket gëllt net un dëser Dier.",
        ],
        Reason::WrongEvent => [
            "This ticket is for another event.",
            "Ce billet est pour un autre événement.",
            "Dieses Ticket ist für eine andere Veranstaltung.",
            "Dësen Ticket ass fir en anert Evenement.",
        ],
        Reason::NotYetValid => [
            "Too early: the door is not open yet.",
            "Trop tôt : l’entrée n’est pas encore ouverte.",
            "Zu früh: Der Eingang ist noch nicht geöffnet.",
            "Ze fréi: d’Dier ass nach net op.",
        ],
        Reason::Expired => [
            "Too late: the door is closed.",
            "Trop tard : l’entrée est fermée.",
            "Zu spät: Der Eingang ist geschlossen.",
            "Ze spéit: d’Dier ass zou.",
        ],
        Reason::AlreadyCheckedIn => {
            ["Already checked in.", "Déjà enregistré à l’entrée.", "Bereits eingecheckt.", "Schonn ageschriwwen."]
        }
        Reason::NotCheckedIn => {
            ["Not checked in here.", "Pas enregistré à l’entrée.", "Hier nicht eingecheckt.", "Hei net ageschriwwen."]
        }
        Reason::ListClosed => [
            "Nobody is checked in here.",
            "Pas d’enregistrement ici.",
            "Hier wird niemand eingecheckt.",
            "Hei gëtt kee ageschriwwen.",
        ],
        Reason::RoomFull => ["The room is full.", "La salle est pleine.", "Der Raum ist voll.", "De Sall ass voll."],
        Reason::QuestionsRequired => [
            "Something has to be asked first.",
            "Il faut d’abord poser une question.",
            "Zuerst ist etwas zu fragen.",
            "Fir d’éischt muss eppes gefrot ginn.",
        ],
        Reason::Ambiguous => [
            "Several people go by this: scan the ticket.",
            "Plusieurs personnes correspondent : scannez le billet.",
            "Das passt auf mehrere: bitte das Ticket scannen.",
            "Dat passt op méi Leit: scannt den Ticket.",
        ],
    }
}
