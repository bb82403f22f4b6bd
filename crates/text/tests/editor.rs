//! The queries of editors: the keys that fit a place, the slot at an offset, and the parts with their references.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_brief::PartKind;
use chancery_text::dictionary::{
    Annotated, FrontMatterMap, Key, annotation_keys, change_kinds, confidences, front_matter_keys,
};
use chancery_text::outline::Outline;
use chancery_text::slot::{SlotKind, slot_at};
use chancery_text::{Context, code, read};
use proptest::prelude::*;

/// A key that is none, and like none.
const UNKNOWN: &str = "qqqqqqqqqqqq";

const FRONT: &str =
    "---\ntitle: T\nsources:\n  src: {title: S}\nactors:\n  a: {name: A}\n  b: {name: B}\n---\n\n";

/// Returns the keys that the reader expects in place of the unknown one, sorted.
fn expected_by_reader(text: &str) -> Vec<String> {
    let reading = read(text, &Context::default());
    let messages: Vec<&str> = reading
        .diagnostics
        .iter()
        .filter(|found| found.code == code::UNKNOWN_KEY)
        .map(|found| found.message.as_str())
        .collect();
    let [message] = messages.as_slice() else { panic!("{text}\n{messages:?}") };
    let (_, list) = message.split_once("one of ").unwrap_or_else(|| panic!("{message}"));
    let mut keys: Vec<String> = list.split(", ").map(str::to_owned).collect();
    keys.sort();
    keys.dedup();
    keys
}

fn names<'k>(keys: impl IntoIterator<Item = &'k Key>) -> Vec<String> {
    let mut names: Vec<String> = keys.into_iter().map(|key| key.name.to_owned()).collect();
    names.sort();
    names
}

#[test]
fn the_keys_of_annotations_are_those_of_the_reader() {
    let entry = |kind: &str, entry: &str| format!("{FRONT}```{kind}\n{entry} {{{UNKNOWN}}} ^x-1\n```\n");
    let in_section = |block: &str| format!("{FRONT}# H ^sec-1\n\n{block}\n");
    let cases = [
        (Annotated::Sentence, format!("{FRONT}A sentence. {{{UNKNOWN}}} ^s-01\n")),
        (Annotated::KeyJudgment, format!("{FRONT}1. A judgment. ^s-01\n   {{{UNKNOWN}}} ^kj-1\n")),
        (Annotated::Section, format!("{FRONT}# H {{{UNKNOWN}}} ^sec-1\n")),
        (Annotated::ListItem, in_section(&format!("- An item. ^s-01\n  {{{UNKNOWN}}}"))),
        (Annotated::Table, in_section(&format!("Table: T {{{UNKNOWN}}} ^tab-1\n| A |\n|---|\n| b |"))),
        (Annotated::Figure, in_section(&format!("![](timeline \"T\") {{{UNKNOWN}}} ^fig-1"))),
        (Annotated::Block, in_section(&format!("{{{UNKNOWN}}} ^par-1\nA sentence. ^s-01"))),
        (Annotated::Block, in_section(&format!("> [!NOTE] T {{{UNKNOWN}}} ^note-1\n> A sentence. ^s-01"))),
        (Annotated::Event, entry("events", "2026 | E")),
        (Annotated::Relationship, entry("relationships", "a | knows | b")),
        (Annotated::Scenario, entry("scenarios", "70% | S")),
        (Annotated::Indicator, entry("indicators", "I")),
        (Annotated::Assumption, entry("assumptions", "A")),
        (Annotated::InformationGap, entry("information-gaps", "G")),
        (Annotated::Dissent, entry("dissents", "D")),
        (Annotated::Factor, entry("drivers", "F")),
        (Annotated::Change, format!("{FRONT}```changes\nsrc {{!updated; {UNKNOWN}}}\n```\n")),
    ];
    for (part, text) in cases {
        assert_eq!(names(annotation_keys(part)), expected_by_reader(&text), "{part:?}");
    }
}

