//! `ExportBrief`.

use chancery_proto::brief::v1::{ExportBriefRequest, ExportBriefResponse, ExportFormat};
use chancery_proto::names::{BriefOrRevisionName, ResourceId};
use chancery_proto::{MESSAGE_LIMIT, json};
use chancery_store::{Edition, Principal, Store, StoreError};
use tonic::Status;

use crate::briefs::messages::document_message;
use crate::rpc::computing::computed;
use crate::rpc::errors::{status, unknown_value};
use crate::rpc::fields::name;

/// Maximum size of an export's stored editions, in bytes; leaves room for the documents' other fields.
const MAX_EDITION_BYTES: usize = MESSAGE_LIMIT - 1024 * 1024;

/// Exports the caller's editions of a revision, or of all revisions of a brief.
pub(crate) async fn export(
    store: &Store,
    principal: &Principal,
    request: &ExportBriefRequest,
) -> Result<ExportBriefResponse, Status> {
    let source: BriefOrRevisionName = name("name", &request.name)?;
    let format =
        ExportFormat::try_from(request.format).map_err(|_| unknown_value("format", "ExportFormat"))?;
    let editions = match &source {
        BriefOrRevisionName::Brief(brief) => {
            store.briefs().editions(principal, brief, MAX_EDITION_BYTES).await
        }
        BriefOrRevisionName::Revision(revision) => {
            store.briefs().edition(principal, revision).await.map(|edition| vec![edition])
        }
    };
    let (brief, editions) = (source.brief_name().brief, editions.map_err(status)?);
    computed(move || response(&brief, editions, format)).await?.map_err(status)
}

fn response(
    brief: &ResourceId,
    editions: Vec<Edition>,
    format: ExportFormat,
) -> Result<ExportBriefResponse, StoreError> {
    let documents = editions.into_iter().map(|edition| document_message(brief, edition));
    let documents = documents.collect::<Result<Vec<_>, _>>()?;
    Ok(match format {
        ExportFormat::Json => ExportBriefResponse {
            json_documents: documents.iter().map(json::to_string_pretty).collect(),
            documents: Vec::new(),
        },
        ExportFormat::Unspecified | ExportFormat::Message => {
            ExportBriefResponse { documents, json_documents: Vec::new() }
        }
    })
}
