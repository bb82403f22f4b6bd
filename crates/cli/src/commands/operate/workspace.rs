//! `workspace`: shows the workspace, and sets its publication rules and which prints need agreement.

use chancery_proto::admin::v1::{
    GetWorkspaceRequest, PrintAgreement, PublicationRules, UpdateWorkspaceRequest, Workspace as Message,
};
use chancery_proto::descriptors::word_of_name;
use prost_types::FieldMask;

use crate::args::Global;
use crate::args::operate::Workspace;
use crate::args::strict_codes::{StrictCodes, UNDECLARED_CHANGE};
use crate::connection::connect;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::text;

pub async fn run(global: &Global, command: Workspace) -> Result<(), Failure> {
    let client = connect(global).await?;
    let name = format!("workspaces/{}", global.workspace);
    let workspace = match command {
        Workspace::Show => client.get_workspace(GetWorkspaceRequest { name }).await?,
        Workspace::Rules { strict, .. } => {
            let publication_rules = Some(strict.map(rules).unwrap_or_default());
            let workspace = Message { name, publication_rules, ..Message::default() };
            client.update_workspace(update(workspace, "publication_rules")).await?
        }
        Workspace::Agreement { from, percent, .. } => {
            let agreement = PrintAgreement {
                from_marking: from.unwrap_or_default(),
                percent: percent.unwrap_or_default(),
            };
            let workspace = Message { name, print_agreement: Some(agreement), ..Message::default() };
            client.update_workspace(update(workspace, "print_agreement")).await?
        }
    };
    output::response(global.json, &workspace, || shown(&workspace))
}

/// Returns the request that sets a field of a workspace.
fn update(workspace: Message, field: &str) -> UpdateWorkspaceRequest {
    let update_mask = Some(FieldMask { paths: vec![field.to_owned()] });
    UpdateWorkspaceRequest { workspace: Some(workspace), update_mask }
}

/// Returns the rules that refuse the codes.
fn rules(strict: StrictCodes) -> PublicationRules {
    let refuses_all = strict.0.is_empty();
    let (undeclared, refused_codes): (Vec<_>, Vec<_>) =
        strict.0.into_iter().partition(|code| code == UNDECLARED_CHANGE);
    PublicationRules {
        require_no_warnings: refuses_all,
        require_declared_changes: refuses_all || !undeclared.is_empty(),
        refused_codes,
    }
}

fn shown(workspace: &Message) -> String {
    let rules = workspace.publication_rules.clone().unwrap_or_default();
    let mut refused = rules.refused_codes;
    if rules.require_no_warnings {
        refused = vec!["any warning".into()];
    }
    if rules.require_declared_changes {
        refused.push(UNDECLARED_CHANGE.into());
    }
    let refused = if refused.is_empty() { "none".to_owned() } else { refused.join(", ") };
    let agreement = agreement_text(&workspace.print_agreement.clone().unwrap_or_default());
    format!(
        "{} ({})\nmarkings: {}\nwithheld parts: {}\ncreated: {}\nrefused at publication: {refused}\n\
         agreement of two workers: {agreement}\n",
        workspace.name,
        workspace.display_name,
        word_of_name(workspace.marking_scheme().as_str_name(), "MARKING_SCHEME_"),
        word_of_name(workspace.withholding_policy().as_str_name(), "WITHHOLDING_POLICY_"),
        text::time(workspace.create_time.as_ref()),
    )
}

fn agreement_text(agreement: &PrintAgreement) -> String {
    let PrintAgreement { from_marking, percent } = agreement;
    match (from_marking.as_str(), percent) {
        ("", 0) => "not needed".to_owned(),
        ("", 100) => "all prints".to_owned(),
        ("", percent) => format!("{percent} % of the prints"),
        (marking, 0) => format!("prints from {marking}"),
        (marking, percent) => format!("prints from {marking}, and {percent} % of the others"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agreement_is_shown_in_words() {
        let shown =
            |from: &str, percent| agreement_text(&PrintAgreement { from_marking: from.to_owned(), percent });
        assert_eq!(shown("", 0), "not needed");
        assert_eq!(shown("", 100), "all prints");
        assert_eq!(shown("TLP:AMBER", 0), "prints from TLP:AMBER");
        assert_eq!(shown("TLP:AMBER", 5), "prints from TLP:AMBER, and 5 % of the others");
    }

    fn strict(codes: &[&str]) -> PublicationRules {
        rules(StrictCodes(codes.iter().map(|code| (*code).to_owned()).collect()))
    }

    #[test]
    fn rules_are_those_of_strict_publishing() {
        let all = PublicationRules {
            require_no_warnings: true,
            require_declared_changes: true,
            ..PublicationRules::default()
        };
        assert_eq!(strict(&[]), all);
        let some = PublicationRules {
            require_declared_changes: true,
            refused_codes: vec!["SINGLE_SOURCE".into()],
            ..PublicationRules::default()
        };
        assert_eq!(strict(&["SINGLE_SOURCE", "UNDECLARED_CHANGE"]), some);
        let refused = shown(&Message { publication_rules: Some(some), ..Message::default() });
        assert!(
            refused.contains("\nrefused at publication: SINGLE_SOURCE, UNDECLARED_CHANGE\n"),
            "{refused}"
        );
    }
}
