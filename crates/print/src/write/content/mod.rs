//! Content streams: marked content, text, paths, images and forms (ISO 32000-1, 7.8.2).

pub(crate) mod bounding_box;
pub(crate) mod form_xobjects;
pub(crate) mod image_xobjects;
pub(crate) mod marked_content;
pub(crate) mod operands;
pub(crate) mod page_content;
pub(crate) mod show_text;
pub(crate) mod vector_drawing;
