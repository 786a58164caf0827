//! Who may call what: every route of the API, by everybody.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use turnout::organizations::Role;

use crate::support::{Answer, Database, PASSWORD, TestApp, on_both_databases};

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
    ("delete", "/api/v1/organizations/{organization}/invites/{invite}",           [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 204]),
    ("post",   "/api/v1/invites/read",                                            [422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422]),
    ("post",   "/api/v1/invites/accept",                                          [422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422]),
    ("get",    "/api/v1/organizations/{organization}/tokens",                     [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 200]),
    ("post",   "/api/v1/organizations/{organization}/tokens",                     [401, 401, 401, 401, 404, 404, 404, 404, 403, 403, 404, 404, 403, 403, 404, 403, 201]),
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

const NOTHING: &str = "0190b5a0-7b1c-7000-8000-000000000000";

/// The routes of the document.
fn documented() -> BTreeSet<(String, String)> {
    let document: Value = serde_json::from_str(&turnout::api::openapi().to_json().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &Value)| -> Vec<(String, String)> {
        item.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())).collect()
    };
    paths.iter().flat_map(methods).collect()
}

/// How somebody shows who they are.
pub enum Shows {
    Nothing,
    Bearer(String),
    Cookie(String),
}

/// An event with somebody who was let in, the organization behind it, and everybody who may come by.
pub struct World {
    pub app: TestApp,
    event: Value,
    registration: Value,
    list: String,
    check_in: Value,
    message: Value,
    member: Value,
    invite: Value,
    invitation: Value,
    series: Value,
    column_set: Value,
    import: Value,
    token: Value,
    campaign: Value,
    device: Value,
    session: Value,
    pub ticket_type: Value,
    question: Value,
    code: Value,
    pub everybody: Vec<Shows>,
    /// A device that is paired for the list, and may register people.
    paired: Shows,
}

pub const CLUSTER: &str = "/api/v1/organizations/ict-cluster";
const EVENT: &str = "/api/v1/events/digital-day";

/// A column set, and an import that has changed nothing.
fn spreadsheets(app: &TestApp, registration: &Value) -> (Value, Value) {
    let columns = json!({ "name": "Names", "kind": "participants", "columns": ["first_name"] });
    let column_set = app.post_as_owner(&format!("{CLUSTER}/column-sets"), &columns).ok(201);
    let file = format!("code\n{}\n", registration["code"].as_str().unwrap());
    let import = app.request(Method::POST, &format!("{EVENT}/imports?mode=upsert&dry_run=false"));
    let import = Answer::of(import.bearer_auth(&app.token).header("Content-Type", "text/csv").body(file)).ok(200);
    (column_set, import)
}

