//! Parses the query of a search.

use std::fmt;
use std::iter::Peekable;
use std::str::{CharIndices, FromStr};

use unicode_normalization::UnicodeNormalization as _;

/// Maximum length of a query, in code points in NFC.
const MAX_QUERY_CHARS: usize = 1000;
/// Maximum number of terms.
const MAX_TERMS: usize = 32;

/// A query. A text matches when it contains an alternative of every group and no excluded term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    terms: Vec<Term>,
}

/// A word or phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// The words, without quotation marks, star and minus, in NFC as stored texts are.
    pub(crate) words: String,
    /// Whether the last word is a prefix.
    pub(crate) is_prefix: bool,
    /// Whether the term is excluded.
    pub(crate) is_excluded: bool,
    /// Terms of the same group are alternatives.
    pub(crate) group: i32,
}

/// A malformed query. Each message says how to correct it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchQueryError {
    /// The query has no words, only spaces, punctuation and operators.
    #[error("contains no word; add at least one")]
    NoWord,
    /// All terms are excluded.
    #[error("contains only excluded terms; add a term to search for")]
    OnlyExcludes,
    /// The query is too long.
    #[error("is longer than {MAX_QUERY_CHARS} code points")]
    TooLong,
    /// The query has too many terms.
    #[error("has more than {MAX_TERMS} terms")]
    TooManyTerms,
    /// The query has a control character, at a code point from 0.
    #[error("contains a control character at code point {0}; remove it")]
    ControlCharacter(usize),
    /// A quotation is not closed; the code point where it starts.
    #[error("the quotation that starts at code point {0} is not closed")]
    OpenQuotation(usize),
    /// OR lacks an operand; its code point.
    #[error("the OR at code point {0} needs a term on each side that is not excluded")]
    StrayOr(usize),
}

impl SearchQuery {
    /// Returns the terms, in the order of their groups.
    pub(crate) fn terms(&self) -> &[Term] {
        &self.terms
    }
}

impl FromStr for SearchQuery {
    type Err = SearchQueryError;

    fn from_str(text: &str) -> Result<Self, SearchQueryError> {
        check_characters(text)?;
        let terms = groups(tokens(text)?)?;
        if terms.is_empty() {
            return Err(SearchQueryError::NoWord);
        }
        if terms.iter().all(|term| term.is_excluded) {
            return Err(SearchQueryError::OnlyExcludes);
        }
        if terms.len() > MAX_TERMS {
            return Err(SearchQueryError::TooManyTerms);
        }
        Ok(Self { terms })
    }
}

/// Formats the query with single spaces and without ignored characters.
impl fmt::Display for SearchQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|index| self.terms.get(index));
            let joint = match before {
                None => "",
                Some(before) if before.group == term.group => " OR ",
                Some(_) => " ",
            };
            let minus = if term.is_excluded { "-" } else { "" };
            let star = if term.is_prefix { "*" } else { "" };
            write!(f, "{joint}{minus}\"{}\"{star}", term.words)?;
        }
        Ok(())
    }
}

/// Reads at most as much as a query of maximum length can have before normalisation: a code point in NFC corresponds to
/// at most four in other forms (UAX #15, Implementation Notes).
fn check_characters(text: &str) -> Result<(), SearchQueryError> {
    for (index, character) in text.chars().enumerate() {
        if index == 4 * MAX_QUERY_CHARS {
            return Err(SearchQueryError::TooLong);
        }
        if character.is_control() && !matches!(character, '\t' | '\n' | '\r') {
            return Err(SearchQueryError::ControlCharacter(index));
        }
    }
    if text.nfc().take(MAX_QUERY_CHARS + 1).count() > MAX_QUERY_CHARS {
        Err(SearchQueryError::TooLong)
    } else {
        Ok(())
    }
}

#[derive(Debug)]
enum Token {
    Words {
        words: String,
        is_prefix: bool,
        is_excluded: bool,
    },
    /// OR, at a code point.
    Or(usize),
}

fn tokens(text: &str) -> Result<Vec<Token>, SearchQueryError> {
    let mut rest = text.char_indices().peekable();
    let mut tokens = Vec::new();
    loop {
        while rest.next_if(|(_, character)| character.is_whitespace()).is_some() {}
        let Some(&(start, _)) = rest.peek() else { return Ok(tokens) };
        let is_excluded = rest.next_if(|(_, character)| *character == '-').is_some();
        let token = match rest.next_if(|(_, character)| *character == '"') {
            Some((quote, _)) => quotation(text, &mut rest, quote, is_excluded)?,
            None => word(text, &mut rest, is_excluded, start),
        };
        // Punctuation by itself, such as a dash, is ignored.
        if !matches!(&token, Token::Words { words, .. } if !words.contains(char::is_alphanumeric)) {
            tokens.push(token);
        }
    }
}

/// Parses up to the closing quotation mark. The star may be before or after it.
fn quotation(
    text: &str,
    rest: &mut Peekable<CharIndices<'_>>,
    quote: usize,
    is_excluded: bool,
) -> Result<Token, SearchQueryError> {
    let end = rest.find(|(_, character)| *character == '"').map(|(end, _)| end);
    let end = end.ok_or_else(|| SearchQueryError::OpenQuotation(code_points(&text[..quote])))?;
    let has_star_behind = rest.next_if(|(_, character)| *character == '*').is_some();
    let quoted = &text[quote + 1..end];
    let words = quoted.trim_end_matches('*');
    let is_prefix = has_star_behind || words.len() < quoted.len();
    Ok(Token::Words { words: words.to_owned(), is_prefix, is_excluded })
}

