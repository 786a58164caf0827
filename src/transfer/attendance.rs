//! Who was at which check-in list: a row for each registration and list, or a row for each registration.

use std::collections::HashMap;
use std::io::Write;

use super::cells::{Cells, TimePart};
use super::export::{Headers, Prepared, Walk, ids};
use super::sheet::Sheet;
use super::workbook::Workbook;
use super::{AttendanceColumn, Column, labels};
use crate::checkins::{CheckInList, ListAttendance, Presence};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::registrations::{Registration, Vias};
use crate::store::{Db, SessionId};
use crate::text_enum;

text_enum! {
    /// What a row of an attendance file is.
    pub enum Layout {
        /// One registration at one list.
        Long = "long",
        /// One registration, with columns for each list: `attended.<id of the list>`.
        Wide = "wide",
    }
}

impl Layout {
    /// Fails if one of these columns has no place in it.
    ///
    /// # Errors
    /// `Invalid`: `unknown_column`.
    pub fn takes(self, chosen: Option<&[AttendanceColumn]>) -> Result<()> {
        if self == Self::Wide && chosen.is_some_and(|chosen| chosen.contains(&AttendanceColumn::List)) {
            let detail = "there is no column \"list\" in this layout: each list has columns of its own";
            return Err(Error::invalid("columns", "unknown_column", detail));
        }
        Ok(())
    }
}

/// An attendance file that is to be written.
pub struct AttendanceFile<'a> {
    /// What is wanted.
    pub export: &'a Prepared<AttendanceColumn>,
    /// What a row is.
    pub layout: Layout,
    /// Now: whoever is inside has been so until then.
    pub now: Timestamp,
}

/// Writes who was at which of an event's lists as CSV to `out`, a batch at a time: run it inside one read. Tells of those
/// who have a seat and of those who were let in, in the order in which they registered, and of each at every list.
/// Returns how many rows there are, the header aside.
///
/// # Errors
/// `Internal` if `out` takes no more.
pub fn attendance(db: &mut Db, event: &Event, file: &AttendanceFile<'_>, out: &mut impl Write) -> Result<u64> {
    let plan = Plan::of(db, event, file)?;
    let mut sheet = Sheet::begin(out, (file.export.dialect, file.export.locale), event.tz(), &plan.names)?;
    plan.fill(db, event, file, &mut sheet)?;
    sheet.finish()
}

/// The same as an XLSX workbook.
///
/// # Errors
/// `Internal` if `out` takes no more.
pub fn attendance_xlsx(db: &mut Db, event: &Event, file: &AttendanceFile<'_>, out: &mut impl Write) -> Result<u64> {
    let plan = Plan::of(db, event, file)?;
    let title = labels::attendance_sheet(file.export.locale);
    let mut book = Workbook::begin(title, &plan.names, event.tz(), out)?;
    plan.fill(db, event, file, &mut book)?;
    book.finish()
}

/// What stands in each row.
struct Plan {
    lists: Vec<CheckInList>,
    /// The columns; of which list, if each has its own.
    columns: Vec<(AttendanceColumn, Option<usize>)>,
    names: Vec<String>,
}

impl Plan {
    fn of(db: &mut Db, event: &Event, file: &AttendanceFile<'_>) -> Result<Self> {
        let lists = CheckInList::of_event(db, event.id)?;
        let chosen = file.export.columns().iter().copied().zip(file.export.names());
        if file.layout == Layout::Long {
            let (columns, names) = chosen.map(|(column, name)| ((column, None), name.clone())).unzip();
            return Ok(Self { lists, columns, names });
        }
        let (mut columns, mut names) = (Vec::new(), Vec::new());
        for (column, name) in chosen.clone().filter(|(column, _)| !column.is_of_list()) {
            columns.push((column, None));
            names.push(name.clone());
        }
        for (index, list) in lists.iter().enumerate() {
            for (column, name) in chosen.clone().filter(|(column, _)| column.is_of_list()) {
                if column == AttendanceColumn::List {
                    continue;
                }
                columns.push((column, Some(index)));
                names.push(match file.export.headers {
                    Headers::Keys => format!("{}.{}", column.key(), list.id),
                    Headers::Labels => format!("{}: {name}", list.name),
                });
            }
        }
        Ok(Self { lists, columns, names })
    }

    fn fill(&self, db: &mut Db, event: &Event, file: &AttendanceFile<'_>, sheet: &mut impl Cells) -> Result<()> {
        let walk = Walk { event: event.id, filter: &file.export.filter, done: &file.export.done };
        let asks = |wanted: &[AttendanceColumn]| self.columns.iter().any(|(column, _)| wanted.contains(column));
        let by_session = self.lists.iter().any(|list| !list.sessions.0.is_empty());
        let asks_for_sessions = by_session && asks(&[AttendanceColumn::Expected, AttendanceColumn::NoShow]);
        let (asks_for_via, mut vias) = (asks(&[AttendanceColumn::Via]), Vias::default());
        walk.each(db, |db, batch| {
            if asks_for_via {
                vias.learn(db, batch)?;
            }
            let sessions =
                if asks_for_sessions { Registration::sessions_of_all(db, &ids(batch))? } else { HashMap::new() };
            let visits = walk.visits(db, batch)?;
            for registration in batch {
                let at = |list: &CheckInList| visits.get(&(registration.id, list.id)).copied().unwrap_or_default();
                if !registration.seated && self.lists.iter().all(|list| at(list).entries == 0) {
                    continue;
                }
                let chosen = sessions.get(&registration.id).map_or(&[][..], Vec::as_slice);
                let row = Row { event, registration, chosen, via: vias.of(registration), now: file.now };
                match file.layout {
                    Layout::Long => {
                        for list in &self.lists {
                            for (column, _) in &self.columns {
                                row.write(sheet, *column, Some((list, &at(list))))?;
                            }
                            sheet.end_row()?;
                        }
                    }
                    Layout::Wide => {
                        for (column, of) in &self.columns {
                            let list = of.and_then(|index| self.lists.get(index));
                            let presence = list.map(at).unwrap_or_default();
                            row.write(sheet, *column, list.map(|list| (list, &presence)))?;
                        }
                        sheet.end_row()?;
                    }
                }
            }
            Ok(())
        })
    }
}

