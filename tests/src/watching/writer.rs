//! Somebody who publishes.

use chancery_client::{Client, Error};
use chancery_proto::brief::v1::{
    BriefContent, BriefKind, ImportBriefRequest, RevisionDocument, Statement, StatementType,
};

use crate::WORKSPACE;

/// The briefs of one writer.
const BRIEFS: u32 = 4;

/// Of so many revisions the last one changes only what few may see.
const HIDDEN: u32 = 3;

/// Publishes so many revisions, one after the other, to briefs of the writer's own in turn. What a broken connection
/// leaves open is imported again: what is there already is skipped.
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
            statement("open", format!("Everybody sees number {seen}."), "TLP:CLEAR"),
            statement("held", format!("Few see number {revision}."), "TLP:RED"),
        ],
        ..BriefContent::default()
    }
}
