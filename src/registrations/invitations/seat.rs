//! A seat kept for somebody who was invited: held in each quota under which the invitation stands.

use super::Invitation;
use crate::error::Result;
use crate::events::Held;
use crate::registrations::seats;
use crate::store::Db;

impl Invitation {
    /// Keeps a seat of each quota, all or none. The event is held. False if one of them has none that is free.
    pub(super) fn keep_seat(&mut self, db: &mut Db, held: &Held) -> Result<bool> {
        self.keeps_seat = seats::keep(db, held.quotas_of(self.ticket_type_id, &self.sessions.0))?;
        Ok(self.keeps_seat)
    }

    /// Gives back what is kept. The event is held. Whether there was anything: whoever calls this lets waiting people
    /// move up afterwards.
    pub(super) fn let_seat_go(&mut self, db: &mut Db, held: &Held) -> Result<bool> {
        let kept = std::mem::take(&mut self.keeps_seat);
        if kept {
            seats::let_go(db, held.quotas_of(self.ticket_type_id, &self.sessions.0))?;
        }
        self.seat_until = None;
        Ok(kept)
    }
}
