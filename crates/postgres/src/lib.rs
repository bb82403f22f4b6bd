//! Private Postgres servers, for `chancery up`, the demo and the tests.
//!
//! [`PrivatePostgres`] runs the installed server binaries (Postgres 15 or later) on a folder and listens on a Unix socket
//! only. Several processes may share a server: the last one to leave stops it. If its users were killed, a watcher stops it
//! a little later. [`TestServer`] creates a database for each test.
//!
//! Everything here is synchronous and needs no database driver: statements run through `psql`.
//!
//! ```no_run
//! use chancery_postgres::{DataDir, Options, PrivatePostgres};
//!
//! let postgres = PrivatePostgres::start(Options::durable(DataDir::Preferred("target/postgres".into())))?;
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
mod idle_watcher;
mod psql;
mod server;
mod testing;

pub use error::Error;
pub use home::DataDir;
pub use psql::{Psql, url_of_database};
pub use server::{Halt, Options, PrivatePostgres, Stopped};
pub use testing::{TEST_DATABASE_URL, TestDatabase, TestServer};
