//! Examples of marks and of the main redaction rules.

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    Block, BriefContent, Callout, Change, Citation, Domain, Event, Figure, FigureKind, KeyJudgment,
    Likelihood, LikelihoodTerm, List, ListItem, Paragraph, Relationship, Section, Source, Span, SpanKind,
    Statement, Table, TableCell, TableColumn, TableRow,
};

use super::{edition, levels, visible_from};
use crate::canonical::Canonical;
use crate::marking::{Clearance, Policy, Rank, Scheme};
use crate::validate::canonicalize;

const RED: &str = "TLP:RED";

fn statement(id: &str, marking: &str) -> Statement {
    Statement {
        id: id.into(),
        text: "It is so.".into(),
        r#type: 1,
        marking: marking.into(),
        ..Statement::default()
    }
}

fn block(kind: BlockKind) -> Block {
    Block { kind: Some(kind), ..Block::default() }
}

fn paragraph(statements: Vec<Statement>) -> Block {
    block(BlockKind::Paragraph(Paragraph { statements }))
}

fn brief(blocks: Vec<Block>) -> BriefContent {
    let section = Section { id: "sec1".into(), heading: "Heading".into(), blocks, ..Section::default() };
    let (title, language) = ("Title".into(), "en".into());
    BriefContent { kind: 1, title, language, sections: vec![section], ..BriefContent::default() }
}

fn canonical(content: &BriefContent) -> Canonical {
    canonicalize(content, Scheme::Tlp).unwrap()
}

fn lowest(content: &BriefContent, policy: Policy) -> BriefContent {
    edition(&canonical(content), Clearance(Rank::LOWEST), policy).unwrap()
}

