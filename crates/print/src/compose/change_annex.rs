//! The annex of all declared changes, each with everything that it holds. Of those that are cards or rows of the part on
//! changes it has what these lack.

use chancery_brief::references::change_subject;
use chancery_proto::brief::v1::Change;

use crate::compose::annotations::Value;
use crate::compose::change_ledger::Reversal;
use crate::compose::changes::{MarkedText, ReversalSelection};
use crate::compose::composer::{Composer, TextContext};
use crate::compose::labels::filled;
use crate::compose::part_names::PartName;
use crate::compose::stylesheet::{ACCENT, COMPACT_TABLE, QUIET, TypeSpec};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Block, Cell, Span};
use crate::tags::{AnchorId, Role, TagId};
use crate::text::inline::Inline;
use crate::text::text_style::TextStyle;
use crate::units::Length;

/// Type of remarks in the table.
const MUTED: TypeSpec = TypeSpec {
    style: TextStyle { size: Length::milli_pt(7_500), ..COMPACT_TABLE.style },
    leading: Length::milli_pt(9_300),
}
.colored(QUIET);
/// Widths of the columns, each with the space after it; the third takes the rest.
const COLUMNS: [Length; 4] = [Length::mm(46), Length::mm(30), Length::ZERO, Length::mm(42)];

/// A change in the annex.
struct AnnexChange<'a> {
    change: &'a Change,
    /// The letter of its reversal.
    letter: Option<String>,
    /// The destination of its card or row in the part on changes.
    card: Option<AnchorId>,
    /// The destination of its reversal, if it is here.
    anchors: Vec<AnchorId>,
    /// Whether the card or row omits what holds now.
    lacks_now: bool,
    /// The events that the card names.
    shown_events: Vec<&'a str>,
    /// Whether the card has the reason.
    has_why: bool,
}

impl<'a> Composer<'a> {
    /// Adds the table of all changes.
    pub(crate) fn all_changes(&mut self, sect: TagId) {
        self.commit_pages_before_heading();
        let labels = self.labels();
        let head = [labels.part_head, labels.change, labels.holds_now, labels.why];
        let mut maker = TableMaker::begin(self, sect, "", &head, true, TextOrigin::Printer);
        maker.widths(self, &COLUMNS);
        maker.block.span = Span::Full;
        maker.block.before = Length::ZERO;
        for listed in self.annex_changes() {
            self.begin_part(change_subject(listed.change));
            let anchors = listed.anchors.clone();
            maker.row_of_cells(self, anchors, |composer, column, tag, cell| match column {
                0 => composer.annex_subject(tag, cell, &listed),
                1 => composer.annex_kind(tag, cell, &listed),
                2 => composer.annex_now(tag, cell, &listed),
                _ => composer.annex_why(tag, cell, &listed),
            });
        }
        self.begin_part("");
        maker.finish(self);
    }

    /// Makes the pages of all statements known to the annex. The break that this allows must not part the annex from its
    /// heading, which is the last block.
    fn commit_pages_before_heading(&mut self) {
        let heading = self.flow.blocks.pop();
        self.flow.blocks.push(Block::CommitPages);
        self.flow.blocks.extend(heading);
    }

