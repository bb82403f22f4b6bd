use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use chancery_brief::digest::body_digest;
use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::get_attachment_response::Part as AnswerPart;
use chancery_proto::brief::v1::upload_attachment_request::Part;
use chancery_proto::brief::v1::{
    Attachment, AttachmentHeader, Block, BriefContent, CreateBriefRequest, Figure, FigureKind,
    GetAttachmentRequest, GetBriefDraftRequest, LintBriefRequest, ListAttachmentsRequest,
    PublishBriefRequest, Section, UploadAttachmentRequest, block::Kind,
};
use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::{CreateRenderRequest, RenderOptions, Theme};
use chancery_proto::worker::v1::GetRenderInputRequest;
use chancery_proto::worker::v1::get_render_input_response::Part as InputPart;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::{refused, refused_at};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::queue_scene::{QueueScene, create as create_render};
use crate::scene::{Briefs, Scene, content};

/// Encodes a PNG chunk (ISO/IEC 15948, 5.3).
fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut check = u32::MAX;
    for byte in kind.iter().chain(data) {
        check ^= u32::from(*byte);
        for _ in 0..8 {
            check = if check & 1 == 1 { check >> 1 ^ 0xEDB8_8320 } else { check >> 1 };
        }
    }
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &kind, data, &(!check).to_be_bytes()].concat()
}

/// Encodes zeros as a zlib stream of stored blocks.
fn stored_zeros(length: usize) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut left = length;
    while left > 0 {
        let size = u16::try_from(left.min(60_000)).unwrap();
        left -= usize::from(size);
        stream.push(u8::from(left == 0));
        stream.extend(size.to_le_bytes());
        stream.extend((!size).to_le_bytes());
        stream.resize(stream.len() + usize::from(size), 0);
    }
    // Adler-32 of the zeros.
    let sum = u32::try_from(length % 65_521).unwrap() << 16 | 1;
    stream.extend(sum.to_be_bytes());
    stream
}

/// Encodes a black PNG, seven pixels high, with metadata of the given size.
fn png(width: u32, length: usize) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &7_u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let metadata: Vec<u8> = (0..length).map(|index| u8::try_from(index % 251).unwrap()).collect();
    let pixels = stored_zeros((usize::try_from(width).unwrap() * 3 + 1) * 7);
    let chunks = [(*b"IHDR", header), (*b"prIv", metadata), (*b"IDAT", pixels), (*b"IEND", Vec::new())];
    let chunks: Vec<u8> = chunks.iter().flat_map(|(kind, data)| chunk(*kind, data)).collect();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks].concat()
}

/// Encodes the start of a PNG that claims the given width.
fn claim(width: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &7_u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(*b"IHDR", &header)].concat()
}

/// Reads the test files of a folder, by name.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("jpg") => "image/jpeg",
        Some("svg") => "image/svg+xml",
        _ => "image/png",
    }
}

/// Builds an upload's header for a file.
fn header_of(name: &str) -> AttachmentHeader {
    AttachmentHeader { media_type: media_type(name).into(), ..header("") }
}

fn header(marking: &str) -> AttachmentHeader {
    let (parent, media_type) = ("workspaces/default".into(), "image/png".into());
    AttachmentHeader {
        parent,
        media_type,
        marking: marking.into(),
        sha256: String::new(),
        ..AttachmentHeader::default()
    }
}

async fn upload_parts(briefs: &Briefs, parts: Vec<Part>) -> Result<Attachment, Status> {
    let parts: Vec<_> = parts.into_iter().map(|part| UploadAttachmentRequest { part: Some(part) }).collect();
    Ok(briefs.clone().upload_attachment(tokio_stream::iter(parts)).await?.into_inner())
}

pub(crate) async fn upload(
    briefs: &Briefs,
    header: AttachmentHeader,
    bytes: &[u8],
) -> Result<Attachment, Status> {
    let data = bytes.chunks(256 * 1024).map(|piece| Part::Data(piece.to_vec().into()));
    upload_parts(briefs, std::iter::once(Part::Header(header)).chain(data).collect()).await
}

