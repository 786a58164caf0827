//! Through which host people came.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Registration;
use crate::error::Result;
use crate::store::schema::organizations;
use crate::store::{Db, OrganizationId};

/// The slugs of the organizations through which people came, whether they still are hosts or not.
#[derive(Debug, Default)]
pub struct Vias(HashMap<OrganizationId, String>);

impl Vias {
    /// Those of these registrations; asks for none that it knows.
    pub fn learn(&mut self, db: &mut Db, registrations: &[Registration]) -> Result<()> {
        let named = registrations.iter().filter_map(|registration| registration.via_organization_id);
        self.learn_of(db, named)
    }

    /// Those of these organizations; asks for none that it knows.
    pub fn learn_of(&mut self, db: &mut Db, named: impl Iterator<Item = OrganizationId>) -> Result<()> {
        let mut new: Vec<OrganizationId> = named.filter(|id| !self.0.contains_key(id)).collect();
        new.sort_unstable();
        new.dedup();
        if !new.is_empty() {
            let slugs = organizations::table.filter(organizations::id.eq_any(new));
            self.0.extend(slugs.select((organizations::id, organizations::slug)).load::<(OrganizationId, String)>(db)?);
        }
        Ok(())
    }

    /// The slug of the one through which somebody came.
    pub fn of(&self, registration: &Registration) -> Option<&String> {
        self.slug(registration.via_organization_id)
    }

    /// The slug of this one.
    pub fn slug(&self, organization: Option<OrganizationId>) -> Option<&String> {
        self.0.get(&organization?)
    }
}
