//! Figures: drawings with captions and source lines. Data that no drawing shows well is printed as a tagged table or
//! list.

mod likelihoods;
mod network;
mod network_sketch;
mod scale;
pub(super) mod sketch;
mod timeline;
mod trends;

use chancery_proto::brief::v1::{Figure, FigureKind, Relationship};

use self::likelihoods::Judged;
use self::network::Network;
use self::sketch::{Ruler, Sketch};
use crate::compose::composer::{Composer, TextContext};
use crate::compose::stylesheet::{BODY, CAPTION, META, QUIET, TABLE, TABLE_HEAD};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Block, Drawing, FigureBlock, Grid, Label, Span, TextBlock};
use crate::pages::Owner;
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

/// Maximum length of an alternative text in characters.
const LONGEST_ALT: usize = 1_500;

impl Composer<'_> {
    pub(crate) fn figure(&mut self, sect: TagId, figure: &Figure) {
        match FigureKind::try_from(figure.kind).unwrap_or_default() {
            FigureKind::Unspecified => self.described(sect, figure),
            FigureKind::Attachment => self.attached_image(sect, figure),
            FigureKind::Timeline => self.timeline_figure(sect, figure),
            FigureKind::ActorNetwork => self.network(sect, figure),
            FigureKind::DomainTrends => self.domain_trends(sect, figure),
            FigureKind::Likelihoods => self.likelihoods(sect, figure),
        }
    }

    /// Draws a figure, except in large print, where labels would be too small.
    fn drawable(&mut self, draw: impl FnOnce(&mut Ruler) -> Option<Sketch>) -> Option<Sketch> {
        if self.sheet.is_large() {
            return None;
        }
        let mut ruler = Ruler {
            typesetter: self.typesetter,
            language: &self.content.language,
            lexicon: self.lexicon,
            right_to_left: self.flow.right_to_left,
        };
        draw(&mut ruler)
    }

    fn timeline_figure(&mut self, sect: TagId, figure: &Figure) {
        let floor = &self.content.default_marking;
        let events = timeline::entries(&self.content.events, &figure.highlight_ids, floor, self.labels());
        let sketch = self.drawable(|ruler| timeline::sketch(&events, ruler));
        let Some(sketch) = sketch else {
            let maker = self.event_table(sect, &figure.title, false, &figure.highlight_ids);
            return self.table_with_source(sect, figure, maker);
        };
        let elsewhere = self.if_printed("part.timeline", self.labels().events_elsewhere);
        let alt = alt(self.labels().timeline_alt, &timeline::facts(&events, self.labels()), elsewhere);
        self.drawn(sect, figure, alt, sketch);
    }

    fn network(&mut self, sect: TagId, figure: &Figure) {
        let content = self.content;
        let network = Network::of(&content.relationships, &content.default_marking, self.lexicon, |id| {
            self.name_of(id)
        });
        let annexed = self.anchors.contains_key("part.relationships");
        let network = network.filter(|network| annexed || !network.needs_annex());
        let sketch = self.drawable(|ruler| network.as_ref()?.sketch(ruler));
        let (Some(network), Some(sketch)) = (network, sketch) else {
            let relationships: Vec<&Relationship> = content.relationships.iter().collect();
            let maker = self.relationship_table(sect, &figure.title, &relationships, false);
            return self.table_with_source(sect, figure, maker);
        };
        let elsewhere = self.if_printed("part.relationships", self.labels().relationships_elsewhere);
        let alt = alt(self.labels().network_alt, &network.facts(), elsewhere);
        self.drawn(sect, figure, alt, sketch);
    }

    fn domain_trends(&mut self, sect: TagId, figure: &Figure) {
        let (domains, floor) = (&self.content.domains, &self.content.default_marking);
        let alt = whole_alt(self.labels().trends_alt, &trends::facts(domains, floor, self.lexicon));
        let sketch = self.drawable(|ruler| trends::sketch(domains, floor, ruler));
        if let (Some(sketch), Some(alt)) = (sketch, alt) {
            return self.drawn(sect, figure, alt, sketch);
        }
        let maker = self.trends_table(sect, &figure.title);
        self.table_with_source(sect, figure, maker);
    }

    fn likelihoods(&mut self, sect: TagId, figure: &Figure) {
        let judged = likelihoods::judged(self.content, &self.prior, self.options.show_ids);
        if judged.is_empty() {
            return;
        }
        let alt = whole_alt(self.labels().bars_alt, &likelihoods::facts(&judged, self.lexicon));
        let sketch = self.drawable(|ruler| likelihoods::sketch(&judged, ruler));
        match (sketch, alt) {
            (Some(sketch), Some(alt)) => self.drawn(sect, figure, alt, sketch),
            _ => self.likelihood_list(sect, figure, &judged),
        }
    }

    /// Returns the reference to a part with all of a figure's data, or an empty text if that part is not printed.
    fn if_printed(&self, part: &str, elsewhere: &'static str) -> &'static str {
        if self.anchors.contains_key(part) { elsewhere } else { "" }
    }

    /// Adds a figure to the flow: caption, drawing and source line, kept together.
    pub(crate) fn drawn(&mut self, sect: TagId, figure: &Figure, alt: String, sketch: Sketch) {
        let node = self.tag(sect, Role::Figure { alt });
        let caption = (!figure.title.is_empty()).then(|| {
            let marking = self.block_marking.clone();
            let mut caption = self.caption(node, &figure.title, &marking);
            caption.after = Length::pt(4);
            caption.grid = Grid::Free;
            caption.span = Span::Full;
            caption
        });
        let drawing = self.drawing(node, sketch);
        let source = TextBlock { grid: Grid::Free, ..self.figure_source(sect, figure) };
        self.flow.blocks.push(Block::Figure(Box::new(FigureBlock {
            caption: caption.filter(|caption| !caption.inline.is_empty()),
            drawing,
            note: (!source.inline.is_empty()).then_some(source),
            floats: true,
            before: Length::pt(5),
            after: Length::pt(8),
            inset: Length::ZERO,
            grid: Grid::Rounded,
            keep_with_next: false,
            right_to_left: self.flow.right_to_left,
        })));
    }

    /// Assigns owners to a sketch: the figure's element, and spans for the printer's labels.
    pub(crate) fn drawing(&mut self, node: TagId, sketch: Sketch) -> Drawing {
        let owner = Owner::Tagged { node, seq: self.flow.tags.next_seq() };
        let mut labels = Vec::with_capacity(sketch.labels.len());
        for label in sketch.labels {
            let foreign = label.origin == TextOrigin::Printer && self.label_language().is_some();
            let under = if foreign { self.label_tag(node, Role::Span { actual_text: None }) } else { node };
            let mut inline = Inline::default();
            let text_context = match label.origin {
                TextOrigin::Printer => self.label_context(under, label.kind),
                TextOrigin::Author => self.text_context(under, label.kind),
            };
            // The layout depends on the labels' own sizes.
            let text_context = TextContext { style: label.kind.style, ..text_context };
            self.push_text(&mut inline, text_context, &label.text);
            // The space separates labels in extraction and screen readers.
            self.push_text(&mut inline, text_context, " ");
            let (leading, width) = (label.kind.leading, label.width);
            let (start, top, align) = (label.start, label.top, label.align);
            let right_to_left = self.flow.right_to_left && label.origin == TextOrigin::Author;
            labels.push(Label { inline, leading, start, top, width, align, right_to_left });
        }
        let Sketch { width, height, image, paths, .. } = sketch;
        Drawing { width, height, owner, image, paths, labels }
    }

    fn table_with_source(&mut self, sect: TagId, figure: &Figure, maker: TableMaker) {
        let has_source = !figure.source.is_empty() && !maker.block.rows.is_empty();
        let source = has_source.then(|| self.figure_source(sect, figure));
        maker.finish_with(self, source);
    }

    fn figure_source(&mut self, sect: TagId, figure: &Figure) -> TextBlock {
        if figure.source.is_empty() {
            return TextBlock::default();
        }
        self.line(sect, Role::P, META.colored(QUIET), &figure.source)
    }

    /// Adds title and alternative text of a figure of an unknown kind.
    fn described(&mut self, sect: TagId, figure: &Figure) {
        for (kind, text) in [(CAPTION, &figure.title), (BODY, &figure.alt)] {
            if !text.is_empty() {
                let block = self.line(sect, Role::P, kind, text);
                self.push(block);
            }
        }
    }

    fn trends_table(&mut self, sect: TagId, title: &str) -> TableMaker {
        let labels = self.labels();
        let head = [labels.domain, labels.trend, labels.why];
        let mut maker = TableMaker::begin(self, sect, title, &head, true, TextOrigin::Printer);
        for domain in &self.content.domains {
            maker.row(self, Vec::new(), |composer, column, cell, inline| {
                let text_context = composer.text_context(cell, if column == 0 { TABLE_HEAD } else { TABLE });
                match column {
                    0 => composer.push_text(inline, text_context, &domain.name),
                    1 => composer.push_label(inline, text_context, composer.lexicon.trend(domain.trend)),
                    _ => composer.push_text(inline, text_context, &domain.why),
                }
            });
        }
        maker
    }

    fn likelihood_list(&mut self, sect: TagId, figure: &Figure, judged: &[Judged]) {
        let node = self.tag(sect, Role::Div);
        if !figure.title.is_empty() {
            let mut block = self.line(node, Role::P, CAPTION, &figure.title);
            block.keep_with_next = true;
            self.push(block);
        }
        self.bullets(node, &likelihoods::facts(judged, self.lexicon), |composer, fact, node, block| {
            let text_context = composer.text_context(node, BODY);
            composer.push_text(&mut block.inline, text_context, fact);
        });
        let source = self.figure_source(sect, figure);
        self.push(source);
    }
}

