//! The statements of a brief in reading order.

use chancery_proto::brief::v1::{BriefContent, Statement, StatementStatus};

pub use crate::content_tree::StatementLocation;
use crate::content_tree::{Node, visit};

/// A statement and the part of the brief that contains it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocatedStatement<'a> {
    /// The statement.
    pub statement: &'a Statement,
    /// The part that contains it.
    pub location: StatementLocation<'a>,
}

/// Lists all statements: those of the bottom line, of key judgments, then of sections. Omits the marks of withheld
/// statements.
pub fn statements(content: &BriefContent) -> Vec<&Statement> {
    located_statements(content).into_iter().map(|located| located.statement).collect()
}

/// Returns whether a statement is neither superseded nor withdrawn.
pub fn still_holds(statement: &Statement) -> bool {
    !matches!(statement.status(), StatementStatus::Superseded | StatementStatus::Withdrawn)
}

/// Lists the same statements as [`statements`], with their locations.
pub fn located_statements(content: &BriefContent) -> Vec<LocatedStatement<'_>> {
    let mut located = Vec::new();
    visit(content, &mut |node| {
        if let Node::Statement(statement, location) = node
            && statement.withheld.is_none()
        {
            located.push(LocatedStatement { statement, location });
        }
    });
    located
}
