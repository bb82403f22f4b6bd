//! Embedded fonts: character codes, metrics, and the font objects that printpdf writes.

pub(crate) mod character_codes;
pub(crate) mod font_book;
pub(crate) mod font_metrics;
pub(crate) mod printpdf_document;
