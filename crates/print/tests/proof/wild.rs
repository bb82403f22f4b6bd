//! Briefs of unrelated parts with arbitrary Unicode texts, beyond what validation accepts.

use chancery_proto::brief::v1::{
    Actor, Block, BriefContent, Callout, Citation, Confidence, Domain, Event, Figure, KeyJudgment,
    Likelihood, List, ListItem, LocalizedText, Paragraph, Relationship, Section, Source, Span, Statement,
    Table, TableCell, TableColumn, TableRow, Withheld, block::Kind,
};
use proptest::prelude::*;

/// Arbitrary text without controls, sometimes with characters that are hard to set.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "\\PC{0,60}",
        2 => "[a-z]{1,14}( [a-z,.]{1,12}){0,30}",
        1 => "[ء-ي ‌()0-9]{1,40}",
        1 => "[\u{300}-\u{36f}\u{200b}-\u{200f}\u{fe0f}a ]{0,12}",
    ]
}

fn any_statement() -> impl Strategy<Value = Statement> {
    let span =
        (0_u32..40, 0_u32..40, 1_i32..5, prop_oneof![Just("#s0"), Just("https://example.org/a"), Just("fa")])
            .prop_map(|(start, length, kind, target)| Span {
                start,
                end: start + length,
                kind,
                target: target.to_owned(),
            });
    let spans = prop::collection::vec(span, 0..3);
    (text(), spans, 0_usize..4, 0_i32..4, any::<bool>()).prop_map(|(text, spans, cited, status, withheld)| {
        if withheld {
            return Statement { withheld: Some(Withheld {}), ..Statement::default() };
        }
        Statement {
            id: "s0".to_owned(),
            text,
            spans,
            status,
            citations: vec![Citation { source_id: "src".to_owned(), ..Citation::default() }; cited],
            ..Statement::default()
        }
    })
}

fn any_block() -> impl Strategy<Value = Block> {
    let statements = prop::collection::vec(any_statement(), 0..4).boxed();
    let kind = prop_oneof![
        statements.clone().prop_map(|statements| Kind::Paragraph(Paragraph { statements })),
        (text(), statements.clone())
            .prop_map(|(title, statements)| Kind::Callout(Callout { title, statements })),
        (any::<bool>(), statements).prop_map(|(ordered, statements)| {
            let inner = ListItem { statements: statements.clone(), ..ListItem::default() };
            let list = Some(List { ordered: !ordered, items: vec![inner] });
            Kind::List(List { ordered, items: vec![ListItem { statements, list, ..ListItem::default() }] })
        }),
        (text(), prop::collection::vec(text(), 1..12), 1_usize..5).prop_map(|(caption, cells, columns)| {
            let rows = cells.chunks(columns).map(|row| TableRow {
                cells: row.iter().map(|text| TableCell { text: text.clone() }).collect(),
                ..TableRow::default()
            });
            let rows = rows.collect();
            let columns = vec![TableColumn { heading: caption.clone(), r#type: 1 }; columns];
            Kind::Table(Table { caption, columns, rows, ..Table::default() })
        }),
        (0_i32..5, text(), text()).prop_map(|(kind, title, source)| {
            Kind::Figure(Figure { kind, title, source, ..Figure::default() })
        }),
        Just(Kind::Withheld(Withheld {})),
    ];
    ("[A-Z]{0,4}", kind).prop_map(|(marking, kind)| Block { marking, kind: Some(kind), ..Block::default() })
}

prop_compose! {
    pub(crate) fn any_brief()(
        title in text().prop_map(|text| format!("Title {text}")),
        local in text(),
        language in prop_oneof![Just("en"), Just("fa"), Just("ru"), Just("de-CH")],
        bluf in prop::collection::vec(any_statement(), 0..3),
        judgment in prop::collection::vec(any_statement(), 0..2),
        blocks in prop::collection::vec(any_block(), 0..6),
        heading in text(),
        why in text(),
        names in prop::collection::vec((text(), 0_i32..6, any::<bool>()), 0..12),
        term in 0_i32..22,
    ) -> BriefContent {
        let confidence = Some(Confidence { level: 2, why });
        let section = Section { id: "sec".to_owned(), heading: heading.clone(), blocks, ..Section::default() };
        let deep = Section { id: "deep".to_owned(), heading, sections: vec![section], ..Section::default() };
        BriefContent {
            localized_titles: vec![LocalizedText { language: "ar".to_owned(), text: local.clone() }],
            domains: names
                .iter()
                .map(|(name, trend, _)| Domain { name: name.clone(), trend: *trend, why: local.clone(), ..Domain::default() })
                .collect(),
            actors: vec![Actor { id: "act".to_owned(), name: title.clone(), ..Actor::default() }],
            relationships: names.iter().map(|(name, status, symmetric)| Relationship {
                from_id: "act".to_owned(),
                to_id: name.clone(),
                r#type: "knows".to_owned(),
                status: *status,
                symmetric: *symmetric,
                item: local.clone(),
                ..Relationship::default()
            }).collect(),
            events: names.iter().map(|(title, month, dated)| Event {
                title: title.clone(),
                date: if *dated { format!("2024-0{}~", month + 1) } else { String::new() },
                ..Event::default()
            }).collect(),
            sources: vec![Source { id: "src".to_owned(), title: local, ..Source::default() }],
            key_judgments: vec![KeyJudgment {
                id: "kj".to_owned(),
                statements: judgment,
                rests_on: vec!["s0".to_owned(), "gone".to_owned()],
                confidence,
                likelihood: Some(Likelihood { term, low_percent: 20, high_percent: 40, point_percent: Some(30), ..Likelihood::default() }),
                ..KeyJudgment::default()
            }],
            title,
            language: language.to_owned(),
            bluf,
            sections: vec![deep],
            ..BriefContent::default()
        }
    }
}
