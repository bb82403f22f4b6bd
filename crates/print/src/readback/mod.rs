//! A reader of the printer's own files, apart from the writer: it proves that a finished file says what was meant,
//! everything of it and nothing else.

mod cmap;
mod data;
mod expected;
mod normal;
mod objects;
mod page;
mod proof;
mod scan;
mod strings;
mod tree;

use std::borrow::Cow;

pub use data::{ExtractError, Extracted, extract};
pub use expected::Expected;
pub use normal::normal_form;
pub(crate) use proof::check;
pub use proof::{Proof, ProofError, prove};
use tree::{Element, Kid};

/// Why a file cannot be read back.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is no file of the printer's, or damaged.
    #[error("the file has {0}")]
    Damaged(&'static str),
    /// Its structure tree is not well formed.
    #[error("the structure tree has {0}")]
    Structure(&'static str),
}

/// The text of a file in reading order, one block a line, in [`normal_form`]. Artifacts and alternative texts are left
/// out; `ActualText` stands for what it replaces.
pub fn struct_text(bytes: &[u8]) -> Result<String, ReadError> {
    Ok(lines(&tree::read(bytes)?.roots))
}

fn lines(roots: &[Element]) -> String {
    let mut text = String::new();
    for element in roots {
        append(element, &mut text);
    }
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| normal_form(line).trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

fn append(element: &Element, text: &mut String) {
    let inline = matches!(element.role.as_str(), "Span" | "Link" | "Reference");
    if !inline {
        text.push('\n');
    }
    if let Some(actual) = &element.actual_text {
        text.push_str(actual);
    } else {
        for kid in &element.kids {
            match kid {
                Kid::Element(element) => append(element, text),
                Kid::Text(run) => text.push_str(run),
                Kid::Link(_) => {}
            }
        }
    }
    if !inline {
        text.push('\n');
    }
}

/// A text string's characters (ISO 32000-1, 7.9.2.2): UTF-16BE behind its mark, else one byte a character, which
/// suffices for the ASCII that the writer uses.
fn text_string(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xFE, 0xFF, units @ ..] => {
            let units =
                units.chunks(2).map(|unit| u16::from_be_bytes([unit[0], unit.get(1).copied().unwrap_or(0)]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        _ => match std::str::from_utf8(bytes) {
            Ok(text) if text.is_ascii() => Cow::Borrowed(text),
            _ => bytes.iter().copied().map(char::from).collect(),
        },
    }
}
