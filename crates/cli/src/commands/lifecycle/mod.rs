//! Commands that publish, withdraw, purge, delete and undelete.

pub mod delete;
mod deliveries;
pub mod publish;
pub mod purge;
pub mod withdraw;
