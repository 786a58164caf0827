//! What organizers write: Markdown (`CommonMark`) without HTML and pictures, with placeholders such as `{event}`.
//!
//! Placeholders are filled in after the Markdown was read: what people are called is never taken for Markdown. `{{` is a
//! brace.

use std::fmt::Write as _;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeStream, html};
use textwrap::{Options as Wrap, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::values::Fault;

/// How many placeholders a text has at most.
const MOST_PLACEHOLDERS: usize = 30;
/// How many bytes a text has at most once it is HTML, without what is filled in.
const MOST_HTML: usize = 16 * 1024;
/// How long a line is at most without HTML.
const WIDTH: usize = 78;

/// The placeholder that may stand in the place of an address, too.
pub(super) const LINK: &str = "manage_link";

/// What stands for a placeholder.
pub(super) type Values<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// What is wrong with a text in which these placeholders may stand.
pub(super) fn faults(text: &str, known: &[&str]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut placeholders = 0;
    for event in read(text) {
        match event {
            Event::Text(text) | Event::Code(text) => {
                placeholders += check_placeholders(&text, known, &mut faults);
            }
            Event::Start(Tag::Link { dest_url, .. }) if !is_safe(&dest_url, known) => {
                let detail = format!("links begin with https://, http:// or mailto:, unlike {}", shortened(&dest_url));
                faults.push(Fault::new("invalid_link", detail));
            }
            _ => {}
        }
    }
    if placeholders > MOST_PLACEHOLDERS {
        let detail = format!("there are at most {MOST_PLACEHOLDERS} placeholders");
        faults.push(Fault::new("too_many", detail));
    }
    if as_html(text, &|_| Some(String::new())).len() > MOST_HTML {
        faults.push(Fault::new("too_long", "this becomes too long a letter".to_owned()));
    }
    faults.truncate(20);
    faults
}

/// What is wrong with a line in which these placeholders may stand.
pub(super) fn faults_of_line(line: &str, known: &[&str]) -> Vec<Fault> {
    let mut faults = Vec::new();
    check_placeholders(line, known, &mut faults);
    faults.truncate(20);
    faults
}

/// A line with its placeholders filled in.
pub(super) fn filled(line: &str, values: &Values<'_>) -> String {
    let mut filled = String::with_capacity(line.len());
    for part in parts(line) {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Placeholder(name) => filled.push_str(&values(name).unwrap_or_default()),
        }
    }
    filled
}

/// The text as HTML.
pub(super) fn as_html(text: &str, values: &Values<'_>) -> String {
    let events = read(text).map(|event| match event {
        Event::Text(text) => Event::Text(filled(&text, values).into()),
        Event::Code(text) => Event::Code(filled(&text, values).into()),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = CowStr::from(address(&dest_url, values));
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        other => other,
    });
    let mut written = String::new();
    html::push_html(&mut written, events);
    written
}

/// The same as it is read without HTML.
pub(super) fn as_text(text: &str, values: &Values<'_>) -> String {
    let mut plain = Plain::default();
    for event in read(text) {
        plain.write(event, values);
    }
    plain.end_block();
    plain.written.trim_end().to_owned()
}

/// What a text consists of; HTML is text, and of pictures there is what stands for them.
fn read(text: &str) -> impl Iterator<Item = Event<'_>> {
    let events = Parser::new_ext(text, Options::empty()).filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        other => Some(other),
    });
    TextMergeStream::new(events)
}

/// Where a link leads; nowhere if it may not lead there.
fn address(written: &str, values: &Values<'_>) -> String {
    if written == format!("{{{LINK}}}") {
        return values(LINK).unwrap_or_default();
    }
    if is_safe(written, &[]) { written.to_owned() } else { String::new() }
}

fn is_safe(address: &str, known: &[&str]) -> bool {
    let lower = address.to_ascii_lowercase();
    let web = lower.starts_with("https://") || lower.starts_with("http://") || lower.starts_with("mailto:");
    let plain = !address.contains(|c: char| c.is_control() || c.is_whitespace());
    (web && plain && address.len() <= 500)
        || (known.contains(&LINK) && address.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) == Some(LINK))
        // An address such as <hello@museum.example> is one without being said to be.
        || (plain && address.len() <= 254 && address.parse::<crate::values::EmailAddress>().is_ok())
}

