//! Two clearances: content above the lower one appears in none of its responses.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_client::Client;
use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::{
    ExportBriefRequest, ExportFormat, GetBriefDraftRequest, GetBriefRequest, GetBriefRevisionRequest,
    ListBriefRevisionsRequest, ListBriefsRequest, UpdateBriefDraftRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_proto::json;
use chancery_testkit::refusals::refused;
use chancery_testkit::{Caller, Stack, WORKSPACE, files, pdf};
use chancery_tests::{print, render_of};
use tonic::Code;

const BRIEF: &str = "workspaces/default/briefs/amber-demo";

/// Texts that appear only above TLP:CLEAR. `examples/README.md` names them.
const CANARIES: [&str; 5] = ["Zibeth", "77123", "1987-11-23", "12345678", "87654321"];

/// The coordinates as people read them.
const COORDINATES: [&str; 2] = ["12.345678", "87.654321"];

const READER: [Role; 2] = [Role::Reader, Role::Renderer];

async fn stack_with_the_brief() -> (Stack, Caller, Caller) {
    let stack = Stack::start().await;
    stack.import(files::revisions("amber")).await;
    let clear = stack.caller("clear", &READER, "TLP:CLEAR").await;
    let amber = stack.caller("amber", &READER, "TLP:AMBER").await;
    (stack, clear, amber)
}

fn assert_nothing_withheld_in(what: &str, text: &str) {
    let text = text.to_lowercase();
    for canary in CANARIES.into_iter().chain(COORDINATES) {
        assert!(!text.contains(&canary.to_lowercase()), "{canary} is in {what}:\n{text}");
    }
    assert!(
        !text.contains("amber+") && !text.contains("tlp:amber"),
        "a higher marking is in {what}:\n{text}"
    );
}

/// Every answer about the brief that a reader can ask for, as text.
async fn answers(client: &Client) -> Vec<(&'static str, String)> {
    let get = GetBriefRequest { name: BRIEF.into(), ..Default::default() };
    let list = ListBriefsRequest { parent: WORKSPACE.into(), ..Default::default() };
    let revision = GetBriefRevisionRequest {
        name: format!("{BRIEF}/revisions/1"),
        ..GetBriefRevisionRequest::default()
    };
    let revisions = ListBriefRevisionsRequest { parent: BRIEF.into(), ..Default::default() };
    let export = |format: ExportFormat| ExportBriefRequest {
        name: BRIEF.into(),
        format: format.into(),
        ..ExportBriefRequest::default()
    };
    let as_json = client.export_brief(export(ExportFormat::Json)).await.unwrap();
    vec![
        ("GetBrief", json::to_string_pretty(&client.get_brief(get).await.unwrap())),
        ("ListBriefs", json::to_string_pretty(&client.list_briefs(list).await.unwrap())),
        ("GetBriefRevision", json::to_string_pretty(&client.get_brief_revision(revision).await.unwrap())),
        (
            "ListBriefRevisions",
            json::to_string_pretty(&client.list_brief_revisions(revisions).await.unwrap()),
        ),
        (
            "ExportBrief",
            json::to_string_pretty(&client.export_brief(export(ExportFormat::Message)).await.unwrap()),
        ),
        ("ExportBrief in JSON", as_json.json_documents.concat()),
    ]
}

#[tokio::test]
async fn answers_to_the_lower_clearance_hold_nothing_withheld() {
    let (_stack, clear, amber) = stack_with_the_brief().await;
    for (what, text) in answers(&clear.client).await {
        assert_nothing_withheld_in(what, &text);
    }
    // The probe finds what is there: the higher clearance reads it all.
    let higher = answers(&amber.client).await;
    for canary in CANARIES {
        assert!(higher[0].1.contains(canary), "{canary} is not in the higher edition");
    }
}

#[tokio::test]
async fn the_lower_clearance_prints_nothing_withheld() {
    let (stack, clear, amber) = stack_with_the_brief().await;
    let (_, lower, _) = print(&clear.client, BRIEF).await;
    let (_, higher, at_once) = print(&amber.client, BRIEF).await;
    assert!(!at_once, "two editions are two prints");
    let unpacked = |name: &str, bytes: &[u8]| {
        let file = stack.folder().join(name);
        std::fs::write(&file, bytes).unwrap();
        let text = pdf::text(&file, pdf::A4_PAGE);
        (pdf::unpacked(&file), text)
    };
    let (lower_bytes, lower_text) = unpacked("lower.pdf", &lower);
    let (higher_bytes, higher_text) = unpacked("higher.pdf", &higher);
    assert_nothing_withheld_in("the printed text", &lower_text);
    for canary in CANARIES.into_iter().chain(COORDINATES) {
        assert!(!pdf::contains_text(&lower_bytes, canary), "{canary} is in the bytes of the lower print");
    }
    assert!(!pdf::contains_text(&lower_bytes, "TLP:AMBER"));
    assert!(higher_text.contains("Zibeth") && higher_text.contains("TLP:AMBER"), "{higher_text}");
    assert!(pdf::contains_text(&higher_bytes, "TLP:AMBER"), "the probe finds what is there");
}

#[tokio::test]
async fn each_clearance_has_a_digest_of_its_own() {
    let (_stack, clear, amber) = stack_with_the_brief().await;
    let get = || GetBriefRequest { name: BRIEF.into(), ..Default::default() };
    let lower = clear.client.get_brief(get()).await.unwrap();
    let higher = amber.client.get_brief(get()).await.unwrap();
    assert_ne!(lower.edition_digest, higher.edition_digest);
    assert_ne!(lower.etag, higher.etag);
    assert_eq!(lower.content.unwrap().marking, "TLP:CLEAR");
    assert_eq!(higher.content.unwrap().marking, "TLP:AMBER");
}

#[tokio::test]
async fn a_render_of_the_higher_edition_is_not_found_by_the_lower_clearance() {
    let (_stack, clear, amber) = stack_with_the_brief().await;
    let (render, _, _) = print(&amber.client, BRIEF).await;
    let request = chancery_proto::render::v1::GetRenderRequest { name: render.name.clone() };
    refused(clear.client.get_render(request).await, Code::NotFound, Reason::NotFound);
    let download = clear.client.download_render(&render.name, &mut Vec::new(), |_, _| ()).await;
    refused(download, Code::NotFound, Reason::NotFound);
}

#[tokio::test]
async fn a_brief_above_the_callers_clearance_is_not_found() {
    let stack = Stack::start().await;
    let mut documents = files::revisions("amber");
    for document in &mut documents {
        document.brief_id = "amber-only".into();
        let content = document.content.as_mut().unwrap();
        content.default_marking = "TLP:AMBER".into();
        // With a floor of TLP:AMBER nothing below it is allowed.
        let text = json::to_string_pretty(&*document).replace("\"TLP:CLEAR\"", "\"TLP:AMBER\"");
        *document = json::from_str(&text.replace("\"TLP:GREEN\"", "\"TLP:AMBER\"")).unwrap();
    }
    let name = stack.import(documents).await.name;
    let clear = stack.caller("clear", &READER, "TLP:GREEN").await.client;
    let get = |name: &str| GetBriefRequest { name: name.to_owned(), ..Default::default() };
    let hidden = refused(clear.get_brief(get(&name)).await, Code::NotFound, Reason::NotFound);
    let absent = refused(
        clear.get_brief(get("workspaces/default/briefs/amber-none")).await,
        Code::NotFound,
        Reason::NotFound,
    );
    assert_eq!(hidden.message.replace("amber-only", "amber-none"), absent.message);
    assert_eq!(clear.all_briefs(WORKSPACE).await.unwrap(), []);
    refused(clear.all_revisions(&name).await, Code::NotFound, Reason::NotFound);
    refused(clear.create_render(render_of(&name)).await, Code::NotFound, Reason::NotFound);
}

#[tokio::test]
async fn an_author_below_a_draft_s_markings_neither_reads_nor_writes_it() {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("amber")).await;
    let author = stack.caller("author", &[Role::Author], "TLP:GREEN").await.client;
    let draft = GetBriefDraftRequest { name: format!("{BRIEF}/draft") };
    refused(author.get_brief_draft(draft.clone()).await, Code::PermissionDenied, Reason::ClearanceTooLow);
    let mut written = stack.admin().await.get_brief_draft(draft).await.unwrap();
    written.content.as_mut().unwrap().subtitle = "Changed".into();
    let request = UpdateBriefDraftRequest { draft: Some(written), ..UpdateBriefDraftRequest::default() };
    let before = stack.content();
    refused(author.update_brief_draft(request).await, Code::PermissionDenied, Reason::ClearanceTooLow);
    assert_eq!(stack.content(), before);
}
