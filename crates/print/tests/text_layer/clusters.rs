//! Grapheme clusters: one box for each without a glyph, and no line break inside one.

use chancery_print::graphics::Color;
use chancery_print::pages::{ArtifactKind, Owner};
use chancery_print::testing::struct_text;
use chancery_print::text::Typesetter;
use chancery_print::text::inline::{Inline, PieceKind, PieceStyle};
use chancery_print::text::paragraph_setup::{Align, ParagraphSetup};
use chancery_print::text::text_style::{Family, Figures, TextStyle, Weight};
use chancery_print::units::Length;
use chancery_print::{Fonts, Warning};
use lopdf::Document;

use crate::tiny::Tiny;
use crate::{brief, printed, temporary_files};

pub(crate) const THAI: &str =
    "รัฐบาลรัสเซียและอิหร่านได้ลงนามในสนธิสัญญาหุ้นส่วนยุทธศาสตร์ที่ครอบคลุมระยะเวลายี่สิบปีในกรุงมอสโกเมื่อเดือนมกราคม";
const HINDI: &str = "रूस और ईरान ने जनवरी में हस्ताक्षर किए, क्षमता और स्थिति";

/// Returns a font with a box for every character of a text.
pub(crate) fn font(characters: &str) -> Fonts {
    let tiny = Tiny { name: "Tiny", characters, rights: 0, extra: None };
    Fonts::new(vec![("tiny.ttf".into(), tiny.file())]).unwrap()
}

/// Returns the `ActualText` of every box, which is a `Span` element of its own.
fn boxes(bytes: &[u8]) -> Vec<String> {
    let document = Document::load_mem(bytes).unwrap();
    let spans = document.objects.values().filter_map(|object| {
        let dict = object.as_dict().ok()?;
        let is_span = dict.get(b"S").ok()?.as_name().ok()? == b"Span";
        let text = is_span.then(|| dict.get(b"ActualText").ok()?.as_str().ok())??;
        let units: Vec<u16> =
            text[2..].chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
        Some(String::from_utf16(&units).unwrap())
    });
    spans.collect()
}

fn missing(warnings: &[Warning]) -> Vec<char> {
    let characters = warnings.iter().filter_map(|warning| match warning {
        Warning::MissingGlyph { character, .. } => Some(*character),
        Warning::BlankName { .. } => None,
    });
    characters.collect()
}

#[test]
fn a_joined_sequence_without_a_glyph_is_one_box_with_one_warning_a_character() {
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
    let clusters = ["\u{1f6a2}", "\u{1f1ee}\u{1f1f7}", "\u{274c}", "\u{26a0}\u{fe0f}", family];
    let text = format!(
        "Seen {}; flagged {}{} then {} and {}.",
        clusters[0], clusters[1], clusters[2], clusters[3], family
    );
    let content = brief("en", "Status", &[&text]);
    let printed = printed(&content, &Fonts::default());
    let mut found = boxes(&printed.bytes);
    // The text is printed in a paragraph and in three cells, and quoted in the annex on the basis of statements.
    let mut expected: Vec<String> =
        clusters.iter().flat_map(|cluster| vec![(*cluster).to_owned(); 5]).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let mut warned = missing(&printed.warnings);
    warned.sort_unstable();
    let mut named: Vec<char> =
        clusters.concat().chars().filter(|c| !matches!(c, '\u{200d}' | '\u{fe0f}')).collect();
    named.sort_unstable();
    assert_eq!(warned, named);
    assert!(struct_text(&printed.bytes).unwrap().contains(&text));
    let file = temporary_files::file("clusters/emoji.pdf", &printed.bytes);
    chancery_testkit::pdf::assert_conform("ua1,2a", &[file]);
}

#[test]
fn syllables_of_a_script_without_a_font_are_one_box_each() {
    let content = brief("hi", "One", &[HINDI]);
    let printed = printed(&content, &Fonts::default());
    let found = boxes(&printed.bytes);
    assert!(found.contains(&"क्ष".to_owned()) && found.contains(&"स्थि".to_owned()), "{found:?}");
    assert!(struct_text(&printed.bytes).unwrap().contains(HINDI));
}

