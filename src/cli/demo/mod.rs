//! `turnout demo`: a small world to look at, served like a real one.

mod asked;
mod folder;
mod people;
mod seed;
mod show;
mod world;

use clap::Args;
use uuid::Uuid;

use self::folder::Folder;
use super::settings::Flags;
use super::{assemble, serve};
use crate::access::ResetToken;
use crate::app::listen;
use crate::config::Settings;
use crate::telemetry::start_logging;

/// Serves `./turnout-demo`; the first start makes it.
#[derive(Args)]
pub(super) struct Demo {
    /// Start over: delete what an earlier demo left in the folder
    #[arg(long)]
    fresh: bool,
}

impl Demo {
    pub(super) fn run(&self, flags: &Flags) -> anyhow::Result<()> {
        let mut settings = settings(flags)?;
        start_logging(&settings.log)?;
        // The port first: whoever finds it taken has changed nothing.
        let listener = listen(settings.http.bind)?;
        settings.http.bind = listener.local_addr()?;
        let folder = Folder::take(settings.data_dir())?;
        if self.fresh {
            folder.empty()?;
        }
        let app = assemble(&settings)?;
        let now = app.clock.now();
        if app.store.read_here(seed::is_missing)? {
            println!("Inviting some hundred people to {} …", settings.data_dir().display());
            let token_file = folder.clone();
            app.store.write_here(Uuid::nil(), move |db| {
                let token = seed::plant(db, now)?;
                // Before the commit: a token without its world is replaced by the next start, a world without its
                // token would stay locked.
                token_file.keep_token(&token)
            })?;
        }
        let token = folder.token()?;
        let reset = app.store.write_here(Uuid::nil(), move |db| seed::invite_owner(db, now))?;
        let address = show::reachable(settings.http.bind);
        let link = reset.map(|reset| ResetToken { reset }.link(&app.api.keys, &address));
        print!("{}", app.store.read_here(|db| show::welcome(db, &settings, &token, link.as_deref(), now))?);
        serve::run(app, listener)
    }
}

/// A demo has its own rows and sends no mail, whatever the environment is set up for.
fn settings(flags: &Flags) -> anyhow::Result<Settings> {
    anyhow::ensure!(
        flags.database_url.is_none(),
        "the demo keeps its rows in its own folder: leave out --database-url (TURNOUT_DATABASE_URL)"
    );
    anyhow::ensure!(
        flags.mail_url.is_none(),
        "the demo keeps its mail in its own folder: leave out --mail-url (TURNOUT_MAIL_URL)"
    );
    let mut flags = flags.clone();
    flags.data_dir.get_or_insert_with(|| "./turnout-demo".into());
    if flags.config.is_none() {
        // Five hundred letters are about to be delivered: the log leaves room for the lines to paste.
        flags.log_level.get_or_insert_with(|| "warn,turnout::app=info,turnout::cli=info".to_owned());
    }
    let settings = flags.settings()?;
    anyhow::ensure!(
        settings.database.url.is_none() && settings.mail.url.is_none(),
        "the demo keeps its rows and its mail in its own folder: leave [database] url and [mail] url out of --config"
    );
    Ok(settings)
}
