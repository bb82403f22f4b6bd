//! PDFs' bytes outside Postgres: in a folder, or in an object store that speaks S3's, Google's or Azure's protocol.
//! This crate alone knows `object_store`; what the bytes mean is the rows' in `chancery-store`.

mod failure;
mod objects;
mod place;

pub use objects::{ObjectStores, Objects};
pub use place::{Place, PlaceError};
