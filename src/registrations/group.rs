//! What becomes of a group when the one who leads it leaves.

use diesel::prelude::*;
use serde_json::json;

use super::transition::save;
use super::{Registration, RegistrationStatus};
use crate::audit::{self, Actor, Changes};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Held;
use crate::store::schema::registrations;
use crate::store::{Db, RegistrationId};

/// Whether somebody is not told yet who leads their group: whoever registered them has not verified their address.
pub fn hides_group(db: &mut Db, registration: &Registration) -> Result<bool> {
    match registration.group_id.filter(|_| !registration.leads()) {
        Some(lead) => Ok(Registration::find(db, lead)?.status == RegistrationStatus::PendingVerification),
        None => Ok(false),
    }
}

/// Those whom a lead leaves behind.
pub(super) struct Heirs {
    /// Who leads them next; none: each is by themselves from now on.
    pub(super) next: Option<RegistrationId>,
    lead: RegistrationId,
    others: Vec<Registration>,
}

impl Heirs {
    /// The heirs of somebody who is about to leave; none if they lead nobody who stays. Who has verified their address
    /// comes first, then who was registered first.
    pub(super) fn of(db: &mut Db, leaving: &Registration) -> Result<Option<Self>> {
        if !leaving.leads() {
            return Ok(None);
        }
        let mut others = Registration::of_group(db, leaving.id)?;
        others.retain(|member| member.id != leaving.id);
        let unverified = |member: &&Registration| member.status == RegistrationStatus::PendingVerification;
        let Some(next) = others.iter().filter(|member| member.status.is_live()).min_by_key(unverified) else {
            return Ok(None);
        };
        // Who never showed that the address is theirs leaves nothing to anybody.
        let next = Some(next.id).filter(|_| leaving.status != RegistrationStatus::PendingVerification);
        Ok(Some(Self { next, lead: leaving.id, others }))
    }

    /// The group belongs to who leads it next. One whose lead was never verified is none: nothing is written down about
    /// that, or the others would read in it that the address of their lead was not known before.
    pub(super) fn take_over(self, db: &mut Db, by: &Actor, held: &Held, now: Timestamp) -> Result<()> {
        let Some(next) = self.next else {
            let group = registrations::table.filter(registrations::group_id.eq(self.lead));
            diesel::update(group).set(registrations::group_id.eq(None::<RegistrationId>)).execute(db)?;
            return Ok(());
        };
        for mut member in self.others {
            let changes = Changes::between(&json!({ "group_id": member.group_id }), &json!({ "group_id": next }));
            member.group_id = Some(next);
            let member = save(db, member, now)?;
            let (scope, id) = (held.event.scope(), member.id.uuid());
            audit::record_changes(db, by, scope, "registration.regrouped", id, changes, now)?;
        }
        Ok(())
    }
}
