//! The imports that run at this instance.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};
use crate::store::ImportId;

/// How many files are read at a time: each may take some hundred MiB of memory meanwhile.
const AT_A_TIME: usize = 2;

/// The imports that run at this instance, and how far they are.
pub struct RunningImports {
    turns: Arc<Semaphore>,
    progress: Mutex<HashMap<ImportId, Arc<AtomicU64>>>,
}

impl Default for RunningImports {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_A_TIME)), progress: Mutex::default() }
    }
}

impl RunningImports {
    /// A turn to read a file, until it is dropped.
    ///
    /// # Errors
    /// `Busy` if others are at it.
    pub(super) fn turn(&self) -> Result<OwnedSemaphorePermit> {
        self.turns.clone().try_acquire_owned().map_err(|_| Error::Busy)
    }

    /// An import begins; returns what counts its rows.
    pub(super) fn begin(&self, id: ImportId) -> Arc<AtomicU64> {
        let progress = Arc::<AtomicU64>::default();
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).insert(id, progress.clone());
        progress
    }

    /// How far an import is, if it runs here.
    pub(super) fn progress(&self, id: ImportId) -> Option<u64> {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.get(&id).map(|progress| progress.load(Ordering::Relaxed))
    }

    /// An import has ended.
    pub(super) fn end(&self, id: ImportId) {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}
