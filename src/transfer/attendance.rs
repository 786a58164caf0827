//! One row for each registration and check-in list.

use std::io::Write;

use super::export::Walk;
use super::sheet::Sheet;
use super::{AttendanceColumn, Export};
use crate::checkins::{CheckInList, Presence};
use crate::error::Result;
use crate::events::Event;
use crate::registrations::{Registration, RegistrationStatus, Vias};
use crate::store::Db;

/// Writes who was at which of an event's lists to `out`, a batch at a time: run it inside one read. Tells of those who
/// are confirmed and of those who were let in, in the order in which they registered, and of each at every list.
/// Returns how many rows there are, the header aside.
///
/// # Errors
/// `Internal` if `out` takes no more.
pub fn attendance(db: &mut Db, event: &Event, export: &Export<AttendanceColumn>, out: &mut impl Write) -> Result<u64> {
    let mut sheet = Sheet::begin(out, (export.dialect, export.locale), event.tz(), export.header())?;
    let lists = CheckInList::of_event(db, event.id)?;
    let walk = Walk { event: event.id, filter: &export.filter };
    let columns = export.columns();
    let (asks_for_via, mut vias) = (columns.contains(&AttendanceColumn::Via), Vias::default());
    walk.each(db, |db, batch| {
        if asks_for_via {
            vias.learn(db, batch)?;
        }
        let visits = walk.visits(db, batch)?;
        for registration in batch {
            let at = |list: &CheckInList| visits.get(&(registration.id, list.id)).copied().unwrap_or_default();
            let expected = registration.status == RegistrationStatus::Confirmed;
            if !expected && lists.iter().all(|list| at(list).entries == 0) {
                continue;
            }
            for list in &lists {
                let presence = at(list);
                for column in columns.iter() {
                    write(&mut sheet, *column, registration, list, &presence, vias.of(registration))?;
                }
                sheet.end_row()?;
            }
        }
        Ok(())
    })?;
    sheet.finish()
}

fn write<W: Write>(
    sheet: &mut Sheet<W>,
    column: AttendanceColumn,
    registration: &Registration,
    list: &CheckInList,
    presence: &Presence,
    via: Option<&String>,
) -> Result<()> {
    match column {
        AttendanceColumn::Code => sheet.text(&registration.code),
        AttendanceColumn::FirstName => sheet.text(&registration.first_name),
        AttendanceColumn::LastName => sheet.optional(registration.last_name.as_ref()),
        AttendanceColumn::Email => sheet.text(&registration.email),
        AttendanceColumn::Organization => sheet.optional(registration.organization.as_ref()),
        AttendanceColumn::Status => sheet.text(registration.status.as_str()),
        AttendanceColumn::List => sheet.text(&list.name),
        AttendanceColumn::Attended => sheet.flag(presence.entries > 0),
        AttendanceColumn::FirstEntryAt => sheet.time(presence.first_entry_at),
        AttendanceColumn::LastExitAt => sheet.time(presence.last_exit_at),
        AttendanceColumn::Entries => sheet.number(presence.entries),
        AttendanceColumn::Exits => sheet.number(presence.exits),
        AttendanceColumn::Via => sheet.optional(via),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Actor;
    use crate::letters::fixture::Fixture;
    use crate::registrations::{Filter, cancel};
    use crate::transfer::{Dialect, read_columns};
    use crate::values::Language;

    fn file(fixture: &Fixture, columns: Option<&str>, filter: Filter) -> String {
        let columns = columns.map(|text| read_columns(text).unwrap());
        let export = Export { filter, columns, dialect: Dialect::Rfc4180, locale: Language::English };
        let mut file = Vec::new();
        let rows = fixture.read(|db| attendance(db, &fixture.event, &export, &mut file)).unwrap();
        let file = String::from_utf8(file).unwrap();
        assert_eq!(rows + 1, file.matches("\r\n").count() as u64);
        file
    }

    #[test]
    fn everybody_who_is_expected_has_a_row_at_every_list() {
        let fixture = Fixture::new(Some(2));
        fixture.open_list("Workshop");
        let camille = fixture.register("Camille", "camille@museum.example");
        let jos = fixture.register("Jos", "jos@museum.example");
        fixture.register("Léa, who waits", "lea@museum.example");
        fixture.check_in(&camille, 1, "2026-06-08T07:05:00Z");
        fixture.check_out(&camille, 1, "2026-06-08T08:00:00Z");
        assert_eq!(
            file(&fixture, None, Filter::default()),
            format!(
                "code,first_name,last_name,email,organization,status,list,attended,first_entry_at,last_exit_at,\
                 entries,exits,via\r\n\
                 {c},Camille,Weber,camille@museum.example,,confirmed,Entrance,false,,,0,0,\r\n\
                 {c},Camille,Weber,camille@museum.example,,confirmed,Workshop,true,2026-06-08T09:05:00+02:00,\
                 2026-06-08T10:00:00+02:00,1,1,\r\n\
                 {j},Jos,Weber,jos@museum.example,,confirmed,Entrance,false,,,0,0,\r\n\
                 {j},Jos,Weber,jos@museum.example,,confirmed,Workshop,false,,,0,0,\r\n",
                c = camille.code,
                j = jos.code
            )
        );
    }

    #[test]
    fn who_was_let_in_stays_in_the_file_whatever_became_of_the_registration() {
        let fixture = Fixture::new(None);
        let camille = fixture.register("Camille", "camille@museum.example");
        let jos = fixture.register("Jos", "jos@museum.example");
        fixture.check_in(&camille, 0, "2026-06-08T07:05:00Z");
        for id in [camille.id, jos.id] {
            let now = fixture.now;
            fixture.write(move |db| cancel(db, &Actor::SYSTEM, id, None, crate::registrations::Hand::default(), now));
        }
        let cancelled = Filter { statuses: vec![RegistrationStatus::Cancelled], ..Filter::default() };
        for filter in [Filter::default(), cancelled] {
            assert_eq!(
                file(&fixture, Some("first_name,status,attended"), filter),
                "first_name,status,attended\r\nCamille,cancelled,true\r\n"
            );
        }
    }
}
