//! Chaos: real services, workers and Postgres, a load of renders, faults of all sorts, and a checker that reads what
//! every caller was told and what the database says in the end. See docs/GUARANTEES.md.

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
