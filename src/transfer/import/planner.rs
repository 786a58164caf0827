//! Looks at the rows of a file, some hundred at a time, and finds out what each of them does.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::changes::Comparison;
use super::headers::Meaning;
use super::plan::{ImportMode, ImportOptions, Step, StepDeed};
use super::report::{Problem, Report};
use super::row::Row;
use super::values;
use crate::checkins::{CheckInList, Visits, visits};
use crate::error::{Error, Result};
use crate::events::{Catalog, Held};
use crate::registrations::{Consent, Forecast, GivenConsent, Matched, Registration, RegistrationStatus, check_edit};
use crate::store::{Db, RegistrationId, SessionId};
use crate::transfer::FixedColumn;
use crate::values::{Code, EmailAddress, Fault};

/// What is known of the event, and what has been found out so far.
pub(super) struct Planner<'a> {
    pub seen: &'a Held,
    pub catalog: Arc<Catalog>,
    pub options: &'a ImportOptions,
    /// What becomes of wishes; why there can be none.
    pub forecast: Option<Result<Forecast<'a>>>,
    pub list: Option<CheckInList>,
    pub report: Report,
    pub steps: Vec<Step>,
    /// Who was in the file before.
    pub matched: HashSet<RegistrationId>,
    /// Who is new in it.
    pub addresses: HashSet<String>,
}

/// What is known of a batch.
struct Known {
    people: Matched,
    sessions: HashMap<RegistrationId, Vec<SessionId>>,
    consents: HashMap<RegistrationId, BTreeMap<String, GivenConsent>>,
    visits: Visits,
}

