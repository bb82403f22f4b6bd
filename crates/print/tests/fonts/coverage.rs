//! Glyph coverage, and the lint that uses it, agree with the warnings of prints.

use std::collections::{BTreeMap, BTreeSet};

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_brief::lint::{MISSING_GLYPH, lint};
use chancery_print::{Fonts, Warning};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, BriefContent, Callout, Figure, FigureKind, LocalizedText, Quote, Section, Table, TableCell,
    TableColumn, TableRow,
};
use chancery_proto::descriptors;
use chancery_testkit::files;
use prost::Message;
use prost_reflect::{DynamicMessage, Kind as FieldKind, MessageDescriptor, ReflectMessage as _, Value};
use unicode_normalization::UnicodeNormalization as _;

use super::{HAN, TINY, Tiny, brief, printed};

/// Texts of many scripts and kinds of characters, each on a line.
const TEXTS: &str = "\
Latin: Ångström, Łódź, Đặng, ŉ, ſ, ﬁ, Ỳ, ẞ, ꜳ, Ꞌ
Decomposed: A\u{30a}, e\u{301}, x\u{302}, q\u{307}\u{323}, n\u{303}\u{32d}, \u{1100}\u{1161}\u{11a8}, a\u{483}, a\u{20d7}
Greek and Cyrillic: Ω ἄνθρωπος ϰ, Ђура, ѣ, Ӏ, Ԧ, ꙮ, Ғ\u{306}
Caucasian: Հայաստան, საქართველო, Ⴀ
Arabic: ایران، روسيا ﷼ ﷺ ﯼ ٪ ٣ ۳ \u{64b}\u{651} ࢠ 𞸀
Hebrew and Syriac: יִשְׂרָאֵל ﬡ, ܫܠܡܐ
Indic: नमस्ते क्ष, বাংলা, ਪੰਜਾਬੀ, தமிழ், తెలుగు, ಕನ್ನಡ, മലയാളം, සිංහල
South-East Asian: ภาษาไทย น้ำ, ພາສາລາວ, မြန်မာ, ខ្មែរ, བོད་
East Asian: 日本の外交, カタカナ, ﾊﾝｶｸ, 한국어, 中国, 𠀀, ㈱, ㍿, 、。「」\u{3000}全角ＡＢ
African and American: አማርኛ, ⵜⵉⴼⵉⵏⴰⵖ, ߒߞߏ, ᏣᎳᎩ, ᐃᓄᒃᑎᑐᑦ
Historic: 𐎠𐎡, 𒀀, 𓀀, ᚠᚢ, 𐌰
Symbols: € ₽ ﷼ ₿ № ℃ ½ ⅔ ∞ ≠ ∑ √ ← ↑ ⇒ ■ ▲ ● ★ ☐ ☑ ✓ ✗ ❶ ⌘ ♠ 𝔄 ⠿ ㎞ \u{2044} \u{2212}
Punctuation: – — ‐ \u{2011} ‒ ― … ‰ ′ ″ ‹ › « » “ ” „ ‽ ⁂ † ‡ § ¶ • ‣ ⸺ ⸻
Spaces: a\u{a0}b\u{2000}c\u{2003}d\u{2009}e\u{200a}f\u{202f}g\u{205f}h\u{3000}i\u{1680}j
Controls: a\u{9}b\u{7f}c\u{85}d\u{2028}e\u{2029}f\u{ad}g
Ignorable: a\u{200b}b\u{200c}c\u{200d}d\u{2060}e\u{feff}f\u{34f}g\u{61c}h\u{3164}i\u{ffa0}j\u{17b4}k\u{115f}l\u{2067}m\u{2069}n
Variation selectors: ☺\u{fe0e} ☺\u{fe0f} 葛\u{e0100} ᠠ\u{180b} a\u{fe00}
Emoji: 🚢 👨\u{200d}👩\u{200d}👧 👍🏽 🇮🇷 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} 1\u{fe0f}\u{20e3} ❤\u{fe0f}\u{200d}🔥
Private use and tags: \u{e000} \u{f8ff} \u{f0000} \u{10fffd} \u{e0001}\u{e0041}
Specials: \u{fffc} \u{fffd} \u{fffe} \u{ffff} \u{378} \u{e0fff} \u{10ffff}";

/// Fields of strings that are ids, codes, dates or addresses, and therefore ASCII.
const CODES: [&str; 20] = [
    "id",
    "marking",
    "was_marking",
    "default_marking",
    "language",
    "target",
    "attachment",
    "edtf",
    "date",
    "accessed",
    "horizon",
    "url",
    "country_code",
    "domain",
    "section",
    "type",
    "regions",
    "rests_on",
    "replaced_by",
    "member_of",
];

fn missing_of_print(warnings: &[Warning]) -> BTreeSet<char> {
    let characters = warnings.iter().map(|warning| match warning {
        Warning::MissingGlyph { character, .. } => *character,
        Warning::BlankName { .. } => panic!("every name of the print is visible"),
    });
    characters.collect()
}

fn missing_of_lint(content: &BriefContent, coverage: &GlyphCoverage) -> BTreeSet<char> {
    let warnings = lint(content, Some(coverage)).into_iter().filter(|found| found.code == MISSING_GLYPH);
    let named = warnings.map(|warning| {
        let hexadecimal = warning.message.split_once("U+").expect("names a code point").1;
        let hexadecimal = hexadecimal.split(' ').next().unwrap_or_default();
        let code_point = u32::from_str_radix(hexadecimal, 16).expect("is a hexadecimal number");
        char::from_u32(code_point).expect("is a character")
    });
    named.collect()
}

