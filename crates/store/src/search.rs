//! Full-text search.

mod highlight;
mod query;

pub use query::{SearchQuery, SearchQueryError};
