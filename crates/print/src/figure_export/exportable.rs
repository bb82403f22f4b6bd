//! The figures and tables that an edition has.

use std::fmt;

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block, Section};

/// Maximum number of figures and tables in an error.
const MOST_LISTED: usize = 20;
/// Maximum number of characters of a title in an error.
const LONGEST_TITLE: usize = 60;

/// Returns the figures and tables in reading order, each with the section that contains it.
pub(super) fn figures_and_tables(sections: &[Section]) -> Vec<(&Section, &Block)> {
    let mut found = Vec::new();
    for section in sections {
        let own = section.blocks.iter().filter(|block| title(block).is_some());
        found.extend(own.map(|block| (section, block)));
        found.extend(figures_and_tables(&section.sections));
    }
    found
}

/// Returns the title of a figure or table, or `None` for another block.
fn title(block: &Block) -> Option<&str> {
    match &block.kind {
        Some(Kind::Figure(figure)) => Some(&figure.title),
        Some(Kind::Table(table)) => Some(&table.caption),
        _ => None,
    }
}

/// The figures and tables of an edition, for an error: the first ones in reading order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportableFigures {
    /// Ids and titles of those with an id.
    pub with_id: Vec<(String, String)>,
    /// Titles of those without an id, each after the id of its section.
    pub without_id: Vec<(String, String)>,
    /// Number of figures and tables that are not listed.
    pub unlisted: usize,
}

impl ExportableFigures {
    pub(super) fn of(all: &[(&Section, &Block)]) -> Self {
        let mut listed = Self { unlisted: all.len().saturating_sub(MOST_LISTED), ..Self::default() };
        for (section, block) in all.iter().take(MOST_LISTED) {
            let title = shortened(title(block).unwrap_or_default());
            if block.id.is_empty() {
                listed.without_id.push((section.id.clone(), title));
            } else {
                listed.with_id.push((block.id.clone(), title));
            }
        }
        listed
    }
}

fn shortened(title: &str) -> String {
    let mut characters = title.chars();
    let mut shown: String = characters.by_ref().take(LONGEST_TITLE).collect();
    if characters.next().is_some() {
        shown.push('\u{2026}');
    }
    shown
}

impl fmt::Display for ExportableFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<String> = self.with_id.iter().map(|(id, title)| format!("{id} ({title})")).collect();
        let nameless: Vec<String> = self
            .without_id
            .iter()
            .map(|(section, title)| format!("{title:?} in section {section}"))
            .collect();
        if ids.is_empty() && nameless.is_empty() {
            return f.write_str("it has no figures or tables");
        }
        let mut sentences = Vec::new();
        if !ids.is_empty() {
            sentences.push(format!("it has {}", ids.join(", ")));
        }
        if !nameless.is_empty() {
            sentences.push(format!("give an id to {}", nameless.join(", ")));
        }
        if self.unlisted > 0 {
            sentences.push(format!("{} more are not listed", self.unlisted));
        }
        f.write_str(&sentences.join("; "))
    }
}
