//! `token`: manages the workspace's API tokens.

use std::path::Path;

use chancery_proto::admin::v1::{
    ApiToken, CreateApiTokenRequest, CreateApiTokenResponse, ListApiTokensResponse, RevokeApiTokenRequest,
    Role,
};
use chancery_proto::descriptors::word_of_name;
use chancery_store::Role as StoreRole;

use crate::args::Global;
use crate::args::operate::Token;
use crate::commands::operate::issue_token;
use crate::connection::connect;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::text;

pub async fn run(global: &Global, command: Token) -> Result<(), Failure> {
    match command {
        Token::Create { name, roles, clearance, expires, output } => {
            let roles = roles.into_iter().map(|role| Role::from(StoreRole::from(role)).into()).collect();
            let token =
                ApiToken { display_name: name, roles, clearance, expire_time: expires, ..Default::default() };
            create(global, token, output.as_deref()).await
        }
        Token::Issue(arguments) => issue_token::run(global, &arguments).await,
        Token::List => list(global).await,
        Token::Revoke { token } => revoke(global, &token).await,
    }
}

async fn create(global: &Global, token: ApiToken, file: Option<&Path>) -> Result<(), Failure> {
    let request = CreateApiTokenRequest { parent: parent(global), api_token: Some(token) };
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

async fn list(global: &Global) -> Result<(), Failure> {
    let api_tokens = connect(global).await?.all_api_tokens(&parent(global)).await?;
    let response = ListApiTokensResponse { api_tokens, ..Default::default() };
    output::response(global.json, &response, || {
        let rows: Vec<_> = response.api_tokens.iter().map(row).collect();
        output::table(["TOKEN", "NAME", "ROLES", "CLEARANCE", "CREATED", "EXPIRES", "REVOKED"], &rows)
    })
}

async fn revoke(global: &Global, token: &str) -> Result<(), Failure> {
    let name = names::api_token(&global.workspace, token)?.to_string();
    let token = connect(global).await?.revoke_api_token(RevokeApiTokenRequest { name }).await?;
    output::response(global.json, &token, || {
        format!("{}: revoked {}\n", token.name, text::time(token.revoke_time.as_ref()))
    })
}

fn row(token: &ApiToken) -> [String; 7] {
    let roles = token.roles().map(|role| word_of_name(role.as_str_name(), "ROLE_"));
    [
        token.name.rsplit('/').next().unwrap_or_default().to_owned(),
        token.display_name.clone(),
        roles.collect::<Vec<_>>().join(","),
        token.clearance.clone(),
        text::time(token.create_time.as_ref()),
        text::time(token.expire_time.as_ref()),
        text::time(token.revoke_time.as_ref()),
    ]
}

fn parent(global: &Global) -> String {
    format!("workspaces/{}", global.workspace)
}
