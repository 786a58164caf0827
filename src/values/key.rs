//! The word by which programs know something of an event.

use std::fmt;
use std::str::FromStr;

use super::Fault;

/// 1 to 40 characters of `a-z 0-9 _`, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Key {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let fine = (1..=40).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if fine {
            Ok(Self(text.to_owned()))
        } else {
            Err(Fault::new("invalid_key", "a key has 1 to 40 characters of a-z, 0-9 and _, and begins with a letter"))
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_plain_word() {
        for key in ["a", "diet", "day_2", &"a".repeat(40)] {
            assert_eq!(key.parse::<Key>().unwrap().as_str(), key);
        }
        for text in ["", "2nd", "_a", "Diet", "di et", "di-et", "régime", &"a".repeat(41)] {
            assert!(text.parse::<Key>().is_err(), "{text}");
        }
    }
}
