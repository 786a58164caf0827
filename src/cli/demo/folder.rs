//! The folder of a demo: recognized by its file `token`, and never mistaken for anything else.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use crate::error::{Error, Result};
use crate::values::Secret;

const TOKEN: &str = "token";
/// What a demo makes beside its token. Nothing else is ever deleted.
const FILES: [&str; 4] = ["turnout.sqlite", "turnout.sqlite-wal", "turnout.sqlite-shm", "secret"];
const MAIL: &str = "mail";

/// The folder of a demo, held by this process alone.
#[derive(Clone)]
pub(super) struct Folder {
    path: PathBuf,
    token: Arc<File>,
}

impl Folder {
    /// Takes a folder that a demo has made, or makes one where there is nothing.
    ///
    /// # Errors
    /// A sentence for the operator if the folder is something else, or another demo is at work in it.
    pub(super) fn take(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let cannot_use = || format!("cannot use the demo folder {shown} (--data-dir)");
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(cannot_use)?;
        let is_empty = fs::read_dir(path).with_context(cannot_use)?.next().is_none();
        anyhow::ensure!(
            is_empty || path.join(TOKEN).is_file(),
            "{shown} is not the folder of a turnout demo, and was left alone: name another with --data-dir"
        );
        let mut token = OpenOptions::new();
        token.read(true).write(true).create(true).truncate(false).mode(0o600);
        let token = token.open(path.join(TOKEN)).with_context(cannot_use)?;
        match token.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), token: Arc::new(token) }),
            Err(TryLockError::WouldBlock) => {
                anyhow::bail!(
                    "another turnout demo is at work in {shown}: stop it, or name another folder with --data-dir"
                )
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(cannot_use),
        }
    }

    /// Deletes what a demo makes, if the folder has nothing else in it.
    ///
    /// # Errors
    /// A sentence for the operator if there is something else; then nothing has been deleted.
    pub(super) fn empty(&self) -> anyhow::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            let ours = FILES.iter().chain(&[TOKEN, MAIL]).any(|known| *known == name);
            anyhow::ensure!(
                ours,
                "{} is in the way, which no demo has made: move it, or name another folder with --data-dir",
                self.path.join(name).display()
            );
        }
        // The rows first: without them, whatever is left over is seeded again.
        for path in FILES.iter().map(|name| self.path.join(name)).filter(|path| path.exists()) {
            fs::remove_file(&path).with_context(|| format!("cannot delete {}", path.display()))?;
        }
        let mail = self.path.join(MAIL);
        if mail.exists() {
            fs::remove_dir_all(&mail).with_context(|| format!("cannot delete {}", mail.display()))?;
        }
        Ok(())
    }

    /// Writes the token down, for the next start.
    pub(super) fn keep_token(&self, token: &Secret) -> Result<()> {
        let mut file = &*self.token;
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", token.reveal()))
            .and_then(|()| file.sync_all())
            .map_err(Error::internal)
    }

    /// The token that was written down.
    pub(super) fn token(&self) -> anyhow::Result<Secret> {
        let mut file = &*self.token;
        let mut text = String::new();
        file.rewind().and_then(|()| file.read_to_string(&mut text)).context("cannot read the token of the demo")?;
        Ok(Secret::new(text.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(path: &Path, names: &[&str]) {
        for name in names {
            fs::write(path.join(name), "x").unwrap();
        }
    }

    #[test]
    fn a_folder_that_no_demo_made_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), &["turnout.sqlite", "secret"]);
        let refused = Folder::take(folder.path()).err().unwrap().to_string();
        assert!(refused.contains("is not the folder of a turnout demo"), "{refused}");
        assert!(folder.path().join("turnout.sqlite").exists());
    }

    #[test]
    fn starting_over_deletes_what_a_demo_makes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let demo = Folder::take(folder.path()).unwrap();
        make(folder.path(), &["turnout.sqlite", "secret", "thesis.odt"]);
        let refused = demo.empty().unwrap_err().to_string();
        assert!(refused.contains("thesis.odt is in the way"), "{refused}");
        assert!(folder.path().join("secret").exists());
        fs::remove_file(folder.path().join("thesis.odt")).unwrap();
        fs::create_dir(folder.path().join(MAIL)).unwrap();
        demo.empty().unwrap();
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [TOKEN]);
    }

    #[test]
    fn the_token_is_kept_for_the_next_start_and_for_its_owner() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        for token in ["turnout_a_long_one", "turnout_b"] {
            let demo = Folder::take(folder.path()).unwrap();
            demo.keep_token(&Secret::new(token)).unwrap();
            assert_eq!(demo.token().unwrap().reveal(), token);
            assert!(Folder::take(folder.path()).is_err(), "two demos at work in one folder");
        }
        assert_eq!(Folder::take(folder.path()).unwrap().token().unwrap().reveal(), "turnout_b");
        let mode = fs::metadata(folder.path().join(TOKEN)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
