//! Running elements of every page, all artifacts: watermark, marking, running head and footer.

use std::sync::Arc;

use crate::flow::{FACT_SEPARATOR, MarkingPlace, PageNumberStyle, RunningElements, Span};
use crate::graphics::{Color, Rect};
use crate::layout::LaidOut;
use crate::layout::geometry::{Geometry, Slot};
use crate::layout::shapes::filled;
use crate::layout::text_block::single_line;
use crate::pages::{Anchors, ArtifactKind, GlyphRun, Item, Owner, PlacedItem};
use crate::text::inline::{Inline, PieceStyle};
use crate::text::paragraph::{Line, Mark};
use crate::text::paragraph_setup::Align;
use crate::text::{Typesetter, isolated};
use crate::units::Length;

/// Baseline of the running head, below the paper's top edge, and of the footer, above its lower edge.
const HEAD: Length = Length::centi_mm(1_460);
const FOOT: Length = Length::centi_mm(1_560);
/// Space around a marking's label.
pub(crate) const LABEL_PADDING: (Length, Length) = (Length::pt(4), Length::milli_pt(2_600));
/// Baselines of a banner, from the paper's top and lower edge.
const BANNER: (Length, Length) = (Length::mm(9), Length::mm(9));
/// The background of a marking's label.
pub(crate) const BLACK: Color = Color(0, 0, 0);
/// Space between the page number and the facts of the footer, and between running head and label.
const GAP: Length = Length::pt(10);

/// Running elements of one brief; the parts that pages share are set once.
pub(crate) struct PlacedRunningElements<'a> {
    running_elements: &'a RunningElements,
    geometry: &'a Geometry,
    /// The footer's facts on the first page, and on the others.
    facts: [Inline; 2],
    /// Artifacts of the first page, and of the others.
    repeated: [Vec<PlacedItem>; 2],
    /// Width of the marking's label.
    label_width: Length,
    /// Width of the page number.
    number_width: Length,
}

impl<'a> PlacedRunningElements<'a> {
    pub(crate) fn new(
        running_elements: &'a RunningElements,
        geometry: &'a Geometry,
        typesetter: &mut Typesetter,
    ) -> Self {
        let marking = Marking::set(running_elements, geometry, typesetter);
        let number_width = typesetter.width(&running_elements.page_number);
        let label_width = marking.label_width;
        let mut placed = Self {
            running_elements,
            geometry,
            facts: [running_elements.facts.clone(), Inline::default()],
            repeated: [Vec::new(), Vec::new()],
            label_width,
            number_width,
        };
        placed.facts[1] = placed.facts_with_title(typesetter);
        let watermark = watermark(&running_elements.watermark, geometry, typesetter);
        for page in 0..placed.facts.len() {
            let mut footer = marking.footer.clone();
            footer.extend(placed.footer_line(&placed.facts[page], Length::ZERO, typesetter));
            footer.extend(placed.footer_line(
                &running_elements.imprint,
                running_elements.leading,
                typesetter,
            ));
            let kinds = [
                (ArtifactKind::Watermark, watermark.clone()),
                (ArtifactKind::Header, marking.header.clone()),
                (ArtifactKind::Footer, footer),
            ];
            let present = kinds.into_iter().filter(|(_, items)| !items.is_empty());
            placed.repeated[page] = present
                .map(|(kind, items)| PlacedItem {
                    owner: Owner::Artifact(kind),
                    item: Item::Repeated(Arc::from(items)),
                })
                .collect();
        }
        placed
    }

    /// Returns the paper's width and height.
    pub(crate) const fn size(&self) -> (Length, Length) {
        self.geometry.size
    }

    /// Returns the artifacts that a page, numbered from 0, shares with others.
    pub(crate) fn repeated(&self, page: usize) -> Vec<PlacedItem> {
        self.repeated[page.min(1)].clone()
    }

    /// Returns the artifacts of one page, numbered from 0: the page number with the number of pages, and the running
    /// head.
    pub(crate) fn of_page(
        &self,
        page: usize,
        laid_out: &LaidOut,
        style: PageNumberStyle,
        typesetter: &mut Typesetter,
    ) -> Vec<PlacedItem> {
        let RunningElements { page_number, number_words, .. } = self.running_elements;
        // The words may run against the page.
        let number = isolated(number_words).replace("{0}", &(page + 1).to_string());
        let number = (style.digits)(&number.replace("{1}", &laid_out.pages.to_string()));
        let start = if self.geometry.right_to_left {
            typesetter.width(&self.facts[page.min(1)]).min(self.facts_room()) + GAP
        } else {
            Length::ZERO
        };
        let text = replaced(page_number, &number);
        let mut placed = self.line(&text, (start, FOOT), ArtifactKind::Footer, typesetter);
        if page > 0 {
            let head = self.head(page, &laid_out.anchors, typesetter);
            let position = (Length::ZERO, self.geometry.size.1 - HEAD);
            placed.extend(self.line(&head, position, ArtifactKind::Header, typesetter));
        }
        placed
    }

