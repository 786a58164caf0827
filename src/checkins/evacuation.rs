//! Who is inside, for who has to get everybody out.

use std::collections::{BTreeMap, HashMap};

use super::CheckInList;
use super::recount::{each_person, presences, rooms};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::events::Event;
use crate::registrations::Brief;
use crate::store::{CheckInListId, Db, RegistrationId};
use crate::values::search_key;

/// Who is inside at an event, by zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evacuation {
    /// How many they are.
    pub inside: usize,
    /// Where they are: the zones with somebody in them, by their names.
    pub zones: Vec<ZoneInside>,
}

/// Who is inside a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneInside {
    /// Its name; that of the list, where a list has no zone.
    pub zone: String,
    /// Their names, by last name.
    pub names: Vec<String>,
}

/// Who is inside at an event now. Each person once: where they came in last.
pub fn evacuation(db: &mut Db, event: &Event, now: Timestamp) -> Result<Evacuation> {
    let lists = CheckInList::of_event(db, event.id)?;
    let exit_of = |id: CheckInListId| lists.iter().find(|list| list.id == id).and_then(|list| list.automatic_exit_at);
    let rooms = rooms(&lists);
    let mut last: HashMap<RegistrationId, CheckInListId> = HashMap::new();
    each_person(db, event.id, |person, rows| {
        let here = presences(&rooms, rows).into_iter().filter(|(list, it)| it.inside(exit_of(*list), now));
        if let Some((list, _)) = here.max_by_key(|(list, it)| (it.since, *list)) {
            last.insert(person, list);
        }
    })?;
    let zone_of = |id: CheckInListId| {
        let list = lists.iter().find(|list| list.id == id);
        list.map(|list| list.zone.clone().unwrap_or_else(|| list.name.clone())).unwrap_or_default()
    };
    let mut zones: BTreeMap<String, Vec<(String, String, String)>> = BTreeMap::new();
    for person in Brief::of_event(db, event.id, None)? {
        let Some(list) = last.get(&person.id) else { continue };
        let last_name = person.last_name.as_deref().unwrap_or(&person.first_name);
        let order = (search_key(last_name), search_key(&person.first_name), person.name());
        zones.entry(zone_of(*list)).or_default().push(order);
    }
    let zone = |(zone, mut people): (String, Vec<(String, String, String)>)| {
        people.sort_unstable();
        ZoneInside { zone, names: people.into_iter().map(|(_, _, name)| name).collect() }
    };
    Ok(Evacuation { inside: last.len(), zones: zones.into_iter().map(zone).collect() })
}
