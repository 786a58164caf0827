//! Column types that both databases have, under PostgreSQL's names.

use diesel::sql_types::{HasSqlType, SqlType};

use super::MultiBackend;

/// `UUID`: 16 bytes in SQLite.
#[derive(Debug, Clone, Copy, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(name = "uuid"), sqlite_type(name = "Binary"))]
pub struct Uuid;

/// `TIMESTAMPTZ`: microseconds since 1970-01-01T00:00:00Z as an integer in SQLite.
#[derive(Debug, Clone, Copy, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(name = "timestamptz"), sqlite_type(name = "Long"))]
pub struct Timestamptz;

/// `JSONB`: text in SQLite.
#[derive(Debug, Clone, Copy, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(name = "jsonb"), sqlite_type(name = "Text"))]
pub struct Jsonb;

// `table!` goes by the name of a column's type and gives every Timestamptz + and -; nobody uses them.
impl diesel::sql_types::ops::Add for Timestamptz {
    type Rhs = Self;
    type Output = Self;
}
impl diesel::sql_types::ops::Sub for Timestamptz {
    type Rhs = Self;
    type Output = Self;
}

macro_rules! known_to_both {
    ($($sql_type:ty),*) => {$(
        impl HasSqlType<$sql_type> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                MultiBackend::lookup_sql_type::<$sql_type>(lookup)
            }
        }
    )*};
}
known_to_both!(Uuid, Timestamptz, Jsonb);

/// Lets a Rust type that both databases can read and write stand in queries for both.
macro_rules! both_databases {
    ($sql_type:ident: [$($generics:tt)*] $rust_type:ty) => {
        impl<$($generics)*> diesel::serialize::ToSql<$sql_type, $crate::store::MultiBackend> for $rust_type {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, $crate::store::MultiBackend>,
            ) -> diesel::serialize::Result {
                out.set_value(($sql_type, self));
                Ok(diesel::serialize::IsNull::No)
            }
        }

        impl<$($generics)*> diesel::deserialize::FromSql<$sql_type, $crate::store::MultiBackend> for $rust_type {
            fn from_sql(
                bytes: <$crate::store::MultiBackend as diesel::backend::Backend>::RawValue<'_>,
            ) -> diesel::deserialize::Result<Self> {
                bytes.from_sql::<Self, $sql_type>()
            }
        }
    };
}
pub(super) use both_databases;

mod uuids {
    use std::io::Write;

    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use diesel::sqlite::{Sqlite, SqliteValue};

    use super::Uuid;
    use crate::store::Id;

    impl<T: 'static> ToSql<Uuid, Pg> for Id<T> {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            out.write_all(self.uuid().as_bytes())?;
            Ok(IsNull::No)
        }
    }

    impl<T: 'static> FromSql<Uuid, Pg> for Id<T> {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            Ok(uuid::Uuid::from_slice(value.as_bytes())?.into())
        }
    }

    impl<T: 'static> ToSql<Uuid, Sqlite> for Id<T> {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(self.uuid().as_bytes().to_vec());
            Ok(IsNull::No)
        }
    }

    impl<T: 'static> FromSql<Uuid, Sqlite> for Id<T> {
        fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
            let bytes = <Vec<u8> as FromSql<diesel::sql_types::Binary, Sqlite>>::from_sql(value)?;
            Ok(uuid::Uuid::from_slice(&bytes)?.into())
        }
    }

    both_databases!(Uuid: [T: 'static] Id<T>);
}
