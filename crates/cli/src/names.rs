//! Completes short names to resource names.

use std::str::FromStr;

use chancery_proto::names::{
    ApiTokenName, BriefName, BriefOrRevisionName, NameError, RenderName, ResourceId, RevisionName, TaskName,
};

use crate::ui::failure::Failure;

/// Completes the name of a brief: `russia-iran`, `briefs/russia-iran` or the full name.
pub fn brief(workspace: &ResourceId, given: &str) -> Result<BriefName, Failure> {
    complete(workspace, "briefs", given)
}

/// Completes the name of a brief or of one of its revisions: `russia-iran/revisions/2` and longer forms.
pub fn brief_or_revision(workspace: &ResourceId, given: &str) -> Result<BriefOrRevisionName, Failure> {
    complete(workspace, "briefs", given)
}

/// Completes the name of a revision: `russia-iran/revisions/2` and longer forms.
pub fn revision(workspace: &ResourceId, given: &str) -> Result<RevisionName, Failure> {
    complete(workspace, "briefs", given)
}

/// Completes a revision number, such as `2`, of the given brief, or any name that [`revision`] accepts.
pub fn revision_of(brief: &BriefName, given: &str) -> Result<RevisionName, Failure> {
    if given.bytes().all(|byte| byte.is_ascii_digit()) {
        let full = format!("{brief}/revisions/{given}");
        return full.parse().map_err(|error: NameError| Failure::usage("INVALID_NAME", error.to_string()));
    }
    revision(&brief.workspace, given)
}

/// Completes the name of an API token: its id, `apiTokens/…` or the full name.
pub fn api_token(workspace: &ResourceId, given: &str) -> Result<ApiTokenName, Failure> {
    complete(workspace, "apiTokens", given).map_err(|failure| {
        failure.help("a token's id has 32 hexadecimal digits: `chancery token list` shows it")
    })
}

/// Completes the name of a render: its id, `renders/…` or the full name.
pub fn render(workspace: &ResourceId, given: &str) -> Result<RenderName, Failure> {
    complete(workspace, "renders", given)
}

/// Completes the name of a render task, which belongs to no workspace: its id or `renderTasks/…`.
pub fn task(given: &str) -> Result<TaskName, Failure> {
    let full = if given.contains('/') { given.to_owned() } else { format!("renderTasks/{given}") };
    full.parse().map_err(|error: NameError| Failure::usage("INVALID_NAME", error.to_string()))
}

/// Parses the id of a workspace, for the command line.
pub fn workspace_id(given: &str) -> Result<ResourceId, String> {
    given.parse().map_err(|_| allowed_characters(given))
}

fn complete<N: FromStr<Err = NameError>>(
    workspace: &ResourceId,
    collection: &str,
    given: &str,
) -> Result<N, Failure> {
    let full = match given.split('/').next() {
        Some("workspaces") => given.to_owned(),
        Some(first) if first == collection => format!("workspaces/{workspace}/{given}"),
        _ => format!("workspaces/{workspace}/{collection}/{given}"),
    };
    full.parse().map_err(|error: NameError| {
        Failure::usage("INVALID_NAME", error.to_string()).help(allowed_characters(given))
    })
}

/// Describes the characters of names, and those of the given name that are not allowed.
fn allowed_characters(given: &str) -> String {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '/');
    let mut refused: Vec<String> = Vec::new();
    for character in given.chars().filter(|c| !is_allowed(*c)) {
        let shown = match character {
            ' ' => "a space".to_owned(),
            '\u{2018}'..='\u{201f}' => format!("the curly quotation mark {character}"),
            c if c.is_control() || c.is_whitespace() => format!("U+{:04X}", u32::from(c)),
            c => c.to_string(),
        };
        if !refused.contains(&shown) {
            refused.push(shown);
        }
        if refused.len() == 5 {
            break;
        }
    }
    let rule = "ids have 2 to 63 lower-case letters, digits and hyphens, start with a letter and do not end with a hyphen";
    if refused.is_empty() {
        rule.to_owned()
    } else {
        format!("{rule}; not allowed here: {}", refused.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::{brief, brief_or_revision, revision_of, workspace_id};

    #[test]
    fn a_number_names_a_revision_of_the_given_brief() {
        let brief = "workspaces/default/briefs/russia-iran".parse().unwrap();
        let name = |given| revision_of(&brief, given).map(|name| name.to_string());
        assert_eq!(name("2").unwrap(), "workspaces/default/briefs/russia-iran/revisions/2");
        assert_eq!(name("other/revisions/1").unwrap(), "workspaces/default/briefs/other/revisions/1");
        for invalid in ["0", "", "other", "-1", "99999999999"] {
            assert!(name(invalid).is_err(), "{invalid}");
        }
    }

    #[test]
    fn short_names_are_completed() {
        let workspace = "default".parse().unwrap();
        let full = "workspaces/default/briefs/russia-iran";
        for given in ["russia-iran", "briefs/russia-iran", full] {
            assert_eq!(brief(&workspace, given).unwrap().to_string(), full);
        }
        for given in ["russia-iran/revisions/2", "briefs/russia-iran/revisions/2"] {
            let named = brief_or_revision(&workspace, given).unwrap();
            assert_eq!(named.revision().unwrap().0, 2);
            assert_eq!(named.brief_name().to_string(), full);
        }
    }

    #[test]
    fn a_full_name_selects_another_workspace() {
        let named = brief(&"default".parse().unwrap(), "workspaces/other/briefs/b1").unwrap();
        assert_eq!(named.workspace.as_str(), "other");
    }

    #[test]
    fn an_invalid_name_is_a_usage_error() {
        let workspace = "default".parse().unwrap();
        for given in ["", "Russia", "russia-iran/", "russia-iran/revisions/0", "../x", "workspaces/w1"] {
            assert!(brief_or_revision(&workspace, given).is_err(), "{given}");
        }
    }

    #[test]
    fn a_refused_name_states_which_characters_are_allowed() {
        let help = |given| brief(&"default".parse().unwrap(), given).unwrap_err().help.unwrap();
        assert!(help("Red Sea").ends_with("not allowed here: R, a space, S"), "{}", help("Red Sea"));
        assert!(help("\u{201c}suez\u{201d}").contains("the curly quotation mark \u{201c}"));
        assert!(help("a-").ends_with("do not end with a hyphen"));
        assert!(workspace_id("News Room").unwrap_err().ends_with("not allowed here: N, a space, R"));
    }
}
