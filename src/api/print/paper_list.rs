//! `GET /api/v1/check-in-lists/{list}/paper.html`

use actix_web::web::Path;
use askama::Template;

use super::words::Words;
use super::{STYLE, moment, page};
use crate::access::Deed;
use crate::api::call::{Answer, Call};
use crate::api::check_ins::find_for;
use crate::api::sharing::sees_everybody;
use crate::audit;
use crate::checkins::{self, CheckInList};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::{Event, TicketType};
use crate::registrations::Brief;
use crate::store::Db;
use crate::values::Language;

#[derive(Template)]
#[template(path = "paper_list.html")]
struct PaperList {
    style: &'static str,
    words: &'static Words,
    event: String,
    list: String,
    begins: String,
    as_of: String,
    has_types: bool,
    has_notes: bool,
    people: Vec<PaperPerson>,
}

struct PaperPerson {
    name: String,
    code: String,
    ticket_type: String,
    note: String,
}

/// Everybody who is expected at a list, for print: by name, with codes and boxes to tick, in the
/// language that `Accept-Language` likes best.
#[utoipa::path(get, path = "/api/v1/check-in-lists/{list}/paper.html", tag = "Check-ins", security(("bearer" = [])),
    params(("list" = uuid::Uuid, Path)),
    responses((status = 200, content_type = "text/html", body = String),
        (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn paper_list(call: Call, list: Path<String>) -> Answer {
    let (api, store, language) = (call.api.clone(), call.api.store.clone(), call.language());
    let prepared = call.look(move |db, caller, now| {
        let found = find_for(db, caller, Deed::ReadCheckIns, &list);
        let list = api.watched(db, found, caller, now)?;
        let event = Event::find(db, list.event_id)?;
        sees_everybody(db, caller, Deed::ReadCheckIns, &event)?;
        let reply = page(&PaperList::of(db, &event, &list, language, now)?)?;
        Ok((reply, caller.actor(), event, list.id.uuid(), now))
    });
    let (reply, actor, event, list, now) = prepared.await?;
    // Everybody's names leave: the trail says to whom, before they do.
    let scope = event.scope();
    store.write(event.id.uuid(), move |db| audit::record(db, &actor, scope, "paper_list.taken", list, now)).await?;
    Ok(reply)
}

impl PaperList {
    fn of(db: &mut Db, event: &Event, list: &CheckInList, language: Language, now: Timestamp) -> Result<Self> {
        let types = TicketType::of_event(db, event.id)?;
        let has_notes = list.fields.0.iter().any(|field| field == "note");
        let kind = |brief: &Brief| types.iter().find(|kind| Some(kind.id) == brief.ticket_type_id);
        let person = |brief: Brief| PaperPerson {
            name: match &brief.last_name {
                Some(last_name) => format!("{last_name}, {}", brief.first_name),
                None => brief.first_name.clone(),
            },
            // As people read it out: two groups of four.
            code: brief.code.split_at_checked(4).map_or(brief.code.clone(), |(one, two)| format!("{one} {two}")),
            ticket_type: kind(&brief).map(|kind| kind.name.clone()).unwrap_or_default(),
            note: brief.note.unwrap_or_default(),
        };
        Ok(Self {
            people: checkins::paper_list(db, list)?.into_iter().map(person).collect(),
            style: STYLE,
            words: Words::of(language),
            event: event.title.clone(),
            list: list.name.clone(),
            begins: moment(event.starts_at, event),
            as_of: moment(now, event),
            has_types: !types.is_empty(),
            has_notes,
        })
    }
}
