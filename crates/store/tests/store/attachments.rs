use chancery_brief::digest::body_digest;
use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_brief::marking::Scheme;
use chancery_images::{ImageReport, ImageWarning, MediaType};
use chancery_proto::brief::v1::{Block, BriefContent, Figure, FigureKind, Section, block::Kind};
use chancery_proto::names::AttachmentName;
use chancery_proto::render::v1::{RenderOptions, Theme};
use chancery_store::{Attachment, CHUNK, NewAttachment, Principal, Result, Role, StoreError};
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::fixture::{
    Fixture, brief_name, canonical, content, content_at, document, in_workspace, person, with_role,
};
use crate::queue_scene::source;

const PICTURE: &[u8] = b"the bytes of a picture";

fn report() -> ImageReport {
    let profile = "a wide colour space".to_owned();
    let warnings = vec![ImageWarning::ColorProfileIgnored { profile }];
    ImageReport { media_type: MediaType::Png, width: 640, height: 480, warnings }
}

fn name(bytes: &[u8]) -> AttachmentName {
    format!("workspaces/default/attachments/{}", body_digest(bytes)).parse().unwrap()
}

async fn put(fixture: &Fixture, who: &Principal, bytes: &[u8], marking: &str) -> Result<Attachment> {
    let marking = Scheme::Tlp.rank(marking).unwrap();
    let new = NewAttachment { marking, report: &report(), bytes };
    fixture.store.attachments().put(who, &"default".parse().unwrap(), &new).await
}

/// Content whose section shows an image in a block with a marking.
fn showing(bytes: &[u8], marking: &str) -> BriefContent {
    let figure = Figure {
        kind: FigureKind::Attachment.into(),
        attachment: body_digest(bytes).to_string(),
        alt: "What is seen".into(),
        ..Figure::default()
    };
    let block = Block { kind: Some(Kind::Figure(figure)), marking: marking.into(), ..Block::default() };
    let heading = "Pictures".into();
    let section = Section { id: "pictures".into(), heading, blocks: vec![block], ..Section::default() };
    let mut content = content("With a picture");
    content.sections.push(section);
    content
}

fn with_logo(bytes: &[u8]) -> RenderOptions {
    let theme = Theme { logo: name(bytes).to_string(), organisation: "A desk".into(), ..Theme::default() };
    RenderOptions { theme: Some(theme), ..RenderOptions::default() }
}

fn with_section(id: &str) -> RenderOptions {
    RenderOptions { section_ids: vec![id.into()], ..RenderOptions::default() }
}

#[tokio::test]
async fn an_image_is_stored_once_and_under_one_marking() {
    let fixture = Fixture::new().await;
    let author = with_role(Role::Author, "TLP:AMBER");
    let first = put(&fixture, &author, PICTURE, "TLP:GREEN").await.unwrap();
    assert_eq!((&first.name, first.marking, first.size_bytes), (&name(PICTURE), "TLP:GREEN", 22));
    assert_eq!(put(&fixture, &person("TLP:RED"), PICTURE, "TLP:GREEN").await.unwrap(), first);
    let refused = put(&fixture, &author, PICTURE, "TLP:CLEAR").await.unwrap_err();
    assert!(matches!(refused, StoreError::AlreadyExists(_)), "{refused}");
    let refused = put(&fixture, &author, b"another", "TLP:RED").await.unwrap_err();
    assert!(matches!(refused, StoreError::ClearanceTooLow(_)), "{refused}");
    // The caller does not learn that the bytes are stored above their clearance.
    let clear = with_role(Role::Author, "TLP:CLEAR");
    let refused = put(&fixture, &clear, PICTURE, "TLP:CLEAR").await.unwrap_err();
    assert!(matches!(refused, StoreError::Forbidden(_)), "{refused}");
    let stranger = in_workspace("elsewhere", Role::Admin, "TLP:RED");
    let refused = put(&fixture, &stranger, PICTURE, "TLP:GREEN").await.unwrap_err();
    assert!(matches!(refused, StoreError::Forbidden(_)), "{refused}");
    assert_eq!(fixture.rows("select count(*) from attachments"), ["1"]);
}

