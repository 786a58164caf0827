//! One row for each registration.

use std::collections::HashMap;
use std::io::Write;

use super::export::{Walk, ids};
use super::sheet::Sheet;
use super::{Export, FixedColumn, ParticipantColumn};
use crate::checkins::Attendance;
use crate::error::Result;
use crate::events::Event;
use crate::registrations::{Consent, Registration, Vias};
use crate::store::Db;

/// Writes an event's registrations to `out`, in the order in which they came in, a batch at a time: run it inside one
/// read. Returns how many rows there are, the header aside.
///
/// # Errors
/// `Internal` if `out` takes no more.
pub fn participants(
    db: &mut Db,
    event: &Event,
    export: &Export<ParticipantColumn>,
    out: &mut impl Write,
) -> Result<u64> {
    let mut sheet = Sheet::begin(out, (export.dialect, export.locale), event.tz(), export.header())?;
    let walk = Walk { event: event.id, filter: &export.filter };
    let columns = export.columns();
    let asks_for = |some: &[FixedColumn]| {
        columns.iter().any(|column| matches!(column, ParticipantColumn::Fixed(fixed) if some.contains(fixed)))
    };
    let asks_for_attendance = asks_for(&[FixedColumn::Attended, FixedColumn::FirstEntryAt, FixedColumn::LastExitAt]);
    let asks_for_consents = columns.iter().any(|column| matches!(column, ParticipantColumn::Consent(_)));
    let (asks_for_via, mut vias) = (asks_for(&[FixedColumn::Via]), Vias::default());
    walk.each(db, |db, batch| {
        if asks_for_via {
            vias.learn(db, batch)?;
        }
        let attendances = if asks_for_attendance { walk.attendance(db, batch)? } else { HashMap::default() };
        let consents = if asks_for_consents { Consent::of_all(db, &ids(batch))? } else { HashMap::default() };
        for registration in batch {
            let attendance = attendances.get(&registration.id).copied().unwrap_or_default();
            for column in columns.iter() {
                match column {
                    ParticipantColumn::Fixed(column) => {
                        write(&mut sheet, *column, registration, &attendance, vias.of(registration))?;
                    }
                    ParticipantColumn::Answer(key) => {
                        let answers = registration.answers.as_ref();
                        sheet.answer(answers.and_then(|answers| answers.0.get(key.as_str())))?;
                    }
                    ParticipantColumn::Consent(key) => {
                        let said = consents.get(&registration.id).and_then(|given| given.get(key.as_str()));
                        sheet.flag(said.is_some_and(|said| said.consent.withdrawn_at.is_none()))?;
                    }
                }
            }
            sheet.end_row()?;
        }
        Ok(())
    })?;
    sheet.finish()
}

