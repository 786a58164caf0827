//! Commits of SQLite on their way to the disk, while the writer works on the next.
//!
//! In WAL mode a commit is an append to one file. With `synchronous = FULL`, SQLite waits there until the disk has it,
//! and the writer with it: a third of its time. The writer has `synchronous = NORMAL` instead, which appends without
//! waiting and keeps the order in which the database file follows (<https://sqlite.org/pragma.html#pragma_synchronous>),
//! and a thread of ours waits for the disk and answers then. What is answered is durable as before; whoever reads waits
//! for it too ([`Horizon::wait`]), so that nobody is told what a power cut might take back.

use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Up to which commit everything is on the disk.
#[derive(Default)]
pub(super) struct Horizon {
    reached: Mutex<Reached>,
    changed: Condvar,
}

#[derive(Default, Clone, Copy)]
struct Reached {
    /// Commits that have begun: whoever reads may see them.
    visible: u64,
    /// Those of them that are on the disk, or came to nothing.
    durable: u64,
}

impl Horizon {
    /// Waits until whatever can be seen now is on the disk.
    pub(super) fn wait(&self) {
        let reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = reached.visible;
        drop(
            self.changed.wait_while(reached, |reached| reached.durable < seen).unwrap_or_else(PoisonError::into_inner),
        );
    }

    /// A commit begins; its number.
    fn begin(&self) -> u64 {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        reached.visible += 1;
        reached.visible
    }

    /// A commit is on the disk, with all before it, or has come to nothing.
    fn reach(&self, commit: u64) {
        self.reached.lock().unwrap_or_else(PoisonError::into_inner).durable = commit;
        self.changed.notify_all();
    }
}

/// What is to be done once a commit is on the disk.
type Then = Box<dyn FnOnce() + Send>;

/// A commit on its way.
struct Commit {
    number: u64,
    /// Whether it is the first of its connection.
    first: bool,
    then: Then,
}

/// Waits for the disk, so that the writer need not.
pub(super) struct Disk {
    commits: SyncSender<Commit>,
    horizon: Arc<Horizon>,
}

impl Disk {
    /// Starts the thread that waits for the disk of a database file; it ends when what is returned is dropped.
    pub(super) fn start(database: &Path) -> std::io::Result<(Self, JoinHandle<()>)> {
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        let (commits, queue) = sync_channel(1);
        let thread = std::thread::Builder::new().name("disk".to_owned());
        let horizon = Arc::<Horizon>::default();
        let reached = horizon.clone();
        let thread = thread.spawn(move || serve(&queue, &PathBuf::from(log), &reached))?;
        Ok((Self { commits, horizon }, thread))
    }

    /// Up to which commit everything is on the disk, for those who read.
    pub(super) fn horizon(&self) -> Arc<Horizon> {
        self.horizon.clone()
    }

    /// Waits until the last commit is on the disk.
    pub(super) fn wait(&self) {
        self.horizon.wait();
    }

    /// A commit begins; its number.
    pub(super) fn begin(&self) -> u64 {
        self.horizon.begin()
    }

    /// This commit has come to nothing.
    pub(super) fn give_up(&self, commit: u64) {
        self.horizon.reach(commit);
    }

    /// Does `then` once this commit is on the disk; says whether it is the `first` that its connection has made.
    pub(super) fn keep(&self, number: u64, first: bool, then: impl FnOnce() + Send + 'static) {
        // The thread lives as long as this does.
        let _ = self.commits.send(Commit { number, first, then: Box::new(then) });
    }
}

fn serve(queue: &Receiver<Commit>, path: &Path, horizon: &Horizon) {
    let mut log = None;
    while let Ok(Commit { number, first, then }) = queue.recv() {
        if let Err(error) = sync(&mut log, path, first) {
            // What the system has not written by now it may have forgotten: only what is read anew from the disk is true.
            tracing::error!(%error, "the disk has not kept a commit: stopping, for nothing can be promised any more");
            std::process::abort();
        }
        horizon.reach(number);
        then();
    }
}

/// Sees to it that the disk has what was written to the log, which is another file only where a connection is another.
fn sync(log: &mut Option<Log>, path: &Path, first: bool) -> std::io::Result<()> {
    let log = match log {
        Some(log) if !first => {
            if log.identity != identity(&std::fs::metadata(path)?) {
                return Err(std::io::Error::other("somebody has taken the log of the database away"));
            }
            log
        }
        log => log.insert(Log::open(path)?),
    };
    log.file.sync_data()
}

/// The log, as it was found.
struct Log {
    file: File,
    /// Which file that is, wherever its name leads to later.
    identity: (u64, u64),
}

impl Log {
    fn open(path: &Path) -> std::io::Result<Self> {
        // SQLite takes no locks on it that closing it could lose (https://sqlite.org/howtocorrupt.html, §2.2).
        let file = File::open(path)?;
        let identity = identity(&file.metadata()?);
        Ok(Self { file, identity })
    }
}

fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}