    /// Returns the running head of a page, numbered from 0: the title and the section in which the page begins. A long
    /// title is shortened to what the section leaves of the line, but not below half of it.
    fn head(&self, page: usize, anchors: &Anchors, typesetter: &mut Typesetter) -> Inline {
        let (_, top) = self.geometry.place(Slot::default(), (Length::ZERO, Length::ZERO));
        let is_before =
            |anchor| matches!(anchors.get(anchor), Some((on, y)) if *on < page || (*on == page && *y >= top));
        let sections = &self.running_elements.sections;
        let section = sections.iter().rev().find(|(anchor, _)| is_before(anchor));
        let title = &self.running_elements.title;
        let Some((_, section)) = section else { return title.clone() };
        let room = self.head_room();
        let mut head = cut(title, (room - typesetter.width(section)).max(room / 2), typesetter);
        for piece in &section.pieces {
            let (style, owner, language) = (piece.style, piece.owner.clone(), piece.language);
            let text = &section.text[piece.range.clone()];
            head.push(text, PieceStyle { style, owner, link: None, language, kind: piece.kind });
        }
        head
    }

    /// Returns the footer's facts after the title, which is shortened to what they leave of the line, but not below a
    /// quarter of it.
    fn facts_with_title(&self, typesetter: &mut Typesetter) -> Inline {
        let RunningElements { facts, footer_title, .. } = self.running_elements;
        if facts.is_empty() || footer_title.is_empty() {
            return if facts.is_empty() { footer_title.clone() } else { facts.clone() };
        }
        let separator = typesetter.width(&replaced(facts, FACT_SEPARATOR));
        let room = self.facts_room();
        let left = (room - typesetter.width(facts) - separator).max(room / 4);
        let title = cut(footer_title, left, typesetter);
        replaced(facts, &[isolated(&title.text).as_str(), &facts.text].join(FACT_SEPARATOR))
    }

    fn head_room(&self) -> Length {
        self.geometry.width(Span::Full) - self.label_width - GAP
    }

    fn facts_room(&self) -> Length {
        self.geometry.width(Span::Full) - self.number_width - self.label_width - GAP * 2
    }

    /// Sets a line of the footer beside the page number, `rise` above the footer's line.
    fn footer_line(&self, facts: &Inline, rise: Length, typesetter: &mut Typesetter) -> Vec<Item> {
        let beside = rise == Length::ZERO && !self.geometry.right_to_left;
        let start = if beside { self.number_width + GAP } else { Length::ZERO };
        let runs = runs(facts, self.facts_room(), self.geometry.right_to_left, typesetter);
        runs.into_iter().map(|run| Item::Run(self.placed(run, (start, FOOT + rise)))).collect()
    }

    fn line(
        &self,
        text: &Inline,
        position: (Length, Length),
        kind: ArtifactKind,
        typesetter: &mut Typesetter,
    ) -> Vec<PlacedItem> {
        let runs = runs(text, self.head_room(), self.geometry.right_to_left, typesetter);
        let owner = Owner::Artifact(kind);
        runs.into_iter()
            .map(|run| PlacedItem { owner: owner.clone(), item: Item::Run(self.placed(run, position)) })
            .collect()
    }

    fn placed(&self, mut run: GlyphRun, (x, y): (Length, Length)) -> GlyphRun {
        (run.x, run.y) = (run.x + self.geometry.side + x, y + run.y);
        run
    }
}

/// The marking at the top and bottom of every page.
struct Marking {
    header: Vec<Item>,
    footer: Vec<Item>,
    label_width: Length,
}