/// Summarises blocks by the ids of their statements, with `#` for a `Withheld`.
fn outline(content: &BriefContent) -> String {
    let statements = |statements: &[Statement]| -> String {
        let short = |statement: &Statement| {
            if statement.withheld.is_some() { "#".into() } else { statement.id.clone() }
        };
        statements.iter().map(short).collect::<Vec<_>>().join(" ")
    };
    let block = |block: &Block| match block.kind.as_ref().unwrap() {
        BlockKind::Paragraph(paragraph) => format!("p({})", statements(&paragraph.statements)),
        BlockKind::List(list) => {
            let short = |item: &ListItem| {
                if item.withheld.is_some() { "#".into() } else { statements(&item.statements) }
            };
            format!("l({})", list.items.iter().map(short).collect::<Vec<_>>().join(" "))
        }
        BlockKind::Table(table) => {
            let rows = table.rows.iter().map(|row| if row.withheld.is_some() { "#" } else { "row" });
            format!("t({})", rows.collect::<Vec<_>>().join(" "))
        }
        BlockKind::Callout(callout) => format!("c({})", statements(&callout.statements)),
        BlockKind::Withheld(_) => "#".into(),
        BlockKind::Figure(figure) => format!("f({})", figure.highlight_ids.join(" ")),
        BlockKind::Quote(quote) => unreachable!("{quote:?} is not written here"),
    };
    let sections = content.sections.iter();
    sections
        .map(|section| section.blocks.iter().map(block).collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join(" | ")
}

#[test]
fn one_mark_replaces_a_run_of_sentences_rows_or_items() {
    let row = |marking: &str| TableRow {
        marking: marking.into(),
        cells: vec![TableCell { text: "Cell".into() }],
        withheld: None,
    };
    let item = |id: &str, marking: &str| ListItem {
        statements: vec![statement(id, marking)],
        ..ListItem::default()
    };
    let content = brief(vec![
        paragraph(vec![
            statement("s1", RED),
            statement("s2", RED),
            statement("s3", ""),
            statement("s4", RED),
        ]),
        block(BlockKind::Table(Table {
            caption: "Caption".into(),
            columns: vec![TableColumn::default()],
            rows: vec![row(""), row(RED), row(RED), row("")],
            ..Table::default()
        })),
        block(BlockKind::List(List {
            ordered: false,
            items: vec![item("i1", RED), item("i2", RED), item("i3", "")],
        })),
    ]);
    assert_eq!(outline(&lowest(&content, Policy::Mark)), "p(# s3 #) t(row # row) l(# i3)");
    assert_eq!(outline(&lowest(&content, Policy::Omit)), "p(s3) t(row row) l(i3)");
}

#[test]
fn blocks_without_remaining_sentences_join_a_run_of_withheld_ones() {
    let red = Block { marking: RED.into(), id: "b2".into(), ..paragraph(vec![statement("s2", "")]) };
    let content = brief(vec![
        paragraph(vec![statement("s1", RED)]),
        red,
        paragraph(vec![statement("s3", RED), statement("s4", RED)]),
        paragraph(vec![statement("s5", "")]),
        paragraph(vec![]),
    ]);
    assert_eq!(outline(&lowest(&content, Policy::Mark)), "# p(s5) p()");
    assert_eq!(outline(&lowest(&content, Policy::Omit)), "p(s5) p()");
}

#[test]
fn a_part_with_a_text_of_its_own_remains_only_around_a_mark() {
    let callout = Callout { title: "Note".into(), statements: vec![statement("s1", RED)] };
    let content = brief(vec![block(BlockKind::Callout(callout))]);
    assert_eq!(outline(&lowest(&content, Policy::Mark)), "c(#)");
    assert_eq!(lowest(&content, Policy::Omit).sections, []);
    let content = brief(vec![paragraph(vec![statement("s1", RED)])]);
    assert_eq!(outline(&lowest(&content, Policy::Mark)), "#");
    let empty_before = brief(vec![]);
    assert_eq!(lowest(&empty_before, Policy::Omit).sections.len(), 1);
}

#[test]
fn a_key_judgment_is_withheld_with_its_last_support_or_statement() {
    let with = |own: &str, first: &str, second: &str| {
        let statements = vec![statement("k1", own)];
        let rests_on = vec!["s1".into(), "s2".into()];
        BriefContent {
            key_judgments: vec![KeyJudgment {
                id: "kj1".into(),
                statements,
                rests_on,
                ..KeyJudgment::default()
            }],
            ..brief(vec![paragraph(vec![
                statement("s1", first),
                statement("s2", second),
                statement("s3", ""),
            ])])
        }
    };
    for policy in [Policy::Omit, Policy::Mark] {
        assert_eq!(lowest(&with("", RED, RED), policy).key_judgments, []);
        assert_eq!(lowest(&with(RED, "", ""), policy).key_judgments, []);
        assert_eq!(lowest(&with("", RED, ""), policy).key_judgments[0].rests_on, ["s2"]);
    }
}

#[test]
fn a_source_cited_only_by_withheld_statements_is_withheld_but_no_statement_for_its_citations() {
    let cite = |source: &str| vec![Citation { source_id: source.into(), ..Citation::default() }];
    let source = |id: &str, marking: &str| Source {
        id: id.into(),
        title: "Source".into(),
        marking: marking.into(),
        ..Source::default()
    };
    let citing = |id: &str, marking: &str, source: &str| Statement {
        citations: cite(source),
        ..statement(id, marking)
    };
    let content = BriefContent {
        sources: vec![source("src1", ""), source("src2", RED), source("src3", "")],
        ..brief(vec![paragraph(vec![citing("s1", RED, "src1"), citing("s2", "", "src2")])])
    };
    let lower = lowest(&content, Policy::Omit);
    assert_eq!(outline(&lower), "p(s2)");
    let ids: Vec<_> = lower.sources.iter().map(|source| source.id.as_str()).collect();
    assert_eq!(ids, ["src3"], "src3 was never cited");
    let visibility = visible_from(&canonical(&content), Policy::Omit);
    assert_eq!(visibility.part("src1"), Some(Rank::from(4)));
    assert_eq!(visibility.part("src3"), Some(Rank::LOWEST));
    assert_eq!(visibility.reference("s2", "citations", "src2"), Some(Rank::from(4)));
    assert_eq!(visibility.part("nothing"), None);
}

#[test]
fn a_quote_above_the_clearance_leaves_no_trace_in_its_change() {
    let change = |was: &str, was_marking: &str| BriefContent {
        changes: vec![Change {
            statement_id: "s1".into(),
            kind: 2,
            was: was.into(),
            was_marking: was_marking.into(),
            ..Change::default()
        }],
        ..brief(vec![paragraph(vec![statement("s1", "")])])
    };
    assert_eq!(lowest(&change("Old.", RED), Policy::Mark), lowest(&change("", ""), Policy::Mark));
    assert_eq!(levels(&canonical(&change("Old.", RED))), [Rank::LOWEST, Rank::from(4)]);
    assert_eq!(
        visible_from(&canonical(&change("", "")), Policy::Omit).part("changes[0]"),
        Some(Rank::LOWEST)
    );
}

#[test]
fn there_is_no_edition_below_the_floor() {
    let content = BriefContent { default_marking: "TLP:GREEN".into(), ..brief(vec![]) };
    let canonical = canonical(&content);
    assert_eq!(edition(&canonical, Clearance(Rank::LOWEST), Policy::Omit), None);
    assert_eq!(levels(&canonical), [Rank::from(1)]);
}

fn figure(kind: FigureKind) -> Block {
    block(BlockKind::Figure(Figure { kind: kind.into(), title: "Figure".into(), ..Figure::default() }))
}

fn event(id: &str, marking: &str) -> Event {
    Event { id: id.into(), title: "Event".into(), marking: marking.into(), ..Event::default() }
}

/// The data of each kind of figure, with one marking.
fn with_data(content: BriefContent, marking: &str) -> BriefContent {
    let mut likelihood = Likelihood::default();
    likelihood.set_term(LikelihoodTerm::Icd203Likely);
    let actor = |id: &str| chancery_proto::brief::v1::Actor {
        id: id.into(),
        name: "Actor".into(),
        kind: 1,
        ..Default::default()
    };
    let (id, name) = ("d1".into(), "Domain".into());
    BriefContent {
        events: vec![event("e1", marking)],
        domains: vec![Domain { id, name, marking: marking.into(), ..Domain::default() }],
        actors: vec![actor("a1"), actor("a2")],
        relationships: vec![Relationship {
            id: "r1".into(),
            from_id: "a1".into(),
            to_id: "a2".into(),
            r#type: "trades-with".into(),
            marking: marking.into(),
            ..Relationship::default()
        }],
        key_judgments: vec![KeyJudgment {
            id: "kj1".into(),
            statements: vec![statement("k1", marking)],
            likelihood: Some(likelihood),
            marking: marking.into(),
            ..KeyJudgment::default()
        }],
        ..content
    }
}

const DRAWN: [FigureKind; 4] =
    [FigureKind::Timeline, FigureKind::ActorNetwork, FigureKind::DomainTrends, FigureKind::Likelihoods];

#[test]
fn a_figure_is_withheld_with_its_data_and_marked_only_if_it_had_some() {
    for kind in DRAWN {
        let content = brief(vec![figure(kind), paragraph(vec![statement("s1", "")])]);
        let withheld = with_data(content.clone(), RED);
        assert_eq!(outline(&lowest(&withheld, Policy::Omit)), "p(s1)", "{kind:?}");
        assert_eq!(outline(&lowest(&withheld, Policy::Mark)), "# p(s1)", "{kind:?}");
        let highest = edition(&canonical(&withheld), Clearance(Rank::from(4)), Policy::Mark).unwrap();
        assert_eq!(outline(&highest), "f() p(s1)", "{kind:?}");
        assert_eq!(outline(&lowest(&with_data(content.clone(), ""), Policy::Omit)), "f() p(s1)", "{kind:?}");
        for policy in [Policy::Omit, Policy::Mark] {
            assert_eq!(outline(&lowest(&content, policy)), "p(s1)", "{kind:?}");
        }
    }
}

#[test]
fn withheld_data_is_indistinguishable_from_missing_data() {
    let content = brief(vec![figure(FigureKind::Timeline), paragraph(vec![statement("s1", "")])]);
    let with = BriefContent { events: vec![event("e1", RED)], ..content.clone() };
    assert_eq!(lowest(&with, Policy::Omit), lowest(&content, Policy::Omit));
    assert_eq!(levels(&canonical(&content)), [Rank::LOWEST]);
}

#[test]
fn a_block_without_data_and_its_dependents_are_in_no_edition() {
    let table = |marking: &str, rows: Vec<TableRow>| Block {
        id: "t1".into(),
        marking: marking.into(),
        ..block(BlockKind::Table(Table {
            caption: "Caption".into(),
            columns: vec![TableColumn::default()],
            rows,
            source_id: "src1".into(),
            ..Table::default()
        }))
    };
    let mut link = Span { start: 0, end: 2, target: "#t1".into(), ..Span::default() };
    link.set_kind(SpanKind::Link);
    let linking = Statement { spans: vec![link], ..statement("s1", "") };
    let content = |marking: &str, rows: Vec<TableRow>| {
        let mut content = brief(vec![paragraph(vec![linking.clone()])]);
        let blocks = vec![table(marking, rows), figure(FigureKind::Timeline)];
        content.sections.push(Section {
            id: "sec2".into(),
            heading: "Heading".into(),
            blocks,
            ..Section::default()
        });
        content.sources = vec![Source { id: "src1".into(), title: "Source".into(), ..Source::default() }];
        content.events = vec![Event { source_ids: vec!["src1".into()], ..event("e1", "") }];
        content.changes = vec![Change { part_id: "t1".into(), kind: 2, ..Change::default() }];
        content
    };
    // Besides the table, an event cites the source, so source, event and timeline remain.
    for (marking, policy) in
        [("", Policy::Omit), ("", Policy::Mark), (RED, Policy::Omit), (RED, Policy::Mark)]
    {
        let content = content(marking, vec![]);
        for rank in [Rank::LOWEST, Rank::from(4)] {
            let edition = edition(&canonical(&content), Clearance(rank), policy).unwrap();
            assert_eq!(outline(&edition), "p(s1) | f()");
            assert_eq!(edition.marking, "TLP:CLEAR", "what left raises no banner");
            let BlockKind::Paragraph(paragraph) = edition.sections[0].blocks[0].kind.as_ref().unwrap() else {
                unreachable!("it is a paragraph")
            };
            assert_eq!(paragraph.statements[0].spans, []);
            assert_eq!(edition.changes, []);
            assert_eq!((edition.sources.len(), edition.events.len()), (1, 1));
        }
    }
    let row = TableRow { marking: RED.into(), cells: vec![TableCell::default()], withheld: None };
    assert_eq!(outline(&lowest(&content("", vec![row.clone()]), Policy::Mark)), "p(s1) | # f()");
    // With the event withheld, nothing cites the source, and the section has no contents.
    let mut all = content("", vec![row]);
    all.events[0].marking = RED.into();
    let lower = lowest(&all, Policy::Omit);
    assert_eq!((outline(&lower).as_str(), lower.sources.len()), ("p(s1)", 0));
    assert_eq!(outline(&lowest(&all, Policy::Mark)), "p(s1) | #");
}

#[test]
fn a_list_has_data_if_an_item_has_a_sentence() {
    let list = |items: Vec<ListItem>| List { items, ..List::default() };
    let item = |statements: Vec<Statement>, inner: Option<List>| ListItem {
        statements,
        list: inner,
        ..ListItem::default()
    };
    let blank = || item(vec![], None);
    for empty in
        [list(vec![]), list(vec![blank(), blank()]), list(vec![item(vec![], Some(list(vec![blank()])))])]
    {
        let content =
            brief(vec![block(BlockKind::List(empty.clone())), paragraph(vec![statement("s1", "")])]);
        for policy in [Policy::Omit, Policy::Mark] {
            assert_eq!(outline(&lowest(&content, policy)), "p(s1)", "{empty:?}");
        }
        // The inner list is removed; its item, which has a sentence, remains.
        let outer = list(vec![item(vec![statement("s1", "")], Some(empty))]);
        let content = brief(vec![block(BlockKind::List(outer))]);
        let lower = lowest(&content, Policy::Mark);
        assert_eq!(outline(&lower), "l(s1)");
        let BlockKind::List(left) = lower.sections[0].blocks[0].kind.as_ref().unwrap() else {
            unreachable!("it is a list")
        };
        assert_eq!(left.items[0].list, None);
    }
    let inner = list(vec![item(vec![statement("s2", RED)], None)]);
    let outer = list(vec![item(vec![statement("s1", "")], Some(inner))]);
    let content = brief(vec![block(BlockKind::List(outer))]);
    let inner_of = |policy| {
        let lower = lowest(&content, policy);
        let BlockKind::List(left) = lower.sections[0].blocks[0].kind.clone().unwrap() else {
            unreachable!("it is a list")
        };
        left.items[0].list.clone()
    };
    assert_eq!(inner_of(Policy::Omit), None);
    assert!(inner_of(Policy::Mark).unwrap().items[0].withheld.is_some());
}

#[test]
fn a_withheld_event_is_not_highlighted() {
    let mut timeline = figure(FigureKind::Timeline);
    if let Some(BlockKind::Figure(figure)) = &mut timeline.kind {
        figure.highlight_ids = vec!["e2".into(), "e1".into()];
    }
    let content = BriefContent { events: vec![event("e1", RED), event("e2", "")], ..brief(vec![timeline]) };
    assert_eq!(outline(&lowest(&content, Policy::Mark)), "f(e2)");
    let visibility = visible_from(&canonical(&content), Policy::Omit);
    assert_eq!(visibility.reference("sec1", "highlight_ids", "e1"), Some(Rank::from(4)));
}

#[test]
fn a_change_is_withheld_with_its_part_of_any_kind() {
    let change =
        |part: &str| Change { part_id: part.into(), kind: 2, was: "Old.".into(), ..Change::default() };
    let content = with_data(brief(vec![paragraph(vec![statement("s1", "")])]), RED);
    let content = BriefContent {
        changes: ["e1", "d1", "r1", "kj1", "k1", "s1", "gone"].map(change).to_vec(),
        ..content
    };
    let full = canonical(&content);
    // Quoted earlier text inherits the marking of its part.
    assert_eq!(full.content().changes[0].was_marking, RED);
    assert_eq!(full.content().changes[5].was_marking, "TLP:CLEAR");
    let lower = lowest(&content, Policy::Mark);
    let left: Vec<&str> = lower.changes.iter().map(|change| change.part_id.as_str()).collect();
    assert_eq!(left, ["s1", "gone"]);
}
