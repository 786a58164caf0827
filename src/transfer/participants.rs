//! One row for each registration.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use super::cells::{Cells, TimePart, joined};
use super::export::{Prepared, Walk, ids};
use super::sheet::Sheet;
use super::workbook::Workbook;
use super::{FixedColumn, ParticipantColumn, labels};
use crate::checkins::Attendance;
use crate::error::Result;
use crate::events::{Event, Question, QuestionKind, TicketType};
use crate::registrations::{Consent, GivenConsent, Registration, Vias};
use crate::store::{Db, RegistrationId, SessionId, TicketTypeId};

/// Writes an event's registrations as CSV to `out`, in the order in which they came in, a batch at a time: run it inside
/// one read. Returns how many rows there are, the header aside.
///
/// # Errors
/// `Internal` if `out` takes no more.
pub fn participants(
    db: &mut Db,
    event: &Event,
    export: &Prepared<ParticipantColumn>,
    out: &mut impl Write,
) -> Result<u64> {
    let mut sheet = Sheet::begin(out, (export.dialect, export.locale), event.tz(), export.names())?;
    fill(db, event, export, &mut sheet)?;
    sheet.finish()
}

/// The same as an XLSX workbook.
///
/// # Errors
/// `Internal` if `out` takes no more.
pub fn participants_xlsx(
    db: &mut Db,
    event: &Event,
    export: &Prepared<ParticipantColumn>,
    out: &mut impl Write,
) -> Result<u64> {
    let title = labels::participants_sheet(export.locale);
    let mut book = Workbook::begin(title, export.names(), event.tz(), out)?;
    fill(db, event, export, &mut book)?;
    book.finish()
}

/// Writes a row for each registration.
fn fill(db: &mut Db, event: &Event, export: &Prepared<ParticipantColumn>, sheet: &mut impl Cells) -> Result<()> {
    let walk = Walk { event: event.id, filter: &export.filter, done: &export.done };
    let columns = export.columns();
    let needs = Needs::of(columns);
    let names = Names::of(db, event, &needs)?;
    let mut vias = Vias::default();
    walk.each(db, |db, batch| {
        if needs.has(Need::Via) {
            vias.learn(db, batch)?;
        }
        let beside = Beside::of(db, &walk, batch, &needs)?;
        for registration in batch {
            let attendance = beside.attendances.get(&registration.id).copied().unwrap_or_default();
            for column in columns {
                match column {
                    ParticipantColumn::Fixed(column) => {
                        write(sheet, *column, registration, &attendance, (&names, vias.of(registration)))?;
                    }
                    ParticipantColumn::Answer(key) => {
                        let answers = registration.answers.as_ref();
                        let kind = names.kinds.get(key.as_str()).copied().unwrap_or(QuestionKind::Text);
                        sheet.answer(answers.and_then(|answers| answers.0.get(key.as_str())), kind)?;
                    }
                    ParticipantColumn::Consent(key) => {
                        let said = beside.consents.get(&registration.id).and_then(|given| given.get(key.as_str()));
                        sheet.flag(said.is_some_and(|said| said.consent.withdrawn_at.is_none()))?;
                    }
                    ParticipantColumn::Session(session) => {
                        let chosen = beside.sessions.get(&registration.id);
                        sheet.flag(chosen.is_some_and(|chosen| chosen.contains(session)))?;
                    }
                }
            }
            sheet.end_row()?;
        }
        Ok(())
    })
}

/// What has to be looked up for some columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Attendance,
    Consents,
    Sessions,
    Answers,
    TicketTypes,
    Via,
}

/// What has to be looked up for the columns that are wanted.
struct Needs(Vec<Need>);

impl Needs {
    fn of(columns: &[ParticipantColumn]) -> Self {
        let need = |column: &ParticipantColumn| match column {
            ParticipantColumn::Answer(_) => Some(Need::Answers),
            ParticipantColumn::Consent(_) => Some(Need::Consents),
            ParticipantColumn::Session(_) => Some(Need::Sessions),
            ParticipantColumn::Fixed(column) => match column {
                FixedColumn::Attended
                | FixedColumn::FirstEntryAt
                | FixedColumn::FirstEntryDate
                | FixedColumn::FirstEntryTime
                | FixedColumn::LastExitAt
                | FixedColumn::LastExitDate
                | FixedColumn::LastExitTime => Some(Need::Attendance),
                FixedColumn::TicketType => Some(Need::TicketTypes),
                FixedColumn::Via => Some(Need::Via),
                _ => None,
            },
        };
        Self(columns.iter().filter_map(need).collect())
    }

    fn has(&self, need: Need) -> bool {
        self.0.contains(&need)
    }
}

/// What is the same for all rows.
struct Names {
    ticket_types: HashMap<TicketTypeId, String>,
    kinds: HashMap<String, QuestionKind>,
}

