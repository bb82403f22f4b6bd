//! `token`: manages the workspace's API tokens.

use std::path::Path;

use chancery_proto::admin::v1::{
    ApiToken, CreateApiTokenRequest, CreateApiTokenResponse, ListApiTokensRequest, ListApiTokensResponse,
    ResumeApiTokenRequest, RevokeApiTokenRequest, Role, SuspendApiTokenRequest, WorkerLimits,
};
use chancery_proto::descriptors::word_of_name;
use chancery_proto::names::WorkspaceName;
use chancery_store::Role as StoreRole;

use crate::args::Global;
use crate::args::operate::{Expires, Token};
use crate::commands::operate::issue_token;
use crate::connection::connect;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::text;

pub async fn run(global: &Global, command: Token) -> Result<(), Failure> {
    match command {
        Token::Create { name, roles, clearance, expires, only_workspaces, highest_markings, output } => {
            let roles = roles.into_iter().map(|role| Role::from(StoreRole::from(role)).into()).collect();
            let workspaces =
                only_workspaces.into_iter().map(|id| WorkspaceName { workspace: id }.to_string());
            let limits = WorkerLimits { workspaces: workspaces.collect(), highest_markings };
            let token = ApiToken {
                display_name: name,
                roles,
                clearance,
                expire_time: match expires {
                    Some(Expires::At(time)) => Some(time),
                    Some(Expires::Never) | None => None,
                },
                worker_limits: (limits != WorkerLimits::default()).then_some(limits),
                ..Default::default()
            };
            let request = CreateApiTokenRequest {
                parent: parent(global),
                api_token: Some(token),
                never_expires: expires == Some(Expires::Never),
                ..Default::default()
            };
            create(global, request, output.as_deref()).await
        }
        Token::Issue(arguments) => issue_token::run(global, &arguments).await,
        Token::List { creator, enrolled } => list(global, creator.as_deref(), enrolled).await,
        Token::Revoke { token, with_created } => revoke(global, &token, with_created).await,
        Token::Suspend { token, reason } => {
            let name = names::api_token(&global.workspace, &token)?.to_string();
            let token =
                connect(global).await?.suspend_api_token(SuspendApiTokenRequest { name, reason }).await?;
            output::response(global.json, &token, || match &token.revoke_time {
                Some(time) => {
                    format!("{}: revoked {}, permanently\n", token.name, text::time(Some(time)))
                }
                None => format!("{}: suspended {}\n", token.name, text::time(token.suspend_time.as_ref())),
            })
        }
        Token::Resume { token } => {
            let name = names::api_token(&global.workspace, &token)?.to_string();
            let token = connect(global).await?.resume_api_token(ResumeApiTokenRequest { name }).await?;
            output::response(global.json, &token, || match &token.revoke_time {
                Some(time) => {
                    format!("{}: revoked {}, permanently\n", token.name, text::time(Some(time)))
                }
                None => format!("{}: no longer suspended\n", token.name),
            })
        }
    }
}

async fn create(global: &Global, request: CreateApiTokenRequest, file: Option<&Path>) -> Result<(), Failure> {
    let response = connect(global).await?.create_api_token(request).await?;
    let Some(file) = file else {
        return output::response(global.json, &response, || format!("{}\n", response.secret));
    };
    output::write_file(file, 0o600, format!("{}\n", response.secret).as_bytes())?;
    // The secret is in the file now, and is not printed as well.
    let without_secret = CreateApiTokenResponse { secret: String::new(), ..response };
    let name = without_secret.api_token.as_ref().map_or("", |token| token.name.as_str());
    output::response(global.json, &without_secret, || {
        format!("{name}: its secret is in {}\n", file.display())
    })
}

async fn list(global: &Global, creator: Option<&str>, show_enrolled: bool) -> Result<(), Failure> {
    let creator = creator.map(|token| names::api_token(&global.workspace, token)).transpose()?;
    let request = ListApiTokensRequest {
        parent: parent(global),
        creator: creator.map(|name| name.to_string()).unwrap_or_default(),
        show_enrolled,
        ..Default::default()
    };
    let api_tokens = connect(global).await?.all_api_tokens(request).await?;
    let response = ListApiTokensResponse { api_tokens, ..Default::default() };
    output::response(global.json, &response, || {
        let rows: Vec<_> = response.api_tokens.iter().map(row).collect();
        let columns = [
            "TOKEN",
            "NAME",
            "ROLES",
            "CLEARANCE OR LIMITS",
            "CREATED",
            "CREATOR",
            "LAST USED",
            "EXPIRES",
            "STATE",
        ];
        output::table(columns, &rows)
    })
}

async fn revoke(global: &Global, token: &str, with_created: bool) -> Result<(), Failure> {
    let name = names::api_token(&global.workspace, token)?.to_string();
    let token = connect(global).await?.revoke_api_token(RevokeApiTokenRequest { name, with_created }).await?;
    output::response(global.json, &token, || {
        format!("{}: revoked {}\n", token.name, text::time(token.revoke_time.as_ref()))
    })
}

fn row(token: &ApiToken) -> [String; 9] {
    let roles = token.roles().map(|role| word_of_name(role.as_str_name(), "ROLE_"));
    [
        last_segment(&token.name),
        token.display_name.clone(),
        roles.collect::<Vec<_>>().join(","),
        if token.clearance.is_empty() { limits(token) } else { token.clearance.clone() },
        text::time(token.create_time.as_ref()),
        last_segment(&token.creator),
        text::time(token.last_use_time.as_ref()),
        token.expire_time.as_ref().map_or_else(|| "never".to_owned(), |time| text::time(Some(time))),
        state(token),
    ]
}

/// Describes what a worker's token is limited to.
fn limits(token: &ApiToken) -> String {
    let limits = token.worker_limits.clone().unwrap_or_default();
    let workspaces = limits.workspaces.iter().map(|name| last_segment(name));
    workspaces
        .chain(limits.highest_markings.iter().map(|marking| format!("up to {marking}")))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Describes a token that is not valid, or should be looked at.
fn state(token: &ApiToken) -> String {
    match (&token.revoke_time, &token.suspend_time) {
        (Some(time), _) => format!("revoked {}", text::time(Some(time))),
        (None, Some(time)) => format!("suspended {}: {}", text::time(Some(time)), token.suspension_reason),
        (None, None) if token.creator_revoked => "valid, its creator is revoked".to_owned(),
        (None, None) => String::new(),
    }
}

fn last_segment(name: &str) -> String {
    name.rsplit('/').next().unwrap_or_default().to_owned()
}

fn parent(global: &Global) -> String {
    format!("workspaces/{}", global.workspace)
}
