//! HTTP in JSON.

mod registrations;
