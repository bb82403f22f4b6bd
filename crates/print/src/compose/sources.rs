//! Endnotes, which are the sources, and the explanation of terms and scales.

use chancery_proto::brief::v1::{LikelihoodScale, LikelihoodTerm, Source};

use crate::Format;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::stylesheet::{BODY, NOTE, TABLE, TABLE_HEAD};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Block, Grid, PageReference, Span, TextBlock};
use crate::tags::{LinkTarget, Role, TagId};
use crate::text::inline::{Deferred, Inline, PageList, PieceKind};
use crate::units::Length;

impl Composer<'_> {
    /// Adds one `Note` per source, by number.
    pub(crate) fn sources(&mut self, sect: TagId) {
        let mut sources: Vec<(usize, &Source)> = self
            .content
            .sources
            .iter()
            .filter_map(|source| Some((*self.numbers.get(&source.id)?, source)))
            .collect();
        sources.sort_by_key(|(number, _)| *number);
        // All citations are before the endnotes, so their pages are known from here on.
        self.flow.blocks.push(Block::CommitPages);
        for (number, source) in sources {
            self.source(sect, number, source);
        }
    }

    fn source(&mut self, sect: TagId, number: usize, source: &Source) {
        self.begin_part(&source.id);
        let endnote = self.tag(sect, Role::Note { id: format!("source-{number}") });
        let label = self.source_label(endnote, number);
        let mut block = TextBlock {
            inset: (self.sheet.fit(NOTE).leading * 19 / 11, Length::ZERO),
            label: Some(label),
            after: Length::pt(3),
            hyphenate: true,
            grid: Grid::Free,
            span: if self.options.format == Format::Standard { Span::Full } else { Span::Main },
            ..self.block(NOTE)
        };
        block.anchors.extend(self.anchors.get(&source.id));
        let node = self.tag(endnote, Role::P);
        let text_context = self.text_context(node, NOTE);
        let inline = &mut block.inline;
        self.mark_part(inline, text_context, &source.marking);
        if !source.short_title.is_empty() {
            // The print refers to the source by its short title.
            let strong = self.text_context(node, NOTE.strong());
            self.push_text(inline, strong, &source.short_title);
            self.push_text(inline, text_context, ". ");
        }
        let italic = self.text_context(node, NOTE.italic());
        // The standard format links the title; the full format prints the address.
        let brief = self.options.format == Format::Standard;
        if brief && !source.url.is_empty() {
            let target = LinkTarget::Uri(source.url.clone());
            self.link_to(inline, italic, target, &source.title, &source.title);
        } else {
            self.push_text(inline, italic, &source.title);
        }
        let facts = [source.publisher.as_str(), source.date.as_str()];
        let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
        let facts = if facts.is_empty() { ".".to_owned() } else { format!(". {}.", facts.join(", ")) };
        self.push_text(inline, text_context, &facts);
        if !brief && !source.url.is_empty() {
            self.push_text(inline, text_context, " ");
            let target = LinkTarget::Uri(source.url.clone());
            // Without a language the address is not hyphenated.
            self.link_to(
                inline,
                TextContext { language: "", ..text_context },
                target,
                &readable(&source.url),
                &source.title,
            );
        }
        if !source.accessed.is_empty() {
            let date = self.lexicon.date(&source.accessed);
            self.push_text(inline, text_context, " (");
            self.push_label(inline, text_context, &filled(self.labels().accessed, &[&date]));
            self.push_text(inline, text_context, ").");
        }
        let labels = self.labels();
        let mut sentences: Vec<String> = Vec::new();
        sentences.extend(self.lexicon.source_type(source.r#type).map(lexicon::capitalised));
        sentences.extend(
            self.lexicon.reliability(source.reliability).map(|word| filled(labels.reliability, &[&word])),
        );
        sentences.extend(
            (!source.descriptor.is_empty()).then(|| source.descriptor.trim_end_matches('.').to_owned()),
        );
        for sentence in sentences {
            self.push_text(inline, text_context, &format!(" {sentence}."));
        }
        self.cited_on(&mut block, node, number);
        self.push(block);
    }

    /// Returns the number, linked to the first citation.
    fn source_label(&mut self, endnote: TagId, number: usize) -> Inline {
        let mut label = Inline::default();
        let node = self.tag(endnote, Role::Lbl);
        let text_context = self.text_context(node, NOTE);
        match self.citing_anchors.get(&number).and_then(|citing_anchors| citing_anchors.first()).copied() {
            Some(anchor) => {
                let contents = filled(self.labels().back_to_citation, &[&number.to_string()]);
                self.link_to(
                    &mut label,
                    text_context,
                    LinkTarget::Anchor(anchor),
                    &format!("{number}."),
                    &contents,
                );
            }
            None => self.push_text(&mut label, text_context, &format!("{number}.")),
        }
        self.push_text(&mut label, text_context, " ");
        label
    }

    fn cited_on(&mut self, block: &mut TextBlock, node: TagId, number: usize) {
        let text_context = self.text_context(node, NOTE);
        if let Some(citing_anchors) = self.citing_anchors.get(&number) {
            let list = PageList(self.flow.page_lists.len());
            let anchors = citing_anchors.clone();
            self.flow.page_lists.push(PageReference { anchors, one: "{0}", several: "{0}" });
            self.push_text(&mut block.inline, text_context, " ");
            self.push_label(&mut block.inline, text_context, self.labels().cited_on);
            self.push_text(&mut block.inline, text_context, "\u{a0}");
            self.piece(&mut block.inline, text_context, "0", PieceKind::Deferred(Deferred::Pages(list)));
            self.push_text(&mut block.inline, text_context, ".");
        } else {
            self.push_text(&mut block.inline, text_context, " ");
            self.push_label(&mut block.inline, text_context, self.labels().not_cited);
        }
    }

    /// Adds the likelihood scale and the explanation of confidence.
    pub(crate) fn about(&mut self, sect: TagId) {
        let labels = self.labels();
        let scale = lexicon::scale(self.content.likelihood_scale);
        let named = if scale == LikelihoodScale::Phia { labels.phia } else { labels.icd_203 };
        let likelihood = filled(labels.about_likelihood, &[named]);
        let statements =
            if self.options.show_ids { labels.about_printed_ids } else { labels.about_statements };
        let about = [statements, &likelihood, labels.about_confidence, labels.about_sources];
        let line = self.label_line(sect, Role::P, BODY, &about.join(" "));
        let block = TextBlock { inline: line.inline, ..self.body_block() };
        self.push(block);
        self.scale_table(sect, labels.likelihood_terms, &self.scale_terms());
        if let Some((name, readers)) = self.lexicon.reader_scale().filter(|(_, readers)| *readers != scale) {
            self.scale_table(
                sect,
                &format!("{}: {name}", labels.likelihood_terms),
                &lexicon::scale_key(readers, 1),
            );
        }
    }

    /// Returns the terms of the brief's scale with their percentages, in the row that its judgments use.
    pub(crate) fn scale_terms(&self) -> Vec<(LikelihoodTerm, String)> {
        let mut judged =
            self.content.key_judgments.iter().filter_map(|judgment| judgment.likelihood.as_ref());
        let row = judged.next().map_or(1, |likelihood| lexicon::row(likelihood.term));
        lexicon::scale_key(lexicon::scale(self.content.likelihood_scale), row)
    }

    fn scale_table(&mut self, sect: TagId, caption: &str, terms: &[(LikelihoodTerm, String)]) {
        let labels = self.labels();
        let head = [labels.term, labels.likelihood];
        let mut maker = TableMaker::begin(self, sect, caption, &head, true, TextOrigin::Printer);
        for (term, range) in terms {
            maker.row(self, Vec::new(), |composer, column, cell, inline| {
                let text_context = composer.text_context(cell, if column == 0 { TABLE_HEAD } else { TABLE });
                if column == 0 {
                    composer.push_label(inline, text_context, &composer.lexicon.term(*term));
                } else {
                    composer.push_text(inline, text_context, &composer.lexicon.percent(range));
                }
            });
        }
        maker.finish(self);
    }
}

/// Decodes an address for display: letters outside of ASCII are shown (RFC 3987). Reserved and invisible characters
/// stay encoded, so that the text is still the address.
fn readable(url: &str) -> String {
    let mut text = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        let encoded = encoded_bytes(&rest[at..]);
        let (escapes, after) = rest[at..].split_at((encoded.len() * 3).max(1));
        match String::from_utf8(encoded) {
            Ok(letters) if letters.chars().all(char::is_alphabetic) && !letters.is_empty() => {
                text.push_str(&letters);
            }
            _ => text.push_str(escapes),
        }
        rest = after;
    }
    text + rest
}

/// Decodes the percent-encoded bytes outside of ASCII at the start of a text.
fn encoded_bytes(text: &str) -> Vec<u8> {
    let triplet = |triplet: &[u8]| match triplet {
        [b'%', high, low] => {
            let digits = [*high, *low];
            let byte = u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?;
            (byte >= 0x80).then_some(byte)
        }
        _ => None,
    };
    text.as_bytes().chunks(3).map_while(triplet).collect()
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn letters_of_an_address_are_shown_and_the_rest_stays_encoded() {
        assert_eq!(
            readable("https://a.ir/%D8%A7%DB%8C/%20x?q=%25"),
            "https://a.ir/\u{627}\u{6cc}/%20x?q=%25"
        );
        assert_eq!(
            readable("https://a/%D8%A7%E2%80%AE"),
            "https://a/%D8%A7%E2%80%AE",
            "a bidi control stays hidden"
        );
        assert_eq!(readable("https://a/%D8"), "https://a/%D8");
        assert_eq!(readable("100%"), "100%");
        assert_eq!(readable("%zz%d0%b0"), "%zz\u{430}");
    }
}
