//! `fmt`: one sentence a line, with ids.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_proto::brief::v1::{BriefContent, ExportBriefRequest, ExportFormat};
use chancery_proto::json::to_string_pretty;
use chancery_text::{Context, Formatted, FormattingNote, Severity};
use serde_json::{Value, json};

use crate::args::Global;
use crate::args::author::Fmt;
use crate::connection::connect;
use crate::inputs::brief_form::{BriefForm, is_named_by};
use crate::inputs::brief_text::FolderImages;
use crate::inputs::documents::read_text;
use crate::inputs::draft_file::DraftFile;
use crate::names;
use crate::ui::failure::{Failure, shown};
use crate::ui::findings::{self, CheckedFile};
use crate::ui::output;
use crate::ui::output::is_standard;

/// Number of changes of a file that are listed: a text without ids has one for each sentence.
const MAX_NOTES: usize = 20;

/// The earlier revisions.
#[derive(Default)]
struct Earlier {
    ids: BTreeSet<String>,
    newest: Option<BriefContent>,
}

impl Earlier {
    /// Takes contents in the order of their revisions.
    fn of(mut contents: Vec<BriefContent>) -> Self {
        Self { ids: contents.iter().flat_map(ids_of).collect(), newest: contents.pop() }
    }
}

/// Result of a file.
enum Outcome {
    Unchanged,
    /// Written, or would be with `--check`.
    Changed(Vec<FormattingNote>),
    /// The text has errors of form.
    Invalid(CheckedFile),
    /// Not read or not written.
    Failed(Failure),
}

pub async fn run(global: &Global, arguments: &Fmt) -> Result<(), Failure> {
    if global.json && !arguments.check && arguments.files.iter().any(|file| is_standard(file)) {
        let message = "standard output cannot contain both the text and --json: name a file";
        return Err(Failure::usage("USAGE", message));
    }
    let earlier = match &arguments.against {
        Some(name) => Earlier::of(earlier_contents(global, name).await?),
        None => Earlier::default(),
    };
    let mut outcomes = Vec::new();
    for file in &arguments.files {
        // A file that fails does not keep the others from being formatted.
        let outcome = format_file(file, &earlier, arguments.check).unwrap_or_else(Outcome::Failed);
        if !global.json {
            print(file, &outcome, arguments)?;
        }
        outcomes.push(outcome);
    }
    if global.json {
        output::print(&to_json(&arguments.files, &outcomes, arguments.check))?;
    }
    conclude(outcomes, arguments.check)
}

fn format_file(file: &Path, earlier: &Earlier, is_check: bool) -> Result<Outcome, Failure> {
    let text = read_text(file)?;
    let formatted = match formatted(file, &text, earlier)? {
        Ok(formatted) => formatted,
        Err(invalid) => return Ok(Outcome::Invalid(invalid)),
    };
    let is_same = *formatted.text == *text;
    if is_standard(file) && !is_check {
        output::print_to_reader(&formatted.text)?;
    } else if !(is_same || is_check) {
        output::replace_text(file, &text, &formatted.text)?;
    }
    Ok(if is_same { Outcome::Unchanged } else { Outcome::Changed(formatted.notes) })
}

/// Formats a text, or returns its errors of form.
fn formatted(
    file: &Path,
    text: &Arc<str>,
    earlier: &Earlier,
) -> Result<Result<Formatted, CheckedFile>, Failure> {
    if BriefForm::of_text(file, text) != BriefForm::Text {
        let message = format!(
            "{} is not in the text form of a brief, NAME.brief.md; JSON and YAML have no formatter: convert the content \
             to a text with `draft set`, then `draft get -o NAME.brief.md`",
            file.display()
        );
        return Err(Failure::usage("WRONG_ENDING", message));
    }
    let images = FolderImages::beside(file);
    let context = Context {
        resolver: Some(&images),
        earlier_ids: Some(&earlier.ids),
        earlier: earlier.newest.as_ref(),
    };
    let before = match chancery_text::format_valid(text, &context) {
        Ok(formatted) => return Ok(Ok(formatted)),
        Err(reading) => reading,
    };
    let mut findings = before.diagnostics;
    findings.retain(|found| found.severity == Severity::Error);
    let name = file.display().to_string();
    Ok(Err(CheckedFile { name, text: Arc::clone(text), findings, omitted: before.omitted }))
}