impl World {
    pub fn new(database: Database, visibility: &str) -> Self {
        let app = TestApp::start(database);
        let event = app.published_event(&json!({ "visibility": visibility }));
        let other_event = app.drafted_event(&json!({ "title": "Night" }));
        let session = session(&app);
        let question = json!({ "key": "diet", "kind": "text", "label": { "en": "Diet" } });
        let question = app.post_as_owner(&format!("{EVENT}/questions"), &question).ok(201);
        let photos = json!({ "key": "photos", "purpose": "photos", "text": { "en": "Photos" } });
        app.post_as_owner(&format!("{EVENT}/consents"), &photos).ok(201);
        let code = app.post_as_owner(&format!("{EVENT}/access-codes"), &json!({ "code": "PRESS" })).ok(201);
        let wish = |email: &str| json!({ "attendee": { "first_name": "Ada", "email": email } });
        let registration = app.post_as_owner(&format!("{EVENT}/registrations"), &wish("ada@museum.example")).ok(201);
        let other = app.post_as_owner(&format!("{EVENT}/registrations"), &wish("ben@museum.example")).ok(201);
        let list = app.list_of("digital-day");
        let scan = json!({ "code": registration["code"] });
        let check_in = app.post_as_owner(&format!("/api/v1/check-in-lists/{list}/check-ins"), &scan).ok(200);
        let message = app.get_as_owner(&format!("{EVENT}/messages")).ok(200)["data"][0].take();
        let host = |slug: &str, access: &str| {
            let token = app.organization_with_token(slug, slug, Role::Owner);
            let part = json!({ "organization": slug, "role": "co_host", "data_access": access });
            app.post_as_owner(&format!("{EVENT}/hosts"), &part).ok(201);
            app.post_as(&token, &format!("{EVENT}/hosts/{slug}/accept"), &json!({})).ok(200);
            Shows::Bearer(token)
        };
        let (none, aggregate, full) = (host("none", "none"), host("aggregate", "aggregate"), host("full", "full"));
        app.organization_with_token("Stranger", "stranger", Role::Owner);
        let editor = app.member("ict-cluster", "editor@cluster.example", Role::Editor);
        let removed = app.member("ict-cluster", "removed@cluster.example", Role::Editor);
        app.member("ict-cluster", "viewer@cluster.example", Role::Viewer);
        let members = app.get_as_owner(&format!("{CLUSTER}/members")).ok(200);
        let member = |email: &str| {
            let all = members["data"].as_array().unwrap();
            all.iter().find(|member| member["account"]["email"] == email).unwrap()["id"].clone()
        };
        let gone = format!("{CLUSTER}/members/{}", member("removed@cluster.example").as_str().unwrap());
        assert_eq!(Answer::of(app.request(Method::DELETE, &gone).bearer_auth(&app.token)).status, 204);
        let token = |fields: Value| {
            let mut grant = json!({ "name": "test", "role": "owner" });
            grant.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            app.post_as_owner(&format!("{CLUSTER}/tokens"), &grant).ok(201)
        };
        let text = |token: &Value| Shows::Bearer(token["token"].as_str().unwrap().to_owned());
        let expired = token(json!({ "expires_at": "2026-03-02T09:00:01Z" }));
        app.advance(TimeDelta::seconds(1));
        let revoked = token(json!({}));
        let revoke = format!("{CLUSTER}/tokens/{}", revoked["id"].as_str().unwrap());
        assert_eq!(Answer::of(app.request(Method::DELETE, &revoke).bearer_auth(&app.token)).status, 204);
        let ticket_type = app.post_as_owner(&format!("{EVENT}/ticket-types"), &json!({ "name": "Press" })).ok(201);
        let invite = invited(&app);
        let guests = guests(&app);
        let series = app.post_as_owner(&format!("{CLUSTER}/series"), &json!({ "title": "Digital Days" })).ok(201);
        say_something_else(&app);
        let (column_set, import) = spreadsheets(&app, &registration);
        let spare = token(json!({}));
        let devices = format!("{EVENT}/devices");
        let opened = app.post_as_owner(&devices, &json!({ "name": "Left", "walk_ins": true })).ok(201);
        let paired = app.post("/api/v1/devices/pair", &json!({ "code": opened["pairing_code"] })).ok(201);
        let device = app.post_as_owner(&devices, &json!({ "name": "Spare" })).ok(201);
        let campaign = campaign(&app);
        let everybody = vec![
            Shows::Nothing,
            Shows::Bearer("turnout_nobody_has_ever_issued_this".to_owned()),
            text(&revoked),
            text(&expired),
            Shows::Cookie(removed),
            Shows::Cookie(app.member("stranger", "owner@stranger.example", Role::Owner)),
            Shows::Bearer(app.manage_token(&other)),
            Shows::Bearer(app.manage_token(&registration)),
            text(&token(json!({ "scopes": ["messages:write"] }))),
            text(&token(json!({ "events": [other_event["id"]] }))),
            none,
            aggregate,
            Shows::Bearer(app.token_of("ict-cluster", Role::Door)),
            Shows::Bearer(app.token_of("ict-cluster", Role::Viewer)),
            full,
            Shows::Cookie(editor),
            Shows::Bearer(app.token.clone()),
        ];
        Self {
            event,
            registration,
            list,
            check_in: check_in["check_in_id"].clone(),
            message: message["id"].clone(),
            member: member("viewer@cluster.example"),
            invite: invite["id"].clone(),
            series: series["id"].clone(),
            column_set: column_set["id"].clone(),
            import: import["id"].clone(),
            invitation: guests["results"][0]["invitation"]["id"].clone(),
            token: spare["id"].clone(),
            campaign: campaign["id"].clone(),
            device: device["id"].clone(),
            paired: text(&paired),
            session: session["id"].clone(),
            ticket_type: ticket_type["id"].clone(),
            question: question["id"].clone(),
            code: code["id"].clone(),
            everybody,
            app,
        }
    }