impl Planner<'_> {
    /// Looks at some rows.
    pub(super) fn look_at(&mut self, db: &mut Db, rows: &[Row<'_>]) -> Result<()> {
        let known = self.known(db, rows)?;
        for row in rows {
            match self.find(row, &known.people) {
                Err(fault) => self.report.add(Problem::of_row(row.number, fault)),
                Ok(Some(found)) if self.is_second(found) => {
                    let fault = Fault::new("duplicate_row", "an earlier row is about the same registration");
                    self.report.add(Problem::of_row(row.number, fault));
                }
                Ok(found) => match (self.options.mode, found) {
                    (ImportMode::Create, Some(_)) => self.report.unchanged += 1,
                    (ImportMode::Create | ImportMode::Upsert, None) => self.register(db, row)?,
                    (ImportMode::Upsert, Some(found)) => self.compare(db, row, found, &known)?,
                    (ImportMode::MarkAttended, Some(found)) => self.mark(row, found, &known),
                    (ImportMode::MarkAttended, None) => {
                        let fault = Fault::new("not_found", "nobody is registered whom this row names");
                        self.report.add(Problem::of_row(row.number, fault));
                    }
                },
            }
        }
        Ok(())
    }

    fn known(&self, db: &mut Db, rows: &[Row<'_>]) -> Result<Known> {
        let of = |column: FixedColumn| rows.iter().filter_map(move |row| row.filled(column));
        let by_name = self.options.mode != ImportMode::Create;
        let ids: Vec<RegistrationId> =
            of(FixedColumn::Id).filter_map(|cell| cell.parse().ok()).filter(|_| by_name).collect();
        let codes = of(FixedColumn::Code).filter_map(|cell| cell.parse::<Code>().ok()).filter(|_| by_name);
        let codes: Vec<String> = codes.map(|code| code.to_string()).collect();
        let references: Vec<String> = of(FixedColumn::ExternalRef).filter(|_| by_name).map(ToOwned::to_owned).collect();
        let keys = of(FixedColumn::Email).filter_map(|cell| cell.parse::<EmailAddress>().ok());
        let keys: Vec<String> = keys.map(|address| address.key()).collect();
        let event = self.seen.event.id;
        let people = Matched::find(db, event, &ids, &codes, &references, &keys)?;
        let mut found: Vec<Registration> = people.all().to_vec();
        found.sort_by_key(|registration| registration.id);
        let ids: Vec<RegistrationId> = found.iter().map(|registration| registration.id).collect();
        let upsert = self.options.mode == ImportMode::Upsert;
        Ok(Known {
            sessions: if upsert { Registration::sessions_of_all(db, &ids)? } else { HashMap::new() },
            consents: if upsert { Consent::of_all(db, &ids)? } else { HashMap::new() },
            visits: if self.list.is_some() { visits(db, event, &found, false)? } else { Visits::new() },
            people,
        })
    }

    /// Whether an earlier row was about the same registration. Files of the attendance have several: one for each list.
    fn is_second(&mut self, found: &Registration) -> bool {
        self.options.mode != ImportMode::MarkAttended && !self.matched.insert(found.id)
    }

    /// Whom a row is about: by id, code or reference, or by address.
    fn find<'m>(&self, row: &Row<'_>, people: &'m Matched) -> Result<Option<&'m Registration>, Fault> {
        let nobody = || Fault::new("not_found", "this event has no such registration");
        if self.options.mode != ImportMode::Create {
            if let Some(id) = row.filled(FixedColumn::Id) {
                let id = id.parse().map_err(|_| Fault::new("invalid_id", "this is no id"))?;
                return people.by_id(id).ok_or_else(nobody).map(Some);
            }
            if let Some(code) = row.filled(FixedColumn::Code) {
                let code: Code = code.parse()?;
                return people.by_code(&code.to_string()).ok_or_else(nobody).map(Some);
            }
            let reference = row.filled(FixedColumn::ExternalRef);
            if let Some(found) = reference.and_then(|reference| people.by_reference(reference)) {
                return Ok(Some(found));
            }
        }
        // An address that is none is said to be one where it is read.
        let address = row.filled(FixedColumn::Email).and_then(|cell| cell.parse::<EmailAddress>().ok());
        Ok(address.and_then(|address| people.by_address(&address.key())))
    }

    fn register(&mut self, db: &mut Db, row: &Row<'_>) -> Result<()> {
        let mut problems = Vec::new();
        let wish = row.wish(&self.catalog, self.options.hand(), &mut problems);
        for problem in problems {
            self.report.add(problem);
        }
        let Some(wish) = wish else { return Ok(()) };
        if !self.addresses.insert(wish.attendee.email.key()) {
            let fault = Fault::new("duplicate_row", "an earlier row has the same address");
            self.report.add(row.wrong(FixedColumn::Email.as_str(), fault));
            return Ok(());
        }
        let placed = match &mut self.forecast {
            Some(Ok(forecast)) => forecast.place(db, &wish).map(drop),
            Some(Err(Error::Refused(refusal))) => {
                self.report.add(Problem::of_row(row.number, Fault::new(refusal.code(), refusal.to_string())));
                return Ok(());
            }
            Some(Err(_)) | None => Err(Error::Busy),
        };
        if self.takes(row, placed)? {
            self.report.change(row.number, "created", Vec::new());
            self.steps.push(Step { row: row.number, deed: StepDeed::Register(Box::new(wish)) });
        }
        Ok(())
    }

    fn compare(&mut self, db: &mut Db, row: &Row<'_>, found: &Registration, known: &Known) -> Result<()> {
        let sessions = known.sessions.get(&found.id).map_or(&[][..], Vec::as_slice);
        let consents = known.consents.get(&found.id);
        let comparison = Comparison { row: *row, catalog: &self.catalog, registration: found, sessions, consents };
        let changed = comparison.changes();
        if !changed.problems.is_empty() {
            for problem in changed.problems {
                self.report.add(problem);
            }
            return Ok(());
        }
        if changed.columns.is_empty() {
            self.report.unchanged += 1;
            return Ok(());
        }
        let checked = check_edit(db, self.seen, found, sessions, &changed.edit);
        if self.takes(row, checked)? {
            self.report.change(row.number, "updated", changed.columns);
            let deed = StepDeed::Edit(Box::new((found.id, found.version, changed.edit)));
            self.steps.push(Step { row: row.number, deed });
        }
        Ok(())
    }

    fn mark(&mut self, row: &Row<'_>, found: &Registration, known: &Known) {
        let Some(list) = &self.list else { return };
        let place = row.headers.meanings.iter().position(|meaning| *meaning == Meaning::List);
        let elsewhere = place.map(|place| row.cells[place].trim()).filter(|name| !name.is_empty());
        let came = row.fixed(FixedColumn::Attended).map_or(Ok(true), values::flag);
        let at = row.filled(FixedColumn::FirstEntryAt);
        let at = at.map(|cell| values::time(cell, self.seen.event.tz())).transpose();
        let (came, at) = match (came, at) {
            (Ok(came), Ok(at)) => (came, at),
            (came, at) => {
                let wrong = |column: FixedColumn, fault| row.wrong(column.as_str(), fault);
                came.err().into_iter().for_each(|fault| self.report.add(wrong(FixedColumn::Attended, fault)));
                at.err().into_iter().for_each(|fault| self.report.add(wrong(FixedColumn::FirstEntryAt, fault)));
                return;
            }
        };
        let is_there = known.visits.get(&(found.id, list.id)).is_some_and(|presence| presence.entries > 0);
        if !came || is_there || elsewhere.is_some_and(|name| name != list.name) {
            self.report.unchanged += 1;
            return;
        }
        if found.status != RegistrationStatus::Confirmed {
            let detail = format!("this registration is {}", found.status);
            self.report.add(Problem::of_row(row.number, Fault::new("not_confirmed", detail)));
            return;
        }
        if !self.matched.insert(found.id) {
            self.report.unchanged += 1;
            return;
        }
        self.report.change(row.number, "attended", Vec::new());
        self.steps.push(Step { row: row.number, deed: StepDeed::Admit(found.id, at) });
    }

    /// Whether a rule lets a row pass; what it says otherwise is in the report.
    fn takes(&mut self, row: &Row<'_>, checked: Result<()>) -> Result<bool> {
        match checked {
            Ok(()) => return Ok(true),
            Err(Error::Invalid(issues)) => {
                for issue in issues {
                    self.report.add(Problem::of_issue(row.number, issue));
                }
            }
            Err(Error::Refused(refusal)) => {
                let fault = Fault::new(refusal.code(), refusal.to_string());
                self.report.add(Problem::of_row(row.number, fault));
            }
            Err(other) => return Err(other),
        }
        Ok(false)
    }
}
