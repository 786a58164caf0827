//! How things are found again, whatever case or accent they were typed with.

use deunicode::deunicode;

/// Letters without accents, lower case, single spaces: `Éislek  Jöfferchen` becomes `eislek jofferchen`.
pub fn search_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut add = |word: &str| {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    };
    // Word by word: deunicode drops tabs and line breaks, and would glue words together.
    for word in text.split_whitespace() {
        if word.is_ascii() {
            add(word);
        } else {
            // It puts spaces between what were signs of their own.
            deunicode(word).split_whitespace().for_each(&mut add);
        }
    }
    key.make_ascii_lowercase();
    key
}

/// A LIKE pattern (with `\` as its escape sign) for texts that contain `word`, whatever signs it has.
pub fn contains_pattern(word: &str) -> String {
    format!("%{}", begins_pattern(word))
}

/// A LIKE pattern (with `\` as its escape sign) for texts that begin with `word`, whatever signs it has.
pub fn begins_pattern(word: &str) -> String {
    let mut pattern = String::new();
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_spaces_do_not_matter() {
        assert_eq!(search_key("  Zoë   D'Été\tMÜLLER "), "zoe d'ete muller");
        assert_eq!(search_key("北京\u{a0}Museum"), "bei jing museum");
        assert_eq!(search_key(""), "");
    }
}
