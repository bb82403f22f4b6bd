//! Likelihood terms in the words of English sentences, compared with their annotations.

use chancery_brief::likelihood::{scale_terms, words};
use chancery_proto::brief::v1::{Likelihood, LikelihoodScale, LikelihoodTerm, Statement, StatementType};

use super::lowering::Lowering;
use crate::code;
use crate::diagnostics::Diagnostic;
use crate::range::TextRange;
use crate::syntax::parts::Parts;
use crate::syntax::sentences::Passage;

/// Words before a term that make it another claim.
const MODIFIERS: [&str; 18] = [
    "as",
    "equally",
    "extremely",
    "fairly",
    "hardly",
    "highly",
    "how",
    "increasingly",
    "less",
    "more",
    "most",
    "no",
    "not",
    "quite",
    "rather",
    "so",
    "somewhat",
    "too",
];

impl Lowering<'_> {
    /// Compares the terms in the sentences of a passage with their likelihoods, or with that of their judgment.
    pub(super) fn compare_wording(
        &mut self,
        passage: &Passage,
        statements: &[Statement],
        of_judgment: Option<&Likelihood>,
    ) {
        if !(self.language == "en" || self.language.starts_with("en-")) {
            return;
        }
        for (parts, statement) in passage.sentences.iter().zip(statements) {
            let likelihood = statement.likelihood.as_ref().or(of_judgment);
            let is_judgment =
                matches!(statement.r#type(), StatementType::Assessment | StatementType::Forecast);
            let Some((term, offset)) = only_term(&statement.text, self.scale) else { continue };
            let range = term_range(parts, offset, term);
            let term_words = words(term);
            match likelihood {
                None if is_judgment => {
                    let message = format!(
                        "\"{term_words}\" is a term of the scale, but the sentence has no likelihood: add {{{term_words}}} behind it, or use another word"
                    );
                    let warning = Diagnostic::warning(code::TERM_WITHOUT_LIKELIHOOD, range, message);
                    let (at, insertion) = insertion(parts, term_words);
                    self.wording.push(warning.with_fix(at, insertion));
                }
                Some(likelihood) if likelihood.term() != term && likelihood.scale() == self.scale => {
                    let message = format!(
                        "the sentence says \"{term_words}\", but its likelihood is \"{}\": change one of them",
                        words(likelihood.term())
                    );
                    let code = code::LIKELIHOOD_CONTRADICTS_TEXT;
                    self.wording.push(Diagnostic::warning(code, range, message));
                }
                _ => {}
            }
        }
    }
}

/// Returns the only term of the scale in a text, with its offset; none if there are several or none.
fn only_term(text: &str, scale: LikelihoodScale) -> Option<(LikelihoodTerm, usize)> {
    let lower = text.to_ascii_lowercase();
    // "remote" usually means distance.
    let terms = || scale_terms(scale).iter().copied().filter(|term| words(*term) != "remote");
    let mut found: Option<(LikelihoodTerm, usize)> = None;
    let mut at = 0;
    while at < lower.len() {
        let starts_word = lower[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let fits = |term: &LikelihoodTerm| {
            let rest = lower[at..].strip_prefix(words(*term));
            rest.is_some_and(|rest| rest.chars().next().is_none_or(|c| !c.is_alphanumeric()))
        };
        let longest =
            if starts_word { terms().filter(fits).max_by_key(|term| words(*term).len()) } else { None };
        match longest {
            Some(term) => {
                if !is_modified(&lower[..at]) {
                    if found.is_some_and(|(known, _)| known != term) {
                        return None;
                    }
                    found = found.or(Some((term, at)));
                }
                at += words(term).len();
            }
            None => at += lower[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    found
}

fn is_modified(before: &str) -> bool {
    let word = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next();
    word.is_some_and(|word| MODIFIERS.contains(&word))
}

/// Returns the range of a term in the file, or of the whole sentence where escapes move it.
fn term_range(parts: &Parts, offset: usize, term: LikelihoodTerm) -> TextRange {
    let range = parts.text.range;
    let is_verbatim = parts.source == parts.text.text && range.end - range.start == parts.source.len();
    if is_verbatim {
        TextRange::new(range.start + offset, range.start + offset + words(term).len())
    } else {
        range
    }
}

/// Returns where the annotation of a term is inserted, and its text.
fn insertion(parts: &Parts, term: &str) -> (TextRange, String) {
    if let Some(last) = parts.items.last() {
        return (TextRange::at(last.range.end), format!("; {term}"));
    }
    let citations = parts.citations_range.map_or(0, |citations| citations.end);
    (TextRange::at(parts.text.range.end.max(citations)), format!(" {{{term}}}"))
}

#[cfg(test)]
mod tests {
    use super::{LikelihoodScale, only_term, words};

    fn term(text: &str) -> &'static str {
        only_term(text, LikelihoodScale::Icd203).map_or("", |(term, _)| words(term))
    }

    #[test]
    fn the_longest_unmodified_term_counts() {
        assert_eq!(term("Very likely it falls."), "very likely");
        assert_eq!(term("It is unlikely."), "unlikely");
        assert_eq!(term("Likely, it is likely."), "likely");
        for text in
            ["It is not likely.", "less likely", "likely or unlikely", "unlikelyhood", "remote", "über"]
        {
            assert_eq!(term(text), "", "{text}");
        }
    }
}
