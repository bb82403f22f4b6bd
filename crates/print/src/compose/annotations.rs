//! Annotations in a line of text: signs, levels of confidence, likelihood bars, references to pages and templates with
//! references in them.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::{ConfidenceLevel, Likelihood, LikelihoodTerm};

use crate::Format;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::labels::filled;
use crate::compose::scale_cells::{cells, to_edge};
use crate::compose::signs::{self, Sign};
use crate::compose::stylesheet::{ACCENT, HAIRLINE_GRAY, INK};
use crate::flow::PageReference;
use crate::graphics::{Paint, Path, Rect, Segment};
use crate::layout::HAIRLINE;
use crate::pages::{ArtifactKind, Owner};
use crate::tags::{AnchorId, LinkTarget, Role};
use crate::text::inline::{Deferred, Inline, InlineDrawing, PageList, PieceKind, PieceStyle};
use crate::text::text_style::TextStyle;
use crate::units::Length;

/// A value in a template of the printer.
pub(crate) enum Value<'v> {
    /// A text.
    Text(&'v str),
    /// A text in a style of its own.
    Styled(&'v str, TextStyle),
    /// The page numbers of destinations on earlier pages, or in the opening.
    Pages(Vec<AnchorId>),
    /// The page number of a destination on any page, at a reserved width.
    LaterPage(AnchorId),
}

/// Dimensions of a likelihood bar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BarSize {
    pub(crate) width: Length,
    pub(crate) height: Length,
}

/// Overhang of the earlier range's outline over its bar, and its line width.
const OVERHANG: Length = Length::milli_pt(1_400);
const OUTLINE: Length = Length::milli_pt(900);
/// Line width of a bar's ticks.
const TICK: Length = Length::milli_pt(300);