/// Somebody of whom a row tells.
struct Row<'a> {
    event: &'a Event,
    registration: &'a Registration,
    chosen: &'a [SessionId],
    via: Option<&'a String>,
    now: Timestamp,
}

impl Row<'_> {
    fn write(
        &self,
        sheet: &mut impl Cells,
        column: AttendanceColumn,
        at: Option<(&CheckInList, &Presence)>,
    ) -> Result<()> {
        let registration = self.registration;
        match (column, at) {
            (AttendanceColumn::Code, _) => sheet.text(&registration.code),
            (AttendanceColumn::FirstName, _) => sheet.text(&registration.first_name),
            (AttendanceColumn::LastName, _) => sheet.optional(registration.last_name.as_ref()),
            (AttendanceColumn::Email, _) => sheet.text(&registration.email),
            (AttendanceColumn::Organization, _) => sheet.optional(registration.organization.as_ref()),
            (AttendanceColumn::Status, _) => sheet.text(registration.status.as_str()),
            (AttendanceColumn::Via, _) => sheet.optional(self.via),
            (_, Some((list, presence))) => self.write_of_list(sheet, column, list, presence),
            (_, None) => sheet.text(""),
        }
    }

    fn write_of_list(
        &self,
        sheet: &mut impl Cells,
        column: AttendanceColumn,
        list: &CheckInList,
        presence: &Presence,
    ) -> Result<()> {
        let expected = || ListAttendance::is_expected(list, self.registration, self.chosen);
        match column {
            AttendanceColumn::List => sheet.text(&list.name),
            AttendanceColumn::Expected => sheet.flag(expected()),
            AttendanceColumn::Attended => sheet.flag(presence.entries > 0),
            AttendanceColumn::FirstEntryAt => sheet.time(presence.first_entry_at, TimePart::Whole),
            AttendanceColumn::FirstEntryDate => sheet.time(presence.first_entry_at, TimePart::Date),
            AttendanceColumn::FirstEntryTime => sheet.time(presence.first_entry_at, TimePart::Clock),
            AttendanceColumn::LastExitAt => sheet.time(presence.last_exit_at, TimePart::Whole),
            AttendanceColumn::LastExitDate => sheet.time(presence.last_exit_at, TimePart::Date),
            AttendanceColumn::LastExitTime => sheet.time(presence.last_exit_at, TimePart::Clock),
            AttendanceColumn::Entries => sheet.whole(presence.entries),
            AttendanceColumn::Exits => sheet.whole(presence.exits),
            AttendanceColumn::MinutesInside => {
                sheet.whole(ListAttendance::minutes_inside(self.event, list, presence, self.now))
            }
            AttendanceColumn::NoShow => {
                sheet.flag(expected() && ListAttendance::no_show(self.event, list, presence, self.now))
            }
            AttendanceColumn::Code
            | AttendanceColumn::FirstName
            | AttendanceColumn::LastName
            | AttendanceColumn::Email
            | AttendanceColumn::Organization
            | AttendanceColumn::Status
            | AttendanceColumn::Via => self.write(sheet, column, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Actor;
    use crate::letters::fixture::Fixture;
    use crate::registrations::{Filter, RegistrationStatus, cancel};
    use crate::transfer::{Dialect, Export, read_columns};
    use crate::values::Language;

    fn file(fixture: &Fixture, columns: Option<&str>, filter: Filter) -> String {
        let columns = columns.map(|text| read_columns(text).unwrap());
        let (dialect, locale) = (Dialect::Rfc4180, Language::English);
        let export = Export { filter, columns, headers: Headers::Keys, dialect, locale };
        let (mut file, now) = (Vec::new(), crate::letters::fixture::at("2026-06-08T16:00:00Z"));
        let rows = fixture.read(|db| {
            let export = export.for_event(db, &fixture.event)?;
            attendance(db, &fixture.event, &AttendanceFile { export: &export, layout: Layout::Long, now }, &mut file)
        });
        let rows = rows.unwrap();
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
                "code,first_name,last_name,email,organization,status,list,expected,attended,first_entry_at,last_exit_at,\
                 entries,exits,minutes_inside,no_show,via\r\n\
                 {c},Camille,Weber,camille@museum.example,,confirmed,Entrance,true,false,,,0,0,0,true,\r\n\
                 {c},Camille,Weber,camille@museum.example,,confirmed,Workshop,true,true,2026-06-08T09:05:00+02:00,\
                 2026-06-08T10:00:00+02:00,1,1,55,false,\r\n\
                 {j},Jos,Weber,jos@museum.example,,confirmed,Entrance,true,false,,,0,0,0,true,\r\n\
                 {j},Jos,Weber,jos@museum.example,,confirmed,Workshop,true,false,,,0,0,0,true,\r\n",
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
