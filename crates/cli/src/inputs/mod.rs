//! Files and flags that commands read: texts, JSON documents, images, themes, print options.

pub mod brief_form;
pub mod brief_message;
pub mod brief_text;
pub mod checked_draft;
pub mod data_check;
pub mod data_text;
pub mod documents;
pub mod draft_file;
pub mod file_stamp;
pub mod images;
pub mod limited_read;
pub mod print_options;
pub mod source_text;
pub mod template_text;
pub mod theme;
pub mod valid_draft;