fn write<W: Write>(
    sheet: &mut Sheet<W>,
    column: FixedColumn,
    registration: &Registration,
    attendance: &Attendance,
    via: Option<&String>,
) -> Result<()> {
    match column {
        FixedColumn::Id => sheet.shown(&registration.id),
        FixedColumn::Code => sheet.text(&registration.code),
        FixedColumn::Status => sheet.text(registration.status.as_str()),
        FixedColumn::FirstName => sheet.text(&registration.first_name),
        FixedColumn::LastName => sheet.optional(registration.last_name.as_ref()),
        FixedColumn::Email => sheet.text(&registration.email),
        FixedColumn::Organization => sheet.optional(registration.organization.as_ref()),
        FixedColumn::JobTitle => sheet.optional(registration.job_title.as_ref()),
        FixedColumn::Phone => sheet.optional(registration.phone.as_ref()),
        FixedColumn::Country => sheet.optional(registration.country.as_ref()),
        FixedColumn::Locale => sheet.text(registration.locale.as_str()),
        FixedColumn::Source => sheet.text(registration.source.as_str()),
        FixedColumn::ExternalRef => sheet.optional(registration.external_ref.as_ref()),
        FixedColumn::Attended => sheet.flag(attendance.attended),
        FixedColumn::FirstEntryAt => sheet.time(attendance.first_entry_at),
        FixedColumn::LastExitAt => sheet.time(attendance.last_exit_at),
        FixedColumn::CreatedAt => sheet.time(Some(registration.created_at)),
        FixedColumn::UpdatedAt => sheet.time(Some(registration.updated_at)),
        FixedColumn::Via => sheet.optional(via),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::fixture::Fixture;
    use crate::registrations::Filter;
    use crate::transfer::{Dialect, read_columns};
    use crate::values::Language;

    fn export(columns: Option<&str>, filter: Filter) -> Export<ParticipantColumn> {
        let columns = columns.map(|text| read_columns(text).unwrap());
        Export { filter, columns, dialect: Dialect::Rfc4180, locale: Language::English }
    }

    fn file(fixture: &Fixture, export: &Export<ParticipantColumn>) -> String {
        let mut file = Vec::new();
        let rows = fixture.read(|db| participants(db, &fixture.event, export, &mut file)).unwrap();
        let file = String::from_utf8(file).unwrap();
        assert_eq!(rows + 1, file.matches("\r\n").count() as u64);
        file
    }

    #[test]
    fn every_registration_is_a_row_with_its_times_on_the_clocks_of_the_event() {
        let fixture = Fixture::new(Some(1));
        let camille = fixture.register("Camille", "camille@museum.example");
        let jos = fixture.register("Jos", "jos@museum.example");
        fixture.check_in(&camille, 0, "2026-06-08T07:05:00Z");
        let (c, j) = (&camille, &jos);
        assert_eq!(
            file(&fixture, &export(None, Filter::default())),
            format!(
                "id,code,status,first_name,last_name,email,organization,job_title,phone,country,locale,source,\
                 external_ref,attended,first_entry_at,last_exit_at,created_at,updated_at,via\r\n\
                 {},{},confirmed,Camille,Weber,camille@museum.example,,,,,en,api,,true,2026-06-08T09:05:00+02:00,,\
                 2026-05-01T12:00:00+02:00,2026-05-01T12:00:00+02:00,\r\n\
                 {},{},waitlisted,Jos,Weber,jos@museum.example,,,,,en,api,,false,,,\
                 2026-05-01T12:00:00+02:00,2026-05-01T12:00:00+02:00,\r\n",
                c.id, c.code, j.id, j.code
            )
        );
    }

    #[test]
    fn a_filter_narrows_and_a_choice_of_columns_is_kept() {
        let fixture = Fixture::new(None);
        let camille = fixture.register("Camille", "camille@museum.example");
        fixture.register("Jos", "jos@museum.example");
        let lea = fixture.register("Léa", "lea@museum.example");
        fixture.check_in(&camille, 0, "2026-06-08T07:05:00Z");
        fixture.check_in(&lea, 0, "2026-06-08T07:06:00Z");
        let there = Filter { attended: Some(true), ..Filter::default() };
        assert_eq!(
            file(&fixture, &export(Some("first_entry_at,first_name"), there)),
            "first_entry_at,first_name\r\n2026-06-08T09:05:00+02:00,Camille\r\n2026-06-08T09:06:00+02:00,Léa\r\n"
        );
    }

    #[test]
    fn no_registration_is_lost_or_doubled_between_batches() {
        let fixture = Fixture::new(None);
        for count in [999, 1, 1] {
            fixture.register_many(count);
            let emails = file(&fixture, &export(Some("email"), Filter::default()));
            let mut lines: Vec<&str> = emails.lines().skip(1).collect();
            let written = lines.len();
            lines.dedup();
            assert_eq!(lines.len(), written);
            let taken = fixture.read(|db| crate::events::Quota::of(db, fixture.event.id)).unwrap().taken;
            assert_eq!(i64::try_from(written).unwrap(), taken);
        }
    }
}