async fn download(briefs: &Briefs, name: &str) -> Result<(Attachment, Vec<u8>), Status> {
    let request = GetAttachmentRequest { name: name.into() };
    let mut answers = briefs.clone().get_attachment(request).await?.into_inner();
    let (mut attachment, mut bytes) = (None, Vec::new());
    while let Some(answer) = answers.message().await? {
        match answer.part.unwrap() {
            AnswerPart::Attachment(first) => {
                assert!(bytes.is_empty());
                attachment = Some(first);
            }
            AnswerPart::Data(data) => {
                assert!(data.len() <= 256 * 1024);
                bytes.extend_from_slice(&data);
            }
        }
    }
    Ok((attachment.unwrap(), bytes))
}

/// Builds a block with a figure that shows an image.
pub(crate) fn figure(attachment: &str, marking: &str) -> Block {
    let figure = Figure {
        kind: FigureKind::Attachment.into(),
        attachment: attachment.into(),
        alt: "What is seen".into(),
        ..Figure::default()
    };
    Block { kind: Some(Kind::Figure(figure)), marking: marking.into(), ..Block::default() }
}

/// Builds content whose second section shows an image.
fn showing(attachment: &Attachment, marking: &str) -> BriefContent {
    let block = figure(attachment.name.rsplit('/').next().unwrap(), marking);
    let heading = "Pictures".into();
    let section = Section { id: "pictures".into(), heading, blocks: vec![block], ..Section::default() };
    let mut content = content("With a picture");
    content.sections.push(section);
    content
}

#[tokio::test]
async fn an_image_is_downloaded_as_it_was_uploaded() {
    let scene = Scene::new().await;
    let admin = scene.briefs(&scene.admin);
    let bytes = png(640, 700_000);
    let kept = upload(&admin, header("TLP:GREEN"), &bytes).await.unwrap();
    assert_eq!(kept.name, format!("workspaces/default/attachments/{}", body_digest(&bytes)));
    assert_eq!((kept.width, kept.height, kept.size_bytes), (640, 7, bytes.len() as u64));
    assert_eq!((kept.media_type.as_str(), kept.marking.as_str()), ("image/png", "TLP:GREEN"));
    assert_eq!(upload(&admin, header("TLP:GREEN"), &bytes).await.unwrap(), kept);
    assert_eq!(download(&admin, &kept.name).await.unwrap(), (kept.clone(), bytes));
    let other = upload(&admin, header(""), &png(1, 5)).await.unwrap();
    assert_eq!(other.marking, "TLP:CLEAR");

    let list = |page_size, page_token| ListAttachmentsRequest {
        parent: "workspaces/default".into(),
        page_size,
        page_token,
    };
    let first = admin.clone().list_attachments(list(1, String::new())).await.unwrap().into_inner();
    let rest = admin.clone().list_attachments(list(9, first.next_page_token)).await.unwrap().into_inner();
    let mut both = [kept, other];
    both.sort_by(|one, two| one.name.cmp(&two.name));
    assert_eq!([first.attachments, rest.attachments].concat(), both);
    assert_eq!(rest.next_page_token, "");
}

