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
    let file = arguments.output.as_deref();
    let mut write_failure = None;
    // The secret is delivered before the token is committed; otherwise a lost secret would leave a valid, unusable
    // token.
    let issued = store
        .access()
        .issue_token(&global.workspace, &token, |token, secret| {
            write_failure = deliver(global.json, token, secret, file).err();
            if write_failure.is_some() { Err(SecretNotDelivered) } else { Ok(()) }
        })
        .await;
    match issued {
        Ok(issued) => report(global.json, &issued.token, file),
        Err(error) => {
            if let (Some(file), None) = (file, &write_failure) {
                // The transaction failed after the write, so the secret is not valid.
                let _ = fs::remove_file(file);
            }
            Err(write_failure.unwrap_or_else(|| issue_failure(error)))
        }
    }
}

/// A placeholder error for the store: `run` reports the failure to write instead.
struct SecretNotDelivered;

impl fmt::Display for SecretNotDelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the secret was not written")
    }
}

/// Writes the secret to a new file or to standard output.
fn deliver(as_json: bool, token: &ApiToken, secret: &Secret, file: Option<&Path>) -> Result<(), Failure> {
    let line = format!("{}\n", secret.reveal());
    match file {
        Some(file) => output::write_new_file(file, 0o600, line.as_bytes()),
        None if as_json => output::print_to_reader(&json(token, secret.reveal())),
        None => output::print_to_reader(&line),
    }
}

/// Prints a summary, to standard error if the secret went to standard output, so that a shell captures only the secret.
fn report(as_json: bool, token: &ApiToken, file: Option<&Path>) -> Result<(), Failure> {
    let summary = summary(token);
    match file {
        Some(_) if as_json => output::print(&json(token, "")),
        Some(file) => output::print(&format!("{summary}; its secret is in {}\n", file.display())),
        None if as_json => Ok(()),
        None => {
            eprintln!("{summary}; the secret above is shown only this once");
            Ok(())
        }
    }
}

fn json(token: &ApiToken, secret: &str) -> String {
    let response = CreateApiTokenResponse { api_token: Some(message(token)), secret: secret.to_owned() };
    chancery_proto::json::to_string_pretty(&response)
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
