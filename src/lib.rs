//! Turnout: event registration and attendance. One program that publishes events, takes registrations, sends the
//! confirmations, checks people in, and hands the organizer the truth as a CSV file.
//!
//! The modules stand below in the order of the floors of the house: who stands lower on this page may lean on who
//! stands higher, never the other way. `docs/ARCHITECTURE.md` says why, and a test checks it.

// ground
pub mod clock;
pub mod config;
pub mod error;
pub mod keys;
pub mod telemetry;
pub mod values;

pub mod store;

// house
pub mod audit;
pub mod mail;

// domains
pub mod organizations;

pub mod events;

pub mod access;

pub mod registrations;

pub mod campaigns;
pub mod checkins;

pub mod letters;

pub mod transfer;

pub mod statistics;

// doors
pub mod api;
pub mod cli;
pub mod web;
pub mod worker;

pub mod app;
