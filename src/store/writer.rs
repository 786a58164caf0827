//! Group commit: writes queue up, run in savepoints of one transaction, and are answered after its commit.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::connection::TransactionManager;
use prometheus::{Histogram, HistogramOpts};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::disk::{Disk, Horizon};
use super::{Db, Location, differences};
use crate::error::{Error, Result};

/// How many writes may wait for one writer thread; then callers are told to come back.
const QUEUE: usize = 2048;
/// How many writes share a commit at most.
const BATCH: usize = 256;
/// The same where the writer does not wait for the disk. A commit costs little there: while those who share one are
/// answered and come back, the next are served, and not all of them wait for each other.
const SMALL_BATCH: usize = 24;

/// A unit of work that waits for its turn.
struct Job {
    key: Uuid,
    /// Whether it shares its commit with nobody.
    alone: bool,
    run: Box<dyn FnOnce(&mut Db) -> Answer + Send>,
}

/// Tells the caller how it went; called after the commit, with whether that succeeded.
type Answer = Box<dyn FnOnce(Committed) + Send>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Committed {
    Yes,
    No,
}

/// How a job that fails is undone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Undo {
    /// By itself.
    Alone,
    /// By itself, until it says that it is sure.
    UntilSure,
    /// It has said so: with all that shares its commit.
    WithAll,
}

thread_local! {
    /// How the job that this thread works on is undone.
    static UNDO: Cell<Undo> = const { Cell::new(Undo::Alone) };
}

/// Says that from here on what this job does fails only where the database does. Heard of who was written by
/// [`Store::write_until_sure`](super::Store::write_until_sure) alone, and outside of what is undone on failure.
///
/// As long as a job can be undone alone, SQLite keeps what each page was before that it changes: a sixth of the time that
/// a registration takes. If it fails afterwards all the same, all that would share its commit comes to nothing with it,
/// and whoever waits for that is told to come back.
pub fn sure_from_here(db: &mut Db) -> Result<()> {
    if UNDO.get() == Undo::UntilSure && depth(db) == 1 {
        differences::keep_job(db)?;
        UNDO.set(Undo::WithAll);
    }
    Ok(())
}

/// The writer threads and their queues.
pub(super) struct Writer {
    queues: Mutex<Vec<SyncSender<Job>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    waiting: Arc<AtomicUsize>,
    batch_sizes: Histogram,
    /// Up to where everything is on the disk, where commits do not wait for it.
    horizon: Option<Arc<Horizon>>,
}

impl Writer {
    /// Connects and starts the threads.
    pub(super) fn start(location: &Location) -> anyhow::Result<Self> {
        let waiting = Arc::new(AtomicUsize::new(0));
        let buckets = vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
        let batch_sizes = Histogram::with_opts(
            HistogramOpts::new("turnout_writer_batch_size", "How many writes were committed together").buckets(buckets),
        )?;
        let (mut disk, disk_thread) = match location {
            Location::Sqlite(path) => Some(Disk::start(path)?),
            Location::Postgres(_) => None,
        }
        .unzip();
        let horizon = disk.as_ref().map(Disk::horizon);
        let (mut queues, mut threads) = (Vec::new(), Vec::new());
        for number in 0..location.writers() {
            let (sender, receiver) = sync_channel(QUEUE);
            let mut thread = Thread {
                location: location.clone(),
                db: Some(Db::connect_to_write(location)?),
                fresh: true,
                // SQLite has one writer: all there is to wait for.
                disk: disk.take(),
                waiting: waiting.clone(),
                batch_sizes: batch_sizes.clone(),
            };
            queues.push(sender);
            threads.push(std::thread::Builder::new().name(format!("writer-{number}")).spawn(move || {
                thread.serve(&receiver);
            })?);
        }
        // It ends when the writer has.
        threads.extend(disk_thread);
        Ok(Self { queues: Mutex::new(queues), threads: Mutex::new(threads), waiting, batch_sizes, horizon })
    }