#[tokio::test]
async fn uploads_that_differ_from_their_header_are_rejected_by_field() {
    let scene = Scene::new().await;
    let admin = scene.briefs(&scene.admin);
    let bytes = png(640, 100);
    let wrong = |change: fn(&mut AttachmentHeader)| {
        let mut header = header("TLP:GREEN");
        change(&mut header);
        header
    };
    for (header, field) in [
        (wrong(|header| header.media_type = "image/jpeg".into()), "header.media_type"),
        (wrong(|header| header.media_type = "image/gif".into()), "header.media_type"),
        (wrong(|header| header.marking = "SECRET".into()), "header.marking"),
        (wrong(|header| header.sha256 = "0".repeat(64)), "header.sha256"),
        (wrong(|header| header.sha256 = "abc".into()), "header.sha256"),
    ] {
        refused_at(upload(&admin, header, &bytes).await, Reason::InvalidField, field);
    }
    let parent = wrong(|header| header.parent = "default".into());
    refused_at(upload(&admin, parent, &bytes).await, Reason::InvalidName, "header.parent");
    let elsewhere = upload(&admin, wrong(|header| header.parent = "workspaces/other".into()), &bytes).await;
    refused(elsewhere, Code::PermissionDenied, Reason::PermissionDenied);

    let too_long = [png(640, 100), vec![0; 20 * 1024 * 1024]].concat();
    let not_an_image = b"%PDF-1.7".to_vec();
    for (bytes, code) in [
        (vec![], "IMAGE_EMPTY"),
        (bytes[..60].to_vec(), "IMAGE_DAMAGED"),
        (claim(100_000_000), "IMAGE_TOO_MANY_PIXELS"),
        (not_an_image, "IMAGE_TYPE_UNKNOWN"),
        (too_long, "IMAGE_TOO_LARGE"),
    ] {
        let answer = upload(&admin, header(""), &bytes).await;
        assert_eq!(details(answer.as_ref().unwrap_err())["code"], code);
        refused_at(answer, Reason::InvalidImage, "data");
    }
    let data = |length| Part::Data(vec![0; length].into());
    let headless = upload_parts(&admin, vec![data(1)]).await;
    refused_at(headless, Reason::InvalidField, "header");
    let twice = vec![Part::Header(header("")), Part::Header(header(""))];
    refused_at(upload_parts(&admin, twice).await, Reason::InvalidField, "header");
    let large = vec![Part::Header(header("")), data(256 * 1024 + 1)];
    refused_at(upload_parts(&admin, large).await, Reason::InvalidField, "data");
}

/// Returns the metadata of a status's `ErrorInfo`.
fn details(status: &Status) -> HashMap<String, String> {
    status.get_details_error_info().unwrap().metadata
}

#[tokio::test]
async fn damaged_images_are_rejected_with_code_field_and_remedy() {
    let scene = Scene::new().await;
    let admin = scene.briefs(&scene.admin);
    for (name, bytes) in files("damaged") {
        let status = upload(&admin, header_of(&name), &bytes).await.unwrap_err();
        let details = details(&status);
        assert!(
            ["IMAGE_DAMAGED", "IMAGE_NOT_SUPPORTED", "SVG_NOT_SUPPORTED"].contains(&details["code"].as_str()),
            "{name}"
        );
        assert!(
            status.message().contains(&details["code"]) && status.message().contains("; "),
            "{name}: {status}"
        );
        refused_at::<()>(Err(status), Reason::InvalidImage, "data");
    }
    assert_eq!(scene.rows("select count(*) from attachments"), ["0"]);
}

#[tokio::test]
async fn printable_drawings_are_stored_and_others_rejected_by_element_and_line() {
    let scene = Scene::new().await;
    let admin = scene.briefs(&scene.admin);
    let mut stored = Vec::new();
    for (name, bytes) in files("drawings") {
        match upload(&admin, header_of(&name), &bytes).await {
            Ok(attachment) => {
                assert!(attachment.width > 0 && attachment.warnings.is_empty(), "{name}");
                stored.push(name);
            }
            Err(status) => {
                let details = details(&status);
                let (element, line) = (&details["element"], &details["line"]);
                let place = format!("line {line}, <{element}>: ");
                assert!(!element.is_empty() && status.message().contains(&place), "{name}: {status}");
                refused_at::<()>(Err(status), Reason::InvalidImage, "data");
            }
        }
    }
    assert_eq!(stored, ["a-link.svg", "inkscape-plain.svg", "named-colour.svg", "size-percent.svg"]);
}

