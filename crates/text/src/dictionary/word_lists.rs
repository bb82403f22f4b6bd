//! Lists of words that are values of keys.

use chancery_proto::descriptors::enum_value_comment;

use super::Word;
use crate::check::in_words;
use crate::vocabulary::{self, Words};

/// Lists the words of an enum with their meanings.
pub(super) fn words_of<W: Words>() -> Vec<Word> {
    let of = |word: String| {
        let value = vocabulary::value::<W>(&word).unwrap_or_default();
        Word { word, meaning: in_words(&enum_value_comment(W::NAME, value.name())) }
    };
    vocabulary::words::<W>().into_iter().map(of).collect()
}

/// Lists words without meanings of their own.
pub(super) fn plain_words<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<Word> {
    words.into_iter().map(|word| Word { word: word.to_owned(), meaning: String::new() }).collect()
}
