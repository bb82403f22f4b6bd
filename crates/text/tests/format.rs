//! The formatter: sentences, ids and spacing, in place.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::collections::BTreeSet;

use chancery_brief::reading_order::statements;
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block, BriefContent, Paragraph, Section, Statement};
use chancery_text::{Context, Exchange, Formatted, format, read, write};
use support::examples;

const FRONT_MATTER: &str = "---\ntitle: T\nsources:\n  a: {title: A, reliability: B}\n---\n\n";

fn formatted(body: &str) -> Formatted {
    format(&format!("{FRONT_MATTER}{body}"), &Context::default())
}

/// Formats a body, and checks that formatting again and reading change nothing.
fn body(body: &str) -> String {
    let given = format!("{FRONT_MATTER}{body}");
    let once = format(&given, &Context::default()).text;
    assert_eq!(format(&once, &Context::default()).text, once, "a second pass changes the text");
    assert_eq!(read(&once, &Context::default()).content, read(&given, &Context::default()).content, "{once}");
    once.strip_prefix(FRONT_MATTER).unwrap().to_owned()
}

fn notes(formatted: &Formatted) -> Vec<(usize, &str)> {
    formatted.notes.iter().map(|note| (note.line, note.message.as_str())).collect()
}

#[test]
fn a_raw_paragraph_becomes_one_sentence_a_line() {
    let raw = "# Threat\n\nIt fell [sic]. [@a B2]{fact} It *rose* again,\nand the U.S. Navy left! {by 2027}\nDr. Ali stayed\n";
    let set = "# Threat ^sec-1\n\n\
               It fell [sic]. [@a B2] {fact} ^s-01\n\
               It *rose* again, and the U.S. Navy left! {by 2027} ^s-02\n\
               Dr. Ali stayed ^s-03\n";
    assert_eq!(body(raw), set);
    let result = formatted(raw);
    assert_eq!(
        notes(&result),
        [
            (7, "the part is now ^sec-1"),
            (9, "split into 3 sentences"),
            (9, "the part is now ^s-01"),
            (9, "the part is now ^s-02"),
            (11, "the part is now ^s-03"),
        ]
    );
}

#[test]
fn a_set_paragraph_keeps_its_lines() {
    let set = "# H ^h\n\nOne. Still one. ^s-01\nTwo.\nthree. ^s-02\n";
    assert_eq!(body(set), "# H ^h\n\nOne. Still one. ^s-01\nTwo. ^s-03\nthree. ^s-02\n");
}

#[test]
fn comments_and_blank_lines_stay() {
    let raw = "<!-- top -->\n\n\nOne. Two,\n<!-- of\ntwo lines -->\nand more. Three.\n\n<!-- end -->\n";
    let set = "<!-- top -->\n\n\nOne. ^s-01\nTwo, and more. ^s-02\n<!-- of\ntwo lines -->\nThree. ^s-03\n\n<!-- end -->\n";
    assert_eq!(body(raw), set);
}

#[test]
fn judgments_items_quotes_and_callouts_are_passages() {
    let raw = "1. It holds. It will.\n   {high confidence}\n2.  More.\n\n# H ^h\n\n- One. Two.\n  - Inner.\n    {marking: TLP:RED}\n\n> [!NOTE]  How \n> to read. This.\n\n> Words.\n> -- by: A\n";
    let set = "1. It holds. ^s-01\n   It will. ^s-02\n   {high confidence} ^kj-1\n2. More. ^s-03\n   ^kj-2\n\n# H ^h\n\n- One. ^s-04\n  Two. ^s-05\n  - Inner. ^s-06\n    {marking: TLP:RED}\n\n> [!NOTE]  How \n> to read. ^s-07\n> This. ^s-08\n\n> Words. ^s-09\n> -- by: A\n";
    let actual = body(raw).replace("2.  More", "2. More");
    assert_eq!(actual, set);
}

