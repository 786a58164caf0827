//! Whole journeys, in fair and foul weather.

mod announce_once;
mod batch_crash;
mod crash;
mod expire_once;
mod graceful_stop;
mod hosts_property;
mod mail_arrives;
mod mail_hostile;
mod mail_paused;
mod mail_refused;
pub mod mail_signed;
mod mail_undeliverable;
mod mail_unknown;
mod many_crash;
mod rush;
mod spreadsheets;
mod visitor;
mod walk;
mod walk_deeds;
mod walk_invited;
mod walk_model;
mod walk_parts;
mod walk_place;
mod walk_processes;
mod walk_standing;
mod walk_trail;
