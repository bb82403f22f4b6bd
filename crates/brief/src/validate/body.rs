//! Checks key judgments, sections, blocks, lists, tables and figures.

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    Block, ColumnType, Figure, FigureKind, KeyJudgment, List, ListItem, Section, Table, TableColumn, TableRow,
};

use super::checker::Checker;
use super::{TEXT_LIMIT, TITLE_LIMIT, code, forms};
use crate::content_tree::{MAX_LIST_DEPTH, MAX_SECTION_DEPTH};
use crate::marking::Rank;
use crate::part::PartKind;

/// Maximum number of columns of a table.
const COLUMN_LIMIT: usize = 12;

impl Checker<'_> {
    pub(super) fn key_judgment(&mut self, judgment: &mut KeyJudgment) {
        self.own_id(&judgment.id);
        // Before its place in field order, because it encloses the statements.
        let enclosing = self.own_marking(&mut judgment.marking);
        if judgment.statements.is_empty() {
            self.violate("statements", code::REQUIRED, "a key judgment must have a statement");
        }
        self.statements("statements", &mut judgment.statements, enclosing);
        self.references("rests_on", &judgment.rests_on, &[PartKind::Statement]);
        self.likelihood(judgment.likelihood.as_mut());
        self.confidence(judgment.confidence.as_mut());
        self.earlier("revises_id", &judgment.revises_id, &judgment.id, PartKind::KeyJudgment);
        self.text("revision_note", &mut judgment.revision_note, TEXT_LIMIT);
    }

    pub(super) fn sections(&mut self, sections: &mut [Section], enclosing: Rank, depth: usize) {
        if depth > MAX_SECTION_DEPTH && !sections.is_empty() {
            return self.violate(
                "sections",
                code::TOO_DEEP,
                format!("sections may nest at most {MAX_SECTION_DEPTH} levels deep"),
            );
        }
        self.each("sections", sections, |checker, section| checker.section(section, enclosing, depth));
    }

    fn section(&mut self, section: &mut Section, enclosing: Rank, depth: usize) {
        self.own_id(&section.id);
        self.required_text("heading", &mut section.heading, TITLE_LIMIT);
        self.reference("domain", &section.domain, &[PartKind::Domain]);
        let rank = self.marking("marking", &mut section.marking, enclosing);
        self.each("blocks", &mut section.blocks, |checker, block| checker.block(block, rank));
        self.sections(&mut section.sections, rank, depth + 1);
    }

    fn block(&mut self, block: &mut Block, enclosing: Rank) {
        if let Some(BlockKind::Withheld(_)) = block.kind {
            return self.output_only();
        }
        self.optional_id(&block.id);
        let rank = self.marking("marking", &mut block.marking, enclosing);
        match &mut block.kind {
            Some(BlockKind::Paragraph(paragraph)) => {
                self.inside("paragraph", |c| c.statements("statements", &mut paragraph.statements, rank));
            }
            Some(BlockKind::List(list)) => self.list(list, rank, 1),
            Some(BlockKind::Table(table)) => self.inside("table", |checker| checker.table(table, rank)),
            Some(BlockKind::Callout(callout)) => self.inside("callout", |checker| {
                checker.text("title", &mut callout.title, TITLE_LIMIT);
                checker.statements("statements", &mut callout.statements, rank);
            }),
            Some(BlockKind::Quote(quote)) => self.inside("quote", |checker| {
                checker.statements("statements", &mut quote.statements, rank);
                checker.text("attribution", &mut quote.attribution, TEXT_LIMIT);
            }),
            Some(BlockKind::Figure(figure)) => self.inside("figure", |checker| checker.figure(figure)),
            Some(BlockKind::Withheld(_)) => {}
            None => self.violate(
                "",
                code::REQUIRED,
                "expected a paragraph, list, table, callout, quote or figure",
            ),
        }
    }

    fn list(&mut self, list: &mut List, enclosing: Rank, depth: usize) {
        if depth > MAX_LIST_DEPTH {
            return self.violate(
                "list",
                code::TOO_DEEP,
                format!("lists may nest at most {MAX_LIST_DEPTH} levels deep"),
            );
        }
        self.inside("list", |checker| {
            checker.each("items", &mut list.items, |checker, item| checker.list_item(item, enclosing, depth));
        });
    }

    fn list_item(&mut self, item: &mut ListItem, enclosing: Rank, depth: usize) {
        if item.withheld.is_some() {
            return self.output_only();
        }
        let rank = self.marking("marking", &mut item.marking, enclosing);
        self.statements("statements", &mut item.statements, rank);
        if let Some(inner) = &mut item.list {
            self.list(inner, rank, depth + 1);
        }
    }

    fn table(&mut self, table: &mut Table, enclosing: Rank) {
        self.required_text("caption", &mut table.caption, TEXT_LIMIT);
        if !(1..=COLUMN_LIMIT).contains(&table.columns.len()) {
            let message = format!("expected 1 to {COLUMN_LIMIT} columns");
            self.violate("columns", code::WRONG_COLUMN_COUNT, message);
        }
        self.each("columns", &mut table.columns, |checker, column| {
            checker.text("heading", &mut column.heading, TEXT_LIMIT);
            checker.known::<ColumnType>("type", column.r#type);
        });
        let columns = &table.columns;
        self.each("rows", &mut table.rows, |checker, row| checker.row(row, columns, enclosing));
        self.reference("source_id", &table.source_id, &[PartKind::Source]);
    }

    fn row(&mut self, row: &mut TableRow, columns: &[TableColumn], enclosing: Rank) {
        if row.withheld.is_some() {
            return self.output_only();
        }
        self.marking("marking", &mut row.marking, enclosing);
        if row.cells.len() != columns.len() {
            let message =
                format!("the row has {} cells, but the table has {} columns", row.cells.len(), columns.len());
            self.violate("cells", code::WRONG_CELL_COUNT, message);
        }
        let mut columns = columns.iter();
        self.each("cells", &mut row.cells, |checker, cell| {
            checker.text("text", &mut cell.text, TEXT_LIMIT);
            if columns.next().is_some_and(|column| column.r#type() == ColumnType::Date) {
                checker.date("text", &cell.text);
            }
        });
    }

    fn figure(&mut self, figure: &mut Figure) {
        self.chosen::<FigureKind>("kind", figure.kind);
        self.text("title", &mut figure.title, TITLE_LIMIT);
        self.text("source", &mut figure.source, TEXT_LIMIT);
        if figure.kind() == FigureKind::Attachment {
            if !forms::is_digest(&figure.attachment) {
                let message = "expected the SHA-256 of the attachment, 64 lower-case hexadecimal digits";
                self.violate("attachment", code::INVALID_FORM, message);
            }
            self.refuse_empty("alt", &figure.alt);
        } else if !figure.attachment.is_empty() {
            self.violate(
                "attachment",
                code::NOT_APPLICABLE,
                "only FIGURE_KIND_ATTACHMENT shows an attachment",
            );
        }
        self.text("alt", &mut figure.alt, TEXT_LIMIT);
        if figure.kind() != FigureKind::Timeline && !figure.highlight_ids.is_empty() {
            let message = "only FIGURE_KIND_TIMELINE highlights events: remove the ids or change the kind";
            self.violate("highlight_ids", code::NOT_APPLICABLE, message);
        } else {
            self.references("highlight_ids", &figure.highlight_ids, &[PartKind::Event]);
        }
    }
}
