//! PDF syntax in the one spelling that the printer uses (ISO 32000-1, 7.2 and 7.3).

pub(crate) mod cursor;
pub(crate) mod fields;
pub(crate) mod value;