#[tokio::test]
async fn an_upload_returns_the_displayed_size_and_a_warning_for_other_colour_spaces() {
    let scene = Scene::new().await;
    let admin = scene.briefs(&scene.admin);
    for (name, bytes) in files("photos") {
        let first = upload(&admin, header_of(&name), &bytes).await.unwrap();
        let codes: Vec<&str> = first.warnings.iter().map(|warning| warning.code.as_str()).collect();
        let expected: &[&str] = if name == "icc-swapped.jpg" { &["COLOR_PROFILE_IGNORED"] } else { &[] };
        assert_eq!(codes, expected, "{name}");
        assert!(first.warnings.iter().all(|warning| warning.text.contains("convert the image to sRGB")));
        if ["plain.jpg", "exif6.jpg"].contains(&name.as_str()) {
            assert_eq!((first.width, first.height), (480, 320), "{name}");
        }
        assert_eq!(upload(&admin, header_of(&name), &bytes).await.unwrap(), first);
        assert_eq!(download(&admin, &first.name).await.unwrap(), (first, bytes));
    }
}

#[tokio::test]
async fn decompression_bombs_are_rejected_at_once_while_other_calls_succeed() {
    let scene = Scene::new().await;
    let admin = scene.briefs(&scene.admin);
    let svg = |content: &str| {
        format!("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>{content}</svg>")
    };
    let path = |data: String| svg(&format!("<path d='{data}'/>"));
    let bombs = [
        svg(&"<g>".repeat(200_000)),
        path(format!("M0 0{}", "h1".repeat(400_000))),
        path("1 ".repeat(400_000)),
        "<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><svg xmlns='http://www.w3.org/2000/svg'>&b;</svg>".into(),
    ];
    let started = Instant::now();
    let uploads = bombs.iter().map(|bomb| async {
        let answer = upload(&admin, header_of("bomb.svg"), bomb.as_bytes()).await;
        refused_at(answer, Reason::InvalidImage, "data");
    });
    let list =
        ListAttachmentsRequest { parent: "workspaces/default".into(), ..ListAttachmentsRequest::default() };
    let mut other = admin.clone();
    let ((), listed) = tokio::join!(
        async {
            for upload in uploads {
                upload.await;
            }
        },
        tokio::time::timeout(Duration::from_secs(1), other.list_attachments(list)),
    );
    listed.expect("another call is delayed by the checks").unwrap();
    assert!(started.elapsed() < Duration::from_secs(8), "{:?} for four bombs", started.elapsed());
}

