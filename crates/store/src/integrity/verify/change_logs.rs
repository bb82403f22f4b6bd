//! Verifies that change logs have no gaps and match their counters.

use chancery_proto::names::ResourceId;

use super::VerifyEvent;
use crate::convert::damaged;
use crate::error::Result;
use crate::integrity::Integrity;
use crate::integrity::findings::{Finding, FindingCode};

/// Number of changes that one query checks.
const BATCH: i64 = 50_000;

impl Integrity<'_> {
    pub(crate) async fn verify_change_logs(self, report: &mut impl FnMut(VerifyEvent)) -> Result<()> {
        // One statement, hence one snapshot: a change and its counter are committed together.
        let logs = sqlx::query!(
            r#"-- integrity::verify::change_logs::verify_change_logs
            select w.workspace_id, c.last_number as "last_number?",
                coalesce((select max(number) from change_log l where l.workspace_id = w.workspace_id), 0) as "newest!"
            from workspaces w left join change_counters c using (workspace_id)
            order by 1"#
        )
        .fetch_all(self.pool)
        .await?;
        let total: i64 = logs.iter().map(|log| log.newest).sum();
        report(VerifyEvent::Part { what: "changes", total: total.unsigned_abs() });
        for log in logs {
            let workspace: ResourceId = log.workspace_id.parse().map_err(damaged)?;
            let mut found =
                |code, what| report(VerifyEvent::Found(Finding::of_workspace(code, &workspace, what)));
            match log.last_number {
                None => found(FindingCode::ChangeCounter, "its change log has no counter".into()),
                Some(last) if last != log.newest => {
                    let what = format!("its counter is {last}, but its newest change is {}", log.newest);
                    found(FindingCode::ChangeCounter, what);
                }
                Some(_) => {}
            }
            self.verify_change_log(&workspace, log.newest, report).await?;
        }
        Ok(())
    }

    /// Checks that every number up to `newest` exists. Changes are never deleted, so this needs no common snapshot.
    async fn verify_change_log(
        self,
        workspace: &ResourceId,
        newest: i64,
        report: &mut impl FnMut(VerifyEvent),
    ) -> Result<()> {
        let mut before = 0;
        while before < newest {
            let until = (before + BATCH).min(newest);
            let gaps = sqlx::query!(
                r#"-- integrity::verify::change_logs::verify_change_log
                select number as "number!", next as "next!" from (
                    select number, lead(number, 1, $3 + 1) over (order by number) as next
                    from (
                        select $2::bigint as number
                        union all
                        select number from change_log
                        where workspace_id = $1 and number > $2 and number <= $3
                    ) as numbers
                ) as pairs
                where next <> number + 1
                order by 1"#,
                workspace.as_str(),
                before,
                until
            )
            .fetch_all(self.pool)
            .await?;
            for gap in gaps {
                let (first, last) = (gap.number + 1, gap.next - 1);
                let what = if first == last {
                    format!("change {first} is missing")
                } else {
                    format!("changes {first} to {last} are missing")
                };
                let finding = Finding::of_workspace(FindingCode::ChangeMissing, workspace, what);
                report(VerifyEvent::Found(finding));
            }
            report(VerifyEvent::Read((until - before).unsigned_abs()));
            before = until;
        }
        Ok(())
    }
}