fn check_placeholders(text: &str, known: &[&str], faults: &mut Vec<Fault>) -> usize {
    let mut count = 0;
    for part in parts(text) {
        let Part::Placeholder(name) = part else { continue };
        count += 1;
        if !known.contains(&name) {
            let all: Vec<String> = known.iter().map(|name| format!("{{{name}}}")).collect();
            let detail = format!("there is no {{{}}} here, but {}", shortened(name), all.join(", "));
            faults.push(Fault::new("unknown_placeholder", detail));
        }
    }
    count
}

enum Part<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

/// What a line consists of: a placeholder is a brace, letters, digits and `_`, and a brace.
fn parts(line: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut left = line;
    while let Some(start) = left.find('{') {
        let (before, from) = left.split_at(start);
        parts.push(Part::Text(before));
        if let Some(rest) = from.strip_prefix("{{") {
            parts.push(Part::Text("{"));
            left = rest;
            continue;
        }
        let name = from[1..].split('}').next().unwrap_or_default();
        let closed = from[1..].len() > name.len();
        if closed && !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
            parts.push(Part::Placeholder(name));
            left = &from[name.len() + 2..];
        } else {
            parts.push(Part::Text("{"));
            left = &from[1..];
        }
    }
    parts.push(Part::Text(left));
    parts
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

/// Writes without HTML what could be written with it.
#[derive(Default)]
struct Plain {
    written: String,
    /// The block that is being written.
    line: String,
    /// The number of the next item of each list that it is in; none where they have no numbers.
    lists: Vec<Option<u64>>,
    /// What the block begins with.
    marker: Option<String>,
    quotes: usize,
    /// Whether the block before was an item of a list.
    after_item: bool,
    /// Whether line breaks stay as they are.
    verbatim: bool,
    /// Where each link that it is in begins, and where it leads.
    links: Vec<(usize, String)>,
}

impl Plain {
    fn write(&mut self, event: Event<'_>, values: &Values<'_>) {
        match event {
            Event::Text(text) | Event::Code(text) => self.line.push_str(&filled(&text, values)),
            Event::SoftBreak => self.line.push(' '),
            Event::HardBreak => self.line.push('\n'),
            Event::Rule => {
                self.line.push_str("---");
                self.end_block();
            }
            Event::Start(tag) => self.start(tag, values),
            Event::End(tag) => self.end(tag),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, values: &Values<'_>) {
        match tag {
            Tag::List(first) => {
                self.end_block();
                self.lists.push(first);
            }
            Tag::Item => {
                self.end_block();
                self.marker = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                });
            }
            Tag::BlockQuote(_) => self.quotes += 1,
            Tag::CodeBlock(_) => self.verbatim = true,
            Tag::Link { dest_url, .. } => self.links.push((self.line.len(), address(&dest_url, values))),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link => {
                let Some((start, address)) = self.links.pop() else { return };
                let shown = self.line.get(start..).unwrap_or_default();
                if !address.is_empty() && shown != address && format!("mailto:{shown}") != address {
                    let _ = write!(self.line, " ({address})");
                }
            }
            TagEnd::List(_) => {
                self.end_block();
                self.lists.pop();
            }
            TagEnd::BlockQuote(_) => {
                self.end_block();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => {
                self.end_block();
                self.verbatim = false;
            }
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item => self.end_block(),
            _ => {}
        }
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.line);
        if block.trim().is_empty() {
            return;
        }
        // Nested deeper than anybody reads, everything stands at the edge.
        let quotes = "> ".repeat(self.quotes.min(5));
        let depth = self.lists.len().min(6);
        let outer = "  ".repeat(depth.saturating_sub(1));
        let in_item = self.marker.is_some();
        let first = format!("{quotes}{outer}{}", self.marker.take().unwrap_or_else(|| "  ".repeat(depth.min(1))));
        let others = format!("{quotes}{outer}{}", "  ".repeat(depth.min(1)));
        if !(self.written.is_empty() || in_item && self.after_item) {
            self.written.push('\n');
        }
        self.after_item = in_item;
        if self.verbatim {
            for line in block.trim_end().lines() {
                let _ = writeln!(self.written, "{others}{line}");
            }
            return;
        }
        let options = Wrap::new(WIDTH)
            .initial_indent(&first)
            .subsequent_indent(&others)
            .break_words(false)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        self.written.push_str(&textwrap::fill(block.trim(), options));
        self.written.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: &[&str] = &["first_name", "event", LINK];