#[test]
fn a_sentence_that_would_open_a_block_is_escaped() {
    let raw = "# H ^h\n\nIt fell. 1. Then it rose. # No.\n";
    assert_eq!(body(raw), "# H ^h\n\nIt fell. ^s-01\n1\\. Then it rose. ^s-02\n\\# No. ^s-03\n");
}

#[test]
fn ids_continue_those_of_the_file_and_of_earlier_revisions() {
    let raw = "# H ^h\n\nOld. ^c-009\n\nNew.\n\n```events\n2026 | Attack ^ev3\nundated | Peace\n```\n";
    assert_eq!(
        body(raw),
        "# H ^h\n\nOld. ^c-009\n\nNew. ^c-010\n\n```events\n2026 | Attack ^ev3\nundated | Peace ^ev4\n```\n"
    );
    let earlier: BTreeSet<String> = ["c-041".to_owned()].into();
    let context = Context { earlier_ids: Some(&earlier), ..Context::default() };
    let text = format(&format!("{FRONT_MATTER}{raw}"), &context).text;
    assert!(text.contains("New. ^c-042\n"), "{text}");
}

#[test]
fn an_id_that_only_a_reference_names_is_not_assigned() {
    let text = body("1. It falls.\n   {rests-on: s-01}\n\n# H\n\nIt fell.");
    assert!(text.contains("It falls. ^s-02") && text.contains("It fell. ^s-03"), "{text}");
}

#[test]
fn the_later_of_two_equal_ids_is_replaced() {
    let result = formatted("# H ^s-01\n\nOne. ^s-01\nTwo. ^s-02\n");
    assert!(result.text.ends_with("# H ^s-01\n\nOne. ^s-03\nTwo. ^s-02\n"), "{}", result.text);
    assert_eq!(notes(&result), [(9, "the second part with the id s-01 is now ^s-03")]);
}

#[test]
fn lines_with_errors_stay_as_they_are() {
    let result = formatted("# H ^h\n\nOne {fact. Two.\n\nThree.  {fact}\n");
    assert!(result.text.ends_with("\n\nOne {fact. Two.\n\nThree. {fact} ^s-03\n"), "{}", result.text);
    assert_eq!(result.notes[0].message, "not formatted, because of the errors in these lines");
}

#[test]
fn line_ends_and_byte_order_mark_are_normalised() {
    let result = format("\u{feff}---\r\ntitle: T\r\n---\r\n\r\nOne.\r\nTwo.", &Context::default());
    assert_eq!(result.text, "---\ntitle: T\n---\n\nOne. ^s-01\nTwo. ^s-02\n");
}

#[test]
fn what_the_writer_writes_is_formatted() {
    for (file, content) in examples() {
        let text = write(&content, &Exchange::default());
        let formatted = format(&text, &Context::default());
        assert_eq!(formatted.text, text, "{}", file.display());
        assert!(formatted.notes.is_empty());
    }
}

/// Returns the passages of a brief: the statements of the bottom line, judgments, paragraphs, callouts and quotes.
fn passages(content: &BriefContent) -> Vec<Vec<Statement>> {
    fn of_sections(sections: &[Section], passages: &mut Vec<Vec<Statement>>) {
        for section in sections {
            for block in &section.blocks {
                match &block.kind {
                    Some(Kind::Paragraph(paragraph)) => passages.push(paragraph.statements.clone()),
                    Some(Kind::Callout(callout)) => passages.push(callout.statements.clone()),
                    Some(Kind::Quote(quote)) => passages.push(quote.statements.clone()),
                    Some(Kind::List(list)) => {
                        passages.extend(list.items.iter().map(|item| item.statements.clone()));
                    }
                    _ => {}
                }
            }
            of_sections(&section.sections, passages);
        }
    }
    let mut passages = vec![content.bluf.clone()];
    passages.extend(content.key_judgments.iter().map(|judgment| judgment.statements.clone()));
    of_sections(&content.sections, &mut passages);
    passages.retain(|statements| !statements.is_empty());
    passages
}

