//! Timelines as drawings or tables, decided before the print is planned.

use chancery_proto::brief::v1::{BriefContent, Figure, FigureKind, Section};

use super::drawing;
use crate::compose::content_facts::figures;
use crate::compose::figures::sketch::{Ruler, Sketch};
use crate::compose::lexicon::Lexicon;
use crate::text::Typesetter;
use crate::text::languages::is_right_to_left;

/// The form in which a timeline is printed.
pub(super) enum TimelineForm {
    Drawing(Box<Sketch>),
    /// The table of its events.
    Table,
}

impl From<Option<Sketch>> for TimelineForm {
    fn from(sketch: Option<Sketch>) -> Self {
        sketch.map_or(Self::Table, |sketch| Self::Drawing(Box::new(sketch)))
    }
}

/// The timelines of a print in order, with the ids of the events that they emphasize.
#[derive(Default)]
pub(crate) struct Timelines(Vec<(Vec<String>, TimelineForm)>);

impl Timelines {
    /// Lays out the timelines of sections.
    pub(crate) fn of(
        sections: &[&Section],
        content: &BriefContent,
        is_large: bool,
        lexicon: Lexicon,
        typesetter: &mut Typesetter,
    ) -> Self {
        if content.events.is_empty() {
            return Self::default();
        }
        let right_to_left = is_right_to_left(&content.language);
        let mut ruler = Ruler { typesetter, language: &content.language, lexicon, right_to_left };
        let laid_out = |figure: &Figure| {
            let drawn = (!is_large).then(|| drawing::sketch(content, &figure.highlight_ids, &mut ruler));
            (figure.highlight_ids.clone(), drawn.flatten().into())
        };
        Self(figures(sections, FigureKind::Timeline).map(laid_out).collect())
    }

    /// Returns whether the events of any timeline are a table.
    pub(crate) fn is_any_tabulated(&self) -> bool {
        self.0.iter().any(|(_, form)| matches!(form, TimelineForm::Table))
    }

    /// Returns the layout of a figure, which is needed once.
    pub(super) fn take(&mut self, figure: &Figure) -> Option<TimelineForm> {
        let index = self.0.iter().position(|(ids, _)| *ids == figure.highlight_ids)?;
        Some(self.0.remove(index).1)
    }
}
