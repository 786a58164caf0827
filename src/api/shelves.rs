//! The map on shelves: a request is compared with the routes of its shelf, not with all that there are.

use actix_web::{Resource, Scope, web};

/// What can be asked at one path.
pub(super) struct Path {
    /// The path behind that of the API, as the map has it.
    pub pattern: &'static str,
    /// Who answers there, when it is reached by the path that is given: what the shelves have left of `pattern`.
    pub answering: fn(&str) -> Resource,
}

/// All of `map` below `root`: in a scope for each segment that paths share. What stands higher in the map is compared
/// earlier; behind a segment that takes any name, nothing else is looked at.
pub(super) fn scope(root: &str, map: &[Path]) -> Scope {
    shelf(root, map.iter().map(|path| (path.pattern, path)).collect())
}

type Rest<'a> = (&'a str, &'a Path);

/// The paths whose next segment is `segment`, each with what is left of it.
fn shelf(segment: &str, paths: Vec<Rest<'_>>) -> Scope {
    by_segment(paths).into_iter().fold(web::scope(segment), |scope, (next, paths)| match paths.as_slice() {
        [("", path)] => scope.service((path.answering)(next)),
        _ => scope.service(shelf(next, paths)),
    })
}

/// Paths with the same segment together, each with what is left of it; in the order in which they come.
fn by_segment(paths: Vec<Rest<'_>>) -> Vec<(&str, Vec<Rest<'_>>)> {
    let mut shelves: Vec<(&str, Vec<Rest<'_>>)> = Vec::new();
    for (left, path) in paths {
        let (segment, rest) = left.split_at(end_of_segment(left));
        match shelves.iter_mut().find(|shelf| shelf.0 == segment) {
            Some(shelf) => shelf.1.push((rest, path)),
            None => shelves.push((segment, vec![(rest, path)])),
        }
    }
    shelves
}

/// How long `/events` is in `/events/{event}`.
fn end_of_segment(path: &str) -> usize {
    let behind_slash = path.len().min(1);
    path[behind_slash..].find('/').map_or(path.len(), |length| behind_slash + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_behind_its_first_segment() {
        let cut = |path: &'static str| path.split_at(end_of_segment(path));
        assert_eq!(cut("/events"), ("/events", ""));
        assert_eq!(cut("/{event}/registrations/bulk"), ("/{event}", "/registrations/bulk"));
        assert_eq!(cut(""), ("", ""));
    }
}