impl Marking {
    fn set(running_elements: &RunningElements, geometry: &Geometry, typesetter: &mut Typesetter) -> Self {
        let marking = &running_elements.marking;
        if marking.is_empty() {
            return Self { header: Vec::new(), footer: Vec::new(), label_width: Length::ZERO };
        }
        let (paper_width, paper_height) = geometry.size;
        let room = geometry.width(Span::Full);
        let set = runs(marking, room, false, typesetter);
        let width: Length = typesetter.width(marking).min(room);
        let at = |x: Length, baseline: Length| -> Vec<Item> {
            let moved = set.iter().cloned().map(|mut run| {
                (run.x, run.y) = (run.x + x, baseline);
                Item::Run(run)
            });
            moved.collect()
        };
        if running_elements.marking_place == MarkingPlace::Centered {
            let x = (paper_width - width) / 2;
            let (top, bottom) = BANNER;
            let (header, footer) = (at(x, paper_height - top), at(x, bottom));
            return Self { header, footer, label_width: Length::ZERO };
        }
        let size = marking.pieces.first().map_or(Length::ZERO, |piece| piece.style.size);
        let (beside, above) = LABEL_PADDING;
        let x = paper_width - geometry.side - width - beside;
        let label = |baseline: Length| {
            let rect = Rect {
                x: x - beside,
                y: baseline - above,
                width: width + beside * 2,
                height: label_height(size),
            };
            let mut items = vec![Item::Path(filled(rect, BLACK))];
            items.extend(at(x, baseline));
            items
        };
        let label_width = width + beside * 2;
        Self { header: label(paper_height - HEAD), footer: label(FOOT - Length::milli_pt(700)), label_width }
    }
}

/// Returns the height of a marking's label: its capitals with the space above and below them.
pub(crate) fn label_height(size: Length) -> Length {
    size * 66 / 100 + LABEL_PADDING.1 * 2
}

/// Sets the watermark across the middle of the page, as large as its style and the page allow.
fn watermark(text: &Inline, geometry: &Geometry, typesetter: &mut Typesetter) -> Vec<Item> {
    if text.is_empty() {
        return Vec::new();
    }
    let (width, room) = (typesetter.width(text), geometry.width(Span::Full));
    let mut text = text.clone();
    if width > room {
        for piece in &mut text.pieces {
            piece.style.size = piece.style.size * (room.units() / 1024) / (width.units() / 1024 + 1);
        }
    }
    let size = text.pieces.first().map_or(Length::ZERO, |piece| piece.style.size);
    let baseline = (geometry.size.1 - size * 7 / 10) / 2;
    let lines = single_line(&text, Align::Centered, room, false, typesetter);
    line_runs(lines)
        .into_iter()
        .map(|mut run| {
            (run.x, run.y) = (run.x + geometry.side, baseline);
            Item::Run(run)
        })
        .collect()
}

/// Sets a text on one line at the left edge, in its own direction, shortened to a width.
fn runs(text: &Inline, width: Length, right_to_left: bool, typesetter: &mut Typesetter) -> Vec<GlyphRun> {
    let text = cut(text, width, typesetter);
    let align = if right_to_left { Align::End } else { Align::Start };
    line_runs(single_line(&text, align, width, right_to_left, typesetter))
}

fn line_runs(lines: Vec<Line>) -> Vec<GlyphRun> {
    let marks = lines.into_iter().take(1).flat_map(|line| line.marks);
    marks
        .filter_map(|marked| match marked.mark {
            Mark::Run(run) => Some(run),
            Mark::Drawn => None,
        })
        .collect()
}

/// Shortens a text to a width, from its end; the title block has the full text.
fn cut(text: &Inline, width: Length, typesetter: &mut Typesetter) -> Inline {
    let mut shown = text.clone();
    while typesetter.width(&shown) > width {
        let most = shown.text.trim_end_matches('\u{2026}').chars().count() * 9 / 10;
        if most == 0 {
            return Inline::default();
        }
        let end = shown.text.char_indices().nth(most).map_or(shown.text.len(), |(at, _)| at);
        let mut kept = Inline::default();
        for piece in shown.pieces.iter().filter(|piece| piece.range.start < end) {
            let range = piece.range.start..piece.range.end.min(end);
            let (style, owner, language) = (piece.style, piece.owner.clone(), piece.language);
            let mut text = shown.text[range].to_owned();
            if piece.range.end >= end {
                text.push('\u{2026}');
            }
            kept.push(&text, PieceStyle { style, owner, link: None, language, kind: piece.kind });
        }
        shown = kept;
    }
    shown
}

/// Returns another text in the style of a template.
fn replaced(template: &Inline, text: &str) -> Inline {
    let mut inline = Inline::default();
    if let Some(piece) = template.pieces.first() {
        let (style, owner, language) = (piece.style, piece.owner.clone(), piece.language);
        inline.push(text, PieceStyle { style, owner, link: None, language, kind: piece.kind });
    }
    inline
}