#[test]
fn the_keys_of_the_front_matter_are_those_of_the_reader() {
    let entry = |list: &str| format!("---\ntitle: T\n{list}:\n  x: {{{UNKNOWN}: 1}}\n---\n");
    let cases = [
        (FrontMatterMap::Root, format!("---\n{UNKNOWN}: 1\n---\n")),
        (FrontMatterMap::AsOf, format!("---\nas-of: {{{UNKNOWN}: 1}}\n---\n")),
        (FrontMatterMap::Translates, format!("---\ntranslates: {{{UNKNOWN}: 1}}\n---\n")),
        (FrontMatterMap::Source, entry("sources")),
        (FrontMatterMap::Actor, entry("actors")),
        (FrontMatterMap::Place, entry("places")),
        (FrontMatterMap::Domain, entry("domains")),
        (FrontMatterMap::Period, format!("---\nactors:\n  x: {{period: {{{UNKNOWN}: 1}}}}\n---\n")),
    ];
    for (map, text) in cases {
        assert_eq!(names(front_matter_keys(map)), expected_by_reader(&text), "{map:?}");
    }
}

#[test]
fn every_key_and_word_has_a_meaning() {
    let annotated = [
        Annotated::Sentence,
        Annotated::KeyJudgment,
        Annotated::Section,
        Annotated::ListItem,
        Annotated::Table,
        Annotated::Figure,
        Annotated::Event,
        Annotated::Relationship,
        Annotated::Scenario,
        Annotated::Indicator,
        Annotated::Assumption,
        Annotated::Dissent,
        Annotated::Factor,
    ];
    let maps = [
        FrontMatterMap::Root,
        FrontMatterMap::AsOf,
        FrontMatterMap::Translates,
        FrontMatterMap::Source,
        FrontMatterMap::Actor,
        FrontMatterMap::Place,
        FrontMatterMap::Domain,
        FrontMatterMap::Period,
    ];
    let keys = annotated.into_iter().flat_map(annotation_keys).chain(confidences());
    for key in keys.chain(maps.into_iter().flat_map(front_matter_keys)) {
        let meaning = key.meaning();
        assert!(meaning.ends_with('.') && !meaning.contains('_'), "{}: {meaning:?}", key.name);
    }
    assert!(change_kinds().iter().all(|kind| kind.meaning.ends_with('.')));
}

/// Returns the slot at the mark `|` of a text, and the word there.
fn slot(marked: &str) -> Option<(SlotKind, String)> {
    let offset = marked.find('‸').unwrap();
    let text = marked.replace('‸', "");
    let slot = slot_at(&text, offset)?;
    Some((slot.kind, slot.word.of(&text).to_owned()))
}

/// Returns the names of the first keys or kinds of a slot, and its word.
fn described(marked: &str) -> String {
    match slot(marked) {
        None => "none".to_owned(),
        Some((kind, word)) => {
            let kind = match kind {
                SlotKind::Annotation(part) => format!("{part:?}"),
                SlotKind::FrontMatterKey(map) => format!("key of {map:?}"),
                SlotKind::Value(key) => format!("word of {}", key.name),
                SlotKind::Likelihood(scale) => format!("{scale:?}"),
                SlotKind::Id(kinds) => format!("id {kinds:?}"),
                SlotKind::Marking => "marking".to_owned(),
                SlotKind::BlockKind => "block".to_owned(),
            };
            format!("{kind}: {word}")
        }
    }
}

