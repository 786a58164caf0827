//! Whom a campaign is for.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::Campaign;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::registrations::{Consent, Filter, Registration, RegistrationStatus, declined_letters};
use crate::store::{Db, EventId, RegistrationId, SessionId, TicketTypeId};

/// The filters of the registrations list, as they are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Audience {
    /// In one of these; none: in any in which somebody may still come.
    pub statuses: Vec<RegistrationStatus>,
    /// Words in the name, the address or the organization, or the code.
    pub q: Option<String>,
    /// Whether they attended.
    pub attended: Option<bool>,
    /// With this name in another system.
    pub external_ref: Option<String>,
    /// Changed at or after this: microseconds since 1970-01-01T00:00:00Z.
    pub updated_since: Option<i64>,
    /// Who came through the organization with this slug.
    pub via: Option<String>,
    /// With one of these ticket types.
    pub ticket_types: Vec<TicketTypeId>,
    /// With this session.
    pub session: Option<SessionId>,
    /// With this word of the organizers.
    pub tag: Option<String>,
    /// Of the group that this one leads.
    pub group: Option<RegistrationId>,
    /// Whether letters do not arrive; not given: only where they do.
    pub undeliverable: Option<bool>,
    /// Who answered so.
    pub answers: Vec<(String, String)>,
    /// Who consents to one of the texts with these keys: nobody else is shown to the host that sends it.
    pub consented: Option<Vec<String>>,
}

impl From<Filter> for Audience {
    fn from(filter: Filter) -> Self {
        Self {
            statuses: filter.statuses,
            q: filter.q,
            attended: filter.attended,
            external_ref: filter.external_ref,
            updated_since: filter.updated_since.map(Timestamp::micros),
            via: filter.via,
            ticket_types: filter.ticket_types,
            session: filter.session,
            tag: filter.tag.map(|tag| tag.to_string()),
            group: filter.group,
            undeliverable: filter.undeliverable,
            answers: filter.answers,
            consented: filter.consented,
        }
    }
}

impl Audience {
    /// As the list takes it; with what a campaign does of its own: it does not go to who has no place to lose, to who has
    /// not shown that it is their address, and to where letters do not arrive.
    fn filter(&self) -> Filter {
        let statuses: Vec<RegistrationStatus> = if self.statuses.is_empty() {
            RegistrationStatus::ALL.iter().copied().filter(|status| status.is_in_touch()).collect()
        } else {
            let verified = |status: &RegistrationStatus| *status != RegistrationStatus::PendingVerification;
            self.statuses.iter().copied().filter(verified).collect()
        };
        Filter {
            statuses,
            q: self.q.clone(),
            attended: self.attended,
            external_ref: self.external_ref.clone(),
            updated_since: self.updated_since.map(Timestamp::from_micros),
            via: self.via.clone(),
            consented: self.consented.clone(),
            ticket_types: self.ticket_types.clone(),
            session: self.session,
            tag: self.tag.as_ref().and_then(|tag| tag.parse().ok()),
            group: self.group,
            undeliverable: self.undeliverable.or(Some(false)),
            answers: self.answers.clone(),
        }
    }

    /// Whether there can be anybody: it may name nothing but who has not shown that it is their address.
    fn is_nobody(&self) -> bool {
        !self.statuses.is_empty() && self.statuses.iter().all(|s| *s == RegistrationStatus::PendingVerification)
    }
}

/// Some of those to whom a campaign goes, in the order in which they registered.
pub(super) struct Batch {
    /// Who gets it.
    pub recipients: Vec<Registration>,
    /// The last registration that was looked at.
    pub reached: Option<RegistrationId>,
    /// Whether there are more behind it.
    pub more: bool,
}

impl Campaign {
    /// Those to whom it goes among the next `limit` registrations behind `after` that its filters find.
    pub(super) fn batch(&self, db: &mut Db, after: Option<RegistrationId>, limit: i64) -> Result<Batch> {
        let audience = &self.audience.0;
        let rows =
            if audience.is_nobody() { Vec::new() } else { audience.filter().after(db, self.event_id, after, limit)? };
        let (reached, more) = (rows.last().map(|row| row.id), i64::try_from(rows.len()) == Ok(limit));
        let ids: Vec<RegistrationId> = rows.iter().map(|row| row.id).collect();
        let consenting = self.consenting(db, self.event_id, &ids)?;
        let declined = declined_letters(db, &ids)?;
        let wanted = |row: &Registration| {
            !row.is_erased()
                && !declined.contains(&(row.id, row.ticket_epoch))
                && consenting.as_ref().is_none_or(|consenting| consenting.contains(&row.id))
        };
        let recipients = rows.into_iter().filter(wanted).collect();
        Ok(Batch { recipients, reached, more })
    }

    /// Which of these consent to what it asks for; none if it asks for nothing.
    fn consenting(
        &self,
        db: &mut Db,
        event: EventId,
        ids: &[RegistrationId],
    ) -> Result<Option<HashSet<RegistrationId>>> {
        let Some(key) = &self.consent else { return Ok(None) };
        Consent::given_by(db, event, ids, std::slice::from_ref(key)).map(Some)
    }

    /// How many get it as things stand, and the first few of them.
    pub fn preview(&self, db: &mut Db, samples: usize) -> Result<(usize, Vec<Registration>)> {
        const AT_ONCE: i64 = 1000;
        let (mut count, mut first, mut after) = (0, Vec::new(), None);
        loop {
            let Batch { recipients, reached, more } = self.batch(db, after, AT_ONCE)?;
            count += recipients.len();
            first.extend(recipients.into_iter().take(samples - first.len()));
            if !more {
                return Ok((count, first));
            }
            after = reached;
        }
    }
}
