//! Mail kept as files, where there is no mail server.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Failure, Outcome, Step};
use crate::store::MessageId;

/// A folder of `.eml` files, each named after its message.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("cannot make the mail folder {}", path.display()))?;
        Ok(Self { path: path.to_owned() })
    }

    pub(super) fn send(&self, id: MessageId, mail: &lettre::Message) -> Outcome {
        match self.keep(id, &mail.formatted()) {
            Ok(()) => Outcome::Sent(format!("kept as {id}.eml")),
            Err(error) => {
                // Organizers read the reply: where the folder is, is the operator's business.
                tracing::warn!(message_id = %id, folder = %self.path.display(), %error, "a letter cannot be kept");
                Outcome::Passing(format!("cannot be kept in the mail folder: {error}"))
            }
        }
    }

    pub(super) fn check(&self) -> Result<(), Failure> {
        let probe = self.path.join(".probe");
        let written = fs::write(&probe, "").and_then(|()| fs::remove_file(&probe));
        written.map_err(|error| Failure::passing(Step::Letter, format!("it cannot be written to: {error}")))
    }

    /// Written aside and renamed: a reader never sees half a letter, and twice the same message is one file.
    fn keep(&self, id: MessageId, mail: &[u8]) -> std::io::Result<()> {
        let aside = self.path.join(format!(".{id}.part"));
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
        file.write_all(mail)?;
        file.sync_all()?;
        fs::rename(aside, self.path.join(format!("{id}.eml")))
    }
}
