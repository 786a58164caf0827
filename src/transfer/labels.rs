//! What people call the columns, in every language: a missing one does not compile.

use super::{AttendanceColumn, FixedColumn};
use crate::values::{Key, Language};

/// Words in the order of [`Language::ALL`].
type InAll = [&'static str; 4];

fn say([english, french, german, luxembourgish]: InAll, language: Language) -> &'static str {
    match language {
        Language::English => english,
        Language::French => french,
        Language::German => german,
        Language::Luxembourgish => luxembourgish,
    }
}

const CODE: InAll = ["Code", "Code", "Code", "Code"];
const STATUS: InAll = ["Status", "Statut", "Status", "Status"];
const FIRST_NAME: InAll = ["First name", "Prénom", "Vorname", "Virnumm"];
const LAST_NAME: InAll = ["Last name", "Nom", "Nachname", "Familljennumm"];
const EMAIL: InAll = ["E-mail", "E-mail", "E-Mail", "E-Mail"];
const ORGANIZATION: InAll = ["Organization", "Organisation", "Organisation", "Organisatioun"];
const ATTENDED: InAll = ["Attended", "Présent", "Anwesend", "Present"];
const FIRST_ENTRY_AT: InAll = ["First entry", "Première entrée", "Erster Eintritt", "Éischten Entrée"];
const FIRST_ENTRY_DATE: InAll =
    ["First entry: date", "Première entrée : date", "Erster Eintritt: Datum", "Éischten Entrée: Datum"];
const FIRST_ENTRY_TIME: InAll =
    ["First entry: time", "Première entrée : heure", "Erster Eintritt: Uhrzeit", "Éischten Entrée: Auerzäit"];
const LAST_EXIT_AT: InAll = ["Last exit", "Dernière sortie", "Letzter Austritt", "Leschte Sortie"];
const LAST_EXIT_DATE: InAll =
    ["Last exit: date", "Dernière sortie : date", "Letzter Austritt: Datum", "Leschte Sortie: Datum"];
const LAST_EXIT_TIME: InAll =
    ["Last exit: time", "Dernière sortie : heure", "Letzter Austritt: Uhrzeit", "Leschte Sortie: Auerzäit"];
const VIA: InAll = ["Came through", "Venu par", "Gekommen über", "Komm iwwer"];

/// A column that the participants of every event have.
pub(super) fn fixed(column: FixedColumn, language: Language) -> &'static str {
    let words = match column {
        FixedColumn::Id => ["ID", "Identifiant", "ID", "ID"],
        FixedColumn::Code => CODE,
        FixedColumn::Status => STATUS,
        FixedColumn::FirstName => FIRST_NAME,
        FixedColumn::LastName => LAST_NAME,
        FixedColumn::Email => EMAIL,
        FixedColumn::Organization => ORGANIZATION,
        FixedColumn::JobTitle => ["Job title", "Fonction", "Funktion", "Funktioun"],
        FixedColumn::Phone => ["Phone", "Téléphone", "Telefon", "Telefon"],
        FixedColumn::Country => ["Country", "Pays", "Land", "Land"],
        FixedColumn::Locale => ["Language", "Langue", "Sprache", "Sprooch"],
        FixedColumn::Source => ["Source", "Origine", "Herkunft", "Hierkonft"],
        FixedColumn::ExternalRef => ["External reference", "Référence externe", "Externe Referenz", "Extern Referenz"],
        FixedColumn::Attended => ATTENDED,
        FixedColumn::FirstEntryAt => FIRST_ENTRY_AT,
        FixedColumn::LastExitAt => LAST_EXIT_AT,
        FixedColumn::CreatedAt => ["Registered", "Inscription", "Angemeldet", "Ugemellt"],
        FixedColumn::UpdatedAt => {
            ["Last changed", "Dernière modification", "Zuletzt geändert", "Fir d'lescht geännert"]
        }
        FixedColumn::Via => VIA,
        FixedColumn::TicketType => ["Ticket type", "Type de billet", "Ticketart", "Ticketstyp"],
        FixedColumn::CreatedDate => ["Registered: date", "Inscription : date", "Angemeldet: Datum", "Ugemellt: Datum"],
        FixedColumn::CreatedTime => {
            ["Registered: time", "Inscription : heure", "Angemeldet: Uhrzeit", "Ugemellt: Auerzäit"]
        }
        FixedColumn::FirstEntryDate => FIRST_ENTRY_DATE,
        FixedColumn::FirstEntryTime => FIRST_ENTRY_TIME,
        FixedColumn::LastExitDate => LAST_EXIT_DATE,
        FixedColumn::LastExitTime => LAST_EXIT_TIME,
        FixedColumn::Tags => ["Tags", "Mots-clés", "Schlagwörter", "Schlësselwierder"],
        FixedColumn::Note => ["Note", "Remarque", "Notiz", "Notiz"],
    };
    say(words, language)
}

