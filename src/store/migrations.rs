//! The tables, brought up to date at start: one set of migrations for both databases.

use anyhow::Context;
use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Db, MultiBackend, differences};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Applies what is missing; several instances may call this at once.
pub(super) fn run(db: &mut Db) -> anyhow::Result<()> {
    differences::alone(db, |db| {
        let known: Vec<Box<dyn Migration<MultiBackend>>> =
            MIGRATIONS.migrations().map_err(|e| anyhow::anyhow!("the migrations are damaged: {e}"))?;
        let applied = MigrationHarness::applied_migrations(db)
            .map_err(|e| anyhow::anyhow!("cannot read which migrations the database has: {e}"))?;
        if let Some(newer) = applied.iter().find(|version| known.iter().all(|m| m.name().version() != **version)) {
            anyhow::bail!(
                "the database is newer than this program: it has migration {newer}, which this version of turnout \
                 does not know; start the newer turnout, or restore the backup from before the upgrade"
            );
        }
        db.run_pending_migrations(MIGRATIONS)
            .map_err(|e| anyhow::anyhow!("{e}"))
            .context("cannot bring the database up to date")?;
        Ok(())
    })
}
