//! Figures: drawings with captions and source lines. Data that no drawing shows well is printed as a tagged table or
//! list.

mod relationships;
pub(super) mod sketch;
pub(super) mod timeline;

use chancery_proto::brief::v1::{Figure, FigureKind};

use self::sketch::{LabelDate, Ruler, Sketch, SketchLabel};
use crate::compose::composer::{Composer, TextContext};
use crate::compose::stylesheet::{BODY, CAPTION};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Block, Drawing, FigureBlock, Grid, Label, Span, TextBlock};
use crate::pages::Owner;
use crate::tags::{ListNumbering, Role, TagId};
use crate::text::inline::Inline;
use crate::text::languages::is_right_to_left;
use crate::units::Length;

impl Composer<'_> {
    pub(crate) fn figure(&mut self, sect: TagId, figure: &Figure) {
        match FigureKind::try_from(figure.kind).unwrap_or_default() {
            FigureKind::Unspecified => self.described(sect, figure),
            FigureKind::Attachment => self.attached_image(sect, figure),
            FigureKind::Timeline => self.timeline_figure(sect, figure),
            FigureKind::ActorNetwork => self.relationship_figure(sect, figure),
            // The part on trends has the figure that moved there.
            FigureKind::DomainTrends if self.is_moved(figure) => {}
            FigureKind::DomainTrends => self.trend_table(sect, Some(figure)),
            FigureKind::Likelihoods => self.likelihood_table(sect, figure),
        }
    }

    /// Draws a figure, except in large print, where labels would be too small.
    fn drawable(&mut self, draw: impl FnOnce(&mut Ruler) -> Option<Sketch>) -> Option<Sketch> {
        if self.sheet.is_large() {
            return None;
        }
        draw(&mut self.ruler())
    }

    fn ruler(&mut self) -> Ruler<'_> {
        Ruler {
            typesetter: self.typesetter,
            language: &self.content.language,
            lexicon: self.lexicon,
            right_to_left: self.flow.right_to_left,
        }
    }

    /// Adds a figure to the flow: caption, drawing and source line, kept together.
    pub(crate) fn drawn(&mut self, sect: TagId, figure: &Figure, alt: String, mut sketch: Sketch) {
        let node = self.tag(sect, Role::Figure { alt });
        let marking = self.block_marking.clone();
        let number = self.caption_numbers.next();
        let caption = TextBlock {
            after: Length::pt(4),
            grid: Grid::Free,
            span: Span::Full,
            ..self.caption(node, number, &figure.title, &marking)
        };
        let notes = std::mem::take(&mut sketch.notes);
        let divisions = std::mem::take(&mut sketch.divisions);
        let items = self.list_items(sect, &sketch.items);
        let drawing = self.drawing(node, &items, sketch);
        let line_below = self.note_line(sect, &notes, &figure.source);
        let continued = number.filter(|_| !divisions.tops.is_empty());
        let continuation = continued.map(|number| self.continuation_caption(number));
        self.flow.blocks.push(Block::Figure(Box::new(FigureBlock {
            caption: Some(caption).filter(|caption| !caption.inline.is_empty()),
            drawing,
            note: line_below,
            floats_with: Some(0),
            least_height: None,
            continuation,
            divisions,
            before: Length::pt(5),
            after: Length::pt(8),
            inset: Length::ZERO,
            grid: Grid::Rounded,
            keep_with_next: false,
            right_to_left: self.flow.right_to_left,
        })));
    }

    /// Adds the list after a figure; returns the bodies of its items.
    fn list_items(&mut self, sect: TagId, ids: &[String]) -> Vec<TagId> {
        if ids.is_empty() {
            return Vec::new();
        }
        let list = self.tag(sect, Role::L(ListNumbering::None));
        let body = |_: &String| {
            let item = self.tag(list, Role::Li);
            self.tag(item, Role::LBody)
        };
        ids.iter().map(body).collect()
    }

    /// Assigns owners to a sketch: the figure's element, spans for the printer's labels, and the bodies of the items of
    /// its list.
    pub(crate) fn drawing(&mut self, node: TagId, items: &[TagId], sketch: Sketch) -> Drawing {
        let owner = Owner::Tagged { node, seq: self.flow.tags.next_seq() };
        let mut labels = Vec::with_capacity(sketch.labels.len());
        for label in &sketch.labels {
            let under = label.item.and_then(|index| items.get(index).copied()).unwrap_or(node);
            let part = label.item.and_then(|index| sketch.items.get(index)).map(String::as_str);
            let enclosing = part.map(|id| self.replace_part(id));
            labels.push(self.drawing_label(under, label));
            if let Some(enclosing) = enclosing {
                self.begin_part(&enclosing);
            }
        }
        let Sketch { width, height, image, paths, .. } = sketch;
        Drawing { width, height, owner, image, paths, labels }
    }

    fn drawing_label(&mut self, node: TagId, label: &SketchLabel) -> Label {
        let mut inline = Inline::default();
        let is_own = label.origin == TextOrigin::Printer;
        let foreign = is_own && self.label_language().is_some();
        let under = if foreign { self.label_tag(node, Role::Span { actual_text: None }) } else { node };
        // The layout depends on the labels' own sizes.
        let text_context = if is_own {
            TextContext { style: label.kind.style, ..self.label_context(under, label.kind) }
        } else {
            TextContext { style: label.kind.style, ..self.text_context(under, label.kind) }
        };
        if let Some(date) = &label.date {
            self.label_date(&mut inline, text_context, date);
        }
        self.push_text(&mut inline, text_context, &label.text);
        // The space separates labels in extraction and screen readers.
        self.push_text(&mut inline, text_context, " ");
        let (leading, width) = (label.kind.leading, label.width);
        let (start, top, align) = (label.start, label.top, label.align);
        let right_to_left =
            if is_own { is_right_to_left(self.lexicon.locale().tag()) } else { self.flow.right_to_left };
        Label { inline, leading, start, top, width, align, right_to_left }
    }

    /// Appends a date, which screen readers read with the parts that the drawing gives otherwise.
    fn label_date(&mut self, inline: &mut Inline, text_context: TextContext, date: &LabelDate) {
        let actual_text = (date.text != date.whole).then(|| date.whole.clone());
        let language = self.label_language();
        let node = if actual_text.is_some() || language.is_some() {
            self.flow.tags.add(text_context.node, Role::Span { actual_text }, language)
        } else {
            text_context.node
        };
        let own = TextContext { style: date.kind.style, ..self.label_context(node, date.kind) };
        self.push_text(inline, own, &date.text);
        self.push_text(inline, text_context, " ");
    }

    fn table_with_source(&mut self, sect: TagId, figure: &Figure, maker: TableMaker) {
        let has_rows = !maker.block.rows.is_empty();
        let source = has_rows.then(|| self.note_line(sect, &[], &figure.source)).flatten();
        maker.finish_with(self, source);
    }

    /// Adds title and alternative text of a figure of an unknown kind.
    fn described(&mut self, sect: TagId, figure: &Figure) {
        for (kind, text) in [(CAPTION, &figure.title), (BODY, &figure.alt)] {
            if !text.is_empty() {
                let block = self.line(sect, Role::P, kind, text);
                self.push(block);
            }
        }
    }
}
