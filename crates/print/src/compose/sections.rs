//! The body: sections with their blocks.

use chancery_proto::brief::v1::{
    Block as Content, Callout, Paragraph, Quote, Section, Statement, block::Kind,
};

use crate::compose::composer::Composer;
use crate::compose::lists::INDENT;
use crate::compose::styles::{ACCENT, BODY, META, QUIET, SIDE, TINT};
use crate::flow::{Frame, Grid, Span, TextBlock};
use crate::pages::Owner;
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;
use crate::text::paragraph::Align;
use crate::units::Length;

impl Composer<'_> {
    /// A section's own blocks; its subsections are parts of their own.
    pub(crate) fn section(&mut self, sect: TagId, section: &Section) {
        let floor = self.content.default_marking.as_str();
        let enclosing = if section.marking.is_empty() { floor } else { &section.marking };
        let mut after_paragraph = false;
        for block in &section.blocks {
            let is_paragraph = matches!(block.kind, Some(Kind::Paragraph(_)));
            self.content_block(sect, block, enclosing, after_paragraph && is_paragraph);
            after_paragraph = is_paragraph;
        }
    }

    fn content_block(&mut self, sect: TagId, block: &Content, enclosing: &str, indented: bool) {
        let marking = if block.marking.is_empty() { enclosing } else { &block.marking };
        match &block.kind {
            Some(Kind::Paragraph(paragraph)) => self.paragraph(sect, paragraph, marking, indented),
            Some(Kind::List(list)) => self.list(sect, list, 1, marking),
            Some(Kind::Table(table)) => self.table(sect, table),
            Some(Kind::Callout(callout)) => self.callout(sect, callout, marking),
            Some(Kind::Quote(quote)) => self.quote(sect, quote, marking),
            Some(Kind::Figure(figure)) => self.figure(sect, figure),
            Some(Kind::Withheld(_)) => self.withheld_block(sect),
            None => {}
        }
    }

    fn paragraph(&mut self, sect: TagId, paragraph: &Paragraph, marking: &str, indented: bool) {
        let node = self.tag(sect, Role::P);
        let mut block = self.body_block();
        block.indent = if indented { BODY.leading } else { Length::ZERO };
        self.portion_mark(&mut block, node, marking);
        let voice = self.voice(node, BODY);
        self.statements(&mut block.inline, voice, &paragraph.statements, marking);
        self.statement_range(&mut block, node, &paragraph.statements);
        self.push(block);
    }

    /// Justified text on the grid.
    pub(crate) fn body_block(&self) -> TextBlock {
        TextBlock { align: Align::Justified, hyphenate: true, grid: Grid::Body, ..self.block(BODY) }
    }

    /// The portion mark, in the side column, before the text that it marks.
    fn portion_mark(&mut self, block: &mut TextBlock, node: TagId, marking: &str) {
        if marking.is_empty() || marking == self.content.default_marking {
            return;
        }
        let mut note = Inline::default();
        let span = self.tag(node, Role::Span { actual_text: None });
        let voice = self.voice(span, SIDE.strong());
        self.say(&mut note, voice, &format!("({marking}) "));
        block.side.push(note);
    }

    /// The ids of a paragraph's statements as a range, in the side column, after the text.
    fn statement_range(&mut self, block: &mut TextBlock, node: TagId, statements: &[Statement]) {
        let mut ids = statements.iter().map(|statement| statement.id.as_str()).filter(|id| !id.is_empty());
        let Some(first) = ids.next() else { return };
        let range = ids.next_back().map_or(first.to_owned(), |last| format!("{first} \u{2013} {last}"));
        let mut note = Inline::default();
        let span = self.tag(node, Role::Span { actual_text: None });
        let voice = self.voice(span, SIDE);
        // The space keeps it apart from the text's last word.
        self.say(&mut note, voice, " ");
        self.say(&mut note, voice, &range);
        block.side.push(note);
    }

    fn callout(&mut self, sect: TagId, callout: &Callout, marking: &str) {
        let div = self.tag(sect, Role::Div);
        self.frames += 1;
        let frame = Frame {
            id: self.frames,
            tint: Some(TINT),
            rule: Some((ACCENT, Length::pt(2))),
            inset: Length::ZERO,
            span: Span::Main,
        };
        let inset = (Length::pt(12), Length::pt(10));
        let framed = |block: TextBlock| TextBlock {
            frame: Some(frame),
            inset,
            keep_together: true,
            grid: Grid::Free,
            ..block
        };
        let mut blocks = Vec::new();
        if !callout.title.is_empty() {
            blocks.push(framed(self.line(div, Role::P, META.strong().colored(ACCENT), &callout.title)));
        }
        let node = self.tag(div, Role::P);
        let mut body = framed(self.body_block());
        let voice = self.voice(node, BODY);
        self.statements(&mut body.inline, voice, &callout.statements, marking);
        if !body.inline.is_empty() {
            blocks.push(body);
        }
        self.padded(blocks);
    }

    /// Puts a framed group on its way: padding inside the frame, a line of space around it.
    fn padded(&mut self, mut blocks: Vec<TextBlock>) {
        let last = blocks.len().saturating_sub(1);
        for (index, block) in blocks.iter_mut().enumerate() {
            block.keep_with_next = index < last;
        }
        if let Some(first) = blocks.first_mut() {
            first.before = Length::pt(8);
            first.padding.0 = Length::pt(6);
        }
        if let Some(last) = blocks.last_mut() {
            last.padding.1 = Length::pt(6);
            last.after = Length::pt(8);
        }
        blocks.into_iter().for_each(|block| self.push(block));
    }

    fn quote(&mut self, sect: TagId, quote: &Quote, marking: &str) {
        let node = self.tag(sect, Role::BlockQuote);
        let inset = (INDENT, INDENT);
        let paragraph = self.tag(node, Role::P);
        let mut words = TextBlock { inset, before: Length::pt(5), grid: Grid::Free, ..self.body_block() };
        let voice = self.voice(paragraph, BODY.italic());
        self.statements(&mut words.inline, voice, &quote.statements, marking);
        words.after = Length::pt(5);
        if quote.attribution.is_empty() {
            return self.push(words);
        }
        words.after = Length::ZERO;
        words.keep_with_next = true;
        self.push(words);
        let attribution = format!("\u{2014} {}", quote.attribution);
        let mut block = self.line(node, Role::P, META.colored(QUIET), &attribution);
        block.inset = inset;
        block.after = Length::pt(5);
        block.grid = Grid::Free;
        self.push(block);
    }

    /// A bar that stands for parts of any number and length.
    fn withheld_block(&mut self, sect: TagId) {
        let node = self.tag(sect, Role::Figure { alt: "[withheld]".to_owned() });
        let mut block = TextBlock { grid: Grid::Body, ..self.block(BODY) };
        let voice = self.voice(node, BODY);
        self.piece(&mut block.inline, voice, "\u{fffc}", crate::text::inline::PieceKind::Withheld);
        debug_assert!(block.inline.pieces.iter().all(|piece| matches!(piece.owner, Owner::Tagged { .. })));
        self.push(block);
    }
}
