//! The map on shelves: a request is compared with the routes of its shelf, not with all that there are.

use actix_web::{Resource, Scope, web};

/// What can be asked at one path.
pub(super) struct Path {
    /// The path behind that of the API, as the map has it.
    pub pattern: &'static str,
    /// Who answers there, when it is reached by the path that is given: what the shelves have left of `pattern`.
    pub answering: fn(&str) -> Resource,
}

/// All of `map` below `root`: in scopes by their noun (`/events`), and in those by what follows the name of one thing
/// (`/{event}/registrations`). What stands higher in the map is compared earlier.
pub(super) fn scope(root: &str, map: &[Path]) -> Scope {
    let of_nouns = shelves(map.iter().map(|path| (path.pattern, path)), noun);
    of_nouns.into_iter().fold(web::scope(root), |root, (noun, paths)| {
        let of_parts = shelves(paths, part);
        root.service(of_parts.into_iter().fold(web::scope(noun), |noun, (part, paths)| {
            if part.is_empty() {
                return paths.iter().fold(noun, |noun, (rest, path)| noun.service((path.answering)(rest)));
            }
            let shelf = paths.iter().fold(web::scope(part), |part, (rest, path)| part.service((path.answering)(rest)));
            noun.service(shelf)
        }))
    })
}

type Shelf<'a> = (&'a str, Vec<(&'a str, &'a Path)>);

/// Paths with the same beginning together, each with what is left of it; in the order in which they come.
fn shelves<'a>(paths: impl IntoIterator<Item = (&'a str, &'a Path)>, beginning: fn(&str) -> usize) -> Vec<Shelf<'a>> {
    let mut shelves: Vec<Shelf<'a>> = Vec::new();
    for (left, path) in paths {
        let (name, rest) = left.split_at(beginning(left));
        match shelves.iter_mut().find(|shelf| shelf.0 == name) {
            Some(shelf) => shelf.1.push((rest, path)),
            None => shelves.push((name, vec![(rest, path)])),
        }
    }
    shelves
}

/// How long `/events` is in `/events/{event}/registrations`.
fn noun(path: &str) -> usize {
    end_of_segment(path, 0)
}

/// How long `/{event}/registrations` is in `/{event}/registrations/bulk`; 0 for what has no such beginning.
fn part(path: &str) -> usize {
    let name = end_of_segment(path, 0);
    if path.starts_with("/{") && name < path.len() { end_of_segment(path, name) } else { 0 }
}

/// Where the segment ends that begins at `start` with its slash.
fn end_of_segment(path: &str, start: usize) -> usize {
    let behind_slash = (start + 1).min(path.len());
    path[behind_slash..].find('/').map_or(path.len(), |length| behind_slash + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_into_its_noun_and_its_part() {
        let cut = |path: &'static str| {
            let (noun_of_it, rest) = path.split_at(noun(path));
            let (part_of_it, rest) = rest.split_at(part(rest));
            (noun_of_it, part_of_it, rest)
        };
        assert_eq!(cut("/events"), ("/events", "", ""));
        assert_eq!(cut("/events/{event}"), ("/events", "", "/{event}"));
        assert_eq!(cut("/events/{event}/registrations"), ("/events", "/{event}/registrations", ""));
        assert_eq!(cut("/events/{event}/registrations/bulk"), ("/events", "/{event}/registrations", "/bulk"));
        assert_eq!(cut("/me/password"), ("/me", "", "/password"));
        assert_eq!(cut("/me/second-factor/confirm"), ("/me", "", "/second-factor/confirm"));
    }
}