#[tokio::test]
async fn bytes_are_read_in_pieces() {
    let fixture = Fixture::new().await;
    let bytes: Vec<u8> = (0..CHUNK + 7).map(|index| u8::try_from(index % 251).unwrap()).collect();
    put(&fixture, &person("TLP:RED"), &bytes, "TLP:CLEAR").await.unwrap();
    let read = async |offset: usize| {
        fixture.store.attachments().bytes(&name(&bytes), offset as u64).await.unwrap().to_vec()
    };
    assert_eq!(read(0).await, bytes[..CHUNK]);
    assert_eq!(read(CHUNK).await, bytes[CHUNK..]);
    assert_eq!(read(CHUNK + 7).await, b"");
}

#[tokio::test]
async fn a_reader_has_an_image_only_through_an_edition_that_shows_it() {
    let fixture = Fixture::new().await;
    put(&fixture, &person("TLP:RED"), PICTURE, "TLP:CLEAR").await.unwrap();
    let seen = async |role, clearance| {
        fixture.store.attachments().get(&with_role(role, clearance), &name(PICTURE)).await.is_ok()
    };
    // No edition shows it yet.
    assert!(!seen(Role::Reader, "TLP:RED").await && seen(Role::Author, "TLP:CLEAR").await);
    fixture.published("b1", showing(PICTURE, "TLP:AMBER")).await;
    assert!(seen(Role::Reader, "TLP:AMBER").await && seen(Role::Reader, "TLP:RED").await);
    assert!(!seen(Role::Reader, "TLP:GREEN").await && !seen(Role::Renderer, "TLP:RED").await);

    put(&fixture, &person("TLP:RED"), b"secret", "TLP:RED").await.unwrap();
    let refused =
        fixture.store.attachments().get(&with_role(Role::Publisher, "TLP:AMBER"), &name(b"secret")).await;
    assert!(matches!(refused, Err(StoreError::NotFound(_))));
    let listed = async |clearance: &str, after: Option<&AttachmentName>, limit| {
        let (who, workspace) = (with_role(Role::Author, clearance), "default".parse().unwrap());
        let after = after.map(|after| &after.digest);
        let found = fixture.store.attachments().list(&who, &workspace, after, limit).await.unwrap();
        found.into_iter().map(|attachment| attachment.name).collect::<Vec<_>>()
    };
    assert_eq!(listed("TLP:AMBER", None, 9).await, [name(PICTURE)]);
    let mut both = [name(PICTURE), name(b"secret")];
    both.sort();
    assert_eq!(listed("TLP:RED", None, 1).await, [both[0].clone()]);
    assert_eq!(listed("TLP:RED", Some(&both[0]), 9).await, [both[1].clone()]);
}

/// A document's index in an import, with the path and code of its only violation.
fn violation(error: StoreError) -> (Option<usize>, String, &'static str) {
    match error {
        StoreError::UnusableAttachments { document_index, violations } => {
            assert_eq!(violations.len(), 1);
            (document_index, violations[0].path.clone(), violations[0].code)
        }
        other => panic!("{other}"),
    }
}

/// The path of the only figure of [`showing`].
fn path() -> String {
    "sections[1].blocks[0].figure.attachment".to_owned()
}

#[tokio::test]
async fn a_figure_shows_an_image_of_the_workspace_that_is_marked_no_higher() {
    let fixture = Fixture::new().await;
    let admin = person("TLP:RED");
    let import = async |content: BriefContent| {
        fixture.store.briefs().import(&admin, &brief_name("b1"), &[document(1, content)]).await
    };
    let unknown = violation(import(showing(PICTURE, "TLP:AMBER")).await.unwrap_err());
    assert_eq!(unknown, (Some(0), path(), "UNKNOWN_ATTACHMENT"));
    put(&fixture, &admin, PICTURE, "TLP:RED").await.unwrap();
    let above = violation(import(showing(PICTURE, "TLP:AMBER")).await.unwrap_err());
    assert_eq!(above, (Some(0), path(), "ATTACHMENT_ABOVE_BLOCK"));

    // A draft may be written before its image is uploaded, but not published.
    let draft = canonical(&showing(PICTURE, "TLP:GREEN"));
    fixture.store.briefs().create(&admin, &brief_name("b2"), &draft).await.unwrap();
    let etag = fixture.store.briefs().draft(&admin, &brief_name("b2")).await.unwrap().etag;
    let refused = fixture.store.briefs().publish(&admin, &brief_name("b2"), &etag).await.unwrap_err();
    assert_eq!(violation(refused), (None, path(), "ATTACHMENT_ABOVE_BLOCK"));
    assert_eq!(fixture.rows("select count(*) from revisions"), ["0"]);
    import(showing(PICTURE, "TLP:RED")).await.unwrap();
    assert_eq!(fixture.rows("select visible_from from revision_attachments"), ["4"]);
}

