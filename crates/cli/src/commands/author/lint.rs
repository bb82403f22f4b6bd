//! `lint`: lists warnings, undeclared changes and violations of a draft or a file.

use chancery_proto::brief::v1::{
    ContentViolation, LintBriefRequest, LintBriefResponse, LintWarning, UndeclaredChange,
};

use crate::args::Global;
use crate::args::author::Lint;
use crate::commands::author::draft_resource::draft_name;
use crate::connection::connect;
use crate::inputs::brief_form::is_named_by;
use crate::inputs::draft_file::DraftFile;
use crate::names;
use crate::ui::failure::{Failure, Violation};
use crate::ui::output;

pub async fn run(global: &Global, arguments: &Lint) -> Result<(), Failure> {
    if arguments.file.is_none() && is_named_by(&arguments.name) {
        let file = &arguments.name;
        let message = format!("{file} is a file, and lint takes the name of a brief");
        let help = format!(
            "`chancery check {file}` checks a file without a service; `chancery lint BRIEF {file}` with one"
        );
        return Err(Failure::usage("INVALID_NAME", message).help(help));
    }
    let name = names::brief(&global.workspace, &arguments.name)?;
    let file = arguments.file.as_deref().map(DraftFile::read).transpose()?;
    let content = file.as_ref().map(|file| file.content.clone());
    let request = LintBriefRequest { name: draft_name(&name), content };
    let response = connect(global).await?.lint_brief(request).await?;
    output::response(global.json, &response, || {
        violations(&response, file.as_ref()) + &warnings_and_changes(&response)
    })?;
    if response.total_violations == 0 {
        return Ok(());
    }
    let message = format!("the content breaks {} rule(s)", response.total_violations);
    Err(Failure::new("INVALID_ARGUMENT", "INVALID_CONTENT", message))
}

/// Formats one line for each violation, with its position in the file.
fn violations(response: &LintBriefResponse, file: Option<&DraftFile>) -> String {
    let line = |violation: &ContentViolation| {
        let ContentViolation { path, code, message, .. } = violation;
        let violation = match file {
            Some(file) => file.violation(path, code, message),
            None => Violation {
                path: path.clone(),
                description: format!("{code}: {message}"),
                ..Violation::default()
            },
        };
        format!("{violation}\n")
    };
    response.violations.iter().map(line).collect()
}

/// Formats one line for each warning and undeclared change.
pub fn warnings_and_changes(response: &LintBriefResponse) -> String {
    let line = |warning: &LintWarning| {
        let part = if warning.part_id.is_empty() { "the brief" } else { &warning.part_id };
        format!("{part}: {} ({})\n", warning.message, warning.code)
    };
    let text = response.warnings.iter().map(line).collect::<String>()
        + &undeclared_changes(&response.undeclared_changes);
    if text.is_empty() && response.violations.is_empty() { "no findings\n".to_owned() } else { text }
}

/// Formats one line for each undeclared change.
pub fn undeclared_changes(changes: &[UndeclaredChange]) -> String {
    let line = |change: &UndeclaredChange| {
        let kinds = change.kinds().map(|kind| kind.as_str_name().trim_start_matches("DIFFERENCE_KIND_"));
        let kinds = kinds.map(str::to_lowercase).collect::<Vec<_>>().join(", ");
        format!("{}: {kinds}, not declared in `changes`\n", change.part_id)
    };
    changes.iter().map(line).collect()
}