    /// Queues `work`; the receiver gets its result after the commit.
    pub(super) fn submit<T, F>(&self, key: Uuid, undo: Undo, work: F) -> Result<oneshot::Receiver<Result<T>>>
    where
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.queue(key, false, move |db: &mut Db| in_savepoint(db, undo, work))
    }

    /// The same for work that shares its commit with nobody.
    pub(super) fn submit_alone<T, F>(&self, key: Uuid, work: F) -> Result<oneshot::Receiver<Result<T>>>
    where
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.queue(key, true, |db: &mut Db| in_transaction(db, work))
    }

    fn queue<T, F>(&self, key: Uuid, alone: bool, work: F) -> Result<oneshot::Receiver<Result<T>>>
    where
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let run = Box::new(move |db: &mut Db| -> Answer {
            let result = work(db);
            Box::new(move |committed| {
                // A caller that has gone away needs no answer.
                let _ = sender.send(if committed == Committed::Yes { result } else { result.and(Err(Error::Busy)) });
            })
        });
        let queue = {
            let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
            let count = queues.len().max(1);
            // An event is always on the same writer, so its writes keep their order.
            let index = (key.as_u128() % count as u128) as usize;
            queues.get(index).cloned().ok_or(Error::Busy)?
        };
        self.waiting.fetch_add(1, Ordering::Relaxed);
        queue.try_send(Job { key, alone, run }).map_err(|error| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) | TrySendError::Disconnected(_) => Error::Busy,
            }
        })?;
        Ok(receiver)
    }

    pub(super) fn queue_length(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn batch_sizes(&self) -> &Histogram {
        &self.batch_sizes
    }

    /// Waits until whatever can be read now is durable.
    pub(super) fn wait_until_durable(&self) {
        if let Some(horizon) = &self.horizon {
            horizon.wait();
        }
    }

    /// Closes the queues and waits until what was in them is committed.
    pub(super) fn close(&self) {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).clear();
        for thread in self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            if thread.join().is_err() {
                tracing::error!("a writer thread had panicked");
            }
        }
    }
}

struct Thread {
    location: Location,
    /// None after the connection was lost, until the next batch finds a new one.
    db: Option<Db>,
    /// Whether that connection has committed nothing yet.
    fresh: bool,
    /// Who waits for the disk, where the database's own commit does not.
    disk: Option<Disk>,
    waiting: Arc<AtomicUsize>,
    batch_sizes: Histogram,
}

impl Thread {
    fn serve(&mut self, queue: &Receiver<Job>) {
        let mut next = Vec::new();
        loop {
            if next.is_empty() {
                match queue.recv() {
                    Ok(job) => next.push(job),
                    Err(_) => return,
                }
            }
            take_waiting(queue, &mut next, self.most());
            next = self.commit(next, queue);
        }
    }

    /// How many writes share a commit at most.
    fn most(&self) -> usize {
        if self.disk.is_some() { SMALL_BATCH } else { BATCH }
    }

