//! The forecasts of a brief: what it predicts, how likely, until when, and how it will be settled.

use std::cmp::Reverse;

use chancery_brief::edtf::{self, Bound, Day, Edtf};
use chancery_brief::reading_order::StatementLocation;
use chancery_proto::brief::v1::{
    BriefContent, Confidence, ConfidenceLevel, KeyJudgment, Likelihood, Statement,
};

use crate::compose::annotations::BarSize;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::content_facts::forecasts;
use crate::compose::inherited_markings::InheritedMarkings;
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::stylesheet::{FORECAST, LABEL, META, QUIET, REMARK, TABLE};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Cell, Grid, Span, TextBlock};
use crate::tags::{LinkTarget, Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

/// Widths of the columns after the sentence, each with the space after it.
const WIDTHS: [Length; 4] = [Length::ZERO, Length::mm(43), Length::mm(27), Length::mm(17)];
const BAR: BarSize = BarSize { width: Length::mm(39), height: Length::milli_pt(5_500) };

/// Space above and below a forecast.
const PADDING: (Length, Length) = (Length::milli_pt(2_000), Length::milli_pt(3_000));

/// A forecast that still holds.
struct Forecast<'a> {
    statement: &'a Statement,
    /// The key judgment that it belongs to, with its number.
    judgment: Option<(usize, &'a KeyJudgment)>,
    /// The marking of the statement or of the part around it.
    marking: &'a str,
    horizon: Horizon,
}

/// The end of the time that a forecast is about, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Horizon {
    /// The latest day.
    Dated(Day),
    /// A date in another notation, or an end that is not known.
    Described,
    OpenEnded,
    NotStated,
}

impl Horizon {
    fn of(statement: &Statement) -> Self {
        let Ok(parsed) = edtf::parse(&statement.horizon) else {
            return match &statement.period {
                _ if !statement.horizon.is_empty() => Self::Described,
                Some(period) if is_open_ended(&period.edtf) => Self::OpenEnded,
                _ => Self::NotStated,
            };
        };
        match (parsed.latest(), is_open_ended(&statement.horizon)) {
            (Some(latest), _) => Self::Dated(latest),
            (None, true) => Self::OpenEnded,
            (None, false) => Self::Described,
        }
    }
}

fn is_open_ended(edtf: &str) -> bool {
    matches!(edtf::parse(edtf), Ok(Edtf::Interval(_, Bound::Open)))
}

impl<'a> Forecast<'a> {
    /// Returns its likelihood, or that of its judgment.
    fn likelihood(&self) -> Option<&'a Likelihood> {
        let of_judgment = self.judgment.and_then(|(_, judgment)| judgment.likelihood.as_ref());
        let own = self.statement.likelihood.as_ref();
        [own, of_judgment].into_iter().flatten().find(|likelihood| lexicon::has_term(likelihood))
    }

    fn term(&self) -> Option<i32> {
        self.likelihood().map(|likelihood| likelihood.term)
    }

    fn confidence(&self) -> ConfidenceLevel {
        let of_judgment = self.judgment.and_then(|(_, judgment)| judgment.confidence.as_ref());
        let levels = [self.statement.confidence.as_ref(), of_judgment].into_iter().flatten();
        let mut levels = levels.map(Confidence::level);
        levels.find(|level| *level != ConfidenceLevel::Unspecified).unwrap_or_default()
    }

    /// Orders judgments before other forecasts, then by horizon, then from the likeliest and best founded; those without
    /// a likelihood are last.
    fn order(&self) -> (bool, Horizon, Reverse<Option<u32>>, Reverse<i32>) {
        let middle = self.likelihood().map(|of| of.low_percent.saturating_add(of.high_percent));
        (self.judgment.is_none(), self.horizon, Reverse(middle), Reverse(self.confidence() as i32))
    }
}

