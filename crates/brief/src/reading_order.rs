//! The statements of a brief in the order in which a reader meets them.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block, BriefContent, List, Section, Statement};

/// All statements: the bottom line, the key judgments' own, then the body's. Marks of withheld ones are left out.
pub fn statements(content: &BriefContent) -> Vec<&Statement> {
    standing(content).into_iter().map(|standing| standing.statement).collect()
}

/// A statement and where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing<'a> {
    /// The statement.
    pub statement: &'a Statement,
    /// In which part of the brief.
    pub place: Place,
    /// The id of the key judgment or section; empty for the bottom line.
    pub holder_id: &'a str,
}

/// The parts of a brief that have statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The bottom line.
    BottomLine,
    /// A key judgment.
    KeyJudgment,
    /// A section.
    Body,
}

/// As [`statements`], each with where it stands.
pub fn standing(content: &BriefContent) -> Vec<Standing<'_>> {
    let bottom_line = content.bluf.iter();
    let mut found: Vec<Standing<'_>> = bottom_line
        .map(|statement| Standing { statement, place: Place::BottomLine, holder_id: "" })
        .collect();
    for judgment in &content.key_judgments {
        found.extend(judgment.statements.iter().map(|statement| Standing {
            statement,
            place: Place::KeyJudgment,
            holder_id: &judgment.id,
        }));
    }
    content.sections.iter().for_each(|section| of_section(section, &mut found));
    found.retain(|standing| standing.statement.withheld.is_none());
    found
}

/// The statements of a section's own blocks, without those of its subsections.
pub fn of_blocks(section: &Section) -> Vec<&Statement> {
    let mut found = Vec::new();
    section.blocks.iter().for_each(|block| of_block(block, &mut found));
    found
}

fn of_section<'a>(section: &'a Section, found: &mut Vec<Standing<'a>>) {
    let statements = of_blocks(section).into_iter();
    found.extend(statements.map(|statement| Standing {
        statement,
        place: Place::Body,
        holder_id: &section.id,
    }));
    section.sections.iter().for_each(|section| of_section(section, found));
}

fn of_block<'a>(block: &'a Block, found: &mut Vec<&'a Statement>) {
    match &block.kind {
        Some(Kind::Paragraph(paragraph)) => found.extend(&paragraph.statements),
        Some(Kind::List(list)) => of_list(list, found),
        Some(Kind::Callout(callout)) => found.extend(&callout.statements),
        Some(Kind::Quote(quote)) => found.extend(&quote.statements),
        Some(Kind::Table(_) | Kind::Figure(_) | Kind::Withheld(_)) | None => {}
    }
}

fn of_list<'a>(list: &'a List, found: &mut Vec<&'a Statement>) {
    for item in &list.items {
        found.extend(&item.statements);
        item.list.iter().for_each(|list| of_list(list, found));
    }
}
