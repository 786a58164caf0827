//! `GET /api/v1/events/{event}/campaigns/{campaign}/preview`

use actix_web::web::Path;

use super::object::{PreviewObject, SampleObject};
use super::routes::campaign_id;
use crate::access::{Deed, may};
use crate::api::call::{Answer, Call};
use crate::api::reply::Reply;
use crate::api::sharing::sharing;
use crate::campaigns::{Audience, Campaign};
use crate::error::Result;
use crate::events::Event;
use crate::letters::campaign_letter;
use crate::store::Json;

/// How many samples there are.
const SAMPLES: usize = 10;

/// How many would get a campaign if it were sent now, and what the first ten of them would read.
#[utoipa::path(get, path = "/api/v1/events/{event}/campaigns/{campaign}/preview", tag = "Campaigns",
    security(("bearer" = [])),
    params(("event" = String, Path, description = "Id or slug"), ("campaign" = uuid::Uuid, Path)),
    responses((status = 200, body = PreviewObject), (status = "4XX", body = crate::api::problem::ProblemDocument)))]
pub(crate) async fn preview_campaign(call: Call, path: Path<(String, String)>) -> Answer {
    let (event, campaign) = path.into_inner();
    let api = call.api.clone();
    call.read(move |db, caller, _| {
        let event = Event::find_by_name(db, &event)?;
        may(db, caller, Deed::ReadMessages, &event)?;
        let campaign = Campaign::find(db, event.id, campaign_id(&campaign)?)?;
        // A host sees those whom it may see, whoever wrote it.
        let consented = sharing(db, caller, Deed::ReadMessages, &event)?.or(campaign.audience.0.consented.clone());
        let seen = Campaign { audience: Json(Audience { consented, ..campaign.audience.0.clone() }), ..campaign };
        let (recipients, first) = seen.preview(db, SAMPLES)?;
        let samples: Result<Vec<SampleObject>> = first
            .into_iter()
            .map(|registration| {
                let letter = campaign_letter(db, (&api.keys, &api.public_url), &seen, &registration)?;
                Ok(SampleObject {
                    registration_id: registration.id.to_string(),
                    language: seen.language_for(registration.locale, &event.languages.0),
                    recipient: registration.email,
                    subject: letter.subject,
                    text: letter.text,
                    html: letter.html,
                })
            })
            .collect();
        Reply::json(&PreviewObject { recipients, samples: samples? })
    })
    .await
}