/// Parses up to the next space or quotation mark.
fn word(text: &str, rest: &mut Peekable<CharIndices<'_>>, is_excluded: bool, start: usize) -> Token {
    let begin = rest.peek().map_or(text.len(), |(begin, _)| *begin);
    while rest.next_if(|(_, character)| !character.is_whitespace() && *character != '"').is_some() {}
    let end = rest.peek().map_or(text.len(), |(end, _)| *end);
    let written = &text[begin..end];
    if written == "OR" && !is_excluded {
        return Token::Or(code_points(&text[..start]));
    }
    let words = written.trim_end_matches('*');
    Token::Words { words: words.to_owned(), is_prefix: words.len() < written.len(), is_excluded }
}

fn code_points(text: &str) -> usize {
    text.chars().count()
}

/// Groups alternatives: OR puts the next term into the group of the previous one.
fn groups(tokens: Vec<Token>) -> Result<Vec<Term>, SearchQueryError> {
    let mut terms: Vec<Term> = Vec::new();
    let mut group = 0;
    let mut pending_or = None;
    for token in tokens {
        match (token, pending_or.take()) {
            (Token::Words { words, is_prefix, is_excluded }, or) => {
                match or {
                    Some(index) if is_excluded => return Err(SearchQueryError::StrayOr(index)),
                    Some(_) => {}
                    None => group += 1,
                }
                terms.push(Term { words: words.nfc().collect(), is_prefix, is_excluded, group });
            }
            (Token::Or(index), None) if terms.last().is_some_and(|term| !term.is_excluded) => {
                pending_or = Some(index);
            }
            (Token::Or(index), _) => return Err(SearchQueryError::StrayOr(index)),
        }
    }
    match pending_or {
        Some(index) => Err(SearchQueryError::StrayOr(index)),
        None => Ok(terms),
    }
}

#[cfg(test)]
mod tests {
    use super::{SearchQuery, SearchQueryError};

    /// Formats terms as lines: group, minus, words, star.
    fn read(text: &str) -> Vec<String> {
        let query: SearchQuery = text.parse().unwrap();
        let line = |term: &super::Term| {
            let minus = if term.is_excluded { "-" } else { "" };
            let star = if term.is_prefix { "*" } else { "" };
            format!("{} {minus}{}{star}", term.group, term.words)
        };
        query.terms.iter().map(line).collect()
    }

    fn refused(text: &str) -> SearchQueryError {
        text.parse::<SearchQuery>().unwrap_err()
    }

    #[test]
    fn words_phrases_prefixes_and_exclusions_are_parsed() {
        assert_eq!(
            read("iran \"oil exports\" sanct* -war -\"cold war\""),
            ["1 iran", "2 oil exports", "3 sanct*", "4 -war", "5 -cold war"]
        );
        assert_eq!(read("\"energy sanct*\" \"gas pipe\"*"), ["1 energy sanct*", "2 gas pipe*"]);
        assert_eq!(read("a\"b c\"d"), ["1 a", "2 b c", "3 d"]);
        assert_eq!(read("می\u{200c}رود"), ["1 می\u{200c}رود"]);
        assert_eq!(read("U.S.-led e-mail"), ["1 U.S.-led", "2 e-mail"]);
    }

    #[test]
    fn alternatives_share_a_group() {
        assert_eq!(read("oil OR gas OR \"power grid\" price"), ["1 oil", "1 gas", "1 power grid", "2 price"]);
        // OR is an operator in capitals only.
        assert_eq!(read("trick or treat"), ["1 trick", "2 or", "3 treat"]);
    }

    #[test]
    fn punctuation_without_words_is_ignored() {
        assert_eq!(read("war - peace & * \u{2014} ( \"...\""), ["1 war", "2 peace"]);
        assert_eq!(read("foo* 'bar' <-> :* baz"), ["1 foo*", "2 'bar'", "3 baz"]);
    }

    #[test]
    fn queries_without_a_term_to_find_are_rejected() {
        for text in ["", "  \t", "-", "* * *", "&|!", "\"\"", "--"] {
            assert_eq!(refused(text), SearchQueryError::NoWord, "{text}");
        }
        assert_eq!(refused("-war -\"cold war\""), SearchQueryError::OnlyExcludes);
    }

    #[test]
    fn misplaced_operators_are_rejected_with_their_position() {
        assert_eq!(refused("war \"cold"), SearchQueryError::OpenQuotation(4));
        assert_eq!(refused("é OR"), SearchQueryError::StrayOr(2));
        assert_eq!(refused("OR war"), SearchQueryError::StrayOr(0));
        assert_eq!(refused("war OR OR peace"), SearchQueryError::StrayOr(7));
        assert_eq!(refused("war OR -peace"), SearchQueryError::StrayOr(4));
        assert_eq!(refused("-war OR peace"), SearchQueryError::StrayOr(5));
    }

    #[test]
    fn queries_over_the_limits_are_rejected() {
        assert_eq!(refused(&"a".repeat(1001)), SearchQueryError::TooLong);
        assert_eq!(refused(&"я ".repeat(500_000)), SearchQueryError::TooLong);
        assert_eq!(refused(&"a ".repeat(33)), SearchQueryError::TooManyTerms);
        assert_eq!(read(&"a ".repeat(32)).len(), 32);
        assert_eq!(refused("a\0b"), SearchQueryError::ControlCharacter(1));
        assert_eq!(refused("\u{1b}[31m"), SearchQueryError::ControlCharacter(0));
    }

    #[test]
    fn a_query_written_out_reads_the_same() {
        for text in ["iran -war", "a OR \"b c\"* d*", "x -\"y z\""] {
            let query: SearchQuery = text.parse().unwrap();
            assert_eq!(query.to_string().parse::<SearchQuery>().unwrap(), query);
        }
    }
}
