//! Places the warnings about likelihood terms in the words of sentences, which [`chancery_brief::lint`] finds.

use chancery_brief::likelihood::words;
use chancery_brief::lint::{term_fault, wording_is_read};
use chancery_proto::brief::v1::{Likelihood, Statement};

use super::lowering::Lowering;
use super::terms::meant_term;
use crate::code;
use crate::diagnostics::Diagnostic;
use crate::range::TextRange;
use crate::syntax::parts::Parts;
use crate::syntax::sentences::Passage;
use crate::syntax::tokens::Item;

impl Lowering<'_> {
    /// Compares the terms in the sentences of a passage with their likelihoods, or with that of their judgment.
    pub(super) fn compare_wording(
        &mut self,
        passage: &Passage,
        statements: &[Statement],
        of_judgment: Option<&Likelihood>,
    ) {
        if !wording_is_read(&self.language) {
            return;
        }
        for (parts, statement) in passage.sentences.iter().zip(statements) {
            let Some(fault) = term_fault(statement, of_judgment, self.scale) else { continue };
            // An annotation that seems to mean a likelihood is an error already.
            let is_meant = |item: &Item| meant_term(&item.head.text, self.scale).is_some();
            if fault.code == code::TERM_WITHOUT_LIKELIHOOD && parts.items.iter().any(is_meant) {
                continue;
            }
            let warning =
                Diagnostic::warning(fault.code, term_range(parts, fault.offset, fault.length), fault.message);
            self.wording.push(if fault.code == code::TERM_WITHOUT_LIKELIHOOD {
                let term = words(fault.term);
                let written =
                    fault.percent.map_or(term.to_owned(), |percent| format!("{term} at {percent}%"));
                let (at, insertion) = insertion(parts, &written);
                warning.with_fix(at, insertion)
            } else {
                warning
            });
        }
    }
}

/// Returns the range of words in the file, or of the whole sentence where escapes move it.
fn term_range(parts: &Parts, offset: usize, length: usize) -> TextRange {
    let range = parts.text.range;
    let is_verbatim = parts.source == parts.text.text && range.end - range.start == parts.source.len();
    if is_verbatim { TextRange::new(range.start + offset, range.start + offset + length) } else { range }
}

/// Returns where the annotation of a term is inserted, and its text.
fn insertion(parts: &Parts, term: &str) -> (TextRange, String) {
    if let Some(last) = parts.items.last() {
        return (TextRange::at(last.range.end), format!("; {term}"));
    }
    let citations = parts.citations_range.map_or(0, |citations| citations.end);
    (TextRange::at(parts.text.range.end.max(citations)), format!(" {{{term}}}"))
}
