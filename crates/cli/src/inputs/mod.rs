//! Files and flags that commands read: texts, JSON documents, images, themes, print options.

pub mod brief_text;
pub mod documents;
pub mod draft_file;
pub mod images;
pub mod json_check;
pub mod print_options;
pub mod source_text;
pub mod theme;
