//! Comparisons with an earlier revision chosen by the caller: the editions involved, and their declared changes
//! combined.

use chancery_brief::combined_changes::{DeclaredChanges, MAX_COMBINED_CHANGES, combine};
use chancery_brief::digest::Digest;
use chancery_proto::brief::v1::{Change, RevisionBody};
use chancery_proto::names::{BriefName, RevisionName};
use prost::Message;

use crate::access::principal::Access;
use crate::briefs::content_schema::check_content_schema;
use crate::convert::{damaged, to_number};
use crate::error::{Result, StoreError};
use crate::renders::Renders;
use crate::renders::environments::digest;
use crate::renders::inputs::PinnedEdition;

/// Maximum number of revisions whose changes are combined.
const MAX_COMBINED_REVISIONS: i64 = 100;

/// Maximum total size of the editions of those revisions, which are decoded to find their changes.
const MAX_COMBINED_EDITION_BYTES: i64 = 64 * 1024 * 1024;

/// Maximum encoded size of the combined changes, which become part of the task's manifest.
const MAX_COMBINED_CHANGE_BYTES: usize = 1024 * 1024;

/// A pinned comparison chosen by the caller.
#[derive(Debug)]
pub(crate) struct PinnedComparison {
    /// The revision to compare with.
    pub(crate) revision: i32,
    /// The digest of its edition.
    pub(crate) digest: Digest,
    /// The lowest clearance that may see everything that was compared.
    pub(crate) visible_from: i16,
    /// The editions after it up to the printed one, in order, whose changes are combined. Empty when the printed one is
    /// the next revision: it then declares all changes itself.
    pub(crate) combined: Vec<Digest>,
    /// The combined changes of those editions.
    pub(crate) changes: Vec<Change>,
}

/// An edition whose changes are combined.
struct Step {
    revision: i32,
    from_rank: i16,
    digest: Vec<u8>,
    body: Vec<u8>,
    content_schema: i32,
}

impl Renders<'_> {
    /// Pins a comparison with an earlier revision of the brief, withdrawn or not, at the caller's clearance.
    ///
    /// # Errors
    /// [`StoreError::InvalidOptions`] for a revision of another brief and for one that is not earlier;
    /// [`StoreError::NotFound`] when the caller has no edition of it, because it is purged, above the clearance or was
    /// never published; [`StoreError::LimitExceeded`].
    pub(crate) async fn pin_comparison(
        self,
        access: Access,
        brief: &BriefName,
        printed: &PinnedEdition,
        compare_to: &str,
    ) -> Result<PinnedComparison> {
        let name = earlier_revision(brief, printed.revision, compare_to)?;
        let clearance = i16::from(access.clearance.0);
        let number = i32::try_from(name.revision.0).unwrap_or(i32::MAX);
        let row = sqlx::query!(
            r#"-- renders::comparisons::pin_comparison
            select c.digest, c.from_rank as "from_rank!", s.revisions as "revisions!", s.size as "size!"
            from editions c
            cross join lateral (
                select count(distinct e.revision) as revisions, coalesce(sum(octet_length(e.body)), 0) as size
                from editions e
                where e.brief_key = c.brief_key and e.revision > c.revision and e.revision <= $3
                    and e.from_rank <= $4::smallint and e.until_rank > $4::smallint
            ) s
            where c.brief_key = $1 and c.revision = $2 and c.from_rank <= $4::smallint
            order by c.from_rank desc
            limit 1"#,
            printed.key,
            number,
            printed.revision,
            clearance,
        )
        .fetch_optional(self.pool)
        .await?;
        let row = row.ok_or_else(|| StoreError::NotFound(name.to_string()))?;
        let mut pinned = PinnedComparison {
            revision: number,
            digest: digest(&row.digest)?,
            visible_from: row.from_rank,
            combined: Vec::new(),
            changes: Vec::new(),
        };
        if row.revisions <= 1 && number + 1 == printed.revision {
            return Ok(pinned);
        }
        if row.revisions > MAX_COMBINED_REVISIONS {
            let message =
                format!("{} revisions to combine, over the limit of {MAX_COMBINED_REVISIONS}", row.revisions);
            return Err(too_far(&message));
        }
        if row.size > MAX_COMBINED_EDITION_BYTES {
            return Err(too_far(&format!(
                "editions of {} bytes to combine, over the limit of {MAX_COMBINED_EDITION_BYTES}",
                row.size
            )));
        }
        let steps = self.steps(printed, number, clearance).await?;
        for step in &steps {
            pinned.combined.push(digest(&step.digest)?);
        }
        let highest = steps.iter().map(|step| step.from_rank).max();
        pinned.visible_from = pinned.visible_from.max(highest.unwrap_or_default());
        // Decoding whole editions would block the runtime's thread for too long.
        let combined = tokio::task::spawn_blocking(move || combined(number, &steps, access)).await;
        pinned.changes = combined.map_err(damaged)??;
        Ok(pinned)
    }

    /// Reads the editions after a revision up to the printed one, in order.
    async fn steps(self, printed: &PinnedEdition, after: i32, clearance: i16) -> Result<Vec<Step>> {
        let steps = sqlx::query_as!(
            Step,
            r#"-- renders::comparisons::steps
            select distinct on (e.revision)
                e.revision, e.from_rank as "from_rank!", e.digest, e.body, r.content_schema
            from editions e join revisions r using (brief_key, revision)
            where e.brief_key = $1 and e.revision > $2 and e.revision <= $3 and e.from_rank <= $4::smallint
            order by e.revision, e.from_rank desc"#,
            printed.key,
            after,
            printed.revision,
            clearance,
        )
        .fetch_all(self.pool)
        .await?;
        Ok(steps)
    }
}