impl Composer<'_> {
    /// Adds the table of forecasts, after a sentence on their horizons and criteria.
    pub(crate) fn forecasts(&mut self, sect: TagId) {
        let forecasts = sorted_forecasts(self.content);
        self.forecasts_intro(sect, &forecasts);
        let page = &self.labels().page;
        let head = [page.forecast, page.likelihood_whole_axis, page.horizon, page.confidence_head];
        let mut maker = TableMaker::begin(self, sect, "", &head, true, TextOrigin::Printer);
        maker.widths(self, &WIDTHS);
        maker.block.span = Span::Full;
        maker.block.padding = PADDING;
        maker.block.before = Length::ZERO;
        maker.block.after = Length::ZERO;
        for forecast in &forecasts {
            let outer = self.replace_part(&forecast.statement.id);
            maker.row_of_cells(self, Vec::new(), |composer, column, tag, cell| match column {
                0 => composer.forecast_text(tag, cell, forecast),
                1 => composer.forecast_likelihood(tag, cell, forecast),
                2 => composer.forecast_horizon(tag, cell, forecast),
                _ => {
                    let word = composer.lexicon.confidence(forecast.confidence() as i32);
                    composer.label_or_not_stated(tag, cell, word);
                }
            });
            self.begin_part(&outer);
        }
        self.axis(&mut maker, 1, BAR.width, forecasts.iter().filter_map(Forecast::likelihood));
        maker.finish(self);
    }

    fn forecasts_intro(&mut self, sect: TagId, forecasts: &[Forecast]) {
        let page = &self.labels().page;
        let count = forecasts.len();
        let dated = forecasts
            .iter()
            .filter(|of| matches!(of.horizon, Horizon::Dated(_) | Horizon::Described))
            .count();
        let settled = forecasts.iter().any(|of| !of.statement.resolution_criteria.is_empty());
        let mut sentences = vec![self.lexicon.counted(&page.forecasts_count, count, &[])];
        if count > 1 {
            let all = self.lexicon.digits(&count.to_string());
            sentences.push(match dated {
                0 => page.no_horizons.to_owned(),
                _ if dated == count => page.all_horizons.to_owned(),
                _ => self.lexicon.counted(&page.horizons_stated, dated, &[&all]),
            });
        }
        if !settled {
            let none = if count > 1 { page.no_criteria } else { page.no_criterion };
            sentences.push(none.to_owned());
        }
        let line = self.label_line(sect, Role::P, META, &sentences.join(" "));
        let after = Length::pt(2);
        self.push(TextBlock { span: Span::Full, grid: Grid::Free, keep_with_next: true, after, ..line });
    }

    fn forecast_text(&mut self, tag: TagId, cell: &mut Cell, forecast: &Forecast) {
        let statement = forecast.statement;
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, FORECAST);
        self.mark_part(&mut inline, text_context, forecast.marking);
        self.marked_text(&mut inline, text_context, &statement.text, &statement.spans);
        if self.options.show_ids {
            self.small_word(&mut inline, text_context, &format!(" [{}]", statement.id));
        }
        self.forecast_reference(&mut inline, tag, forecast);
        self.cell_paragraph(cell, FORECAST, inline);
        if !statement.resolution_criteria.is_empty() {
            let mut inline = Inline::default();
            let text_context = self.text_context(tag, TABLE);
            let quiet = self.text_context(tag, TABLE.colored(QUIET));
            self.push_label(&mut inline, quiet, self.labels().page.settled_by);
            self.push_text(&mut inline, text_context, &format!(" {}", statement.resolution_criteria));
            self.cell_paragraph(cell, TABLE, inline);
        }
    }

    /// Appends where the brief has the forecast, "judgment 2" or its page, and the letter of its change.
    fn forecast_reference(&mut self, inline: &mut Inline, tag: TagId, forecast: &Forecast) {
        let remark = self.text_context(tag, REMARK);
        let id = forecast.statement.id.as_str();
        let mut separator = "  ";
        if let Some((number, judgment)) = forecast.judgment {
            self.push_text(inline, remark, separator);
            self.judgment_link(inline, remark, number, judgment);
            separator = self.labels().page.list_comma;
        } else if self.anchors.contains_key(id) {
            self.push_text(inline, remark, separator);
            self.page_reference(inline, remark, [id]);
            separator = self.labels().page.list_comma;
        }
        let reversal = self.ledger.reversal_of(id);
        let printed = reversal.filter(|reversal| self.anchors.contains_key(&reversal.anchor_name()));
        if let Some(letter) = printed.map(|reversal| reversal.letter.clone()) {
            self.push_text(inline, remark, separator);
            self.push_text(inline, remark, &letter);
        }
    }

    /// Appends "judgment 2", linked to the judgment if it is printed.
    pub(crate) fn judgment_link(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        number: usize,
        judgment: &KeyJudgment,
    ) {
        let number = self.lexicon.digits(&number.to_string());
        let text = filled(self.labels().page.judgment_number, &[&number]);
        let Some(anchor) = self.anchors.get(&judgment.id).copied() else {
            return self.push_label(inline, text_context, &text);
        };
        let contents = self.link_contents(&filled(self.labels().go_to, &[&text]));
        let role = Role::Link { target: LinkTarget::Anchor(anchor), contents };
        let link = self.label_tag(text_context.node, role);
        let language = self.lexicon.locale().tag();
        self.push_text(inline, TextContext { node: link, link: Some(link), language, ..text_context }, &text);
    }

    fn forecast_likelihood(&mut self, tag: TagId, cell: &mut Cell, forecast: &Forecast) {
        let Some(likelihood) = forecast.likelihood() else {
            return self.label_or_not_stated(tag, cell, None);
        };
        let before = match forecast.judgment {
            Some((_, judgment)) => self.prior.changed_judgment_likelihood(judgment),
            None => self.prior.changed_statement_likelihood(forecast.statement),
        };
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, TABLE);
        self.inline_bar(&mut inline, text_context, likelihood, before, BAR);
        self.cell_paragraph(cell, TABLE, inline);
        let mut inline = Inline::default();
        let percentages = self.lexicon.percentages(likelihood);
        if let Some(term) = self.lexicon.likelihood(likelihood) {
            let term = format!("{term}{}", self.labels().page.list_comma);
            self.push_label(&mut inline, self.text_context(tag, LABEL), &term);
        }
        self.push_label(&mut inline, self.text_context(tag, TABLE), &percentages);
        self.cell_paragraph(cell, LABEL, inline);
    }

    fn forecast_horizon(&mut self, tag: TagId, cell: &mut Cell, forecast: &Forecast) {
        let open_ended = self.lexicon.terms().open_ended;
        let date = self.lexicon.date(&forecast.statement.horizon);
        match forecast.horizon {
            Horizon::NotStated => self.label_or_not_stated(tag, cell, None),
            Horizon::OpenEnded if date.is_empty() => self.cell_label(tag, cell, TABLE, open_ended),
            Horizon::OpenEnded => {
                let text = format!("{date}{}{open_ended}", self.labels().page.list_comma);
                self.cell_label(tag, cell, TABLE, &text);
            }
            Horizon::Dated(_) | Horizon::Described => self.cell_label(tag, cell, TABLE, &date),
        }
    }

    fn label_or_not_stated(&mut self, tag: TagId, cell: &mut Cell, text: Option<&str>) {
        match text {
            Some(text) => self.cell_label(tag, cell, TABLE, text),
            None => self.cell_label(tag, cell, TABLE.colored(QUIET), self.lexicon.terms().not_stated),
        }
    }
}

