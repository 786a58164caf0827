//! Signatures by which mail servers know that a letter is ours (DKIM: RFC 6376, with Ed25519: RFC 8463).

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, anyhow, bail, ensure};
use data_encoding::BASE64;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
};
use lettre::message::header::HeaderName;
use rsa::RsaPrivateKey;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, LineEnding};
use rsa::pkcs8::{DecodePrivateKey as _, EncodePublicKey};
use rsa::traits::PublicKeyParts;

/// What is signed of every letter, there or not: nobody adds one of these on the way. What a body has (`Content-Type`) is
/// signed with it.
const SIGNED: [&str; 8] = ["From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Auto-Submitted"];

/// What is signed of letters that have it (RFC 8058 §4).
const SIGNED_OF_LISTS: [&str; 2] = ["List-Unsubscribe", "List-Unsubscribe-Post"];

/// No RSA key is shorter than so many bits (RFC 8301 §3.2).
const RSA_BITS: usize = 2048;

/// Signs letters with a key whose other half is published in the DNS.
#[derive(Debug)]
pub struct Dkim {
    plain: DkimConfig,
    of_lists: DkimConfig,
    /// Where the other half of the key is looked up.
    pub name: String,
    /// What is published there, as a TXT record (RFC 6376 §3.6.1).
    pub record: String,
    /// In whose name it signs.
    pub domain: String,
}

enum Key {
    Rsa(Box<RsaPrivateKey>),
    Ed25519(Box<SigningKey>),
}

impl Dkim {
    /// With the private key in `file`: RSA (PKCS #1 or #8) or Ed25519 (PKCS #8), in PEM.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn open(file: &Path, selector: &str, domain: &str) -> anyhow::Result<Self> {
        let word = |text: &str| {
            let labels = || text.split('.');
            let fine = |c: char| c.is_ascii_alphanumeric() || c == '-';
            text.len() <= 200 && labels().all(|label| !label.is_empty() && label.len() <= 63 && label.chars().all(fine))
        };
        ensure!(word(selector), "the DKIM selector {selector} is no name in the DNS (--dkim-selector)");
        ensure!(word(domain), "the DKIM domain {domain} is no name in the DNS (--dkim-domain)");
        let key =
            Key::parse(&read(file)?).map_err(|why| anyhow!("the DKIM key {} {why} (--dkim-key)", file.display()))?;
        let config = |headers: &[&'static str]| -> anyhow::Result<DkimConfig> {
            let headers = headers.iter().map(|name| HeaderName::new_from_ascii_str(name)).collect();
            let relaxed = DkimCanonicalizationType::Relaxed;
            let canonicalization = DkimCanonicalization { header: relaxed, body: relaxed };
            Ok(DkimConfig::new(selector.to_owned(), domain.to_owned(), key.signing()?, headers, canonicalization))
        };
        Ok(Self {
            plain: config(&SIGNED)?,
            of_lists: config(&[&SIGNED[..], &SIGNED_OF_LISTS[..]].concat())?,
            name: format!("{selector}._domainkey.{domain}"),
            record: key.record()?,
            domain: domain.to_owned(),
        })
    }

    /// What is published, as a line of a zone file: texts there have at most 255 characters (RFC 1035 §3.3).
    pub fn zone_line(&self) -> String {
        let texts: Vec<String> =
            self.record.as_bytes().chunks(255).map(|text| format!("\"{}\"", String::from_utf8_lossy(text))).collect();
        format!("{}. IN TXT ( {} )", self.name, texts.join(" "))
    }

    /// Signs a letter as it is.
    pub(super) fn sign(&self, mail: &mut lettre::Message) {
        let of_list = mail.headers().get_raw(SIGNED_OF_LISTS[0]).is_some();
        mail.sign(if of_list { &self.of_lists } else { &self.plain });
    }
}

/// The key's text, if it is for its owner's eyes alone.
fn read(path: &Path) -> anyhow::Result<String> {
    let cannot = || format!("cannot read the DKIM key {} (--dkim-key)", path.display());
    let mut file = File::open(path).with_context(cannot)?;
    let for_others = file.metadata().with_context(cannot)?.permissions().mode() & 0o077;
    ensure!(
        for_others == 0,
        "the DKIM key {0} can be used by others: chmod 600 {0} (--dkim-key)",
        fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()).display()
    );
    let mut text = String::new();
    // A key is short: whatever else somebody names by mistake is not read whole.
    file.by_ref().take(64 * 1024).read_to_string(&mut text).with_context(cannot)?;
    Ok(text)
}

impl Key {
    fn parse(pem: &str) -> anyhow::Result<Self> {
        let rsa = if pem.contains("BEGIN RSA PRIVATE KEY") {
            RsaPrivateKey::from_pkcs1_pem(pem).ok()
        } else if pem.contains("BEGIN PRIVATE KEY") {
            if let Ok(key) = SigningKey::from_pkcs8_pem(pem) {
                return Ok(Self::Ed25519(Box::new(key)));
            }
            RsaPrivateKey::from_pkcs8_pem(pem).ok()
        } else if pem.contains("ENCRYPTED") {
            bail!("is encrypted with a passphrase, which nobody can type at every start");
        } else if pem.contains("PUBLIC KEY") {
            bail!("is the public half, which belongs into the DNS: the private one is needed");
        } else {
            bail!("is no private key in PEM (BEGIN PRIVATE KEY, or BEGIN RSA PRIVATE KEY)");
        };
        let key = rsa.ok_or_else(|| anyhow!("is damaged, or neither an RSA nor an Ed25519 key"))?;
        key.validate().map_err(|_| anyhow!("is damaged: its numbers do not fit each other"))?;
        let bits = key.size() * 8;
        ensure!(bits >= RSA_BITS, "has {bits} bits: RSA keys have {RSA_BITS} or more");
        Ok(Self::Rsa(Box::new(key)))
    }

    fn signing(&self) -> anyhow::Result<DkimSigningKey> {
        Ok(match self {
            Self::Rsa(key) => DkimSigningKey::new(&key.to_pkcs1_pem(LineEnding::LF)?, DkimSigningAlgorithm::Rsa)?,
            Self::Ed25519(key) => DkimSigningKey::new(&BASE64.encode(key.as_bytes()), DkimSigningAlgorithm::Ed25519)?,
        })
    }

    /// The other half, as it is published.
    fn record(&self) -> anyhow::Result<String> {
        let (kind, public) = match self {
            Self::Rsa(key) => ("rsa", BASE64.encode(key.to_public_key().to_public_key_der()?.as_bytes())),
            Self::Ed25519(key) => ("ed25519", BASE64.encode(key.verifying_key().as_bytes())),
        };
        Ok(format!("v=DKIM1; k={kind}; p={public}"))
    }
}
