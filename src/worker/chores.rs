//! All chores, on one page.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::Worker;
use crate::access;
use crate::audit::{self, Actor};
use crate::campaigns;
use crate::error::Result;
use crate::events;
use crate::registrations;
use crate::store::{Db, KeptReply};

/// Something that is done again and again.
pub struct Chore {
    /// For the log.
    pub name: &'static str,
    /// How long it rests when there was nothing to do.
    pub every: Duration,
    /// Does it once; true if there is more to do right away.
    pub work: fn(Worker) -> Work,
}

/// A chore being done.
pub(super) type Work = Pin<Box<dyn Future<Output = Result<bool>> + Send>>;

/// All chores.
pub const CHORES: &[Chore] = &[
    Chore { name: "deliver mail", every: Duration::from_millis(500), work: |worker| Box::pin(deliver_mail(worker)) },
    Chore { name: "announce", every: Duration::from_secs(1), work: |worker| Box::pin(announce(worker)) },
    Chore {
        name: "begin announcements",
        every: Duration::from_secs(30),
        work: |worker| Box::pin(begin_announcements(worker)),
    },
    Chore { name: "send campaigns", every: Duration::from_secs(1), work: |worker| Box::pin(send_campaigns(worker)) },
    Chore { name: "note last uses", every: Duration::from_secs(30), work: |worker| Box::pin(note_uses(worker)) },
    Chore { name: "note denials", every: Duration::from_secs(10), work: |worker| Box::pin(note_denials(worker)) },
    Chore { name: "end offers", every: Duration::from_secs(5), work: |worker| Box::pin(end_offers(worker)) },
    Chore { name: "seal the audit trail", every: Duration::from_secs(20), work: |worker| Box::pin(seal_audit(worker)) },
    Chore {
        name: "release reserved seats",
        every: Duration::from_secs(1),
        work: |worker| Box::pin(release_reserved(worker)),
    },
    Chore { name: "end invitations", every: Duration::from_secs(5), work: |worker| Box::pin(end_invitations(worker)) },
    Chore {
        name: "forget old replies",
        every: Duration::from_mins(10),
        work: |worker| Box::pin(forget_replies(worker)),
    },
    Chore { name: "forget sign-ins", every: Duration::from_hours(1), work: |worker| Box::pin(forget_sign_ins(worker)) },
    Chore { name: "forget answers", every: Duration::from_hours(1), work: |worker| Box::pin(forget_answers(worker)) },
];

async fn deliver_mail(worker: Worker) -> Result<bool> {
    Ok(worker.postman.round().await? > 0)
}

/// Posts the next letters of what is announced to many, some hundred in each write: others get their turn in between.
async fn announce(worker: Worker) -> Result<bool> {
    let mut more = false;
    for (announcement, event) in worker.store.read(events::unfinished_announcements).await? {
        let now = worker.clock.now();
        let work = move |db: &mut Db| registrations::announce(db, event, announcement, now);
        more |= worker.store.write(event.uuid(), work).await?;
    }
    Ok(more)
}

/// Posts the next messages of campaigns, some hundred of each in a write: others get their turn in between.
async fn send_campaigns(worker: Worker) -> Result<bool> {
    let now = worker.clock.now();
    let mut more = false;
    for (campaign, event) in worker.store.read(move |db| campaigns::due_campaigns(db, now)).await? {
        more |= worker.store.write(event.uuid(), move |db| campaigns::fan_out(db, event, campaign, now)).await?;
    }
    Ok(more)
}

/// Announces what events want to be announced at its time: reminders and thanks.
async fn begin_announcements(worker: Worker) -> Result<bool> {
    let now = worker.clock.now();
    for event in worker.store.read(move |db| events::due_announcements(db, now)).await? {
        worker.store.write(event.uuid(), move |db| events::begin_announcements(db, event, now)).await?;
    }
    Ok(false)
}

/// Writes down when tokens and sign-ins were used.
pub(super) async fn note_uses(worker: Worker) -> Result<bool> {
    let pending = worker.uses.pending();
    if !pending.is_empty() {
        let written = pending.clone();
        worker.store.write(uuid::Uuid::nil(), move |db| access::note_uses(db, &pending)).await?;
        worker.uses.forget(&written);
    }
    Ok(false)
}

/// Writes down what was not allowed.
pub(super) async fn note_denials(worker: Worker) -> Result<bool> {
    let pending = worker.denials.pending();
    if !pending.is_empty() {
        let written = pending.clone();
        worker.store.write(uuid::Uuid::nil(), move |db| audit::record_denials(db, &pending)).await?;
        worker.denials.forget(&written);
    }
    Ok(false)
}

/// Hashes outside of the writer, which only writes the seals down.
async fn seal_audit(worker: Worker) -> Result<bool> {
    let now = worker.clock.now();
    let next = worker.store.read(move |db| audit::unsealed(db, now)).await?;
    let more = next.iter().any(audit::Unsealed::is_full);
    if !next.is_empty() {
        worker.store.write(uuid::Uuid::nil(), move |db| audit::seal(db, &next)).await?;
    }
    Ok(more)
}

/// Gives seats that were kept for access codes back to everybody, and to those who wait for one first.
async fn release_reserved(worker: Worker) -> Result<bool> {
    let now = worker.clock.now();
    for event in worker.store.read(move |db| events::due_releases(db, now)).await? {
        let release = move |db: &mut Db| {
            if events::release_reserved(db, event, now)? > 0 {
                registrations::move_up(db, &Actor::SYSTEM, event, now)?;
            }
            Ok(())
        };
        worker.store.write(event.uuid(), release).await?;
    }
    Ok(false)
}

/// Ends offers and waits for verification whose time is over: each event under its own lock, where it is looked again.
async fn end_offers(worker: Worker) -> Result<bool> {
    let now = worker.clock.now();
    let due = worker.store.read(move |db| registrations::due(db, now)).await?;
    let mut ended = 0;
    for event in due {
        ended += worker.store.write(event.uuid(), move |db| registrations::expire(db, event, now)).await?;
    }
    Ok(ended > 0)
}

/// Ends invitations whose time is over, and gives seats that were kept for them to those who wait.
async fn end_invitations(worker: Worker) -> Result<bool> {
    let now = worker.clock.now();
    let mut ended = 0;
    for event in worker.store.read(move |db| registrations::due_invitations(db, now)).await? {
        ended += worker.store.write(event.uuid(), move |db| registrations::end_invitations(db, event, now)).await?;
    }
    Ok(ended > 0)
}

async fn forget_replies(worker: Worker) -> Result<bool> {
    let now = worker.clock.now();
    worker.store.write(uuid::Uuid::nil(), move |db| KeptReply::forget_outdated(db, now)).await?;
    Ok(false)
}

async fn forget_sign_ins(worker: Worker) -> Result<bool> {
    let now = worker.clock.now();
    worker.store.write(uuid::Uuid::nil(), move |db| access::forget_sign_ins(db, now)).await?;
    Ok(false)
}

/// Forgets what was answered to questions whose time is over, some hundred registrations in each write.
async fn forget_answers(worker: Worker) -> Result<bool> {
    let now = worker.clock.now();
    for outdated in worker.store.read(move |db| registrations::outdated_answers(db, now)).await? {
        let (key, mut left) = (outdated.event.uuid(), Some(outdated));
        while let Some(outdated) = left {
            left = worker.store.write(key, move |db| registrations::forget_answers(db, outdated, now)).await?;
        }
    }
    Ok(false)
}