#[test]
fn a_line_has_slots_for_what_follows_its_text() {
    let cases = [
        ("Text [@sr‸c B2, p. 1] {likely} ^s-01", "id [Source]: src"),
        ("Text [@src B2; also @o‸", "id [Source]: o"),
        ("Text [@src B‸2]", "none"),
        ("Text [@src, \"p. [1; 2]\"; but @‸] {x}", "id [Source]: "),
        ("Text [sic‸]", "none"),
        ("Te‸xt", "none"),
        (r"Text \{act‸", "none"),
        ("Text {ac‸t; likely} ^s-01", "Sentence: act"),
        ("Text {‸", "Sentence: "),
        ("Text {very li‸ ^s-01", "Sentence: very li"),
        ("Text {actors: a ‸b} ^s-01", "id [Actor]: b"),
        ("Text {actors: \"a b‸\"} ^s-01", "id [Actor]: b"),
        ("Text {resolves: \"a; actors: ‸\"}", "none"),
        ("Text {resolves: \"a; b\"; dom‸}", "Sentence: dom"),
        ("Text {by 2027-‸06}", "none"),
        ("Text {phia: highly ‸likely}", "Phia: highly likely"),
        ("متن 😀 {actors: ‸}", "id [Actor]: "),
        ("See [it](#s-‸01).", "id []: s-01"),
        ("See [it](#‸", "id []: "),
        ("See [it](https://x‸)", "none"),
        ("[متن]{lang=f‸a}", "none"),
        ("(TLP:‸", "marking: TLP:"),
        ("- (TLP:G‸REEN) Text", "marking: TLP:GREEN"),
        ("1. Text. ^s-01\n   {rests-on: s-‸} ^kj-1", "id [Statement]: s-"),
        ("1. Text. ^s-01\n   {hi‸", "KeyJudgment: hi"),
        ("# H {do‸}", "Section: do"),
        ("# H\n\n- Text. ^s-01\n  {ma‸}", "ListItem: ma"),
        ("# H\n\n![](timeline \"T\") {highlight: ‸}", "id [Event]: "),
        ("# H\n\nTable: T {source: ‸}", "id [Source]: "),
        ("# H\n\n> [!NOTE] T {ma‸}", "Block: ma"),
        ("```ev‸", "block: ev"),
        ("```events\n2026 | E {type: as‸}", "word of type: as"),
        ("```events\n2026 | E {type: a}\n```\n\nText {typ‸", "Sentence: typ"),
        ("```relationships\na | x | ‸b", "id [Actor, Place]: b"),
        ("```relationships\na | x‸ | b", "none"),
        ("```changes\ns-0‸", "id []: s-0"),
        ("```changes\ns-01 {confidence-was: ‸lo}", "word of confidence-was: lo"),
        ("Text {likely}‸", "none"),
    ];
    for (line, expected) in cases {
        assert_eq!(described(&format!("{FRONT}{line}")), expected, "{line}");
        let crlf = format!("{FRONT}{line}\n").replace('\n', "\r\n");
        assert_eq!(described(&crlf), expected, "{line} with CRLF");
        // Without front matter, lines are read the same.
        assert_eq!(described(line), expected, "{line} alone");
    }
}

#[test]
fn front_matter_has_slots_for_keys_and_words() {
    let cases = [
        ("‸", "key of Root: "),
        ("tit‸", "key of Root: tit"),
        ("sc‸ale: phia", "key of Root: scale"),
        ("scale: ph‸", "word of scale: ph"),
        ("marking: TLP‸:", "marking: TLP"),
        ("title: te‸xt", "none"),
        ("title: \"a: ‸b\"", "none"),
        ("# a com‸ment", "none"),
        ("sources:\n  s: {ti‸", "key of Source: ti"),
        ("sources:\n  s: {title: \"a, b: {c\", type: n‸ews}", "word of type: news"),
        ("sources:\n  s: {title: T,‸}", "key of Source: "),
        ("sources:\n  s:\n    title: T\n    re‸", "key of Source: re"),
        ("sources:\n  s:\n    reliability: ‸\n  t: {title: T}", "word of reliability: "),
        ("sources:\n  ‸", "none"),
        ("sources:\n  s: {title: T}\n‸", "key of Root: "),
        ("actors:\n  a: {member-of: [b, ‸c]}", "id [Actor]: c"),
        ("actors:\n  a: {period: {ed‸", "key of Period: ed"),
        ("actors:\n  a: {period: {edtf: 2020}, k‸", "key of Actor: k"),
        ("actors:\n  a: {labels: {f‸a: x}}", "none"),
        ("about: [a, b‸]", "id [Actor, Place]: b"),
        ("regions:\n  - r‸", "id [Place]: r"),
        ("as-of: {no‸", "key of AsOf: no"),
        ("domains:\n  d: {trend: ‸", "word of trend: "),
    ];
    for (inside, expected) in cases {
        for text in [
            format!("---\n{inside}\n---\n\nText.\n"),
            format!("\u{feff}---\r\n{}\r\n---\r\n", inside.replace('\n', "\r\n")),
        ] {
            assert_eq!(described(&text), expected, "{text}");
        }
        assert_eq!(described(&format!("---\n{inside}")), expected, "{inside}, unclosed");
    }
    assert_eq!(described("--‸-\ntitle: T\n---\n"), "none");
}

