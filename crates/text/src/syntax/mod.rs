//! From the text to its tree: blocks, sentences and the parts of lines, with their ranges.

pub(crate) mod body;
pub(crate) mod citation_keys;
mod comments;
pub(crate) mod conflicts;
pub(crate) mod cursor;
pub(crate) mod fenced;
mod figures;
pub(crate) mod fragment;
pub(crate) mod front_matter;
pub(crate) mod gaps;
pub(crate) mod line_reader;
mod lines;
mod lists;
pub(crate) mod markers;
pub(crate) mod markings;
pub(crate) mod parts;
pub(crate) mod pasted_tables;
pub(crate) mod quotes;
pub(crate) mod sentences;
pub(crate) mod separators;
pub(crate) mod spans;
mod split;
pub(crate) mod tables;
pub(crate) mod tokens;
pub(crate) mod tree;
pub(crate) mod values;
pub(crate) mod yaml;
