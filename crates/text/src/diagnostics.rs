//! Problems in a text, with their position, their remedy and, where it is certain, the edit that fixes them.

use crate::range::TextRange;

/// Maximum number of diagnostics that are listed; further ones are counted.
pub const DIAGNOSTIC_LIMIT: usize = 1_000;

/// A problem at a place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Severity of the problem.
    pub severity: Severity,
    /// Stable code of [`crate::code`], such as `UNKNOWN_KEY`.
    pub code: &'static str,
    /// The part of the text that has the problem; empty where something is missing.
    pub range: TextRange,
    /// Message for the author: the problem, the allowed values or the nearest one, and the remedy.
    pub message: String,
    /// The edit that fixes the problem, where only one can be meant.
    pub fix: Option<Fix>,
}

/// Severity of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Part of the text has no meaning: the content is incomplete.
    Error,
    /// The text has a meaning, which is probably not the intended one.
    Warning,
    /// The formatter will change this.
    Hint,
}

/// An edit of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The range that is replaced; empty for an insertion.
    pub range: TextRange,
    /// The text that replaces it.
    pub replacement: String,
}

impl Diagnostic {
    pub(crate) fn error(code: &'static str, range: TextRange, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, range, message: message.into(), fix: None }
    }

    pub(crate) fn warning(code: &'static str, range: TextRange, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, range, message) }
    }

    pub(crate) fn hint(code: &'static str, range: TextRange, message: impl Into<String>) -> Self {
        Self { severity: Severity::Hint, ..Self::error(code, range, message) }
    }

    /// Adds the edit that corrects what the diagnostic is about.
    #[must_use]
    pub fn with_fix(mut self, range: TextRange, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { range, replacement: replacement.into() });
        self
    }
}

/// Diagnostics as they are found, limited in number.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    listed: Vec<Diagnostic>,
    omitted: usize,
    errors: usize,
}

/// A state of [`Diagnostics`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct DiagnosticsMark {
    listed: usize,
    omitted: usize,
    errors: usize,
}

impl Diagnostics {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        if self.listed.len() < DIAGNOSTIC_LIMIT {
            self.listed.push(diagnostic);
        } else {
            self.omitted += 1;
        }
    }

    /// Adds an error whose message is costly: past the limit, it is not made.
    pub(crate) fn push_error_with(&mut self, diagnostic: impl FnOnce() -> Diagnostic) {
        if self.is_full() {
            self.errors += 1;
            self.omitted += 1;
        } else {
            self.push(diagnostic());
        }
    }

    pub(crate) fn error(&mut self, code: &'static str, range: TextRange, message: impl Into<String>) {
        self.push(Diagnostic::error(code, range, message));
    }

    /// Adds the diagnostics of a part that was read by itself.
    pub(crate) fn append(&mut self, other: Self) {
        let unlisted =
            other.errors - other.listed.iter().filter(|listed| listed.severity == Severity::Error).count();
        self.omitted += other.omitted;
        self.errors += unlisted;
        other.listed.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// Returns the state, to return to.
    pub(crate) fn mark(&self) -> DiagnosticsMark {
        DiagnosticsMark { listed: self.listed.len(), omitted: self.omitted, errors: self.errors }
    }

    /// Forgets the diagnostics since a mark.
    pub(crate) fn return_to(&mut self, mark: DiagnosticsMark) {
        self.listed.truncate(mark.listed);
        (self.omitted, self.errors) = (mark.omitted, mark.errors);
    }

    /// Returns whether further diagnostics are only counted.
    pub(crate) fn is_full(&self) -> bool {
        self.listed.len() >= DIAGNOSTIC_LIMIT
    }

    /// Returns the ranges of the errors, of which those that are not listed may lie anywhere.
    pub(crate) fn error_ranges(&self) -> impl Iterator<Item = TextRange> + '_ {
        let listed = self.listed.iter().filter(|listed| listed.severity == Severity::Error);
        let anywhere = (self.omitted > 0).then_some(TextRange { start: 0, end: usize::MAX });
        listed.map(|listed| listed.range).chain(anywhere)
    }

    /// Returns the diagnostics in the order of the text, and the number of those that are not listed.
    pub(crate) fn finish(mut self) -> (Vec<Diagnostic>, usize) {
        self.listed.sort_by_key(|diagnostic| (diagnostic.range.start, diagnostic.range.end));
        (self.listed, self.omitted)
    }
}
