//! Blocks: paragraphs, lists, tables, callouts, quotes and figures.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, Callout, ColumnType, Figure, FigureKind, List, ListItem, Paragraph, Quote, Table, TableCell,
    TableColumn, TableRow,
};
use chancery_proto::nearest::expected;

use super::annotations::Annotations;
use super::changes::ChangedPart;
use super::lowering::Lowering;
use super::part_fields::own_id;
use super::statements::Holder;
use crate::code;
use crate::defaults::Container;
use crate::diagnostics::Diagnostic;
use crate::paths::PathNode;
use crate::range::Spanned;
use crate::syntax::parts::Parts;
use crate::syntax::tree::{self, Element, ElementKind, EmptyBlock};
use crate::vocabulary;

/// Words before the digest of an attached image.
pub(crate) const DIGEST_PREFIX: &str = "sha256:";

impl Lowering<'_> {
    /// Returns the block of an element; none for headings and fenced blocks.
    pub(super) fn block(&mut self, element: &Element) -> Option<(Block, PathNode)> {
        let (place, title) = match &element.kind {
            ElementKind::Heading { .. } | ElementKind::Fenced { .. } => return None,
            ElementKind::Paragraph(_) => ("a paragraph", None),
            ElementKind::List(_) => ("a list", None),
            ElementKind::Quote { .. } => ("a quote", None),
            ElementKind::Empty(_) => ("an empty block", None),
            ElementKind::Table(table) => ("a table", Some(&table.title)),
            ElementKind::Callout { title, .. } => ("a callout", Some(title)),
            ElementKind::Figure(figure) => ("a figure", Some(&figure.parts)),
        };
        let parts = self.block_parts(element.own.as_ref(), title);
        let mut node = PathNode::new(element.range);
        let mut annotations = Annotations::new(parts.items.clone(), place, self.diagnostics);
        let mut block = Block { id: own_id(&parts, &mut node), ..Block::default() };
        block.marking = self.part_marking(&parts, &mut annotations, &mut node);
        let kind = match &element.kind {
            ElementKind::Heading { .. } | ElementKind::Fenced { .. } => return None,
            ElementKind::Paragraph(passage) => {
                let (statements, path) = self.statements(passage, element.range, Holder::OTHER);
                node.field("paragraph", element.range).add("statements", path);
                Kind::Paragraph(Paragraph { statements })
            }
            ElementKind::List(list) => {
                let (list, path) = self.list(list);
                node.add("list", path);
                Kind::List(list)
            }
            ElementKind::Quote { passage, attribution } => {
                let holder = Holder::Block(Container::Quote);
                let (statements, path) = self.statements(passage, element.range, holder);
                let inner = node.field("quote", element.range);
                inner.add("statements", path);
                let attribution = attribution.clone().unwrap_or_default();
                inner.set("attribution", attribution.range);
                Kind::Quote(Quote { statements, attribution: attribution.text })
            }
            ElementKind::Callout { title, passage } => {
                let holder = Holder::Block(Container::Callout);
                let (statements, path) = self.statements(passage, element.range, holder);
                let inner = node.field("callout", element.range);
                inner.add("statements", path);
                inner.set("title", title.text.range);
                Kind::Callout(Callout { title: title.text.text.clone(), statements })
            }
            ElementKind::Empty(empty) => empty_block(*empty, &mut annotations, self),
            ElementKind::Table(table) => Kind::Table(self.table(table, &mut annotations, &mut node)),
            ElementKind::Figure(figure) => Kind::Figure(self.figure(figure, &mut annotations, &mut node)),
        };
        if !matches!(element.kind, ElementKind::Table(_)) {
            self.refuse_citations(&parts, "move the citation to a sentence");
        }
        self.own_change(ChangedPart::Other(&block.id), &mut annotations, &node);
        annotations.finish(self.diagnostics);
        block.kind = Some(kind);
        Some((block, node))
    }

    /// Joins the line of annotations before a block with its title line.
    fn block_parts(&mut self, own: Option<&Parts>, title: Option<&Parts>) -> Parts {
        let (Some(own), Some(title)) = (own, title) else {
            return own.or(title).cloned().unwrap_or_default();
        };
        if let (Some(_), Some(second)) = (&own.id, &title.id) {
            let message = "the block has two ids: remove the one above its title line";
            self.diagnostics.error(code::DUPLICATE_ID, second.range, message);
        }
        let mut joined = title.clone();
        joined.id = joined.id.or_else(|| own.id.clone());
        joined.items.extend(own.items.iter().cloned());
        joined
    }

    fn list(&mut self, written: &tree::List) -> (List, PathNode) {
        let mut node = PathNode::new(written.range);
        let items = node.field("items", written.range);
        let mut list = List { ordered: written.ordered, items: Vec::with_capacity(written.items.len()) };
        for item in &written.items {
            let (item, path) = self.list_item(item);
            list.items.push(item);
            items.push(path);
        }
        (list, node)
    }

    fn list_item(&mut self, written: &tree::ListItem) -> (ListItem, PathNode) {
        let mut node = PathNode::new(written.range);
        let mut item = ListItem::default();
        if let Some(own) = &written.own {
            let mut annotations = Annotations::new(own.items.clone(), "a list item", self.diagnostics);
            item.marking = self.part_marking(own, &mut annotations, &mut node);
            if let Some(empty) = annotations.take("empty", self.diagnostics) {
                let ordered = empty.text == "numbered-list";
                item.list = Some(List { ordered, items: Vec::new() });
            }
            if let Some(id) = &own.id {
                let message = "a list item has no id: put the id behind a sentence, on its line";
                self.diagnostics.error(code::NOT_APPLICABLE, id.range, message);
            }
            annotations.finish(self.diagnostics);
        }
        let (statements, path) = self.statements(&written.passage, written.range, Holder::OTHER);
        item.statements = statements;
        node.add("statements", path);
        if let Some(inner) = &written.list {
            let (inner, path) = self.list(inner);
            item.list = Some(inner);
            node.add("list", path);
        }
        (item, node)
    }

    fn table(&mut self, written: &tree::Table, annotations: &mut Annotations, block: &mut PathNode) -> Table {
        let title = &written.title;
        let range = block.range();
        let node = block.field("table", range);
        let mut table = Table { caption: title.text.text.clone(), ..Table::default() };
        node.set("caption", title.text.range);
        table.row_headers = annotations.take_flag("row-headers", self.diagnostics);
        table.source_id = annotations.take_text("source", "source_id", node, self.diagnostics);
        if let [citation, more @ ..] = title.citations.as_slice() {
            self.known_source(&citation.key);
            node.set("source_id", citation.key.range);
            table.source_id.clone_from(&citation.key.text);
            if !more.is_empty() || citation.grade.is_some() || citation.locator.is_some() {
                let message = "a table has one source, without grade and locator: write `[@key]`";
                let range = title.citations_range.unwrap_or(citation.range);
                self.diagnostics.error(code::INVALID_CITATION, range, message);
            }
        }
        let column_count = written.header.len() - usize::from(written.has_markings);
        let columns = node.field("columns", range);
        for (index, heading) in written.header.iter().take(column_count).enumerate() {
            let mut path = PathNode::new(heading.range);
            path.set("heading", heading.range);
            columns.push(path);
            let mut column = TableColumn { heading: heading.text.clone(), ..TableColumn::default() };
            column.set_type(column_type(written.delimiters.get(index)));
            table.columns.push(column);
        }
        let mut rows = PathNode::new(range);
        for row in &written.rows {
            let (row, path) = self.row(row, column_count, written.has_markings);
            table.rows.push(row);
            rows.push(path);
        }
        node.add("rows", rows);
        table
    }

    fn row(&mut self, written: &tree::TableRow, columns: usize, has_markings: bool) -> (TableRow, PathNode) {
        let mut node = PathNode::new(written.range);
        let mut row = TableRow::default();
        let mut cells = PathNode::new(written.range);
        for (index, cell) in written.cells.iter().enumerate() {
            if has_markings && index == columns {
                node.set("marking", cell.range);
                row.marking = self.label(cell);
                continue;
            }
            let mut path = PathNode::new(cell.range);
            path.set("text", cell.range);
            cells.push(path);
            row.cells.push(TableCell { text: cell.text.clone() });
        }
        node.add("cells", cells);
        (row, node)
    }

    fn figure(
        &mut self,
        written: &tree::Figure,
        annotations: &mut Annotations,
        block: &mut PathNode,
    ) -> Figure {
        let range = block.range();
        let node = block.field("figure", range);
        node.set("title", written.title.range);
        node.set("alt", written.alt.range);
        let mut figure = Figure {
            title: written.title.text.clone(),
            alt: written.alt.text.clone(),
            source: annotations.take_text("source", "source", node, self.diagnostics),
            highlight_ids: annotations.take_ids("highlight", "highlight_ids", node, self.diagnostics),
            ..Figure::default()
        };
        let Some(image) = &written.image else { return figure };
        for field in ["kind", "attachment"] {
            node.set(field, image.range);
        }
        let kind = vocabulary::value::<FigureKind>(&image.text)
            .filter(|kind| !matches!(kind, FigureKind::Unspecified | FigureKind::Attachment));
        figure.set_kind(kind.unwrap_or(FigureKind::Attachment));
        if kind.is_none() {
            figure.attachment = self.attachment(image);
        }
        figure
    }

    /// Returns the digest of the image of a figure.
    fn attachment(&mut self, image: &Spanned) -> String {
        if let Some(digest) = image.text.strip_prefix(DIGEST_PREFIX) {
            return digest.to_owned();
        }
        let words = vocabulary::words::<FigureKind>();
        let mut kinds: Vec<&str> =
            words.iter().map(String::as_str).filter(|kind| *kind != "attachment").collect();
        kinds.push("sha256:…");
        let suggestion = expected(&image.text, &kinds);
        let problem = match self.context.resolver {
            Some(resolver) if !image.text.is_empty() => match resolver.attachment(&image.text) {
                Ok(digest) => return digest,
                // A name with an ending is a file's.
                Err(problem) if image.text.contains('.') => problem,
                Err(problem) => format!("{problem}; for a figure without a file, {suggestion}"),
            },
            _ => format!("{:?} is no kind of figure: {suggestion}", image.text),
        };
        self.diagnostics.push(Diagnostic::error(code::INVALID_FIGURE, image.range, problem));
        String::new()
    }
}

fn empty_block(empty: EmptyBlock, annotations: &mut Annotations, lowering: &mut Lowering<'_>) -> Kind {
    annotations.take("empty", lowering.diagnostics);
    match empty {
        EmptyBlock::Paragraph => Kind::Paragraph(Paragraph::default()),
        EmptyBlock::List => Kind::List(List::default()),
        EmptyBlock::NumberedList => Kind::List(List { ordered: true, items: Vec::new() }),
    }
}

/// Returns the type of the column below a delimiter.
fn column_type(delimiter: Option<&Spanned>) -> ColumnType {
    let written = delimiter.map_or("", |delimiter| delimiter.text.as_str());
    match (written.starts_with(':'), written.ends_with(':')) {
        (true, true) => ColumnType::Date,
        (false, true) => ColumnType::Number,
        // The only place where the unspecified type, which is typeset as text, can be kept apart.
        (true, false) => ColumnType::Unspecified,
        (false, false) => ColumnType::Text,
    }
}
