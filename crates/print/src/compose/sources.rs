//! The endnotes, which are the sources, and what a reader has to know of the brief's words and scales.

use chancery_proto::brief::v1::{LikelihoodScale, Source};

use crate::compose::composer::{Composer, Voice};
use crate::compose::styles::{BODY, NOTE, TABLE, TABLE_HEAD};
use crate::compose::tables::{TableMaker, Words};
use crate::compose::words;
use crate::flow::{Grid, TextBlock};
use crate::tags::{LinkTarget, Role, TagId};
use crate::text::inline::{Flush, Inline};
use crate::units::Length;

impl Composer<'_> {
    /// One `Note` a source, by number.
    pub(crate) fn sources(&mut self, sect: TagId) {
        let mut sources: Vec<(usize, &Source)> = self
            .content
            .sources
            .iter()
            .filter_map(|source| Some((*self.numbers.get(&source.id)?, source)))
            .collect();
        sources.sort_by_key(|(number, _)| *number);
        for (number, source) in sources {
            self.source(sect, number, source);
        }
    }

    fn source(&mut self, sect: TagId, number: usize, source: &Source) {
        let endnote = self.tag(sect, Role::Note { id: format!("source-{number}") });
        let label = self.source_label(endnote, number);
        let mut block = TextBlock {
            inset: (Length::milli_pt(19_000), Length::ZERO),
            label: Some(label),
            after: Length::pt(3),
            hyphenate: true,
            grid: Grid::Free,
            ..self.block(NOTE)
        };
        block.anchors.extend(self.anchors.get(&source.id));
        let node = self.tag(endnote, Role::P);
        let voice = self.voice(node, NOTE);
        let inline = &mut block.inline;
        if !source.marking.is_empty() && source.marking != self.content.default_marking {
            self.small_word(inline, voice, &format!("({}) ", source.marking));
        }
        let italic = self.voice(node, NOTE.italic());
        self.say(inline, italic, &source.title);
        let facts = [source.publisher.as_str(), source.date.as_str()];
        let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
        let facts = if facts.is_empty() { ".".to_owned() } else { format!(". {}.", facts.join(", ")) };
        self.say(inline, voice, &facts);
        if !source.url.is_empty() {
            self.say(inline, voice, " ");
            let target = LinkTarget::Uri(source.url.clone());
            // An address is never divided with a hyphen that it does not have.
            self.link_to(inline, Voice { language: "", ..voice }, target, &source.url, &source.title);
        }
        let mut sentences: Vec<String> = Vec::new();
        sentences.extend(words::source_type(source.r#type).map(words::capitalised));
        sentences.extend(words::reliability(source.reliability).map(|word| format!("Reliability {word}")));
        sentences.extend(
            (!source.descriptor.is_empty()).then(|| source.descriptor.trim_end_matches('.').to_owned()),
        );
        for sentence in sentences {
            self.say(inline, voice, &format!(" {sentence}."));
        }
        self.cited_on(&mut block, node, number);
        self.push(block);
    }

    /// The number, which leads back to the first citation.
    fn source_label(&mut self, endnote: TagId, number: usize) -> Inline {
        let mut label = Inline::default();
        let node = self.tag(endnote, Role::Lbl);
        let voice = self.voice(node, NOTE);
        match self.first_citations.get(&number).copied() {
            Some(anchor) => {
                let hears = format!("Back to the first citation of source {number}");
                self.link_to(&mut label, voice, LinkTarget::Anchor(anchor), &format!("{number}."), &hears);
            }
            None => self.say(&mut label, voice, &format!("{number}.")),
        }
        self.say(&mut label, voice, " ");
        label
    }

    fn cited_on(&mut self, block: &mut TextBlock, node: TagId, number: usize) {
        let voice = self.voice(node, NOTE);
        match self.first_citations.get(&number).copied() {
            Some(anchor) => {
                self.say(&mut block.inline, voice, " First cited on p.\u{a0}");
                self.page_of(&mut block.inline, voice, anchor, Flush::Start);
            }
            None => self.say(&mut block.inline, voice, " Not cited in this edition."),
        }
    }

    /// The likelihood scale's key and the words of confidence.
    pub(crate) fn about(&mut self, sect: TagId) {
        let scale = words::scale(self.content.likelihood_scale);
        let named = if scale == LikelihoodScale::Phia { "the PHIA probability yardstick" } else { "ICD 203" };
        let text = format!(
            "Every sentence of this brief is a statement with an id of its own, printed beside its paragraph; it \
             stays the same from revision to revision, and a link ending in #id leads to it. Likelihood terms are \
             those of {named} and mean the percentages below. Confidence says how well founded a judgment is, \
             apart from how likely it is: high, moderate or low. Sources are rated on the NATO Admiralty scale."
        );
        let line = self.own_line(sect, Role::P, BODY, &text);
        let block = TextBlock { inline: line.inline, ..self.body_block() };
        self.push(block);
        let mut maker =
            TableMaker::begin(self, sect, "Likelihood terms", &["Term", "Likelihood"], true, Words::Own);
        let mut judged =
            self.content.key_judgments.iter().filter_map(|judgment| judgment.likelihood.as_ref());
        let row = judged.next().map_or(1, |likelihood| words::row(likelihood.term));
        for (term, range) in words::scale_key(scale, row) {
            maker.row(self, Vec::new(), |composer, column, cell, inline| {
                let voice = composer.voice(cell, if column == 0 { TABLE_HEAD } else { TABLE });
                let range = format!("{range}\u{a0}%");
                composer.say(inline, voice, if column == 0 { term } else { &range });
            });
        }
        maker.finish(self);
    }
}
