//! Figures: drawings with their captions and source lines. Data that no drawing shows well is printed as a
//! tagged table or list instead.

mod likelihoods;
mod network;
mod network_sketch;
mod scale;
mod sketch;
mod timeline;
mod trends;

use chancery_proto::brief::v1::{Figure, FigureKind, Likelihood, Relationship};

use self::likelihoods::Judged;
use self::network::Network;
use self::sketch::{Ruler, Sketch};
use crate::compose::composer::Composer;
use crate::compose::lists::INDENT;
use crate::compose::styles::{BODY, CAPTION, META, QUIET, TABLE, TABLE_HEAD};
use crate::compose::tables::{TableMaker, Words};
use crate::compose::words;
use crate::flow::{Block, Drawing, FigureBlock, Grid, Label, Span, TextBlock};
use crate::pages::Owner;
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

/// The most characters of an alternative text.
const LONGEST_ALT: usize = 1_500;

impl Composer<'_> {
    pub(crate) fn figure(&mut self, sect: TagId, figure: &Figure) {
        match FigureKind::try_from(figure.kind).unwrap_or_default() {
            FigureKind::Unspecified | FigureKind::Attachment => self.described(sect, figure),
            FigureKind::Timeline => self.timeline_figure(sect, figure),
            FigureKind::ActorNetwork => self.network(sect, figure),
            FigureKind::DomainTrends => self.domain_trends(sect, figure),
            FigureKind::Likelihoods => self.likelihoods(sect, figure),
        }
    }

    fn ruler(&mut self) -> Ruler<'_> {
        Ruler {
            typesetter: self.typesetter,
            language: &self.content.language,
            right_to_left: self.flow.right_to_left,
        }
    }

    fn timeline_figure(&mut self, sect: TagId, figure: &Figure) {
        let events = timeline::entries(&self.content.events, &self.content.default_marking);
        let Some(sketch) = timeline::sketch(&events, &mut self.ruler()) else {
            let maker = self.event_table(sect, &figure.title, false);
            return self.table_with_source(sect, figure, maker);
        };
        let elsewhere = "All of the events are in the table of the annex on the timeline.";
        let alt = alt("Timeline", &timeline::facts(&events), elsewhere);
        self.drawn(sect, figure, alt, sketch);
    }

    fn network(&mut self, sect: TagId, figure: &Figure) {
        let content = self.content;
        let network = Network::of(&content.relationships, &content.default_marking, |id| self.name_of(id));
        let sketch = network.as_ref().and_then(|network| network.sketch(&mut self.ruler()));
        let (Some(network), Some(sketch)) = (network, sketch) else {
            let relationships: Vec<&Relationship> = content.relationships.iter().collect();
            let maker = self.relationship_table(sect, &figure.title, &relationships, false);
            return self.table_with_source(sect, figure, maker);
        };
        let elsewhere = "All of the relationships are in the table of the annex on them.";
        let alt = alt("Actor network", &network.facts(), elsewhere);
        self.drawn(sect, figure, alt, sketch);
    }

    fn domain_trends(&mut self, sect: TagId, figure: &Figure) {
        let (domains, floor) = (&self.content.domains, &self.content.default_marking);
        let alt = whole_alt("Domain trends", &trends::facts(domains, floor));
        if let (Some(sketch), Some(alt)) = (trends::sketch(domains, floor, &mut self.ruler()), alt) {
            return self.drawn(sect, figure, alt, sketch);
        }
        let maker = self.trends_table(sect, &figure.title);
        self.table_with_source(sect, figure, maker);
    }

    fn likelihoods(&mut self, sect: TagId, figure: &Figure) {
        let judged = likelihoods::judged(self.content);
        let alt = whole_alt("Likelihood bars", &likelihoods::facts(&judged));
        match (likelihoods::sketch(&judged, &mut self.ruler()), alt) {
            (Some(sketch), Some(alt)) => self.drawn(sect, figure, alt, sketch),
            _ => self.likelihood_list(sect, figure, &judged),
        }
    }

    /// The bar of a key judgment, under its words.
    pub(crate) fn likelihood_bar(&mut self, body: TagId, likelihood: &Likelihood) {
        let alt = format!("Likelihood bar: {}.", likelihoods::odds(likelihood));
        let node = self.own_tag(body, Role::Figure { alt });
        let drawing = self.drawing(node, likelihoods::alone(likelihood));
        self.flow.blocks.push(Block::Figure(Box::new(FigureBlock {
            caption: None,
            drawing,
            before: Length::pt(3),
            after: Length::ZERO,
            inset: INDENT,
            grid: Grid::Free,
            keep_with_next: true,
            right_to_left: self.flow.right_to_left,
        })));
    }

    /// Puts a figure into the flow: its caption, the drawing, and the source line that stays with it.
    fn drawn(&mut self, sect: TagId, figure: &Figure, alt: String, sketch: Sketch) {
        let node = self.tag(sect, Role::Figure { alt });
        let caption = (!figure.title.is_empty()).then(|| {
            let mut caption = self.line(node, Role::Caption, CAPTION, &figure.title);
            caption.after = Length::pt(4);
            caption.grid = Grid::Free;
            caption.span = Span::Full;
            caption
        });
        let drawing = self.drawing(node, sketch);
        let source = self.figure_source(sect, figure);
        let has_source = !source.inline.is_empty();
        self.flow.blocks.push(Block::Figure(Box::new(FigureBlock {
            caption: caption.filter(|caption| !caption.inline.is_empty()),
            drawing,
            before: Length::pt(5),
            after: Length::pt(if has_source { 2 } else { 8 }),
            inset: Length::ZERO,
            grid: Grid::Rounded,
            keep_with_next: has_source,
            right_to_left: self.flow.right_to_left,
        })));
        self.push(TextBlock { after: Length::pt(8), grid: Grid::Free, ..source });
    }

    /// Gives a sketch its owners: the figure's element, and spans for the printer's own words.
    fn drawing(&mut self, node: TagId, sketch: Sketch) -> Drawing {
        let owner = Owner::Tagged { node, seq: self.flow.tags.next_seq() };
        let mut labels = Vec::with_capacity(sketch.labels.len());
        for label in sketch.labels {
            let foreign = label.words == Words::Own && self.own_language().is_some();
            let under = if foreign { self.own_tag(node, Role::Span { actual_text: None }) } else { node };
            let mut inline = Inline::default();
            let voice = self.voice(under, label.kind);
            self.say(&mut inline, voice, &label.text);
            // The space keeps labels apart when they are read out or extracted.
            self.say(&mut inline, voice, " ");
            let (leading, width) = (label.kind.leading, label.width);
            let (start, top, align) = (label.start, label.top, label.align);
            let right_to_left = self.flow.right_to_left && label.words == Words::Authors;
            labels.push(Label { inline, leading, start, top, width, align, right_to_left });
        }
        Drawing { width: sketch.width, height: sketch.height, owner, paths: sketch.paths, labels }
    }

    fn table_with_source(&mut self, sect: TagId, figure: &Figure, maker: TableMaker) {
        let source = (!figure.source.is_empty()).then(|| self.figure_source(sect, figure));
        maker.finish_with(self, source);
    }

    fn figure_source(&mut self, sect: TagId, figure: &Figure) -> TextBlock {
        if figure.source.is_empty() {
            return TextBlock::default();
        }
        self.line(sect, Role::P, META.colored(QUIET), &figure.source)
    }

    /// An image that is not drawn yet: its title and what it shows.
    fn described(&mut self, sect: TagId, figure: &Figure) {
        for (kind, text) in [(CAPTION, &figure.title), (BODY, &figure.alt)] {
            if !text.is_empty() {
                let block = self.line(sect, Role::P, kind, text);
                self.push(block);
            }
        }
    }

    fn trends_table(&mut self, sect: TagId, title: &str) -> TableMaker {
        let mut maker = TableMaker::begin(self, sect, title, &["Domain", "Trend", "Why"], true, Words::Own);
        for domain in &self.content.domains {
            maker.row(self, Vec::new(), |composer, column, cell, inline| {
                let voice = composer.voice(cell, if column == 0 { TABLE_HEAD } else { TABLE });
                match column {
                    0 => composer.say(inline, voice, &domain.name),
                    1 => composer.say(inline, voice, words::trend(domain.trend)),
                    _ => composer.say(inline, voice, &domain.why),
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
        self.bullets(node, &likelihoods::facts(judged), |composer, fact, node, block| {
            let voice = composer.voice(node, BODY);
            composer.say(&mut block.inline, voice, fact);
        });
        let source = self.figure_source(sect, figure);
        self.push(source);
    }
}

/// What a listener hears: what is drawn, with all of its data; nothing when that is too long.
fn whole_alt(what: &str, facts: &[String]) -> Option<String> {
    let whole = format!("{what}. {}.", facts.join("; "));
    (whole.chars().count() <= LONGEST_ALT).then_some(whole)
}

/// The same, with as much of the data as there is room for, and where all of it is.
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
    let told: Vec<&str> = facts.iter().take_while(fits).map(String::as_str).collect();
    format!("{what}. {}. {elsewhere}", told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_ALT, alt};

    #[test]
    fn an_alternative_text_that_would_be_too_long_says_where_the_rest_is() {
        let facts: Vec<String> = (0..200).map(|number| format!("fact number {number}")).collect();
        let long = alt("Facts", &facts, "See the table.");
        assert!(long.chars().count() <= LONGEST_ALT && long.chars().count() > LONGEST_ALT - 40);
        assert!(long.starts_with("Facts. fact number 0; ") && long.ends_with(". See the table."));
        assert_eq!(alt("Facts", &facts[..2], "Not needed."), "Facts. fact number 0; fact number 1.");
    }
}
