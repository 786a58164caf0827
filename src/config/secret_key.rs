//! The master secret of an installation.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;

use crate::keys::new_token;
use crate::values::Secret;

/// The secret from `TURNOUT_SECRET_KEY`, or from the file `secret` in the data folder, which is made for its owner's
/// eyes if it is missing.
pub fn secret_key(data_dir: &Path) -> anyhow::Result<Secret> {
    if let Ok(secret) = std::env::var("TURNOUT_SECRET_KEY") {
        return Ok(Secret::new(secret));
    }
    let path = data_dir.join("secret");
    let secret = new_token("");
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => {
            writeln!(file, "{}", secret.reveal()).and_then(|()| file.sync_all())?;
            Ok(secret)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let text =
                fs::read_to_string(&path).with_context(|| format!("cannot read the secret {}", path.display()))?;
            Ok(Secret::new(text.trim()))
        }
        Err(error) => Err(error).with_context(|| format!("cannot write the secret {}", path.display())),
    }
}
