//! `check`: every problem of files, at its place, without a service.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_text::{Check as Checked, Context, Fixing, Severity};

use crate::args::Global;
use crate::args::author::Check;
use crate::inputs::brief_form::BriefForm;
use crate::inputs::brief_text::FolderImages;
use crate::inputs::checked_draft::{unreadable, unwritable};
use crate::inputs::data_check;
use crate::inputs::documents::read_text;
use crate::inputs::template_text::with_template_hint;
use crate::ui::failure::{Failure, shown};
use crate::ui::findings::{self, CheckedFile};
use crate::ui::output;
use crate::ui::text;

pub fn run(global: &Global, arguments: &Check) -> Result<(), Failure> {
    if arguments.fix && arguments.files.iter().any(|file| output::is_standard(file)) {
        let message = "--fix writes the file that it reads, and standard input is none: name a file, or ./- for a \
                       file with that name";
        return Err(Failure::usage("USAGE", message));
    }
    let coverage = coverage(arguments.no_glyphs, arguments.fonts.as_deref())?;
    let mut files = Vec::new();
    for file in &arguments.files {
        let checked = check(file, arguments, coverage.as_ref(), global.json);
        if !global.json {
            output::print(&findings::text(&checked))?;
            report_clean(&checked);
        }
        files.push(checked);
    }
    if global.json {
        output::print(&findings::to_json(&files))?;
    }
    conclude(&files, arguments)
}

/// Returns the characters that prints can show; computing it takes about a fifth of a second.
pub fn coverage(no_glyphs: bool, fonts: Option<&Path>) -> Result<Option<GlyphCoverage>, Failure> {
    if no_glyphs {
        return Ok(None);
    }
    let fonts = chancery_fonts::read(fonts).map_err(Failure::setup("the fonts"))?;
    Ok(Some(fonts.glyph_coverage()))
}

/// Reports a file without problems on a terminal. Scripts read the exit code.
fn report_clean(checked: &CheckedFile) {
    let is_clean = checked.findings.is_empty() && checked.omitted == 0;
    if is_clean && io::stderr().is_terminal() {
        eprintln!("{}: no problems", shown(&checked.name));
    }
}

/// Checks a file, after its safe fixes with `--fix`. A file that cannot be read is a finding, so that the others are
/// checked too.
fn check(file: &Path, arguments: &Check, coverage: Option<&GlyphCoverage>, is_json: bool) -> CheckedFile {
    let name = file.display().to_string();
    let text = match read_text(file) {
        Ok(text) => text,
        Err(failure) => return unreadable(name, failure),
    };
    if BriefForm::of_text(file, &text) != BriefForm::Text {
        let (findings, omitted, _) = data_check::check(file, &text, arguments.scheme.scheme(), coverage);
        return CheckedFile { name, text, findings, omitted };
    }
    let (text, Checked { findings, omitted, .. }) = fixed(file, text, arguments.fix, coverage, is_json);
    let findings = with_template_hint(&text, findings);
    CheckedFile { name, text, findings, omitted }
}

/// Checks a text and, if requested, writes it with its safe fixes and checks it again.
fn fixed(
    file: &Path,
    text: Arc<str>,
    fix: bool,
    coverage: Option<&GlyphCoverage>,
    is_json: bool,
) -> (Arc<str>, Checked) {
    // With --json, standard error has only the failure.
    let report = |line: std::fmt::Arguments<'_>| {
        if !is_json {
            eprintln!("{line}");
        }
    };
    let images = FolderImages::beside(file);
    let context = Context { resolver: Some(&images), ..Context::default() };
    let before = chancery_text::check(&text, &context, coverage);
    if !fix {
        return (text, before);
    }
    match chancery_text::fix(&text, &before, &context, coverage) {
        Fixing::Unchanged => (text, before),
        Fixing::Refused => {
            let name = shown(&file.display());
            report(format_args!("{name}: not fixed, because the fixes would cause other errors"));
            (text, before)
        }
        Fixing::Fixed(fixed, after) => {
            if let Err(failure) = output::replace_text(file, &text, &fixed.text) {
                let mut unwritten = before;
                unwritten.findings.insert(0, unwritable(failure));
                return (text, unwritten);
            }
            report(format_args!("{}: {} fixed", shown(&file.display()), fixed.applied));
            (fixed.text.into(), *after)
        }
    }
}

/// Fails on errors, and with `--strict` on warnings.
fn conclude(files: &[CheckedFile], arguments: &Check) -> Result<(), Failure> {
    let is_strict = |code: &str| arguments.strict.as_ref().is_some_and(|codes| codes.contains(code));
    let (mut errors, mut warnings, mut failing) = (0, 0, 0);
    for file in files {
        errors += file.omitted;
        for found in &file.findings {
            errors += usize::from(found.severity == Severity::Error);
            warnings += usize::from(found.severity == Severity::Warning);
            failing += usize::from(found.severity == Severity::Warning && is_strict(found.code));
        }
    }
    if errors + failing == 0 {
        return Ok(());
    }
    let message = format!(
        "{}, {} in {}",
        text::counted(errors, "error"),
        text::counted(warnings, "warning"),
        text::counted(files.len(), "file")
    );
    Err(Failure::new("INVALID_ARGUMENT", "INVALID_CONTENT", message))
}
