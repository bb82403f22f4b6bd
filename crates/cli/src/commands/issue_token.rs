//! `token issue`: a token from the database itself, for when no token works.

use std::fmt;
use std::fs;
use std::path::Path;

use chancery_proto::admin::v1::{ApiToken as ApiTokenMessage, CreateApiTokenResponse, Role as RoleMessage};
use chancery_store::{ApiToken, Role, Secret, StoreError, TokenToIssue, timestamp};

use crate::args::{Global, IssueToken, RoleArg};
use crate::commands::migrate::refused;
use crate::failure::Failure;
use crate::output;

pub async fn run(global: &Global, arguments: &IssueToken) -> Result<(), Failure> {
    let store = arguments.database.connect("chancery token issue").await.map_err(refused)?;
    let token = TokenToIssue {
        display_name: arguments.name.as_deref(),
        roles: arguments.roles.iter().copied().map(role).collect(),
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
            if write_failure.is_some() { Err(NotWritten) } else { Ok(()) }
        })
        .await;
    match issued {
        Ok((token, secret)) => report(global.json, &token, &secret, written),
        Err(error) => {
            if let Some(file) = written {
                // The transaction failed after the write, so the secret opens nothing.
                let _ = fs::remove_file(file);
            }
            Err(write_failure.unwrap_or_else(|| issue_refused(error)))
        }
    }
}

/// Stands in for the failure that `run` reports instead.
struct NotWritten;

impl fmt::Display for NotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file was not written")
    }
}

/// The secret goes to standard output or its file alone; the summary of a secret on standard output goes to standard
/// error, so that a shell can capture the secret.
fn report(as_json: bool, token: &ApiToken, secret: &Secret, file: Option<&Path>) -> Result<(), Failure> {
    let summary = summary(token);
    if as_json {
        let secret = if file.is_some() { String::new() } else { secret.reveal().to_owned() };
        let answer = CreateApiTokenResponse { api_token: Some(message(token)), secret };
        return output::answer(true, &answer, String::new);
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
        roles: token.roles.iter().map(|role| role_message(role).into()).collect(),
        clearance: token.clearance.clone(),
        create_time: Some(timestamp(token.created_at)),
        expire_time: token.expires_at.map(timestamp),
        ..ApiTokenMessage::default()
    }
}

/// Names the flag instead of the field.
fn issue_refused(error: StoreError) -> Failure {
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
        error => refused(error),
    }
}

fn role(given: RoleArg) -> Role {
    match given {
        RoleArg::Reader => Role::Reader,
        RoleArg::Author => Role::Author,
        RoleArg::Publisher => Role::Publisher,
        RoleArg::Renderer => Role::Renderer,
        RoleArg::Admin => Role::Admin,
        RoleArg::Worker => Role::Worker,
        RoleArg::Operator => Role::Operator,
    }
}

fn role_message(role: Role) -> RoleMessage {
    match role {
        Role::Reader => RoleMessage::Reader,
        Role::Author => RoleMessage::Author,
        Role::Publisher => RoleMessage::Publisher,
        Role::Renderer => RoleMessage::Renderer,
        Role::Admin => RoleMessage::Admin,
        Role::Worker => RoleMessage::Worker,
        Role::Operator => RoleMessage::Operator,
    }
}
