//! Texts of any characters and spans of any nesting come back as they were.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_brief::arbitrary::full;
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{BriefContent, Span, SpanKind, Statement};
use chancery_text::{Context, Exchange, format, read, write};
use proptest::prelude::*;

/// Pieces of texts that mean something in the text form, in Markdown or in YAML.
const PIECES: [&str; 72] = [
    "*",
    "**",
    "***",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "^",
    "^s-1",
    " ^s-1",
    "\\",
    "|",
    " | ",
    "@a",
    "[@a]",
    "[also @a]",
    "also @b",
    "but ",
    "](",
    "]{",
    "lang=fa",
    "[x](#y)",
    "<!--",
    "-->",
    "<!-- withheld -->",
    ";",
    "; ",
    "\"",
    "“",
    "”",
    ",",
    ", \"",
    ":",
    ": ",
    "#",
    "# ",
    "- ",
    "+ ",
    "1. ",
    "1999. ",
    "> ",
    "```",
    "Table: ",
    "(TLP:RED) ",
    "(TLP:X)",
    "(C) ",
    "![",
    "[!NOTE]",
    "-- by: ",
    "---",
    "{marking}",
    "a",
    "Be. ",
    ". C",
    " ",
    "  ",
    "\u{a0}",
    "\u{200f}",
    "\u{200c}",
    "\u{61c}",
    "中。",
    "é",
    "ایران",
    "~",
    "'",
    "%",
    "by 2027",
    "unlikely",
    "_",
    "`",
];

fn nasty() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(PIECES.to_vec());
    proptest::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat())
}

/// Nested spans of a text of a length: each inside the one before it, or behind it.
fn spans(length: u32) -> impl Strategy<Value = Vec<Span>> {
    proptest::collection::vec((0..=length, 0..=length, 0..5_usize), 0..6).prop_map(move |choices| {
        let mut spans: Vec<Span> = Vec::new();
        for (one, other, kind) in choices {
            let (start, end) = (one.min(other), one.max(other));
            let crosses = |span: &Span| {
                let is_apart = end <= span.start || span.end <= start;
                let is_nested =
                    (span.start <= start && end <= span.end) || (start <= span.start && span.end <= end);
                !(is_apart || is_nested)
            };
            if start < end && !spans.iter().any(crosses) {
                let (kind, target) = [
                    (SpanKind::Emphasis, ""),
                    (SpanKind::Strong, ""),
                    (SpanKind::Link, "https://example.org/(a"),
                    (SpanKind::Link, "#s-1"),
                    (SpanKind::Language, "fa"),
                ][kind];
                spans.push(Span { start, end, kind: kind.into(), target: target.into() });
            }
        }
        spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        spans
    })
}

fn statement() -> impl Strategy<Value = Statement> {
    nasty().prop_flat_map(|text| {
        let length = u32::try_from(text.chars().count()).unwrap();
        spans(length).prop_map(move |spans| Statement {
            id: "s-1".into(),
            text: text.clone(),
            spans,
            r#type: chancery_proto::brief::v1::StatementType::Assessment.into(),
            ..Statement::default()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_statement_comes_back_at_any_place(statement in statement(), marking in proptest::sample::select(vec!["", "TLP:RED"])) {
        let full = full();
        let mut content = BriefContent {
            key_judgments: full.key_judgments,
            sections: full.sections,
            title: full.title,
            likelihood_scale: full.likelihood_scale,
            kind: full.kind,
            language: full.language,
            ..BriefContent::default()
        };
        content.sections[0].blocks.retain(|block| {
            matches!(block.kind, Some(Kind::Paragraph(_) | Kind::List(_) | Kind::Quote(_) | Kind::Callout(_)))
        });
        let statement = Statement { marking: marking.into(), ..statement };
        let named = |id: &str| Statement { id: id.into(), ..statement.clone() };
        content.bluf = vec![named("s-1"), named("s-2")];
        content.key_judgments[0].statements = vec![named("s-11"), named("s-12")];
        for block in &mut content.sections[0].blocks {
            match &mut block.kind {
                Some(Kind::Paragraph(paragraph)) => paragraph.statements = vec![named("s-21"), named("s-22")],
                Some(Kind::List(list)) => list.items[0].statements = vec![named("s-31"), named("s-32")],
                Some(Kind::Quote(quote)) => quote.statements = vec![named("s-41"), named("s-42")],
                Some(Kind::Callout(callout)) => callout.statements = vec![named("s-51"), named("s-52")],
                _ => {}
            }
        }
        let text = write(&content, &Exchange::default());
        let reading = read(&text, &Context::default());
        prop_assert_eq!(&reading.diagnostics, &vec![], "{}", text);
        prop_assert_eq!(&reading.content.bluf, &content.bluf, "{}", text);
        prop_assert_eq!(&reading.content, &content, "{}", text);
        prop_assert_eq!(&format(&text, &Context::default()).text, &text);
    }

    #[test]
    fn other_texts_come_back(texts in proptest::collection::vec(nasty(), 20)) {
        let mut content = full();
        let mut texts = texts.into_iter().cycle();
        let mut next = |text: &mut String| *text = texts.next().unwrap();
        next(&mut content.title);
        next(&mut content.localized_titles[0].text);
        next(&mut content.tags[0]);
        next(&mut content.as_of.as_mut().unwrap().note);
        next(&mut content.sources[0].title);
        next(&mut content.actors[0].name);
        next(&mut content.sections[0].heading);
        next(&mut content.key_judgments[0].confidence.as_mut().unwrap().why);
        next(&mut content.key_judgments[0].revision_note);
        next(&mut content.events[0].title);
        next(&mut content.events[0].note);
        next(&mut content.scenarios[0].title);
        next(&mut content.scenarios[0].text);
        next(&mut content.indicators[0].text);
        next(&mut content.factors[0].text);
        next(&mut content.changes[0].was);
        for block in &mut content.sections[0].blocks {
            match &mut block.kind {
                Some(Kind::Paragraph(paragraph)) => {
                    next(&mut paragraph.statements[0].citations[0].locator);
                    next(&mut paragraph.statements[0].topics[0]);
                    next(&mut paragraph.statements[0].resolution_criteria);
                }
                Some(Kind::Table(table)) => {
                    next(&mut table.caption);
                    next(&mut table.columns[1].heading);
                    next(&mut table.rows[0].cells[0].text);
                    next(&mut table.rows[0].cells[1].text);
                }
                Some(Kind::Quote(quote)) => next(&mut quote.attribution),
                Some(Kind::Callout(callout)) => next(&mut callout.title),
                Some(Kind::Figure(figure)) => {
                    next(&mut figure.title);
                    next(&mut figure.alt);
                    next(&mut figure.source);
                }
                _ => {}
            }
        }
        let text = write(&content, &Exchange::default());
        let reading = read(&text, &Context::default());
        prop_assert_eq!(&reading.diagnostics, &vec![], "{}", text);
        prop_assert_eq!(&reading.content, &content, "{}", text);
    }
}
