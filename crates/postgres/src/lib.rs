//! A private Postgres server, for the demo, for `chancery up` and for the tests.
//!
//! [`PrivatePostgres`] runs the machine's own server binaries (Postgres 15 or later) on a folder, listening on a Unix
//! socket only. Several processes may share one server: the last to leave stops it, and if all of them were killed, the
//! server stops on its own a little later. [`TestServer`] gives each test a separate database.
//!
//! The crate is synchronous and needs no database driver: statements run through `psql`.
//!
//! ```no_run
//! use chancery_postgres::{DataDir, Options, PrivatePostgres};
//!
//! let postgres = PrivatePostgres::start(Options::durable(DataDir::Wanted("target/postgres".into())))?;
//! postgres.create_database("chancery")?;
//! println!("{}", postgres.url_of("chancery"));
//! postgres.stop()?;
//! # Ok::<(), chancery_postgres::Error>(())
//! ```

#![forbid(unsafe_code)]

mod account;
mod binaries;
mod error;
mod home;
mod psql;
mod server;
mod testing;
mod watch;

pub use error::Error;
pub use home::DataDir;
pub use psql::{Psql, url_of_database};
pub use server::{Halt, Options, PrivatePostgres, Stopped};
pub use testing::{TEST_DATABASE_URL, TestDatabase, TestServer};
