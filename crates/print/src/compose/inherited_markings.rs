//! The markings of the parts around statements.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{BriefContent, List, Section, Statement};

/// The marking of the part around each statement by the statement's id; empty without one.
pub(crate) struct InheritedMarkings<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> InheritedMarkings<'a> {
    pub(crate) fn new(content: &'a BriefContent) -> Self {
        let mut markings = Self(BTreeMap::new());
        for judgment in &content.key_judgments {
            markings.statements(&judgment.statements, &judgment.marking);
        }
        for section in &content.sections {
            markings.section(section, "");
        }
        markings
    }

    /// Returns the statement's own marking, or that of the part around it.
    pub(crate) fn of(&self, statement: &'a Statement) -> &'a str {
        own_or(&statement.marking, self.0.get(statement.id.as_str()).copied().unwrap_or_default())
    }

    fn section(&mut self, section: &'a Section, enclosing: &'a str) {
        let enclosing = own_or(&section.marking, enclosing);
        for block in &section.blocks {
            let enclosing = own_or(&block.marking, enclosing);
            match &block.kind {
                Some(Kind::Paragraph(paragraph)) => self.statements(&paragraph.statements, enclosing),
                Some(Kind::Callout(callout)) => self.statements(&callout.statements, enclosing),
                Some(Kind::Quote(quote)) => self.statements(&quote.statements, enclosing),
                Some(Kind::List(list)) => self.list(list, enclosing),
                Some(Kind::Table(_) | Kind::Figure(_) | Kind::Withheld(_)) | None => {}
            }
        }
        section.sections.iter().for_each(|section| self.section(section, enclosing));
    }

    fn list(&mut self, list: &'a List, enclosing: &'a str) {
        for item in &list.items {
            let enclosing = own_or(&item.marking, enclosing);
            self.statements(&item.statements, enclosing);
            if let Some(list) = &item.list {
                self.list(list, enclosing);
            }
        }
    }

    fn statements(&mut self, statements: &'a [Statement], marking: &'a str) {
        self.0.extend(statements.iter().map(|statement| (statement.id.as_str(), marking)));
    }
}

/// Returns a part's own marking, or that of the part around it.
pub(crate) const fn own_or<'a>(own: &'a str, enclosing: &'a str) -> &'a str {
    if own.is_empty() { enclosing } else { own }
}