    /// A path of the document, leading to what there is, or to nothing.
    pub fn fill(&self, path: &str, nothing: bool) -> String {
        let thing = |id: &Value| if nothing { NOTHING.to_owned() } else { id.as_str().unwrap().to_owned() };
        let id = if path.contains("/check-ins/{id}") {
            &self.check_in
        } else if path.contains("/messages/{id}") {
            &self.message
        } else {
            &self.registration["id"]
        };
        let organization = if path.contains("/hosts/") { "full" } else { "ict-cluster" };
        path.replace("{event}", &thing(&self.event["id"]))
            .replace("{organization}", &thing(&json!(organization)))
            .replace("{member}", &thing(&self.member))
            .replace("{invite}", &thing(&self.invite))
            .replace("{series}", &thing(&self.series))
            .replace("{column_set}", &thing(&self.column_set))
            .replace("{import}", &thing(&self.import))
            .replace("{invitation}", &thing(&self.invitation))
            .replace("{token}", &thing(&self.token))
            .replace("{campaign}", &thing(&self.campaign))
            .replace("{device}", &thing(&self.device))
            .replace("{session}", &thing(&self.session))
            .replace("{ticket_type}", &thing(&self.ticket_type))
            .replace("{code}", &thing(&self.code))
            .replace("{question}", &thing(&self.question))
            .replace("{key}", &thing(&json!("photos")))
            .replace("{kind}", &thing(&json!("confirmed")))
            .replace("{language}", &thing(&json!("en")))
            .replace("{list}", &thing(&json!(self.list)))
            .replace("{id}", &thing(id))
    }

    fn call(&self, caller: usize, method: &str, path: &str) -> Answer {
        self.call_as(&self.everybody[caller], CALLERS[caller], method, path)
    }

    fn call_as(&self, shows: &Shows, name: &str, method: &str, path: &str) -> Answer {
        let method_name = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let mut request = match shows {
            Shows::Nothing => self.app.request(method_name, path),
            Shows::Bearer(token) => self.app.request(method_name, path).bearer_auth(token),
            Shows::Cookie(cookie) => self.app.request_with(cookie, method_name, path),
        };
        if let Some(body) = body(name, method, path, &self.ticket_type) {
            request = request.header("If-Match", "*").json(&body);
        }
        Answer::of(request)
    }
}

/// Somebody who is invited to become a member.
fn invited(app: &TestApp) -> Value {
    let invite = json!({ "email": "new@cluster.example", "role": "viewer" });
    app.post_as_owner(&format!("{CLUSTER}/invites"), &invite).ok(201)
}

fn session(app: &TestApp) -> Value {
    let session = json!({ "title": "A", "starts_at": "2026-06-08T08:00:00Z", "ends_at": "2026-06-08T09:00:00Z" });
    app.post_as_owner(&format!("{EVENT}/sessions"), &session).ok(201)
}

fn guests(app: &TestApp) -> Value {
    let guests = json!({ "people": [{ "first_name": "Guest", "email": "guest@museum.example" }] });
    app.post_as_owner(&format!("{EVENT}/invitations"), &guests).ok(200)
}

fn campaign(app: &TestApp) -> Value {
    let campaign = json!({ "subject": { "en": "News" }, "body": { "en": "Come by tram." } });
    app.post_as_owner(&format!("{EVENT}/campaigns"), &campaign).ok(201)
}

/// An organizer's own words in a letter.
fn say_something_else(app: &TestApp) {
    let request = app.request(Method::PUT, &format!("{EVENT}/letters/confirmed/en")).bearer_auth(&app.token);
    assert_eq!(Answer::of(request.json(&json!({ "body": "Dear {name}," }))).status, 201);
}

