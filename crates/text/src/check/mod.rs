//! Every problem of a text: those of its form, the rules that its content breaks, and the warnings of lint, each at its
//! place in the text.

mod dates;
mod fixes;
mod keys;
mod lints;
mod unread;
mod violations;

use chancery_brief::Canonical;
use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_brief::validate;

pub use self::fixes::{Fixed, apply_safe_fixes, safe_fixes};
pub(crate) use self::keys::in_words;
pub use self::keys::rule_message;
use self::unread::{Unread, whole_lines};
pub use self::violations::with_remedy;
use crate::code;
use crate::context::Context;
use crate::diagnostics::{DIAGNOSTIC_LIMIT, Diagnostic, Severity};
use crate::range::TextRange;
use crate::reader::{Reading, read};

/// A checked text.
#[derive(Debug, Clone)]
pub struct Check {
    /// The content as read, which is incomplete if it has errors.
    pub reading: Reading,
    /// The content in canonical form; none if a finding is an error.
    pub canonical: Option<Canonical>,
    /// Problems in the order of the text, at most [`DIAGNOSTIC_LIMIT`], errors first where there are more. Codes are those
    /// of [`crate::code`], [`chancery_brief::validate::code`] and [`chancery_brief::lint`].
    pub findings: Vec<Diagnostic>,
    /// Number of further problems, which are not listed.
    pub omitted: usize,
}

impl Check {
    /// Returns the number of listed findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|found| found.severity == severity).count()
    }
}

/// Checks a text. With the coverage of the fonts, it warns of characters that no font has.
///
/// A rule that is broken only because the reader could not read a part is not reported beside the error of that part.
pub fn check(text: &str, context: &Context<'_>, coverage: Option<&GlyphCoverage>) -> Check {
    let reading = read(text, context);
    let validated = validate::violations(&reading.content, reading.exchange.scheme);
    let unread = Unread::new(text, &reading);
    let mut findings = of_form(text, &reading.diagnostics);
    let mut omitted = reading.omitted;
    let mut is_held_back = false;
    let canonical = match validated {
        Ok(canonical) => (!reading.has_errors()).then_some(canonical),
        Err(invalid) => {
            omitted += invalid.total - invalid.violations.len();
            let broken = violations::findings(text, &reading, &unread, &invalid.violations);
            is_held_back |= broken.len() < invalid.violations.len();
            findings.extend(broken);
            None
        }
    };
    let linted = canonical.as_ref().map_or(&reading.content, Canonical::content);
    let warnings = lints::findings(text, &reading, &unread, linted, coverage);
    is_held_back |= warnings.is_held_back;
    findings.extend(warnings.listed);
    findings.extend(reading.wording.iter().cloned());
    if is_held_back {
        let message =
            "some rules and warnings depend on lines with errors: they are checked once these are correct";
        findings.push(Diagnostic::hint(code::FURTHER_CHECKS, TextRange::at(text.len()), message));
    }
    if findings.len() > DIAGNOSTIC_LIMIT {
        findings.sort_by_key(|found| found.severity);
        omitted += findings.len() - DIAGNOSTIC_LIMIT;
        findings.truncate(DIAGNOSTIC_LIMIT);
    }
    findings.sort_by_key(|found| (found.range.start, found.range.end, found.severity));
    findings.dedup_by(|later, earlier| {
        later.range == earlier.range && later.code == earlier.code && later.message == earlier.message
    });
    Check { reading, canonical, findings, omitted }
}

/// The result of fixing a text.
#[derive(Debug, Clone)]
pub enum Fixing {
    /// No finding has a safe fix.
    Unchanged,
    /// The fixes together would cause other errors, so that none is applied.
    Refused,
    /// The text with its safe fixes, checked again.
    Fixed(Fixed, Box<Check>),
}

/// Applies the safe fixes of a checked text, if that causes no further errors.
pub fn fix(text: &str, before: &Check, context: &Context<'_>, coverage: Option<&GlyphCoverage>) -> Fixing {
    let fixed = apply_safe_fixes(text, &before.findings);
    if fixed.applied == 0 {
        return Fixing::Unchanged;
    }
    let after = check(&fixed.text, context, coverage);
    if after.count(Severity::Error) > before.count(Severity::Error) {
        return Fixing::Refused;
    }
    Fixing::Fixed(fixed, Box::new(after))
}

/// Returns the findings of the reader, without those that follow from an unclosed brace: its annotation is text to the
/// reader, so that the citations before it are not at the end of the sentence.
fn of_form(text: &str, diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    let unclosed = diagnostics.iter().filter(|found| found.code == code::UNCLOSED);
    let lines: Vec<TextRange> = unclosed.map(|found| whole_lines(text, found.range)).collect();
    let follows = |found: &&Diagnostic| {
        found.code == code::WRONG_ORDER && lines.iter().any(|line| line.contains(found.range))
    };
    diagnostics.iter().filter(|found| !follows(found)).cloned().collect()
}
