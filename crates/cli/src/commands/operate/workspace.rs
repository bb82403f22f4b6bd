//! `workspace`: shows the workspace and sets its publication rules.

use chancery_proto::admin::v1::{
    GetWorkspaceRequest, PublicationRules, UpdateWorkspaceRequest, Workspace as Message,
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
            let update_mask = Some(FieldMask { paths: vec!["publication_rules".into()] });
            let request = UpdateWorkspaceRequest { workspace: Some(workspace), update_mask };
            client.update_workspace(request).await?
        }
    };
    output::response(global.json, &workspace, || shown(&workspace))
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
    format!(
        "{} ({})\nmarkings: {}\nwithheld parts: {}\ncreated: {}\nrefused at publication: {refused}\n",
        workspace.name,
        workspace.display_name,
        word_of_name(workspace.marking_scheme().as_str_name(), "MARKING_SCHEME_"),
        word_of_name(workspace.withholding_policy().as_str_name(), "WITHHOLDING_POLICY_"),
        text::time(workspace.create_time.as_ref()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(refused.ends_with("refused at publication: SINGLE_SOURCE, UNDECLARED_CHANGE\n"), "{refused}");
    }
}
