//! Facts that an import states about a revision are attributed to that import, in every response and on paper.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::ops::ControlFlow;

use chancery_client::Client;
use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::watch_briefs_response::Event;
use chancery_proto::brief::v1::{
    BatchGetBriefsRequest, BriefRevision, ExportBriefRequest, GetBriefDraftRequest, GetBriefRequest,
    GetBriefRevisionRequest, ImportRecord, PublishBriefRequest, RevisionDocument, WatchBriefsRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::import;
use chancery_testkit::refusals::refused;
use chancery_testkit::{Command, Stack, WORKSPACE, files, pdf};
use prost_types::Timestamp;
use tonic::Code::InvalidArgument;

const BRIEF: &str = "workspaces/default/briefs/amber-demo";
const REVISION: &str = "workspaces/default/briefs/amber-demo/revisions/1";

/// The sample, with imported facts.
fn document(publish_time: &str, creator: &str) -> RevisionDocument {
    RevisionDocument {
        publish_time: Some(publish_time.parse().unwrap()),
        creator: creator.into(),
        ..files::revisions("amber").remove(0)
    }
}

fn get() -> GetBriefRequest {
    GetBriefRequest { name: BRIEF.into(), ..Default::default() }
}

async fn revision(client: &Client, name: &str) -> BriefRevision {
    let request = GetBriefRevisionRequest { name: name.into(), ..Default::default() };
    client.get_brief_revision(request).await.unwrap()
}

#[tokio::test]
async fn readers_see_the_source_of_an_imported_revisions_facts() {
    let stack = Stack::start().await;
    let desk = stack.caller("press-desk", &[Role::Publisher], "TLP:RED").await;
    desk.client
        .import_brief(import(vec![document("2025-03-03T00:00:00Z", "Chief of Analysis")]))
        .await
        .unwrap();

    let reader = stack.caller("reader", &[Role::Reader, Role::Renderer], "TLP:CLEAR").await;
    let imported = revision(&reader.client, REVISION).await;
    assert_eq!(imported.creator, "Chief of Analysis");
    let record = imported.import_record.clone().unwrap();
    assert_eq!(record, ImportRecord { importer: "press-desk".into(), import_time: imported.record_time });
    // The importer's token id is hidden, as is the creator's.
    assert!(!format!("{imported:?}").contains("apiTokens"));

    // From the database, from the cache, in batches, in lists, in watches.
    for _ in 0..2 {
        let brief = reader.client.get_brief(get()).await.unwrap();
        assert_eq!(brief.import_record.as_ref(), Some(&record));
        assert_eq!(brief.etag, brief.edition_digest);
    }
    let batch =
        BatchGetBriefsRequest { parent: WORKSPACE.into(), names: vec![BRIEF.into()], ..Default::default() };
    let batch = reader.client.batch_get_briefs(batch).await.unwrap().briefs;
    let listed = reader.client.all_briefs(WORKSPACE).await.unwrap();
    let revisions = reader.client.all_revisions(BRIEF).await.unwrap();
    for found in [
        batch[0].import_record.as_ref(),
        listed[0].import_record.as_ref(),
        revisions[0].import_record.as_ref(),
    ] {
        assert_eq!(found, Some(&record));
    }
    assert_eq!(watched(&reader.client).await, Some(record.clone()));

    // On the command line and on paper.
    let on = |arguments: &[&str]| stack.command(arguments).env("CHANCERY_TOKEN_FILE", &reader.token_file);
    let stated = "as stated by the import of";
    for name in ["amber-demo", "amber-demo/revisions/1"] {
        let ran = on(&["get", name]).run().await.exits(0);
        assert!(ran.stdout.contains(stated) && ran.stdout.contains("by press-desk"), "{}", ran.stdout);
    }
    for arguments in [["list"].as_slice(), &["revisions", "amber-demo"]] {
        let ran = on(arguments).run().await.exits(0);
        assert!(ran.stdout.contains("IMPORTED") && ran.stdout.contains("by press-desk"), "{}", ran.stdout);
    }
    for locale in ["en", "ru", "fa", "ar"] {
        let file = stack.folder().join(format!("imported-{locale}.pdf"));
        let arguments = ["render", "amber-demo", "--locale", locale, "-o", file.to_str().unwrap()];
        on(&arguments).run().await.exits(0);
        let text = pdf::text(&file, pdf::A4_PAGE);
        // Dates are in words; those in Arabic script are extracted in visual order.
        let published = match locale {
            "en" => "3 March 2025",
            "ru" => "3 марта 2025",
            _ => "",
        };
        let year = &record.import_time.unwrap().to_string()[..4];
        let imported = if locale == "en" { year } else { "" };
        for fact in [published, imported, "Chief of Analysis", "press-desk"] {
            assert!(text.contains(fact), "{locale} {fact}: {text}");
        }
        assert!(locale != "en" || text.contains(stated), "{text}");
        let bytes = pdf::unpacked(&file);
        assert!(
            pdf::contains_text(&bytes, "<chancery:importer>press-desk</chancery:importer>"),
            "XMP names the importer"
        );
        if locale == "fa" {
            pdf::assert_conforms(&file);
        }
    }

    // A revision published here is marked in none of them, and its export has no import record.
    let exported =
        reader.client.export_brief(ExportBriefRequest { name: BRIEF.into(), ..Default::default() });
    let exported = exported.await.unwrap().documents.remove(0);
    assert_eq!(
        (exported.publish_time, exported.creator.as_str()),
        (imported.publish_time, "Chief of Analysis")
    );
    stack.admin().await.revise_and_publish().await;
    let published = revision(&stack.admin().await, "workspaces/default/briefs/amber-demo/revisions/2").await;
    assert_eq!(published.import_record, None);
    let file = stack.folder().join("published.pdf");
    stack.command(&["render", "amber-demo", "-o", file.to_str().unwrap()]).run().await.exits(0);
    assert!(!pdf::text(&file, pdf::A4_PAGE).contains(stated));
    assert!(!pdf::contains_text(&pdf::unpacked(&file), "chancery:importer"));
}

/// The import record of the brief at the start of a watch.
async fn watched(client: &Client) -> Option<ImportRecord> {
    let mut record = None;
    let request = WatchBriefsRequest { parent: WORKSPACE.into(), ..Default::default() };
    let ended = client.watch_briefs(request, |answer| {
        if let Some(Event::Current(brief)) = answer.event {
            record = brief.import_record;
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    ended.await.unwrap();
    record
}

/// Changes the title of the draft and publishes it.
trait PublishDraft {
    async fn revise_and_publish(&self);
}

impl PublishDraft for Client {
    async fn revise_and_publish(&self) {
        let name = format!("{BRIEF}/draft");
        let mut draft = self.get_brief_draft(GetBriefDraftRequest { name }).await.unwrap();
        draft.content.as_mut().unwrap().title.push_str(", revised");
        let request =
            chancery_proto::brief::v1::UpdateBriefDraftRequest { draft: Some(draft), ..Default::default() };
        let draft = self.update_brief_draft(request).await.unwrap();
        let request = PublishBriefRequest { name: BRIEF.into(), etag: draft.etag, ..Default::default() };
        self.publish_brief(request).await.unwrap();
    }
}

#[tokio::test]
async fn times_in_the_future_and_withdrawals_before_publication_are_refused() {
    let stack = Stack::without_worker().await;
    let admin = stack.admin().await;
    let before = stack.content();
    let refusal = |document: RevisionDocument| refused_field(&admin, document);
    let (field, description) = refusal(document("9999-01-01T00:00:00Z", "Chief of Analysis")).await;
    assert_eq!(field, "documents[0].publish_time");
    assert!(description.contains("9999-01-01T00:00:00Z is in the future"), "{description}");
    let withdrawn = RevisionDocument {
        withdraw_time: Some("9999-01-01T00:00:00Z".parse().unwrap()),
        withdraw_reason: "Superseded".into(),
        ..document("2025-03-03T00:00:00Z", "")
    };
    assert_eq!(refusal(withdrawn).await.0, "documents[0].withdraw_time");
    let soon = RevisionDocument {
        publish_time: Some(from_now(&stack, 3_600)),
        ..document("2025-03-03T00:00:00Z", "")
    };
    assert_eq!(refusal(soon.clone()).await.0, "documents[0].publish_time");
    let withdrawn_first = RevisionDocument {
        withdraw_time: Some("2025-03-02T23:59:59Z".parse().unwrap()),
        withdraw_reason: "Superseded".into(),
        ..document("2025-03-03T00:00:00Z", "")
    };
    assert_eq!(refusal(withdrawn_first).await.0, "documents[0].withdraw_time");
    assert_eq!(stack.content(), before);

    // Clocks may differ slightly, and times in the past are accepted.
    let skewed = RevisionDocument { publish_time: Some(from_now(&stack, 60)), ..soon };
    admin.import_brief(import(vec![skewed])).await.unwrap();
    let old = RevisionDocument {
        brief_id: "older".into(),
        digest: String::new(),
        ..document("1950-01-01T00:00:00Z", "")
    };
    admin.import_brief(import(vec![old])).await.unwrap();
}

async fn refused_field(client: &Client, document: RevisionDocument) -> (String, String) {
    let refusal =
        refused(client.import_brief(import(vec![document])).await, InvalidArgument, Reason::InvalidField);
    let violation = refusal.violations.into_iter().next().unwrap();
    (violation.field, violation.description)
}

/// A time by the database's clock, which decides what is in the future.
fn from_now(stack: &Stack, seconds: i64) -> Timestamp {
    let now = "select extract(epoch from clock_timestamp())::bigint";
    let now: i64 = stack.database().psql().rows(now).unwrap().concat().parse().unwrap();
    Timestamp { seconds: now + seconds, nanos: 0 }
}

#[tokio::test]
async fn migrating_marks_revisions_imported_by_an_earlier_version() {
    let stack = Stack::without_worker().await;
    let desk = stack.caller("press-desk", &[Role::Publisher], "TLP:RED").await;
    desk.client
        .import_brief(import(vec![document("2025-03-03T00:00:00Z", "Chief of Analysis")]))
        .await
        .unwrap();
    let stated = RevisionDocument {
        brief_id: "stated".into(),
        digest: String::new(),
        publish_time: None,
        ..document("2025-03-03T00:00:00Z", "Chief")
    };
    desk.client.import_brief(import(vec![stated])).await.unwrap();
    stack.admin().await.revise_and_publish().await;

    // The table before the migration.
    let psql = stack.database().psql();
    psql.rows("alter table revisions drop column importer").unwrap();
    let migration = std::fs::read_dir(files::root().join("migrations")).unwrap();
    let mut migration = migration.map(|entry| entry.unwrap().path());
    let migration =
        migration.find(|path| path.to_string_lossy().ends_with("_imported_revisions.sql")).unwrap();
    psql.file(&migration).unwrap();
    let marked = psql.rows(
        "select brief_id, revision, importer from revisions join briefs using (brief_key) order by 1, 2",
    );
    assert_eq!(marked.unwrap(), ["amber-demo|1|press-desk", "amber-demo|2|", "stated|1|press-desk"]);
    let unmarked = psql.rows("select count(*) from revisions where importer is null").unwrap();
    assert_eq!(unmarked, ["1"]);
    psql.rows("update revisions set projection_version = 1").unwrap();
    psql.rows("update projection_version set version = 1").unwrap();
    Command::new(["migrate"]).env("DATABASE_URL", stack.database().url()).run().await.exits(0);
    Command::new(["verify"]).env("DATABASE_URL", stack.database().url()).run().await.exits(0);
    let request = GetBriefRequest { name: "workspaces/default/briefs/stated".into(), ..Default::default() };
    let service = stack.replica(stack.database().url(), &[]).await;
    let admin = stack.client_of(service.url(), &stack.token_file("admin")).await;
    assert_eq!(admin.get_brief(request).await.unwrap().import_record.unwrap().importer, "press-desk");
}

#[tokio::test]
async fn a_direction_control_in_a_creator_cannot_reorder_the_import_label() {
    let stack = Stack::without_worker().await;
    let admin = stack.admin().await;
    for creator in ["evil\u{202e} ksed", "\u{2067}desk", "desk\u{2069}"] {
        let (field, description) = refused_field(&admin, document("2025-03-03T00:00:00Z", creator)).await;
        assert_eq!(field, "documents[0].creator");
        assert!(description.contains("not paired"), "{description}");
    }
    let paired = document("2025-03-03T00:00:00Z", "\u{2067}تهران\u{2069} desk");
    admin.import_brief(import(vec![paired])).await.unwrap();
}