fn sorted_forecasts(content: &BriefContent) -> Vec<Forecast<'_>> {
    let markings = InheritedMarkings::new(content);
    let mut all: Vec<Forecast> = forecasts(content)
        .map(|located| {
            let statement = located.statement;
            let judgment = match located.location {
                StatementLocation::KeyJudgment(judgment) => {
                    let place = content.key_judgments.iter().position(|of| std::ptr::eq(of, judgment));
                    place.map(|place| (place + 1, judgment))
                }
                StatementLocation::BottomLine | StatementLocation::Section(_) => None,
            };
            let marking = markings.of(statement);
            Forecast { statement, judgment, marking, horizon: Horizon::of(statement) }
        })
        .collect();
    let judgments: Vec<(&KeyJudgment, Horizon, Option<i32>)> = all
        .iter()
        .filter_map(|forecast| Some((forecast.judgment?.1, forecast.horizon, forecast.term())))
        .collect();
    // A judgment often repeats a forecast that it rests on.
    all.retain(|forecast| {
        let same = |(judgment, horizon, term): &(&KeyJudgment, Horizon, Option<i32>)| {
            judgment.rests_on.contains(&forecast.statement.id)
                && *horizon == forecast.horizon
                && *term == forecast.term()
        };
        forecast.judgment.is_some() || !judgments.iter().any(same)
    });
    all.sort_by_key(Forecast::order);
    all
}