impl Composer<'_> {
    /// Appends a sign that a word beside it explains, as an artifact, and the space after it.
    pub(crate) fn sign(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        sign: Sign,
        color: crate::graphics::Color,
    ) {
        self.owned_sign(inline, text_context, sign, color, Owner::Artifact(ArtifactKind::Layout));
    }

    /// Appends a sign and the space after it.
    pub(crate) fn owned_sign(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        sign: Sign,
        color: crate::graphics::Color,
        owner: Owner,
    ) {
        let height = text_context.style.size * 76 / 100;
        let drawing = signs::sign(sign, height, color, self.flow.right_to_left);
        self.draw(inline, text_context, drawing, owner);
    }

    /// Appends the dots of a level of confidence, which the word beside them states, as an artifact.
    pub(crate) fn confidence_dots(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        level: ConfidenceLevel,
    ) {
        let size = text_context.style.size * 61 / 100;
        self.dots(inline, text_context, level, (size, size * 30 / 100));
    }

    /// Appends the dots of a level of confidence at a size and a distance; appends nothing without a level.
    pub(crate) fn dots(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        level: ConfidenceLevel,
        (size, gap): (Length, Length),
    ) {
        let filled = match level {
            ConfidenceLevel::Unspecified => return,
            ConfidenceLevel::Low => 1,
            ConfidenceLevel::Moderate => 2,
            ConfidenceLevel::High => 3,
        };
        let drawing = signs::dots(filled, size, gap, self.flow.right_to_left);
        self.draw(inline, text_context, drawing, Owner::Artifact(ArtifactKind::Layout));
    }

    /// Appends a drawing.
    pub(crate) fn draw(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        drawing: InlineDrawing,
        owner: Owner,
    ) {
        let language = self.typesetter.languages.id(text_context.language);
        let kind = PieceKind::Drawing(inline.drawings.len());
        inline.drawings.push(drawing);
        inline.push("\u{fffc}", PieceStyle { style: text_context.style, owner, link: None, language, kind });
    }

    /// Appends a likelihood bar as a `Figure` with its data as alternative text: the scale's cells at their true widths,
    /// the range filled, the earlier range as an outline.
    pub(crate) fn inline_bar(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        likelihood: &Likelihood,
        before: Option<&Likelihood>,
        size: BarSize,
    ) {
        let mut facts = self.lexicon.short_odds(likelihood);
        if let Some(before) = before {
            facts =
                format!("{facts}; {}", filled(self.labels().was_likely, &[&self.lexicon.short_odds(before)]));
        }
        let alt = filled(self.labels().bar_alt, &[&facts]);
        self.figure_of_bar(inline, text_context, alt, bar(likelihood, before, size));
    }

    /// Returns whether bars run from right to left: like the printer's words, which explain them and label their axis.
    pub(crate) fn bars_are_mirrored(&self) -> bool {
        self.lexicon.runs_right_to_left()
    }

    /// Appends a bar as a `Figure` with its alternative text.
    pub(crate) fn figure_of_bar(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        alt: String,
        drawing: InlineDrawing,
    ) {
        let node = self.label_tag(text_context.node, Role::Figure { alt });
        let owner = Owner::Tagged { node, seq: self.flow.tags.next_seq() };
        let drawing = if self.bars_are_mirrored() { signs::mirror(&drawing) } else { drawing };
        self.draw(inline, text_context, drawing, owner);
    }

    /// Appends a reference to the pages of parts, linked to the first, such as "pp. 5, 6". Appends nothing if none of
    /// them is printed, or in a print of a single page.
    pub(crate) fn page_reference<'i>(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        ids: impl IntoIterator<Item = &'i str>,
    ) {
        let printed: Vec<(&str, AnchorId)> =
            ids.into_iter().filter_map(|id| Some((id, *self.anchors.get(id)?))).collect();
        let Some((id, first)) = printed.first().copied() else { return };
        if self.options.format == Format::OnePage {
            return;
        }
        let anchors = printed.into_iter().map(|(_, anchor)| anchor).collect();
        let name = self.name_of_part(id).map_or_else(|| id.into(), |name| name.text.clone());
        let contents = self.link_contents(&filled(self.labels().go_to, &[&name]));
        let link =
            self.label_tag(text_context.node, Role::Link { target: LinkTarget::Anchor(first), contents });
        let page = &self.labels().page;
        let context = TextContext {
            node: link,
            link: Some(link),
            language: self.lexicon.locale().tag(),
            ..text_context
        };
        self.pages(inline, context, PageReference { anchors, one: page.page, several: page.pages });
    }

    /// Appends the page numbers of a reference.
    pub(crate) fn pages(&mut self, inline: &mut Inline, text_context: TextContext, reference: PageReference) {
        let list = PageList(self.flow.page_lists.len());
        self.flow.page_lists.push(reference);
        self.piece(inline, text_context, "0", PieceKind::Deferred(Deferred::Pages(list)));
    }

    /// Appends a label of the printer whose placeholders are texts or page numbers.
    pub(crate) fn push_template(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        template: &str,
        values: &[Value],
    ) {
        let mut text_context = text_context;
        if self.label_language().is_some() {
            text_context.node = self.label_tag(text_context.node, Role::Span { actual_text: None });
            text_context.language = self.lexicon.locale().tag();
        }
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            self.push_text(inline, text_context, before);
            let (index, after) = after.split_once('}').unwrap_or(("", after));
            match index.parse().ok().and_then(|index: usize| values.get(index)) {
                Some(Value::Text(text)) => self.push_text(inline, text_context, text),
                Some(Value::Styled(text, style)) => {
                    self.push_text(inline, TextContext { style: *style, ..text_context }, text);
                }
                Some(Value::Pages(anchors)) => {
                    let reference = PageReference { anchors: anchors.clone(), one: "{0}", several: "{0}" };
                    self.pages(inline, text_context, reference);
                }
                Some(Value::LaterPage(anchor)) => self.page_of(inline, text_context, *anchor),
                None => {}
            }
            rest = after;
        }
        self.push_text(inline, text_context, rest);
    }
}

