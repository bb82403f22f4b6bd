//! The language server for texts of briefs, `NAME.brief.md`: diagnostics, fixes, hovers, completion, navigation, renaming,
//! symbols and formatting in an editor.
//!
//! [`serve`] speaks the Language Server Protocol 3.17 over any pair of streams. Findings and edits come from
//! [`chancery_text`], whose `check` and `format` the command line uses too, so that an editor shows the same findings.

mod completion;
mod diagnostics;
mod document;
mod error;
mod fixes;
mod formatting;
mod hover;
mod markdown;
mod navigation;
mod positions;
mod rename;
mod server;
mod state;
mod symbols;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_text::Resolver;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_lsp_server::{LspService, Server};
use url::Url;

use self::server::LanguageServer;
use self::state::State;

/// Finds the images that a text names, given the text's file. The file of a text without one is empty.
pub type Images = dyn Fn(&Path) -> Box<dyn Resolver> + Send + Sync;

/// The surroundings of a server.
pub struct Settings {
    /// Finds the images that texts name.
    pub images: Box<Images>,
    /// The characters that prints can show; without it, no text is checked for characters that no font has.
    pub coverage: Option<GlyphCoverage>,
    /// URL of the folder with a page for each code of lint, `CODE.md`. Without it, diagnostics have no links.
    pub lint_pages: Option<Url>,
    /// Time without a change after which a changed text is checked.
    pub debounce: Duration,
}

/// Time without a change after which an editor's text is checked, unless configured otherwise.
pub const DEBOUNCE: Duration = Duration::from_millis(150);

/// Number of messages that are handled at the same time. Requests that wait for a long text must not keep the changes and
/// cancellations behind them waiting.
const MAX_REQUESTS: usize = 64;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The client shut the server down.
    Shutdown,
    /// The client left, or sent what is no message, without a shutdown.
    Abandoned,
}

/// Serves a client until it leaves. Checks run on threads of their own (`spawn_blocking` of the current runtime).
pub async fn serve(input: impl AsyncRead + Unpin, output: impl AsyncWrite, settings: Settings) -> Ended {
    let state = Arc::new(State::new(settings));
    let (service, socket) = LspService::new(|client| LanguageServer::new(client, Arc::clone(&state)));
    Server::new(input, output, socket).concurrency_level(MAX_REQUESTS).serve(service).await;
    if state.is_shut_down() { Ended::Shutdown } else { Ended::Abandoned }
}
