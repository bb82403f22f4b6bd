//! Fonts added at run time, and the scripts that need them.

mod coverage;
mod setting;
#[path = "../temporary_files/mod.rs"]
mod temporary_files;
mod tiny;

use std::ops::ControlFlow;

use chancery_print::environment::environment;
use chancery_print::testing::{self, struct_text};
use chancery_print::{FontError, Fonts, Limits, Options, PrintError, Printed, Warning, print};
use chancery_proto::brief::v1::{Block, BriefContent, Paragraph, Section, Statement, block::Kind};
use chancery_testkit::pdf;
use tiny::Tiny;

/// Characters of the generated font.
pub(crate) const HAN: &str =
    "、。「」あいうえおかがきくけこのはをん中交京人力合国外大報年情文日書本東析法的研究等米経総調資関電露";
const TINY: Tiny = Tiny { name: "TinyHan", characters: HAN, rights: 0, extra: None };
/// A sentence of the generated font's characters.
pub(crate) const SENTENCE: &str =
    "日本の外交は国際的な力の中で大きく、東京の情報の研究を「関東の経」と書く。";

pub(crate) fn han() -> Fonts {
    let characters = format!("{HAN}{SENTENCE}");
    Fonts::new(vec![("han.ttf".into(), Tiny { characters: &characters, ..TINY }.file())])
        .expect("the font is valid")
}

fn brief(text: &str) -> BriefContent {
    let statements =
        (0..6).map(|n| Statement { id: format!("s-{n}"), text: text.into(), ..Statement::default() });
    let kind = Some(Kind::Paragraph(Paragraph { statements: statements.collect() }));
    let section = Section {
        id: "one".into(),
        heading: text.chars().take(6).collect(),
        blocks: vec![Block { kind, ..Block::default() }],
        ..Section::default()
    };
    BriefContent {
        title: text.chars().take(12).collect(),
        language: "ja".into(),
        default_marking: "TLP:CLEAR".into(),
        marking: "TLP:CLEAR".into(),
        sections: vec![section],
        ..BriefContent::default()
    }
}

fn printed(content: &BriefContent, fonts: &Fonts) -> Printed {
    attempt(content, fonts).expect("the brief prints")
}

fn attempt(content: &BriefContent, fonts: &Fonts) -> Result<Printed, PrintError> {
    let mut observe = |_| ControlFlow::Continue(());
    print(&testing::edition(content), &Options::default(), &Limits::default(), fonts, &mut observe)
}

fn is_missing(warning: &Warning, expected: char) -> bool {
    matches!(warning, Warning::MissingGlyph { character, .. } if *character == expected)
}

#[test]
fn an_added_font_replaces_boxes() {
    let content = brief(SENTENCE);
    let boxed = printed(&content, &Fonts::default());
    assert!(boxed.warnings.iter().any(|warning| is_missing(warning, '国')));
    let set = printed(&content, &han());
    assert_eq!(set.warnings, []);
    let text = struct_text(&set.bytes).unwrap();
    assert!(text.contains(SENTENCE) && text.starts_with(&content.title), "{text}");
    assert_ne!(boxed.bytes, set.bytes);
}

#[test]
fn a_character_without_a_glyph_in_added_fonts_stays_a_box_with_a_warning() {
    let set = printed(&brief(&format!("{SENTENCE}龘")), &han());
    assert!(matches!(set.warnings.as_slice(), [warning] if is_missing(warning, '龘')), "{:?}", set.warnings);
    assert!(struct_text(&set.bytes).unwrap().contains('龘'));
}

#[test]
fn an_added_font_changes_nothing_where_the_vendored_ones_suffice() {
    let mut content = brief("The partnership has become closer.");
    content.language = "en".into();
    assert_eq!(printed(&content, &han()).bytes, printed(&content, &Fonts::default()).bytes);
}

