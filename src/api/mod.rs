//! HTTP in JSON: the whole map on this page.

mod audit;
mod body;
mod bounces;
mod call;
mod campaigns;
mod check_ins;
mod column_sets;
mod cookies;
mod devices;
mod events;
mod explanations;
mod exports;
mod gather;
mod health;
mod idempotency;
mod imports;
mod imports_running;
mod invitations;
mod invites;
mod issues;
mod letters;
mod live;
mod many;
mod members;
mod messages;
mod organizations;
mod print;
mod problem;
mod public_keys;
mod query;
mod rate_limit;
mod registrations;
mod reply;
mod sharing;
mod shelves;
mod sign_in;
mod state;
mod statistics;
mod tokens;

use std::future::{Ready, ready};

use actix_web::web::{self, ServiceConfig, get};
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{PathItem, RefOr};

pub use explanations::codes;
pub use problem::Problem;
pub use reply::Reply;
pub use state::Api;

use shelves::Path;

use crate::telemetry::RequestContext;

/// Declares the routes and their document from one list.
macro_rules! routes {
    ($($path:literal => $($method:ident $($handler:ident)::+),+;)*) => {
        /// The routes of the API, as the document has them.
        #[derive(OpenApi)]
        #[openapi(paths($($($($handler)::+),+),*))]
        struct Routes;

        const MAP: &[Path] = &[$(Path {
            pattern: $path,
            answering: |relative| {
                web::resource(relative)
                    $(.route(web::$method().to($($handler)::+)))+
                    .default_service(web::to(|| method_not_allowed(&[$(stringify!($method)),+])))
            },
        }),*];

        /// Method and path of every route of the API.
        pub const ROUTES: &[(&str, &str)] = &[$($((stringify!($method), concat!("/api/v1", $path))),+),*];
    };
}

