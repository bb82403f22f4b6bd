//! The text of a relationship: its sign, its direction, its words and what is said about it.

use chancery_proto::brief::v1::{Relationship, RelationshipStatus};

use super::tie_signs::{TieDirection, TieSign};
use crate::Format;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::signs;
use crate::compose::stylesheet::{QUIET, REMARK, TABLE};
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Cell, CellParagraph};
use crate::graphics::Path;
use crate::pages::{ArtifactKind, Owner};
use crate::tags::{AnchorId, LinkTarget, Role, TagId};
use crate::text::inline::{Inline, InlineDrawing};
use crate::units::Length;

/// Size of a sign beside text of a table.
const SIGN: Length = Length::pt(8);
const NO_BREAK_SPACE: &str = "\u{a0}";

impl Composer<'_> {
    /// Returns a length for text of a table in proportion to the text's size.
    pub(super) fn in_table_text(&self, length: Length) -> Length {
        length * self.sheet.fit(TABLE).style.size.units() / TABLE.style.size.units()
    }

    /// Appends a sign or an arrow in the middle of the capitals' height.
    fn tie_drawing(&mut self, inline: &mut Inline, text_context: TextContext, paths: &[Path], owner: Owner) {
        let size = self.in_table_text(SIGN);
        let top = -(size / 2) - text_context.style.size / 3;
        let paths = paths.iter().map(|path| path.moved(size / 16, top)).collect();
        let drawing = InlineDrawing { width: size * 9 / 8, paths };
        let drawing = if self.flow.right_to_left { signs::mirror(&drawing) } else { drawing };
        self.draw(inline, text_context, drawing, owner);
    }

    fn meaningful_drawing(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        paths: &[Path],
        meaning: &str,
    ) {
        let role = Role::Span { actual_text: Some(meaning.to_owned()) };
        let node = self.label_tag(text_context.node, role);
        let owner = Owner::Tagged { node, seq: self.flow.tags.next_seq() };
        self.tie_drawing(inline, text_context, paths, owner);
    }

    /// Appends the sign of a relationship with its meaning as replacement text, and the polarity that a status hides.
    pub(super) fn tie_sign(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        relationship: &Relationship,
    ) {
        let page = &self.labels().page;
        let sign = TieSign::of(relationship);
        let mut meaning = sign.meaning(page).to_owned();
        let polarity = self.lexicon.relationship_polarity_word(relationship.polarity);
        if matches!(sign, TieSign::Ended | TieSign::Contested) && !polarity.is_empty() {
            meaning = format!("{meaning}{}{polarity}", page.list_comma);
        }
        let paths = sign.paths(self.in_table_text(SIGN));
        self.meaningful_drawing(inline, text_context, &paths, &meaning);
    }

    /// Appends a sign that the words beside it explain.
    pub(super) fn explained_sign(&mut self, inline: &mut Inline, text_context: TextContext, sign: TieSign) {
        let paths = sign.paths(self.in_table_text(SIGN));
        self.tie_drawing(inline, text_context, &paths, Owner::Artifact(ArtifactKind::Layout));
    }

    /// Appends an arrow that the words beside it explain.
    pub(super) fn explained_arrow(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        direction: TieDirection,
    ) {
        let paths = direction.arrow(self.in_table_text(SIGN));
        self.tie_drawing(inline, text_context, &paths, Owner::Artifact(ArtifactKind::Layout));
    }

    /// Appends an arrow from a subject to the party of a row, with its meaning as replacement text.
    pub(super) fn tie_arrow(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        direction: TieDirection,
    ) {
        let page = &self.labels().page;
        let meaning = match direction {
            TieDirection::Outgoing => page.tie_outgoing,
            TieDirection::Incoming => page.tie_incoming,
            TieDirection::Mutual => page.tie_mutual,
        };
        let paths = direction.arrow(self.in_table_text(SIGN));
        self.meaningful_drawing(inline, text_context, &paths, meaning);
    }

    /// Appends the ends of a relationship with an arrow between them.
    pub(super) fn tie_ends(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        relationship: &Relationship,
    ) {
        let labels = self.labels();
        let (direction, template) = if relationship.symmetric {
            (TieDirection::Mutual, labels.both)
        } else {
            (TieDirection::Outgoing, labels.from_to)
        };
        let meaning = template.replace("{0}", "").replace("{1}", "");
        let paths = direction.arrow(self.in_table_text(SIGN));
        for (index, id) in [&relationship.from_id, &relationship.to_id].into_iter().enumerate() {
            if index > 0 {
                self.push_text(inline, text_context, " ");
                self.meaningful_drawing(inline, text_context, &paths, meaning.trim());
                self.push_text(inline, text_context, NO_BREAK_SPACE);
            }
            let name = self.isolated_in_line(&self.name_of(id));
            self.push_text(inline, text_context, &name);
        }
    }

    /// Appends space up to a position in the first line, without a line-break opportunity.
    pub(super) fn tab(&mut self, inline: &mut Inline, text_context: TextContext, position: Length) {
        let before = self.typesetter.width(inline);
        self.push_text(inline, text_context, NO_BREAK_SPACE);
        let space = self.typesetter.width(inline) - before;
        let width = (position - before - space * 2).max(Length::ZERO);
        let blank = InlineDrawing { width, paths: Vec::new() };
        self.draw(inline, text_context, blank, Owner::Artifact(ArtifactKind::Layout));
        self.push_text(inline, text_context, NO_BREAK_SPACE);
    }

    /// Adds a paragraph whose lines after the first begin at a position.
    pub(super) fn tie_paragraph(&mut self, cell: &mut Cell, inline: Inline, position: Length) {
        if let Some(above) = cell.paragraphs.last_mut() {
            above.inline.separate();
        }
        let leading = self.sheet.fit(TABLE).leading;
        let (indent, outdent) = (position, position);
        cell.paragraphs.push(CellParagraph { inline, leading, indent, outdent, ..CellParagraph::default() });
    }

    /// Marks the start of a relationship's text as its destination, if no figure before has it.
    pub(super) fn tie_anchor(&self, inline: &mut Inline, id: &str, is_first: bool) {
        if let Some(anchor) = self.anchors.get(id).copied().filter(|_| is_first) {
            inline.anchor(anchor);
        }
    }

    /// Appends the words of a relationship: its marking, type, item and place, then muted its period, status and note,
    /// and in the full format the pages of the statements that it rests on.
    pub(super) fn tie_words(&mut self, inline: &mut Inline, node: TagId, relationship: &Relationship) {
        let text_context = self.text_context(node, TABLE);
        self.mark_part(inline, text_context, &relationship.marking);
        let kind = self.isolated_in_line(&lexicon::relationship(relationship));
        self.push_text(inline, text_context, &kind);
        if !relationship.item.is_empty() {
            let item = self.isolated_in_line(&relationship.item);
            self.push_text(inline, text_context, &format!(": {item}"));
        }
        if !relationship.place_id.is_empty() {
            let place = filled(self.labels().at_place, &[&self.name_of(&relationship.place_id)]);
            self.push_text(inline, text_context, " ");
            self.push_label(inline, text_context, &self.isolated_in_line(&place));
        }
        let quiet = self.text_context(node, TABLE.colored(QUIET));
        for (index, (origin, text)) in self.tie_remarks(relationship).into_iter().enumerate() {
            let is_aside = origin == TextOrigin::Author;
            let separator = if index == 0 || is_aside { " " } else { self.labels().page.list_comma };
            self.push_text(inline, quiet, separator);
            let text = self.isolated_in_line(&text);
            match origin {
                TextOrigin::Printer => self.push_label(inline, quiet, &text),
                TextOrigin::Author => self.push_text(inline, quiet, &text),
            }
        }
        let remark = self.text_context(node, REMARK);
        if self.options.show_ids {
            self.small_word(inline, remark, &format!(" [{}]", relationship.id));
        }
        if self.options.format == Format::Full {
            self.tie_evidence(inline, remark, &relationship.statement_ids);
        }
    }

    /// Returns the muted facts of a relationship.
    fn tie_remarks(&self, relationship: &Relationship) -> Vec<(TextOrigin, String)> {
        let mut remarks = Vec::new();
        let period = relationship.period.as_ref();
        if let Some(period) = period {
            remarks.push((TextOrigin::Printer, self.lexicon.date(&period.edtf)));
            if !period.label.is_empty() {
                remarks.push((TextOrigin::Author, format!("({})", period.label)));
            }
        }
        let status = relationship.status();
        let end_is_dated = period.is_some_and(|of| !of.edtf.is_empty() && !of.edtf.ends_with(['.', '/']));
        let is_said = match status {
            RelationshipStatus::Unspecified | RelationshipStatus::Active => true,
            RelationshipStatus::Ended => end_is_dated,
            RelationshipStatus::Weakened | RelationshipStatus::Changed | RelationshipStatus::Contested => {
                false
            }
        };
        if !is_said {
            remarks.push((TextOrigin::Printer, self.lexicon.relationship_status(status.into()).to_owned()));
        }
        if !relationship.note.is_empty() {
            remarks.push((TextOrigin::Author, format!("({})", relationship.note)));
        }
        remarks.retain(|(_, text)| !text.is_empty());
        remarks
    }

    /// Appends links to the pages of statements, one for each part of the brief that has some.
    fn tie_evidence(&mut self, inline: &mut Inline, text_context: TextContext, statement_ids: &[String]) {
        let mut parts: Vec<(String, AnchorId)> = Vec::new();
        for id in statement_ids {
            let Some(anchor) = self.anchors.get(id).copied() else { continue };
            let name = self.name_of_part(id).map_or_else(|| id.clone(), |name| name.text.to_string());
            if parts.iter().all(|(known, _)| *known != name) {
                parts.push((name, anchor));
            }
        }
        let page = &self.labels().page;
        let template = if parts.len() > 1 { page.pages } else { page.page };
        let (before, after) = template.split_once("{0}").unwrap_or((template, ""));
        for (index, (name, anchor)) in parts.iter().enumerate() {
            let (before, after) =
                (if index == 0 { before } else { "" }, if index + 1 == parts.len() { after } else { "" });
            self.push_text(inline, text_context, if index == 0 { " " } else { page.list_comma });
            self.page_link(inline, text_context, (*anchor, name), (before, after));
        }
    }

    /// Appends the page of a destination that may be on a later page, as a link with a text around the number.
    fn page_link(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        (anchor, name): (AnchorId, &str),
        (before, after): (&str, &str),
    ) {
        let contents = self.link_contents(&filled(self.labels().go_to, &[name]));
        let role = Role::Link { target: LinkTarget::Anchor(anchor), contents };
        let link = self.label_tag(text_context.node, role);
        let language = self.lexicon.locale().tag();
        let text_context = TextContext { node: link, link: Some(link), language, ..text_context };
        self.push_text(inline, text_context, before);
        self.page_of(inline, text_context, anchor);
        self.push_text(inline, text_context, after);
    }
}
