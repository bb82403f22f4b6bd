//! Work on the database itself, shared by `migrate`, `reindex`, `verify`, `token issue` and the local stack.

pub mod error;
pub mod migrate;
pub mod reindex;
pub mod token_files;
