//! Chaos tests: real services, workers and Postgres, a load of renders, faults of all kinds, and a checker of every
//! response and of the final state of the database. See docs/GUARANTEES.md.

pub mod check;
pub mod cluster;
pub mod dice;
mod download;
pub mod faults;
pub mod history;
pub mod load;
pub mod plan;
pub mod proxy;
pub mod run;
mod scene;
pub mod snapshot;
pub mod stop_cont;