#[tokio::test]
async fn the_input_holds_the_images_that_the_edition_shows_and_the_logo() {
    let fixture = Fixture::new().await;
    let (admin, amber) = (person("TLP:RED"), person("TLP:AMBER"));
    fixture.store.renders().set_print_environment(ENVIRONMENT, &GlyphCoverage::default()).await.unwrap();
    for (bytes, marking) in [(PICTURE, "TLP:CLEAR"), (b"secret", "TLP:RED"), (b"logo", "TLP:CLEAR")] {
        put(&fixture, &admin, bytes, marking).await.unwrap();
    }
    let mut content = showing(PICTURE, "TLP:AMBER");
    content.sections.push(Section { id: "more".into(), ..showing(b"secret", "TLP:RED").sections.remove(1) });
    fixture.published("b1", content).await;

    let input = async |who: &Principal, options: &RenderOptions| {
        fixture.store.renders().create(who, &source("b1"), options).await.unwrap();
        fixture.store.queue().render_input(&fixture.leased_one().await).await.unwrap()
    };
    let digest = |bytes| body_digest(bytes).to_string();
    let seen = input(&amber, &with_logo(b"logo")).await;
    assert_eq!(seen.manifest.attachment_digests, [digest(PICTURE)]);
    assert_eq!(seen.manifest.asset_digests, [digest(b"logo")]);
    assert_eq!(seen.images, [name(PICTURE), name(b"logo")]);
    // An image that is also the logo is listed once.
    let seen = input(&admin, &with_logo(PICTURE)).await;
    let mut both = [digest(PICTURE), digest(b"secret")];
    both.sort();
    assert_eq!(seen.manifest.attachment_digests, both);
    assert_eq!(seen.images.len(), 2);
    assert_eq!(input(&person("TLP:GREEN"), &RenderOptions::default()).await.images, []);
}