impl Names {
    fn of(db: &mut Db, event: &Event, needs: &Needs) -> Result<Self> {
        let types = if needs.has(Need::TicketTypes) { TicketType::of_event(db, event.id)? } else { Vec::new() };
        let questions = if needs.has(Need::Answers) { Question::of_event(db, event.id)? } else { Vec::new() };
        Ok(Self {
            ticket_types: types.into_iter().map(|kind| (kind.id, kind.name)).collect(),
            kinds: questions.into_iter().map(|question| (question.key, question.kind)).collect(),
        })
    }
}

/// What stands in other tables about a batch.
struct Beside {
    attendances: HashMap<RegistrationId, Attendance>,
    consents: HashMap<RegistrationId, BTreeMap<String, GivenConsent>>,
    sessions: HashMap<RegistrationId, Vec<SessionId>>,
}

impl Beside {
    fn of(db: &mut Db, walk: &Walk<'_>, batch: &[Registration], needs: &Needs) -> Result<Self> {
        Ok(Self {
            attendances: if needs.has(Need::Attendance) { walk.attendance(db, batch)? } else { HashMap::new() },
            consents: if needs.has(Need::Consents) { Consent::of_all(db, &ids(batch))? } else { HashMap::new() },
            sessions: if needs.has(Need::Sessions) {
                Registration::sessions_of_all(db, &ids(batch))?
            } else {
                HashMap::new()
            },
        })
    }
}

fn write(
    sheet: &mut impl Cells,
    column: FixedColumn,
    registration: &Registration,
    attendance: &Attendance,
    (names, via): (&Names, Option<&String>),
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
        FixedColumn::FirstEntryAt => sheet.time(attendance.first_entry_at, TimePart::Whole),
        FixedColumn::FirstEntryDate => sheet.time(attendance.first_entry_at, TimePart::Date),
        FixedColumn::FirstEntryTime => sheet.time(attendance.first_entry_at, TimePart::Clock),
        FixedColumn::LastExitAt => sheet.time(attendance.last_exit_at, TimePart::Whole),
        FixedColumn::LastExitDate => sheet.time(attendance.last_exit_at, TimePart::Date),
        FixedColumn::LastExitTime => sheet.time(attendance.last_exit_at, TimePart::Clock),
        FixedColumn::CreatedAt => sheet.time(Some(registration.created_at), TimePart::Whole),
        FixedColumn::CreatedDate => sheet.time(Some(registration.created_at), TimePart::Date),
        FixedColumn::CreatedTime => sheet.time(Some(registration.created_at), TimePart::Clock),
        FixedColumn::UpdatedAt => sheet.time(Some(registration.updated_at), TimePart::Whole),
        FixedColumn::Via => sheet.optional(via),
        FixedColumn::TicketType => {
            sheet.optional(registration.ticket_type_id.and_then(|kind| names.ticket_types.get(&kind)))
        }
        FixedColumn::Tags => {
            let tags = registration.tags.iter().flat_map(|tags| &tags.0);
            sheet.text(&joined(tags.map(String::as_str)))
        }
        FixedColumn::Note => sheet.optional(registration.note.as_ref()),
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::letters::fixture::Fixture;
    use crate::registrations::Filter;
    use crate::transfer::{Dialect, Export, Headers, read_columns};
    use crate::values::Language;

    fn export(columns: Option<&str>, filter: Filter) -> Export<ParticipantColumn> {
        let columns = columns.map(|text| read_columns(text).unwrap());
        Export { filter, columns, headers: Headers::Keys, dialect: Dialect::Rfc4180, locale: Language::English }
    }

    fn file(fixture: &Fixture, export: &Export<ParticipantColumn>) -> String {
        let mut file = Vec::new();
        let rows = fixture.read(|db| {
            let export = export.clone().for_event(db, &fixture.event)?;
            participants(db, &fixture.event, &export, &mut file)
        });
        let rows = rows.unwrap();
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

    /// Notes how many registrations had been read when each piece of a file came out.
    struct Notes {
        read: Arc<AtomicU64>,
        pieces: Vec<(u64, usize)>,
    }

    impl Write for Notes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.pieces.push((self.read.load(Ordering::Relaxed), bytes.len()));
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_file_comes_out_while_registrations_are_read() {
        type File = fn(&mut Db, &Event, &Prepared<ParticipantColumn>, &mut Notes) -> Result<u64>;
        let fixture = Fixture::new(None);
        fixture.register_many(3_500);
        let export = fixture.read(|db| export(None, Filter::default()).for_event(db, &fixture.event)).unwrap();
        for file in [participants as File, participants_xlsx] {
            export.done.store(0, Ordering::Relaxed);
            let mut out = Notes { read: export.done.clone(), pieces: Vec::new() };
            assert_eq!(fixture.read(|db| file(db, &fixture.event, &export, &mut out)).unwrap(), 3_500);
            assert_eq!(out.pieces.first().map(|(read, _)| *read), Some(0));
            // Batch after batch, and not all of it in the end.
            for batch in [0, 1_000, 2_000, 3_000] {
                let bytes: usize = out.pieces.iter().filter(|(read, _)| *read == batch).map(|(_, bytes)| bytes).sum();
                assert!(bytes > 10_000, "{bytes} bytes while {batch} registrations had been read");
            }
        }
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
