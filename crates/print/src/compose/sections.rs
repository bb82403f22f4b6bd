//! Sections of the body and their blocks.

use chancery_proto::brief::v1::{
    Block as Content, Callout, Paragraph, Quote, Section, Statement, block::Kind,
};

use crate::compose::caption_numbers::NumberedKind;
use crate::compose::composer::Composer;
use crate::compose::stylesheet::{ACCENT, BODY, META, QUIET, SIDE, TINT};
use crate::flow::{Block, Frame, Grid, SideNote, Span, TextBlock};
use crate::pages::Owner;
use crate::tags::{Role, TagId};
use crate::text::inline::{Inline, PieceKind};
use crate::text::paragraph_setup::Align;
use crate::text::runs_right_to_left;
use crate::units::Length;

/// The neighbours of a block of text.
#[derive(Clone, Copy)]
struct Surroundings {
    /// Space before it.
    before: Length,
    /// Whether a list follows, with whose first item it stays.
    introduces_list: bool,
}

impl Composer<'_> {
    /// Adds a section's own blocks; its subsections are separate parts.
    pub(crate) fn section(&mut self, sect: TagId, section: &Section) {
        self.images.section.clone_from(&section.id);
        let floor = self.content.default_marking.as_str();
        let enclosing = if section.marking.is_empty() { floor } else { &section.marking };
        let mut after_text = false;
        let mut blocks = section.blocks.iter().peekable();
        while let Some(block) = blocks.next() {
            let is_text = matches!(block.kind, Some(Kind::Paragraph(_) | Kind::List(_)));
            let before = if after_text && is_text { self.paragraph_space() } else { Length::ZERO };
            let introduces_list = blocks.peek().is_some_and(|next| matches!(next.kind, Some(Kind::List(_))));
            self.flow.blocks.push(Block::FloatPoint);
            self.content_block(sect, block, enclosing, Surroundings { before, introduces_list });
            after_text = is_text;
        }
        self.flow.blocks.push(Block::FloatBarrier);
    }

    /// Returns the space between paragraphs: half a line of body text.
    fn paragraph_space(&self) -> Length {
        self.sheet.fit(BODY).leading / 2
    }

    fn content_block(&mut self, sect: TagId, block: &Content, enclosing: &str, around: Surroundings) {
        let marking = if block.marking.is_empty() { enclosing } else { &block.marking };
        let section_id = self.replace_part(&block.id);
        if block.id.is_empty() {
            self.begin_part(&section_id);
        }
        marking.clone_into(&mut self.block_marking);
        self.caption_numbers.begin(match &block.kind {
            Some(Kind::Table(_)) => Some(NumberedKind::Table),
            Some(Kind::Figure(_)) => Some(NumberedKind::Figure),
            _ => None,
        });
        match &block.kind {
            Some(Kind::Paragraph(paragraph)) => self.paragraph(sect, paragraph, marking, around),
            Some(Kind::List(list)) => self.list(sect, list, marking, around.before),
            Some(Kind::Table(table)) => self.table(sect, table),
            Some(Kind::Callout(callout)) => self.callout(sect, callout, marking),
            Some(Kind::Quote(quote)) => self.quote(sect, quote, marking),
            Some(Kind::Figure(figure)) => self.figure(sect, figure),
            Some(Kind::Withheld(_)) => self.withheld_block(sect),
            None => {}
        }
        self.block_marking.clear();
        self.caption_numbers.begin(None);
        self.begin_part(&section_id);
    }

    fn paragraph(&mut self, sect: TagId, paragraph: &Paragraph, marking: &str, around: Surroundings) {
        let statements = &paragraph.statements;
        let node = self.tag(sect, Role::P);
        let Surroundings { before, introduces_list: keep_with_next } = around;
        let mut block = TextBlock { before, keep_with_next, ..self.prose_block(statements) };
        let text_context = self.text_context(node, BODY);
        if self.sheet.is_large() || self.marks_every_portion() {
            self.mark_part_of_statements(&mut block.inline, text_context, marking);
        } else {
            self.portion_mark(&mut block, node, marking);
        }
        self.statements(&mut block.inline, text_context, statements, marking);
        let ids = if self.options.show_ids { id_ranges(statements) } else { Vec::new() };
        if self.sheet.is_large() {
            if !ids.is_empty() {
                self.small_word(&mut block.inline, text_context, &format!(" [{}]", ids.join(", ")));
            }
            return self.push_with_evidence(sect, block, statements);
        }
        self.statement_ids(&mut block, node, &ids);
        if !block.inline.is_empty() {
            self.margin_evidence(&mut block, sect, statements);
        }
        self.push(block);
    }

    /// Returns a block of justified text on the grid.
    pub(crate) fn body_block(&self) -> TextBlock {
        TextBlock { align: Align::Justified, hyphenate: true, grid: Grid::Body, ..self.block(BODY) }
    }

    /// Returns a block of statements, whose direction may differ from the document's.
    fn prose_block(&self, statements: &[Statement]) -> TextBlock {
        let texts = statements.iter().map(|statement| statement.text.as_str());
        let right_to_left = runs_right_to_left(texts, self.flow.right_to_left);
        TextBlock { right_to_left, ..self.body_block() }
    }

    /// Adds the portion marking to the side column, before the text in reading order.
    fn portion_mark(&mut self, block: &mut TextBlock, node: TagId, marking: &str) {
        let Some(word) = self.portion(marking).map(|marking| format!("({marking}) ")) else { return };
        let mut aside = Inline::default();
        let span = self.tag(node, Role::Span { actual_text: None });
        let text_context = self.text_context(span, SIDE.strong());
        self.push_text(&mut aside, text_context, &word);
        block.side.push(self.side_note(aside));
    }

    /// Returns a note of one text in the side column.
    pub(crate) fn side_note(&self, text: Inline) -> SideNote {
        SideNote { text, leading: self.sheet.fit(SIDE).leading, ..SideNote::default() }
    }

    /// Adds the ids of a paragraph's statements to the side column, consecutive ids as ranges, after the text in
    /// reading order.
    fn statement_ids(&mut self, block: &mut TextBlock, node: TagId, ids: &[String]) {
        if ids.is_empty() {
            return;
        }
        let span = self.tag(node, Role::Span { actual_text: None });
        let text_context = self.text_context(span, SIDE);
        for line in id_lines(ids) {
            let mut aside = Inline::default();
            // The space separates it from the text's last word in extraction.
            self.push_text(&mut aside, text_context, " ");
            self.push_text(&mut aside, text_context, &line);
            block.side.push(self.side_note(aside));
        }
    }

    fn callout(&mut self, sect: TagId, callout: &Callout, marking: &str) {
        let div = self.tag(sect, Role::Div);
        self.frames += 1;
        let frame = Frame {
            id: self.frames,
            tint: Some(TINT),
            rule: Some((ACCENT, Length::pt(2))),
            outline: None,
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
        let mut body = framed(self.prose_block(&callout.statements));
        let text_context = self.text_context(node, BODY);
        self.mark_part_of_statements(&mut body.inline, text_context, marking);
        self.statements(&mut body.inline, text_context, &callout.statements, marking);
        if !body.inline.is_empty() {
            blocks.push(body);
            blocks.extend(self.evidence_block(div, &callout.statements).map(framed));
        }
        self.padded(blocks);
    }

    /// Adds framed blocks with padding inside the frame and space around it.
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
        for block in blocks {
            self.push(block);
        }
    }

    fn quote(&mut self, sect: TagId, quote: &Quote, marking: &str) {
        let node = self.tag(sect, Role::BlockQuote);
        let inset = (self.indent(), self.indent());
        let paragraph = self.tag(node, Role::P);
        let mut words = TextBlock {
            inset,
            before: Length::pt(5),
            grid: Grid::Free,
            ..self.prose_block(&quote.statements)
        };
        let text_context = self.text_context(paragraph, BODY.italic());
        self.mark_part_of_statements(&mut words.inline, text_context, marking);
        self.statements(&mut words.inline, text_context, &quote.statements, marking);
        let mut blocks = vec![words];
        if !quote.attribution.is_empty() {
            let attribution = format!("\u{2014} {}", quote.attribution);
            blocks.push(self.line(node, Role::P, META.colored(QUIET), &attribution));
        }
        if !blocks[0].inline.is_empty() {
            blocks.extend(self.evidence_block(node, &quote.statements));
        }
        let last = blocks.len() - 1;
        for (index, block) in blocks.into_iter().enumerate() {
            let after = if index == last { Length::pt(5) } else { Length::ZERO };
            let keep_with_next = index < last;
            self.push(TextBlock { inset, after, keep_with_next, grid: Grid::Free, ..block });
        }
    }

    /// Adds the bar of a withheld block. It does not reveal how much is withheld.
    fn withheld_block(&mut self, sect: TagId) {
        let node = self.label_tag(sect, Role::Figure { alt: self.labels().withheld.to_owned() });
        let mut block = TextBlock { grid: Grid::Body, ..self.block(BODY) };
        let text_context = self.text_context(node, BODY);
        self.piece(&mut block.inline, text_context, "\u{fffc}", PieceKind::Withheld);
        debug_assert!(block.inline.pieces.iter().all(|piece| matches!(piece.owner, Owner::Tagged { .. })));
        self.push(block);
    }
}

