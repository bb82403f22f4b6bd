//! Verifies that the bytes of drafts are canonical content and match their rows.

use chancery_brief::Canonical;
use chancery_brief::marking::Scheme;

use super::VerifyEvent;
use crate::briefs::content_schema::check_content_schema;
use crate::convert::{damaged, to_number};
use crate::error::Result;
use crate::integrity::Integrity;
use crate::integrity::findings::{Finding, FindingCode};

/// Number of drafts that one query reads.
const BATCH: i64 = 16;

impl Integrity<'_> {
    pub(crate) async fn verify_drafts(self, report: &mut impl FnMut(VerifyEvent)) -> Result<()> {
        let total = sqlx::query_scalar!(
            r#"-- integrity::verify::drafts::verify_drafts
            select count(*) as "total!" from drafts"#
        )
        .fetch_one(self.pool)
        .await?;
        report(VerifyEvent::Part { what: "drafts", total: total.unsigned_abs() });
        let mut after = 0;
        loop {
            let rows = sqlx::query!(
                r#"-- integrity::verify::drafts::verify_drafts
                select d.brief_key, b.workspace_id, b.brief_id, w.scheme, d.content, d.content_schema,
                    d.floor::smallint as "floor!", d.highest::smallint as "highest!"
                from drafts d join briefs b using (brief_key) join workspaces w using (workspace_id)
                where d.brief_key > $1
                order by 1
                limit $2"#,
                after,
                BATCH
            )
            .fetch_all(self.pool)
            .await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.brief_key;
            for row in rows {
                check_content_schema(to_number(row.content_schema)?)?;
                let scheme = row.scheme.parse().map_err(damaged)?;
                if let Some(what) = damage(&row.content, scheme, (row.floor, row.highest)) {
                    let name = format!("workspaces/{}/briefs/{}/draft", row.workspace_id, row.brief_id);
                    report(VerifyEvent::Found(Finding::new(FindingCode::DraftDamaged, name, what)));
                }
                report(VerifyEvent::Read(1));
            }
        }
    }
}

/// Describes the damage of a draft, if there is any.
fn damage(content: &[u8], scheme: Scheme, (floor, highest): (i16, i16)) -> Option<String> {
    let canonical = match Canonical::from_trusted_bytes(content, scheme) {
        Ok(canonical) => canonical,
        Err(error) => return Some(error.to_string()),
    };
    if canonical.to_bytes() != content {
        return Some("its bytes are not canonical".into());
    }
    let columns = [
        ("floor", i16::from(canonical.floor()) != floor),
        ("highest", i16::from(canonical.highest()) != highest),
    ];
    let wrong: Vec<&str> =
        columns.into_iter().filter(|(_, is_wrong)| *is_wrong).map(|(column, _)| column).collect();
    (!wrong.is_empty()).then(|| wrong.join(", "))
}
