//! The fixed rule that splits a text into sentences, for any language.
//!
//! A sentence ends at a terminator with the quotation marks that close behind it, if white space and a character that is
//! no lower-case letter follow. A full stop does not end a sentence behind an abbreviation (English, Latin or Russian), an
//! initial or a dotted acronym. A group of citations or annotations behind a terminator ends the sentence in any case. No
//! sentence ends inside a span.

mod abbreviations;

use chancery_proto::brief::v1::Statement;

use abbreviations::takes_full_stop;

/// A character of the text, or a group of citations or annotations.
#[derive(Debug, Clone, Copy)]
pub struct Unit {
    /// Offset of the first byte.
    pub at: usize,
    /// Offset behind the last byte.
    pub end: usize,
    /// The character; none for a group.
    pub character: Option<char>,
    /// Whether the character is text whatever it means otherwise.
    pub is_escaped: bool,
    /// Whether the unit is in a span, such as emphasized text or a link.
    pub is_in_span: bool,
}

/// The range of the text of a sentence. Groups between it and the next sentence belong to it.
#[derive(Debug, PartialEq, Eq)]
pub struct SentenceRange {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte of the text.
    pub text_end: usize,
}

/// Splits a text that consists of units.
pub fn split(text: &str, units: &[Unit]) -> Vec<SentenceRange> {
    let mut sentences = Vec::new();
    let in_guillemets = in_guillemets(units);
    let mut start = 0;
    let mut at = 0;
    while at < units.len() {
        let found = boundary(text, units, at, in_guillemets[at]);
        let Some(boundary) =
            found.filter(|found| !is_number(&text[start..offset(text, units, found.text_end)]))
        else {
            at += 1;
            continue;
        };
        let end = offset(text, units, boundary.next);
        sentences.push(SentenceRange { start, text_end: offset(text, units, boundary.text_end) });
        // Marks behind the white space open the next sentence.
        start = units.get(boundary.next - 1).map_or(end, |unit| unit.end).min(end);
        at = boundary.next;
    }
    if units.iter().any(|unit| unit.at >= start && !unit.character.is_some_and(is_gap)) {
        sentences.push(SentenceRange { start, text_end: text.len() });
    }
    sentences
}

/// Returns the number of sentences in the text of a statement, which should be one.
pub fn count(statement: &Statement) -> usize {
    // Code points, as in spans.
    let mut in_span = vec![false; statement.text.chars().count()];
    for span in &statement.spans {
        let end = (span.end as usize).min(in_span.len());
        // A span may end a sentence, so its last character counts as outside.
        let inner = (span.start as usize).min(end)..end.saturating_sub(1);
        in_span.get_mut(inner).into_iter().flatten().for_each(|is_in| *is_in = true);
    }
    let units: Vec<Unit> = statement
        .text
        .char_indices()
        .zip(in_span)
        .map(|((at, character), is_in_span)| Unit {
            at,
            end: at + character.len_utf8(),
            character: Some(character),
            is_escaped: false,
            is_in_span,
        })
        .collect();
    // A symbol behind the last sentence is none.
    let has_word =
        |range: &SentenceRange| statement.text[range.start..range.text_end].contains(char::is_alphanumeric);
    split(&statement.text, &units).iter().filter(|range| has_word(range)).count()
}

/// Returns whether a character can separate the parts of a text: any Unicode space, a bidi mark (LRM, RLM, ALM), which only
/// orders its surroundings, or a byte order mark, which joined files leave behind. None of the marks is visible.
pub fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}')
}

/// Returns whether a text is a number with a full stop, which counts what follows it.
fn is_number(text: &str) -> bool {
    let number = text.trim_matches(is_gap).strip_suffix('.');
    number.is_some_and(|number| {
        !number.is_empty() && number.len() <= 4 && number.bytes().all(|b| b.is_ascii_digit())
    })
}

fn offset(text: &str, units: &[Unit], index: usize) -> usize {
    units.get(index).map_or(text.len(), |unit| unit.at)
}

/// Indices of the units behind the text of a sentence, and at which the next sentence starts.
struct Boundary {
    text_end: usize,
    next: usize,
}

