//! Every print option, from the call to the PDF, and images from upload to print.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use chancery_client::Client;
use chancery_proto::admin::v1::{CreateWorkspaceRequest, Workspace};
use chancery_proto::brief::v1::{
    AttachmentHeader, Block, BriefContent, BriefKind, Change, ChangeKind, Figure, FigureKind, Paragraph,
    RevisionBody, RevisionDocument, Section, Statement, StatementType, block::Kind,
};
use chancery_proto::errors::v1::Reason;
use chancery_proto::json;
use chancery_proto::render::v1::{
    Annexes, CreateRenderRequest, LikelihoodDisplay, Paper, Render, RenderFormat, RenderOptions, TextSize,
    Theme,
};
use chancery_testkit::{Stack, WORKSPACE, files, images, pdf};
use chancery_tests::{RUSSIA_IRAN, render_of};
use prost::Message as _;

/// The sample's first revision with an additional section that shows an image.
fn with_picture(digest: &str) -> RevisionDocument {
    let mut document = files::revisions("russia-iran").remove(0);
    let figure = Figure {
        kind: FigureKind::Attachment.into(),
        title: "What was seen".into(),
        attachment: digest.into(),
        alt: "A field of one colour".into(),
        ..Figure::default()
    };
    let blocks = vec![Block { kind: Some(Kind::Figure(figure)), ..Block::default() }];
    let heading = "Pictures".into();
    let section = Section { id: "pictures".into(), heading, blocks, ..Section::default() };
    document.content.as_mut().unwrap().sections.push(section);
    document.digest.clear();
    document
}

fn header(workspace: &str) -> AttachmentHeader {
    let (parent, media_type) = (workspace.into(), "image/png".into());
    AttachmentHeader { parent, media_type, ..AttachmentHeader::default() }
}

/// A stack with the brief, its picture, and the name of a logo.
async fn scene() -> (Stack, Client, String) {
    let stack = Stack::start().await;
    let admin = stack.admin().await;
    let picture = images::png(64, 48, [0x1a, 0x4f, 0x8a]);
    let logo = images::png(40, 20, [0xc0, 0x20, 0x20]);
    admin.upload_attachment(header(WORKSPACE), picture.clone()).await.unwrap();
    let logo = admin.upload_attachment(header(WORKSPACE), logo).await.unwrap();
    stack.import(vec![with_picture(&pdf::sha256(&picture))]).await;
    (stack, admin, logo.name)
}

fn render_request(options: RenderOptions) -> CreateRenderRequest {
    CreateRenderRequest { options: Some(options), ..render_of(RUSSIA_IRAN) }
}

async fn print(stack: &Stack, admin: &Client, name: &str, options: RenderOptions) -> (Render, PathBuf) {
    let mut bytes = Vec::new();
    let printed = admin.render_to(render_request(options), &mut bytes, |_| ()).await;
    let render = printed.unwrap_or_else(|error| panic!("{name}: {error}"));
    let file = stack.folder().join(format!("{name}.pdf"));
    fs::write(&file, bytes).unwrap();
    (render, file)
}

fn count(file: &Path, what: &str) -> usize {
    let unpacked = pdf::unpacked(file);
    unpacked.windows(what.len()).filter(|window| *window == what.as_bytes()).count()
}

#[tokio::test]
async fn every_print_option_changes_the_print() {
    let (stack, admin, logo) = scene().await;
    let plain = RenderOptions::default;
    let theme = Theme {
        accent_color: "#7a1f3d".into(),
        logo,
        organisation: "The Harbour Desk".into(),
        footer: "Not for resale".into(),
    };
    let choices = [
        ("plain", plain()),
        ("standard", RenderOptions { format: RenderFormat::Standard.into(), ..plain() }),
        ("letter", RenderOptions { paper: Paper::Letter.into(), ..plain() }),
        ("locale", RenderOptions { locale: "ru".into(), ..plain() }),
        ("phia", RenderOptions { likelihood_display: LikelihoodDisplay::Phia.into(), ..plain() }),
        ("numbers", RenderOptions { likelihood_display: LikelihoodDisplay::Numbers.into(), ..plain() }),
        ("large", RenderOptions { text_size: TextSize::Large.into(), ..plain() }),
        ("theme", RenderOptions { theme: Some(theme), ..plain() }),
        ("recipient", RenderOptions { recipient: "Dr. Ada Example".into(), ..plain() }),
        ("watermark", RenderOptions { watermark: "COPY 7".into(), ..plain() }),
        ("section", RenderOptions { section_ids: vec!["pictures".into()], ..plain() }),
        ("no-annexes", RenderOptions { annexes: Annexes::Without.into(), ..plain() }),
        ("data", RenderOptions { attach_data: true, ..plain() }),
        ("ids", RenderOptions { show_ids: true, ..plain() }),
    ];
    let mut digests = Vec::new();
    for (name, options) in choices {
        let (render, file) = print(&stack, &admin, name, options).await;
        pdf::assert_sound(&file);
        let digest = render.artifact.unwrap().sha256;
        assert!(!digests.contains(&digest), "{name} changes nothing");
        digests.push(digest);
    }
    let text = |name: &str| pdf::text(&stack.folder().join(format!("{name}.pdf")), pdf::A4_PAGE);
    assert!(text("recipient").contains("Dr. Ada Example") && !text("plain").contains("Dr. Ada Example"));
    assert!(text("theme").contains("The Harbour Desk") && text("theme").contains("Not for resale"));
    assert!(text("watermark").contains("COPY 7"));
}

