//! `turnout token`

#![allow(clippy::doc_markdown, reason = "these comments are what --help prints: no Markdown")]

use chrono::TimeDelta;
use clap::Subcommand;

use crate::access::{self, ApiToken, Grant, Scopes};
use crate::audit::Actor;
use crate::clock::{Clock, Timestamp};
use crate::error::{Error, Result, if_found};
use crate::events::Event;
use crate::organizations::{Organization, Role};
use crate::store::{ApiTokenId, Db, EventId, OrganizationId, Paging, Store};
use crate::values::Line;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Issue an API token, and print it: it is shown this once, and not kept.
    Add {
        /// The organization's slug
        #[arg(long)]
        organization: String,
        /// What it may do: owner, editor, door or viewer
        #[arg(long, default_value = "owner")]
        role: Role,
        /// What it is for, in your words
        #[arg(long, default_value = "command line")]
        name: Line<100>,
        /// What it is for, such as `check_ins:write,events:read` [default: all that the role may do]
        #[arg(long)]
        scopes: Option<Scopes>,
        /// At which events only: ids or slugs, with commas between them [default: all of the organization's]
        #[arg(long, value_delimiter = ',')]
        events: Option<Vec<String>>,
        /// After how many days it ends by itself, 1 to 3650 [default: never]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=3650))]
        expires_in_days: Option<i64>,
    },
    /// Print the tokens of an organization: id, role and name; then scopes, events, last use and end.
    List {
        /// The organization's slug
        #[arg(long)]
        organization: String,
    },
    /// Revoke a token: the next request with it is one by nobody.
    Revoke {
        /// Its id, as `turnout token list` prints it
        id: String,
    },
}

impl Command {
    pub(super) fn run(self, store: &Store) -> anyhow::Result<()> {
        match self {
            Self::Add { organization, role, name, scopes, events, expires_in_days } => {
                let token = super::write(store, move |db, now| {
                    let organization = Organization::find_by_slug(db, &organization)?.id;
                    let events = events.map(|events| events_of(db, organization, &events)).transpose()?;
                    let expires_at = expires_in_days.map(|days| now.plus(TimeDelta::days(days)));
                    let grant = Grant { name, role, scopes, events, expires_at, issued_by: None };
                    Ok(access::issue_token(db, &Actor::COMMAND_LINE, organization, grant, now)?.1)
                })?;
                println!("{}", token.reveal());
            }
            Self::List { organization } => {
                let now = Clock::system().now();
                let lines = store.read_here(|db| list(db, &organization, now));
                store.close();
                for line in lines? {
                    println!("{line}");
                }
            }
            Self::Revoke { id } => super::write(store, move |db, now| {
                let id: ApiTokenId = id.parse().map_err(|_| Error::NotFound("token"))?;
                let token = ApiToken::find(db, id)?;
                access::revoke_token(db, &Actor::COMMAND_LINE, &token, None, now)
            })?,
        }
        Ok(())
    }
}

fn events_of(db: &mut Db, organization: OrganizationId, names: &[String]) -> Result<Vec<EventId>> {
    names.iter().map(|name| Ok(Event::find_hosted(db, name, organization)?.id)).collect()
}

fn list(db: &mut Db, organization: &str, now: Timestamp) -> Result<Vec<String>> {
    let organization = Organization::find_by_slug(db, organization)?.id;
    let mut lines = Vec::new();
    let mut paging = Paging { cursor: None, limit: Paging::MAX_LIMIT };
    loop {
        let page = ApiToken::of_organization(db, organization, None, &paging)?;
        for token in &page.data {
            lines.push(line(db, token, now)?);
        }
        match page.next_cursor {
            Some(cursor) => paging.cursor = Some(cursor.as_str().to_owned()),
            None => return Ok(lines),
        }
    }
}

fn line(db: &mut Db, token: &ApiToken, now: Timestamp) -> Result<String> {
    let scopes = if token.scopes() == Scopes::ALL { "all scopes".to_owned() } else { token.scopes().to_string() };
    let events = match token.events() {
        None => "all events".to_owned(),
        Some(events) => names_of(db, events)?.join(","),
    };
    let used = token.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {at}"));
    let end = match (token.revoked_at, token.expires_at) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(at)) if at <= now => format!("expired {at}"),
        (None, Some(at)) => format!("until {at}"),
        (None, None) => "until revoked".to_owned(),
    };
    Ok(format!("{} {} {} ({scopes}; {events}; {used}; {end})", token.id, token.role, token.name))
}

/// The slugs of these events; the id of one that was deleted.
fn names_of(db: &mut Db, events: &[EventId]) -> Result<Vec<String>> {
    let name = |id: &EventId| Ok(if_found(Event::find(db, *id))?.map_or_else(|| id.to_string(), |event| event.slug));
    events.iter().map(name).collect()
}
