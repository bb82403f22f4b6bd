//! The main job: a brief is imported, printed and downloaded.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_client::Client;
use chancery_proto::brief::v1::{ExportBriefRequest, ExportFormat, GetBriefRequest, GetBriefRevisionRequest};
use chancery_proto::json;
use chancery_proto::render::v1::render_brief_response::Event;
use chancery_proto::render::v1::{
    DownloadRenderRequest, GetRenderRequest, Paper, RenderBriefRequest, RenderOptions, RenderState,
    WaitRenderRequest,
};
use chancery_testkit::{Stack, WORKSPACE, files, pdf};
use chancery_tests::{RUSSIA_IRAN, print, render_of, statements};

async fn imported() -> (Stack, Client) {
    let stack = Stack::start().await;
    stack.import(files::revisions("russia-iran")).await;
    let admin = stack.admin().await;
    (stack, admin)
}

#[tokio::test]
async fn a_brief_is_imported_printed_and_downloaded() {
    let stack = Stack::start().await;
    let answer = stack.import(files::revisions("russia-iran")).await;
    assert_eq!((answer.name.as_str(), answer.written_revisions), (RUSSIA_IRAN, vec![1, 2]));

    let (render, bytes, _) = print(&stack.admin().await, RUSSIA_IRAN).await;
    assert_eq!(render.revision, format!("{RUSSIA_IRAN}/revisions/2"));
    let artifact = render.artifact.unwrap();
    assert_eq!(artifact.sha256, pdf::sha256(&bytes));
    assert_eq!(artifact.size_bytes, bytes.len() as u64);
    assert_eq!(artifact.media_type, "application/pdf");
    assert!(artifact.pages > 1);
    assert_eq!(render.warnings, [""; 0]);

    let file = stack.folder().join("russia-iran.pdf");
    std::fs::write(&file, &bytes).unwrap();
    pdf::assert_sound(&file);
    pdf::assert_conforms(&file);
}

#[tokio::test]
async fn the_pdf_says_every_sentence_of_the_revision() {
    let (stack, admin) = imported().await;
    for revision in files::revisions("russia-iran") {
        let (_, bytes, _) = print(&admin, &format!("{RUSSIA_IRAN}/revisions/{}", revision.revision)).await;
        let file = stack.folder().join("russia-iran.pdf");
        std::fs::write(&file, &bytes).unwrap();
        let pages = pdf::page_texts(&file, pdf::A4_COLUMNS);
        let pages: Vec<String> = pages.iter().map(|page| without_breaks_after_dashes(page)).collect();
        let printed = without_breaks_after_dashes(&pdf::text(&file, pdf::A4_COLUMNS));
        let contains_text = |text: &str| {
            let text = without_breaks_after_dashes(&pdf::normal_form(text));
            printed.contains(&text) || pages.windows(2).any(|pair| continues_below_a_figure(&text, pair))
        };
        let missing: Vec<_> =
            statements(&revision).into_iter().filter(|(_, text)| !contains_text(text)).collect();
        assert_eq!(missing, [], "revision {}", revision.revision);
    }
}

/// Returns whether a sentence continues on the next page. The notes beside its first lines follow them in the text, and a
/// figure that did not fit may precede its last ones.
fn continues_below_a_figure(sentence: &str, pages: &[String]) -> bool {
    let [first, next] = pages else { return false };
    sentence.match_indices(' ').any(|(at, _)| {
        let (begun, rest) = (&sentence[..at], &sentence[at + 1..]);
        !begun.is_empty() && first.contains(begun) && next.contains(rest)
    })
}

/// A line may end after a dash; pdftotext then inserts a space that is not in the text.
fn without_breaks_after_dashes(text: &str) -> String {
    ["-", "\u{2013}", "/"]
        .into_iter()
        .fold(text.to_owned(), |text, dash| text.replace(&format!("{dash} "), dash))
}

#[tokio::test]
async fn importing_twice_changes_nothing() {
    let (stack, _) = imported().await;
    let before = stack.content();
    let again = stack.import(files::revisions("russia-iran")).await;
    assert_eq!((again.written_revisions, again.skipped_revisions), (vec![], vec![1, 2]));
    assert_eq!(stack.content(), before);
}