#[tokio::test]
async fn a_pdf_holds_the_images_of_its_figures_and_theme() {
    let (stack, admin, logo) = scene().await;
    let (_, plain) = print(&stack, &admin, "plain", RenderOptions::default()).await;
    assert_eq!(count(&plain, "/Subtype /Image"), 1);
    let theme = Theme { logo, organisation: "The Harbour Desk".into(), ..Theme::default() };
    let options = RenderOptions { theme: Some(theme), ..RenderOptions::default() };
    let (_, themed) = print(&stack, &admin, "themed", options).await;
    assert_eq!(count(&themed, "/Subtype /Image"), 2);
    pdf::assert_conforms(&themed);
}

#[tokio::test]
async fn a_copy_for_a_recipient_is_a_separate_print() {
    let (_stack, admin, _) = scene().await;
    let copy = |recipient: &str| RenderOptions { recipient: recipient.into(), ..RenderOptions::default() };
    let mut digests = Vec::new();
    for recipient in ["", "Ada", "Grace", "Ada"] {
        let mut bytes = Vec::new();
        let render = admin.render_to(render_request(copy(recipient)), &mut bytes, |_| ()).await.unwrap();
        digests.push(render.artifact.unwrap().sha256);
    }
    assert_eq!(digests[1], digests[3]);
    assert!(digests[0] != digests[1] && digests[1] != digests[2]);
}

#[tokio::test]
async fn unsupported_options_are_refused_before_anything_is_queued() {
    let (stack, admin, _) = scene().await;
    let request = CreateWorkspaceRequest {
        workspace_id: "elsewhere".into(),
        workspace: Some(Workspace { display_name: "Elsewhere".into(), ..Workspace::default() }),
        ..CreateWorkspaceRequest::default()
    };
    stack.operator().await.create_workspace(request).await.unwrap();
    let theme = |theme: Theme| RenderOptions { theme: Some(theme), ..RenderOptions::default() };
    let organisation = || "The Harbour Desk".to_owned();
    let foreign = format!("workspaces/elsewhere/attachments/{}", "0".repeat(64));
    for (options, path) in [
        (
            RenderOptions { section_ids: vec!["nowhere".into()], ..RenderOptions::default() },
            "options.section_ids[0]",
        ),
        (theme(Theme { accent_color: "#ffe680".into(), ..Theme::default() }), "options.theme.accent_color"),
        (
            theme(Theme { logo: foreign, organisation: organisation(), ..Theme::default() }),
            "options.theme.logo",
        ),
    ] {
        let error = admin.create_render(render_request(options)).await.unwrap_err();
        let refusal = error.refusal().unwrap();
        assert_eq!(refusal.reason, Some(Reason::InvalidField), "{refusal}");
        assert_eq!(refusal.violations.iter().map(|wrong| wrong.field.as_str()).collect::<Vec<_>>(), [path]);
    }
    assert_eq!(stack.database().psql().rows("select count(*) from renders").unwrap(), ["0"]);
}

