//! The one layout of all letters: the same content as text and as HTML.

use askama::Template;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use super::about::Contact;
use super::words::Phrases;
use crate::error::{Error, Result};

/// How long a line of a letter without HTML is at most, but for links.
const WIDTH: usize = 78;

/// What a letter says, in the order in which it says it.
#[derive(Default)]
pub(super) struct Body {
    /// What it is about, in a line.
    pub subject: String,
    /// With whom it begins, if they are known.
    pub name: Option<String>,
    /// What the organizers say in the place of the greeting and of what we say.
    pub own: Option<Own>,
    /// Paragraphs.
    pub says: Vec<String>,
    /// What nobody may overlook.
    pub warning: Option<&'static str>,
    /// What it is about, line by line.
    pub facts: Vec<Fact>,
    /// Whether the ticket's picture is shown.
    pub picture: bool,
    /// Where there is something to do.
    pub link: Option<Link>,
    /// Where there will be no more of these.
    pub no_more: Option<Link>,
    /// Paragraphs.
    pub closing: Vec<String>,
    /// Whom to ask.
    pub contact: Option<Contact>,
}

/// The organizers' own words, filled in.
pub(super) struct Own {
    pub subject: Option<String>,
    pub text: String,
    pub html: String,
}

/// A line of the facts.
pub(super) struct Fact {
    pub label: &'static str,
    pub text: String,
    pub strong: bool,
}

/// A link on a line of its own, with what stands before and after it.
pub(super) struct Link {
    pub before: String,
    pub url: String,
    pub after: String,
}

/// A letter's words, in their two forms.
pub(super) struct Words {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Fact {
    pub(super) fn new(label: &'static str, text: impl Into<String>) -> Self {
        Self { label, text: text.into(), strong: false }
    }
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    words: &'a Phrases,
    body: &'a Body,
}

impl Body {
    /// The same in the organizers' own words, if they have some.
    pub(super) fn in_own_words(self, own: Option<Own>) -> Self {
        let subject = own.as_ref().and_then(|own| own.subject.clone()).unwrap_or(self.subject);
        Self { subject, own, ..self }
    }

    /// The letter in both forms.
    pub(super) fn words(self, words: &Phrases) -> Result<Words> {
        Ok(Words {
            text: self.text(words),
            html: Html { words, body: &self }.render().map_err(Error::internal)?,
            subject: self.subject,
        })
    }

    fn text(&self, words: &Phrases) -> String {
        let greeting = || wrapped(&words.greeting(self.name.as_deref()));
        let mut parts = vec![self.own.as_ref().map_or_else(greeting, |own| own.text.clone())];
        parts.extend(self.says.iter().map(|paragraph| wrapped(paragraph)));
        parts.extend(self.warning.map(wrapped));
        let facts = self.facts.iter().map(|fact| words.labeled(fact.label, &fact.text));
        parts.extend(Some(facts.collect::<Vec<_>>().join("\n")).filter(|facts| !facts.is_empty()));
        parts.extend(self.link.as_ref().map(Link::text));
        parts.extend(self.closing.iter().map(|paragraph| wrapped(paragraph)));
        parts.extend(
            self.contact
                .as_ref()
                .map(|contact| wrapped(&format!("{}{}{}", words.questions.0, contact.address, words.questions.1))),
        );
        parts.extend(self.no_more.as_ref().map(Link::text));
        parts.join("\n\n") + "\n"
    }
}

impl Link {
    fn text(&self) -> String {
        let after = Some(wrapped(&self.after)).filter(|after| !after.is_empty());
        [Some(wrapped(&self.before)), Some(self.url.clone()), after]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// Breaks lines between words, and nowhere else: a link stays whole.
pub(super) fn wrapped(text: &str) -> String {
    let options = Options::new(WIDTH)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::fill(text, options)
}