/// Approximate number of characters per line of the side column.
const SIDE_CHARACTERS: usize = 26;

/// Breaks ranges of ids into lines.
fn id_lines(ranges: &[String]) -> Vec<String> {
    let mut lines = vec![String::new()];
    for range in ranges {
        let needs = range.chars().count() + 2;
        let full = lines
            .last()
            .is_some_and(|line| !line.is_empty() && line.chars().count() + needs > SIDE_CHARACTERS);
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(if line.is_empty() { "" } else { ", " });
            line.push_str(range);
        }
    }
    lines
}

/// Returns the ids of statements in numerical order, consecutive ones as ranges.
fn id_ranges(statements: &[Statement]) -> Vec<String> {
    let ids = statements.iter().map(|statement| statement.id.as_str()).filter(|id| !id.is_empty());
    let mut numbered: Vec<(&str, Option<u64>, &str)> = ids.map(split_number).collect();
    numbered.sort_unstable();
    let runs = numbered.chunk_by(|a, b| {
        a.0 == b.0 && a.2.len() == b.2.len() && a.1.zip(b.1).is_some_and(|(a, b)| a + 1 == b)
    });
    runs.map(|run| match run {
        [.., last] if run.len() > 1 => format!("{}\u{2009}\u{2013}\u{2009}{}", run[0].2, last.2),
        _ => run[0].2.to_owned(),
    })
    .collect()
}

/// Splits an id into its prefix, its number, and the id itself.
fn split_number(id: &str) -> (&str, Option<u64>, &str) {
    let stem = id.trim_end_matches(|c: char| c.is_ascii_digit());
    (stem, id[stem.len()..].parse().ok(), id)
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::Statement;

    use super::{id_lines, id_ranges};

    fn statements(ids: &[&str]) -> Vec<Statement> {
        ids.iter().map(|id| Statement { id: (*id).to_owned(), ..Statement::default() }).collect()
    }

    #[test]
    fn consecutive_ids_are_shown_as_a_range_whatever_their_order_in_the_text() {
        let ranges = id_ranges(&statements(&["c-016", "n-003", "c-017", "c-013", "c-018"]));
        assert_eq!(ranges, ["c-013", "c-016\u{2009}\u{2013}\u{2009}c-018", "n-003"]);
    }

    #[test]
    fn many_ids_take_several_lines() {
        let ids: Vec<String> = (0..20).map(|number| format!("s{}", number * 2)).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let lines = id_lines(&id_ranges(&statements(&ids)));
        assert!(lines.len() > 1 && lines.iter().all(|line| line.chars().count() <= 26), "{lines:?}");
    }
}
