//! The file format below the document: every byte belongs to the header, an object, or the cross-references at the end.

mod cross_references;
mod inflate;
mod object_streams;
mod objects;
mod sections;

pub(crate) use self::inflate::Inflater;
pub(crate) use self::object_streams::Containers;
pub(crate) use self::objects::{Object, Objects};
pub(crate) use self::sections::{Sections, StreamObject};
