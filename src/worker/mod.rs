//! What time brings: chores that come round.

mod chores;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use chores::{CHORES, Chore};

use crate::access::Uses;
use crate::clock::Clock;
use crate::mail::Postman;
use crate::store::Store;

/// What the chores work with.
#[derive(Clone)]
pub struct Worker {
    /// The rows.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// When tokens and sign-ins were used, to be written down now and then.
    pub uses: Arc<Uses>,
    /// Who carries the mail.
    pub postman: Arc<Postman>,
}

/// The chores, running.
pub struct Running {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    worker: Worker,
}

impl Worker {
    /// Starts all chores. Must be called on a runtime; they run there.
    pub fn start(self) -> Running {
        let (stop, stopped) = watch::channel(false);
        let tasks = CHORES
            .iter()
            .map(|chore| {
                let (worker, stopped) = (self.clone(), stopped.clone());
                tokio::spawn(async move { worker.keep_doing(chore, stopped).await })
            })
            .collect();
        Running { stop, tasks, worker: self }
    }

    async fn keep_doing(&self, chore: &Chore, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            let again_at_once = match (chore.work)(self.clone()).await {
                Ok(more) => more,
                Err(error) => {
                    tracing::warn!(chore = chore.name, %error, "a chore failed; it comes round again");
                    false
                }
            };
            if !again_at_once {
                let pause = tokio::time::sleep(chore.every);
                tokio::select! {
                    () = pause => {}
                    _ = stopped.changed() => {}
                }
            }
        }
    }
}

impl Running {
    /// Lets every chore finish what it is doing, and gives back what it has not begun.
    pub async fn stop(self) {
        self.worker.postman.stop();
        let _ = self.stop.send(true);
        for task in self.tasks {
            // A mail server that stalls must not keep the program from stopping.
            let _ = tokio::time::timeout(Duration::from_secs(20), task).await;
        }
        if let Err(error) = chores::note_uses(self.worker).await {
            tracing::warn!(%error, "the last uses of tokens and sign-ins were not written down");
        }
    }
}
