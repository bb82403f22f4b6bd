//! `token issue`: issues a token through the database itself, for when no token works.

use std::fmt;
use std::fs;
use std::path::Path;

use chancery_proto::admin::v1::{ApiToken as ApiTokenMessage, CreateApiTokenResponse, Role as RoleMessage};
use chancery_store::{ApiToken, Role, Secret, StoreError, TokenToIssue, timestamp};

use crate::args::Global;
use crate::args::operate::IssueToken;
use crate::ui::failure::Failure;
use crate::ui::output;

pub async fn run(global: &Global, arguments: &IssueToken) -> Result<(), Failure> {
    let store = arguments.database.connect("chancery token issue").await?;
    let token = TokenToIssue {
        display_name: arguments.name.as_deref(),
        roles: arguments.roles.iter().copied().map(Role::from).collect(),
        clearance: arguments.clearance.as_deref(),
        expires_at: arguments.expires,
    };
    let mut written = None;
    let mut write_failure = None;
    let issued = store
        .access()
        .issue_token(&global.workspace, &token, |_, secret| {
            let Some(file) = arguments.output.as_deref() else { return Ok(()) };
            let bytes = format!("{}\n", secret.reveal());
            match output::write_new_file(file, 0o600, bytes.as_bytes()) {
                Ok(()) => written = Some(file),
                Err(failure) => write_failure = Some(failure),
            }
            if write_failure.is_some() { Err(FileNotWritten) } else { Ok(()) }
        })
        .await;
    match issued {
        Ok((token, secret)) => report(global.json, &token, &secret, written),
        Err(error) => {
            if let Some(file) = written {
                // The transaction failed after the write, so the secret is not valid.
                let _ = fs::remove_file(file);
            }
            Err(write_failure.unwrap_or_else(|| issue_failure(error)))
        }
    }
}

/// A placeholder error for the store: `run` reports the failure to write instead.
struct FileNotWritten;

impl fmt::Display for FileNotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file was not written")
    }
}

/// Prints the secret, unless it is in a file. The summary then goes to standard error, so that a shell can capture the
/// secret from standard output.
fn report(as_json: bool, token: &ApiToken, secret: &Secret, file: Option<&Path>) -> Result<(), Failure> {
    let summary = summary(token);
    if as_json {
        let secret = if file.is_some() { String::new() } else { secret.reveal().to_owned() };
        let response = CreateApiTokenResponse { api_token: Some(message(token)), secret };
        return output::response(true, &response, String::new);
    }
    if let Some(file) = file {
        return output::print(&format!("{summary}; its secret is in {}\n", file.display()));
    }
    eprintln!("{summary}; its secret, shown only this once:");
    output::print(&format!("{}\n", secret.reveal()))
}

fn summary(token: &ApiToken) -> String {
    let roles: Vec<&str> = token.roles.iter().map(Role::as_str).collect();
    let clearance =
        if token.clearance.is_empty() { String::new() } else { format!(", clearance {}", token.clearance) };
    let expiry = match token.expires_at {
        Some(end) => format!(", expires {}", timestamp(end)),
        None => String::new(),
    };
    format!(
        "issued {}: {} of workspace {}{clearance}{expiry}; recorded in the change log of workspace {}",
        token.name,
        roles.join(", "),
        token.name.workspace,
        token.name.workspace
    )
}

fn message(token: &ApiToken) -> ApiTokenMessage {
    ApiTokenMessage {
        name: token.name.to_string(),
        display_name: token.display_name.clone(),
        roles: token.roles.iter().map(|role| RoleMessage::from(role).into()).collect(),
        clearance: token.clearance.clone(),
        create_time: Some(timestamp(token.created_at)),
        expire_time: token.expires_at.map(timestamp),
        ..ApiTokenMessage::default()
    }
}

/// Translates an error, naming the flag of an invalid field.
fn issue_failure(error: StoreError) -> Failure {
    match error {
        StoreError::InvalidField { field, description } => {
            let flag = match field {
                "workspace" => "--workspace",
                "api_token.roles" => "--role",
                "api_token.clearance" => "--clearance",
                "api_token.display_name" => "--name",
                "api_token.expire_time" => "--expires",
                other => other,
            };
            Failure::new("INVALID_ARGUMENT", "INVALID_FIELD", format!("{flag}: {description}"))
        }
        StoreError::Schema(_) => Failure::new("FAILED_PRECONDITION", "SCHEMA", error.to_string()),
        error => error.into(),
    }
}
