//! Parts of briefs.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, BriefContent, BriefKind, Paragraph, Section, Statement, StatementType,
};

/// Returns a fact at the marking of its brief.
pub fn statement(id: impl Into<String>, text: impl Into<String>) -> Statement {
    Statement { id: id.into(), text: text.into(), r#type: StatementType::Fact.into(), ..Statement::default() }
}

/// Returns a fact at its own marking.
pub fn marked(id: impl Into<String>, text: impl Into<String>, marking: &str) -> Statement {
    Statement { marking: marking.into(), ..statement(id, text) }
}

/// Returns a paragraph.
pub fn paragraph(statements: Vec<Statement>) -> Block {
    Block { kind: Some(Kind::Paragraph(Paragraph { statements })), ..Block::default() }
}

/// Returns a section with id `body`.
pub fn body(heading: &str, blocks: Vec<Block>) -> Section {
    Section { id: "body".into(), heading: heading.into(), blocks, ..Section::default() }
}

/// Returns a thematic brief in English with sections.
pub fn brief(title: &str, sections: Vec<Section>) -> BriefContent {
    BriefContent {
        kind: BriefKind::Thematic.into(),
        title: title.into(),
        language: "en".into(),
        sections,
        ..BriefContent::default()
    }
}
