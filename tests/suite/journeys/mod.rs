//! Whole journeys, in fair and foul weather.

mod crash;
mod graceful_stop;
mod hosts_property;
mod mail_arrives;
mod mail_refused;
mod mail_unknown;
mod rush;
mod walk;
mod walk_deeds;
mod walk_model;
mod walk_parts;