#[test]
fn no_text_and_no_offset_fails() {
    let texts = [
        "",
        "---",
        "---\n",
        "---\n- a\n- {b: [c\n---\n",
        "---\na: {b: {c: [d, {e: \"f\n---\n",
        "---\n}}]]: x\n  y: z\n---\nx",
        "{{{{[[[[@@;;::\"\"}}]]",
        "](#](# ]( ]{lang= {\"a\\",
        "(TLP:\u{200f}کشتی 😀 {😀: 😀; 😀",
        "```\n```\n```changes\n|||\u{2028}{",
    ];
    for text in texts {
        for offset in 0..=text.len() + 2 {
            let _ = slot_at(text, offset);
        }
        let reading = read(text, &Context::default());
        let outline = Outline::new(text, &reading);
        for offset in 0..=text.len() + 2 {
            let _ = outline.id_at(offset);
        }
    }
}

proptest! {
    #[test]
    fn a_slot_has_a_word_around_the_offset_on_its_line(
        is_front in any::<bool>(),
        text in r#"[a-c0{}\[\]@;:"'\\^#()|`, \-\r\n\u{feff}کа😀]{0,120}"#,
        at in any::<prop::sample::Index>(),
    ) {
        let text = if is_front { format!("---\n{text}") } else { format!("---\ntitle: T\n---\n{text}") };
        let offsets: Vec<usize> = text.char_indices().map(|(offset, _)| offset).chain([text.len()]).collect();
        let offset = *at.get(&offsets);
        if let Some(slot) = slot_at(&text, offset) {
            prop_assert!(slot.word.start <= offset && offset <= slot.word.end, "{slot:?} at {offset}");
            let word = text.get(slot.word.start..slot.word.end);
            prop_assert!(word.is_some_and(|word| !word.contains('\n')), "{slot:?} {word:?}");
        }
        let reading = read(&text, &Context::default());
        let outline = Outline::new(&text, &reading);
        if let Some((id, range)) = outline.id_at(offset) {
            prop_assert_eq!(range.of(&text), id);
        }
    }
}

#[test]
fn long_lines_are_read_in_linear_time() {
    let count = 200_000;
    let lines = [
        "{a}".repeat(count),
        "{\"a;".repeat(count),
        "[@a]".repeat(count),
        "](#".repeat(count),
        "[@a;".repeat(count),
        format!("(TLP:CLEAR) {}", "(".repeat(count)),
    ];
    for line in lines {
        let text = format!("{FRONT}{line}");
        let _ = slot_at(&text, text.len());
        let _ = slot_at(&text, FRONT.len() + 40);
        let reading = read(&text, &Context::default());
        let _ = Outline::new(&text, &reading);
    }
    for inside in ["[".repeat(count), "{a: ".repeat(count), "a:\n".repeat(count), "\"".repeat(count)] {
        let text = format!("---\nx: {inside}");
        let _ = slot_at(&text, text.len());
    }
}

#[test]
fn an_outline_has_each_part_and_each_place_that_names_it() {
    let text = format!(
        "{FRONT}Text. [@src] {{actors: \"a b\"}} ^s-01\n\n1. Text. ^s-02\n   {{rests-on: s-01}} ^kj-1\n\n# H ^sec-1\n\n\
         Text. {{!updated: why; replaced-by: s-01}} ^s-03\n\n```changes\ns-02 {{!updated}}\npart a {{!closed; evidence: src}}\n```\n"
    )
    .replace("title: T\n", "title: T\nabout: [a, 'b']\n");
    let reading = read(&text, &Context::default());
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    let outline = Outline::new(&text, &reading);
    let parts: Vec<(&str, PartKind)> =
        outline.parts().iter().map(|part| (part.id.as_str(), part.kind)).collect();
    let expected = [
        ("src", PartKind::Source),
        ("a", PartKind::Actor),
        ("b", PartKind::Actor),
        ("s-01", PartKind::Statement),
        ("kj-1", PartKind::KeyJudgment),
        ("s-02", PartKind::Statement),
        ("sec-1", PartKind::Section),
        ("s-03", PartKind::Statement),
    ];
    let mut sorted = parts.clone();
    sorted.sort();
    let mut all = expected.to_vec();
    all.sort();
    assert_eq!(sorted, all);
    for part in outline.parts() {
        assert_eq!(part.name.of(&text), part.id);
        assert_eq!(outline.id_at(part.name.start), Some((part.id.as_str(), part.name)));
    }
    let count = |id: &str| {
        let found: Vec<_> = outline.references(id).collect();
        assert!(found.iter().all(|found| found.range.of(&text) == id), "{found:?}");
        found.len()
    };
    assert_eq!(
        [count("src"), count("a"), count("b"), count("s-01"), count("s-02"), count("sec-1")],
        [2, 3, 2, 2, 1, 0]
    );
}