#[tokio::test]
async fn a_repeated_render_returns_the_same_bytes_at_once() {
    let (_stack, admin) = imported().await;
    let (_, first, _) = print(&admin, RUSSIA_IRAN).await;
    let (_, second, at_once) = print(&admin, &format!("{RUSSIA_IRAN}/revisions/2")).await;
    assert!(at_once);
    assert_eq!(first, second);
}

#[tokio::test]
async fn two_installations_print_the_same_bytes() {
    let ((_one, first), (_two, second)) = (imported().await, imported().await);
    let (_, first, _) = print(&first, RUSSIA_IRAN).await;
    let (_, second, at_once) = print(&second, RUSSIA_IRAN).await;
    assert!(!at_once);
    assert_eq!(pdf::sha256(&first), pdf::sha256(&second));
}

#[tokio::test]
async fn equal_requests_share_one_print() {
    let mut stack = Stack::without_worker().await;
    stack.import(files::revisions("russia-iran")).await;
    let admin = stack.admin().await;
    let mut renders = Vec::new();
    for _ in 0..3 {
        renders.push(admin.create_render(render_of(RUSSIA_IRAN)).await.unwrap());
    }
    assert!(renders.iter().all(|render| render.state() == RenderState::Queued));
    stack.add_worker();
    for render in renders {
        let ended = admin.follow_render(render, |_| ()).await.unwrap();
        assert_eq!(ended.state(), RenderState::Succeeded);
    }
    let log = std::fs::read_to_string(&stack.workers()[0].log).unwrap();
    assert_eq!(log.matches("\"message\":\"printed\"").count(), 1, "{log}");
}

#[tokio::test]
async fn a_download_resumes_at_any_offset() {
    let (_stack, admin) = imported().await;
    let (render, whole, _) = print(&admin, RUSSIA_IRAN).await;
    for offset in [0, 1, 70_000, whole.len() - 1, whole.len()] {
        assert_eq!(download_from(&admin, &render.name, offset).await, whole[offset..], "from {offset}");
    }
}

async fn download_from(client: &Client, name: &str, offset: usize) -> Vec<u8> {
    let read_offset = i64::try_from(offset).unwrap();
    let request = DownloadRenderRequest { name: name.to_owned(), read_offset };
    let mut pieces = client.renders().download_render(request).await.unwrap().into_inner();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.message().await.unwrap() {
        assert_eq!(piece.offset, (offset + bytes.len()) as u64);
        assert!(piece.data.len() <= 256 * 1024);
        bytes.extend_from_slice(&piece.data);
    }
    bytes
}

#[tokio::test]
async fn one_call_creates_waits_and_downloads() {
    let (_stack, admin) = imported().await;
    let request =
        RenderBriefRequest { parent: WORKSPACE.into(), source: RUSSIA_IRAN.into(), ..Default::default() };
    let mut events = admin.renders().render_brief(request).await.unwrap().into_inner();
    let (mut last, mut bytes) = (None, Vec::new());
    while let Some(event) = events.message().await.unwrap() {
        match event.event.unwrap() {
            Event::Render(render) => {
                assert!(bytes.is_empty(), "states come before the bytes");
                last = Some(render);
            }
            Event::Chunk(chunk) => bytes.extend_from_slice(&chunk.data),
        }
    }
    let render = last.unwrap();
    assert_eq!(render.state(), RenderState::Succeeded);
    assert_eq!(render.artifact.unwrap().sha256, pdf::sha256(&bytes));
}

#[tokio::test]
async fn a_wait_ends_with_the_render_or_at_its_timeout() {
    let mut stack = Stack::without_worker().await;
    stack.import(files::revisions("russia-iran")).await;
    let admin = stack.admin().await;
    let render = admin.create_render(render_of(RUSSIA_IRAN)).await.unwrap();
    let wait = |nanos| WaitRenderRequest {
        name: render.name.clone(),
        timeout: Some(prost_types::Duration { seconds: 0, nanos }),
    };
    assert_eq!(admin.wait_render(wait(50_000_000)).await.unwrap().state(), RenderState::Queued);
    stack.add_worker();
    let request = WaitRenderRequest { name: render.name.clone(), timeout: None };
    let ended = admin.wait_render(request).await.unwrap();
    assert_eq!(ended.state(), RenderState::Succeeded);
    assert!(ended.end_time.is_some());
    let read = admin.get_render(GetRenderRequest { name: render.name }).await.unwrap();
    assert_eq!(read, ended);
}

