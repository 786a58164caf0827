//! Turnout: event registration and attendance. One program that publishes events, takes registrations, sends the
//! confirmations, checks people in, and hands the organizer the truth as a CSV file.
//!
//! `docs/ARCHITECTURE.md` shows the floors of this house; who stands higher may lean on who stands lower.

pub mod error;

pub mod clock;
pub mod keys;
pub mod values;

pub mod store;

pub mod audit;
pub mod mail;

pub mod access;
pub mod checkins;
pub mod events;
pub mod organizations;
pub mod registrations;

pub mod letters;
pub mod transfer;