/// Draws a likelihood bar on the baseline.
pub(crate) fn bar(likelihood: &Likelihood, before: Option<&Likelihood>, size: BarSize) -> InlineDrawing {
    let BarSize { width, height } = size;
    let along = |percent: u32| width * i64::from(percent.min(100)) / 100;
    let range = |of: &Likelihood| {
        let (low, high) = (of.low_percent, to_edge(of.high_percent).max(of.low_percent));
        Rect { x: along(low), y: -height, width: along(high) - along(low), height }
    };
    let mut paths = vec![
        Path { segments: vec![Segment::Rect(range(likelihood))], paint: Paint::Fill(ACCENT) },
        stroked(Rect { x: Length::ZERO, y: -height, width, height }, HAIRLINE_GRAY, HAIRLINE),
    ];
    let ticks = ticks(likelihood.term).into_iter().flat_map(|percent| {
        [Segment::Move(along(percent), -height), Segment::Line(along(percent), Length::ZERO)]
    });
    let paint = Paint::Stroke { color: HAIRLINE_GRAY, width: TICK, dash: None };
    paths.push(Path { segments: ticks.collect(), paint });
    if let Some(point) = likelihood.point_percent {
        let tip = along(point);
        let half = height * 2 / 5;
        let top = -height - half;
        let segments = vec![
            Segment::Move(tip - half, top),
            Segment::Line(tip + half, top),
            Segment::Line(tip, -height),
            Segment::Close,
        ];
        paths.push(Path { segments, paint: Paint::Fill(INK) });
    }
    if let Some(before) = before {
        let range = range(before);
        let outline = Rect { y: range.y - OVERHANG, height: range.height + OVERHANG * 2, ..range };
        paths.push(stroked(outline, INK, OUTLINE));
    }
    InlineDrawing { width, paths }
}

fn stroked(rect: Rect, color: crate::graphics::Color, width: Length) -> Path {
    Path { segments: vec![Segment::Rect(rect)], paint: Paint::Stroke { color, width, dash: None } }
}

/// Returns the inner bounds of a scale's cells in percent.
pub(crate) fn ticks(term: i32) -> Vec<u32> {
    let cells = cells(LikelihoodTerm::try_from(term).unwrap_or_default());
    let edges: BTreeSet<u32> = cells.into_iter().flat_map(|(low, high)| [low, high]).collect();
    edges.into_iter().filter(|edge| (1..100).contains(edge)).collect()
}

#[cfg(test)]
mod tests {
    use chancery_brief::likelihood::bounds;
    use chancery_proto::brief::v1::{Likelihood, LikelihoodTerm};

    use super::{BarSize, bar, ticks};
    use crate::graphics::{Paint, Segment};
    use crate::units::Length;

    fn likelihood(term: LikelihoodTerm) -> Likelihood {
        let (low_percent, high_percent) = bounds(term);
        Likelihood { term: term as i32, low_percent, high_percent, ..Likelihood::default() }
    }

    #[test]
    fn the_filled_range_and_the_earlier_outline_are_at_their_share_of_the_bar() {
        let size = BarSize { width: Length::mm(60), height: Length::pt(7) };
        let (now, before) =
            (likelihood(LikelihoodTerm::Icd203Likely), likelihood(LikelihoodTerm::Icd203Unlikely));
        let drawing = bar(&now, Some(&before), size);
        let rects = |filled: bool| {
            let of = drawing.paths.iter().filter(move |path| matches!(path.paint, Paint::Fill(_)) == filled);
            of.flat_map(|path| &path.segments).filter_map(|segment| match segment {
                Segment::Rect(rect) => Some((rect.x, rect.x + rect.width)),
                _ => None,
            })
        };
        let share = |percent: i64| size.width * percent / 100;
        assert_eq!(rects(true).collect::<Vec<_>>(), [(share(55), share(80))]);
        assert_eq!(rects(false).next_back().unwrap(), (share(20), share(45)));
    }

    #[test]
    fn ticks_are_the_bounds_of_the_scales_cells() {
        assert_eq!(ticks(LikelihoodTerm::Icd203Likely as i32), [1, 5, 20, 45, 55, 80, 95, 99]);
    }
}
