//! The file format below the document: objects, syntax, object streams and cross-references.

pub(crate) mod pdf_file;
pub(crate) mod printpdf_objects;
pub(crate) mod syntax;
pub(crate) mod text_strings;
pub(crate) mod trees;
pub(crate) mod written;
