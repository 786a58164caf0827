//! What stands on paper besides names, in the language of whoever prints it.

use crate::values::Language;

/// The words of a printed page.
pub(super) struct Words {
    /// As HTML names it (RFC 5646).
    pub lang: &'static str,
    pub inside_now: &'static str,
    pub as_of: &'static str,
    pub expected: &'static str,
    /// Over a column of boxes, in which those who came in are ticked.
    pub entry: &'static str,
    /// Over a column of boxes, in which those who went out are ticked.
    pub exit: &'static str,
    pub name: &'static str,
    pub code: &'static str,
    pub ticket: &'static str,
    pub note: &'static str,
}

impl Words {
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
            Language::German => &GERMAN,
            Language::Luxembourgish => &LUXEMBOURGISH,
        }
    }
}

const ENGLISH: Words = Words {
    lang: "en",
    inside_now: "Inside now",
    as_of: "as of",
    expected: "expected",
    entry: "In",
    exit: "Out",
    name: "Name",
    code: "Code",
    ticket: "Ticket",
    note: "Note",
};

const FRENCH: Words = Words {
    lang: "fr",
    inside_now: "Présents en ce moment",
    as_of: "état au",
    expected: "personnes attendues",
    entry: "Entrée",
    exit: "Sortie",
    name: "Nom",
    code: "Code",
    ticket: "Billet",
    note: "Remarque",
};

const GERMAN: Words = Words {
    lang: "de",
    inside_now: "Jetzt anwesend",
    as_of: "Stand",
    expected: "erwartet",
    entry: "Ein",
    exit: "Aus",
    name: "Name",
    code: "Code",
    ticket: "Ticket",
    note: "Notiz",
};

const LUXEMBOURGISH: Words = Words {
    lang: "lb",
    inside_now: "Elo dobannen",
    as_of: "Stand",
    expected: "erwaart",
    entry: "Eran",
    exit: "Eraus",
    name: "Numm",
    code: "Code",
    ticket: "Ticket",
    note: "Notiz",
};