/// A column of the attendance.
pub(super) fn attendance(column: AttendanceColumn, language: Language) -> &'static str {
    let words = match column {
        AttendanceColumn::Code => CODE,
        AttendanceColumn::FirstName => FIRST_NAME,
        AttendanceColumn::LastName => LAST_NAME,
        AttendanceColumn::Email => EMAIL,
        AttendanceColumn::Organization => ORGANIZATION,
        AttendanceColumn::Status => STATUS,
        AttendanceColumn::List => ["Check-in list", "Liste de pointage", "Check-in-Liste", "Check-in-Lëscht"],
        AttendanceColumn::Expected => ["Expected", "Attendu", "Erwartet", "Erwaart"],
        AttendanceColumn::Attended => ATTENDED,
        AttendanceColumn::FirstEntryAt => FIRST_ENTRY_AT,
        AttendanceColumn::LastExitAt => LAST_EXIT_AT,
        AttendanceColumn::Entries => ["Entries", "Entrées", "Eintritte", "Entréeën"],
        AttendanceColumn::Exits => ["Exits", "Sorties", "Austritte", "Sortieën"],
        AttendanceColumn::MinutesInside => ["Minutes inside", "Minutes sur place", "Minuten anwesend", "Minutten do"],
        AttendanceColumn::NoShow => ["Did not come", "Absent", "Nicht erschienen", "Net komm"],
        AttendanceColumn::Via => VIA,
        AttendanceColumn::FirstEntryDate => FIRST_ENTRY_DATE,
        AttendanceColumn::FirstEntryTime => FIRST_ENTRY_TIME,
        AttendanceColumn::LastExitDate => LAST_EXIT_DATE,
        AttendanceColumn::LastExitTime => LAST_EXIT_TIME,
    };
    say(words, language)
}

/// Whether a consent was given.
pub(super) fn consent(key: &Key, language: Language) -> String {
    let words = ["Consent: ", "Consentement : ", "Einwilligung: ", "Averständnis: "];
    format!("{}{key}", say(words, language))
}

/// What a sheet is called, of participants.
pub(super) fn participants_sheet(language: Language) -> &'static str {
    say(["Participants", "Participants", "Teilnehmende", "Participanten"], language)
}

/// What a sheet is called, of the attendance.
pub(super) fn attendance_sheet(language: Language) -> &'static str {
    say(["Attendance", "Présences", "Anwesenheit", "Presenzen"], language)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_columns_of_a_file_are_called_the_same() {
        for language in Language::ALL {
            let names: HashSet<_> = FixedColumn::ALL.iter().map(|column| fixed(*column, *language)).collect();
            assert_eq!(names.len(), FixedColumn::ALL.len(), "{language}");
            let names: HashSet<_> = AttendanceColumn::ALL.iter().map(|column| attendance(*column, *language)).collect();
            assert_eq!(names.len(), AttendanceColumn::ALL.len(), "{language}");
        }
    }

    #[test]
    fn nothing_is_called_nothing() {
        for language in Language::ALL {
            assert!(FixedColumn::ALL.iter().all(|column| !fixed(*column, *language).is_empty()));
            assert!(AttendanceColumn::ALL.iter().all(|column| !attendance(*column, *language).is_empty()));
        }
    }
}
