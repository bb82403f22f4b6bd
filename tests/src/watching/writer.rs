//! A client that publishes.

use chancery_client::{Client, Error};
use chancery_proto::brief::v1::BriefContent;
use chancery_testkit::content::{brief, marked};
use chancery_testkit::imports::{document, import};

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
        let request = import(vec![document(&brief_id, revision, content(revision))]);
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
    let seen = revision - u32::from(revision.is_multiple_of(HIDDEN));
    BriefContent {
        bluf: vec![
            marked("open", format!("All readers see number {seen}."), "TLP:CLEAR"),
            marked("held", format!("Few see number {revision}."), "TLP:RED"),
        ],
        ..brief(&format!("Number {seen}"), Vec::new())
    }
}
