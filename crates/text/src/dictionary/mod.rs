//! The keys of annotations and front matter: where each can be written, its meaning and its values.
//!
//! Meanings are the comments of the fields in the proto files, so that they are written once. The reader decides which keys
//! it takes; a test compares them with these tables.

mod annotations;
mod front_matter;
mod word_lists;

use chancery_brief::PartKind;
use chancery_proto::descriptors::{enum_value_comment, field_comment};

pub use self::annotations::{Annotated, annotation_keys, change_kinds, confidences, likelihood_term};
pub use self::front_matter::{FrontMatterMap, front_matter_keys};
use crate::check::in_words;
pub use crate::syntax::fenced::KINDS as BLOCK_KINDS;

/// A key, or a word that is an annotation by itself.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key as written.
    pub name: &'static str,
    /// The values of the key.
    pub values: Values,
    source: MeaningSource,
}

/// The values of a key.
#[derive(Debug, Clone, Copy)]
pub enum Values {
    /// None: the word is an annotation by itself.
    None,
    /// Text, a date or a number.
    Text,
    /// One of a few words.
    Words(fn() -> Vec<Word>),
    /// The id of a part of these kinds.
    Id(&'static [PartKind]),
    /// Ids of parts of these kinds.
    Ids(&'static [PartKind]),
    /// A label of the scheme of markings.
    Marking,
}

/// A word that is a value, with its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word as written.
    pub word: String,
    /// Meaning of the word, one or more sentences; may be empty.
    pub meaning: String,
}

#[derive(Debug, Clone, Copy)]
enum MeaningSource {
    /// The comment of a field.
    Field(&'static str, &'static str),
    /// The comment of an enum's value.
    Value(&'static str, &'static str),
    Sentence(&'static str),
}

impl Key {
    const fn new(name: &'static str, values: Values, message: &'static str, field: &'static str) -> Self {
        Self { name, values, source: MeaningSource::Field(message, field) }
    }

    const fn flag(name: &'static str, of_enum: &'static str, value: &'static str) -> Self {
        Self { name, values: Values::None, source: MeaningSource::Value(of_enum, value) }
    }

    const fn explained(name: &'static str, values: Values, sentence: &'static str) -> Self {
        Self { name, values, source: MeaningSource::Sentence(sentence) }
    }

    /// Returns the meaning of the key: one or more sentences.
    pub fn meaning(&self) -> String {
        match self.source {
            MeaningSource::Field(message, field) => in_words(&field_comment(message, field)),
            MeaningSource::Value(of_enum, value) => in_words(&enum_value_comment(of_enum, value)),
            MeaningSource::Sentence(sentence) => sentence.to_owned(),
        }
    }

    /// Returns the words that are values of the key; empty if they are not a fixed list.
    pub fn words(&self) -> Vec<Word> {
        match self.values {
            Values::Words(list) => list(),
            _ => Vec::new(),
        }
    }
}
