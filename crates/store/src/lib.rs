//! Every SQL statement of the project. One file an aggregate, one method a statement or transaction; each
//! statement opens with a comment that names its method. Time is the database's (`clock_timestamp()`).

mod error;
mod principal;
mod schema;
mod settings;
mod tokens;

use sqlx::PgPool;

pub use error::{Result, StoreError};
pub use principal::{Access, Principal, Role, Roles, Scope};
pub use settings::DatabaseSettings;
pub use tokens::Secret;

/// The database, as the rest of the project sees it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
}

impl Store {
    /// Over a pool of connections.
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}
