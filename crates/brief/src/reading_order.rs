//! The statements of a brief in the order in which a reader meets them.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block, BriefContent, List, Section, Statement};

/// All statements: the bottom line, the key judgments' own, then the body's. Marks of withheld ones are left out.
pub fn statements(content: &BriefContent) -> Vec<&Statement> {
    let mut found: Vec<&Statement> = content.bluf.iter().collect();
    found.extend(content.key_judgments.iter().flat_map(|judgment| &judgment.statements));
    content.sections.iter().for_each(|section| of_section(section, &mut found));
    found.retain(|statement| statement.withheld.is_none());
    found
}

/// The statements of a section's own blocks, without those of its subsections.
pub fn of_blocks(section: &Section) -> Vec<&Statement> {
    let mut found = Vec::new();
    section.blocks.iter().for_each(|block| of_block(block, &mut found));
    found
}

fn of_section<'a>(section: &'a Section, found: &mut Vec<&'a Statement>) {
    found.extend(of_blocks(section));
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
