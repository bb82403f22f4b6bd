//! Key judgments, sections, blocks and statements.

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    Callout, Citation, Confidence, Figure, Likelihood, LikelihoodScale, LikelihoodTerm, List, ListItem,
    Period, Quote, Span, Table, TableCell, TableColumn, TableRow, Withheld,
};

use super::{block, canonical, refuses, s2, section, statement};
use crate::validate::code;

#[test]
fn ids_are_well_formed_and_unique() {
    refuses(code::INVALID_ID, "S.id", |content| {
        content.key_judgments[0].rests_on.clear();
        content.changes.clear();
        s2(content).id = "2s".into();
    });
    refuses(code::REQUIRED, "sections[0].id", |content| content.sections[0].id.clear());
    refuses(code::DUPLICATE_ID, "sections[0].blocks[0].id", |content| {
        content.sections[0].blocks[0].id = "kj1".into();
    });
    refuses(code::DUPLICATE_ID, "sources[0].id", |content| content.sources[0].id = "e1".into());
}

#[test]
fn a_statement_has_a_text_and_a_type() {
    refuses(code::REQUIRED, "S.text", |content| s2(content).text = "  ".into());
    refuses(code::REQUIRED, "S.type", |content| s2(content).r#type = 0);
    refuses(code::UNKNOWN_VALUE, "S.type", |content| s2(content).r#type = 7);
    refuses(code::UNKNOWN_VALUE, "S.status", |content| s2(content).status = 7);
    refuses(code::REQUIRED, "S.confidence.level", |content| {
        s2(content).confidence = Some(Confidence::default());
    });
    refuses(code::INVALID_DATE, "S.horizon", |content| s2(content).horizon = "soon".into());
    refuses(code::INVALID_DATE, "S.period.edtf", |content| {
        s2(content).period = Some(Period { edtf: "198X-04".into(), ..Period::default() });
    });
}

#[test]
fn references_of_a_statement_name_parts_of_the_right_kind() {
    refuses(code::WRONG_REFERENCE, "S.domain", |content| s2(content).domain = "sec1".into());
    refuses(code::WRONG_REFERENCE, "S.actor_ids[1]", |content| {
        s2(content).actor_ids = vec!["a1".into(), "p1".into()];
    });
    refuses(code::UNKNOWN_REFERENCE, "S.place_ids[0]", |content| s2(content).place_ids = vec!["p2".into()]);
    refuses(code::DUPLICATE_REFERENCE, "S.actor_ids[1]", |content| {
        s2(content).actor_ids = vec!["a1".into(), "a1".into()];
    });
    let cite =
        |citation: Citation| vec![Citation { source_id: "src1".into(), ..Citation::default() }, citation];
    refuses(code::REQUIRED, "S.citations[1].source_id", |content| {
        s2(content).citations = cite(Citation::default());
    });
    refuses(code::WRONG_REFERENCE, "S.citations[1].source_id", |content| {
        s2(content).citations = cite(Citation { source_id: "e1".into(), ..Citation::default() });
    });
    refuses(code::OUT_OF_RANGE, "S.citations[1].credibility", |content| {
        s2(content).citations =
            cite(Citation { source_id: "src1".into(), credibility: 7, ..Citation::default() });
    });
    refuses(code::MARKING_TOO_LOW, "S.citations[1].marking", |content| {
        s2(content).marking = "TLP:RED".into();
        let marking = "TLP:AMBER".into();
        s2(content).citations = cite(Citation { source_id: "src1".into(), marking, ..Citation::default() });
    });
}

#[test]
fn a_key_judgment_has_a_statement_and_rests_on_statements() {
    refuses(code::REQUIRED, "key_judgments[0].statements", |content| {
        content.key_judgments[0].statements.clear();
    });
    refuses(code::WRONG_REFERENCE, "key_judgments[0].rests_on[0]", |content| {
        content.key_judgments[0].rests_on = vec!["src1".into()];
    });
    refuses(code::SELF_REFERENCE, "key_judgments[0].revises_id", |content| {
        content.key_judgments[0].revises_id = "kj1".into();
    });
    // A key judgment of the parent revision need not be in this one.
    canonical(|content| content.key_judgments[0].revises_id = "kj0".into());
}

#[test]
fn a_likelihood_matches_its_term_and_scale() {
    let likely = |change: fn(&mut Likelihood)| {
        move |content: &mut chancery_proto::brief::v1::BriefContent| {
            let mut likelihood = Likelihood::default();
            likelihood.set_term(LikelihoodTerm::Icd203Likely);
            change(&mut likelihood);
            s2(content).likelihood = Some(likelihood);
        }
    };
    let filled = canonical(likely(|_| {}));
    let filled = s2(&mut filled.content().clone()).likelihood.clone().unwrap();
    assert_eq!((filled.scale(), filled.low_percent, filled.high_percent), (LikelihoodScale::Icd203, 55, 80));
    canonical(likely(|l| (l.low_percent, l.high_percent, l.point_percent) = (60, 70, Some(60))));
    refuses(code::REQUIRED, "S.likelihood.term", likely(|l| l.term = 0));
    refuses(code::UNKNOWN_VALUE, "S.likelihood.term", likely(|l| l.term = 8));
    refuses(code::WRONG_SCALE, "S.likelihood.term", likely(|l| l.set_scale(LikelihoodScale::Phia)));
    refuses(
        code::OUT_OF_RANGE,
        "S.likelihood.low_percent",
        likely(|l| (l.low_percent, l.high_percent) = (50, 70)),
    );
    refuses(
        code::OUT_OF_RANGE,
        "S.likelihood.high_percent",
        likely(|l| (l.low_percent, l.high_percent) = (60, 81)),
    );
    refuses(
        code::OUT_OF_RANGE,
        "S.likelihood.high_percent",
        likely(|l| (l.low_percent, l.high_percent) = (70, 60)),
    );
    refuses(code::OUT_OF_RANGE, "S.likelihood.point_percent", likely(|l| l.point_percent = Some(90)));
}

#[test]
fn spans_are_sorted_nested_and_within_the_text() {
    let spans = |spans: &[(u32, u32, i32, &str)]| {
        let span = |&(start, end, kind, target): &(u32, u32, i32, &str)| Span {
            start,
            end,
            kind,
            target: target.into(),
        };
        let spans: Vec<Span> = spans.iter().map(span).collect();
        move |content: &mut chancery_proto::brief::v1::BriefContent| s2(content).spans = spans
    };
    canonical(spans(&[(0, 9, 1, ""), (0, 2, 2, ""), (3, 9, 3, "#src1"), (3, 5, 4, "fa")]));
    refuses(code::INVALID_SPAN, "S.spans[0].end", spans(&[(0, 10, 1, "")]));
    refuses(code::INVALID_SPAN, "S.spans[0].end", spans(&[(3, 3, 1, "")]));
    refuses(code::INVALID_SPAN, "S.spans[1].start", spans(&[(3, 5, 1, ""), (0, 2, 1, "")]));
    refuses(code::INVALID_SPAN, "S.spans[1].end", spans(&[(0, 4, 1, ""), (2, 6, 1, "")]));
    refuses(code::INVALID_SPAN, "S.spans[1].end", spans(&[(0, 4, 1, ""), (0, 6, 1, "")]));
    refuses(code::REQUIRED, "S.spans[0].kind", spans(&[(0, 4, 0, "")]));
    refuses(code::INVALID_SPAN, "S.spans[0].target", spans(&[(0, 4, 1, "https://example.org")]));
    refuses(code::INVALID_URL, "S.spans[0].target", spans(&[(0, 4, 3, "javascript:alert(1)")]));
    refuses(code::UNKNOWN_REFERENCE, "S.spans[0].target", spans(&[(0, 4, 3, "#nothing")]));
    refuses(code::REQUIRED, "S.spans[0].target", spans(&[(0, 4, 4, "")]));
    refuses(code::INVALID_SPAN, "S.spans[1].kind", spans(&[(0, 4, 3, "#a1"), (1, 2, 3, "#a2")]));
    canonical(spans(&[(0, 4, 3, "mailto:desk@example.org")]));
    canonical(spans(&[(0, 4, 1, ""); 8]));
    refuses(code::TOO_DEEP, "S.spans[8]", spans(&[(0, 4, 1, ""); 9]));
}

#[test]
fn spans_count_code_points_of_a_text_in_nfc() {
    let span = Span { start: 0, end: 4, kind: 1, target: String::new() };
    canonical(|content| (s2(content).text, s2(content).spans) = ("Café".into(), vec![span.clone()]));
    refuses(code::NOT_NFC, "S.text", |content| {
        (s2(content).text, s2(content).spans) = ("Cafe\u{301}".into(), vec![span.clone()]);
    });
    let shown = canonical(|content| s2(content).text = "Cafe\u{301}\u{feff}".into());
    assert_eq!(s2(&mut shown.content().clone()).text, "Café\u{fffd}");
}

#[test]
fn nesting_of_sections_and_lists_is_limited() {
    let nested = |depth: usize| {
        (1..depth).rev().fold(section(&format!("x{depth}"), vec![]), |inner, level| {
            let outer = section(&format!("x{level}"), vec![]);
            chancery_proto::brief::v1::Section { sections: vec![inner], ..outer }
        })
    };
    canonical(|content| content.sections.push(nested(4)));
    refuses(code::TOO_DEEP, "sections[1].sections[0].sections[0].sections[0].sections", |content| {
        content.sections.push(nested(5));
    });
    let list = |depth: usize| {
        let innermost = List { items: vec![ListItem::default()], ..List::default() };
        (1..depth).fold(innermost, |inner, _| List {
            items: vec![ListItem { list: Some(inner), ..ListItem::default() }],
            ..List::default()
        })
    };
    canonical(|content| content.sections[0].blocks.push(block(BlockKind::List(list(6)))));
    let path = format!("sections[0].blocks[1]{}.list", ".list.items[0]".repeat(6));
    refuses(code::TOO_DEEP, &path, |content| {
        content.sections[0].blocks.push(block(BlockKind::List(list(7))));
    });
}

#[test]
fn tables_are_regular() {
    let table = |change: fn(&mut Table)| {
        move |content: &mut chancery_proto::brief::v1::BriefContent| {
            let cells = vec![TableCell { text: "Cell".into() }];
            let mut table = Table {
                caption: "Caption".into(),
                columns: vec![TableColumn::default()],
                rows: vec![TableRow { cells, ..TableRow::default() }],
                ..Table::default()
            };
            change(&mut table);
            content.sections[0].blocks.push(block(BlockKind::Table(table)));
        }
    };
    let path = |field: &str| format!("sections[0].blocks[1].table.{field}");
    canonical(table(|_| {}));
    refuses(code::REQUIRED, &path("caption"), table(|table| table.caption.clear()));
    refuses(
        code::WRONG_COLUMN_COUNT,
        &path("columns"),
        table(|table| (table.columns, table.rows) = (vec![], vec![])),
    );
    refuses(
        code::WRONG_COLUMN_COUNT,
        &path("columns"),
        table(|table| {
            (table.columns, table.rows) = (vec![TableColumn::default(); 13], vec![]);
        }),
    );
    refuses(code::WRONG_CELL_COUNT, &path("rows[0].cells"), table(|table| table.rows[0].cells.clear()));
    refuses(
        code::UNKNOWN_MARKING,
        &path("rows[0].marking"),
        table(|table| table.rows[0].marking = "X".into()),
    );
    refuses(code::WRONG_REFERENCE, &path("source_id"), table(|table| table.source_id = "a1".into()));
    refuses(code::INVALID_DATE, &path("rows[0].cells[0].text"), table(|table| table.columns[0].r#type = 3));
}

#[test]
fn figures_and_attachments_are_consistent() {
    let figure = |kind: i32, attachment: &str, alt: &str| {
        let figure = Figure { kind, attachment: attachment.into(), alt: alt.into(), ..Figure::default() };
        move |content: &mut chancery_proto::brief::v1::BriefContent| {
            content.sections[0].blocks.push(block(BlockKind::Figure(figure)));
        }
    };
    let digest = "0".repeat(64);
    canonical(figure(5, &digest, "A map"));
    refuses(code::REQUIRED, "sections[0].blocks[1].figure.kind", figure(0, "", ""));
    refuses(code::REQUIRED, "sections[0].blocks[1].figure.alt", figure(5, &digest, ""));
    refuses(code::INVALID_FORM, "sections[0].blocks[1].figure.attachment", figure(5, "map.png", "A map"));
    refuses(code::NOT_APPLICABLE, "sections[0].blocks[1].figure.attachment", figure(1, &digest, ""));
    refuses(code::REQUIRED, "sections[0].blocks[1]", |content| {
        content.sections[0].blocks.push(chancery_proto::brief::v1::Block::default());
    });
}

#[test]
fn a_timeline_highlights_each_event_once() {
    let figure = |kind: i32, ids: &[&str]| {
        let highlight_ids = ids.iter().map(|id| (*id).to_owned()).collect();
        let figure = Figure { kind, highlight_ids, ..Figure::default() };
        move |content: &mut chancery_proto::brief::v1::BriefContent| {
            content.sections[0].blocks.push(block(BlockKind::Figure(figure)));
        }
    };
    canonical(figure(1, &["e1"]));
    let path = |index: &str| format!("sections[0].blocks[1].figure.highlight_ids{index}");
    refuses(code::UNKNOWN_REFERENCE, &path("[0]"), figure(1, &["e9"]));
    refuses(code::WRONG_REFERENCE, &path("[0]"), figure(1, &["s2"]));
    refuses(code::REQUIRED, &path("[0]"), figure(1, &[""]));
    refuses(code::DUPLICATE_REFERENCE, &path("[1]"), figure(1, &["e1", "e1"]));
    for kind in [2, 3, 4] {
        refuses(code::NOT_APPLICABLE, &path(""), figure(kind, &["e1"]));
    }
}

#[test]
fn statements_in_callouts_quotes_and_the_bottom_line_are_checked_too() {
    let untyped = || vec![chancery_proto::brief::v1::Statement { r#type: 0, ..statement("s9") }];
    refuses(code::REQUIRED, "bluf[0].type", |content| content.bluf = untyped());
    refuses(code::REQUIRED, "sections[0].blocks[1].callout.statements[0].type", |content| {
        let callout = Callout { statements: untyped(), ..Callout::default() };
        content.sections[0].blocks.push(block(BlockKind::Callout(callout)));
    });
    refuses(code::REQUIRED, "sections[0].blocks[1].quote.statements[0].type", |content| {
        let quote = Quote { statements: untyped(), ..Quote::default() };
        content.sections[0].blocks.push(block(BlockKind::Quote(quote)));
    });
}

#[test]
fn withheld_is_output_only() {
    refuses(code::OUTPUT_ONLY, "sections[0].blocks[1].withheld", |content| {
        content.sections[0].blocks.push(block(BlockKind::Withheld(Withheld {})));
    });
    let withheld = Some(Withheld {});
    refuses(code::OUTPUT_ONLY, "bluf[0].withheld", |content| {
        content.bluf = vec![chancery_proto::brief::v1::Statement { withheld, ..statement("s9") }];
    });
    refuses(code::OUTPUT_ONLY, "sections[0].blocks[1].list.items[0].withheld", |content| {
        let list = List { items: vec![ListItem { withheld, ..ListItem::default() }], ..List::default() };
        content.sections[0].blocks.push(block(BlockKind::List(list)));
    });
    refuses(code::OUTPUT_ONLY, "sections[0].blocks[1].table.rows[0].withheld", |content| {
        let rows = vec![TableRow { withheld, ..TableRow::default() }];
        let table =
            Table { caption: "T".into(), columns: vec![TableColumn::default()], rows, ..Table::default() };
        content.sections[0].blocks.push(block(BlockKind::Table(table)));
    });
}
