//! Files and flags that commands read: JSON documents, images, themes, print options.

pub mod documents;
pub mod draft_file;
pub mod images;
pub mod print_options;
pub mod source_text;
pub mod theme;
