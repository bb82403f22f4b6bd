//! Other parts, blocks, sections and the front matter: each value that differs, its kind, and what must be declared.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    AsOf, Block, BriefContent, Callout, Change, DifferenceKind, Likelihood, LikelihoodTerm, List, ListItem,
    Paragraph, PartDifference, Relationship, RelationshipPolarity, Scenario, Section, Source,
    SourceReliability, Statement, Table, TableCell, TableRow, ValueDifference,
};

use crate::diff::{differences, undeclared};

use super::statement as sentence;

fn source(short_title: &str, accessed: &str) -> Source {
    Source {
        id: "src1".into(),
        title: "Report".into(),
        short_title: short_title.into(),
        accessed: accessed.into(),
        ..Source::default()
    }
}

fn with_source(source: Source) -> BriefContent {
    BriefContent { sources: vec![source], ..BriefContent::default() }
}

fn relationship(polarity: RelationshipPolarity) -> BriefContent {
    let mut relationship = Relationship { id: "r1".into(), ..Relationship::default() };
    relationship.set_polarity(polarity);
    BriefContent { relationships: vec![relationship], ..BriefContent::default() }
}

fn summary(differences: &[PartDifference]) -> Vec<(&str, Vec<DifferenceKind>, Vec<&str>)> {
    let all = differences.iter();
    all.map(|one| (one.id.as_str(), one.kinds().collect(), one.fields.iter().map(String::as_str).collect()))
        .collect()
}

#[test]
fn a_differing_field_is_named() {
    let before = with_source(source("", "2025-01-01"));
    let after = with_source(source("Report", "2025-03-03"));
    let found = differences(&before, &after);
    assert_eq!(
        summary(&found),
        [("src1", vec![DifferenceKind::Reworded, DifferenceKind::Date], vec!["short_title", "accessed"])]
    );
    let found = differences(
        &relationship(RelationshipPolarity::Supportive),
        &relationship(RelationshipPolarity::Adverse),
    );
    assert_eq!(summary(&found), [("r1", vec![DifferenceKind::Data], vec!["polarity"])]);
    assert_eq!(differences(&after, &after), []);
}

#[test]
fn a_new_title_is_compared_by_words() {
    let scenario = |title: &str, text: &str| BriefContent {
        scenarios: vec![Scenario {
            id: "sce1".into(),
            title: title.into(),
            text: text.into(),
            ..Scenario::default()
        }],
        ..BriefContent::default()
    };
    let found = differences(&scenario("Trade grows", "So."), &scenario("Trade shrinks", "So."));
    assert_eq!(summary(&found), [("sce1", vec![DifferenceKind::Reworded], vec!["title"])]);
    assert_eq!(found[0].replacements.len(), 1);
}

#[test]
fn parts_of_different_kinds_with_one_id_are_not_compared() {
    let after = BriefContent {
        relationships: vec![Relationship { id: "src1".into(), ..Relationship::default() }],
        ..BriefContent::default()
    };
    let found = differences(&with_source(source("", "")), &after);
    let kinds: Vec<_> = summary(&found).into_iter().map(|(_, kinds, _)| kinds).collect();
    assert_eq!(kinds, [vec![DifferenceKind::Added], vec![DifferenceKind::Removed]]);
}

#[test]
fn a_change_declares_another_part_by_its_id() {
    let before = relationship(RelationshipPolarity::Supportive);
    let mut after = relationship(RelationshipPolarity::Mixed);
    assert_eq!(undeclared(&before, &after).len(), 1);
    after.changes = vec![Change { part_id: "r1".into(), ..Change::default() }];
    assert_eq!(undeclared(&before, &after), []);
    assert!(differences(&before, &after)[0].declared);
    // Added and removed parts differ but need no declaration.
    let nothing = BriefContent { title: "T".into(), ..BriefContent::default() };
    let before = BriefContent { title: "T".into(), ..before };
    assert_eq!((differences(&nothing, &before).len(), undeclared(&nothing, &before).len()), (1, 0));
    assert_eq!((differences(&before, &nothing).len(), undeclared(&before, &nothing).len()), (1, 0));
}

fn statement(id: &str) -> Statement {
    sentence(id, "It holds.")
}

fn with_block(kind: Kind) -> BriefContent {
    let block = Block { kind: Some(kind), ..Block::default() };
    let section =
        Section { id: "sec".into(), heading: "Trade".into(), blocks: vec![block], ..Section::default() };
    BriefContent { title: "T".into(), sections: vec![section], ..BriefContent::default() }
}

fn table(rows: &[&[&str]]) -> BriefContent {
    let row = |cells: &&[&str]| TableRow {
        cells: cells.iter().map(|cell| TableCell { text: (*cell).into() }).collect(),
        ..TableRow::default()
    };
    let rows = rows.iter().map(row).collect();
    with_block(Kind::Table(Table { caption: "Ships".into(), rows, ..Table::default() }))
}

/// Lists the values of the only difference as `path kind: before -> after`.
fn values(before: &BriefContent, after: &BriefContent) -> Vec<String> {
    let found = differences(before, after);
    assert_eq!(found.len(), 1, "{found:?}");
    let value = |value: &ValueDifference| {
        let kind = value.kind().as_str_name().trim_start_matches("DIFFERENCE_KIND_");
        format!("{} {kind}: {} -> {}", value.path, value.before, value.after)
    };
    found[0].values.iter().map(value).collect()
}

