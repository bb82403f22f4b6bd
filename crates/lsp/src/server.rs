//! The methods of the protocol. Each finds the text, and leaves the rest to the module of its feature.

use std::sync::Arc;
use std::time::Duration;

use chancery_text::TextRange;
use chancery_text::slot::slot_at;
use ropey::Rope;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProviderCapability, CodeActionResponse,
    CompletionOptions, CompletionParams, CompletionResponse, DidChangeTextDocumentParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DocumentFormattingParams, DocumentSymbolParams,
    DocumentSymbolResponse, GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverParams,
    HoverProviderCapability, InitializeParams, InitializeResult, Location, MessageType, OneOf, Position,
    PrepareRenameResponse, ReferenceParams, RenameOptions, RenameParams, ServerCapabilities, ServerInfo,
    TextDocumentPositionParams, TextDocumentSyncCapability, TextDocumentSyncKind, TextEdit, Uri,
    WorkDoneProgressOptions, WorkspaceEdit,
};
use tower_lsp_server::{Client, LanguageServer as Methods};

use crate::document::{Analysis, Document};
use crate::error::Refusal;
use crate::positions::Encoding;
use crate::state::State;
use crate::{completion, diagnostics, fixes, formatting, hover, navigation, rename, symbols};

/// Characters after which an editor requests completion: those that start a citation, an annotation, a key, a value, an
/// id in a list, a link, a marking and the kind of a fenced block.
const TRIGGERS: [&str; 8] = ["@", "{", ";", ":", " ", "#", "(", "`"];

pub(crate) struct LanguageServer {
    client: Client,
    state: Arc<State>,
}

impl LanguageServer {
    pub(crate) fn new(client: Client, state: Arc<State>) -> Self {
        Self { client, state }
    }

    /// Checks a text after a time without changes, and sends its diagnostics.
    fn check_after(&self, delay: Duration, document: Arc<Document>) {
        let (state, client) = (Arc::clone(&self.state), self.client.clone());
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            if !state.is_current(&document) {
                return;
            }
            let analysis = match state.analysis(&document).await {
                Ok(analysis) => analysis,
                Err(Refusal::ContentModified) => return,
                Err(refusal) => return client.log_message(MessageType::ERROR, refusal).await,
            };
            let found = diagnostics::diagnostics(&document, &analysis, state.settings.lint_pages.as_ref());
            if state.is_current(&document) {
                client.publish_diagnostics(document.uri.clone(), found, Some(document.version)).await;
            }
        });
    }

    /// Answers a request about an open text, on a thread that may take its time.
    async fn answer<T: Send + 'static>(
        &self,
        uri: &Uri,
        answer: impl FnOnce(&State, &Document, &Analysis) -> std::result::Result<T, Refusal> + Send + 'static,
    ) -> Result<T> {
        let document = self.state.document(uri)?;
        let analysis = self.state.analysis(&document).await?;
        let state = Arc::clone(&self.state);
        let answered = tokio::task::spawn_blocking(move || answer(&state, &document, &analysis)).await;
        Ok(answered.map_err(|_| Refusal::Internal)??)
    }

    /// Answers a request about a position of an open text.
    async fn answer_at<T: Send + 'static>(
        &self,
        at: TextDocumentPositionParams,
        answer: impl FnOnce(&Document, &Analysis, usize) -> std::result::Result<T, Refusal> + Send + 'static,
    ) -> Result<T> {
        self.answer(&at.text_document.uri, move |_, document, analysis| {
            answer(document, analysis, document.positions().offset(at.position))
        })
        .await
    }

    /// Returns whether a word can be completed at a position, which needs no analysis of the text.
    async fn has_slot(&self, uri: &Uri, position: Position) -> Result<bool> {
        let document = self.state.document(uri)?;
        let find =
            move || slot_at(&document.rope.to_string(), document.positions().offset(position)).is_some();
        Ok(tokio::task::spawn_blocking(find).await.map_err(|_| Refusal::Internal)?)
    }
}

impl Methods for LanguageServer {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        self.state.set_encoding(Encoding::negotiated(&params.capabilities));
        Ok(InitializeResult {
            capabilities: capabilities(self.state.encoding()),
            server_info: Some(ServerInfo {
                name: "chancery".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            ..InitializeResult::default()
        })
    }

    async fn shutdown(&self) -> Result<()> {
        self.state.shut_down();
        Ok(())
    }

    // The methods that change texts do so before they first wait: the server polls them in the order of the messages.

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let opened = params.text_document;
        let rope = Rope::from_str(&opened.text);
        let document = Document::new(opened.uri, opened.version, rope, self.state.encoding());
        self.check_after(Duration::ZERO, self.state.put(document));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let changed = params.text_document;
        match self.state.document(&changed.uri) {
            Ok(document) => {
                let document = document.changed(changed.version, params.content_changes);
                self.check_after(self.state.settings.debounce, self.state.put(document));
            }
            Err(refusal) => self.client.log_message(MessageType::ERROR, refusal).await,
        }
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        self.state.close(&uri);
        self.client.publish_diagnostics(uri, Vec::new(), None).await;
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let at = params.text_document_position_params;
        self.answer_at(at, |document, analysis, offset| Ok(hover::hover(document, analysis, offset))).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let at = params.text_document_position;
        if !self.has_slot(&at.text_document.uri, at.position).await? {
            return Ok(None);
        }
        self.answer_at(at, |document, analysis, offset| {
            let slot = slot_at(&analysis.text, offset);
            let list =
                |slot| CompletionResponse::List(completion::completion(document, analysis, slot, offset));
            Ok(slot.map(list))
        })
        .await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let at = params.text_document_position_params;
        self.answer_at(at, |document, analysis, offset| {
            Ok(navigation::definition(document, analysis, offset).map(GotoDefinitionResponse::Scalar))
        })
        .await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let include_declaration = params.context.include_declaration;
        self.answer_at(params.text_document_position, move |document, analysis, offset| {
            Ok(navigation::references(document, analysis, offset, include_declaration))
        })
        .await
    }

    async fn prepare_rename(&self, at: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
        self.answer_at(at, rename::prepare_rename).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let new_name = params.new_name;
        self.answer_at(params.text_document_position, move |document, analysis, offset| {
            rename::rename(document, analysis, offset, &new_name)
        })
        .await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let (range, context) = (params.range, params.context);
        self.answer(&params.text_document.uri, move |state, document, analysis| {
            let offset = |position| document.positions().offset(position);
            let range = TextRange::new(offset(range.start), offset(range.end));
            Ok(Some(fixes::code_actions(document, analysis, &state.settings, range, &context)))
        })
        .await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.answer(&params.text_document.uri, |state, document, analysis| {
            formatting::formatting(document, analysis, &state.settings).map(Some)
        })
        .await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.answer(&params.text_document.uri, |_, document, analysis| {
            Ok(Some(DocumentSymbolResponse::Nested(symbols::symbols(document, analysis))))
        })
        .await
    }
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    let kinds = vec![CodeActionKind::QUICKFIX, CodeActionKind::SOURCE_FIX_ALL];
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::INCREMENTAL)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(TRIGGERS.map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(kinds),
            ..CodeActionOptions::default()
        })),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    }
}
