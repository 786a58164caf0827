//! Lists of objects in a request.

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::body::Nested;
use super::issues::Issues;
use crate::values::Fault;

/// A list of objects in a request: there, null, missing, or something else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Many<T> {
    /// It is not there, or null.
    #[default]
    Missing,
    /// It is there.
    Given(Vec<Nested<T>>),
    /// It is no list.
    Wrong,
}

impl<T: Default> Many<T> {
    /// The objects, at most `max`; issues for what is something else.
    pub(super) fn take(self, pointer: &str, max: usize, issues: &mut Issues) -> Vec<T> {
        match self {
            Self::Missing => Vec::new(),
            Self::Wrong => {
                issues.add(pointer, Fault::new("invalid_type", "this is a list of objects"));
                Vec::new()
            }
            Self::Given(objects) if objects.len() > max => {
                issues.add(pointer, Fault::new("too_many", format!("there can be at most {max} of these")));
                Vec::new()
            }
            Self::Given(objects) => {
                let object = |(index, object): (usize, Nested<T>)| {
                    object.take(&format!("{pointer}/{index}"), issues).unwrap_or_default()
                };
                objects.into_iter().enumerate().map(object).collect()
            }
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = Many<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut objects = Vec::new();
                while let Some(object) = seq.next_element()? {
                    objects.push(object);
                }
                Ok(Many::Given(objects))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
                Ok(Many::Wrong)
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Many::Missing)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Many::Wrong)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Many::Wrong)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Many::Wrong)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Many::Wrong)
            }
            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(Many::Wrong)
            }
        }
        deserializer.deserialize_any(Visit(std::marker::PhantomData))
    }
}
