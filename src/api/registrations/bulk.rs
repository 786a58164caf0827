//! `POST /api/v1/events/{event}/registrations/bulk`

use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::hand::hand;
use crate::access::{Deed, may};
use crate::api::body::{Body, Field};
use crate::api::call::{Answer, Call};
use crate::api::issues::{Issues, ids, text};
use crate::api::reply::Reply;
use crate::api::sharing::hidden;
use crate::error::Result;
use crate::events::Event;
use crate::registrations::{BulkDeed, Outcome, bulk};
use crate::store::RegistrationId;
use crate::text_enum;
use crate::values::{Fault, Prose, Slug};

/// How many registrations one request may name.
const MOST: usize = 1000;

text_enum! {
    /// What is done to each registration.
    pub enum BulkWord {
        /// Cancel.
        Cancel = "cancel",
        /// Confirm again.
        Restore = "restore",
        /// Send the letter again.
        Resend = "resend",
        /// Add `tags`.
        Tag = "tag",
        /// Take `tags` away.
        Untag = "untag",
        /// Write `note` down, or wipe it out.
        Note = "note",
    }
}

/// What is to be done to which registrations.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct BulkWish {
    #[serde(default)]
    #[schema(value_type = BulkWord)]
    deed: Field<String>,
    /// At most 1000.
    #[serde(default)]
    #[schema(value_type = Vec<uuid::Uuid>)]
    ids: Field<Vec<String>>,
    /// For `tag` and `untag`: at most 20.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    tags: Field<Vec<String>>,
    /// For `note`: at most 2000 characters; null wipes out what was.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    note: Field<String>,
}

/// What became of each, in the order in which they were named.
#[derive(Serialize, ToSchema)]
pub(crate) struct BulkResults {
    results: Vec<BulkResult>,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
pub(crate) struct BulkResult {
    #[schema(value_type = uuid::Uuid)]
    id: String,
    /// `done` or `refused`.
    result: &'static str,
    /// Why it was refused, as a problem would say.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Do the same to up to 1000 registrations of an event, each with its own verdict.
#[utoipa::path(post, path = "/api/v1/events/{event}/registrations/bulk", tag = "Registrations", request_body = BulkWish,
    security(("bearer" = [])),
    params(
        ("event" = String, Path, description = "Id or slug"),
        ("force" = Option<bool>, Query, description = "Over the capacity"),
        ("silent" = Option<bool>, Query, description = "Without letters"),
    ),
    responses((status = 200, body = BulkResults), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn bulk_deed(call: Call, event: Path<String>, body: Body<BulkWish>) -> Answer {
    let mut query = call.query();
    let hand = hand(&mut query);
    let wrong = query.finish();
    let (wish, key) = (read(body.json, body.issues), call.api.key_of_event(&event).await);
    call.write(key, &body.bytes, move |db, caller, now| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::WriteRegistrations, &event)?;
        wrong?;
        let (deed, ids) = wish?;
        let hidden = hidden(db, caller, Deed::WriteRegistrations, &event, &ids)?;
        let seen: Vec<RegistrationId> = ids.iter().copied().filter(|id| !hidden.contains(id)).collect();
        let mut outcomes = bulk(db, &caller.actor(), event.id, &seen, &deed, hand, now)?.into_iter();
        let unknown = || Err(Fault::new("not_found", "there is no such registration"));
        let outcome = |id| if hidden.contains(id) { unknown() } else { outcomes.next().unwrap_or_else(unknown) };
        let outcomes: Vec<Outcome> = ids.iter().map(outcome).collect();
        let results = ids.into_iter().zip(outcomes).map(|(id, outcome)| BulkResult::new(id, outcome)).collect();
        Reply::json(&BulkResults { results })
    })
    .await
}

fn read(wish: BulkWish, mut issues: Issues) -> Result<(BulkDeed, Vec<RegistrationId>)> {
    let word = issues.required("/deed", wish.deed, text::<BulkWord>);
    let ids = issues.required("/ids", wish.ids, ids::<_, MOST>);
    let tagging = matches!(word, Some(BulkWord::Tag | BulkWord::Untag));
    let noting = word == Some(BulkWord::Note);
    let given = (!matches!(wish.tags, Field::Missing), !matches!(wish.note, Field::Missing));
    for (pointer, given, wanted) in [("/tags", given.0, tagging), ("/note", given.1, noting)] {
        if given && !wanted && word.is_some() {
            issues.add(pointer, Fault::new("not_wanted", "this deed does not take it"));
        }
    }
    let tagging = tagging && issues.is_there("/tags", &wish.tags);
    let tags = if tagging { issues.words::<Slug, 20>("/tags", wish.tags) } else { None }.unwrap_or_default();
    let note = match noting {
        true if !given.1 => issues.required("/note", wish.note, text::<Prose<2000>>),
        true => issues.optional("/note", wish.note, text::<Prose<2000>>),
        false => None,
    };
    let deed = word.map(|word| match word {
        BulkWord::Cancel => BulkDeed::Cancel,
        BulkWord::Restore => BulkDeed::Restore,
        BulkWord::Resend => BulkDeed::Resend,
        BulkWord::Tag => BulkDeed::Tag(tags),
        BulkWord::Untag => BulkDeed::Untag(tags),
        BulkWord::Note => BulkDeed::Note(note),
    });
    issues.finish_with(deed.zip(ids), "/deed", "this is required")
}

impl BulkResult {
    fn new(id: RegistrationId, outcome: Outcome) -> Self {
        let id = id.to_string();
        match outcome {
            Ok(()) => Self { id, result: "done", code: None, detail: None },
            Err(fault) => Self { id, result: "refused", code: Some(fault.code), detail: Some(fault.detail) },
        }
    }
}
