//! What a deed changed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A field that a deed changed. Never holds a secret: whoever describes a thing leaves secrets out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its name.
    pub field: String,
    /// What it was.
    pub before: Value,
    /// What it is now.
    pub after: Value,
}

/// What a deed changed, field by field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Changes(pub Vec<Change>);

impl Changes {
    /// What differs between two descriptions of a thing (JSON objects), by the names of the fields.
    pub fn between(before: &Value, after: &Value) -> Self {
        let fields = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let (before, after) = (fields(before), fields(after));
        let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
        names.sort();
        names.dedup();
        let of = |fields: &serde_json::Map<String, Value>, name: &str| fields.get(name).cloned().unwrap_or_default();
        let changes = names.into_iter().map(|name| Change {
            field: name.clone(),
            before: of(&before, name),
            after: of(&after, name),
        });
        Self(changes.filter(|change| change.before != change.after).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_told() {
        let before = json!({ "name": "ICT Cluster", "slug": "ict", "contact_email": null });
        let after = json!({ "name": "ICT Cluster", "slug": "ict-cluster", "contact_email": null, "zone": "UTC" });
        let change = |field: &str, before: Value, after: Value| Change { field: field.to_owned(), before, after };
        let expected = [change("slug", json!("ict"), json!("ict-cluster")), change("zone", Value::Null, json!("UTC"))];
        assert_eq!(Changes::between(&before, &after).0, expected);
        assert_eq!(Changes::between(&before, &before), Changes::default());
    }
}
