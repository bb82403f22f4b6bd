//! Files with their findings, as `check` lists them, and with their content if no finding is an error.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_brief::marking::Scheme;
use chancery_text::{Check, Context, Diagnostic, Severity, TextRange};

use super::brief_form::{BriefForm, stem};
use super::brief_text::FolderImages;
use super::data_check;
use super::template_text::with_template_hint;
use super::valid_draft::ValidDraft;
use crate::ui::failure::Failure;
use crate::ui::findings::CheckedFile;
use crate::ui::text_position::TextPosition;

/// A file with its findings.
pub struct CheckedDraft {
    pub checked: CheckedFile,
    /// None if a finding is an error.
    pub draft: Option<ValidDraft>,
    /// The files of the images that the text names, whether they exist or not.
    pub image_files: Vec<PathBuf>,
}

/// Checks the text of a file, whose images the resolver reads.
pub fn check(
    file: &Path,
    text: Arc<str>,
    scheme: Scheme,
    coverage: Option<&GlyphCoverage>,
    images: FolderImages,
) -> CheckedDraft {
    let name = file.display().to_string();
    if BriefForm::of_text(file, &text) != BriefForm::Text {
        let (findings, omitted, draft) = data_check::check(file, &text, scheme, coverage);
        let checked = CheckedFile { name, text, findings, omitted };
        return CheckedDraft { checked, draft, image_files: Vec::new() };
    }
    let context = Context { resolver: Some(&images), ..Context::default() };
    let Check { reading, canonical, findings, omitted } = chancery_text::check(&text, &context, coverage);
    let exchange = reading.exchange;
    let image_files = images.files();
    let draft = canonical.map(|canonical| ValidDraft {
        brief_id: if exchange.brief.is_empty() { stem(file) } else { exchange.brief },
        revision: exchange.revision,
        canonical,
        images: images.into_images(),
    });
    let findings = with_template_hint(&text, findings);
    CheckedDraft { checked: CheckedFile { name, text, findings, omitted }, draft, image_files }
}

/// Returns the finding of a file that cannot be written.
pub fn unwritable(failure: Failure) -> Diagnostic {
    let range = TextRange::at(0);
    Diagnostic { severity: Severity::Error, code: "IO", range, message: failure.message, fix: None }
}

/// Returns the finding of a file that cannot be read, at the byte that is no UTF-8.
pub fn unreadable(name: String, failure: Failure) -> CheckedFile {
    let code = if failure.reason == "NOT_UTF8" { "NOT_UTF8" } else { "IO" };
    let violation = failure.violations.into_iter().next();
    let message = violation.as_ref().map_or(failure.message, |violation| violation.description.clone());
    // Lines and columns before the byte, in place of a text that is not valid.
    let text = match violation.and_then(|violation| violation.position).map(|position| position.at) {
        Some(TextPosition { line, column, .. }) => "\n".repeat(line - 1) + &" ".repeat(column - 1),
        None => String::new(),
    };
    let range = TextRange::at(text.len());
    let found = Diagnostic { severity: Severity::Error, code, range, message, fix: None };
    CheckedFile { name, text: text.into(), findings: vec![found], omitted: 0 }
}