/// Returns the alternative text with all data, or `None` if it is too long.
fn whole_alt(what: &str, facts: &[String]) -> Option<String> {
    let whole = format!("{what}. {}.", facts.join("; "));
    (whole.chars().count() <= LONGEST_ALT).then_some(whole)
}

/// Returns the alternative text with as much data as fits, and a reference to the rest.
fn alt(what: &str, facts: &[String], elsewhere: &str) -> String {
    if let Some(whole) = whole_alt(what, facts) {
        return whole;
    }
    let mut room = LONGEST_ALT.saturating_sub(what.chars().count() + elsewhere.chars().count() + 4);
    let fits = |fact: &&String| {
        let needs = fact.chars().count() + 2;
        let fits = needs <= room;
        room = room.saturating_sub(needs);
        fits
    };
    let included: Vec<&str> = facts.iter().take_while(fits).map(String::as_str).collect();
    format!("{what}. {}. {elsewhere}", included.join("; ")).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_ALT, alt};

    #[test]
    fn a_shortened_alternative_text_refers_to_the_remaining_data() {
        let facts: Vec<String> = (0..200).map(|number| format!("fact number {number}")).collect();
        let long = alt("Facts", &facts, "See the table.");
        assert!(long.chars().count() <= LONGEST_ALT && long.chars().count() > LONGEST_ALT - 40);
        assert!(long.starts_with("Facts. fact number 0; ") && long.ends_with(". See the table."));
        assert_eq!(alt("Facts", &facts[..2], "Not needed."), "Facts. fact number 0; fact number 1.");
    }
}
