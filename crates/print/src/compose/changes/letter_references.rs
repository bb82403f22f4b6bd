//! References to changes by letter in the authors' texts: an id such as "c-082" is printed as "A, p. 2".

use chancery_brief::references::change_subject;

use crate::compose::annotations::Value;
use crate::compose::composer::{Composer, TextContext};
use crate::text::inline::Inline;

/// Maximum length of the text between two ids of one change that are printed as one letter, such as " and ".
const LONGEST_LINK_WORD: usize = 5;

/// A piece of an author's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextPiece<'t> {
    Text(&'t str),
    Id(&'t str),
}

impl Composer<'_> {
    /// Appends an author's text in which ids of changed statements are replaced by the letters of their cards, and other
    /// ids of statements by their opening words. With printed ids the text stays as it is.
    pub(crate) fn push_with_letters(&mut self, inline: &mut Inline, text_context: TextContext, text: &str) {
        if self.options.show_ids {
            return self.push_text(inline, text_context, text);
        }
        let is_known = |id: &str| {
            self.ledger.reversal_of(id).is_some()
                || self.name_of_part(id).is_some_and(|name| !name.opening.is_empty())
        };
        let same_letter = |one: &str, other: &str| {
            let letter = |id: &str| self.ledger.reversal_of(id).map(|of| of.letter.clone());
            letter(one).is_some() && letter(one) == letter(other)
        };
        let pieces = without_repetition(pieces(text, &is_known), &same_letter);
        for piece in pieces {
            match piece {
                TextPiece::Text(text) => self.push_text(inline, text_context, text),
                TextPiece::Id(id) => self.letter_or_opening(inline, text_context, id),
            }
        }
    }

    fn letter_or_opening(&mut self, inline: &mut Inline, text_context: TextContext, id: &str) {
        let Some(reversal) = self.ledger.reversal_of(id) else {
            return self.quoted_link(inline, text_context, id);
        };
        let (letter, name) = (reversal.letter.clone(), reversal.anchor_name());
        let Some(anchor) = self.anchors.get(&name).copied() else {
            // A reversal without a destination is on no page: its statement is quoted instead.
            let subject = reversal.changes.first().map_or(id, |change| change_subject(change)).to_owned();
            return self.quoted_link(inline, text_context, &subject);
        };
        let values = [Value::Text(&letter), Value::Pages(vec![anchor])];
        self.push_template(inline, text_context, self.labels().page.part_on_page, &values);
    }
}

/// Splits a text at the known ids in it. Only words with a digit are ids: others may be ordinary words.
fn pieces<'t>(text: &'t str, is_known: &dyn Fn(&str) -> bool) -> Vec<TextPiece<'t>> {
    let is_of_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        let length = rest.find(|c| !is_of_id(c)).unwrap_or(rest.len());
        if length == 0 {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let word = &rest[..length];
        let follows_letter = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        if !follows_letter && word.bytes().any(|byte| byte.is_ascii_digit()) && is_known(word) {
            if from < at {
                pieces.push(TextPiece::Text(&text[from..at]));
            }
            pieces.push(TextPiece::Id(word));
            from = at + length;
        }
        at += length;
    }
    if from < text.len() {
        pieces.push(TextPiece::Text(&text[from..]));
    }
    pieces
}

/// Joins neighbouring ids of one change, such as those in "c-082 and c-085".
fn without_repetition<'t>(
    pieces: Vec<TextPiece<'t>>,
    is_same: &dyn Fn(&str, &str) -> bool,
) -> Vec<TextPiece<'t>> {
    let mut joined: Vec<TextPiece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        if let (TextPiece::Id(id), [.., TextPiece::Id(before), TextPiece::Text(between)]) =
            (piece, joined.as_slice())
            && between.chars().count() <= LONGEST_LINK_WORD
            && !between.contains(['.', ';', ':'])
            && is_same(before, id)
        {
            joined.pop();
            continue;
        }
        joined.push(piece);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::TextPiece::{Id, Text};
    use super::{pieces, without_repetition};

    #[test]
    fn known_ids_with_a_digit_are_found_as_whole_words() {
        let known = |id: &str| ["c-082", "c-085", "iran", "s1"].contains(&id);
        assert_eq!(
            pieces("Reverses c-082 and c-085; iran, c-0821 and s1.", &known),
            [
                Text("Reverses "),
                Id("c-082"),
                Text(" and "),
                Id("c-085"),
                Text("; iran, c-0821 and "),
                Id("s1"),
                Text(".")
            ]
        );
        assert_eq!(pieces("пункт s1", &known), [Text("пункт "), Id("s1")]);
        assert_eq!(pieces("йs1", &known), [Text("йs1")]);
    }

    #[test]
    fn neighbouring_ids_of_one_change_are_named_once() {
        let known = |id: &str| id.starts_with("c-");
        let same = |one: &str, other: &str| one != "c-3" && other != "c-3";
        let joined = |text: &'static str| without_repetition(pieces(text, &known), &same);
        assert_eq!(joined("Reverses c-1 and c-2"), [Text("Reverses "), Id("c-1")]);
        assert_eq!(joined("c-1, c-2, c-3"), [Id("c-1"), Text(", "), Id("c-3")]);
        assert_eq!(joined("c-1. c-2"), [Id("c-1"), Text(". "), Id("c-2")]);
    }
}