/// Returns a brief with nothing but the texts of the passages, each in a paragraph.
fn prose(passages: Vec<Vec<Statement>>) -> BriefContent {
    let text_only = |statement: Statement| Statement {
        id: statement.id,
        text: statement.text,
        spans: statement.spans,
        ..Statement::default()
    };
    let block = |statements: Vec<Statement>| {
        let statements = statements.into_iter().map(text_only).collect();
        Block { kind: Some(Kind::Paragraph(Paragraph { statements })), ..Block::default() }
    };
    let blocks = passages.into_iter().map(block).collect();
    let section = Section { id: "sec-1".into(), heading: "Prose".into(), blocks, ..Section::default() };
    BriefContent {
        title: "Prose".into(),
        language: "en".into(),
        sections: vec![section],
        ..BriefContent::default()
    }
}

#[test]
fn the_rule_recovers_the_sentences_of_the_examples() {
    let (mut recovered, mut total) = (0, 0);
    let mut missed = Vec::new();
    for (_, content) in examples() {
        let prose = prose(passages(&content));
        let set = write(&prose, &Exchange::default());
        let raw: String = set
            .split("\n\n")
            .map(|block| {
                let lines = block.lines().map(|line| line.rsplit_once(" ^").map_or(line, |(text, _)| text));
                let is_prose = !block.starts_with("---") && !block.starts_with('#');
                lines.collect::<Vec<_>>().join(if is_prose { " " } else { "\n" }) + "\n\n"
            })
            .collect();
        let reading = read(&raw, &Context::default());
        assert!(!reading.has_errors(), "{:#?}", reading.diagnostics);
        let split: BTreeSet<&str> =
            statements(&reading.content).iter().map(|statement| statement.text.as_str()).collect();
        for statement in statements(&prose) {
            total += 1;
            if split.contains(statement.text.as_str()) {
                recovered += 1;
            } else {
                missed.push(statement.text.clone());
            }
        }
    }
    println!("{recovered} of {total} sentences, without {missed:#?}");
    assert!(total > 400, "{total}");
    assert_eq!(recovered, total, "{missed:#?}");
}

/// Formats a body against the revision of another body.
fn against(earlier: &str, raw: &str) -> Formatted {
    let earlier = read(&format!("{FRONT_MATTER}{earlier}"), &Context::default());
    assert!(!earlier.has_errors(), "{:?}", earlier.diagnostics);
    let context = Context { earlier: Some(&earlier.content), ..Context::default() };
    let text = format!("{FRONT_MATTER}{raw}");
    let result = format(&text, &context);
    assert_eq!(read(&result.text, &context).content, read(&text, &context).content);
    assert_eq!(format(&result.text, &context).text, result.text);
    result
}

#[test]
fn lost_ids_are_found_by_the_words_of_the_same_section() {
    let earlier = "The bottom line holds. ^s-1\n\n# Ports ^sec-1\n\nTraffic fell by half in October. ^s-2\nThe board blames the pilots. ^s-3\n\n\
        # Ferries ^sec-2\n\nTraffic fell by half in October too. ^s-4\n";
    let raw = "The bottom line still holds. ^s-1\n\n# Ports\n\nTraffic fell by a third in October. The lines blame the board.\n\n# Ferries ^sec-2\n\n\
        Nothing of it is left.\n";
    let result = against(earlier, raw);
    let expected = "# Ports ^sec-1\n\nTraffic fell by a third in October. ^s-2\nThe lines blame the board. ^s-3\n\n# Ferries ^sec-2\n\n\
        Nothing of it is left. ^s-5\n";
    assert!(result.text.ends_with(expected), "{}", result.text);
    let reattached =
        notes(&result).iter().filter(|(_, note)| note.contains("again, whose earlier text")).count();
    assert_eq!(reattached, 2, "{:?}", result.notes);
}

