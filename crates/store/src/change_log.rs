//! The change log: what happened in a workspace, numbered densely in the order of commits.

use chancery_brief::marking::Rank;
use sqlx::PgConnection;

use crate::Result;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened, such as `revision_published`.
    pub kind: &'static str,
    /// The resource name of what it happened to.
    pub target: String,
    /// The lowest clearance that may hear of it; none when it is not about content.
    pub visible_from: Option<Rank>,
}

/// Writes changes under the workspace's next numbers.
///
/// Must be the transaction's last statement before commit: it locks the workspace's counter, and that lock, held until
/// commit, is what makes the order of numbers the order of commits. Held any longer, it would hold everybody up.
pub(crate) async fn record(
    transaction: &mut PgConnection,
    workspace: &str,
    subject: &str,
    changes: &[Change],
) -> Result<()> {
    let kinds: Vec<String> = changes.iter().map(|change| change.kind.to_owned()).collect();
    let targets: Vec<String> = changes.iter().map(|change| change.target.clone()).collect();
    let visible_from: Vec<Option<i16>> =
        changes.iter().map(|change| change.visible_from.map(i16::from)).collect();
    sqlx::query!(
        "-- change_log::record
        with counter as (
            update change_counters set last_number = last_number + cardinality($2::text[])
            where workspace_id = $1
            returning last_number - cardinality($2::text[]) as before
        )
        insert into change_log (workspace_id, number, kind, target, visible_from, subject)
        select $1, counter.before + change.place, change.kind, change.target, change.visible_from, $5
        from counter, unnest($2::text[], $3::text[], $4::smallint[]) with ordinality
            as change (kind, target, visible_from, place)",
        workspace,
        &kinds,
        &targets,
        visible_from.as_slice() as &[Option<i16>],
        subject
    )
    .execute(transaction)
    .await?;
    Ok(())
}
