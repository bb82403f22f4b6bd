//! The store against a real Postgres. Each test has a database of its own.

mod change_log;
mod drafts;
mod editions;
mod imports;
mod place;
mod projections;
mod schema;
mod tokens;