#[test]
fn declared_changes_get_the_earlier_text_and_confidence() {
    let earlier = "# Ports ^sec-1\n\nTraffic fell; it \"halved\". {low confidence} ^s-1\nIt rose. ^s-2\n";
    let raw = "# Ports ^sec-1\n\nTraffic fell by half. {high confidence; !upgraded: new figures} ^s-1\nIt rose. {!confirmed} ^s-2\n";
    let expected = "Traffic fell by half. {high confidence; !upgraded: new figures; was: \"Traffic fell; it \\\"halved\\\".\"; confidence-was: low} ^s-1\n\
        It rose. {!confirmed} ^s-2\n";
    let result = against(earlier, raw);
    assert!(result.text.ends_with(expected), "{}", result.text);
}

#[test]
fn a_judgment_without_its_id_continues_the_earlier_one_with_its_sentence() {
    let earlier = "1. It holds. ^s-1\n   {likely; low confidence; rests-on: s-3} ^kj-7\n\n2. It lasts. ^s-2\n   {high confidence; rests-on: s-3} ^kj-4\n\n\
        # H ^h\n\nIt is. ^s-3\n";
    // The ids of one are removed, those of the other stay, and a new one is before both.
    let raw = "1. It is new.\n\n2. It lasts.\n   {moderate confidence; rests-on: s-3; !downgraded: doubts}\n\n3. It holds. ^s-1\n\n\
        # H ^h\n\nIt is. ^s-3\n";
    let result = against(earlier, raw);
    for lines in [
        "2. It lasts. ^s-2\n   {moderate confidence; rests-on: s-3; !downgraded: doubts; confidence-was: high} ^kj-4\n",
        "3. It holds. ^s-1\n   ^kj-7\n",
        "1. It is new. ^s-4\n   ^kj-8\n",
    ] {
        assert!(result.text.contains(lines), "{lines}: {}", result.text);
    }
}

#[test]
fn entries_without_their_ids_continue_earlier_ones_of_the_same_kind() {
    let block = |kind: &str, entry: &str| format!("```{kind}\n{entry}\n```\n\n");
    for (kind, earlier, now, expected) in [
        (
            "events",
            "2026-01-05 | Port closes ^e-7",
            "2026-01-06 | Port closes",
            "2026-01-06 | Port closes ^e-7",
        ),
        (
            "scenarios",
            "70% | Calm | It holds. ^sc-5",
            "60% | Calm | It holds.",
            "60% | Calm | It holds. ^sc-5",
        ),
        (
            "indicators",
            "Rates fall for a month ^ind-9",
            "Rates fall for two months",
            "Rates fall for two months ^ind-9",
        ),
        ("assumptions", "The pact holds ^as-3", "The pact holds", "The pact holds ^as-3"),
        (
            "information-gaps",
            "How many ships wait ^gap-4",
            "How many ships wait",
            "How many ships wait ^gap-4",
        ),
        (
            "dissents",
            "It will not last. {holder: B; rests-on: s-3} ^dis-2",
            "It will not last. {holder: B; rests-on: s-3}",
            "It will not last. {holder: B; rests-on: s-3} ^dis-2",
        ),
        ("drivers", "Prices rise ^f-6", "Prices rise", "Prices rise ^f-6"),
        // Too few of its words are the same, and the number of the lost one is not used again.
        ("indicators", "Rates fall for a month ^ind-9", "Insurers return", "Insurers return ^ind-10"),
    ] {
        let opening = "# H ^h\n\nIt is. ^s-3\n\n";
        let result =
            against(&(opening.to_owned() + &block(kind, earlier)), &(opening.to_owned() + &block(kind, now)));
        assert!(result.text.contains(&format!("\n{expected}\n")), "{expected}: {}", result.text);
    }
    let two = against(
        "# H ^h\n\nIt is. ^s-3\n\n```drivers\nPrices rise ^f-6\n```\n",
        "# H ^h\n\nIt is. ^s-3\n\n```constraints\nPrices rise\n```\n",
    );
    assert!(two.text.contains("Prices rise ^f-7"), "another kind: {}", two.text);
}