    fn values(name: &str) -> Option<String> {
        match name {
            "first_name" => Some("*<b>Jos</b>* {event} [x](http://evil.example)".to_owned()),
            "event" => Some("Night & Day".to_owned()),
            LINK => Some("https://turnout.example/manage/1#M1.x&y".to_owned()),
            _ => None,
        }
    }

    fn codes(text: &str) -> Vec<&'static str> {
        faults(text, KNOWN).into_iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn what_people_are_called_is_no_markdown_and_no_placeholder() {
        assert_eq!(
            as_html("Dear {first_name},", &values),
            "<p>Dear *&lt;b&gt;Jos&lt;/b&gt;* {event} [x](http://evil.example),</p>\n"
        );
        assert_eq!(as_text("Dear {first_name},", &values), "Dear *<b>Jos</b>* {event} [x](http://evil.example),");
    }

    #[test]
    fn markdown_reads_well_without_html() {
        let text = "# Welcome\n\nSee *you* at **{event}**:\n\n- bring your [ticket]({manage_link})\n- and a friend\n\n\
                    1. First\n2. Second\n\n> Quoted\n\n    code\n\nWrite to <a@b.example>.";
        assert_eq!(codes(text), Vec::<&str>::new());
        assert_eq!(
            as_text(text, &values).lines().collect::<Vec<_>>(),
            [
                "Welcome",
                "",
                "See you at Night & Day:",
                "",
                "- bring your ticket (https://turnout.example/manage/1#M1.x&y)",
                "- and a friend",
                "1. First",
                "2. Second",
                "",
                "> Quoted",
                "",
                "code",
                "",
                "Write to a@b.example.",
            ]
        );
        let html = as_html(text, &values);
        assert!(html.contains("<a href=\"https://turnout.example/manage/1#M1.x&amp;y\">ticket</a>"), "{html}");
    }

    #[test]
    fn html_is_text_and_pictures_are_not_fetched() {
        let html = as_html("<script>alert(1)</script>\n\nA <b>b</b> ![spy](https://spy.example/1.png)", &values);
        assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains("<img"), "{html}");
        assert!(html.contains("spy"), "{html}");
    }

    #[test]
    fn what_is_wrong_is_said_when_it_is_saved() {
        assert_eq!(codes("{firstname} {event} {nobody}"), ["unknown_placeholder", "unknown_placeholder"]);
        assert_eq!(codes("`{nobody}`"), ["unknown_placeholder"]);
        assert_eq!(codes("[x](javascript:alert(1)) [y](data:text/html,x) [z](/there)"), ["invalid_link"; 3]);
        assert_eq!(codes(&"{event} ".repeat(31)), ["too_many"]);
        assert_eq!(codes(&"> ".repeat(2_000)), ["too_long"]);
        assert_eq!(codes("{{first name} { } {} a{ b"), Vec::<&str>::new());
        assert_eq!(as_text("{{event} { } {}", &values), "{event} { } {}");
    }

    proptest! {
        #[test]
        fn whatever_was_saved_makes_no_tag_that_markdown_does_not(text in "[ a<>/\"'{}*_`#!\\[\\]()\n-]{0,80}", name in ".{0,40}") {
            let html = as_html(&text, &|_| Some(name.clone()));
            for tag in ["<script", "<img", "<iframe", "<style", "onerror=\"", "javascript:"] {
                prop_assert!(!html.contains(tag), "{}", html);
            }
        }

        #[test]
        fn a_text_without_faults_keeps_no_placeholder(text in "[a-z{}_ *]{0,60}") {
            if faults(&text, KNOWN).is_empty() {
                let shown = as_text(&text, &|_| Some("X".to_owned()));
                prop_assert!(!shown.contains("{first_name}") || text.contains("{{"), "{}", shown);
            }
        }
    }
}
