//! From the tree to the content.

mod annotations;
mod blocks;
mod changes;
mod fenced;
mod front_matter;
mod likelihoods;
mod lowering;
mod maps;
mod part_fields;
mod reading;
mod remedies;
mod sections;
mod statements;
mod terms;
mod wording;

pub(crate) use self::blocks::DIGEST_PREFIX;
pub(crate) use self::fenced::{FACTORS, UNDATED};
pub use self::reading::{Reading, read};
pub(crate) use self::terms::{Percentages, leading_term, percentages};
