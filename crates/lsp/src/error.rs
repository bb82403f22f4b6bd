//! Errors of requests.

use std::borrow::Cow;

use serde_json::json;
use tower_lsp_server::jsonrpc::{self, ErrorCode};

/// The protocol's code for a well-formed request that cannot be carried out, `RequestFailed`.
const REQUEST_FAILED: i64 = -32803;

/// The reason why a request fails. Clients get the name of the variant as `data.reason`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{0} is not open: send textDocument/didOpen first")]
    UnknownDocument(String),
    #[error("the text changed while it was read: send the request again")]
    ContentModified,
    #[error("{0:?} is no id: an id has a letter, then letters, digits and hyphens, at most 63 in all")]
    InvalidId(String),
    #[error("{id:?} is already the id of {kind}, on line {line}: choose another one")]
    IdTaken { id: String, kind: &'static str, line: usize },
    #[error("no part has the id {0:?}: add the part, or correct the id here")]
    UnknownId(String),
    #[error("the id {0:?} is not in the text yet: format the text first, which writes it")]
    UnwrittenId(String),
    #[error("several parts have the id {0:?}: format the text first, which gives the later ones another id")]
    DuplicateId(String),
    #[error("line {line} has an error and may name {id:?}: correct it first")]
    UnreadLine { id: String, line: usize },
    #[error("the text has errors, the first on line {line}: {message}")]
    InvalidText { line: usize, message: String },
    #[error("reading the text failed: report this text as a defect")]
    Internal,
}

impl Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::UnknownDocument(_) => "UNKNOWN_DOCUMENT",
            Self::ContentModified => "CONTENT_MODIFIED",
            Self::InvalidId(_) => "INVALID_ID",
            Self::IdTaken { .. } => "ID_TAKEN",
            Self::UnknownId(_) => "UNKNOWN_ID",
            Self::UnwrittenId(_) => "UNWRITTEN_ID",
            Self::DuplicateId(_) => "DUPLICATE_ID",
            Self::UnreadLine { .. } => "UNREAD_LINE",
            Self::InvalidText { .. } => "INVALID_TEXT",
            Self::Internal => "INTERNAL",
        }
    }
}

impl From<Refusal> for jsonrpc::Error {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::UnknownDocument(_) | Refusal::InvalidId(_) => ErrorCode::InvalidParams,
            Refusal::ContentModified => ErrorCode::ContentModified,
            Refusal::Internal => ErrorCode::InternalError,
            _ => ErrorCode::ServerError(REQUEST_FAILED),
        };
        let data = Some(json!({ "reason": refusal.reason() }));
        Self { code, message: Cow::Owned(refusal.to_string()), data }
    }
}
