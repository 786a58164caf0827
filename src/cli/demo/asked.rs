//! What Digital Day asks, and what the invented people answer.

use serde_json::json;

use super::people::fault;
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{
    Choice, ConsentDraft, ConsentPurpose, Held, QuestionDraft, QuestionKind, add_consent, add_question,
};
use crate::registrations::Wish;
use crate::store::Db;
use crate::values::{Language, Words};

const SECTORS: [(&str, &str, &str); 5] = [
    ("software", "Software and data", "Logiciel et données"),
    ("creative", "Creative industries", "Industries créatives"),
    ("manufacturing", "Manufacturing", "Industrie"),
    ("public", "Public sector", "Secteur public"),
    ("other", "Something else", "Autre chose"),
];
const DIETS: [(&str, &str, &str); 3] = [
    ("vegetarian", "Vegetarian", "Végétarien"),
    ("vegan", "Vegan", "Végétalien"),
    ("gluten_free", "Without gluten", "Sans gluten"),
];
const NEEDS: [&str; 3] = ["A seat near the door, please", "J'utilise un fauteuil roulant", "Induction loop"];
const PHOTOS: &str = "photos";

fn words(english: &str, french: &str) -> Words {
    Words::from([(Language::English, english.to_owned()), (Language::French, french.to_owned())])
}

fn choices(of: &[(&str, &str, &str)]) -> Vec<Choice> {
    let choice = |(key, english, french): &(&str, &str, &str)| Choice {
        key: (*key).to_owned(),
        label: words(english, french),
        retired: false,
    };
    of.iter().map(choice).collect()
}

/// Adds three questions and a consent.
pub(super) fn ask(db: &mut Db, by: &Actor, held: &Held, now: Timestamp) -> Result<()> {
    let sector = QuestionDraft {
        options: choices(&SECTORS),
        ..QuestionDraft::new(QuestionKind::OneOf, words("Your sector", "Votre secteur"))
    };
    let diet = QuestionDraft {
        options: choices(&DIETS),
        sensitive: true,
        retention_days: Some(14),
        ..QuestionDraft::new(QuestionKind::ManyOf, words("What do you eat?", "Que mangez-vous ?"))
    };
    let access = QuestionDraft {
        help: words("A ramp, an induction loop, a quiet room …", "Une rampe, une boucle magnétique, une salle calme…"),
        sensitive: true,
        retention_days: Some(14),
        ..QuestionDraft::new(QuestionKind::Text, words("What do you need to take part?", "De quoi avez-vous besoin ?"))
    };
    for (key, draft) in [("sector", sector), ("diet", diet), ("access", access)] {
        add_question(db, by, held, key.parse().map_err(fault)?, draft, now)?;
    }
    let photos = ConsentDraft {
        key: PHOTOS.parse().map_err(fault)?,
        purpose: ConsentPurpose::Photos,
        organization: None,
        text: words("Pictures with me may be shown.", "Des photos de moi peuvent être montrées."),
        required: false,
    };
    add_consent(db, by, held, photos, now)?;
    Ok(())
}

/// What the `number`-th person says to that.
pub(super) fn say(wish: Wish, number: usize) -> Wish {
    let mut answers = wish.answers;
    if !number.is_multiple_of(7) {
        answers.insert("sector".to_owned(), json!(SECTORS[number * 3 % SECTORS.len()].0));
    }
    if number.is_multiple_of(4) {
        answers.insert("diet".to_owned(), json!([DIETS[number / 4 % DIETS.len()].0]));
    }
    if number % 40 == 9 {
        answers.insert("access".to_owned(), json!(NEEDS[number / 40 % NEEDS.len()]));
    }
    let consents = if number % 3 == 2 { Vec::new() } else { vec![PHOTOS.to_owned()] };
    Wish { answers, consents, ..wish }
}