/// Parses the revision's name, and checks that it is earlier than the printed one of the same brief. Does not look the
/// revision up, so that the error is the same for existing and missing revisions.
fn earlier_revision(brief: &BriefName, printed: i32, compare_to: &str) -> Result<RevisionName> {
    let refuse = |message: String| StoreError::invalid_option("compare_to", message);
    let name: RevisionName = compare_to.parse().map_err(|error| refuse(format!("{error}")))?;
    if name.brief_name() != *brief {
        return Err(refuse(format!("a revision of another brief; expected an earlier revision of {brief}")));
    }
    if i64::from(name.revision.0) < i64::from(printed) {
        return Ok(name);
    }
    let remedy = match printed {
        ..=1 => "leave it empty, since revision 1 has none before it".to_owned(),
        2 => "expected revision 1".to_owned(),
        _ => format!("expected one from 1 to {}", printed - 1),
    };
    Err(refuse(format!(
        "revision {} is not earlier than the printed revision {printed}; {remedy}",
        name.revision.0
    )))
}

/// Combines the changes that the editions after revision `earlier` declare.
fn combined(earlier: i32, steps: &[Step], access: Access) -> Result<Vec<Change>> {
    let mut changes: Vec<(bool, Vec<Change>)> = Vec::with_capacity(steps.len());
    let mut previous = earlier;
    for step in steps {
        check_content_schema(to_number(step.content_schema)?)?;
        let body = RevisionBody::decode(step.body.as_slice()).map_err(damaged)?;
        let follows_gap = step.revision != previous + 1;
        previous = step.revision;
        changes.push((follows_gap, body.content.unwrap_or_default().changes));
    }
    let declared =
        changes.iter().map(|(follows_gap, changes)| DeclaredChanges { changes, follows_gap: *follows_gap });
    let changes = combine(declared, access.scheme);
    if changes.len() > MAX_COMBINED_CHANGES {
        return Err(too_far(&format!(
            "{} combined changes, over the limit of {MAX_COMBINED_CHANGES}",
            changes.len()
        )));
    }
    let size: usize = changes.iter().map(Message::encoded_len).sum();
    if size > MAX_COMBINED_CHANGE_BYTES {
        return Err(too_far(&format!(
            "combined changes of {size} bytes, over the limit of {MAX_COMBINED_CHANGE_BYTES}"
        )));
    }
    Ok(changes)
}

fn too_far(what: &str) -> StoreError {
    StoreError::LimitExceeded(format!("options.compare_to: {what}; name a later revision"))
}

#[cfg(test)]
mod tests {
    use chancery_proto::names::BriefName;

    use super::earlier_revision;
    use crate::StoreError;

    fn refused(printed: i32, compare_to: &str) -> String {
        let brief: BriefName = "workspaces/default/briefs/b1".parse().unwrap();
        match earlier_revision(&brief, printed, compare_to) {
            Err(StoreError::InvalidOptions(options)) => options[0].message.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_revision_that_is_not_earlier_is_refused_with_those_that_are() {
        let name = |number: u32| format!("workspaces/default/briefs/b1/revisions/{number}");
        assert!(refused(3, &name(3)).ends_with("expected one from 1 to 2"));
        assert!(refused(2, &name(7)).ends_with("expected revision 1"));
        assert!(refused(1, &name(1)).contains("leave it empty"));
        assert!(
            refused(3, "workspaces/default/briefs/b2/revisions/1").starts_with("a revision of another brief")
        );
    }
}
