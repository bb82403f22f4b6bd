//! Themes and watermarks.

use chancery_print::graphics::Color;
use chancery_print::testing::struct_text;
use chancery_print::{Format, Images, Options, PrintError, RevisionState, Theme, ThemeError};

use crate::brief::{brief, digest, edition, images, paragraph, printed};
use crate::make::LOGO;

#[test]
fn organisation_footer_and_watermark_are_in_the_text_of_every_format_and_on_every_page() {
    let content = brief("en", vec![paragraph("c-1", &"A sentence of the body. ".repeat(400))]);
    let images = images(&[LOGO.as_bytes()]);
    let logo = digest(LOGO.as_bytes());
    let theme = Theme {
        accent: Some(Color(0x7A, 0x1F, 0x3D)),
        logo: &logo,
        organisation: "The Institute",
        footer: "1 Example Street",
    };
    for format in [Format::Full, Format::Standard] {
        let options = Options { theme, format, watermark: "Copy 7", ..Options::default() };
        let file = printed(&edition(&content, &images), &options).unwrap();
        let text = struct_text(&file.bytes).unwrap();
        for fact in ["The Institute", "1 Example Street", "Copy 7"] {
            assert_eq!(text.matches(fact).count(), 1, "{format:?}: {fact}");
        }
        assert!(file.pages > 1);
    }
    let short = brief("en", Vec::new());
    let options = Options { theme, format: Format::OnePage, watermark: "Copy 7", ..Options::default() };
    let text = struct_text(&printed(&edition(&short, &images), &options).unwrap().bytes).unwrap();
    assert!(text.contains("The Institute") && text.contains("Copy 7"), "{text}");
}

#[test]
fn a_draft_has_a_watermark_and_a_published_revision_does_not() {
    let content = brief("en", vec![paragraph("c-1", "A sentence.")]);
    let nothing = Images::new();
    let published = edition(&content, &nothing);
    let draft = chancery_print::Edition { state: RevisionState::Draft, ..published };
    let marks = |edition| {
        let file = printed(edition, &Options::default()).unwrap();
        // The dictionary of an artifact is in the page's content.
        lopdf::Document::load_mem(&file.bytes)
            .unwrap()
            .objects
            .values()
            .filter(|object| {
                object.as_stream().is_ok_and(|stream| {
                    stream
                        .decompressed_content()
                        .is_ok_and(|content| content.windows(9).any(|bytes| bytes == b"Watermark"))
                })
            })
            .count()
    };
    assert_eq!(marks(&published), 0);
    assert!(marks(&draft) >= 1);
}

#[test]
fn a_theme_that_cannot_be_read_is_refused() {
    let content = brief("en", Vec::new());
    let nothing = Images::new();
    let why = |theme, watermark| {
        let options = Options { theme, watermark, ..Options::default() };
        match printed(&edition(&content, &nothing), &options) {
            Err(PrintError::Theme(why)) => why,
            other => panic!("{other:?}"),
        }
    };
    let pale = Theme { accent: Some(Color(0xFF, 0xCC, 0)), ..Theme::default() };
    assert_eq!(why(pale, ""), ThemeError::Contrast);
    let nameless = Theme { logo: "ab", ..Theme::default() };
    assert_eq!(why(nameless, ""), ThemeError::NamelessLogo);
    let long = "x".repeat(101);
    assert!(matches!(why(Theme::default(), &long), ThemeError::TooLong { characters: 101, .. }));
    let missing = Theme { logo: "ab", organisation: "The Institute", ..Theme::default() };
    let options = Options { theme: missing, ..Options::default() };
    let refused = printed(&edition(&content, &nothing), &options).unwrap_err();
    assert!(matches!(refused, PrintError::Image { .. }) && refused.to_string().contains("logo"), "{refused}");
}
