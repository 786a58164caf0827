//! What Turnout promises, tried through its doors.

#![allow(unreachable_pub, missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod support;
mod vectors;

mod api;
mod cli;
mod floors;
mod journeys;
mod openapi;
mod routes_alike;
mod routes_guarded;
mod routes_world;
mod store;
mod web;