#[tokio::test]
async fn an_unprintable_stored_image_is_rejected_by_publish_lint_and_as_a_logo() {
    let scene = QueueScene::new().await;
    let mut admin = scene.briefs.clone();
    let bytes = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>\n<text>A</text></svg>";
    // Inserted directly, as an earlier version without this check stored it.
    let text = String::from_utf8_lossy(bytes).replace('\'', "''");
    let insert = format!(
        "insert into attachments (workspace_id, digest, media_type, marking, width, height, size_bytes, bytes, created_by)
        select 'default', sha256(b), 'image/svg+xml', 0, 9, 9, octet_length(b), b, 'importer'
        from (select convert_to('{text}', 'UTF8')) as old (b)"
    );
    scene.database.psql().rows(&insert).unwrap();
    let name = format!("workspaces/default/attachments/{}", body_digest(bytes));
    let old = Attachment { name: name.clone(), ..Attachment::default() };

    let brief_id = "old-image".to_owned();
    let create = CreateBriefRequest {
        parent: "workspaces/default".into(),
        brief_id,
        content: Some(showing(&old, "")),
        ..CreateBriefRequest::default()
    };
    admin.create_brief(create).await.unwrap();
    let draft = "workspaces/default/briefs/old-image/draft".to_owned();
    let lint = LintBriefRequest { name: draft.clone(), ..LintBriefRequest::default() };
    let warnings = admin.lint_brief(lint).await.unwrap().into_inner().warnings;
    let warning = warnings.iter().find(|warning| warning.code == "UNPRINTABLE_ATTACHMENT").unwrap();
    assert_eq!(warning.part_id, "pictures");
    assert!(warning.message.contains("line 2, <text>"), "{}", warning.message);

    let etag = admin.get_brief_draft(GetBriefDraftRequest { name: draft }).await.unwrap().into_inner().etag;
    let name = "workspaces/default/briefs/old-image".to_owned();
    let publish = PublishBriefRequest { name, etag, ..PublishBriefRequest::default() };
    let refusal =
        refused(admin.publish_brief(publish).await, Code::FailedPrecondition, Reason::UnusableAttachment);
    let failure = refusal.get_details_precondition_failure().unwrap().violations;
    assert_eq!(failure[0].r#type, "UNPRINTABLE_ATTACHMENT");
    assert_eq!(failure[0].subject, "draft.content.sections[1].blocks[0].figure.attachment");

    let theme = Theme { logo: old.name, organisation: "A desk".into(), ..Theme::default() };
    let options = Some(RenderOptions { theme: Some(theme), ..RenderOptions::default() });
    let render =
        scene.renders.clone().create_render(CreateRenderRequest { options, ..create_render("b1") }).await;
    refused_at(render, Reason::InvalidField, "options.theme.logo");
}

#[tokio::test]
async fn roles_and_clearance_decide_who_uploads_and_reads_an_image() {
    let scene = Scene::new().await;
    let bytes = png(640, 100);
    let author = scene.briefs(&scene.token("default", &[Role::Author], "TLP:AMBER").await);
    let red = upload(&author, header("TLP:RED"), &bytes).await;
    refused(red, Code::PermissionDenied, Reason::ClearanceTooLow);
    let kept = upload(&author, header("TLP:GREEN"), &bytes).await.unwrap();
    let again = upload(&author, header("TLP:CLEAR"), &bytes).await;
    refused(again, Code::AlreadyExists, Reason::AlreadyExists);

    let (green, amber) = (scene.reader("TLP:GREEN").await, scene.reader("TLP:AMBER").await);
    let denied = upload(&amber, header(""), &bytes).await;
    refused(denied, Code::PermissionDenied, Reason::PermissionDenied);
    refused(download(&amber, &kept.name).await, Code::NotFound, Reason::NotFound);
    scene.published("b1", showing(&kept, "TLP:AMBER")).await;
    assert_eq!(download(&amber, &kept.name).await.unwrap().1, bytes);
    refused(download(&green, &kept.name).await, Code::NotFound, Reason::NotFound);
    let renderer = scene.briefs(&scene.token("default", &[Role::Renderer], "TLP:RED").await);
    refused(download(&renderer, &kept.name).await, Code::PermissionDenied, Reason::PermissionDenied);
}

#[tokio::test]
async fn a_figure_without_a_usable_image_is_reported_by_path() {
    let scene = Scene::new().await;
    let mut admin = scene.briefs(&scene.admin);
    let kept = upload(&admin, header("TLP:RED"), &png(640, 100)).await.unwrap();
    let low = admin.import_brief(import(vec![document("b1", 1, showing(&kept, "TLP:AMBER"))])).await;
    let path = "documents[0].content.sections[1].blocks[0].figure.attachment";
    refused_at(low, Reason::UnusableAttachment, path);
    let unknown = Attachment { name: format!("x/{}", "0".repeat(64)), ..Attachment::default() };
    let unknown = admin.import_brief(import(vec![document("b1", 1, showing(&unknown, ""))])).await;
    refused_at(unknown, Reason::UnusableAttachment, path);
    admin.import_brief(import(vec![document("b1", 1, showing(&kept, "TLP:RED"))])).await.unwrap();
}

#[tokio::test]
async fn a_worker_receives_the_editions_and_the_images() {
    let scene = QueueScene::new().await;
    let picture = png(640, 600_000);
    let kept = upload(&scene.briefs, header(""), &picture).await.unwrap();
    let logo = upload(&scene.briefs, header(""), &png(5, 5)).await.unwrap();
    let revision = document("b1", 2, showing(&kept, "TLP:RED"));
    scene.briefs.clone().import_brief(import(vec![revision])).await.unwrap();
    let theme = Theme { logo: logo.name, organisation: "A desk".into(), ..Theme::default() };
    let options = Some(RenderOptions { theme: Some(theme), ..RenderOptions::default() });
    scene
        .renders
        .clone()
        .create_render(CreateRenderRequest { options, ..create_render("b1") })
        .await
        .unwrap();

    let request = GetRenderInputRequest { lease: Some(scene.leased().await) };
    let mut answers = scene.workers.clone().get_render_input(request).await.unwrap().into_inner();
    let (mut manifest, mut edition, mut comparison) = (None, Vec::new(), Vec::new());
    let mut images: Vec<(String, Vec<u8>)> = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        match answer.part.unwrap() {
            InputPart::Manifest(first) => assert!(manifest.replace(first).is_none() && edition.is_empty()),
            InputPart::Edition(data) => edition.extend_from_slice(&data),
            InputPart::Comparison(data) => comparison.extend_from_slice(&data),
            InputPart::Blob(blob) => {
                assert!(blob.data.len() <= 256 * 1024);
                match images.last_mut() {
                    Some((last, bytes)) if *last == blob.sha256 => bytes.extend_from_slice(&blob.data),
                    _ => images.push((blob.sha256, blob.data.to_vec())),
                }
            }
        }
    }
    let manifest = manifest.unwrap();
    assert_eq!(body_digest(&edition).to_string(), manifest.edition_digest);
    assert_eq!(body_digest(&comparison).to_string(), manifest.comparison_edition_digest);
    assert_eq!(manifest.attachment_digests, [body_digest(&picture).to_string()]);
    let listed: Vec<_> = manifest.attachment_digests.iter().chain(&manifest.asset_digests).collect();
    assert_eq!(images.iter().map(|(digest, _)| digest).collect::<Vec<_>>(), listed);
    assert!(images.iter().all(|(digest, bytes)| body_digest(bytes).to_string() == *digest));
}

