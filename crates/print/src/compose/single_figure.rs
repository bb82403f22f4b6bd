//! A figure or table by itself, for slides and web pages: its marking and the revision's state above it, and nothing
//! that refers to parts that are not printed with it.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block as ContentBlock, Section};

use crate::compose::composer::Composer;
use crate::compose::stylesheet::{META, NOTE};
use crate::compose::title_block::marking_style;
use crate::flow::{
    Block, Divisions, Drawing, FigureBlock, Grid, Label, MarkingPlace, RunningElements, Span, TextBlock,
};
use crate::graphics::Rect;
use crate::layout::Geometry;
use crate::layout::running_elements::{BLACK, LABEL_PADDING, label_height};
use crate::layout::shapes::filled;
use crate::pages::{ArtifactKind, Owner};
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

/// Space below the marking.
const BELOW_MARKING: Length = Length::pt(2);

impl Composer<'_> {
    /// Adds a figure or table under its marking. Returns the width of the columns that it spans, or `None` if it has no
    /// data.
    pub(crate) fn single_figure(&mut self, section: &Section, block: &ContentBlock) -> Option<Length> {
        self.forget_other_parts();
        self.name_document(block);
        let root = self.flow.tags.root();
        let sect = self.tag(root, Role::Sect);
        let marking = self.marking_text(sect);
        self.revision_state_lines(sect);
        let above = self.flow.blocks.len();
        self.block_alone(sect, section, block);
        let own = &self.flow.blocks[above..];
        if own.is_empty() {
            return None;
        }
        let geometry = Geometry::new(self.options.paper, self.flow.right_to_left);
        let width = geometry.with_text_size(self.options.text_size).width(spanned(own));
        if !marking.is_empty() {
            let marking = self.marking_line(marking, width);
            self.flow.blocks.insert(0, marking);
        }
        Some(width)
    }

    /// Drops the destinations, the numbers of sources and the running elements of a whole print. Text that would be a
    /// link or a reference is plain text then.
    fn forget_other_parts(&mut self) {
        self.anchors.clear();
        self.source_anchors.clear();
        self.numbers.clear();
        self.flow.anchor_names.clear();
        self.flow.running_elements = RunningElements::default();
    }

    /// Names the document by the figure's title, and by the brief's without one.
    fn name_document(&mut self, block: &ContentBlock) {
        let title = match &block.kind {
            Some(Kind::Figure(figure)) => figure.title.as_str(),
            Some(Kind::Table(table)) => table.caption.as_str(),
            _ => "",
        };
        let info = &mut self.flow.info;
        if !title.trim().is_empty() {
            title.clone_into(&mut info.title);
            info.subject.clone_from(&self.content.title);
        }
        info.opens_outline = false;
    }

    /// Composes the banner marking as text.
    fn marking_text(&mut self, sect: TagId) -> Inline {
        let mut inline = Inline::default();
        let marking = self.banner();
        if !marking.is_empty() {
            let node = self.tag(sect, Role::P);
            let mut text_context = self.text_context(node, META);
            text_context.style = marking_style(marking).0.style;
            self.push_text(&mut inline, text_context, marking);
        }
        inline
    }

    /// Returns the line of the marking as on a page of the print: a label at the right, also in right-to-left briefs, or
    /// a banner in the middle.
    fn marking_line(&mut self, text: Inline, width: Length) -> Block {
        let (kind, place) = marking_style(self.banner());
        let height = label_height(kind.style.size);
        let label_width = (self.typesetter.width(&text) + LABEL_PADDING.0 * 2).min(width);
        let inset = match place {
            MarkingPlace::Centered => (width - label_width) / 2,
            MarkingPlace::Right if self.flow.right_to_left => Length::ZERO,
            MarkingPlace::Right => width - label_width,
        };
        let background = Rect { width: label_width, height, ..Rect::default() };
        let label = Label {
            inline: text,
            leading: height,
            start: Length::ZERO,
            top: Length::ZERO,
            width: label_width,
            align: Align::Centered,
            right_to_left: false,
        };
        let drawing = Drawing {
            width: label_width,
            height,
            owner: Owner::Artifact(ArtifactKind::Layout),
            image: None,
            paths: if place == MarkingPlace::Right { vec![filled(background, BLACK)] } else { Vec::new() },
            labels: vec![label],
        };
        Block::Figure(Box::new(FigureBlock {
            caption: None,
            drawing,
            note: None,
            floats_with: None,
            least_height: None,
            divisions: Divisions::default(),
            continuation: None,
            before: Length::ZERO,
            after: BELOW_MARKING,
            inset,
            grid: Grid::Free,
            keep_with_next: true,
            right_to_left: self.flow.right_to_left,
        }))
    }

    /// Adds the figure or table without a number: numbers are those of the whole print.
    fn block_alone(&mut self, sect: TagId, section: &Section, block: &ContentBlock) {
        self.begin_part(&block.id);
        let markings = [&block.marking, &section.marking, &self.content.default_marking];
        let marking = markings.into_iter().find(|marking| !marking.is_empty()).cloned();
        self.block_marking = marking.unwrap_or_default();
        match &block.kind {
            Some(Kind::Table(table)) => {
                self.table(sect, table);
                self.source_by_name(sect, &table.source_id);
            }
            Some(Kind::Figure(figure)) => self.figure(sect, figure),
            _ => {}
        }
    }

    /// Adds the source of a table by its name, as the list that explains its number is not printed.
    fn source_by_name(&mut self, sect: TagId, source_id: &str) {
        let Some(source) = self.sources_by_id.get(source_id) else { return };
        let name = self.marked_source_name(source).into_owned();
        if matches!(self.flow.blocks.last(), Some(Block::Table(_))) {
            let node = self.tag(sect, Role::P);
            let mut block = TextBlock { grid: Grid::Free, ..self.block(NOTE) };
            let text_context = self.text_context(node, NOTE);
            self.push_label(&mut block.inline, text_context, self.labels().source_of);
            self.push_text(&mut block.inline, text_context, &format!(" {name}"));
            self.push(block);
        }
    }
}

/// Returns the columns that blocks span. Drawings need both.
fn spanned(blocks: &[Block]) -> Span {
    let is_full = |block: &Block| match block {
        Block::Text(text) => text.span == Span::Full,
        Block::Table(table) => table.span == Span::Full,
        Block::Figure(_) | Block::Columns(_) => true,
        Block::PageBreak
        | Block::PageBreakUnlessFresh
        | Block::CommitPages
        | Block::FloatPoint
        | Block::FloatBarrier => false,
    };
    if blocks.iter().any(is_full) { Span::Full } else { Span::Main }
}
