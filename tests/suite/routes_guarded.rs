//! Who may call what: every route of the API, by everybody.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::routes_world::World;
use crate::support::{Answer, Database, on_both_databases};

/// Everybody, in the order in which they call: whoever may more comes later, as their calls may change things.
///
/// - tokens: `garbage`, `revoked`, `expired`, `noscope` (an owner's, for messages alone), `elsewhere` (an owner's, for
///   another event of the organization alone), `none`, `aggr.`, `full` (owners at hosts with that data access), `door`, `viewer`, `owner`;
/// - sessions: `removed` (who was a member), `stranger` (an owner of another organization), `editor`;
/// - links: `other` (the attendee of another registration), `own`.
pub const CALLERS: [&str; 17] = [
    "nobody",
    "garbage",
    "revoked",
    "expired",
    "removed",
    "stranger",
    "other",
    "own",
    "noscope",
    "elsewhere",
    "none",
    "aggr.",
    "door",
    "viewer",
    "full",
    "editor",
    "owner",
];

/// What each caller gets: (method, path, [statuses in the order of `CALLERS`]). A route of the document without a row
/// here fails the test. The event is published and public.
#[rustfmt::skip]
pub const MATRIX: &[(&str, &str, [u16; 17])] = &[
    //                                                                             nobodgarb.revokexpirremovstranotherown  noscoelsewnone aggr.door viewrfull edit.owner
    ("get",    "/api/v1/sessions",                                                [401, 401, 401, 401, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200, 403]),
    ("post",   "/api/v1/sessions",                                                [401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 401]),
    ("delete", "/api/v1/sessions/{id}",                                           [401, 401, 401, 401, 404, 404, 403, 403, 403, 403, 403, 403, 403, 403, 403, 404, 403]),
    ("post",   "/api/v1/password-resets",                                         [202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202]),
    ("post",   "/api/v1/password-resets/complete",                                [422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422]),
    ("get",    "/api/v1/me",                                                      [401, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("patch",  "/api/v1/me",                                                      [401, 401, 401, 401, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200, 403]),
    ("post",   "/api/v1/me/password",                                             [401, 401, 401, 401, 422, 422, 403, 403, 403, 403, 403, 403, 403, 403, 403, 422, 403]),
    ("post",   "/api/v1/me/second-factor",                                        [401, 401, 401, 401, 422, 422, 403, 403, 403, 403, 403, 403, 403, 403, 403, 422, 403]),
    ("post",   "/api/v1/me/second-factor/confirm",                                [401, 401, 401, 401, 409, 409, 403, 403, 403, 403, 403, 403, 403, 403, 403, 409, 403]),
    ("post",   "/api/v1/me/second-factor/remove",                                 [401, 401, 401, 401, 422, 422, 403, 403, 403, 403, 403, 403, 403, 403, 403, 422, 403]),
    ("get",    "/api/v1/events",                                                  [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/events",                                                  [401, 401, 401, 401, 403, 201, 403, 403, 403, 403, 201, 201, 403, 403, 201, 201, 201]),
    ("get",    "/api/v1/events/{event}",                                          [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("patch",  "/api/v1/events/{event}",                                          [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("delete", "/api/v1/events/{event}",                                          [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 403, 409, 409]),
    ("post",   "/api/v1/events/{event}/publish",                                  [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("post",   "/api/v1/events/{event}/cancel",                                   [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 409, 409]),
    ("post",   "/api/v1/events/{event}/archive",                                  [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("get",    "/api/v1/events/{event}/calendar.ics",                             [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("get",    "/api/v1/calendar.ics",                                            [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/hosts",                                    [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/hosts",                                    [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 403, 403, 201]),
    ("patch",  "/api/v1/events/{event}/hosts/{organization}",                     [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 403, 403, 200]),
    ("delete", "/api/v1/events/{event}/hosts/{organization}",                     [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 204, 403, 404]),
    ("post",   "/api/v1/events/{event}/hosts/{organization}/accept",              [401, 401, 401, 401, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 409, 404, 404]),
    ("post",   "/api/v1/events/{event}/hosts/{organization}/decline",             [401, 401, 401, 401, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 409, 404, 404]),
    ("get",    "/api/v1/organizations/{organization}/hosting",                    [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 200, 404, 200, 200]),
    ("get",   "/api/v1/events/{event}/invitations",                                 [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("post",  "/api/v1/events/{event}/invitations",                                 [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("get",   "/api/v1/events/{event}/invitations/{invitation}",                    [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("post",  "/api/v1/events/{event}/invitations/{invitation}/resend",             [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 202, 202, 202]),
    ("post",  "/api/v1/events/{event}/invitations/{invitation}/revoke",             [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 409, 409]),
    ("post",  "/api/v1/events/{event}/invitations/{invitation}/erase",             [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("post",  "/api/v1/invitations/read",                                           [422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422]),
    ("post",  "/api/v1/invitations/accept",                                         [422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422]),
    ("post",  "/api/v1/invitations/decline",                                        [422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422]),
    ("get",    "/api/v1/events/{event}/registrations",                            [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/registrations",                            [201, 401, 401, 401, 201, 201, 201, 201, 201, 201, 201, 201, 201, 201, 201, 201, 201]),
    ("get",    "/api/v1/registrations/{id}",                                      [401, 401, 401, 401, 404, 404, 404, 200, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("post",   "/api/v1/registrations/{id}/cancel",                               [401, 401, 401, 401, 404, 404, 404, 200, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("get",    "/api/v1/registrations/{id}/ticket",                               [401, 401, 401, 401, 404, 404, 404, 200, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("get",    "/api/v1/registrations/{id}/ticket.svg",                           [401, 401, 401, 401, 404, 404, 404, 200, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("get",    "/api/v1/registrations/{id}/ticket.png",                           [401, 401, 401, 401, 404, 404, 404, 200, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("get",    "/api/v1/registrations/{id}/calendar.ics",                         [401, 401, 401, 401, 404, 404, 404, 200, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/check-in-lists",                           [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 200, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/check-in-lists",                           [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 201, 201, 201]),
    ("get",    "/api/v1/check-in-lists/{list}",                                   [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 200, 200, 200, 200, 200, 200]),
    ("patch",  "/api/v1/check-in-lists/{list}",                                   [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("delete", "/api/v1/check-in-lists/{list}",                                   [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("get",     "/api/v1/events/{event}/check-in-status",                          [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 200, 200, 200, 200, 200, 200]),
    ("get",     "/api/v1/events/{event}/arrivals",                                 [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 200, 200, 200, 200, 200, 200]),
    ("get",     "/api/v1/events/{event}/attendance-rule",                          [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 200, 200, 200, 200, 200, 200]),
    ("patch",   "/api/v1/events/{event}/attendance-rule",                          [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("post",    "/api/v1/check-in-lists/{list}/check-ins/batch",                   [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 403, 200, 200, 200]),
    ("get",     "/api/v1/check-in-lists/{list}/conflicts",                         [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 200, 200, 200, 200]),
    ("get",     "/api/v1/check-in-lists/{list}/arrivals",                          [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 200, 200, 200, 200, 200, 200]),
    ("get",     "/api/v1/check-in-lists/{list}/attendance",                        [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 200, 200, 200, 200]),
    ("post",    "/api/v1/check-ins/{id}/settle",                                   [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("get",    "/api/v1/check-in-lists/{list}/check-ins",                         [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/check-in-lists/{list}/check-ins",                         [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 403, 200, 200, 200]),
    ("get",    "/api/v1/check-in-lists/{list}/status",                            [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 200, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/check-ins/{id}/annul",                                    [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 409, 409]),
    ("get",    "/api/v1/events/{event}/participants.csv",                         [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/attendance.csv",                           [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("get",   "/api/v1/events/{event}/participants.xlsx",                        [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("get",   "/api/v1/events/{event}/attendance.xlsx",                          [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("post",  "/api/v1/events/{event}/imports",                                  [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 422, 422, 422]),
    ("get",   "/api/v1/events/{event}/imports/{import}",                         [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/statistics",                               [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 200, 200, 200, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/audit",                                    [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 403, 200]),
    ("get",    "/api/v1/organizations/{organization}/audit",                      [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 200]),
    ("get",    "/api/v1/organizations",                                           [401, 401, 401, 401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/organizations",                                           [401, 401, 401, 401, 403, 201, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403]),
    ("get",    "/api/v1/organizations/{organization}",                            [401, 401, 401, 401, 404, 404, 404, 404, 403, 200, 404, 404, 200, 200, 404, 200, 200]),
    ("patch",  "/api/v1/organizations/{organization}",                            [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 200]),
    ("get",    "/api/v1/organizations/{organization}/events",                     [401, 401, 401, 401, 404, 404, 404, 404, 403, 200, 404, 404, 200, 200, 404, 200, 200]),
    ("get",   "/api/v1/organizations/{organization}/series",                        [401, 401, 401, 401, 404, 404, 404, 404, 403, 200, 404, 404, 200, 200, 404, 200, 200]),
    ("post",  "/api/v1/organizations/{organization}/series",                        [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 201, 409]),
    ("get",   "/api/v1/organizations/{organization}/series/{series}",               [401, 401, 401, 401, 404, 404, 404, 404, 403, 200, 404, 404, 200, 200, 404, 200, 200]),
    ("patch", "/api/v1/organizations/{organization}/series/{series}",               [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 200, 200]),
    ("delete", "/api/v1/organizations/{organization}/series/{series}",               [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 204, 404]),
    ("get",   "/api/v1/organizations/{organization}/column-sets",                [401, 401, 401, 401, 404, 404, 404, 404, 403, 200, 404, 404, 200, 200, 404, 200, 200]),
    ("post",  "/api/v1/organizations/{organization}/column-sets",                [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 201, 409]),
    ("get",   "/api/v1/organizations/{organization}/column-sets/{column_set}",   [401, 401, 401, 401, 404, 404, 404, 404, 403, 200, 404, 404, 200, 200, 404, 200, 200]),
    ("patch", "/api/v1/organizations/{organization}/column-sets/{column_set}",   [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 200, 200]),
    ("delete", "/api/v1/organizations/{organization}/column-sets/{column_set}",   [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 204, 404]),
    ("get",    "/api/v1/organizations/{organization}/members",                    [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 200, 200]),
    ("patch",  "/api/v1/organizations/{organization}/members/{member}",           [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 200]),
    ("delete", "/api/v1/organizations/{organization}/members/{member}",           [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 204]),
    ("get",    "/api/v1/organizations/{organization}/invites",                    [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 200, 200]),
    ("post",   "/api/v1/organizations/{organization}/invites",                    [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 201]),
    ("get",    "/api/v1/organizations/{organization}/invites/{invite}",           [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 200, 200]),
    ("delete", "/api/v1/organizations/{organization}/invites/{invite}",           [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 204]),
    ("post",   "/api/v1/invites/read",                                            [422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422]),
    ("post",   "/api/v1/invites/accept",                                          [422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422]),
    ("get",    "/api/v1/organizations/{organization}/tokens",                     [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 200]),
    ("post",   "/api/v1/organizations/{organization}/tokens",                     [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 201]),
    ("get",    "/api/v1/organizations/{organization}/tokens/{token}",             [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 200]),
    ("delete", "/api/v1/organizations/{organization}/tokens/{token}",             [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 204]),
    ("get",    "/api/v1/events/{event}/messages",                                 [401, 401, 401, 401, 404, 404, 404, 404, 200, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("post",   "/api/v1/messages/{id}/retry",                                     [401, 401, 401, 401, 404, 404, 404, 404, 409, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("get",    "/api/v1/messages/{id}",                                           [401, 401, 401, 401, 404, 404, 404, 404, 200, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("post",   "/api/v1/messages/{id}/cancel",                                    [401, 401, 401, 401, 404, 404, 404, 404, 200, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("post",   "/api/v1/messages/{id}/resend",                                    [401, 401, 401, 401, 404, 404, 404, 404, 409, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("post",   "/api/v1/bounces",                                                 [401, 401, 401, 401, 415, 415, 403, 403, 415, 415, 415, 415, 415, 415, 415, 415, 415]),
    ("get",    "/api/v1/events/{event}/campaigns",                                [401, 401, 401, 401, 404, 404, 404, 404, 200, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/campaigns",                                [401, 401, 401, 401, 404, 404, 404, 404, 201, 404, 403, 403, 403, 403, 201, 201, 201]),
    ("get",    "/api/v1/events/{event}/campaigns/{campaign}",                     [401, 401, 401, 401, 404, 404, 404, 404, 200, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("patch",  "/api/v1/events/{event}/campaigns/{campaign}",                     [401, 401, 401, 401, 404, 404, 404, 404, 200, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("delete", "/api/v1/events/{event}/campaigns/{campaign}",                     [401, 401, 401, 401, 404, 404, 404, 404, 204, 404, 403, 403, 403, 403, 404, 404, 404]),
    ("get",    "/api/v1/events/{event}/campaigns/{campaign}/preview",             [401, 401, 401, 401, 404, 404, 404, 404, 200, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/campaigns/{campaign}/send",                [401, 401, 401, 401, 404, 404, 404, 404, 200, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("post",   "/api/v1/events/{event}/campaigns/{campaign}/cancel",              [401, 401, 401, 401, 404, 404, 404, 404, 409, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("get",    "/api/v1/organizations/{organization}/messages",                   [401, 401, 401, 401, 404, 404, 404, 404, 200, 403, 404, 404, 403, 200, 404, 200, 200]),
    ("get",    "/api/v1/events/{event}/sessions",                                 [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/sessions",                                 [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 201, 201, 201]),
    ("get",    "/api/v1/events/{event}/sessions/{session}",                       [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("patch",  "/api/v1/events/{event}/sessions/{session}",                       [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("delete", "/api/v1/events/{event}/sessions/{session}",                       [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 204, 404, 404]),
    ("get",    "/api/v1/events/{event}/ticket-types",                             [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/ticket-types",                             [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 201, 201, 201]),
    ("get",    "/api/v1/events/{event}/ticket-types/{ticket_type}",               [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("patch",  "/api/v1/events/{event}/ticket-types/{ticket_type}",               [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("delete", "/api/v1/events/{event}/ticket-types/{ticket_type}",               [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 204, 404, 404]),
    ("post",   "/api/v1/events/{event}/duplicate",                                [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 403, 201, 201]),
    ("get",    "/api/v1/events/{event}/questions",                                [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/questions",                                [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 201, 422, 422]),
    ("get",    "/api/v1/events/{event}/questions/{question}",                     [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("patch",  "/api/v1/events/{event}/questions/{question}",                     [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("delete", "/api/v1/events/{event}/questions/{question}",                     [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 204, 404, 404]),
    ("get",    "/api/v1/events/{event}/consents",                                 [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/consents",                                 [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 201, 422, 422]),
    ("patch",  "/api/v1/events/{event}/consents/{key}",                           [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("delete", "/api/v1/events/{event}/consents/{key}",                           [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 204, 204, 204]),
    ("get",    "/api/v1/events/{event}/consents/{key}/editions",                  [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/registrations/bulk",                       [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/registrations/approve",                    [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/registrations/reject",                     [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("patch",  "/api/v1/registrations/{id}",                                      [401, 401, 401, 401, 404, 404, 404, 200, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("post",   "/api/v1/registrations/{id}/verify",                               [401, 401, 401, 401, 404, 404, 404, 409, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("post",   "/api/v1/registrations/{id}/approve",                              [401, 401, 401, 401, 404, 404, 404, 403, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("post",   "/api/v1/registrations/{id}/reject",                               [401, 401, 401, 401, 404, 404, 404, 403, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("post",   "/api/v1/registrations/{id}/accept",                               [401, 401, 401, 401, 404, 404, 404, 409, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("post",   "/api/v1/registrations/{id}/decline",                              [401, 401, 401, 401, 404, 404, 404, 409, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("post",   "/api/v1/registrations/{id}/promote",                              [401, 401, 401, 401, 404, 404, 404, 403, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("post",   "/api/v1/registrations/{id}/prioritize",                           [401, 401, 401, 401, 404, 404, 404, 403, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("get",    "/api/v1/registrations/{id}/explain",                              [401, 401, 401, 401, 404, 404, 404, 200, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("post",   "/api/v1/registrations/{id}/transfer",                             [401, 401, 401, 401, 404, 404, 404, 409, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("post",   "/api/v1/registrations/{id}/resend",                               [401, 401, 401, 401, 404, 404, 404, 429, 403, 404, 403, 403, 403, 403, 202, 202, 202]),
    ("post",   "/api/v1/registrations/{id}/restore",                              [401, 401, 401, 401, 404, 404, 404, 403, 403, 404, 403, 403, 403, 403, 409, 409, 409]),
    ("get",    "/api/v1/registrations/{id}/data",                                 [401, 401, 401, 401, 404, 404, 404, 200, 403, 404, 403, 403, 403, 200, 200, 200, 200]),
    ("post",   "/api/v1/registrations/{id}/erase",                                [401, 401, 401, 401, 404, 404, 404, 200, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("post",   "/api/v1/registrations/{id}/consents/{key}/give",                  [401, 401, 401, 401, 404, 404, 404, 200, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("post",   "/api/v1/registrations/{id}/consents/{key}/withdraw",              [401, 401, 401, 401, 404, 404, 404, 200, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/access-codes",                             [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/access-codes",                             [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 201, 409, 409]),
    ("get",    "/api/v1/events/{event}/access-codes/{code}",                      [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("patch",  "/api/v1/events/{event}/access-codes/{code}",                      [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("delete", "/api/v1/events/{event}/access-codes/{code}",                      [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 204, 404, 404]),
    ("get",    "/api/v1/registrations/{id}/group",                                [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 404, 404, 404, 404]),
    ("get",    "/api/v1/events/{event}/devices",                                  [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 403, 200, 200]),
    ("post",   "/api/v1/events/{event}/devices",                                  [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 403, 201, 201]),
    ("post",   "/api/v1/devices/pair",                                            [409, 401, 401, 401, 409, 409, 409, 409, 409, 409, 409, 409, 409, 409, 409, 409, 409]),
    ("get",    "/api/v1/devices/{device}",                                        [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 403, 200, 200]),
    ("patch",  "/api/v1/devices/{device}",                                        [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 403, 200, 200]),
    ("delete", "/api/v1/devices/{device}",                                        [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 403, 204, 204]),
    ("get",    "/api/v1/keys",                                                    [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/check-in-lists/{list}/search",                            [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 403, 200, 200, 200]),
    ("post",   "/api/v1/check-in-lists/{list}/walk-ins",                          [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 201, 403, 201, 201, 201]),
    ("get",    "/api/v1/check-in-lists/{list}/live",                              [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 200, 200, 200, 200]),
    ("get",    "/api/v1/check-in-lists/{list}/roster",                            [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 403, 200, 200, 200]),
    ("post",   "/api/v1/check-in-lists/{list}/paper",                             [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 403, 200, 200, 200]),
    ("get",    "/api/v1/check-in-lists/{list}/paper.html",                        [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 200, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/evacuation",                               [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 200, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/evacuation.csv",                           [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 200, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/evacuation.html",                          [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 200, 200, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/letter-settings",                          [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 200, 200, 200, 200, 200, 200]),
    ("patch",  "/api/v1/events/{event}/letter-settings",                          [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/letters",                                  [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 200, 200, 200, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/letters/{kind}/{language}",                [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 200, 200, 200, 200, 200, 200]),
    ("put",    "/api/v1/events/{event}/letters/{kind}/{language}",                [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("get",    "/api/v1/events/{event}/letters/{kind}/{language}/preview",        [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 200, 200, 200, 200, 200, 200]),
    ("post",   "/api/v1/events/{event}/letters/{kind}/{language}/preview",        [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 200, 200, 200]),
    ("delete", "/api/v1/events/{event}/letters/{kind}/{language}",                [401, 401, 401, 401, 404, 404, 404, 404, 403, 404, 403, 403, 403, 403, 204, 404, 404]),
    ("get",    "/api/v1/unsubscribe/{token}",                                     [404, 401, 401, 401, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404]),
    ("post",   "/api/v1/unsubscribe/{token}",                                     [404, 401, 401, 401, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404]),
];

/// What a device may do beyond what anybody may.
const DEVICE: &[(&str, &str, u16)] = &[
    ("get", "/api/v1/check-in-lists/{list}", 200),
    ("get", "/api/v1/check-in-lists/{list}/status", 200),
    ("get", "/api/v1/check-in-lists/{list}/live", 200),
    ("get", "/api/v1/check-in-lists/{list}/roster", 200),
    ("post", "/api/v1/check-in-lists/{list}/check-ins", 200),
    ("get", "/api/v1/check-in-lists/{list}/arrivals", 200),
    ("post", "/api/v1/check-in-lists/{list}/check-ins/batch", 200),
    ("post", "/api/v1/check-in-lists/{list}/paper", 200),
    ("post", "/api/v1/check-in-lists/{list}/search", 200),
    ("post", "/api/v1/check-in-lists/{list}/walk-ins", 201),
];

/// The routes of the document.
fn documented() -> BTreeSet<(String, String)> {
    let document: Value = serde_json::from_str(&turnout::api::openapi().to_json().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &Value)| -> Vec<(String, String)> {
        item.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())).collect()
    };
    paths.iter().flat_map(methods).collect()
}

/// A body without what differs between any two answers.
fn without_number(answer: &Answer) -> Value {
    let mut problem: Value = serde_json::from_str(&answer.body).unwrap();
    problem["request_id"] = json!("");
    problem
}

#[test]
fn every_route_of_the_document_has_a_row() {
    let rows: BTreeSet<(String, String)> =
        MATRIX.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(documented(), rows);
    assert_eq!(rows.len(), MATRIX.len(), "a route has two rows");
}

#[test]
fn every_route_is_in_the_document() {
    let routes = turnout::api::ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned()));
    assert_eq!(documented(), routes.collect());
}

#[test]
fn everybody_gets_what_they_may_and_nothing_else() {
    let mut wrong = Vec::new();
    for (method, path, expected) in MATRIX {
        let world = World::new(Database::sqlite(), "public");
        for (caller, expected) in expected.iter().enumerate() {
            let answer = world.call(caller, method, &world.fill(path, false));
            if answer.status != *expected {
                wrong.push(format!("{method} {path} by {}: {}, not {expected}", CALLERS[caller], answer.status));
            }
            // Whoever belongs to the event may learn what is not there, and so may the attendee of the registration.
            let theirs = CALLERS[caller] == "own" && path.contains("/registrations/{id}");
            if answer.status == 404 && !theirs && !matches!(CALLERS[caller], "viewer" | "full" | "editor" | "owner") {
                let nothing = world.call(caller, method, &world.fill(path, true));
                let (there, nowhere) = (without_number(&answer), without_number(&nothing));
                if there != nowhere {
                    wrong
                        .push(format!("{method} {path} tells {} that it is there: {there} {nowhere}", CALLERS[caller]));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_device_may_what_anybody_may_and_what_it_is_for() {
    let world = World::new(Database::sqlite(), "public");
    let stranger = CALLERS.iter().position(|name| *name == "other").unwrap();
    let mut wrong = Vec::new();
    for (method, path, statuses) in MATRIX {
        let status = world.call_as(&world.paired, "device", method, &world.fill(path, false)).status;
        let own = DEVICE.iter().find(|row| (row.0, row.1) == (*method, *path)).map(|row| row.2);
        let right = match (own, statuses[stranger]) {
            (Some(own), _) => status == own,
            (None, 404) => matches!(status, 403 | 404),
            (None, anybody) => status == anybody,
        };
        if !right {
            wrong.push(format!("{method} {path}: {status}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

on_both_databases! {
    fn whoever_has_no_business_with_a_private_event_does_not_learn_that_it_is_there(database: Database) {
        let world = World::new(database, "private");
        let of_events = |path: &str| path.contains('{') && !path.starts_with("/api/v1/organizations") && !path.starts_with("/api/v1/sessions");
        for (method, path, _) in MATRIX.iter().filter(|(_, path, _)| of_events(path)) {
            // Whose token is for another event of the same organization is a stranger here as well.
            for (caller, name) in CALLERS.iter().enumerate().filter(|(caller, name)| *caller < 7 || **name == "elsewhere") {
                let there = world.call(caller, method, &world.fill(path, false));
                let nowhere = world.call(caller, method, &world.fill(path, true));
                assert!(matches!(there.status, 401 | 404), "{method} {path} by {name}: {}", there.status);
                assert_eq!(without_number(&there), without_number(&nowhere), "{method} {path} by {name}");
            }
        }
    }
}
