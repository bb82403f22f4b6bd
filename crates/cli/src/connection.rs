//! Connecting: selects the server and the token.

use std::env;
use std::path::{Path, PathBuf};

use chancery_client::{Client, ClientConfig};

use crate::args::Global;
use crate::inputs::limited_read::{self, MAX_CREDENTIAL_BYTES};
use crate::local::state_folder::{RunningStack, StateFolder};
use crate::ui::failure::Failure;

/// The default address of a service's public listener.
const DEFAULT_SERVER: &str = "http://127.0.0.1:50051";

/// Connects with the settings of the command line, else the environment, else a running `chancery up`.
pub async fn connect(global: &Global) -> Result<Client, Failure> {
    connect_with(global, |running| running.token_file).await
}

/// Connects like [`connect`], but with the operator token of a running `chancery up`.
pub async fn connect_as_operator(global: &Global) -> Result<Client, Failure> {
    connect_with(global, |running| running.operator_token_file).await
}

async fn connect_with(
    global: &Global,
    local_token_file: impl FnOnce(RunningStack) -> PathBuf,
) -> Result<Client, Failure> {
    let running = StateFolder::find(global.data.as_deref()).ok().and_then(|state| state.running());
    let local = running.as_ref().map(|running| running.server.clone());
    let server = global.server.as_deref().or(local.as_deref()).unwrap_or(DEFAULT_SERVER);
    // Never sends the token of the local stack to a server named by a flag.
    let local_token = running.filter(|running| running.server == server.trim_end_matches('/'));
    let token = match configured_token(global)? {
        Some(token) => Some(token),
        None => local_token.map(|running| read_token(&local_token_file(running))).transpose()?,
    };
    if global.ca_file.is_some() && global.server.as_deref().is_some_and(|server| server.starts_with("http:"))
    {
        let message = format!(
            "--ca-file is for https, and {server} is not encrypted: write https://, or leave --ca-file out"
        );
        return Err(Failure::usage("CA_FILE_WITHOUT_TLS", message));
    }
    let authority = global.ca_file.as_deref().map(|file| limited_read::read(file, MAX_CREDENTIAL_BYTES));
    connect_to(ClientConfig {
        token,
        certificate_authority: authority.transpose()?,
        allow_unencrypted: global.insecure,
        ..ClientConfig::new(server)
    })
    .await
}

/// Connects to a server, with a token.
pub async fn connect_to(config: ClientConfig) -> Result<Client, Failure> {
    let (has_token, server) = (config.token.is_some(), config.server.clone());
    // An unreachable server is reported before a missing token.
    let client = Client::connect(config).await?;
    if has_token { Ok(client) } else { Err(no_token(&server)) }
}

/// Reads a token file.
pub fn read_token(file: &Path) -> Result<String, Failure> {
    let bytes = limited_read::read(file, MAX_CREDENTIAL_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    let token = text.trim();
    if token.is_empty() {
        let message = format!("the token file {} is empty", file.display());
        return Err(Failure::new("UNAUTHENTICATED", "NO_TOKEN", message));
    }
    Ok(token.to_owned())
}

/// Returns the token named by the command line, or else by the environment.
fn configured_token(global: &Global) -> Result<Option<String>, Failure> {
    if let Some(file) = &global.token_file {
        return read_token(file).map(Some);
    }
    if let Some(token) = env::var("CHANCERY_TOKEN").ok().filter(|token| !token.is_empty()) {
        return Ok(Some(token.trim().to_owned()));
    }
    let file = env::var_os("CHANCERY_TOKEN_FILE").filter(|file| !file.is_empty());
    file.map(|file| read_token(Path::new(&file))).transpose()
}

fn no_token(server: &str) -> Failure {
    Failure::new("UNAUTHENTICATED", "NO_TOKEN", format!("no API token for {server}")).help(
        "set --token-file, CHANCERY_TOKEN_FILE or CHANCERY_TOKEN; `chancery migrate --init DIR` writes the first tokens, \
         `chancery token create` creates more",
    )
}
