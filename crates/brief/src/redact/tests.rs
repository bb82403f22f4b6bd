//! What stands where something was withheld, and the rules that a reader asks about first, each by an example.

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    Block, BriefContent, Callout, Change, Citation, KeyJudgment, List, ListItem, Paragraph, Section, Source,
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

/// The blocks in short: ids of statements, `#` for a `Withheld`.
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
        other => unreachable!("{other:?} is not written here"),
    };
    let sections = content.sections.iter();
    sections
        .map(|section| section.blocks.iter().map(block).collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join(" | ")
}

#[test]
fn one_mark_stands_for_a_run_of_sentences_rows_and_items() {
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
fn blocks_that_lost_every_sentence_are_one_run_with_withheld_ones() {
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
fn what_has_a_text_of_its_own_stays_around_a_mark_and_goes_without_one() {
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
fn a_key_judgment_goes_with_all_that_it_rests_on_or_all_that_it_says() {
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
fn a_source_goes_when_only_withheld_statements_cite_it_and_a_statement_never_for_its_citations() {
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
    assert_eq!(ids, ["src3"], "nobody ever cited src3");
    let visibility = visible_from(&canonical(&content), Policy::Omit);
    assert_eq!(visibility.part("src1"), Some(Rank::from(4)));
    assert_eq!(visibility.part("src3"), Some(Rank::LOWEST));
    assert_eq!(visibility.reference("s2", "citations", "src2"), Some(Rank::from(4)));
    assert_eq!(visibility.part("nothing"), None);
}

#[test]
fn an_old_text_above_the_clearance_leaves_no_trace_in_its_change() {
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
fn nobody_below_the_floor_has_an_edition() {
    let content = BriefContent { default_marking: "TLP:GREEN".into(), ..brief(vec![]) };
    let canonical = canonical(&content);
    assert_eq!(edition(&canonical, Clearance(Rank::LOWEST), Policy::Omit), None);
    assert_eq!(levels(&canonical), [Rank::from(1)]);
}
