//! Proves that a PDF from an untrusted worker is the unaltered print of an edition.
//!
//! The worker may send any bytes. [`check_form`] reads them strictly: every byte belongs to an object, every object is
//! reached from the trailer, with the keys, values and operators of the printer, in its order and spelling. [`prove`] then
//! compares what the file says with what the edition says:
//!
//! - The text of each element, character by character, with its size, colour and face, as its glyphs show it and as
//!   readers extract it. The face decides which texts a glyph can show, whatever `ToUnicode` says.
//! - Paths, images, headers, footers and other artifacts, which are a closed set.
//! - Areas of links and heights of destinations, which must be at their text.
//! - Everything else is written again by the printer and must be the same: structure, attributes, outline, metadata,
//!   attachment, font programs, widths and images.
//!
//! Only layout is open: where lines and pages break, and where on its page a text lies. Streams may be deflated in
//! another way, since their contents are compared. The crate is pure: no I/O, no clock.

mod check_form;
mod content;
mod edition;
mod file;
mod form;
mod prove;
mod refusal;
mod syntax;

pub use crate::check_form::{Form, check_form};
pub use crate::prove::{Proven, prove};
pub use crate::refusal::{Place, Refusal};
