//! `fmt`: one sentence a line, with ids.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use chancery_proto::brief::v1::{BriefContent, ExportBriefRequest, ExportFormat};
use chancery_proto::json;
use chancery_text::{Context, Formatted, Severity};
use serde_json::Value;

use crate::args::Global;
use crate::args::author::Fmt;
use crate::connection::connect;
use crate::inputs::brief_text::{FolderImages, is_in_text_form};
use crate::inputs::documents::read_text;
use crate::inputs::draft_file::{self, DraftFile};
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::findings::{self, CheckedFile};
use crate::ui::output;
use crate::ui::output::is_standard;

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

pub async fn run(global: &Global, arguments: &Fmt) -> Result<(), Failure> {
    let earlier = match &arguments.against {
        Some(name) => Earlier::of(earlier_contents(global, name).await?),
        None => Earlier::default(),
    };
    let (mut refused, mut changed) = (0, 0);
    for file in &arguments.files {
        let text = read_text(file)?;
        match formatted(file, &text, &earlier)? {
            None => refused += 1,
            Some(formatted) => {
                changed += usize::from(*formatted.text != *text);
                finish(file, &text, &formatted, arguments.check)?;
            }
        }
    }
    if refused > 0 {
        let message = format!("{refused} file(s) not formatted, because of the errors in them");
        return Err(Failure::new("INVALID_ARGUMENT", "INVALID_TEXT", message));
    }
    if arguments.check && changed > 0 {
        let message = format!("{changed} file(s) would change");
        return Err(Failure::new("FAILED_PRECONDITION", "NOT_FORMATTED", message)
            .help("run `chancery fmt` with the same files"));
    }
    Ok(())
}

/// Formats a text; none if it has errors of form, which are then listed on standard error.
fn formatted(file: &Path, text: &Arc<str>, earlier: &Earlier) -> Result<Option<Formatted>, Failure> {
    if !is_in_text_form(file, text) {
        let message = format!("{} is not in the text form of a brief, NAME.brief.md", file.display());
        return Err(Failure::usage("WRONG_ENDING", message));
    }
    let images = FolderImages::beside(file);
    let context = Context {
        resolver: Some(&images),
        earlier_ids: Some(&earlier.ids),
        earlier: earlier.newest.as_ref(),
    };
    let before = match chancery_text::format_valid(text, &context) {
        Ok(formatted) => return Ok(Some(formatted)),
        Err(reading) => reading,
    };
    let mut errors = before.diagnostics;
    errors.retain(|found| found.severity == Severity::Error);
    let name = file.display().to_string();
    let listed = CheckedFile { name, text: Arc::clone(text), findings: errors, omitted: before.omitted };
    eprint!("{}", findings::plain(&listed));
    Ok(None)
}

/// Writes a formatted text, or with `--check` names the file.
fn finish(file: &Path, text: &str, formatted: &Formatted, is_check: bool) -> Result<(), Failure> {
    let is_same = *formatted.text == *text;
    if is_check {
        let line = format!("{}: would change\n", file.display());
        return if is_same { Ok(()) } else { output::print(&line) };
    }
    for note in &formatted.notes {
        eprintln!("{}:{}: {}", file.display(), note.line, note.message);
    }
    if is_standard(file) {
        return output::print_to_reader(&formatted.text);
    }
    if is_same { Ok(()) } else { output::replace_file(file, formatted.text.as_bytes()) }
}

/// Returns the contents of a file, or of all revisions of a brief that the caller may read.
async fn earlier_contents(global: &Global, name: &str) -> Result<Vec<BriefContent>, Failure> {
    if draft_file::is_named_by(name) {
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
    let root: Value = serde_json::from_str(&json::to_string_pretty(content)).unwrap_or_default();
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
