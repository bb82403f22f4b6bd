//! A client that publishes.

use chancery_client::{Client, Error};
use chancery_proto::brief::v1::{
    BriefContent, BriefKind, ImportBriefRequest, RevisionDocument, Statement, StatementType,
};

use crate::WORKSPACE;

/// The briefs of one writer.
const BRIEFS: u32 = 4;

/// One in this many revisions changes only text that few may see.
const HIDDEN: u32 = 3;

/// Publishes this number of revisions, one after the other, to each of the writer's briefs in turn. After a broken
/// connection the import is retried: existing revisions are skipped.
pub(super) async fn write(client: Client, writer: usize, publishes: u32) {
    for publish in 0..publishes {
        let (brief, revision) = (publish % BRIEFS, publish / BRIEFS + 1);
        let brief_id = format!("writer-{writer}-{brief}");
        let document = RevisionDocument {
            content: Some(content(revision)),
            brief_id,
            revision,
            ..RevisionDocument::default()
        };
        let documents = vec![document];
        let request =
            ImportBriefRequest { parent: WORKSPACE.into(), documents, ..ImportBriefRequest::default() };
        while let Err(error) = client.import_brief(request.clone()).await {
            let may_pass = match &error {
                Error::Refused(refusal) => refusal.reason_name() == "UNAVAILABLE",
                _ => true,
            };
            assert!(may_pass, "{error}");
        }
    }
}

fn content(revision: u32) -> BriefContent {
    let statement = |id: &str, text: String, marking: &str| Statement {
        id: id.into(),
        text,
        marking: marking.into(),
        r#type: StatementType::Fact.into(),
        ..Statement::default()
    };
    let seen = revision - u32::from(revision.is_multiple_of(HIDDEN));
    BriefContent {
        kind: BriefKind::Thematic.into(),
        title: format!("Number {seen}"),
        language: "en".into(),
        bluf: vec![
            statement("open", format!("All readers see number {seen}."), "TLP:CLEAR"),
            statement("held", format!("Few see number {revision}."), "TLP:RED"),
        ],
        ..BriefContent::default()
    }
}