    /// Runs and commits a batch, together with what comes in while it runs; returns what has to wait for the next.
    fn commit(&mut self, mut batch: Vec<Job>, queue: &Receiver<Job>) -> Vec<Job> {
        self.fresh |= self.db.is_none();
        let mut db = match self.db.take().map_or_else(|| Db::connect_to_write(&self.location), Ok) {
            Ok(db) => db,
            Err(error) => {
                tracing::error!(%error, "the writer has no connection to the database");
                self.waiting.fetch_sub(batch.len(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(100));
                return Vec::new(); // dropping a job tells its caller to come back
            }
        };
        if let Err(error) = differences::begin_write(&mut db) {
            tracing::error!(%error, "the writer cannot begin a transaction");
            self.waiting.fetch_sub(batch.len(), Ordering::Relaxed);
            return Vec::new();
        }
        let mut answers: Vec<Answer> = Vec::new();
        // What came before a job that runs alone is committed first, and what came behind it afterwards.
        let alone = |jobs: &[Job]| jobs.iter().position(|job| job.alone);
        let first = alone(&batch);
        let mut divided = first.is_some();
        let mut postponed = first.map(|place| batch.split_off(place.max(1))).unwrap_or_default();
        // The same order in every instance: two of them never wait for each other in a circle. What stands in no queue may
        // touch the rows of any, without their locks: it shares no commit with what waits for one.
        batch.sort_by_key(|job| job.key);
        let queued = batch.partition_point(|job| job.key.is_nil());
        let in_no_queue = queued > 0;
        if in_no_queue {
            postponed.splice(0..0, batch.split_off(queued));
        }
        let mut reached = Uuid::nil();
        let mut spoiled = false;
        while !batch.is_empty() {
            batch.sort_by_key(|job| job.key);
            let mut jobs = batch.drain(..);
            while !spoiled && let Some(job) = jobs.next() {
                reached = job.key;
                answers.push((job.run)(&mut db));
                // A job ends it that was sure and failed, or that could not be undone.
                spoiled = depth(&mut db) == 0;
            }
            if spoiled {
                postponed.splice(0..0, jobs);
                break;
            }
            drop(jobs);
            // Where somebody else waits for the disk, a commit does not begin before the last one is there.
            if let Some(disk) = &self.disk {
                disk.wait();
            }
            // Whoever has come in meanwhile shares it, unless the order would suffer.
            let mut late = Vec::new();
            if !divided {
                take_waiting(queue, &mut late, self.most().saturating_sub(answers.len() + postponed.len()));
            }
            let behind = alone(&late).map(|place| late.split_off(place)).unwrap_or_default();
            divided |= !behind.is_empty();
            let joins = |job: &Job| job.key >= reached && job.key.is_nil() == in_no_queue;
            let (in_order, out_of_order): (Vec<Job>, Vec<Job>) = late.into_iter().partition(joins);
            batch = in_order;
            postponed.extend(out_of_order.into_iter().chain(behind));
        }
        self.waiting.fetch_sub(answers.len(), Ordering::Relaxed);
        self.batch_sizes.observe(f64::from(u32::try_from(answers.len()).unwrap_or(u32::MAX)));
        let tell = move |committed| answers.into_iter().for_each(|answer| answer(committed));
        if spoiled {
            // The connection is dropped.
            tell(Committed::No);
            return postponed;
        }
        let number = self.disk.as_ref().map(Disk::begin);
        let committed = Db::commit_transaction(&mut db);
        match (committed, self.disk.as_ref().zip(number)) {
            (Ok(()), kept_by) => {
                self.db = Some(db);
                match kept_by {
                    Some((disk, number)) => {
                        disk.keep(number, std::mem::take(&mut self.fresh), move || tell(Committed::Yes));
                    }
                    None => tell(Committed::Yes),
                }
            }
            (Err(error), kept_by) => {
                // The connection is dropped.
                tracing::error!(%error, "a commit failed: its writes were not kept");
                if let Some((disk, number)) = kept_by {
                    disk.give_up(number);
                }
                tell(Committed::No);
            }
        }
        postponed
    }
}

/// Moves what waits into `jobs`, until there are `most`.
fn take_waiting(queue: &Receiver<Job>, jobs: &mut Vec<Job>, most: usize) {
    jobs.extend(queue.try_iter().take(most.saturating_sub(jobs.len())));
}

/// Runs one job so that its failure, or its panic, undoes its own writes and no others; once it is sure, or where that
/// cannot be done, the whole transaction.
fn in_savepoint<T>(db: &mut Db, undo: Undo, work: impl FnOnce(&mut Db) -> Result<T>) -> Result<T> {
    let depth = depth(db);
    differences::begin_job(db)?;
    UNDO.set(undo);
    let outcome = catch_unwind(AssertUnwindSafe(|| work(db)));
    let undo = UNDO.replace(Undo::Alone);
    let (error, panicked) = match outcome {
        Ok(Ok(done)) => {
            if undo != Undo::WithAll {
                differences::keep_job(db)?;
            }
            return Ok(done);
        }
        Ok(Err(error)) => (error, false),
        Err(_) => (Error::internal(anyhow::anyhow!("a write panicked")), true),
    };
    if panicked {
        // It may have left savepoints of its own behind.
        roll_back_to(db, depth);
    }
    if undo == Undo::WithAll || differences::undo_job(db).is_err() {
        tracing::error!(?error, "a write failed and cannot be undone alone: what would share its commit is not kept");
        roll_back_to(db, 0);
    }
    Err(error)
}

/// Each try leads further out, or leaves a connection that is no good, which has no depth: the database may have ended the
/// transaction by itself.
fn roll_back_to(db: &mut Db, depth: u32) {
    while self::depth(db) > depth {
        let _ = Db::rollback_transaction(db);
    }
}

/// Runs one job that has the transaction to itself, so that its failure, or its panic, undoes all of it.
///
/// In a savepoint, SQLite keeps what each page was before, and goes through all of that with each statement that may fail
/// half done: tens of thousands of them would take minutes.
fn in_transaction<T>(db: &mut Db, work: impl FnOnce(&mut Db) -> Result<T>) -> Result<T> {
    let error = match catch_unwind(AssertUnwindSafe(|| work(db))) {
        Ok(Ok(done)) => return Ok(done),
        Ok(Err(error)) => error,
        Err(_) => Error::internal(anyhow::anyhow!("a write panicked")),
    };
    roll_back_to(db, 0);
    differences::begin_write(db)?;
    Err(error)
}

fn depth(db: &mut Db) -> u32 {
    match Db::transaction_manager_status_mut(db).transaction_depth() {
        Ok(Some(depth)) => depth.get(),
        _ => 0,
    }
}
