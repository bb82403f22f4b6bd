//! The tables of a brief with two subjects: other parties as rows with a column for each subject, then the relationships
//! between the subjects by domain, then those of others.

use chancery_proto::brief::v1::{Domain, Figure, Relationship};

use super::comparison::{Comparison, Party, PartyGroup};
use super::tie_signs::{TieDirection, TieSign};
use crate::compose::composer::Composer;
use crate::compose::labels::filled;
use crate::compose::stylesheet::{ACCENT, INK, LABEL, ROW_HEAD, TABLE, TABLE_NOTE};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Cell, Span, TextBlock};
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

/// Widths of the columns: a party, then each subject.
const PARTY_WIDTHS: [Length; 3] = [Length::mm(52), Length::mm(57), Length::mm(57)];
/// Widths of the columns: a domain, then its relationships.
const DOMAIN_WIDTHS: [Length; 2] = [Length::mm(40), Length::mm(126)];
/// Positions of the arrow and of the words after a sign.
const ARROW: Length = Length::pt(12);
const WORDS: Length = Length::pt(28);
/// Furthest position of the words after the names of both ends.
const WORDS_AFTER_NAMES: Length = Length::pt(120);
/// Space between the ends of a relationship and its words.
const AFTER_NAMES: Length = Length::pt(8);

/// Space above and below a row's text.
const PADDING: (Length, Length) = (Length::milli_pt(2_000), Length::milli_pt(2_500));

/// A table of the figure.
#[derive(Clone, Copy)]
enum ComparisonPart {
    Parties,
    Mutual,
    Others,
}