#[test]
fn cells_and_rows_of_a_table_are_compared() {
    let before = table(&[&["2024", "33 ships"], &["2025", "40 ships"]]);
    let after = table(&[&["2024", "35 ships"], &["2025", "40 ships"]]);
    let cell = "table.rows[0].cells[1].text DATA: 33 ships -> 35 ships";
    assert_eq!(values(&before, &after), [cell]);
    let found = &differences(&before, &after)[0];
    assert_eq!((found.id.as_str(), found.path.as_str()), ("sec", "sections[0].blocks[0]"));
    assert_eq!((found.requires_declaration, found.values[0].replacements.len()), (true, 1));
    let grown = table(&[&["2024", "33 ships"], &["2026", "7 ships"], &["2025", "40 ships"]]);
    assert_eq!(values(&before, &grown), ["table.rows[1] DATA:  -> 2026 | 7 ships"]);
}

#[test]
fn values_are_shown_in_words() {
    let scenario = |percent| BriefContent {
        scenarios: vec![Scenario { id: "sce".into(), percent, ..Scenario::default() }],
        ..BriefContent::default()
    };
    assert_eq!(values(&scenario(30), &scenario(45)), ["percent LIKELIHOOD: 30 -> 45"]);
    let graded = |reliability: SourceReliability| {
        let mut content = with_source(source("", ""));
        content.sources[0].set_reliability(reliability);
        content
    };
    assert_eq!(
        values(&graded(SourceReliability::B), &graded(SourceReliability::F)),
        ["reliability GRADE: b -> f"]
    );
    let mut likely = with_block(Kind::Paragraph(Paragraph { statements: vec![statement("s1")] }));
    let before = likely.clone();
    let Some(Kind::Paragraph(paragraph)) = &mut likely.sections[0].blocks[0].kind else { unreachable!() };
    let mut likelihood = Likelihood { low_percent: 55, high_percent: 80, ..Likelihood::default() };
    likelihood.set_term(LikelihoodTerm::Icd203Likely);
    paragraph.statements[0].likelihood = Some(likelihood);
    assert_eq!(values(&before, &likely), ["likelihood LIKELIHOOD:  -> likely · 55 · 80"]);
}

#[test]
fn the_front_matter_is_one_part() {
    let before = BriefContent { title: "T".into(), ..BriefContent::default() };
    let mut after = before.clone();
    after.as_of = Some(AsOf { date: "2026".into(), ..AsOf::default() });
    after.change_summary = "New figures.".into();
    let found = differences(&before, &after);
    assert_eq!((found.len(), found[0].id.as_str()), (1, "front_matter"));
    assert_eq!(found[0].fields, ["as_of", "change_summary"]);
    // Fields that follow the revision need no declaration.
    assert_eq!(undeclared(&before, &after), []);
    after.title = "U".into();
    assert_eq!(undeclared(&before, &after).len(), 1);
    after.changes = vec![Change { part_id: "front_matter".into(), ..Change::default() }];
    assert_eq!(undeclared(&before, &after), []);
}

#[test]
fn a_moved_section_is_listed_without_its_contents() {
    let section = |id: &str, text: &str| Section {
        id: id.into(),
        heading: id.into(),
        blocks: with_block(Kind::Paragraph(Paragraph { statements: vec![statement(text)] })).sections[0]
            .blocks
            .clone(),
        ..Section::default()
    };
    let brief = |sections| BriefContent { title: "T".into(), sections, ..BriefContent::default() };
    let before = brief(vec![section("a", "s1"), section("b", "s2"), section("c", "s3")]);
    let after = brief(vec![section("c", "s3"), section("a", "s1"), section("b", "s2")]);
    assert_eq!(summary(&differences(&before, &after)), [("c", vec![DifferenceKind::Moved], vec![])]);
    assert_eq!(undeclared(&before, &after), []);
}

#[test]
fn the_block_of_a_sentence_is_compared_with_the_block_that_had_it() {
    let block = |kind| Block { kind: Some(kind), ..Block::default() };
    let paragraph = |ids: &[&str]| {
        Kind::Paragraph(Paragraph { statements: ids.iter().map(|id| statement(id)).collect() })
    };
    let brief = |blocks: Vec<Kind>| {
        let mut content = with_block(paragraph(&[]));
        content.sections[0].blocks = blocks.into_iter().map(block).collect();
        content
    };
    let before = brief(vec![paragraph(&["s1", "s2"])]);
    let split = brief(vec![paragraph(&["s1"]), paragraph(&["s2"])]);
    assert_eq!(summary(&differences(&before, &split)), [("s2", vec![DifferenceKind::Moved], vec![])]);
    let callout = Callout { title: "Note".into(), statements: vec![statement("s1"), statement("s2")] };
    let after = brief(vec![Kind::Callout(callout)]);
    let found = differences(&before, &after);
    assert_eq!(summary(&found), [("sec", vec![DifferenceKind::Type], vec!["paragraph", "callout"])]);
    // A new paragraph is listed by its sentences.
    let after = brief(vec![paragraph(&["s1", "s2"]), paragraph(&["s3"])]);
    assert_eq!(summary(&differences(&before, &after)), [("s3", vec![DifferenceKind::Added], vec![])]);
}

#[test]
fn a_marking_of_a_list_item_needs_no_declaration() {
    let list = |marking: &str| {
        let item = |id: &str, marking: &str| ListItem {
            marking: marking.into(),
            statements: vec![statement(id)],
            ..ListItem::default()
        };
        with_block(Kind::List(List { ordered: false, items: vec![item("s1", ""), item("s2", marking)] }))
    };
    let (before, after) = (list("TLP:GREEN"), list("TLP:RED"));
    assert_eq!(values(&before, &after), ["list.items[1].marking MARKING: TLP:GREEN -> TLP:RED"]);
    assert_eq!(undeclared(&before, &after), []);
}