#[tokio::test]
async fn invalid_render_options_are_rejected_by_path() {
    let scene = QueueScene::new().await;
    let kept = upload(&scene.briefs, header(""), &png(5, 5)).await.unwrap();
    let themed = |theme: Theme| RenderOptions { theme: Some(theme), ..RenderOptions::default() };
    let logo = |name: String| Theme { logo: name, organisation: "A desk".into(), ..Theme::default() };
    let color = |color: &str| Theme { accent_color: color.into(), ..Theme::default() };
    let sections = |ids: &[&str]| RenderOptions {
        section_ids: ids.iter().map(|id| (*id).into()).collect(),
        ..RenderOptions::default()
    };
    let other = kept.name.replace("workspaces/default", "workspaces/other");
    for (options, path) in [
        (RenderOptions { format: 77, ..RenderOptions::default() }, "options.format"),
        (RenderOptions { annexes: 77, ..RenderOptions::default() }, "options.annexes"),
        (RenderOptions { locale: "de".into(), ..RenderOptions::default() }, "options.locale"),
        (RenderOptions { recipient: "a\nb".into(), ..RenderOptions::default() }, "options.recipient"),
        (themed(color("#ffcc00")), "options.theme.accent_color"),
        (themed(color("orange")), "options.theme.accent_color"),
        (themed(Theme { logo: kept.name.clone(), ..Theme::default() }), "options.theme.organisation"),
        (themed(logo("logo.png".into())), "options.theme.logo"),
        (themed(logo(other)), "options.theme.logo"),
        (themed(logo(kept.name.replace(&kept.name[32..], &"0".repeat(64)))), "options.theme.logo"),
        (sections(&["body", "body"]), "options.section_ids[1]"),
        (sections(&["body", "nowhere"]), "options.section_ids[1]"),
    ] {
        let refusal = CreateRenderRequest { options: Some(options), ..create_render("b1") };
        refused_at(scene.renders.clone().create_render(refusal).await, Reason::InvalidField, path);
    }
    let options = Some(themed(Theme { accent_color: "#1A4F8A".into(), ..logo(kept.name) }));
    let render =
        scene.renders.clone().create_render(CreateRenderRequest { options, ..create_render("b1") }).await;
    let options = render.unwrap().into_inner().options.unwrap();
    assert_eq!(options.theme.unwrap().accent_color, "#1a4f8a");
    assert!(options.paper != 0 && options.annexes != 0 && options.text_size != 0);
}