routes! {
    "/sessions"                              => get sign_in::list, post sign_in::create;
    "/sessions/{id}"                         => delete sign_in::end;
    "/password-resets"                       => post sign_in::ask_for_reset;
    "/password-resets/complete"              => post sign_in::complete_reset;
    "/me"                                    => get sign_in::me, patch sign_in::revise_me;
    "/me/password"                           => post sign_in::choose_password;
    "/me/second-factor"                      => post sign_in::begin_second_factor;
    "/me/second-factor/confirm"              => post sign_in::confirm_second_factor;
    "/me/second-factor/remove"               => post sign_in::remove_second_factor;

    "/events"                                => get events::list, post events::create;
    "/events/{event}"                        => get events::read, patch events::revise, delete events::delete;
    "/events/{event}/publish"                => post events::publish;
    "/events/{event}/cancel"                 => post events::cancel;
    "/events/{event}/archive"                => post events::archive;
    "/events/{event}/sessions"               => get events::sessions, post events::add_session;
    "/events/{event}/sessions/{session}"     => get events::session, patch events::revise_session, delete events::remove_session;
    "/events/{event}/ticket-types"           => get events::ticket_types, post events::add_ticket_type;
    "/events/{event}/ticket-types/{ticket_type}" => get events::ticket_type, patch events::revise_ticket_type, delete events::remove_ticket_type;
    "/events/{event}/duplicate"              => post events::duplicate;
    "/events/{event}/calendar.ics"           => get events::event_calendar;
    "/calendar.ics"                          => get events::calendar_of_all;

    "/events/{event}/hosts"                  => get events::hosts, post events::invite;
    "/events/{event}/hosts/{organization}"   => patch events::revise_part, delete events::remove;
    "/events/{event}/hosts/{organization}/accept"  => post events::accept;
    "/events/{event}/hosts/{organization}/decline" => post events::decline;
    "/events/{event}/questions"              => get events::questions, post events::add_question;
    "/events/{event}/questions/{question}"   => get events::question, patch events::revise_question, delete events::remove_question;
    "/events/{event}/consents"               => get events::consents, post events::add_consent;
    "/events/{event}/consents/{key}"         => patch events::revise_consent, delete events::retire_consent;
    "/events/{event}/consents/{key}/editions" => get events::consent_editions;
    "/organizations/{organization}/hosting"  => get events::hosting;

    "/events/{event}/access-codes"           => get events::access_codes, post events::add_code;
    "/events/{event}/access-codes/{code}"    => get events::access_code, patch events::revise_code, delete events::remove_code;

    "/events/{event}/invitations"            => get invitations::list, post invitations::invite_people;
    "/events/{event}/invitations/{invitation}" => get invitations::read_one;
    "/events/{event}/invitations/{invitation}/resend" => post invitations::resend;
    "/events/{event}/invitations/{invitation}/revoke" => post invitations::revoke;
    "/events/{event}/invitations/{invitation}/erase" => post invitations::erase;
    "/invitations/read"                      => post invitations::read_invitation;
    "/invitations/accept"                    => post invitations::accept_by_link;
    "/invitations/decline"                   => post invitations::decline_by_link;

    "/events/{event}/campaigns"              => get campaigns::campaigns, post campaigns::begin_campaign;
    "/events/{event}/campaigns/{campaign}"   => get campaigns::campaign, patch campaigns::change_campaign, delete campaigns::remove_campaign;
    "/events/{event}/campaigns/{campaign}/preview" => get campaigns::preview_campaign;
    "/events/{event}/campaigns/{campaign}/send"    => post campaigns::send_campaign;
    "/events/{event}/campaigns/{campaign}/cancel"  => post campaigns::call_campaign_off;

    "/events/{event}/registrations"          => get registrations::list, post registrations::register;
    "/events/{event}/registrations/bulk"     => post registrations::bulk_deed;
    "/events/{event}/registrations/approve"  => post registrations::approve_all;
    "/events/{event}/registrations/reject"   => post registrations::reject_all;
    "/registrations/{id}"                    => get registrations::read, patch registrations::edit;
    "/registrations/{id}/verify"             => post registrations::verify;
    "/registrations/{id}/approve"            => post registrations::approve;
    "/registrations/{id}/reject"             => post registrations::reject;
    "/registrations/{id}/accept"             => post registrations::accept;
    "/registrations/{id}/decline"            => post registrations::decline;
    "/registrations/{id}/promote"            => post registrations::promote;
    "/registrations/{id}/prioritize"         => post registrations::prioritize;
    "/registrations/{id}/explain"            => get registrations::explain;
    "/registrations/{id}/transfer"           => post registrations::transfer;
    "/registrations/{id}/resend"             => post registrations::resend;
    "/registrations/{id}/restore"            => post registrations::restore;
    "/registrations/{id}/data"               => get registrations::data;
    "/registrations/{id}/erase"              => post registrations::erase;
    "/registrations/{id}/cancel"             => post registrations::cancel;
    "/registrations/{id}/group"              => get registrations::group;
    "/registrations/{id}/consents/{key}/give"     => post registrations::give_consent;
    "/registrations/{id}/consents/{key}/withdraw" => post registrations::withdraw_consent;
    "/registrations/{id}/ticket"             => get registrations::ticket;
    "/registrations/{id}/ticket.svg"         => get registrations::ticket_svg;
    "/registrations/{id}/ticket.png"         => get registrations::ticket_png;
    "/registrations/{id}/calendar.ics"       => get registrations::registration_calendar;

    "/events/{event}/check-in-lists"         => get check_ins::lists, post check_ins::open_check_in_list;
    "/check-in-lists/{list}"                 => get check_ins::check_in_list, patch check_ins::revise_check_in_list, delete check_ins::remove_check_in_list;
    "/events/{event}/check-in-status"        => get check_ins::event_status;
    "/events/{event}/arrivals"               => get check_ins::event_arrivals;
    "/events/{event}/attendance-rule"        => get check_ins::attendance_rule, patch check_ins::revise_attendance_rule;
    "/check-in-lists/{list}/check-ins/batch" => post check_ins::batch;
    "/check-in-lists/{list}/conflicts"       => get check_ins::conflicts;
    "/check-in-lists/{list}/arrivals"        => get check_ins::list_arrivals;
    "/check-in-lists/{list}/attendance"      => get check_ins::list_attendance;
    "/check-ins/{id}/settle"                 => post check_ins::settle;
    "/check-in-lists/{list}/check-ins"       => get check_ins::log, post check_ins::check_in;
    "/check-in-lists/{list}/search"          => post check_ins::search;
    "/check-in-lists/{list}/walk-ins"        => post check_ins::walk_in;
    "/check-in-lists/{list}/roster"          => get check_ins::roster;
    "/check-in-lists/{list}/paper"           => post check_ins::paper_entries;
    "/check-in-lists/{list}/paper.html"      => get print::paper_list;
    "/events/{event}/evacuation"             => get print::evacuation;
    "/events/{event}/evacuation.csv"         => get print::evacuation_file;
    "/events/{event}/evacuation.html"        => get print::evacuation_page;
    "/check-in-lists/{list}/live"            => get live::live;
    "/check-in-lists/{list}/status"          => get check_ins::status;
    "/events/{event}/devices"                => get devices::list, post devices::open;
    "/devices/pair"                          => post devices::pair;
    "/devices/{device}"                      => get devices::device, patch devices::rename, delete devices::revoke;
    "/check-ins/{id}/annul"                  => post check_ins::annul;

    "/keys"                                  => get public_keys::keys;

    "/events/{event}/participants.csv"       => get exports::participants_csv;
    "/events/{event}/participants.xlsx"      => get exports::participants_xlsx;
    "/events/{event}/attendance.csv"         => get exports::attendance_csv;
    "/events/{event}/attendance.xlsx"        => get exports::attendance_xlsx;

    "/events/{event}/imports"                => post imports::import;
    "/events/{event}/imports/{import}"       => get imports::read_import;

    "/events/{event}/statistics"             => get statistics::statistics;

    "/events/{event}/audit"                  => get audit::of_event;
    "/organizations/{organization}/audit"    => get audit::of_organization;

    "/organizations"                         => get organizations::list, post organizations::found;
    "/organizations/{organization}"          => get organizations::read, patch organizations::revise;
    "/organizations/{organization}/events"   => get organizations::events;
    "/organizations/{organization}/series"   => get events::series, post events::new_series;
    "/organizations/{organization}/series/{series}" => get events::one_series, patch events::change_series, delete events::drop_series;
    "/organizations/{organization}/column-sets" => get column_sets::list, post column_sets::add;
    "/organizations/{organization}/column-sets/{column_set}" => get column_sets::read, patch column_sets::revise, delete column_sets::remove;
    "/organizations/{organization}/members"  => get members::list;
    "/organizations/{organization}/members/{member}" => patch members::change_role, delete members::remove;
    "/organizations/{organization}/invites"  => get invites::list, post invites::invite;
    "/organizations/{organization}/invites/{invite}" => get invites::read_one, delete invites::revoke;
    "/invites/read"                          => post invites::read;
    "/invites/accept"                        => post invites::accept;
    "/organizations/{organization}/tokens"   => get tokens::list, post tokens::issue;
    "/organizations/{organization}/tokens/{token}" => get tokens::read, delete tokens::revoke;

    "/events/{event}/letter-settings"        => get letters::letter_settings, patch letters::revise_settings;
    "/events/{event}/letters"                => get letters::wordings;
    "/events/{event}/letters/{kind}/{language}" => get letters::wording, put letters::put_wording, delete letters::remove;
    "/events/{event}/letters/{kind}/{language}/preview" => get letters::preview, post letters::preview_unsaved;
    "/unsubscribe/{token}"                   => get letters::unsubscribe_page, post letters::unsubscribe;

    "/events/{event}/messages"               => get messages::list;
    "/organizations/{organization}/messages" => get messages::list_of_organization;
    "/messages/{id}"                         => get messages::read;
    "/messages/{id}/retry"                   => post messages::retry;
    "/bounces"                               => post bounces::report;
    "/messages/{id}/cancel"                  => post messages::cancel;
    "/messages/{id}/resend"                  => post messages::resend;
}

