//! The relationship figure. Every relationship of the brief is in it once, with a sign for its polarity or status:
//!
//! - of a brief with two subjects, in tables that compare them;
//! - of a brief with up to twelve actors, as a drawing with a numbered list below it;
//! - otherwise, and in large print without two subjects, as the table of relationships.

mod circular_order;
mod comparison;
mod comparison_table;
mod network_drawing;
mod network_layout;
mod network_shape;
mod node_labels;
mod plane;
mod subjects;
mod tie_list;
mod tie_signs;
mod tie_text;

use chancery_proto::brief::v1::{Figure, Relationship};

use self::comparison::Comparison;
use self::network_layout::Edge;
use self::tie_signs::TieSign;
use super::sketch::Sketch;
use crate::compose::composer::Composer;
use crate::compose::figure_notes::FigureNote;
use crate::flow::{Block, TextBlock};
use crate::tags::{Role, TagId};
use crate::units::Length;

/// Maximum length of the actors' names in an alternative text, in characters.
const LONGEST_NAMES: usize = 400;

impl Composer<'_> {
    pub(super) fn relationship_figure(&mut self, sect: TagId, figure: &Figure) {
        let content = self.content;
        if content.relationships.is_empty() {
            return;
        }
        // A second figure repeats the relationships, but destinations are unique.
        let anchored = !std::mem::replace(&mut self.relationships_shown, true);
        if let Some(subjects) = subjects::two_subjects(content) {
            let comparison = Comparison::new(subjects, &content.relationships, &content.domains);
            self.comparison_tables(sect, figure, &comparison, anchored);
            return self.all_relationships_note(sect, figure);
        }
        if let Some(network) = self.network() {
            self.drawn_network(sect, figure, network, anchored);
        } else {
            let relationships: Vec<&Relationship> = content.relationships.iter().collect();
            let mut maker = self.relationship_table(sect, &figure.title, &relationships, anchored);
            maker.block.keep_with_next = true;
            maker.block.after = Length::pt(3);
            maker.finish(self);
        }
        self.all_relationships_note(sect, figure);
    }

    /// Returns the drawing of the relationships with its alternative text.
    fn network(&mut self) -> Option<(Sketch, String)> {
        let relationships = self.content.relationships.as_slice();
        let ends = subjects::ends(relationships);
        if ends.len() > network_drawing::MOST_ACTORS {
            return None;
        }
        let node = |id: &str| ends.iter().position(|end| *end == id).unwrap_or(0);
        let edges: Vec<Edge> = relationships
            .iter()
            .map(|of| Edge {
                from: node(&of.from_id),
                to: node(&of.to_id),
                symmetric: of.symmetric,
                sign: TieSign::of(of),
            })
            .collect();
        let names: Vec<String> = ends.iter().map(|id| self.name_of(id)).collect();
        let sketch = self.drawable(|ruler| network_drawing::sketch(&names, &edges, ruler))?;
        Some((sketch, self.network_alt(&names)))
    }

    /// Returns an alternative text with the actors, which refers to the list for the relationships.
    fn network_alt(&self, names: &[String]) -> String {
        let labels = self.labels();
        let (what, list) = (labels.network_alt, labels.page.numbered_below);
        let names = self.lexicon.list(names);
        if names.chars().count() > LONGEST_NAMES {
            return format!("{what}. {list}");
        }
        format!("{what}: {names}. {list}")
    }

    fn drawn_network(
        &mut self,
        sect: TagId,
        figure: &Figure,
        (sketch, alt): (Sketch, String),
        anchored: bool,
    ) {
        // The source is below the list.
        let without_source = Figure { source: String::new(), ..figure.clone() };
        self.drawn(sect, &without_source, alt, sketch);
        let place = self.flow.blocks.len() - 1;
        let relationships = self.content.relationships.as_slice();
        let node = self.label_tag(sect, Role::P);
        let mut legend = TextBlock { after: Length::pt(4), ..self.note_block() };
        self.sign_explanations(&mut legend.inline, node, relationships);
        self.push(legend);
        let items = self.tie_list(sect, relationships, anchored);
        if let Block::Figure(drawn) = &mut self.flow.blocks[place] {
            // The legend, the list and the note.
            drawn.floats_with = Some(items + 2);
            drawn.keep_with_next = true;
            drawn.after = Length::pt(4);
        }
    }

    /// Adds the line that says that all relationships are shown, with the figure's source.
    fn all_relationships_note(&mut self, sect: TagId, figure: &Figure) {
        let count = self.content.relationships.len();
        let all = self.lexicon.counted(&self.labels().page.all_relationships, count, &[]);
        if let Some(note) = self.note_line(sect, &[FigureNote::own(&all)], &figure.source) {
            self.push(TextBlock { after: Length::pt(8), ..note });
        }
    }
}
