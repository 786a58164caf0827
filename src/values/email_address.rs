//! An e-mail address.

use std::fmt;
use std::str::FromStr;

use email_address::Options;

use super::Fault;

/// An address that can stand in a mail header (RFC 5322 §3.4.1, at most 254 characters, without a display name).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// As its owner wrote it, without surrounding space.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one address have in common: case-folded.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for EmailAddress {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let fault = |detail: &str| Fault::new("invalid_email", detail);
        let text = text.trim();
        if text.len() > 254 {
            return Err(fault("an e-mail address has at most 254 characters"));
        }
        if text.chars().any(char::is_control) {
            return Err(fault("an e-mail address contains no line breaks or other control characters"));
        }
        let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
        match email_address::EmailAddress::parse_with_options(text, options) {
            // Quoted local parts ("a b"@c.example) are legal and unused; mail servers and people trip over them.
            Ok(_) if !text.contains(['"', ' ', '\\']) => Ok(Self(text.to_owned())),
            _ => Err(fault("this is not an e-mail address")),
        }
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_real_people_pass() {
        for text in ["camille.weber@museum.example", " a+b@c.example ", "jos@weiß.example", "o'neill@x-y.example"] {
            assert_eq!(text.parse::<EmailAddress>().unwrap().as_str(), text.trim());
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "a",
            "a@",
            "@b.example",
            "a@b",
            "a b@c.example",
            "a@b.example\r\nBcc: x@y.example",
            "Camille <a@b.example>",
            "a@[127.0.0.1]",
            "\"a b\"@c.example",
            "a@b..example",
        ] {
            assert_eq!(text.parse::<EmailAddress>().map_err(|f| f.code), Err("invalid_email"), "{text:?}");
        }
    }

    #[test]
    fn spellings_of_one_address_share_a_key() {
        assert_eq!("Camille@Museum.Example".parse::<EmailAddress>().unwrap().key(), "camille@museum.example");
    }
}