/// Prints the result of a file, with its first notes.
fn print(file: &Path, outcome: &Outcome, arguments: &Fmt) -> Result<(), Failure> {
    let name = shown(&file.display());
    match outcome {
        Outcome::Changed(_) if arguments.check => output::print(&format!("{name}: would change\n"))?,
        Outcome::Changed(notes) => {
            for note in notes.iter().take(MAX_NOTES) {
                eprintln!("{name}:{}: {}", note.line, note.message);
            }
            if notes.len() > MAX_NOTES {
                eprintln!("{name}: and {} more changes", notes.len() - MAX_NOTES);
            }
        }
        Outcome::Invalid(errors) => eprint!("{}", findings::plain(errors)),
        // The failure of the only file is the failure of the command.
        Outcome::Failed(failure) if arguments.files.len() > 1 => eprint!("{}", failure.plain()),
        Outcome::Unchanged | Outcome::Failed(_) => {}
    }
    Ok(())
}

/// Returns one JSON document about all files.
fn to_json(files: &[PathBuf], outcomes: &[Outcome], is_check: bool) -> String {
    let result = |(file, outcome): (&PathBuf, &Outcome)| {
        let file = file.display().to_string();
        match outcome {
            Outcome::Unchanged => json!({ "file": file, "result": "unchanged" }),
            Outcome::Changed(_) if is_check => json!({ "file": file, "result": "would change" }),
            Outcome::Changed(notes) => {
                let note = |note: &FormattingNote| json!({ "line": note.line, "message": note.message });
                let listed: Vec<Value> = notes.iter().take(MAX_NOTES).map(note).collect();
                json!({ "file": file, "result": "changed", "notes": listed, "totalNotes": notes.len() })
            }
            Outcome::Invalid(errors) => {
                let errors = findings::to_value(std::slice::from_ref(errors));
                json!({ "file": file, "result": "invalid", "findings": errors["findings"], "omitted": errors["omitted"] })
            }
            Outcome::Failed(failure) => json!({ "file": file, "result": "failed", "failure": failure }),
        }
    };
    let results: Vec<Value> = files.iter().zip(outcomes).map(result).collect();
    format!("{:#}\n", json!({ "files": results }))
}

/// Fails if a file was not formatted, or with `--check` if one would change.
fn conclude(mut outcomes: Vec<Outcome>, is_check: bool) -> Result<(), Failure> {
    if outcomes.len() == 1 && matches!(outcomes[0], Outcome::Failed(_)) {
        let Some(Outcome::Failed(failure)) = outcomes.pop() else { return Ok(()) };
        return Err(failure);
    }
    let count = |is: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| is(outcome)).count();
    let refused = count(|outcome| matches!(outcome, Outcome::Invalid(_) | Outcome::Failed(_)));
    if refused > 0 {
        let message = format!("{refused} file(s) not formatted, because of the errors in them");
        return Err(Failure::new("INVALID_ARGUMENT", "INVALID_TEXT", message));
    }
    let changed = count(|outcome| matches!(outcome, Outcome::Changed(_)));
    if is_check && changed > 0 {
        let message = format!("{changed} file(s) would change");
        return Err(Failure::new("FAILED_PRECONDITION", "NOT_FORMATTED", message)
            .help("run `chancery fmt` with the same files"));
    }
    Ok(())
}

/// Returns the contents of a file, or of all revisions of a brief that the caller may read.
async fn earlier_contents(global: &Global, name: &str) -> Result<Vec<BriefContent>, Failure> {
    if is_named_by(name) {
        return Ok(vec![DraftFile::read(Path::new(name))?.content]);
    }
    let name = names::brief(&global.workspace, name)?;
    let request = ExportBriefRequest {
        name: name.to_string(),
        format: ExportFormat::Message.into(),
        ..ExportBriefRequest::default()
    };
    let documents = connect(global).await?.export_brief(request).await?.documents;
    Ok(documents.into_iter().filter_map(|document| document.content).collect())
}

/// Returns the ids of the parts of a content, and of the parts that its changes name.
fn ids_of(content: &BriefContent) -> Vec<String> {
    let mut ids = Vec::new();
    let root: Value = serde_json::from_str(&to_string_pretty(content)).unwrap_or_default();
    let mut values = vec![&root];
    while let Some(value) = values.pop() {
        match value {
            Value::Object(fields) => {
                let named =
                    ["id", "statementId", "partId"].iter().filter_map(|key| fields.get(*key)?.as_str());
                ids.extend(named.map(str::to_owned));
                values.extend(fields.values());
            }
            Value::Array(items) => values.extend(items),
            _ => {}
        }
    }
    ids
}
