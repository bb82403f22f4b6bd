//! Rebuilds projections and reports progress.

use chancery_store::{Finding, ReindexEvent, ReindexScope, Store};

use crate::ui::failure::Failure;
use crate::ui::progress::CountProgress;

/// The result of a reindexing.
#[derive(Debug, Default)]
pub struct ReindexReport {
    /// Number of revisions reindexed.
    pub revisions: u64,
    /// Names of the revisions whose editions were rewritten.
    pub rewritten: Vec<String>,
    /// Damage that prevented a rebuild.
    pub damage: Vec<Finding>,
}

impl ReindexReport {
    /// Formats the report as text, without the damage, which [`reindex`] has printed.
    pub fn text(&self) -> String {
        let mut text = format!("{} revisions were reindexed\n", self.revisions);
        for name in &self.rewritten {
            text.push_str("the editions of ");
            text.push_str(name);
            text.push_str(" were rewritten: an older version of the redaction rules had produced them\n");
        }
        text
    }
}

/// Reindexes revisions, showing progress and printing damage as it is found.
pub async fn reindex(store: &Store, scope: &ReindexScope, is_silent: bool) -> Result<ReindexReport, Failure> {
    let mut progress = CountProgress::new(is_silent);
    let mut report = ReindexReport::default();
    let on_event = |event| match event {
        ReindexEvent::Total(total) if total > 0 => progress.begin("revisions", total),
        ReindexEvent::Total(_) => {}
        ReindexEvent::Revision { name, rewritten } => {
            report.revisions += 1;
            if rewritten {
                report.rewritten.push(name.to_string());
            }
            progress.add(1);
        }
        ReindexEvent::Damage(finding) => {
            if !is_silent {
                progress.print(&finding.to_string());
            }
            report.damage.push(finding);
        }
    };
    let result = store.integrity().reindex(scope, on_event).await;
    progress.end();
    result?;
    Ok(report)
}