pub fn body(caller: &str, method: &str, path: &str, ticket_type: &Value) -> Option<Value> {
    let last = path.rsplit('/').next().unwrap();
    Some(match (method, last) {
        ("get" | "delete", _) => return None,
        ("post", "events") => {
            json!({ "title": "X", "starts_at": "2026-06-08T09:00:00Z", "ends_at": "2026-06-08T10:00:00Z" })
        }
        ("post", "devices") => json!({ "name": "Right" }),
        ("post", "pair") => json!({ "code": "ABCDEFGH" }),
        ("post", "paper") => json!({ "codes": ["ABCDEFGH"] }),
        ("post", "campaigns") => json!({ "subject": { "en": "News" }, "body": { "en": "Bring an umbrella." } }),
        ("post", "search") => json!({ "name": "ada" }),
        ("post", "registrations" | "walk-ins") => {
            let email = format!("{}.{last}@example.org", caller.trim_matches('.'));
            json!({ "attendee": { "first_name": "X", "email": email }, "ticket_type": ticket_type })
        }
        ("post", "check-ins") => json!({ "ticket": "x" }),
        ("post", "batch") => {
            json!({ "check_ins": [{ "ticket": "x", "nonce": "n", "occurred_at": "2026-03-02T09:00:00Z" }] })
        }
        ("post", "settle") => json!({ "decision": "keep", "reason": "x" }),
        ("patch", "attendance-rule") => json!({ "rule": "all" }),
        ("put", _) | ("post", "preview") => json!({ "body": "Dear {name}," }),
        ("patch", "letter-settings") => json!({ "reminders": ["1_day"] }),
        ("post", "check-in-lists") => json!({ "name": "Workshop" }),
        ("post", "sessions") if path.contains("/events/") => {
            json!({ "title": "B", "starts_at": "2026-06-08T08:00:00Z", "ends_at": "2026-06-08T09:00:00Z" })
        }
        ("post", "ticket-types") => json!({ "name": "Speaker" }),
        ("post", "access-codes") => json!({ "code": "VIP" }),
        ("post", "questions") => json!({ "key": "size", "kind": "text", "label": { "en": "Size" } }),
        ("post", "consents") => json!({ "key": "news", "purpose": "newsletter", "text": { "en": "News" } }),
        ("patch", _) if path.contains("/consents/") => json!({ "text": { "en": "Photos, again" } }),
        ("post", "promote") => json!({ "reason": "a guest of honor" }),
        ("post", "prioritize") => json!({ "priority": 1 }),
        ("post", "approve" | "reject") if path.contains("/events/") => json!({ "ids": [NOTHING] }),
        ("post", "bulk") => json!({ "deed": "resend", "ids": [NOTHING] }),
        ("post", "transfer") => json!({ "attendee": { "first_name": "Y", "email": "y@example.org" } }),
        ("post", "duplicate") => json!({ "starts_at": "2027-06-08T09:00:00Z" }),
        ("post", "annul") => json!({ "reason": "x" }),
        ("post", "hosts") => json!({ "organization": "stranger", "role": "venue", "data_access": "none" }),
        ("post", "organizations") => json!({ "name": format!("Organization {caller}") }),
        ("post", "series") => json!({ "title": "Weeks" }),
        ("post", "column-sets") => json!({ "name": "Badges", "kind": "attendance", "columns": ["code"] }),
        ("post", "invites") => json!({ "email": "x@example.org", "role": "door" }),
        ("post", "tokens") => json!({ "name": "x", "role": "door" }),
        ("post", "sessions") => {
            json!({ "email": format!("{}@nobody.example", caller.trim_matches('.')), "password": PASSWORD })
        }
        ("post", "password-resets") => json!({ "email": "viewer@cluster.example" }),
        ("post", "complete") => json!({ "token": "R1.x", "password": PASSWORD }),
        ("post", "accept" | "read") if path.contains("/invites/") => json!({ "token": "I1.x" }),
        ("post", "invitations") => json!({ "people": [{ "first_name": "X", "email": "x@example.org" }] }),
        ("post", "read" | "accept" | "decline") if path.ends_with(&format!("/invitations/{last}")) => {
            json!({ "token": "G1.x" })
        }
        ("post", "password") => {
            json!({ "current_password": "wrong and long enough", "password": "another one, and long" })
        }
        ("post", "second-factor") => json!({ "current_password": "wrong and long enough" }),
        ("post", "confirm") => json!({ "one_time_code": "000000" }),
        ("post", "remove") => json!({ "current_password": "wrong and long enough", "one_time_code": "000000" }),
        ("patch", _) if path.contains("/members/") => json!({ "role": "viewer" }),
        _ => json!({}),
    })
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