impl Composer<'_> {
    /// Adds the tables that have rows, the legend after the first; `anchored` makes their paragraphs the destinations of the relationships.
    pub(super) fn comparison_tables(
        &mut self,
        sect: TagId,
        figure: &Figure,
        comparison: &Comparison,
        anchored: bool,
    ) {
        let parts = [
            (ComparisonPart::Parties, comparison.groups.is_empty()),
            (ComparisonPart::Mutual, comparison.mutual.is_empty()),
            (ComparisonPart::Others, comparison.others.is_empty()),
        ];
        let parts: Vec<_> = parts.into_iter().filter(|(_, is_empty)| !is_empty).collect();
        let last = parts.len().saturating_sub(1);
        for (index, (part, _)) in parts.into_iter().enumerate() {
            let caption = if index == 0 { figure.title.as_str() } else { "" };
            let mut maker = match part {
                ComparisonPart::Parties => self.party_table(sect, caption, comparison, anchored),
                ComparisonPart::Mutual => self.mutual_table(sect, caption, comparison, anchored),
                ComparisonPart::Others => self.others_table(sect, caption, comparison, anchored),
            };
            maker.block.keep_with_next = index == 0 || index == last;
            maker.block.after = Length::pt(3);
            maker.finish(self);
            if index == 0 {
                self.tie_legend(sect, comparison);
            }
        }
    }

    fn party_table(
        &mut self,
        sect: TagId,
        caption: &str,
        comparison: &Comparison,
        anchored: bool,
    ) -> TableMaker {
        let page = &self.labels().page;
        let names = comparison.subjects.map(|id| self.name_of(id));
        let head = [page.third_party, names[0].as_str(), names[1].as_str()];
        let mut maker = TableMaker::begin(self, sect, caption, &head, true, TextOrigin::Author);
        maker.widths(self, &PARTY_WIDTHS);
        maker.block.span = Span::Full;
        maker.block.padding = PADDING;
        for (group, parties) in &comparison.groups {
            let title = match group {
                PartyGroup::SameSign => page.same_sign,
                PartyGroup::DifferentSigns => page.different_signs,
                PartyGroup::OneSubject => page.one_subject_only,
            };
            maker.group(self, |composer, tag, cell| {
                composer.cell_label(tag, cell, LABEL.colored(ACCENT), title);
            });
            for party in parties {
                self.party_row(&mut maker, party, comparison.subjects, anchored);
            }
        }
        maker
    }

    /// Returns the table of the relationships between the subjects, by domain.
    fn mutual_table(
        &mut self,
        sect: TagId,
        caption: &str,
        comparison: &Comparison,
        anchored: bool,
    ) -> TableMaker {
        let names = comparison.subjects.map(|id| self.name_of(id));
        let title = filled(self.labels().page.between_two, &[&names[0], &names[1]]);
        let mut maker = self.begin_grouped(sect, caption, &title);
        let position = self.ends_position(comparison.mutual.iter().flat_map(|(_, ties)| ties));
        for (domain, ties) in &comparison.mutual {
            self.domain_row(&mut maker, *domain, ties, position, anchored);
        }
        maker
    }

    /// Returns the table of the relationships without a subject, by their ends.
    fn others_table(
        &mut self,
        sect: TagId,
        caption: &str,
        comparison: &Comparison,
        anchored: bool,
    ) -> TableMaker {
        let mut maker = self.begin_grouped(sect, caption, self.labels().page.between_others);
        let position = self.ends_position(comparison.others.iter().flat_map(|(_, ties)| ties));
        for (ends, ties) in &comparison.others {
            self.others_row(&mut maker, *ends, ties, position, anchored);
        }
        maker
    }

    fn party_row(&mut self, maker: &mut TableMaker, party: &Party, subjects: [&str; 2], anchored: bool) {
        maker.row_of_cells(self, Vec::new(), |composer, column, tag, cell| {
            let Some(subject) = column.checked_sub(1) else {
                return composer.end_names(tag, cell, &[party.id]);
            };
            for tie in &party.ties[subject] {
                composer.subject_tie(tag, cell, subjects[subject], tie, anchored);
            }
        });
    }

    /// Adds a relationship of a subject with the party of the row.
    fn subject_tie(
        &mut self,
        tag: TagId,
        cell: &mut Cell,
        subject: &str,
        tie: &Relationship,
        anchored: bool,
    ) {
        let words = self.in_table_text(WORDS);
        self.tie_line(tag, cell, tie, (words, anchored), |composer, inline| {
            let text_context = composer.text_context(tag, TABLE);
            composer.tie_arrow(inline, text_context, TieDirection::seen_from(subject, tie));
        });
    }

    /// Adds a relationship to a cell: its sign, what `direct` appends about its direction, and its words from a position
    /// on.
    fn tie_line(
        &mut self,
        tag: TagId,
        cell: &mut Cell,
        tie: &Relationship,
        (position, anchored): (Length, bool),
        direct: impl FnOnce(&mut Self, &mut Inline),
    ) {
        let outer = self.replace_part(&tie.id);
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, TABLE);
        self.tie_anchor(&mut inline, &tie.id, anchored);
        self.tie_sign(&mut inline, text_context, tie);
        self.tab(&mut inline, text_context, self.in_table_text(ARROW));
        direct(self, &mut inline);
        self.tab(&mut inline, text_context, position);
        self.tie_words(&mut inline, tag, tie);
        self.tie_paragraph(cell, inline, position);
        self.begin_part(&outer);
    }

    /// Begins a table of two columns with its title as the header of its rows.
    fn begin_grouped(&mut self, sect: TagId, caption: &str, title: &str) -> TableMaker {
        let mut maker = TableMaker::begin(self, sect, caption, &["", ""], true, TextOrigin::Printer);
        maker.widths(self, &DOMAIN_WIDTHS);
        maker.block.span = Span::Full;
        maker.block.padding = PADDING;
        maker.group(self, |composer, tag, cell| composer.cell_label(tag, cell, ROW_HEAD, title));
        maker
    }

    fn domain_row(
        &mut self,
        maker: &mut TableMaker,
        domain: Option<&Domain>,
        ties: &[&Relationship],
        position: Length,
        anchored: bool,
    ) {
        maker.row_of_cells(self, Vec::new(), |composer, column, tag, cell| {
            if column > 0 {
                return composer.named_ties(tag, cell, ties, position, anchored);
            }
            let Some(domain) = domain else {
                return composer.cell_label(tag, cell, ROW_HEAD, composer.labels().page.whole_relationship);
            };
            let mut inline = Inline::default();
            let text_context = composer.text_context(tag, ROW_HEAD);
            composer.mark_part(&mut inline, text_context, &domain.marking);
            composer.push_text(&mut inline, text_context, &domain.name);
            composer.cell_paragraph(cell, ROW_HEAD, inline);
        });
    }

    fn others_row(
        &mut self,
        maker: &mut TableMaker,
        [from, to]: [&str; 2],
        ties: &[&Relationship],
        position: Length,
        anchored: bool,
    ) {
        maker.row_of_cells(self, Vec::new(), |composer, column, tag, cell| {
            if column > 0 {
                return composer.named_ties(tag, cell, ties, position, anchored);
            }
            let ends = [from, to];
            composer.end_names(tag, cell, if from == to { &ends[..1] } else { &ends });
        });
    }

    /// Adds the names of one or two ends as a row's header.
    fn end_names(&mut self, tag: TagId, cell: &mut Cell, ends: &[&str]) {
        let names: Vec<String> = ends.iter().map(|id| self.isolated_in_line(&self.name_of(id))).collect();
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, ROW_HEAD);
        self.push_text(&mut inline, text_context, &self.lexicon.list(&names));
        self.cell_paragraph(cell, ROW_HEAD, inline);
    }

    /// Adds relationships with their ends, and their words from a position on.
    fn named_ties(
        &mut self,
        tag: TagId,
        cell: &mut Cell,
        ties: &[&Relationship],
        position: Length,
        anchored: bool,
    ) {
        for tie in ties {
            self.tie_line(tag, cell, tie, (position, anchored), |composer, inline| {
                composer.direction_words(inline, tag, tie);
            });
        }
    }

    /// Appends "mutual" or the ends of a relationship.
    fn direction_words(&mut self, inline: &mut Inline, node: TagId, tie: &Relationship) {
        let text_context = self.text_context(node, TABLE);
        if tie.symmetric {
            self.push_label(inline, text_context, self.labels().page.tie_mutual);
        } else {
            self.tie_ends(inline, text_context, tie);
        }
    }

    /// Returns the position of the words: after the longest names, but not further than a limit.
    fn ends_position<'r>(&mut self, ties: impl Iterator<Item = &'r &'r Relationship>) -> Length {
        let mut furthest = Length::ZERO;
        for tie in ties {
            let names = if tie.symmetric {
                self.labels().page.tie_mutual.to_owned()
            } else {
                // An arrow is about as wide as this.
                format!("{} \u{2014} {}", self.name_of(&tie.from_id), self.name_of(&tie.to_id))
            };
            let kind = self.sheet.fit(TABLE);
            furthest = furthest.max(self.ruler().width(&names, kind));
        }
        let limit = self.in_table_text(WORDS_AFTER_NAMES);
        (self.in_table_text(ARROW) + furthest + AFTER_NAMES).min(limit)
    }

    /// Adds the signs and arrows that occur, with their meaning.
    pub(super) fn tie_legend(&mut self, sect: TagId, comparison: &Comparison) {
        let relationships = self.content.relationships.as_slice();
        let page = &self.labels().page;
        let node = self.label_tag(sect, Role::P);
        let mut block = TextBlock { after: Length::pt(6), ..self.note_block() };
        self.sign_explanations(&mut block.inline, node, relationships);
        let arrows = [
            (TieDirection::Outgoing, page.legend_outgoing),
            (TieDirection::Incoming, page.tie_incoming),
            (TieDirection::Mutual, page.tie_mutual),
        ];
        let parties = || comparison.groups.iter().flat_map(|(_, parties)| parties);
        let occurs = |direction: TieDirection| {
            let of = |subject: usize| {
                let ties = parties().flat_map(move |party| &party.ties[subject]);
                ties.map(move |tie| TieDirection::seen_from(comparison.subjects[subject], tie))
            };
            of(0).chain(of(1)).any(|seen| seen == direction)
        };
        for (direction, text) in arrows.into_iter().filter(|(direction, _)| occurs(*direction)) {
            let text_context = self.label_context(node, TABLE_NOTE.colored(INK));
            self.legend_gap(&mut block.inline, node);
            self.explained_arrow(&mut block.inline, text_context, direction);
            self.push_text(&mut block.inline, text_context, &format!("\u{a0}{text}"));
        }
        self.push(block);
    }

    /// Appends the signs that occur, each with its meaning.
    pub(super) fn sign_explanations(
        &mut self,
        inline: &mut Inline,
        node: TagId,
        relationships: &[Relationship],
    ) {
        let page = &self.labels().page;
        let text_context = self.label_context(node, TABLE_NOTE.colored(INK));
        let occurs = |sign: &TieSign| relationships.iter().any(|tie| TieSign::of(tie) == *sign);
        for sign in TieSign::ALL.into_iter().filter(occurs) {
            self.legend_gap(inline, node);
            self.explained_sign(inline, text_context, sign);
            self.push_text(inline, text_context, &format!("\u{a0}{}", sign.explanation(page)));
        }
    }

    fn legend_gap(&mut self, inline: &mut Inline, node: TagId) {
        if !inline.is_empty() {
            let text_context = self.label_context(node, TABLE_NOTE);
            self.push_text(inline, text_context, "\u{2003}");
        }
    }
}