/// Returns of each unit whether it is behind a « that is not closed yet. In German and Danish, » opens.
fn in_guillemets(units: &[Unit]) -> Vec<bool> {
    let mut depth = 0_usize;
    let is_inside = |unit: &Unit| {
        match unit.character {
            Some('«' | '‹') => depth += 1,
            Some('»' | '›') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 0
    };
    units.iter().map(is_inside).collect()
}

/// Returns the boundary whose terminator is at an index.
fn boundary(text: &str, units: &[Unit], at: usize, in_guillemets: bool) -> Option<Boundary> {
    let is = |index: usize, test: fn(char) -> bool| {
        units.get(index).is_some_and(|unit| !unit.is_escaped && unit.character.is_some_and(test))
    };
    let skip = |mut index: usize, test: fn(char) -> bool| {
        while is(index, test) {
            index += 1;
        }
        index
    };
    // Only the last of several terminators is tried, so that runs take linear time.
    if !is(at, is_terminator) || is(at + 1, is_terminator) {
        return None;
    }
    let mut text_end = skip(at + 1, is_closer);
    // French has a space before the mark that closes, as in « Non ! ».
    let spaced = skip(text_end, is_gap);
    if in_guillemets && spaced > text_end && is(spaced, |c| matches!(c, '»' | '›')) {
        text_end = skip(spaced, is_closer);
    }
    if units.get(text_end).is_some_and(|unit| unit.is_in_span) {
        return None;
    }
    let mut next = text_end;
    let mut has_groups = false;
    while let Some(unit) = units.get(next) {
        match unit.character {
            None => has_groups = true,
            Some(c) if is_gap(c) && !unit.is_escaped => {}
            Some(_) => break,
        }
        next += 1;
    }
    if has_groups || next == units.len() {
        return Some(Boundary { text_end, next });
    }
    let is_apart = next > text_end || is(at, is_wide_terminator);
    let first = units.get(skip(next, is_opener)).and_then(|unit| unit.character);
    let is_abbreviated = text_end == at + 1
        && units[at].character == Some('.')
        && !is(at.wrapping_sub(1), is_terminator)
        && takes_full_stop(word_before(text, units[at].at), first);
    (is_apart && !first.is_some_and(char::is_lowercase) && !is_abbreviated)
        .then_some(Boundary { text_end, next })
}

/// Returns the word that ends at an offset.
fn word_before(text: &str, end: usize) -> &str {
    /// Longest word that can be an abbreviation, in bytes.
    const LONGEST: usize = 40;
    let mut from = end.saturating_sub(LONGEST);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = &text[from..end];
    before.rsplit(|c: char| is_gap(c) || matches!(c, '*' | '[' | ']' | '/')).next().unwrap_or(before)
}

fn is_terminator(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '।' | '։' | '።') || is_wide_terminator(c)
}

/// Returns whether a character ends a sentence without white space behind it.
fn is_wide_terminator(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡')
}

fn is_closer(c: char) -> bool {
    matches!(c, ')' | ']' | '»' | '”' | '’' | '"' | '\'' | '」' | '』' | '›')
}

fn is_opener(c: char) -> bool {
    matches!(c, '(' | '[' | '«' | '“' | '„' | '‘' | '"' | '\'' | '「' | '『' | '‹')
}

#[cfg(test)]
mod tests {
    use super::{Statement, Unit, count, split};

    fn sentences(text: &str) -> Vec<&str> {
        let units = text.char_indices().map(|(at, character)| Unit {
            at,
            end: at + character.len_utf8(),
            character: Some(character),
            is_escaped: false,
            is_in_span: false,
        });
        let units: Vec<Unit> = units.collect();
        split(text, &units).iter().map(|sentence| &text[sentence.start..sentence.text_end]).collect()
    }

    #[test]
    fn sentences_end_at_terminators_before_upper_case() {
        assert_eq!(sentences("It fell. It rose! Why? Yes…"), ["It fell.", "It rose!", "Why?", "Yes…"]);
        assert_eq!(
            sentences("It bought the S-300. Deliveries began."),
            ["It bought the S-300.", "Deliveries began."]
        );
        assert_eq!(
            sentences("She said \"It has ended.\" Then she left."),
            ["She said \"It has ended.\"", "Then she left."]
        );
        assert_eq!(sentences("Это так. Нет? «Да.» Всё."), ["Это так.", "Нет?", "«Да.»", "Всё."]);
        assert_eq!(sentences("این است. آیا؟ بله."), ["این است.", "آیا؟", "بله."]);
        assert_eq!(sentences("没有。有！"), ["没有。", "有！"]);
        assert_eq!(sentences("Il dit : « Non ! » Elle part."), ["Il dit : « Non ! »", "Elle part."]);
        assert_eq!(sentences("Er ging. »Komm mit.« Sie kam."), ["Er ging.", "»Komm mit.« Sie kam."]);
        assert_eq!(sentences("He said no. They left."), ["He said no.", "They left."]);
        assert_eq!(sentences("without an end"), ["without an end"]);
        assert!(sentences(" \u{200f} ").is_empty());
    }

    #[test]
    fn abbreviations_and_numbers_do_not_end_sentences() {
        for text in [
            "The U.S. dollar fell.",
            "U.S. Navy ships left.",
            "Gen. A. Petrov met Dr. Ali at 3.5 p.m. in No. 10.",
            "Art. 3 binds (see p. 4).",
            "Prices rose 0.2 %.",
            "Около 5 млн. Рублей",
            "It was, etc. and so on.",
            "See No. 10 and Fig. 3.",
            "See fn. 3 below.",
            "« Vraiment ? » a-t-il dit.",
        ] {
            assert_eq!(sentences(text), [text]);
        }
    }

    #[test]
    fn the_sentences_of_a_statement_are_counted() {
        let count = |text: &str| count(&Statement { text: text.into(), ..Statement::default() });
        assert_eq!(count("It fell. It rose."), 2);
        assert_eq!(count("Dr. Ali left the U.S. in May."), 1);
        assert_eq!(count("It fell. \u{1f692}"), 1);
        assert_eq!(count(""), 0);
    }
}
