//! The short code of a registration, which people read out and type.

use std::fmt;
use std::str::FromStr;

use super::Fault;

const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// Eight characters without `0 O 1 I L`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Code(String);

impl Code {
    /// How many characters a code has.
    pub const LENGTH: usize = 8;

    /// A random one: about 39 bits, unique within an event by the database's word.
    pub fn random() -> Self {
        let mut text = String::with_capacity(Self::LENGTH);
        while text.len() < Self::LENGTH {
            // 248 is the largest multiple of 31 in a byte: above it, some letters would come up more often.
            text.extend(
                rand::random::<[u8; 16]>()
                    .iter()
                    .filter(|b| **b < 248)
                    .map(|b| char::from(ALPHABET[usize::from(b % 31)])),
            );
            text.truncate(Self::LENGTH);
        }
        Self(text)
    }

    /// The eight characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = Fault;

    /// Takes what people type: lower case, spaces and hyphens are fine.
    fn from_str(typed: &str) -> Result<Self, Fault> {
        let text: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .take(Self::LENGTH + 1)
            .collect();
        if text.len() == Self::LENGTH && text.bytes().all(|b| ALPHABET.contains(&b)) {
            Ok(Self(text))
        } else {
            Err(Fault::new("invalid_code", "a code has 8 letters and digits, without 0 O 1 I L"))
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_the_same_code() {
        assert_eq!("abcd efgh".parse::<Code>().unwrap().as_str(), "ABCDEFGH");
        assert_eq!("ABCD-2345".parse::<Code>().unwrap().as_str(), "ABCD2345");
    }

    #[test]
    fn letters_that_look_like_digits_are_not_in_codes() {
        for typed in ["ABCDEFG0", "ABCDEFGO", "ABCDEFG1", "ABCDEFGI", "ABCDEFGL", "ABCDEFG", "ABCDEFGHJ", ""] {
            assert_eq!(typed.parse::<Code>().unwrap_err().code, "invalid_code", "{typed}");
        }
    }

    #[test]
    fn every_random_code_is_a_code() {
        for _ in 0..1000 {
            let code = Code::random();
            assert_eq!(code.as_str().parse::<Code>(), Ok(code.clone()));
        }
    }
}
