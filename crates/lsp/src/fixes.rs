//! Fixes as code actions.

use std::collections::HashMap;

use chancery_text::{Fix, Fixing, TextRange, safe_fixes};
use tower_lsp_server::ls_types::{
    CodeAction, CodeActionContext, CodeActionKind, CodeActionOrCommand, TextEdit, WorkspaceEdit,
};

use crate::Settings;
use crate::diagnostics::diagnostic;
use crate::document::{Analysis, Document};

/// Longest part of a text in the title of an action, in code points.
const TITLE_EXCERPT: usize = 40;

/// Returns the fixes of the findings that touch a range, and one action with all safe fixes.
pub(crate) fn code_actions(
    document: &Document,
    analysis: &Analysis,
    settings: &Settings,
    range: TextRange,
    context: &CodeActionContext,
) -> Vec<CodeActionOrCommand> {
    let mut actions = Vec::new();
    if is_wanted(context, &CodeActionKind::QUICKFIX) {
        let touches = |found: TextRange| found.start <= range.end && range.start <= found.end;
        for found in analysis.check.findings.iter().filter(|found| touches(found.range)) {
            let Some(fix) = &found.fix else { continue };
            let is_safe = found.safe_fix(&analysis.text).is_some();
            actions.push(CodeAction {
                title: title(&analysis.text, fix, is_safe),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostic(document, found, settings.lint_pages.as_ref())]),
                edit: Some(workspace_edit(document, vec![edit(document, fix)])),
                is_preferred: Some(is_safe),
                ..CodeAction::default()
            });
        }
    }
    if is_wanted(context, &CodeActionKind::SOURCE_FIX_ALL) {
        actions.extend(fix_all(document, analysis, settings));
    }
    actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()
}

/// Returns the action with all safe fixes, if there are any that cause no other errors.
fn fix_all(document: &Document, analysis: &Analysis, settings: &Settings) -> Option<CodeAction> {
    let Fixing::Fixed(fixed, _) = analysis.fixing(document, settings) else { return None };
    let edits = safe_fixes(&analysis.text, &analysis.check.findings);
    let edits = edits.into_iter().map(|fix| edit(document, fix)).collect();
    Some(CodeAction {
        title: format!("Apply all safe fixes ({})", fixed.applied),
        kind: Some(CodeActionKind::SOURCE_FIX_ALL),
        edit: Some(workspace_edit(document, edits)),
        ..CodeAction::default()
    })
}

/// Returns whether the client wants actions of a kind: without a filter, all of them.
fn is_wanted(context: &CodeActionContext, kind: &CodeActionKind) -> bool {
    let is_of = |wanted: &CodeActionKind| {
        let behind = kind.as_str().strip_prefix(wanted.as_str());
        behind
            .is_some_and(|behind| wanted.as_str().is_empty() || behind.is_empty() || behind.starts_with('.'))
    };
    context.only.as_ref().is_none_or(|only| only.iter().any(is_of))
}

fn edit(document: &Document, fix: &Fix) -> TextEdit {
    document.edit(fix.range, fix.replacement.as_str())
}

pub(crate) fn workspace_edit(document: &Document, edits: Vec<TextEdit>) -> WorkspaceEdit {
    let changes = HashMap::from([(document.uri.clone(), edits)]);
    WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
}

/// Returns the title of a fix. One that is not safe is marked as a suggestion, because it may change what the text says.
fn title(text: &str, fix: &Fix, is_safe: bool) -> String {
    let (old, new) = (excerpt(fix.range.of(text)), excerpt(&fix.replacement));
    let action = match (old.is_empty(), new.is_empty()) {
        (true, _) => format!("Insert {new:?}"),
        (_, true) => format!("Remove {old:?}"),
        _ => format!("Replace {old:?} by {new:?}"),
    };
    if is_safe { action } else { format!("{action} (suggestion)") }
}

fn excerpt(text: &str) -> String {
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(TITLE_EXCERPT).collect();
    if characters.next().is_some() { start + "…" } else { start }
}
