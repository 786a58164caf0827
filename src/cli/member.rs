//! `turnout member`

use chrono::TimeDelta;
use clap::Subcommand;

use super::settings::Flags;
use crate::access::{self, Account, Member, ResetToken};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::config::secret_key;
use crate::error::{Result, if_found};
use crate::keys::Keys;
use crate::organizations::{Organization, Role};
use crate::store::{Db, OrganizationId, Paging, PasswordResetId};
use crate::values::{EmailAddress, Language, Line};

/// How long a link that an operator has printed is good.
pub(super) const GOOD_FOR: TimeDelta = TimeDelta::days(7);

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make somebody a member, and print a link to choose their password if they have none.
    ///
    /// Opens an account for the address if it has none. The link works once, within seven days, and begins with the
    /// public URL: name the one of the server with --public-url.
    Add {
        /// The organization's slug
        #[arg(long)]
        organization: String,
        /// Their address
        #[arg(long)]
        email: EmailAddress,
        /// What they may do: owner, editor, door or viewer
        #[arg(long, default_value = "owner")]
        role: Role,
        /// Their name [default: the part of the address before the @]
        #[arg(long)]
        name: Option<Line<100>>,
    },
    /// Print the members of an organization: address, role, and the event for members at one alone.
    List {
        /// The organization's slug
        #[arg(long)]
        organization: String,
    },
}

impl Command {
    pub(super) fn run(self, flags: &Flags) -> anyhow::Result<()> {
        let store = super::open(flags)?;
        match self {
            Self::Add { organization, email, role, name } => {
                let settings = flags.settings()?;
                let (keys, public_url) =
                    (Keys::derive(&secret_key(settings.data_dir())?)?, settings.http.public_url()?);
                let address = email.to_string();
                let (reset, organization) = super::write(&store, move |db, now| {
                    let organization = Organization::find_by_slug(db, &organization)?;
                    Ok((add(db, organization.id, email, name, role, now)?, organization.name))
                })?;
                match reset {
                    Some(reset) => println!("{}", ResetToken { reset }.link(&keys, &public_url)),
                    // Standard output has links, and nothing else.
                    None => {
                        eprintln!("{address} has an account: it belongs to {organization} now, and signs in as before");
                    }
                }
            }
            Self::List { organization } => {
                let lines = store.read_here(|db| list(db, &organization));
                store.close();
                for line in lines? {
                    println!("{line}");
                }
            }
        }
        Ok(())
    }
}

/// Makes somebody a member; what their password can be chosen with, if they have none.
pub(super) fn add(
    db: &mut Db,
    organization: OrganizationId,
    email: EmailAddress,
    name: Option<Line<100>>,
    role: Role,
    now: Timestamp,
) -> Result<Option<PasswordResetId>> {
    let by = Actor::COMMAND_LINE;
    let account = if let Some(account) = if_found(Account::find_by_email(db, &email.key()))? {
        account
    } else {
        let name = name.map_or_else(|| before_the_at(&email), Ok)?;
        access::open_account(db, &by, email, name, Language::English, None, now)?
    };
    access::add_member(db, &by, organization, None, (account.id, role), now)?;
    if account.password_hash().is_some() {
        return Ok(None);
    }
    Ok(Some(access::begin_reset(db, &by, account.id, GOOD_FOR, now)?.id))
}

fn before_the_at(email: &EmailAddress) -> Result<Line<100>> {
    let local = email.as_str().split('@').next().unwrap_or_default();
    local.parse().map_err(|fault: crate::values::Fault| crate::error::Error::invalid("name", fault.code, fault.detail))
}

fn list(db: &mut Db, organization: &str) -> Result<Vec<String>> {
    let organization = Organization::find_by_slug(db, organization)?.id;
    let mut lines = Vec::new();
    let mut paging = Paging { cursor: None, limit: Paging::MAX_LIMIT };
    loop {
        let page = Member::of_organization(db, organization, None, &paging)?;
        for (member, account) in page.data {
            let event = member.event_id.map(|event| format!(" {event}")).unwrap_or_default();
            lines.push(format!("{} {}{event}", account.email, member.role));
        }
        match page.next_cursor {
            Some(cursor) => paging.cursor = Some(cursor.as_str().to_owned()),
            None => return Ok(lines),
        }
    }
}
