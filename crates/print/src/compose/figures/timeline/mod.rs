//! The timeline: events as labelled marks in lanes by field, and the events before the dense period in an inset. Its
//! tagged text is a list of the events in order of time. Events that are too many or too long for it are a table.

mod axis;
mod drawing;
mod entries;
pub(crate) mod forms;
mod inset;
mod marks;
mod placement;
#[cfg(test)]
mod tests;

use chancery_proto::brief::v1::{Event, Figure};

use self::forms::TimelineForm;
use super::sketch::Sketch;
use crate::compose::composer::Composer;
use crate::compose::content_facts::events_in_time_order;
use crate::compose::coverage_runs::shortened;
use crate::compose::labels::filled;
use crate::tags::TagId;

impl Composer<'_> {
    /// Adds a timeline, or the table of its events.
    pub(super) fn timeline_figure(&mut self, sect: TagId, figure: &Figure) {
        let content = self.content;
        if content.events.is_empty() {
            return;
        }
        let form = match self.timelines.take(figure) {
            Some(form) => form,
            None => self.drawable(|ruler| drawing::sketch(content, &figure.highlight_ids, ruler)).into(),
        };
        if let TimelineForm::Drawing(sketch) = form {
            let alt = self.timeline_alt(figure, &sketch);
            return self.drawn(sect, figure, alt, *sketch);
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
