//! Writing briefs: drafts, lint, publishing, imports.

use std::mem;

use chancery_brief::Canonical;
use chancery_brief::digest::Digest;
use chancery_brief::lint::{self, Warning};
use chancery_brief::validate::{InvalidContent, Violation, check_plain_text, violations};
use chancery_proto::brief::v1::{
    Brief, BriefDraft, BriefRevision, ContentViolation, CreateBriefRequest, ImportBriefRequest,
    ImportBriefResponse, LintBriefRequest, LintBriefResponse, LintWarning, PublishBriefRequest,
    RevisionDocument, UpdateBriefDraftRequest,
};
use chancery_proto::names::{BriefName, DraftName, ResourceId, WorkspaceName};
use chancery_store::{
    Access, IdempotencyKey, ImportDocument, Principal, PublishOptions, Store, StoreError, Withdrawal,
};
use tonic::Status;

use crate::briefs::messages::{draft_message, revision_message};
use crate::rpc::computing::computed;
use crate::rpc::cursors;
use crate::rpc::errors::{invalid_content, invalid_field, status};
use crate::rpc::fields::{MAX_REVISION_REASON, canonical, name, reason, required, time};
use crate::rpc::idempotency::write_id;

/// Maximum length of a creator's name, in characters.
const MAX_CREATOR: usize = 200;

/// Handles `CreateBrief`.
pub(crate) async fn create(
    store: &Store,
    principal: &Principal,
    mut request: CreateBriefRequest,
) -> Result<Brief, Status> {
    let id = mem::take(&mut request.request_id);
    let write = write_id("CreateBrief", id, &request)?;
    let WorkspaceName { workspace } = name("parent", &request.parent)?;
    let brief: ResourceId = name("brief_id", &request.brief_id)?;
    let access = principal.access(&workspace).map_err(status)?;
    let content = canonical("content", required("content", request.content)?, access.scheme).await?;
    let brief = BriefName { workspace, brief };
    let created = store.briefs().create_once(principal, &brief, &content, write.as_ref()).await;
    let (created, position) = created.map_err(status)?;
    Ok(Brief { cursor: cursors::seal(&brief.workspace, &position)?, ..created })
}

/// Handles `UpdateBriefDraft`.
pub(crate) async fn update_draft(
    store: &Store,
    principal: &Principal,
    mut request: UpdateBriefDraftRequest,
) -> Result<BriefDraft, Status> {
    let id = mem::take(&mut request.request_id);
    let write = write_id("UpdateBriefDraft", id, &request)?;
    let given = required("draft", request.draft)?;
    let draft: DraftName = name("draft.name", &given.name)?;
    let access = principal.access(&draft.workspace).map_err(status)?;
    if given.etag.is_empty() {
        return Err(invalid_field("draft.etag", "required; must be the etag of the draft to replace"));
    }
    let content = required("draft.content", given.content)?;
    let content = canonical("draft.content", content, access.scheme).await?;
    let brief = draft.brief_name();
    let written =
        store.briefs().update_draft_once(principal, &brief, &given.etag, &content, write.as_ref()).await;
    let (written, position) = written.map_err(|error| match error {
        StoreError::InvalidChanges { violations, .. } => {
            invalid_content("draft.content", &InvalidContent::from(violations))
        }
        error => status(error),
    })?;
    let cursor = cursors::seal(&draft.workspace, &position)?;
    Ok(BriefDraft { cursor, ..draft_message(&draft, written) })
}

/// Handles `LintBrief`.
pub(crate) async fn lint(
    store: &Store,
    principal: &Principal,
    request: LintBriefRequest,
) -> Result<LintBriefResponse, Status> {
    let draft: DraftName = name("name", &request.name)?;
    let brief = draft.brief_name();
    let access = principal.access(&draft.workspace).map_err(status)?;
    let content = match request.content {
        Some(given) => {
            // Before any database read: content that CreateBrief rejected does not belong to a brief yet.
            let content = match computed(move || violations(&given, access.scheme)).await? {
                Ok(content) => content,
                Err(invalid) => return Ok(invalid_response(invalid)),
            };
            match store.briefs().check_author(principal, &brief, &content).await {
                Ok(()) => content.into_content(),
                Err(StoreError::InvalidChanges { violations, .. }) => {
                    return Ok(invalid_response(InvalidContent::from(violations)));
                }
                Err(error) => return Err(status(error)),
            }
        }
        None => store.briefs().draft(principal, &brief).await.map_err(status)?.content,
    };
    let unusable =
        store.attachments().unusable_figures(principal, &draft.workspace, &content).await.map_err(status)?;
    let comparison = store.briefs().compare_with_newest(principal, &brief, &content).await.map_err(status)?;
    let unprintable = store
        .attachments()
        .unprintable_images(principal, &draft.workspace, &content)
        .await
        .map_err(status)?;
    let coverage = store.renders().glyph_coverage().await.map_err(status)?;
    let newest = comparison.newest;
    let lint = move || lint::lint_revision(&content, newest.as_ref(), coverage.as_ref());
    let warnings = computed(lint).await?;
    Ok(LintBriefResponse {
        warnings: warnings.into_iter().chain(unprintable).map(warning_message).collect(),
        undeclared_changes: comparison.undeclared,
        total_violations: count(unusable.len()),
        violations: unusable.into_iter().map(violation_message).collect(),
    })
}

/// Reports violations only: warnings need the canonical form, which invalid content does not have.
fn invalid_response(invalid: InvalidContent) -> LintBriefResponse {
    LintBriefResponse {
        total_violations: count(invalid.total),
        violations: invalid.violations.into_iter().map(violation_message).collect(),
        ..LintBriefResponse::default()
    }
}