#[test]
fn the_first_font_by_name_that_has_a_character_sets_it() {
    let file = |name, characters| Tiny { name, characters, ..TINY }.file();
    let (one, both) = (file("One", "中"), file("Both", "中国"));
    let content = brief("中国中国中国");
    let first = Fonts::new(vec![("a".into(), one.clone()), ("b".into(), both.clone())]).unwrap();
    let other_order = Fonts::new(vec![("b".into(), both.clone()), ("a".into(), one.clone())]).unwrap();
    assert_eq!(first.added().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(first.digest(), other_order.digest());
    assert_eq!(printed(&content, &first).bytes, printed(&content, &other_order).bytes);
    let other_names = Fonts::new(vec![("b".into(), one), ("a".into(), both.clone())]).unwrap();
    assert_ne!(first.digest(), other_names.digest());
    let alone = Fonts::new(vec![("a".into(), both)]).unwrap();
    assert_eq!(printed(&content, &other_names).bytes, printed(&content, &alone).bytes);
    assert_ne!(printed(&content, &first).bytes, printed(&content, &alone).bytes);
}

#[test]
fn the_digest_covers_vendored_and_added_fonts() {
    assert_eq!(Fonts::default().digest(), environment().fonts_digest);
    assert_eq!(Fonts::new(Vec::new()).unwrap().digest(), environment().fonts_digest);
    let digest = han().digest().to_owned();
    assert!(digest.len() == 64 && digest != environment().fonts_digest);
    let more = Fonts::new(vec![("han.ttf".into(), TINY.file())]).unwrap();
    assert_ne!(more.digest(), digest);
}

#[test]
fn fonts_that_a_pdf_cannot_hold_are_refused_by_name() {
    let refused = |bytes: Vec<u8>| Fonts::new(vec![("x.ttf".to_owned(), bytes)]).unwrap_err();
    let name = || "x.ttf".to_owned();
    let variable = Tiny { extra: Some(b"fvar"), ..TINY }.file();
    assert_eq!(refused(variable), FontError::Variable(name()));
    let mut collection = TINY.file();
    collection[..4].copy_from_slice(b"ttcf");
    assert_eq!(refused(collection), FontError::Collection(name()));
    let at = TINY.file().windows(4).position(|tag| tag == b"glyf").unwrap();
    let mut outlines = TINY.file();
    outlines[at..at + 4].copy_from_slice(b"CFF ");
    assert_eq!(refused(outlines), FontError::Outlines(name()));
    for rights in [2, 0x100, 0x200] {
        assert_eq!(refused(Tiny { rights, ..TINY }.file()), FontError::NotEmbeddable(name(), rights));
    }
    for rights in [4, 8, 12] {
        assert!(Fonts::new(vec![(name(), Tiny { rights, ..TINY }.file())]).is_ok());
    }
    let twice = vec![(name(), TINY.file()), (name(), TINY.file())];
    assert_eq!(Fonts::new(twice).unwrap_err(), FontError::Twice(name()));
    for nonsense in [Vec::new(), b"no font".to_vec(), vec![0; 1000]] {
        assert!(matches!(refused(nonsense), FontError::Broken(..) | FontError::Outlines(_)));
    }
}

#[test]
fn a_damaged_font_is_refused_or_prints_and_never_panics() {
    let whole = TINY.file();
    let content = brief("中国の東京");
    for at in (0..whole.len()).step_by(53) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x5a;
        for bytes in [damaged, whole[..at].to_vec()] {
            if let Ok(fonts) = Fonts::new(vec![("x.ttf".into(), bytes)]) {
                let _ = attempt(&content, &fonts);
            }
        }
    }
}

#[test]
fn verapdf_finds_a_file_with_an_added_font_to_be_pdf_ua_1_and_pdf_a_2a() {
    let printed = printed(&brief(SENTENCE), &han());
    pdf::assert_conform("ua1,2a", &[temporary_files::file("added-font.pdf", &printed.bytes)]);
}