    /// Returns the changes: reversals in the order of their letters, then the others by kind.
    fn annex_changes(&self) -> Vec<AnnexChange<'a>> {
        let ReversalSelection { cards, rows } = self.selection;
        let count = self.ledger.cards.len();
        let mut listed = Vec::new();
        for (index, reversal) in self.ledger.reversals().enumerate() {
            let is_card = index < count;
            let is_printed = if is_card { index < cards } else { index - count < rows };
            self.annex_reversal(&mut listed, reversal, is_card, is_printed);
        }
        let mut others = self.ledger.others.clone();
        others.sort_by_key(|change| change.kind);
        // Judgments have a table in the part on changes, which omits what only their declared change has.
        let others = self.ledger.judgments().chain(others);
        listed.extend(others.map(|change| AnnexChange {
            change,
            letter: None,
            card: None,
            anchors: Vec::new(),
            lacks_now: true,
            shown_events: Vec::new(),
            has_why: false,
        }));
        listed
    }

    fn annex_reversal(
        &self,
        listed: &mut Vec<AnnexChange<'a>>,
        reversal: &Reversal<'a>,
        is_card: bool,
        is_printed: bool,
    ) {
        let facts = self.card_facts(reversal);
        let anchors = self.reversal_anchors(reversal);
        let events: Vec<&str> = facts.events.iter().map(|(id, _)| *id).filter(|_| is_card).collect();
        for (index, change) in reversal.changes.iter().enumerate() {
            listed.push(AnnexChange {
                change,
                letter: Some(reversal.letter.clone()),
                card: anchors.first().copied().filter(|_| is_printed),
                anchors: if is_printed || index > 0 { Vec::new() } else { anchors.clone() },
                lacks_now: !is_printed || facts.without_now.contains(&index),
                shown_events: if is_printed { events.clone() } else { Vec::new() },
                has_why: is_printed,
            });
        }
    }

    /// Adds letter, marking, opening words, id and page of a changed part.
    fn annex_subject(&mut self, tag: TagId, cell: &mut Cell, listed: &AnnexChange) {
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, COMPACT_TABLE);
        if let Some(letter) = &listed.letter {
            let letter_context = self.text_context(tag, COMPACT_TABLE.strong().colored(ACCENT));
            self.push_label(&mut inline, letter_context, letter);
            self.push_text(&mut inline, text_context, "  ");
        }
        self.mark_part(&mut inline, text_context, &listed.change.marking);
        let id = change_subject(listed.change);
        self.known_link(&mut inline, text_context, id);
        let muted = self.text_context(tag, MUTED);
        let mut page = Inline::default();
        self.page_reference(&mut page, muted, [id]);
        if !page.is_empty() {
            self.push_text(&mut inline, muted, "  ");
            self.page_reference(&mut inline, muted, [id]);
        }
        self.cell_paragraph(cell, COMPACT_TABLE, inline);
    }

    /// Adds the kind, the reference to the card, and the confidence.
    fn annex_kind(&mut self, tag: TagId, cell: &mut Cell, listed: &AnnexChange) {
        let word = self.lexicon.change(listed.change.kind);
        self.label_paragraph(tag, cell, COMPACT_TABLE.strong(), word);
        if let (Some(letter), Some(anchor)) = (&listed.letter, listed.card) {
            let mut inline = Inline::default();
            let node = self.tag(tag, Role::P);
            let text_context = self.text_context(node, MUTED);
            let values = [Value::Text(letter), Value::Pages(vec![anchor])];
            self.push_template(&mut inline, text_context, self.labels().page.see_card, &values);
            self.cell_paragraph(cell, MUTED, inline);
        }
        let shift = self.confidence_shift(&[listed.change]);
        let is_declared = listed.change.confidence_before != 0 || listed.change.confidence_after != 0;
        if is_declared || shift.before != shift.after {
            self.confidence_line(tag, cell, &shift);
        }
        let now = self.current.statement(change_subject(listed.change));
        if let Some(before) = now.and_then(|statement| self.prior.changed_statement_likelihood(statement)) {
            let before = filled(self.labels().was_likely, &[&self.lexicon.short_odds(before)]);
            self.label_paragraph(tag, cell, MUTED, &before);
        }
    }

    /// Adds what holds now, the earlier text, and the replacements.
    fn annex_now(&mut self, tag: TagId, cell: &mut Cell, listed: &AnnexChange) {
        let AnnexChange { change, .. } = listed;
        let is_on_card = listed.card.is_some();
        if listed.lacks_now && change.now.is_empty() && !is_on_card {
            let now = self.present_text(change, change.kind());
            self.texts(tag, cell, COMPACT_TABLE, now.as_slice());
        }
        self.annex_replacement(tag, cell, listed);
        if let Some(before) = self.quoted_before(change).filter(|_| !is_on_card) {
            self.earlier_quotation(tag, cell, &before);
        }
    }

    /// Adds an earlier text as "was “…”".
    fn earlier_quotation(&mut self, tag: TagId, cell: &mut Cell, MarkedText { text, marking }: &MarkedText) {
        let mut inline = Inline::default();
        let node = self.tag(tag, Role::P);
        let text_context = self.text_context(node, MUTED.italic());
        self.mark_part(&mut inline, text_context, marking);
        let quoted = filled(self.labels().page.quote, &[text]);
        self.push_template(&mut inline, text_context, self.labels().was_likely, &[Value::Text(&quoted)]);
        self.cell_paragraph(cell, MUTED, inline);
    }

    /// Adds the declared text and the replacements.
    fn annex_replacement(&mut self, tag: TagId, cell: &mut Cell, listed: &AnnexChange) {
        let AnnexChange { change, .. } = listed;
        let mut inline = Inline::default();
        let has_text = (listed.lacks_now && !change.now.is_empty())
            || change.replaced_by.iter().any(|id| self.is_nameable(id));
        let tag = if has_text { self.tag(tag, Role::P) } else { tag };
        let text_context = self.text_context(tag, COMPACT_TABLE);
        if listed.lacks_now {
            self.push_with_letters(&mut inline, text_context, &change.now);
        }
        self.linked_list(&mut inline, text_context, &change.replaced_by);
        self.cell_paragraph(cell, COMPACT_TABLE, inline);
    }

    /// Adds the reason and the evidence.
    fn annex_why(&mut self, tag: TagId, cell: &mut Cell, listed: &AnnexChange) {
        let AnnexChange { change, .. } = listed;
        if !listed.has_why && !change.why.is_empty() {
            let mut inline = Inline::default();
            let node = self.tag(tag, Role::P);
            let text_context = self.text_context(node, COMPACT_TABLE);
            self.push_with_letters(&mut inline, text_context, &change.why);
            self.cell_paragraph(cell, COMPACT_TABLE, inline);
        }
        let evidence = change.evidence_ids.iter();
        let evidence: Vec<&String> = evidence
            .filter(|id| !listed.shown_events.contains(&id.as_str()) && self.is_nameable(id))
            .collect();
        if evidence.is_empty() {
            return;
        }
        let mut inline = Inline::default();
        let node = self.tag(tag, Role::P);
        let muted = self.text_context(node, MUTED);
        for id in evidence {
            if !inline.is_empty() {
                self.push_text(&mut inline, muted, self.list_separator());
            }
            match self.dated_event(id) {
                Some(MarkedText { text, marking }) => {
                    self.mark_part(&mut inline, muted, &marking);
                    let contents = filled(self.labels().go_to, &[&text]);
                    self.link(&mut inline, muted, id, &text, &contents);
                    self.small_id(&mut inline, muted, id);
                }
                None => self.known_link(&mut inline, muted, id),
            }
        }
        self.cell_paragraph(cell, MUTED, inline);
    }

    /// Returns whether a part has a name in this edition or the earlier one, or ids are printed.
    fn is_nameable(&self, id: &str) -> bool {
        self.options.show_ids || self.name_of_part(id).is_some()
    }

    /// Appends "See" and links to the parts that this edition or the earlier one has.
    fn linked_list(&mut self, inline: &mut Inline, text_context: TextContext, ids: &[String]) {
        let known: Vec<&String> = ids.iter().filter(|id| self.is_nameable(id)).collect();
        for (index, id) in known.into_iter().enumerate() {
            if index > 0 {
                self.push_text(inline, text_context, self.list_separator());
            } else {
                if !inline.is_empty() {
                    self.push_text(inline, text_context, " ");
                }
                self.push_label(inline, text_context, self.labels().see);
                self.push_text(inline, text_context, " ");
            }
            self.known_link(inline, text_context, id);
        }
    }

    /// Appends the opening words or the name of a part, linked if it is printed, and its id if ids are printed. A part
    /// of neither edition has an id only.
    fn known_link(&mut self, inline: &mut Inline, text_context: TextContext, id: &str) {
        let name = self.name_of_part(id).cloned();
        match (name, self.edition.earlier_number()) {
            // "Key judgment 2" alone would be that of this revision.
            (Some(PartName { text, origin: TextOrigin::Printer, .. }), Some(number))
                if !self.is_in_edition(id) =>
            {
                let number = self.lexicon.digits(&number.to_string());
                let name = filled(self.labels().page.trend_in_revision, &[&text, &number]);
                self.push_label(inline, text_context, &name);
            }
            (Some(_), _) => self.quoted_link(inline, text_context, id),
            (None, _) => {}
        }
        self.small_id(inline, text_context, id);
    }

    fn small_id(&mut self, inline: &mut Inline, text_context: TextContext, id: &str) {
        if self.options.show_ids {
            self.small_word(inline, text_context, &format!(" [{id}]"));
        }
    }
}
