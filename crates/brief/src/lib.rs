//! The domain of briefs: validation, markings, redaction, canonical bytes and digests. Pure: no I/O, clock, randomness,
//! hash-map order or floating point, so that the same input gives the same bytes on any machine.
//!
//! [`validate::canonicalize`] turns authored content into [`Canonical`] content; [`redact::edition`] derives the edition
//! for a [`marking::Clearance`]; [`digest`] identifies the bytes of either.

#[cfg(any(test, feature = "arbitrary"))]
pub mod arbitrary;
pub mod attachments;
mod canonical;
pub mod combined_changes;
mod content_tree;
pub mod diff;
pub mod digest;
pub mod edtf;
pub mod glyph_coverage;
pub mod likelihood;
pub mod lint;
pub mod marking;
mod part;
pub mod part_texts;
mod printed_texts;
pub mod reading_order;
pub mod redact;
pub mod references;
pub mod render_options;
pub mod sentences;
pub mod translations;
pub mod validate;
mod value_names;
pub mod words;

pub use canonical::{Canonical, StoredContentError};
pub use part::PartKind;
