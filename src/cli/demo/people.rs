//! Invented people, from invented places. Whoever is called like one of them is not meant.

use crate::error::{Error, Result};
use crate::registrations::{Attendee, Source, Wish};
use crate::values::{Fault, Language, search_key};

const FIRST_NAMES: [&str; 61] = [
    "Camille",
    "Jos",
    "Léa",
    "Tun",
    "Zoé",
    "Inês",
    "Lukas",
    "Amélie",
    "João",
    "Mia",
    "Félix",
    "Chloé",
    "Ben",
    "Sofia",
    "Maëlle",
    "Pit",
    "Hannah",
    "Théo",
    "Beatriz",
    "Noah",
    "Élodie",
    "Gilles",
    "Anouk",
    "Rui",
    "Jürgen",
    "Françoise",
    "Tom",
    "Margaux",
    "Käthe",
    "Luís",
    "Emma",
    "Yannick",
    "Renée",
    "Oliver",
    "Catarina",
    "Nora",
    "Jérôme",
    "Svenja",
    "Paulo",
    "Mathilde",
    "Georges",
    "Lynn",
    "André",
    "Grace",
    "Nuno",
    "Solène",
    "Björn",
    "Marie-Louise",
    "Kevin",
    "Joëlle",
    "Tiago",
    "Agnès",
    "Rosa",
    "Henri",
    "Saskia",
    "Colm",
    "Thérèse",
    "Max",
    "Aïcha",
    "Erik",
    "Véronique",
];

const LAST_NAMES: [&str; 59] = [
    "Weber",
    "Schmit",
    "Da Silva",
    "Müller",
    "Kieffer",
    "Lefèvre",
    "Ferreira",
    "Reuter",
    "Thill",
    "Santos",
    "Hoffmann",
    "Dubois",
    "Wagner",
    "Gonçalves",
    "Kayser",
    "Simon",
    "Becker",
    "Marques",
    "Faber",
    "O'Connor",
    "Noël",
    "Klein",
    "Pereira",
    "Steichen",
    "Bertrand",
    "Krämer",
    "Lopes",
    "Majerus",
    "Thompson",
    "Besch",
    "Fontaine",
    "Rodrigues",
    "Welter",
    "Brandão",
    "Schneider",
    "Lambert",
    "Hansen",
    "Carvalho",
    "Mertens",
    "Roux",
    "Kohl",
    "Fernandes",
    "Wolff",
    "Girard",
    "Almeida",
    "Diederich",
    "Harris",
    "Schäfer",
    "Martins",
    "Olinger",
    "Gérard",
    "Ribeiro",
    "Zimmer",
    "Walsh",
    "Peiffer",
    "Mendes",
    "Köhler",
    "Baptista",
    "Linster",
];

/// Name, domain and country of invented employers; every fifth or so is a start-up, some do research.
const ORGANIZATIONS: [(&str, &str, &str); 23] = [
    ("Mosel Data Works", "moseldata.example", "LU"),
    ("Atelier Lumière", "atelier-lumiere.example", "LU"),
    ("Red Rock Robotics", "redrock.example", "LU"),
    ("Institute for Applied Networks", "applied-networks.example", "LU"),
    ("Fabrik Nord", "fabriknord.example", "DE"),
    ("Alzette Health", "alzettehealth.example", "LU"),
    ("Studio Petite Ourse", "petite-ourse.example", "FR"),
    ("Ardenne Composites", "ardenne-composites.example", "BE"),
    ("Three Towers Security", "threetowers.example", "LU"),
    ("Öslinger Energie", "oeslinger.example", "LU"),
    ("Saar Fahrzeugtechnik", "saarfahrzeug.example", "DE"),
    ("Cloud & Clover", "cloudclover.example", "IE"),
    ("Laboratory of Materials", "materials-lab.example", "LU"),
    ("Ponte Nova Consulting", "pontenova.example", "PT"),
    ("Lorraine Logiciels", "lorraine-logiciels.example", "FR"),
    ("Kirchberg Analytics", "kirchberg-analytics.example", "LU"),
    ("Wou Games", "wou.example", "LU"),
    ("Ministry of Good Roads", "goodroads.example", "LU"),
    ("Syrdall Steel", "syrdallsteel.example", "LU"),
    ("Quiet Key", "quietkey.example", "LU"),
    ("Institute of Sound and Image", "sound-image.example", "LU"),
    ("Eifel Sensorik", "eifelsensorik.example", "DE"),
    ("Minett Makers", "minett.example", "LU"),
];

const JOB_TITLES: [&str; 17] = [
    "Software engineer",
    "Head of innovation",
    "Researcher",
    "Founder",
    "Project manager",
    "Chargée de mission",
    "Data scientist",
    "Head of production",
    "Art director",
    "Information security officer",
    "Geschäftsführer",
    "Doctoral student",
    "Business developer",
    "Network architect",
    "Curator",
    "Quality engineer",
    "Policy officer",
];

const LANGUAGES: [Language; 7] = [
    Language::English,
    Language::French,
    Language::English,
    Language::German,
    Language::French,
    Language::Luxembourgish,
    Language::English,
];

/// How many people there are before the first one comes round again.
pub(super) const POPULATION: usize = FIRST_NAMES.len() * LAST_NAMES.len();

/// What the `number`-th person writes into the form. No two of [`POPULATION`] share their names.
pub(super) fn wish(number: usize) -> Result<Wish> {
    let (first_name, last_name) = (FIRST_NAMES[number % FIRST_NAMES.len()], LAST_NAMES[number % LAST_NAMES.len()]);
    // By another stride, so that who works together is not called alike.
    let (organization, domain, country) = ORGANIZATIONS[number * 7 % ORGANIZATIONS.len()];
    let job_title = JOB_TITLES[number * 5 % JOB_TITLES.len()];
    let mailbox = |name: &str| search_key(name).replace([' ', '\''], "");
    let email = format!("{}.{}@{domain}", mailbox(first_name), mailbox(last_name));
    let attendee = Attendee {
        first_name: first_name.parse().map_err(fault)?,
        last_name: Some(last_name.parse().map_err(fault)?),
        email: email.parse().map_err(fault)?,
        organization: Some(organization.parse().map_err(fault)?),
        job_title: if number.is_multiple_of(6) { None } else { Some(job_title.parse().map_err(fault)?) },
        phone: None,
        country: Some(country.parse().map_err(fault)?),
    };
    Ok(Wish {
        attendee,
        locale: Some(LANGUAGES[number % LANGUAGES.len()]),
        external_ref: None,
        source: Source::Api,
        ticket_type: None,
        sessions: Vec::new(),
        via: None,
        answers: crate::registrations::Answers::new(),
        consents: Vec::new(),
        vouched: false,
        by_hand: None,
    })
}

/// A word of the tables that is none.
pub(super) fn fault(fault: Fault) -> Error {
    Error::internal(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_can_write_their_name_and_has_an_address_of_their_own() {
        let mut addresses: Vec<String> = (0..POPULATION).map(|n| wish(n).unwrap().attendee.email.key()).collect();
        assert!(addresses.iter().all(|address| address.is_ascii() && address.ends_with(".example")));
        addresses.sort();
        addresses.dedup();
        assert_eq!(addresses.len(), POPULATION);
    }
}