#[tokio::test]
async fn the_command_attaches_images_and_prints_with_a_theme_file() {
    let stack = Stack::start().await;
    let folder = stack.folder();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let picture_bytes = images::png(64, 48, [0x1a, 0x4f, 0x8a]);
    let picture = write("picture.png", &picture_bytes);
    let digest = pdf::sha256(&picture_bytes);
    let attached = stack.command(&["attach", &picture, "--marking", "TLP:CLEAR"]).run().await.exits(0);
    assert!(attached.stdout.contains(&format!("{WORKSPACE}/attachments/{digest}")), "{}", attached.stdout);
    stack.import(vec![with_picture(&digest)]).await;

    write("logo.png", &images::png(40, 20, [0xc0, 0x20, 0x20]));
    let theme = write(
        "theme.toml",
        b"accent = \"#7a1f3d\"\nlogo = \"logo.png\"\norganisation = \"The Harbour Desk\"\n",
    );
    let output = folder.join("out.pdf").display().to_string();
    let flags = [
        "--theme",
        &theme,
        "--recipient",
        "Dr. Ada Example",
        "--format",
        "standard",
        "--section",
        "pictures",
    ];
    let render = [&["render", "russia-iran", "-o", &output], &flags[..]].concat();
    stack.command(&render).run().await.exits(0);
    let text = pdf::text(Path::new(&output), pdf::A4_PAGE);
    assert!(text.contains("The Harbour Desk") && text.contains("Dr. Ada Example"), "{text}");

    let pale = write("pale.toml", b"organisation = \"A\"\naccent = \"#ffcc00\"\n");
    let refused =
        stack.command(&["render", "russia-iran", "-o", &output, "--theme", &pale]).run().await.exits(1);
    assert!(refused.stderr.contains("pale.toml:2:10: accent: its contrast with white"), "{}", refused.stderr);
}

#[tokio::test]
async fn the_edition_can_be_extracted_from_its_pdf() {
    let (stack, admin, _) = scene().await;
    let options = RenderOptions { attach_data: true, ..RenderOptions::default() };
    let (render, file) = print(&stack, &admin, "data", options).await;
    pdf::assert_conforms_to("ua1,3a", &file);
    let (file, json) = (file.display().to_string(), stack.folder().join("edition.json"));
    let extract = ["extract", &file, "-o", &json.display().to_string()];
    let extracted = chancery_testkit::Command::new(extract).run().await.exits(0);
    assert!(extracted.stdout.contains(&render.edition_digest), "{}", extracted.stdout);
    let body: RevisionBody = json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(pdf::sha256(&body.encode_to_vec()), render.edition_digest);

    // A visible page whose data belong to another PDF.
    let mut changed = fs::read(&file).unwrap();
    let digest = render.edition_digest.as_bytes();
    let at = changed.windows(digest.len()).position(|window| window == digest).unwrap();
    changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
    fs::write(&file, changed).unwrap();
    let refused = chancery_testkit::Command::new(["extract", &file, "--json"]).run().await.exits(1);
    assert!(refused.stderr.contains("DIGEST_MISMATCH"), "{}", refused.stderr);
    let (_, plain) = print(&stack, &admin, "plain", RenderOptions::default()).await;
    let plain = plain.display().to_string();
    let refused = chancery_testkit::Command::new(["extract", &plain, "--json"]).run().await.exits(1);
    assert!(refused.stderr.contains("NO_DATA"), "{}", refused.stderr);
}

#[tokio::test]
async fn a_preview_shows_no_frames_without_data_and_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let data = files::root().join("tests/data/blocks-without-data");
    for name in ["empty-timeline", "table-without-rows", "withheld-events-revision-1"] {
        let draft = data.join(format!("{name}.json")).display().to_string();
        let file = folder.path().join(format!("{name}.pdf"));
        let preview = ["preview", &draft, "-o", &file.display().to_string()];
        chancery_testkit::Command::new(preview).run().await.exits(0);
        let text = pdf::text(&file, pdf::A4_PAGE);
        // The preview is for its author: it shows everything, including withheld text.
        let has_event = name.starts_with("withheld");
        assert_eq!(text.contains("Nothing to draw"), has_event, "{text}");
        assert!(!text.contains("No rows"), "{text}");
        pdf::assert_conforms(&file);
    }
}

#[tokio::test]
async fn a_draft_is_previewed_from_its_file_without_a_service() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let picture = images::png(64, 48, [0x1a, 0x4f, 0x8a]);
    fs::write(path("picture.png"), &picture).unwrap();
    let mut document = with_picture(&pdf::sha256(&picture));
    fs::write(path("draft.json"), json::to_string_pretty(&document)).unwrap();
    let preview = ["preview", &path("draft.json"), "-o", &path("draft.pdf"), "--image", &path("picture.png")];
    chancery_testkit::Command::new(preview).run().await.exits(0);
    let text = pdf::text(&folder.path().join("draft.pdf"), pdf::A4_PAGE);
    assert!(text.contains("Draft: not published"), "{text}");

    document.content.as_mut().unwrap().sections[0].heading.clear();
    fs::write(path("draft.json"), json::to_string_pretty(&document)).unwrap();
    let refused = chancery_testkit::Command::new(preview).run().await.exits(1);
    assert!(refused.stderr.contains("content.sections[0].heading: REQUIRED"), "{}", refused.stderr);
}

