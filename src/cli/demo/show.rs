//! What the demo says when it is ready: four lines to paste.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::people::{POPULATION, wish};
use super::world::{DIGITAL_DAY, FORUM, PERSON};
use crate::checkins::CheckInList;
use crate::clock::Timestamp;
use crate::config::Settings;
use crate::error::{Error, Result};
use crate::events::{Event, EventStatus};
use crate::registrations::{Filter, RegistrationStatus};
use crate::store::{Db, EventId};
use crate::values::{Secret, search_key};

/// The address, the token, the link by which the owner chooses a password if they have none, and what can be done with them now: everything named in it exists, or does not yet, as it
/// should.
pub(super) fn welcome(
    db: &mut Db,
    settings: &Settings,
    token: &Secret,
    link: Option<&str>,
    now: Timestamp,
) -> Result<String> {
    let (address, token) = (reachable(settings.http.bind), token.reveal());
    let folder = settings.data_dir().display();
    let mut text = String::new();
    let mut say = |line: &str| writeln!(text, "{line}").map_err(Error::internal);
    say("")?;
    say(&format!("Turnout is at      {address}"))?;
    say(&format!("The API, to browse {address}/api/docs/"))?;
    say(&format!("Letters are in     {folder}/mail/"))?;
    say(&format!("An API token       {token}"))?;
    say(&format!("An owner           {}", PERSON.0))?;
    if let Some(link) = link {
        say(&format!("Their password     {link}"))?;
    }
    say("")?;
    say("List the events:")?;
    say(&format!("  curl {address}/api/v1/events"))?;
    let event = Event::find_by_name(db, DIGITAL_DAY)?;
    if event.status == EventStatus::Published && now < event.ends_at {
        let json = "-H 'Content-Type: application/json'";
        if let Some(newcomer) = newcomer(db, event.id)? {
            say("Register for Digital Day, as anyone:")?;
            say(&format!("  curl {json} -d '{newcomer}' {address}/api/v1/events/{DIGITAL_DAY}/registrations"))?;
        }
        if let Some((list, code)) = arriving(db, event.id)? {
            say("Check somebody in who has a place there:")?;
            say(&format!(
                "  curl {json} -H 'Authorization: Bearer {token}' -d '{{\"code\":\"{code}\"}}' \
                 {address}/api/v1/check-in-lists/{list}/check-ins"
            ))?;
        }
    } else {
        say("Digital Day is over by now: `turnout demo --fresh` makes a new world.")?;
    }
    say("Export who attended the forum that is over, as CSV:")?;
    say(&format!("  curl -H 'Authorization: Bearer {token}' {address}/api/v1/events/{FORUM}/attendance.csv"))?;
    say("")?;
    say("Ctrl-C stops it; the next start keeps everything, --fresh starts over.")?;
    Ok(text)
}

/// Where a socket that listens everywhere is reached from here.
pub(super) fn reachable(bound: SocketAddr) -> String {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, bound.port()))
}

/// Somebody who has not registered yet, as JSON.
fn newcomer(db: &mut Db, event: EventId) -> Result<Option<String>> {
    for number in (0..POPULATION).rev() {
        let attendee = wish(number)?.attendee;
        let q = Some(search_key(attendee.email.as_str()));
        if (Filter { q, ..Filter::default() }).after(db, event, None, 1)?.is_empty() {
            let last_name = attendee.last_name.as_deref().unwrap_or_default();
            let json = serde_json::json!({ "attendee": {
                "first_name": &*attendee.first_name, "last_name": last_name, "email": attendee.email.as_str(),
            } });
            return Ok(Some(json.to_string().replace('\'', "\\u0027")));
        }
    }
    Ok(None)
}

/// The list of an event, and the code of somebody who has a place and has not come yet.
fn arriving(db: &mut Db, event: EventId) -> Result<Option<(String, String)>> {
    let expected = Filter { statuses: vec![RegistrationStatus::Confirmed], attended: Some(false), ..Filter::default() };
    let registration = expected.after(db, event, None, 1)?.into_iter().next();
    let list = CheckInList::of_event(db, event)?.into_iter().next();
    Ok(list.zip(registration).map(|(list, registration)| (list.id.to_string(), registration.code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_can_be_pasted() {
        for (bound, address) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            ("[::]:80", "http://[::1]:80"),
            ("192.0.2.7:8080", "http://192.0.2.7:8080"),
        ] {
            assert_eq!(reachable(bound.parse().unwrap()), address);
        }
    }
}
