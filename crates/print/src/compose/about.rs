//! The part about the brief: facts of this copy, and the explanation of terms and scales.

use chancery_proto::brief::v1::{LikelihoodScale, LikelihoodTerm};

use crate::compose::composer::Composer;
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::stylesheet::{BODY, TABLE, TABLE_HEAD};
use crate::compose::tables::{Fact, TableMaker, facts_table};
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Block, TextBlock};
use crate::tags::{Role, TagId};

impl Composer<'_> {
    /// Adds the likelihood scale and the explanation of confidence.
    pub(crate) fn about(&mut self, sect: TagId) {
        let labels = self.labels();
        self.localized_titles(sect);
        let facts = self.facts_of_this_copy();
        let table = facts_table(self, sect, &facts);
        self.flow.blocks.push(Block::Table(Box::new(table)));
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

    /// Returns the facts that the opening does not state.
    fn facts_of_this_copy(&self) -> Vec<Fact> {
        let (edition, labels) = (self.edition, self.labels());
        let as_of = self.content.as_of.clone().unwrap_or_default();
        let date = if as_of.date.is_empty() { String::new() } else { self.lexicon.date(&as_of.date) };
        let facts = [date.as_str(), as_of.note.as_str()];
        let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
        let as_of = facts.join(self.list_separator());
        let facts: [Fact; 3] = [
            (labels.brief, edition.brief.to_owned()),
            (labels.edition_digest, edition.edition_digest.to_owned()),
            (labels.as_of, as_of),
        ];
        facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
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
