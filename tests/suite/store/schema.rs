//! Both databases have the tables of `src/store/schema.rs`.

use std::collections::BTreeMap;

use diesel::sql_types::{Bool, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use turnout::store::Db;

use super::open;
use crate::support::on_both_databases;

/// Of each table: of each column its type, and whether it may be empty.
type Tables = BTreeMap<String, BTreeMap<String, (String, bool)>>;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

const SQLITE: &str = "SELECT t.name AS table_name, c.name AS column_name, c.type AS kind, c.\"notnull\" = 0 AS nullable
    FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";

const POSTGRES: &str = "SELECT table_name::text AS table_name, column_name::text AS column_name,
    CASE data_type WHEN 'timestamp with time zone' THEN 'TIMESTAMPTZ' ELSE upper(data_type) END AS kind,
    is_nullable = 'YES' AS nullable FROM information_schema.columns WHERE table_schema = current_schema()";

fn migrated(db: &mut Db) -> Tables {
    let columns: Vec<Row> = match db {
        Db::Sqlite(sqlite) => sql_query(SQLITE).load(sqlite).unwrap(),
        Db::Postgres(postgres) => sql_query(POSTGRES).load(postgres).unwrap(),
    };
    let mut tables = Tables::new();
    for column in columns.into_iter().filter(|column| column.table_name != "__diesel_schema_migrations") {
        let table = tables.entry(column.table_name).or_default();
        table.insert(column.column_name, (column.kind, column.nullable));
    }
    tables
}

fn declared() -> Tables {
    let source = include_str!("../../../src/store/schema.rs");
    let mut tables = Tables::new();
    for table in source.split("diesel::table! {").skip(1) {
        let body = table.split("\n}").next().unwrap();
        let (head, columns) = body.rsplit_once(") {").unwrap();
        let name = head.rsplit_once(" (").unwrap().0.rsplit(' ').next().unwrap();
        let column = |line: &str| {
            let (name, kind) = line.trim().trim_end_matches(',').split_once(" -> ")?;
            let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let word = match inner.unwrap_or(kind) {
                "Uuid" => "UUID",
                "Text" => "TEXT",
                "Timestamptz" => "TIMESTAMPTZ",
                "Jsonb" => "JSONB",
                "BigInt" => "BIGINT",
                "Bool" => "BOOLEAN",
                other => panic!("{other} is new here"),
            };
            Some((name.to_owned(), (word.to_owned(), inner.is_some())))
        };
        tables.insert(name.to_owned(), columns.lines().filter_map(column).collect());
    }
    assert!(tables.len() >= 12, "these are not all tables");
    tables
}

on_both_databases! {
    fn the_migrated_tables_are_those_of_the_schema(database: Database) {
        let store = open(&database);
        assert_eq!(store.read_here(|db| Ok(migrated(db))).unwrap(), declared());
        store.close();
    }
}
