//! Stores the bytes of PDFs outside Postgres: in a folder, or in an object store with S3's, Google's or Azure's
//! protocol. Only this crate depends on `object_store`; the rows that describe the bytes belong to `chancery-store`.

mod failure;
mod objects;
mod place;

pub use objects::{ObjectStores, Objects};
pub use place::{Place, PlaceError};
