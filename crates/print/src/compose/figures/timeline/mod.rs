//! The timeline: events as labelled marks in lanes by field, and the events before the dense period in an inset. Its
//! tagged text is a list of the events in order of time. Events that are too many or too long for it are a table.

mod axis;
mod drawing;
mod entries;
mod inset;
mod marks;
mod placement;
#[cfg(test)]
mod tests;

use chancery_proto::brief::v1::{BriefContent, Event, Figure, FigureKind, Section};

use super::sketch::{Ruler, Sketch};
use crate::compose::composer::Composer;
use crate::compose::content_facts::{events_in_time_order, figures};
use crate::compose::coverage_runs::shortened;
use crate::compose::labels::filled;
use crate::compose::lexicon::Lexicon;
use crate::tags::TagId;
use crate::text::Typesetter;
use crate::text::languages::is_right_to_left;

impl Composer<'_> {
    /// Adds a timeline, or the table of its events.
    pub(super) fn timeline_figure(&mut self, sect: TagId, figure: &Figure) {
        let content = self.content;
        if content.events.is_empty() {
            return;
        }
        let sketch = self.drawable(|ruler| drawing::sketch(content, &figure.highlight_ids, ruler));
        if let Some(sketch) = sketch {
            let alt = self.timeline_alt(figure, &sketch);
            return self.drawn(sect, figure, alt, sketch);
        }
        let is_anchored = !self.anchors.contains_key("part.timeline");
        let maker = self.event_table(sect, &figure.title, is_anchored, &figure.highlight_ids);
        self.table_with_source(sect, figure, maker);
    }

    /// Returns the alternative text: title, number of events, and the dates of those that are emphasized. The events
    /// themselves follow as a list.
    fn timeline_alt(&self, figure: &Figure, sketch: &Sketch) -> String {
        let labels = self.lexicon.timeline();
        let count = self.lexicon.counted(&labels.alt, sketch.items.len(), &[]);
        let title = figure.title.trim_end_matches('.');
        let mut alt = if title.is_empty() { count } else { format!("{title}. {count}") };
        let is_highlighted =
            |event: &&Event| figure.highlight_ids.contains(&event.id) && !event.date.is_empty();
        let dates: Vec<String> = events_in_time_order(&self.content.events)
            .into_iter()
            .map(|(event, _)| event)
            .filter(is_highlighted)
            .map(|event| self.lexicon.date(&event.date))
            .collect();
        if !dates.is_empty() {
            let highlighted = filled(labels.highlighted, &[&dates.join(self.list_separator())]);
            alt = format!("{alt} {highlighted}");
        }
        shortened(&alt)
    }
}

/// Returns whether any of the sections has a timeline whose events are a table.
pub(crate) fn is_tabulated(
    sections: &[&Section],
    content: &BriefContent,
    is_large: bool,
    lexicon: Lexicon,
    typesetter: &mut Typesetter,
) -> bool {
    let mut ruler = Ruler {
        typesetter,
        language: &content.language,
        lexicon,
        right_to_left: is_right_to_left(&content.language),
    };
    let is_table =
        |figure: &Figure| is_large || drawing::sketch(content, &figure.highlight_ids, &mut ruler).is_none();
    !content.events.is_empty() && figures(sections, FigureKind::Timeline).any(is_table)
}
