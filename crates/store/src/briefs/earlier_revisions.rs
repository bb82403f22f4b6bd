//! Checks the changes that a revision declares against earlier revisions.

use chancery_brief::Canonical;
use chancery_brief::validate::{changes_of_earlier_parts, unknown_earlier_parts};
use chancery_proto::brief::v1::RevisionBody;
use prost::Message as _;

use crate::access::principal::Access;
use crate::briefs::content_schema::check_content_schema;
use crate::convert::{damaged, to_number};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};

/// Checks that declared changes of parts missing from the content name parts of an earlier revision visible to the
/// caller: the newest one, or the newest that is not withdrawn.
///
/// # Errors
/// [`StoreError::InvalidChanges`]; `document_index` is the document's index in an import.
pub(crate) async fn check_changes(
    connection: &mut PgConnection,
    brief_key: i64,
    access: Access,
    content: &Canonical,
    document_index: Option<usize>,
) -> Result<()> {
    if changes_of_earlier_parts(content.content()).is_empty() {
        return Ok(());
    }
    let earlier = earlier_editions(connection, brief_key, access).await?;
    let violations = unknown_earlier_parts(content, &earlier, access.policy);
    if violations.is_empty() {
        Ok(())
    } else {
        Err(StoreError::InvalidChanges { document_index, violations })
    }
}

async fn earlier_editions(
    connection: &mut PgConnection,
    brief_key: i64,
    access: Access,
) -> Result<Vec<Canonical>> {
    let rows = sqlx::query!(
        r#"-- briefs::earlier_revisions::earlier_editions
        with visible as (
            select e.revision, e.body, r.content_schema, r.withdrawn_at is null as is_available
            from editions e join revisions r using (brief_key, revision)
            where e.brief_key = $1 and e.from_rank <= $2 and e.until_rank > $2
        )
        select body as "body!", content_schema as "content_schema!" from visible
        where revision = (select max(revision) from visible)
            or revision = (select max(revision) from visible where is_available)"#,
        brief_key,
        i16::from(access.clearance.0)
    )
    .fetch_all(connection)
    .await?;
    let edition = |(body, schema): (Vec<u8>, i32)| {
        check_content_schema(to_number(schema)?)?;
        let content = RevisionBody::decode(body.as_slice()).map_err(damaged)?.content.unwrap_or_default();
        Canonical::of_trusted(content, access.scheme).map_err(damaged)
    };
    rows.into_iter().map(|row| edition((row.body, row.content_schema))).collect()
}