#[test]
fn thai_lines_end_between_syllables_and_mostly_between_words() {
    let text = THAI.repeat(4);
    let fonts = font(THAI);
    assert_eq!(printed(&brief("th", THAI, &[&text]), &fonts).warnings, []);
    let mut typesetter = Typesetter::new(&fonts);
    let style = TextStyle {
        family: Family::Serif,
        weight: Weight::Regular,
        italic: false,
        size: Length::pt(10),
        color: Color(0, 0, 0),
        rise: Length::ZERO,
        figures: Figures::Proportional,
    };
    let mut inline = Inline::default();
    let language = typesetter.languages.id("th");
    let owner = Owner::Artifact(ArtifactKind::Layout);
    inline.push(&text, PieceStyle { style, owner, link: None, language, kind: PieceKind::Text });
    let words = [
        "รัฐบาล",
        "รัสเซีย",
        "และ",
        "อิหร่าน",
        "ได้",
        "ลงนาม",
        "สัญญา",
        "หุ้นส่วน",
        "ส่วน",
        "ยุทธศาสตร์",
        "ที่",
        "ครอบคลุม",
        "ระยะ",
        "เวลา",
        "ยี่สิบ",
        "ปี",
        "ใน",
        "กรุง",
        "มอสโก",
        "เมื่อ",
        "เดือน",
        "มกราคม",
    ];
    let (mut lines, mut at_words) = (0, 0);
    for millimetres in 50..130 {
        let setup = ParagraphSetup {
            measure: Length::mm(millimetres),
            indent: Length::ZERO,
            align: Align::Justified,
            hyphenate: true,
            right_to_left: false,
        };
        for line in typesetter.set(&inline, &setup) {
            let (before, line) = (&text[..line.range.start], &text[line.range]);
            // No mark and no following vowel begins a line, and no leading vowel ends one.
            assert!(!line.starts_with(
                |c| ('\u{e30}'..='\u{e3a}').contains(&c) || ('\u{e45}'..='\u{e4e}').contains(&c)
            ));
            assert!(!before.ends_with(|c| ('\u{e40}'..='\u{e44}').contains(&c)), "{before}");
            lines += 1;
            at_words += usize::from(words.iter().any(|word| line.starts_with(word)));
        }
    }
    assert!(lines > 400 && at_words * 100 > lines * 85, "{at_words} of {lines}");
}

#[test]
fn urdu_has_no_boxes() {
    let text = "روس اور ایران نے جنوری میں بیس سالہ جامع تزویراتی شراکت داری کے معاہدے پر دستخط کیے، جو اکتوبر 2025 میں \
        نافذ ہوا (دفاعی ضمانت کے بغیر)؛ تجارت کا 50% مقامی کرنسیوں میں۔ ٹ ڈ ڑ ے ں ھ ہ ۂ ۃ ؤ ئ ۓ ۱۲۳۴۵۶۷۸۹۰ ٪ ؟ ﷺ";
    let content = brief("ur", "معاہدہ", &[text]);
    let printed = printed(&content, &Fonts::default());
    assert_eq!(printed.warnings, []);
    assert_eq!(boxes(&printed.bytes), [""; 0]);
}

#[test]
fn a_word_in_a_font_without_a_hyphen_breaks_without_one() {
    let word = "\u{e01}\u{ad}\u{e02}\u{ad}\u{e03}\u{ad}\u{e04}\u{ad}".repeat(30);
    let content = brief("th", THAI, &[&word]);
    let bytes = printed(&content, &font(&word.replace('\u{ad}', THAI))).bytes;
    let file = temporary_files::file("clusters/no-hyphen.pdf", &bytes);
    let text: String = chancery_testkit::pdf::extracted_text(&file).split_whitespace().collect();
    assert!(text.contains(&word.replace('\u{ad}', "")), "{text}");
}