#[tokio::test]
async fn options_that_name_missing_parts_are_rejected() {
    let fixture = Fixture::new().await;
    let amber = person("TLP:AMBER");
    fixture.store.renders().set_print_environment(ENVIRONMENT, &GlyphCoverage::default()).await.unwrap();
    put(&fixture, &person("TLP:RED"), b"secret", "TLP:RED").await.unwrap();
    put(&fixture, &amber, PICTURE, "TLP:CLEAR").await.unwrap();
    fixture.published("b1", showing(PICTURE, "TLP:RED")).await;
    let mut foreign = with_logo(PICTURE);
    foreign.theme.as_mut().unwrap().logo = name(PICTURE).to_string().replace("default", "other");
    let elsewhere = [
        (with_logo(b"nothing"), "theme.logo"),
        // An attachment above the caller's clearance, or a section missing from their edition, does not exist for them.
        (with_logo(b"secret"), "theme.logo"),
        (foreign, "theme.logo"),
        (with_section("pictures"), "section_ids[0]"),
    ];
    for (options, path) in elsewhere {
        match fixture.store.renders().create(&amber, &source("b1"), &options).await.unwrap_err() {
            StoreError::InvalidOptions(found) => assert_eq!(found[0].path, path, "{found:?}"),
            other => panic!("{other}"),
        }
    }
    assert_eq!(fixture.rows("select count(*) from renders"), ["0"]);
    fixture.store.renders().create(&amber, &source("b1"), &with_section("body")).await.unwrap();
    fixture
        .store
        .renders()
        .create(&person("TLP:RED"), &source("b1"), &with_section("pictures"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_render_is_visible_only_to_those_who_may_see_all_its_inputs() {
    let fixture = Fixture::new().await;
    let (admin, amber) = (person("TLP:RED"), person("TLP:AMBER"));
    fixture.store.renders().set_print_environment(ENVIRONMENT, &GlyphCoverage::default()).await.unwrap();
    put(&fixture, &admin, b"secret", "TLP:RED").await.unwrap();
    // Revision 1 has a sentence for named persons, revision 2 is equal at all clearances, revision 3 is not.
    fixture.published("b1", content("One")).await;
    for (number, content) in [(2, content_at("Two", "TLP:CLEAR")), (3, content_at("Three", "TLP:RED"))] {
        fixture.store.briefs().import(&admin, &brief_name("b1"), &[document(number, content)]).await.unwrap();
    }
    let visible_to_amber = async |who: &Principal, options: &RenderOptions| {
        let made = fixture.store.renders().create(who, &source("b1/revisions/2"), options).await.unwrap();
        fixture.store.renders().get(&amber, &made.render.name).await.is_ok()
    };
    // The caller's print uses what they may read. The admin's is compared with more and mentions revision 3.
    assert!(visible_to_amber(&amber, &RenderOptions::default()).await);
    assert!(!visible_to_amber(&admin, &RenderOptions::default()).await);
    fixture.published("b2", content_at("Open", "TLP:CLEAR")).await;
    for (options, is_visible) in [(RenderOptions::default(), true), (with_logo(b"secret"), false)] {
        let made = fixture.store.renders().create(&admin, &source("b2"), &options).await.unwrap();
        assert_eq!(fixture.store.renders().get(&amber, &made.render.name).await.is_ok(), is_visible);
    }
}

/// A drawing that prints, and one that does not.
const GOOD: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'/>";
const BAD: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'>\n<text>A</text></svg>";

/// Makes all images look as if they had been stored before there were checks.
fn forget_checks(fixture: &Fixture) {
    fixture.rows("update attachments set check_version = null, refusal = null, warning_codes = '{}', warning_texts = '{}'");
}

#[tokio::test]
async fn images_from_before_the_checks_are_checked_when_a_figure_shows_them() {
    let fixture = Fixture::new().await;
    let admin = person("TLP:RED");
    for bytes in [GOOD, BAD] {
        put(&fixture, &admin, bytes, "TLP:CLEAR").await.unwrap();
    }
    forget_checks(&fixture);
    let import = |content: BriefContent| {
        let documents = [document(1, content)];
        let (store, admin) = (fixture.store.clone(), admin.clone());
        async move { store.briefs().import(&admin, &brief_name("b1"), &documents).await }
    };
    let bad = violation(import(showing(BAD, "TLP:CLEAR")).await.unwrap_err());
    assert_eq!(bad, (Some(0), path(), "UNPRINTABLE_ATTACHMENT"));
    import(showing(GOOD, "TLP:CLEAR")).await.unwrap();
    // The valid image's check is recorded, with its real size in place of the stored one.
    let checked = "select width, height from attachments where check_version is not null and refusal is null";
    assert_eq!(fixture.rows(checked), ["40|30"]);

    let author = with_role(Role::Author, "TLP:CLEAR");
    let workspace = "default".parse().unwrap();
    let warnings = fixture
        .store
        .attachments()
        .unprintable_images(&author, &workspace, &showing(BAD, "TLP:CLEAR"))
        .await
        .unwrap();
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert_eq!((warning.code, warning.part_id.as_str()), ("UNPRINTABLE_ATTACHMENT", "pictures"));
    assert!(warning.message.contains("line 2, <text>"), "{}", warning.message);
    assert!(
        fixture
            .store
            .attachments()
            .unprintable_images(&author, &workspace, &showing(GOOD, ""))
            .await
            .unwrap()
            .is_empty()
    );
    let refused = "select refusal from attachments where refusal is not null";
    assert!(fixture.rows(refused)[0].contains("convert text to paths"));
}

#[tokio::test]
async fn an_image_above_the_author_s_clearance_gives_no_lint_warning() {
    let fixture = Fixture::new().await;
    put(&fixture, &person("TLP:RED"), BAD, "TLP:RED").await.unwrap();
    forget_checks(&fixture);
    let author = with_role(Role::Author, "TLP:GREEN");
    let workspace = "default".parse().unwrap();
    let warnings =
        fixture.store.attachments().unprintable_images(&author, &workspace, &showing(BAD, "")).await.unwrap();
    assert_eq!(warnings, []);
}

#[tokio::test]
async fn uploading_an_old_image_again_records_its_check() {
    let fixture = Fixture::new().await;
    let admin = person("TLP:RED");
    let first = put(&fixture, &admin, GOOD, "TLP:CLEAR").await.unwrap();
    assert_eq!(first.warnings[0].code, "COLOR_PROFILE_IGNORED");
    forget_checks(&fixture);
    assert_eq!(put(&fixture, &admin, GOOD, "TLP:CLEAR").await.unwrap(), first);
}