/// Everything that this door answers.
pub fn configure(config: &mut ServiceConfig) {
    config.service(shelves::scope("/api/v1", MAP));
    config
        .route("/problems/{code}", get().to(explanations::explain))
        .route("/api/openapi.json", get().to(document))
        .route("/healthz", get().to(health::healthz))
        .route("/readyz", get().to(health::readyz))
        .route("/metrics", get().to(health::metrics))
        .service(
            utoipa_swagger_ui::SwaggerUi::new("/api/docs/{_:.*}")
                .config(utoipa_swagger_ui::Config::from("/api/openapi.json").use_base_layout().validator_url("none")),
        )
        .route("/api/docs", get().to(docs));
}

/// The OpenAPI document (3.1).
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = Routes::openapi();
    "Turnout".clone_into(&mut document.info.title);
    "1".clone_into(&mut document.info.version);
    document.info.description = Some(include_str!("description.md").to_owned());
    document.paths.paths.values_mut().for_each(name_problems);
    document.info.license = None;
    document.info.contact = None;
    let token = |says: &str| {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(says));
        SecurityScheme::Http(bearer.build())
    };
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", token("The API token of an organization"));
    let cookie = ApiKeyValue::with_description(cookies::SESSION, "The session of a person who signed in");
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    components.add_security_scheme("manage_token", token("The token in the link of an attendee's letter"));
    components.add_security_scheme("device", token("The token of a device at the door, from its pairing"));
    document
}

/// What goes wrong is told as `application/problem+json` (RFC 9457 §3), everywhere.
fn name_problems(item: &mut PathItem) {
    let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
    for operation in operations.into_iter().flatten() {
        for (status, response) in &mut operation.responses.responses {
            if let RefOr::T(response) = response
                && status == "4XX"
                && let Some(told) = response.content.shift_remove("application/json")
            {
                response.content.insert("application/problem+json".to_owned(), told);
            }
        }
    }
}

async fn document() -> Result<actix_web::HttpResponse, Problem> {
    let json = openapi().to_json().map_err(crate::error::Error::internal)?;
    Ok(actix_web::HttpResponse::Ok().content_type("application/json").body(json))
}

async fn docs() -> actix_web::HttpResponse {
    actix_web::HttpResponse::PermanentRedirect().insert_header(("Location", "/api/docs/")).finish()
}

/// There is something here, but not for this method; `Allow` names those that it takes (RFC 9110 §15.5.6).
fn method_not_allowed(methods: &[&str]) -> Ready<Reply> {
    let detail = "this address does not take this method";
    let problem = Problem::new(actix_web::http::StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
    ready(Reply::problem(&problem, &RequestContext::current()).with("Allow", &methods.join(", ").to_uppercase()))
}

/// There is nothing here.
pub async fn nothing_here() -> Result<Reply, Problem> {
    Err(Problem::from(crate::error::Error::NotFound("address")))
}
