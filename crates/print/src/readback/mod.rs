//! A reader of the printer's own files.
