//! Reasons for refusing a file.

use std::fmt;

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A byte, counted from 0.
    Byte(usize),
    /// An indirect object by its number.
    Object(u32),
    /// A page, counted from 1, and the byte of its content stream, not deflated.
    Content {
        /// The page.
        page: usize,
        /// The byte, counted from 0.
        byte: usize,
    },
    /// A form `XObject` by its object number, and the byte of its content, not deflated.
    Form {
        /// The object.
        object: u32,
        /// The byte, counted from 0.
        byte: usize,
    },
    /// A structure element by its path from the root, such as `Document/Sect[2]/P[0]`.
    Element(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("the file"),
            Self::Byte(byte) => write!(f, "byte {byte}"),
            Self::Object(object) => write!(f, "object {object}"),
            Self::Content { page, byte } => write!(f, "page {page}, content byte {byte}"),
            Self::Form { object, byte } => write!(f, "form {object}, content byte {byte}"),
            Self::Element(path) => write!(f, "element {path}"),
        }
    }
}

/// The first reason found why a file is not proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    code: &'static str,
    /// The place of the difference.
    pub place: Place,
    /// What is wrong, in plain English. It may quote the file's text, so that it belongs into no public log.
    pub message: String,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self { code, place, message: message.into() }
    }

    /// Returns the stable reason, such as `GAP` or `FOREIGN_OPERATOR`.
    pub const fn code(&self) -> &'static str {
        self.code
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.code, self.place, self.message)
    }
}

impl std::error::Error for Refusal {}
