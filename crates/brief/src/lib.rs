//! The domain of briefs: validate, mark, redact, canonical bytes and digests. Pure: no I/O, no clock, no
//! randomness, no hash-map order, no floating point; the same input gives the same bytes on any machine.
//!
//! The flow: [`validate::canonicalize`] makes a [`Canonical`] of written content; [`redact::edition`] makes the
//! edition of it that a [`marking::Clearance`] may read; [`digest`] names the bytes of either.

#[cfg(any(test, feature = "arbitrary"))]
pub mod arbitrary;
pub mod attachments;
mod canonical;
pub mod combined_changes;
mod content_tree;
pub mod diff;
pub mod digest;
pub mod edtf;
pub mod likelihood;
pub mod lint;
pub mod marking;
mod part;
pub mod part_texts;
pub mod reading_order;
pub mod redact;
pub mod references;
pub mod render_options;
pub mod validate;
pub mod words;

pub use canonical::{Canonical, StoredContentError};