fn violation_message(violation: Violation) -> ContentViolation {
    ContentViolation { path: violation.path, code: violation.code.to_owned(), message: violation.message }
}

fn count(violations: usize) -> i32 {
    i32::try_from(violations).unwrap_or(i32::MAX)
}

fn warning_message(warning: Warning) -> LintWarning {
    LintWarning { code: warning.code.to_owned(), part_id: warning.part_id, message: warning.message }
}

/// Handles `PublishBrief`.
pub(crate) async fn publish(
    store: &Store,
    principal: &Principal,
    mut request: PublishBriefRequest,
) -> Result<BriefRevision, Status> {
    let id = mem::take(&mut request.request_id);
    let write = write_id("PublishBrief", id, &request)?;
    let brief: BriefName = name("name", &request.name)?;
    if request.etag.is_empty() {
        return Err(invalid_field("etag", "required; must be the draft's etag"));
    }
    let publishing = PublishOptions {
        etag: &request.etag,
        write: write.as_ref(),
        require_declared_changes: request.require_declared_changes,
        require_no_warnings: request.require_no_warnings,
    };
    let published = store.briefs().publish_draft(principal, &brief, &publishing).await.map_err(status)?;
    Ok(BriefRevision {
        undeclared_changes: published.undeclared,
        cursor: cursors::seal(&brief.workspace, &published.position)?,
        ..revision_message(&brief, published.edition)?
    })
}

/// A checked import.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) brief: BriefName,
    documents: Vec<ImportDocument>,
    write: Option<IdempotencyKey>,
}

/// Checks a request of `ImportBrief`.
pub(crate) async fn prepare_import(
    principal: &Principal,
    mut request: ImportBriefRequest,
) -> Result<Import, Status> {
    let id = mem::take(&mut request.request_id);
    let write = write_id("ImportBrief", id, &request)?;
    let WorkspaceName { workspace } = name("parent", &request.parent)?;
    let brief = brief_of(&request.documents)?;
    let access = principal.access(&workspace).map_err(status)?;
    let mut documents = Vec::with_capacity(request.documents.len());
    for (index, document) in request.documents.into_iter().enumerate() {
        documents.push(import_document(index, document, access).await?);
    }
    Ok(Import { brief: BriefName { workspace, brief }, documents, write })
}

/// Handles `ImportBrief` after [`prepare_import`].
pub(crate) async fn import(
    store: &Store,
    principal: &Principal,
    import: Import,
) -> Result<ImportBriefResponse, Status> {
    let Import { brief, documents, write } = import;
    let imported = store.briefs().import_once(principal, &brief, &documents, write.as_ref()).await;
    let (imported, position) = imported.map_err(status)?;
    Ok(ImportBriefResponse {
        name: brief.to_string(),
        written_revisions: imported.written,
        skipped_revisions: imported.skipped,
        cursor: cursors::seal(&brief.workspace, &position)?,
    })
}

/// Returns the id of the brief that all documents belong to.
fn brief_of(documents: &[RevisionDocument]) -> Result<ResourceId, Status> {
    let first = required("documents", documents.first())?;
    let brief = name("documents[0].brief_id", &first.brief_id)?;
    match documents.iter().position(|document| document.brief_id != first.brief_id) {
        None => Ok(brief),
        Some(index) => {
            let description = format!("must be {brief}, as in the other documents of the request");
            Err(invalid_field(&format!("documents[{index}].brief_id"), description))
        }
    }
}

async fn import_document(
    index: usize,
    document: RevisionDocument,
    access: Access,
) -> Result<ImportDocument, Status> {
    let field = |name: &str| format!("documents[{index}].{name}");
    if document.revision == 0 {
        return Err(invalid_field(&field("revision"), "must be at least 1"));
    }
    if document.creator.chars().count() > MAX_CREATOR || document.creator.chars().any(char::is_control) {
        let description = format!("must be at most {MAX_CREATOR} characters, without control characters");
        return Err(invalid_field(&field("creator"), description));
    }
    check_plain_text(&document.creator)
        .map_err(|description| invalid_field(&field("creator"), description))?;
    let published_at = document
        .publish_time
        .as_ref()
        .map(|time_given| time(&field("publish_time"), time_given))
        .transpose()?;
    let withdrawal = match document.withdraw_time {
        Some(given) => Some(Withdrawal {
            at: time(&field("withdraw_time"), &given)?,
            reason: reason(&field("withdraw_reason"), &document.withdraw_reason, MAX_REVISION_REASON)?
                .to_owned(),
        }),
        None if document.withdraw_reason.is_empty() => None,
        None => return Err(invalid_field(&field("withdraw_time"), "required with withdraw_reason")),
    };
    if let (Some(published), Some(withdrawal)) = (published_at, &withdrawal)
        && withdrawal.at < published
    {
        return Err(invalid_field(&field("withdraw_time"), "must not be earlier than publish_time"));
    }
    let content = required(&field("content"), document.content)?;
    let content: Canonical = canonical(&field("content"), content, access.scheme).await?;
    Ok(ImportDocument {
        number: document.revision,
        content,
        published_at,
        creator: document.creator,
        digest: stated_digest(&field("digest"), &document.digest)?,
        withdrawal,
    })
}

fn stated_digest(field: &str, text: &str) -> Result<Option<Digest>, Status> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|error: chancery_brief::digest::DigestError| invalid_field(field, error.to_string()))
}
