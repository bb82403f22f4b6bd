//! Scenarios, one table a set with a bar for each percentage, and the indicators that point to them.

use chancery_proto::brief::v1::{Indicator, Scenario};

use crate::compose::annotations::BarSize;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::labels::filled;
use crate::compose::sentence_ends::as_sentence;
use crate::compose::stylesheet::{ACCENT, HAIRLINE_GRAY, REMARK, ROW_HEAD, TABLE};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Cell, Span};
use crate::graphics::{Paint, Path, Rect, Segment};
use crate::layout::HAIRLINE;
use crate::tags::TagId;
use crate::text::inline::{Inline, InlineDrawing};
use crate::units::Length;

/// Widths of a scenario's columns: percentage, bar, text and indicators, each with the space after it.
const SCENARIO: [Length; 4] = [Length::mm(10), Length::mm(54), Length::ZERO, Length::mm(18)];
const BAR: BarSize = BarSize { width: Length::mm(50), height: Length::pt(7) };
/// Widths of an indicator's columns: number, text and meaning.
const INDICATOR: [Length; 3] = [Length::mm(6), Length::mm(78), Length::ZERO];

/// Width of each further digit of an indicator's number.
const DIGIT: Length = Length::mm(2);

/// Space between rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowSpacing {
    Even,
    /// On a single page.
    Close,
}

impl RowSpacing {
    /// Returns the space above and below a row's text.
    const fn padding(self) -> (Length, Length) {
        match self {
            Self::Even => (Length::milli_pt(2_500), Length::milli_pt(2_800)),
            Self::Close => (Length::milli_pt(1_300), Length::milli_pt(1_900)),
        }
    }
}

