//! Findings of `check` as diagnostics.

use chancery_brief::lint;
use chancery_text::Severity;
use tower_lsp_server::ls_types::{CodeDescription, Diagnostic, DiagnosticSeverity, NumberOrString, Range};
use url::Url;

use crate::document::{Analysis, Document};

/// Source of the diagnostics, as editors show it.
const SOURCE: &str = "chancery";

/// Returns all findings of a text. Where it has more than are listed, the last diagnostic counts the others.
pub(crate) fn diagnostics(
    document: &Document,
    analysis: &Analysis,
    lint_pages: Option<&Url>,
) -> Vec<Diagnostic> {
    let findings = &analysis.check.findings;
    let mut diagnostics: Vec<Diagnostic> =
        findings.iter().map(|found| diagnostic(document, found, lint_pages)).collect();
    if analysis.check.omitted > 0 {
        let message = format!("{} more findings are not listed: fix these first", analysis.check.omitted);
        let severity = Some(DiagnosticSeverity::INFORMATION);
        let source = Some(SOURCE.to_owned());
        diagnostics.push(Diagnostic {
            range: Range::default(),
            severity,
            source,
            message,
            ..Diagnostic::default()
        });
    }
    diagnostics
}

pub(crate) fn diagnostic(
    document: &Document,
    found: &chancery_text::Diagnostic,
    lint_pages: Option<&Url>,
) -> Diagnostic {
    Diagnostic {
        range: document.positions().range(found.range),
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Hint => DiagnosticSeverity::HINT,
        }),
        code: Some(NumberOrString::String(found.code.to_owned())),
        code_description: page(found.code, lint_pages),
        source: Some(SOURCE.to_owned()),
        message: found.message.clone(),
        ..Diagnostic::default()
    }
}

/// Returns the link to the page of a code. Only codes of lint have one.
fn page(code: &str, lint_pages: Option<&Url>) -> Option<CodeDescription> {
    lint::CODES.iter().find(|(own, _)| *own == code)?;
    let url = lint_pages?.join(&format!("{code}.md")).ok()?;
    Some(CodeDescription { href: url.as_str().parse().ok()? })
}
