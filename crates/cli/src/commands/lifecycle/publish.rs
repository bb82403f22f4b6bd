//! `publish`: publishes the draft of a brief. On a terminal, shows what changes and what lint finds, and asks first.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};

use chancery_brief::diff::differences;
use chancery_client::Client;
use chancery_proto::brief::v1::{
    BriefDraft, BriefRevision, GetBriefDraftRequest, GetBriefRevisionRequest, LintBriefRequest,
    LintBriefResponse, PublishBriefRequest,
};
use chancery_proto::names::{BriefName, RevisionNumber};

use crate::args::Global;
use crate::args::lifecycle::Publish;
use crate::args::strict_codes::{StrictCodes, UNDECLARED_CHANGE};
use crate::commands::author::draft_resource::draft_name;
use crate::commands::author::lint::{undeclared_changes, warnings_and_changes};
use crate::commands::read::diff::listed;
use crate::connection::connect;
use crate::names;
use crate::ui::confirm::confirm;
use crate::ui::failure::{Failure, Violation};
use crate::ui::output;

pub async fn run(global: &Global, arguments: &Publish) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?;
    let client = connect(global).await?;
    let draft = client.get_brief_draft(GetBriefDraftRequest { name: draft_name(&name) }).await?;
    // The etag makes sure that what was checked and shown is what is published.
    let asks = !arguments.yes && io::stdin().is_terminal() && io::stderr().is_terminal();
    let is_strict = arguments.strict.as_ref().is_some_and(|strict| !strict.0.is_empty());
    if asks || is_strict {
        let lint = LintBriefRequest { name: draft_name(&name), content: draft.content.clone() };
        let lint = client.lint_brief(lint).await?;
        if let Some(strict) = &arguments.strict {
            refuse_codes(&lint, strict)?;
        }
        if asks {
            let plan = plan(&client, &name, &draft, &lint).await?;
            tokio::task::spawn_blocking(move || confirm(&plan, "Publish?", "nothing was published"))
                .await
                .map_err(Failure::setup("the prompt"))??;
        }
    }
    let refuses_all = arguments.strict.as_ref().is_some_and(|strict| strict.0.is_empty());
    let request = PublishBriefRequest {
        name: name.to_string(),
        etag: draft.etag,
        require_no_warnings: refuses_all,
        require_declared_changes: refuses_all,
        ..PublishBriefRequest::default()
    };
    let revision = client.publish_brief(request).await?;
    output::response(global.json, &revision, || summary(&revision, draft.base_revision))
}

/// Refuses a draft with a warning of one of the codes.
fn refuse_codes(lint: &LintBriefResponse, strict: &StrictCodes) -> Result<(), Failure> {
    let is_refused = |code: &str| strict.0.iter().any(|strict| strict == code);
    let warnings = lint.warnings.iter().filter(|warning| is_refused(&warning.code));
    let mut violations: Vec<Violation> = warnings
        .map(|warning| Violation {
            path: warning.part_id.clone(),
            description: format!("{}: {}", warning.code, warning.message),
            ..Violation::default()
        })
        .collect();
    if is_refused(UNDECLARED_CHANGE) {
        violations.extend(lint.undeclared_changes.iter().map(|change| Violation {
            path: change.part_id.clone(),
            description: format!("{UNDECLARED_CHANGE}: name the part in `changes`"),
            ..Violation::default()
        }));
    }
    if violations.is_empty() {
        return Ok(());
    }
    let message = format!("the draft has {} warning(s) that --strict does not allow", violations.len());
    Err(Failure::new("FAILED_PRECONDITION", "LINT_WARNINGS", message).with_violations(violations))
}

/// Describes what publishing changes, and what lint finds.
async fn plan(
    client: &Client,
    name: &BriefName,
    draft: &BriefDraft,
    lint: &LintBriefResponse,
) -> Result<String, Failure> {
    let mut plan = format!("{name}: ");
    let content = draft.content.clone().unwrap_or_default();
    // Writing to a string does not fail.
    if draft.base_revision == 0 {
        plan.push_str("first revision\n");
    } else {
        let revision = name.revision(RevisionNumber(draft.base_revision)).to_string();
        let request = GetBriefRevisionRequest { name: revision, ..GetBriefRevisionRequest::default() };
        let before = client.get_brief_revision(request).await?.content.unwrap_or_default();
        let differences = differences(&before, &content);
        let (count, base) = (differences.len(), draft.base_revision);
        let _ = writeln!(plan, "{count} difference(s) from revision {base}\n{}", listed(&differences));
    }
    plan.push_str("\nlint:\n");
    plan.push_str(&warnings_and_changes(lint));
    Ok(plan)
}

fn summary(revision: &BriefRevision, base_revision: u32) -> String {
    if revision.number > base_revision {
        format!("{}: published\n{}", revision.name, undeclared_changes(&revision.undeclared_changes))
    } else {
        format!("{}: equals the draft, so nothing was published\n", revision.name)
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{LintWarning, UndeclaredChange};

    use super::*;

    fn found() -> LintBriefResponse {
        let warning =
            LintWarning { code: "SINGLE_SOURCE".into(), part_id: "kj1".into(), message: "one source".into() };
        let change = UndeclaredChange { part_id: "s1".into(), ..UndeclaredChange::default() };
        LintBriefResponse {
            warnings: vec![warning],
            undeclared_changes: vec![change],
            ..LintBriefResponse::default()
        }
    }

    fn refused(codes: &[&str]) -> Vec<String> {
        let strict = StrictCodes(codes.iter().map(|code| (*code).to_owned()).collect());
        let refused = refuse_codes(&found(), &strict).err().map(|failure| failure.violations);
        refused.into_iter().flatten().map(|violation| violation.path).collect()
    }

    #[test]
    fn only_warnings_with_a_strict_code_are_refused() {
        assert_eq!(refused(&["SINGLE_SOURCE"]), ["kj1"]);
        assert_eq!(refused(&["UNDECLARED_CHANGE", "SCENARIOS_NOT_100"]), ["s1"]);
        assert_eq!(refused(&["SCENARIOS_NOT_100"]), Vec::<String>::new());
    }
}
