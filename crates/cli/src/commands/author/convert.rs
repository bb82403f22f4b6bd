//! `convert`: writes a file of a brief in another form, without a service.

use std::path::Path;
use std::sync::Arc;

use chancery_brief::marking::Scheme;
use chancery_brief::validate::{InvalidContent, canonicalize};
use chancery_text::{Context, Severity};
use serde_json::json;

use crate::args::Global;
use crate::args::author::Convert;
use crate::inputs::brief_form::{BriefForm, stem};
use crate::inputs::brief_message::BriefMessage;
use crate::inputs::brief_text::BriefText;
use crate::inputs::data_text::{DataForm, DataText};
use crate::inputs::documents::read_text;
use crate::inputs::source_text::SourceText;
use crate::ui::failure::{Failure, Violation};
use crate::ui::output;
use crate::ui::output::is_standard;

pub fn run(global: &Global, arguments: &Convert) -> Result<(), Failure> {
    let (file, output) = (arguments.file.as_path(), arguments.output.as_path());
    let text = read_text(file)?;
    let from = arguments.from.unwrap_or_else(|| BriefForm::of_text(file, &text));
    let to = arguments.to.or_else(|| BriefForm::of(output)).ok_or_else(|| no_form(file, output))?;
    if (from, to) == (BriefForm::Text, BriefForm::Text) {
        let message = format!("{} is a text already", file.display());
        return Err(
            Failure::usage("SAME_FORM", message).help("`chancery fmt` writes a text in its canonical form")
        );
    }
    let input = Input::read(global, file, text, from)?;
    let written = match to {
        BriefForm::Text => input.as_text(global, arguments.scheme.scheme())?,
        BriefForm::Json | BriefForm::Yaml => input.message.write_stored(to),
    };
    if has_comments(&input.source, from) {
        warn(global, format_args!("{}: comments are not converted", file.display()));
    }
    if is_standard(output) {
        return output::print_to_reader(&written);
    }
    if arguments.force {
        output::write_file(output, 0o666, written.as_bytes())?;
    } else {
        output::write_new_file(output, 0o666, written.as_bytes()).map_err(with_force)?;
    }
    let (input, output) = (file.display().to_string(), output.display().to_string());
    output::print(&if global.json {
        format!("{}\n", json!({ "input": input, "output": output }))
    } else {
        format!("{output}: converted from {input}\n")
    })
}

/// A file that was read.
struct Input<'f> {
    file: &'f Path,
    message: BriefMessage,
    source: SourceText,
}

impl<'f> Input<'f> {
    fn read(global: &Global, file: &'f Path, text: Arc<str>, form: BriefForm) -> Result<Self, Failure> {
        let form = match form {
            BriefForm::Text => return Self::of_text(global, file, text),
            BriefForm::Json => DataForm::Json,
            BriefForm::Yaml => DataForm::Yaml,
        };
        let data = DataText::parse(form, Arc::clone(&text))
            .map_err(|invalid| invalid.failure(file, &text, "brief"))?;
        let message = BriefMessage::of_data(&data)
            .map_err(|invalid| invalid.failure(file, &text, BriefMessage::name_of(&data)))?;
        Ok(Self { file, message, source: data.source() })
    }

    fn of_text(global: &Global, file: &'f Path, text: Arc<str>) -> Result<Self, Failure> {
        let BriefText { reading, source, .. } = BriefText::of_text(file, text)?;
        let (mut content, exchange) = (reading.content, reading.exchange);
        // JSON and YAML state the scheme by their markings only.
        if exchange.scheme != Scheme::Tlp && content.default_marking.is_empty() {
            exchange.scheme.label(exchange.scheme.lowest()).clone_into(&mut content.default_marking);
        }
        let message = BriefMessage::of_text(content, exchange, &global.workspace).map_err(|message| {
            let violation = Violation::in_text(file, &source, "published".to_owned(), message);
            Failure::new("INVALID_ARGUMENT", "INVALID_TEXT", format!("{} has errors", file.display()))
                .with_violations(vec![violation])
        })?;
        Ok(Self { file, message, source })
    }

    /// Writes the text form, and reads it back: the text must say the same.
    fn as_text(&self, global: &Global, default: Scheme) -> Result<String, Failure> {
        let scheme = self.message.scheme().unwrap_or(default);
        let content = self.message.content().cloned().unwrap_or_default();
        let expected = canonicalize(&content, scheme).map_err(|invalid| self.invalid(&invalid))?;
        let text = self.message.write(BriefForm::Text, scheme);
        let reading = chancery_text::read(&text, &Context::default());
        let error = reading.diagnostics.iter().find(|found| found.severity == Severity::Error);
        let is_same = || {
            let actual = canonicalize(&reading.content, scheme);
            actual.is_ok_and(|actual| actual.content() == expected.content())
        };
        if let Some(reason) = error
            .map(|error| error.message.as_str())
            .or((!is_same()).then_some("the text would say something else"))
        {
            let message = format!("{} cannot be written as a text: {reason}", self.file.display());
            return Err(Failure::new("FAILED_PRECONDITION", "NOT_CONVERTIBLE", message)
                .help("JSON and YAML hold all of it"));
        }
        for field in self.message.lost_in_text() {
            warn(global, format_args!("{}: the text does not state {field}", self.file.display()));
        }
        Ok(text)
    }

    /// Locates each broken rule in the file.
    fn invalid(&self, invalid: &InvalidContent) -> Failure {
        let prefix = if matches!(self.message, BriefMessage::Content(_)) { "" } else { "content." };
        let located = |violation: &chancery_brief::validate::Violation| {
            let description = format!("{}: {}", violation.code, violation.message);
            Violation::in_text(self.file, &self.source, format!("{prefix}{}", violation.path), description)
        };
        let violations = invalid.violations.iter().map(located).collect();
        let failure = Failure::new("INVALID_ARGUMENT", "INVALID_CONTENT", invalid.to_string());
        Failure { total_violations: invalid.total, ..failure.with_violations(violations) }
            .help("the text form holds content that breaks no rule: correct it, or convert to JSON or YAML")
    }
}

/// Returns whether a line of a text or a YAML file is a comment. JSON has none.
fn has_comments(source: &SourceText, form: BriefForm) -> bool {
    let mark = match form {
        BriefForm::Text => "<!--",
        BriefForm::Yaml => "#",
        BriefForm::Json => return false,
    };
    source.text().lines().any(|line| line.trim_start().starts_with(mark))
}

fn warn(global: &Global, message: std::fmt::Arguments<'_>) {
    // With --json, standard error has only the failure.
    if !global.json {
        eprintln!("warning: {message}");
    }
}

fn no_form(file: &Path, output: &Path) -> Failure {
    if is_standard(output) {
        return Failure::usage("USAGE", "name the form to write with --to, or a file with -o");
    }
    let endings = [BriefForm::Text, BriefForm::Json, BriefForm::Yaml].map(BriefForm::ending);
    let message = format!(
        "{} has the ending of no form of briefs: name it {}{}, or choose the form with --to",
        output.display(),
        stem(if is_standard(file) { output } else { file }),
        endings.join(", or with ")
    );
    Failure::usage("WRONG_ENDING", message)
}

fn with_force(failure: Failure) -> Failure {
    if failure.reason == "FILE_EXISTS" {
        failure.help("replace it with --force, or name another file")
    } else {
        failure
    }
}
