//! Sections and their blocks.

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, Callout, ColumnType, Figure, FigureKind, KeyJudgment, List, ListItem, Quote, Section, Table,
    TableRow,
};

use super::annotations::Annotations;
use super::escapes::{Place, escaped, protect_label};
use super::state::{WITHHELD, Writer, effective, id, joined, label, stated};
use crate::defaults::Container;
use crate::reader::DIGEST_PREFIX;
use crate::syntax::quotes::{ATTRIBUTION, CALLOUT};
use crate::syntax::tables::MARKING_COLUMN;
use crate::vocabulary::word;

impl Writer<'_> {
    pub(super) fn key_judgments(&mut self, judgments: &[KeyJudgment]) {
        for (index, judgment) in judgments.iter().enumerate() {
            let marking = effective(&judgment.marking, self.floor).to_owned();
            let number = format!("{}. ", index + 1);
            let indentation = " ".repeat(number.len());
            if judgment.statements.is_empty() {
                self.line(number.trim_end());
            }
            let prefixes = (number.as_str(), indentation.as_str());
            self.statements(&judgment.statements, &marking, prefixes, Container::default());
            let mut annotations = Annotations::default();
            annotations.likelihood(judgment.likelihood.as_ref(), self.scale);
            annotations.confidence(judgment.confidence.as_ref());
            annotations.ids("rests-on", &judgment.rests_on);
            annotations.text("revises", &judgment.revises_id);
            annotations.text("revision-note", &judgment.revision_note);
            annotations.text("marking", stated(&judgment.marking, self.floor));
            let change = self.changes.of_part(&judgment.id);
            self.own_change(&mut annotations, change, &marking);
            let own = joined(&[&annotations.written(), &id(&judgment.id)]);
            self.line(&format!("{indentation}{own}"));
        }
    }

    pub(super) fn sections(&mut self, sections: &[Section], enclosing: &str, level: usize) {
        for section in sections {
            self.blank();
            let marking = effective(&section.marking, enclosing);
            let mut annotations = Annotations::default();
            annotations.text("domain", &section.domain);
            let change = self.changes.of_part(&section.id);
            self.own_change(&mut annotations, change, marking);
            let title = self.title(&section.heading, stated(&section.marking, enclosing));
            let line = joined(&[&"#".repeat(level), &title, &annotations.written(), &id(&section.id)]);
            self.line(&line);
            let mut list_above = None;
            for block in &section.blocks {
                self.blank();
                let list = non_empty_list(block);
                if list.is_some() && list == list_above {
                    self.line("<!-- / -->");
                    self.blank();
                }
                list_above = list;
                self.block(block, marking);
            }
            self.sections(&section.sections, marking, level + 1);
        }
    }

    /// Returns a title with its marking.
    fn title(&self, text: &str, marking: &str) -> String {
        let mut title = escaped(text, Place::Title, self.scheme);
        protect_label(&mut title, self.scheme);
        joined(&[&label(marking), &title])
    }

    fn block(&mut self, block: &Block, enclosing: &str) {
        let marking = effective(&block.marking, enclosing);
        let stated = stated(&block.marking, enclosing);
        let change = self.changes.of_part(&block.id);
        let mut own = Annotations::default();
        match &block.kind {
            Some(Kind::Table(table)) => {
                self.own_change(&mut own, change, marking);
                self.table(table, &mut own, &block.id, (stated, marking));
            }
            Some(Kind::Callout(callout)) => {
                self.own_change(&mut own, change, marking);
                self.callout(callout, &own, &block.id, (stated, marking));
            }
            Some(Kind::Figure(figure)) => {
                own.text("marking", stated);
                self.own_change(&mut own, change, marking);
                self.figure(figure, own, &block.id);
            }
            Some(Kind::Withheld(_)) => self.line(WITHHELD),
            Some(kind @ (Kind::Paragraph(_) | Kind::List(_) | Kind::Quote(_))) => {
                if let Some(empty) = empty_block(kind) {
                    own.value("empty", empty);
                }
                own.text("marking", stated);
                self.own_change(&mut own, change, marking);
                let line = joined(&[&own.written(), &id(&block.id)]);
                if !line.is_empty() {
                    self.line(&line);
                }
                match kind {
                    Kind::Paragraph(paragraph) => {
                        self.statements(&paragraph.statements, marking, ("", ""), Container::default());
                    }
                    Kind::List(list) => self.list(list, marking, 0),
                    Kind::Quote(quote) => self.quote(quote, marking),
                    _ => {}
                }
            }
            None => {}
        }
    }

    fn list(&mut self, list: &List, enclosing: &str, indentation: usize) {
        for (index, item) in list.items.iter().enumerate() {
            let mark = if list.ordered { format!("{}. ", index + 1) } else { "- ".to_owned() };
            self.list_item(item, enclosing, indentation, &mark);
        }
    }

    fn list_item(&mut self, item: &ListItem, enclosing: &str, indentation: usize, mark: &str) {
        let marking = effective(&item.marking, enclosing);
        let outer = " ".repeat(indentation);
        let inner_indentation = indentation + mark.len();
        let inner = " ".repeat(inner_indentation);
        if item.withheld.is_some() {
            return self.line(&format!("{outer}{WITHHELD}"));
        }
        let first = format!("{outer}{mark}");
        if item.statements.is_empty() {
            self.line(first.trim_end());
        }
        self.statements(&item.statements, marking, (&first, &inner), Container::default());
        let mut own = Annotations::default();
        own.text("marking", stated(&item.marking, enclosing));
        let nested = item.list.as_ref();
        if let Some(list) = nested.filter(|list| list.items.is_empty()) {
            own.value("empty", empty_list(list));
        }
        let own = own.written();
        if !own.is_empty() {
            self.line(&format!("{inner}{own}"));
        }
        if let Some(list) = nested {
            self.list(list, marking, inner_indentation);
        }
    }

    fn quote(&mut self, quote: &Quote, enclosing: &str) {
        if quote.statements.is_empty() && quote.attribution.is_empty() {
            self.line(">");
        }
        self.statements(&quote.statements, enclosing, ("> ", "> "), Container::Quote);
        if !quote.attribution.is_empty() {
            let attribution = escaped(&quote.attribution, Place::Attribution, self.scheme);
            self.line(&format!("> {ATTRIBUTION} {attribution}"));
        }
    }

    fn callout(
        &mut self,
        callout: &Callout,
        own: &Annotations,
        block_id: &str,
        (stated, marking): (&str, &str),
    ) {
        let title = self.title(&callout.title, stated);
        let line = joined(&[">", CALLOUT, &title, &own.written(), &id(block_id)]);
        self.line(&line);
        self.statements(&callout.statements, marking, ("> ", "> "), Container::Callout);
    }

    fn figure(&mut self, figure: &Figure, mut own: Annotations, block_id: &str) {
        own.text("source", &figure.source);
        own.ids("highlight", &figure.highlight_ids);
        let image = match figure.kind() {
            FigureKind::Attachment => format!("{DIGEST_PREFIX}{}", figure.attachment),
            kind => word(kind),
        };
        let alt = in_quotes(&figure.alt, ']');
        let title = match figure.title.as_str() {
            "" => String::new(),
            title => format!(" \"{}\"", in_quotes(title, '"')),
        };
        let drawing = format!("![{alt}]({image}{title})");
        self.line(&joined(&[&drawing, &own.written(), &id(block_id)]));
    }

    fn table(
        &mut self,
        table: &Table,
        own: &mut Annotations,
        block_id: &str,
        (stated_marking, marking): (&str, &str),
    ) {
        if table.row_headers {
            own.flag("row-headers");
        }
        let title = self.title(&table.caption, stated_marking);
        let source = match table.source_id.as_str() {
            "" => String::new(),
            source => format!("[@{source}]"),
        };
        self.line(&joined(&["Table:", &title, &source, &own.written(), &id(block_id)]));
        let row_marking = |row: &TableRow| stated(&row.marking, marking).to_owned();
        let has_markings = table.rows.iter().any(|row| !row_marking(row).is_empty());
        let mut header: Vec<String> =
            table.columns.iter().map(|column| cell(&column.heading, self.scheme)).collect();
        let mut delimiters: Vec<&str> =
            table.columns.iter().map(|column| delimiter(column.r#type())).collect();
        if has_markings {
            header.push(MARKING_COLUMN.to_owned());
            delimiters.push("---");
        }
        self.line(&format!("| {} |", header.join(" | ")));
        self.line(&format!("|{}|", delimiters.join("|")));
        for row in &table.rows {
            if row.withheld.is_some() {
                self.line(WITHHELD);
                continue;
            }
            let mut cells: Vec<String> = row.cells.iter().map(|text| cell(&text.text, self.scheme)).collect();
            if has_markings {
                cells.push(row_marking(row));
            }
            self.line(&format!("| {} |", cells.join(" | ")));
        }
    }
}

/// Returns a cell in its written form.
fn cell(text: &str, scheme: Scheme) -> String {
    let cell = escaped(text, Place::Cell, scheme);
    // The last heading would announce a column of markings.
    if cell == MARKING_COLUMN { format!("\\{cell}") } else { cell }
}

fn delimiter(column: ColumnType) -> &'static str {
    match column {
        ColumnType::Unspecified => ":--",
        ColumnType::Text => "---",
        ColumnType::Number => "---:",
        ColumnType::Date => ":-:",
    }
}

/// Escapes a text that a character ends.
fn in_quotes(text: &str, close: char) -> String {
    let mut written = String::with_capacity(text.len() + 4);
    for (offset, c) in text.char_indices() {
        if c == '\\' || c == close || text[offset..].starts_with("<!--") {
            written.push('\\');
        }
        written.push(super::escapes::shown(c));
    }
    written
}

/// Returns whether a block is a list with items, and whether that is numbered.
fn non_empty_list(block: &Block) -> Option<bool> {
    match &block.kind {
        Some(Kind::List(list)) if !list.items.is_empty() => Some(list.ordered),
        _ => None,
    }
}

/// Returns the word for a paragraph or list without anything in it.
fn empty_block(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Paragraph(paragraph) if paragraph.statements.is_empty() => Some("paragraph"),
        Kind::List(list) if list.items.is_empty() => Some(empty_list(list)),
        _ => None,
    }
}

fn empty_list(list: &List) -> &'static str {
    if list.ordered { "numbered-list" } else { "list" }
}
