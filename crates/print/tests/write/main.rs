//! The writer and the reader of finished files, tried on a document that is set by hand.
#![allow(missing_docs, reason = "tests")]

mod sample;
mod setter;
mod validity;