impl Composer<'_> {
    /// Adds a table for each set of scenarios, in the order of their first scenarios.
    pub(crate) fn scenarios(&mut self, sect: TagId, spacing: RowSpacing) {
        let mut sets: Vec<(&str, Vec<&Scenario>)> = Vec::new();
        for scenario in &self.content.scenarios {
            match sets.iter_mut().find(|(set, _)| *set == scenario.set) {
                Some((_, scenarios)) => scenarios.push(scenario),
                None => sets.push((&scenario.set, vec![scenario])),
            }
        }
        for (index, (name, scenarios)) in sets.iter().enumerate() {
            let mut maker = self.scenario_set(sect, name, scenarios, spacing);
            if let Some(caption) = maker.block.caption.as_mut().filter(|_| index == 0) {
                // The heading has space after it.
                caption.before = Length::ZERO;
            }
            maker.finish(self);
        }
    }

    fn scenario_set(
        &mut self,
        sect: TagId,
        name: &str,
        scenarios: &[&Scenario],
        spacing: RowSpacing,
    ) -> TableMaker {
        let watched = scenarios.iter().any(|scenario| !scenario.indicator_ids.is_empty());
        let columns = if watched { 4 } else { 3 };
        let mut maker = TableMaker::begin(self, sect, name, &[""; 4][..columns], true, TextOrigin::Printer);
        // The title names the row.
        maker.first_header = 2;
        maker.widths(self, &SCENARIO[..columns]);
        maker.block.span = Span::Full;
        maker.block.padding = spacing.padding();
        maker.block.before = Length::ZERO;
        maker.block.after = Length::ZERO;
        for scenario in scenarios {
            let anchors = self.anchor_of(&scenario.id);
            let outer = self.replace_part(&scenario.id);
            maker.row_of_cells(self, anchors, |composer, column, tag, cell| match column {
                0 => {
                    let percent = composer.lexicon.percent(scenario.percent);
                    composer.cell_label(tag, cell, ROW_HEAD, &percent);
                }
                1 => composer.percent_bar(tag, cell, scenario.percent),
                2 => composer.scenario_text(tag, cell, scenario),
                _ => composer.watched_indicators(tag, cell, &scenario.indicator_ids),
            });
            self.begin_part(&outer);
        }
        maker
    }

    /// Adds a bar for a percentage as a `Figure`.
    fn percent_bar(&mut self, tag: TagId, cell: &mut Cell, percent: u32) {
        let alt = filled(self.labels().bar_alt, &[&self.lexicon.percent(percent)]);
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, TABLE);
        self.figure_of_bar(&mut inline, text_context, alt, percent_bar(percent, BAR));
        self.cell_paragraph(cell, TABLE, inline);
    }

    fn scenario_text(&mut self, tag: TagId, cell: &mut Cell, scenario: &Scenario) {
        let mut inline = Inline::default();
        let (title, text_context) = (self.text_context(tag, ROW_HEAD), self.text_context(tag, TABLE));
        self.mark_part(&mut inline, title, &scenario.marking);
        self.push_text(&mut inline, title, &as_sentence(&scenario.title));
        if !scenario.text.is_empty() {
            self.push_text(&mut inline, text_context, &format!(" {}", scenario.text));
        }
        self.id_and_pages(&mut inline, tag, &scenario.id, &scenario.statement_ids);
        self.cell_paragraph(cell, TABLE, inline);
    }

    /// Appends a part's id, if ids are printed, and the pages of the statements that it refers to.
    fn id_and_pages(&mut self, inline: &mut Inline, tag: TagId, id: &str, statement_ids: &[String]) {
        let text_context = self.text_context(tag, TABLE);
        if self.options.show_ids {
            self.small_word(inline, text_context, &format!(" [{id}]"));
        }
        if statement_ids.iter().any(|id| self.anchors.contains_key(id)) {
            let remark = self.text_context(tag, REMARK);
            self.push_text(inline, remark, "  ");
            self.page_reference(inline, remark, statement_ids.iter().map(String::as_str));
        }
    }

    /// Adds the numbers of a scenario's indicators as links: "watch 1, 2".
    fn watched_indicators(&mut self, tag: TagId, cell: &mut Cell, ids: &[String]) {
        let place = |id: &String| self.content.indicators.iter().position(|indicator| indicator.id == *id);
        let watched: Vec<(usize, String)> =
            ids.iter().filter_map(|id| Some((place(id)? + 1, id.clone()))).collect();
        if watched.is_empty() {
            return;
        }
        let page = &self.labels().page;
        let (before, after) = page.watch_numbers.split_once("{0}").unwrap_or((page.watch_numbers, ""));
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, TABLE);
        self.push_label(&mut inline, text_context, before);
        for (index, (number, id)) in watched.iter().enumerate() {
            if index > 0 {
                self.push_text(&mut inline, text_context, page.list_comma);
            }
            self.indicator_link(&mut inline, text_context, *number, id);
        }
        self.push_label(&mut inline, text_context, after);
        self.cell_paragraph(cell, TABLE, inline);
    }

    fn indicator_link(&mut self, inline: &mut Inline, text_context: TextContext, number: usize, id: &str) {
        let number = self.lexicon.digits(&number.to_string());
        let name = self.name_of_part(id).map_or_else(|| number.clone(), |name| name.text.to_string());
        let contents = filled(self.labels().go_to, &[&name]);
        self.link(inline, text_context, id, &number, &contents);
    }

    /// Adds the indicators: what to watch, and what it would mean.
    pub(crate) fn indicators(&mut self, sect: TagId, spacing: RowSpacing) {
        let explained = self.content.indicators.iter().any(|indicator| !indicator.meaning.is_empty());
        let columns = if explained { 3 } else { 2 };
        let mut maker = TableMaker::begin(self, sect, "", &[""; 3][..columns], true, TextOrigin::Printer);
        maker.header_columns = 2;
        let digits = self.content.indicators.len().to_string().len() - 1;
        let mut widths = if explained { INDICATOR } else { [INDICATOR[0], Length::ZERO, Length::ZERO] };
        widths[0] += DIGIT * i64::try_from(digits).unwrap_or(0);
        maker.widths(self, &widths[..columns]);
        maker.block.span = Span::Full;
        maker.block.padding = spacing.padding();
        maker.block.before = Length::ZERO;
        maker.block.after = Length::ZERO;
        for (index, indicator) in self.content.indicators.iter().enumerate() {
            let anchors = self.anchor_of(&indicator.id);
            let outer = self.replace_part(&indicator.id);
            maker.row_of_cells(self, anchors, |composer, column, tag, cell| match column {
                0 => {
                    let number = composer.lexicon.digits(&(index + 1).to_string());
                    composer.cell_label(tag, cell, ROW_HEAD.colored(ACCENT), &number);
                }
                1 => composer.indicator_text(tag, cell, indicator),
                _ => composer.indicator_meaning(tag, cell, indicator),
            });
            self.begin_part(&outer);
        }
        maker.finish(self);
    }

    fn indicator_text(&mut self, tag: TagId, cell: &mut Cell, indicator: &Indicator) {
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, ROW_HEAD);
        self.mark_part(&mut inline, text_context, &indicator.marking);
        self.push_text(&mut inline, text_context, &indicator.text);
        self.id_and_pages(&mut inline, tag, &indicator.id, &indicator.statement_ids);
        self.cell_paragraph(cell, TABLE, inline);
    }

    fn indicator_meaning(&mut self, tag: TagId, cell: &mut Cell, indicator: &Indicator) {
        if indicator.meaning.is_empty() {
            return;
        }
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, TABLE);
        self.push_label(&mut inline, text_context, self.labels().page.means);
        self.push_text(&mut inline, text_context, &format!(" {}", indicator.meaning));
        self.cell_paragraph(cell, TABLE, inline);
    }
}

/// Draws a bar filled up to a percentage on the baseline.
fn percent_bar(percent: u32, size: BarSize) -> InlineDrawing {
    let BarSize { width, height } = size;
    let rect = |width: Length| vec![Segment::Rect(Rect { x: Length::ZERO, y: -height, width, height })];
    let filled = width * i64::from(percent.min(100)) / 100;
    let mut paths = Vec::new();
    if filled > Length::ZERO {
        paths.push(Path { segments: rect(filled), paint: Paint::Fill(ACCENT) });
    }
    let paint = Paint::Stroke { color: HAIRLINE_GRAY, width: HAIRLINE, dash: None };
    paths.push(Path { segments: rect(width), paint });
    InlineDrawing { width, paths }
}

#[cfg(test)]
mod tests {
    use super::{BAR, percent_bar};
    use crate::graphics::{Paint, Segment};
    use crate::units::Length;

    #[test]
    fn a_bar_is_filled_to_its_percentage_and_empty_at_zero() {
        let filled = |percent: u32| {
            let drawing = percent_bar(percent, BAR);
            let of = drawing.paths.iter().filter(|path| matches!(path.paint, Paint::Fill(_)));
            let widths: Vec<Length> = of
                .flat_map(|path| &path.segments)
                .filter_map(|segment| if let Segment::Rect(rect) = segment { Some(rect.width) } else { None })
                .collect();
            widths
        };
        assert_eq!(filled(0), []);
        assert_eq!(filled(65), [BAR.width * 65 / 100]);
        assert_eq!([filled(100), filled(u32::MAX)], [[BAR.width], [BAR.width]]);
    }
}
