//! Captions of figures and tables, with numbers such as "Figure 2" in front of the author's titles, and the lines below
//! figures and tables.

use crate::compose::caption_numbers::{CaptionNumber, NumberedKind};
use crate::compose::composer::{Composer, TextContext};
use crate::compose::figure_notes::FigureNote;
use crate::compose::labels::filled;
use crate::compose::stylesheet::{ACCENT, CAPTION, INK, NOTE};
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Grid, Span, TextBlock};
use crate::pages::{ArtifactKind, Owner};
use crate::tags::{Role, TagId};
use crate::text::inline::{Inline, PieceKind, PieceStyle};
use crate::text::text_style::TextStyle;
use crate::units::Length;

/// The space after a number, which separates it from the title without punctuation.
const AFTER_NUMBER: &str = "\u{a0} ";

impl Composer<'_> {
    /// Returns a caption after its portion marking and its number, if it has one.
    pub(crate) fn caption(
        &mut self,
        parent: TagId,
        number: Option<CaptionNumber>,
        title: &str,
        marking: &str,
    ) -> TextBlock {
        let node = self.tag(parent, Role::Caption);
        let mut block = self.block(CAPTION);
        let text_context = self.text_context(node, CAPTION);
        self.mark_part(&mut block.inline, text_context, marking);
        if let Some(number) = number {
            self.push_caption_number(&mut block.inline, text_context, number, title);
        }
        self.push_text(&mut block.inline, text_context, title);
        block
    }

    /// Returns the caption of a further part of a table.
    pub(crate) fn continued_caption(&mut self, parent: TagId, number: CaptionNumber) -> TextBlock {
        let node = self.tag(parent, Role::Caption);
        let mut block = self.block(CAPTION);
        let text_context = self.text_context(node, CAPTION);
        let text = self.continued(number);
        self.push_accented(&mut block.inline, text_context, &text);
        block
    }

    /// Returns a number with its word, such as "Table 3".
    fn numbered(&self, number: CaptionNumber) -> String {
        let template = match number.kind {
            NumberedKind::Figure => self.labels().figure,
            NumberedKind::Table => self.labels().table,
        };
        filled(template, &[&self.lexicon.digits(&number.number.to_string())])
    }

    /// Returns a number with its word on a continuation, such as "Table 3, continued".
    pub(crate) fn continued(&self, number: CaptionNumber) -> String {
        let template = match number.kind {
            NumberedKind::Figure => self.labels().figure_continued,
            NumberedKind::Table => self.labels().table_continued,
        };
        filled(template, &[&self.lexicon.digits(&number.number.to_string())])
    }

    /// Appends a number in front of a caption's title.
    pub(crate) fn push_caption_number(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        number: CaptionNumber,
        title: &str,
    ) {
        let after = if title.is_empty() { "" } else { AFTER_NUMBER };
        let text = format!("{}{after}", self.numbered(number));
        self.push_accented(inline, text_context, &text);
    }

    /// Appends a label in the accent colour.
    pub(crate) fn push_accented(&mut self, inline: &mut Inline, text_context: TextContext, text: &str) {
        let style = TextStyle { color: ACCENT, ..text_context.style };
        self.push_label(inline, TextContext { style, ..text_context }, text);
    }

    /// Returns the caption above a table that continues on another page, an artifact as its repeated head is.
    pub(crate) fn continuation_caption(&mut self, number: CaptionNumber) -> TextBlock {
        let text = self.continued(number);
        let style = TextStyle { color: ACCENT, ..self.sheet.fit(CAPTION).style };
        let language = self.typesetter.languages.id(self.lexicon.locale().tag());
        let owner = Owner::Artifact(ArtifactKind::Layout);
        let mut block = self.block(CAPTION);
        block.inline.push(&text, PieceStyle { style, owner, link: None, language, kind: PieceKind::Text });
        TextBlock { after: Length::pt(2), grid: Grid::Free, span: Span::Full, ..block }
    }

    /// Returns the line below a figure or table: notes, then the source; `None` without either.
    pub(crate) fn note_line(&mut self, sect: TagId, notes: &[FigureNote], source: &str) -> Option<TextBlock> {
        if notes.is_empty() && source.is_empty() {
            return None;
        }
        let node = self.tag(sect, Role::P);
        let mut block = TextBlock { span: Span::Full, grid: Grid::Free, ..self.block(NOTE) };
        for note in notes {
            let text_context = self.text_context(node, if note.is_strong { NOTE.strong() } else { NOTE });
            if let Some(sign) = note.sign {
                self.sign(&mut block.inline, text_context, sign, INK);
                self.push_text(&mut block.inline, text_context, "\u{a0}");
            }
            match note.origin {
                TextOrigin::Printer => self.push_label(&mut block.inline, text_context, &note.text),
                TextOrigin::Author => self.push_text(&mut block.inline, text_context, &note.text),
            }
            self.push_text(&mut block.inline, text_context, if note.is_key { "   " } else { " " });
        }
        let text_context = self.text_context(node, NOTE);
        self.push_text(&mut block.inline, text_context, source);
        Some(block)
    }
}