#[tokio::test]
async fn a_request_survives_a_restart_of_the_service() {
    let mut stack = Stack::without_worker().await;
    stack.import(files::revisions("russia-iran")).await;
    let admin = stack.admin().await;
    let render = admin.create_render(render_of(RUSSIA_IRAN)).await.unwrap();
    stack.restart_service().await;
    stack.add_worker();
    let ended = admin.follow_render(render, |_| ()).await.unwrap();
    assert_eq!(ended.state(), RenderState::Succeeded);
}

#[tokio::test]
async fn another_paper_size_is_a_separate_print() {
    let (_stack, admin) = imported().await;
    let (_, a4, _) = print(&admin, RUSSIA_IRAN).await;
    let mut letter = Vec::new();
    let options = RenderOptions { paper: Paper::Letter.into(), ..Default::default() };
    let request =
        chancery_proto::render::v1::CreateRenderRequest { options: Some(options), ..render_of(RUSSIA_IRAN) };
    let render = admin.render_to(request, &mut letter, |_| ()).await.unwrap();
    assert_eq!(render.options.unwrap().paper(), Paper::Letter);
    assert_ne!(a4, letter);
}

#[tokio::test]
async fn an_export_equals_the_import() {
    let (_stack, admin) = imported().await;
    let request = |format: ExportFormat| ExportBriefRequest {
        name: RUSSIA_IRAN.into(),
        format: format.into(),
        ..ExportBriefRequest::default()
    };
    let messages = admin.export_brief(request(ExportFormat::Message)).await.unwrap().documents;
    let texts = admin.export_brief(request(ExportFormat::Json)).await.unwrap().json_documents;
    let read: Vec<_> = texts.iter().map(|text| json::from_str(text).unwrap()).collect();
    assert_eq!(messages, read);
    for (exported, given) in messages.iter().zip(files::revisions("russia-iran")) {
        assert_eq!((&exported.brief_id, exported.revision), (&given.brief_id, given.revision));
        assert_eq!((exported.publish_time, &exported.creator), (given.publish_time, &given.creator));
        assert_eq!(statements(exported), statements(&given));
    }
    // The export is in canonical form, digest included: importing it elsewhere verifies that digest.
    let elsewhere = Stack::without_worker().await;
    assert_eq!(elsewhere.import(messages).await.written_revisions, [1, 2]);
}

#[tokio::test]
async fn a_current_etag_omits_the_content() {
    let (_stack, admin) = imported().await;
    let request = |etag: &str| GetBriefRequest {
        name: RUSSIA_IRAN.into(),
        if_none_match: etag.into(),
        ..GetBriefRequest::default()
    };
    let brief = admin.get_brief(request("")).await.unwrap();
    assert!(brief.content.is_some());
    let unchanged = admin.get_brief(request(&brief.etag)).await.unwrap();
    assert_eq!((unchanged.name, unchanged.etag, unchanged.content), (brief.name, brief.etag, None));
    assert!(admin.get_brief(request("another")).await.unwrap().content.is_some());
}

#[tokio::test]
async fn revisions_are_read_by_number_and_listed_newest_first() {
    let (_stack, admin) = imported().await;
    let listed = admin.all_revisions(RUSSIA_IRAN).await.unwrap();
    assert_eq!(listed.iter().map(|revision| revision.number).collect::<Vec<_>>(), [2, 1]);
    assert!(listed.iter().all(|revision| revision.content.is_none()));
    let request = GetBriefRevisionRequest {
        name: format!("{RUSSIA_IRAN}/revisions/1"),
        ..GetBriefRevisionRequest::default()
    };
    let first = admin.get_brief_revision(request).await.unwrap();
    assert_eq!(first.edition_digest, listed[1].edition_digest);
    assert_eq!(first.content.unwrap().title, listed[1].title);
}