/// A brief of one sentence, as read by `import` and `preview`.
fn one_sentence(brief_id: &str, title: &str, text: &str) -> RevisionDocument {
    let statement = Statement {
        id: "s-1".into(),
        text: text.into(),
        r#type: StatementType::Fact.into(),
        ..Default::default()
    };
    let paragraph = Paragraph { statements: vec![statement] };
    let blocks = vec![Block { kind: Some(Kind::Paragraph(paragraph)), ..Block::default() }];
    let section = Section { id: "sec-a".into(), heading: "Status".into(), blocks, ..Section::default() };
    let content = BriefContent {
        kind: BriefKind::Thematic.into(),
        title: title.into(),
        language: "en".into(),
        default_marking: "TLP:CLEAR".into(),
        sections: vec![section],
        ..BriefContent::default()
    };
    let brief_id = brief_id.into();
    RevisionDocument { brief_id, revision: 1, content: Some(content), ..RevisionDocument::default() }
}

#[tokio::test]
async fn preview_and_render_report_the_same_warnings() {
    let stack = Stack::start().await;
    let path = |name: &str| stack.folder().join(name).display().to_string();
    for (brief, title, text) in [
        ("hindi", "Report", "रूस और ईरान ने समझौता किया।"),
        ("emoji", "Report \u{1f6a2}", "Shipment seen \u{1f6a2} and flagged; done \u{2705}, failed \u{274c}."),
    ] {
        let document = one_sentence(brief, title, text);
        fs::write(path("brief.json"), json::to_string_pretty(&document)).unwrap();
        stack.import(vec![document]).await;
        let (input, output) = (path("brief.json"), path("out.pdf"));
        let preview = ["preview", &input, "-o", &output, "--json"];
        let previewed = chancery_testkit::Command::new(preview).run().await.exits(0).json();
        let rendered = stack.command(&["render", brief, "-o", &output, "--json"]).run().await.exits(0).json();
        let warnings = previewed["printWarnings"].as_array().unwrap();
        assert!(warnings.len() > 2, "{brief}: {warnings:?}");
        assert_eq!(previewed["printWarnings"], rendered["printWarnings"], "{brief}");
        let is_of_statement = |warning: &&serde_json::Value| warning["partId"] == "s-1";
        let of_statement = warnings.iter().find(is_of_statement).unwrap();
        assert_eq!(of_statement["code"], "MISSING_GLYPH", "{brief}");
        // Plain-text output reports them too, as does a PDF on standard output.
        let preview = chancery_testkit::Command::new(["preview", &input, "-o", &output]).run().await.exits(0);
        assert!(preview.stdout.contains("(MISSING_GLYPH, part s-1)"), "{}", preview.stdout);
        let piped = stack.command(&["render", brief, "-o", "-"]).run().await.exits(0);
        assert!(piped.stderr.contains("(MISSING_GLYPH, part s-1)"), "{}", piped.stderr);
    }
}

#[tokio::test]
async fn the_command_compares_with_an_earlier_revision_and_prints_ids() {
    let stack = Stack::start().await;
    let revision = |number: u32, was: &str, now: &str| {
        let mut document = one_sentence("b1", "Report", now);
        document.revision = number;
        let change = Change {
            statement_id: "s-1".into(),
            kind: ChangeKind::Updated.into(),
            was: was.into(),
            now: now.into(),
            ..Change::default()
        };
        let changes = if number == 1 { Vec::new() } else { vec![change] };
        document.content.as_mut().unwrap().changes = changes;
        document
    };
    stack
        .import(vec![
            revision(1, "", "One ship was seen."),
            revision(2, "One ship was seen.", "Two ships were seen."),
            revision(3, "Two ships were seen.", "Three ships were seen."),
        ])
        .await;
    let text = async |flags: &[&str]| {
        let file = stack.folder().join("out.pdf");
        let path = file.display().to_string();
        let command = [&["render", "b1", "-o", &path], flags].concat();
        stack.command(&command).run().await.exits(0);
        pdf::assert_sound(&file);
        pdf::text(&file, pdf::A4_PAGE).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let parent = text(&[]).await;
    assert!(parent.contains("Two ships were seen.") && !parent.contains("One ship was seen."), "{parent}");
    assert!(!parent.contains("s-1"), "{parent}");
    let first = text(&["--compare-to", "1", "--show-ids"]).await;
    assert!(
        first.contains("What changed since revision 1") && first.contains("One ship was seen."),
        "{first}"
    );
    assert!(!first.contains("Two ships were seen.") && first.contains("s-1"), "{first}");
    for (given, reason) in
        [("3", "INVALID_FIELD"), ("other/revisions/1", "INVALID_FIELD"), ("x", "INVALID_NAME")]
    {
        let command = ["render", "b1", "-o", "-", "--compare-to", given];
        let refused = stack.command(&command).run().await;
        assert!(refused.stderr.contains(reason) && refused.bytes.is_empty(), "{given}: {}", refused.stderr);
    }
}
