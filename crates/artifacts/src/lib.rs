//! Stores for the bytes of PDFs outside Postgres: folders, and object stores with the protocols of S3, Google or Azure.
//! Only this crate depends on `object_store`. The rows in `chancery-store` refer to the bytes by blob id.

mod errors;
mod location;
mod objects;

pub use location::{ArtifactLocation, LocationError};
pub use objects::{ObjectStores, Objects};