/// Checks that coverage lacks exactly the characters of a text that a print warns of, and returns them.
fn assert_agreement(text: &str, fonts: &Fonts) -> BTreeSet<char> {
    let coverage = fonts.glyph_coverage();
    let mut content = brief(text);
    (content.title, content.sections[0].heading) = ("Title".into(), "Heading".into());
    let warned = missing_of_print(&printed(&content, fonts).warnings);
    let uncovered: BTreeSet<char> = text.nfc().filter(|c| !coverage.contains(*c)).collect();
    assert_eq!(warned, uncovered, "{text}");
    warned
}

#[test]
fn coverage_lacks_exactly_the_characters_that_a_print_warns_of() {
    let indic = Tiny { name: "Indic", characters: "नमस्तेक्ष\u{f0000}", ..TINY }.file();
    let han = Tiny { characters: HAN, ..TINY }.file();
    let added = Fonts::new(vec![("indic.ttf".into(), indic), ("han.ttf".into(), han)]).unwrap();
    for text in TEXTS.lines() {
        let without = assert_agreement(text, &Fonts::default());
        let with = assert_agreement(text, &added);
        assert!(with.is_subset(&without), "{text}");
    }
    let missing = assert_agreement(TEXTS, &Fonts::default());
    for shown in ['Å', '\u{ad}', '\u{fe0f}', '\u{e0041}', '\u{3000}', '\u{9}', 'ﷺ'] {
        assert!(!missing.contains(&shown), "{shown:?}");
    }
    for boxed in ['日', 'न', 'ภ', '🚢', '\u{e000}', '\u{10ffff}', '\u{20d7}'] {
        assert!(missing.contains(&boxed), "{boxed:?}");
    }
    assert!(!assert_agreement(TEXTS, &added).contains(&'न'));
}

/// Returns a brief with at least one part of every kind.
fn brief_of_every_kind() -> BriefContent {
    let mut content = files::content("suez-2021", 2);
    let kinds = [
        Kind::Callout(Callout { statements: content.bluf.clone(), ..Callout::default() }),
        Kind::Quote(Quote { statements: content.bluf.clone(), ..Quote::default() }),
        Kind::Figure(Figure { kind: FigureKind::Timeline.into(), ..Figure::default() }),
        Kind::Table(Table {
            columns: vec![TableColumn::default()],
            rows: vec![TableRow { cells: vec![TableCell::default()], ..TableRow::default() }],
            ..Table::default()
        }),
    ];
    let blocks = kinds.map(|kind| Block { kind: Some(kind), ..Block::default() }).to_vec();
    content.sections.push(Section { id: "kinds".into(), blocks, ..Section::default() });
    content.localized_titles = vec![LocalizedText { language: "fr".into(), text: "Suez".into() }];
    content.bluf[0].topics = vec!["shipping".into()];
    content
}

/// Appends a character to each text, the same to each text of a field. Returns the characters by the fields' names.
fn mark(message: &mut DynamicMessage, marks: &mut BTreeMap<String, char>) {
    let of = message.descriptor();
    for field in of.fields() {
        let is_code = field.kind() == FieldKind::String && is_code(field.name());
        if is_code || (field.supports_presence() && !message.has_field(&field)) {
            continue;
        }
        let items = match message.get_field_mut(&field) {
            Value::List(items) => items.iter_mut().collect(),
            value => vec![value],
        };
        for item in items {
            match item {
                Value::String(text) => {
                    let number = u32::try_from(marks.len()).expect("there are few fields");
                    let next = char::from_u32(0xf_0000 + number).expect("is for private use");
                    text.push(*marks.entry(format!("{}.{}", of.name(), field.name())).or_insert(next));
                }
                Value::Message(inner) => mark(inner, marks),
                _ => {}
            }
        }
    }
}

fn is_code(field: &str) -> bool {
    CODES.contains(&field) || field.ends_with("_id") || field.ends_with("_ids")
}

/// Lists the fields of texts of a message and the messages in it.
fn text_fields(of: &MessageDescriptor, names: &mut BTreeSet<String>) {
    for field in of.fields() {
        match field.kind() {
            FieldKind::String if !is_code(field.name()) => {
                names.insert(format!("{}.{}", of.name(), field.name()));
            }
            // Sections and lists contain themselves.
            FieldKind::Message(inner) if inner != *of && inner.name() != "List" || of.name() == "Block" => {
                text_fields(&inner, names);
            }
            _ => {}
        }
    }
}

#[test]
fn lint_warns_of_the_texts_that_a_full_print_shows() {
    let descriptor = descriptors::message("chancery.brief.v1.BriefContent").unwrap();
    let content = brief_of_every_kind();
    let mut dynamic = DynamicMessage::decode(descriptor.clone(), content.encode_to_vec().as_slice()).unwrap();
    let mut marks = BTreeMap::new();
    mark(&mut dynamic, &mut marks);
    let mut fields = BTreeSet::new();
    text_fields(&descriptor, &mut fields);
    assert_eq!(marks.keys().cloned().collect::<BTreeSet<_>>(), fields);

    let content: BriefContent = dynamic.transcode_to().unwrap();
    let fonts = Fonts::default();
    let warned = missing_of_print(&printed(&content, &fonts).warnings);
    let linted = missing_of_lint(&content, &fonts.glyph_coverage());
    let named = |characters: &BTreeSet<char>| -> BTreeSet<&str> {
        let of = marks.iter().filter(|(_, mark)| characters.contains(mark));
        of.map(|(field, _)| field.as_str()).collect()
    };
    assert_eq!(named(&linted), named(&warned));
    assert!(named(&linted).len() > 40, "{:?}", named(&linted));
}
