//! Completion of keys, ids and words.

use chancery_brief::PartKind;
use chancery_brief::likelihood::{scale_terms, words};
use chancery_proto::brief::v1::LikelihoodScale;
use chancery_text::TextRange;
use chancery_text::dictionary::{
    Annotated, BLOCK_KINDS, Key, Values, annotation_keys, change_kinds, confidences, front_matter_keys,
};
use chancery_text::slot::{Slot, SlotKind};
use tower_lsp_server::ls_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionTextEdit, Documentation,
};

use crate::document::{Analysis, Document};
use crate::markdown::{describe, term_range};

/// Maximum number of ids in a list; further ones are listed as the author types on.
const MAX_IDS: usize = 500;

/// Longest text beside an id, in code points.
const DETAIL_LENGTH: usize = 80;

/// Returns the words that fit a slot.
pub(crate) fn completion(
    document: &Document,
    analysis: &Analysis,
    slot: Slot,
    offset: usize,
) -> CompletionList {
    let list = List { document, analysis, slot, offset };
    let scheme = analysis.check.reading.exchange.scheme;
    let items = match slot.kind {
        SlotKind::Id(kinds) => return list.ids(kinds),
        SlotKind::Annotation(part) => list.annotations(part),
        SlotKind::FrontMatterKey(map) => front_matter_keys(map).iter().map(|key| list.key(key)).collect(),
        SlotKind::Value(key) => list.values(key),
        SlotKind::Likelihood(scale) => list.likelihoods(scale),
        SlotKind::Marking => {
            scheme.labels().iter().map(|label| list.word(label, CompletionItemKind::VALUE)).collect()
        }
        SlotKind::BlockKind => {
            BLOCK_KINDS.iter().map(|kind| list.word(kind, CompletionItemKind::KEYWORD)).collect()
        }
    };
    CompletionList { is_incomplete: false, items }
}

struct List<'l> {
    document: &'l Document,
    analysis: &'l Analysis,
    slot: Slot,
    offset: usize,
}

impl List<'_> {
    fn annotations(&self, part: Annotated) -> Vec<CompletionItem> {
        let mut items: Vec<CompletionItem> = annotation_keys(part).map(|key| self.key(key)).collect();
        if part.has_likelihood() {
            items.extend(self.likelihoods(self.analysis.check.reading.content.likelihood_scale()));
            items.extend(confidences().iter().map(|key| CompletionItem {
                documentation: Some(Documentation::String(key.meaning())),
                ..self.word(key.name, CompletionItemKind::ENUM_MEMBER)
            }));
        }
        if part.has_change() {
            items.extend(change_kinds().into_iter().map(|kind| CompletionItem {
                documentation: Some(Documentation::String(kind.meaning)),
                ..self.word(&format!("!{}", kind.word), CompletionItemKind::EVENT)
            }));
        }
        items
    }

    fn likelihoods(&self, scale: LikelihoodScale) -> Vec<CompletionItem> {
        let item = |term| CompletionItem {
            detail: Some(term_range(term)),
            ..self.word(words(term), CompletionItemKind::ENUM_MEMBER)
        };
        scale_terms(scale).iter().map(|term| item(*term)).collect()
    }

    fn values(&self, key: &Key) -> Vec<CompletionItem> {
        let item = |word: chancery_text::dictionary::Word| CompletionItem {
            documentation: (!word.meaning.is_empty()).then_some(Documentation::String(word.meaning)),
            ..self.word(&word.word, CompletionItemKind::ENUM_MEMBER)
        };
        key.words().into_iter().map(item).collect()
    }

    /// Returns a key, with the colon before its value unless one follows already.
    fn key(&self, key: &Key) -> CompletionItem {
        let behind = self.analysis.text[self.slot.word.end..].trim_start_matches(' ');
        let inserted = match key.values {
            Values::None => key.name.to_owned(),
            _ if behind.starts_with(':') => key.name.to_owned(),
            _ if key.name == "by" => format!("{} ", key.name),
            _ => format!("{}: ", key.name),
        };
        CompletionItem {
            documentation: Some(Documentation::String(key.meaning())),
            ..self.item(key.name, inserted, CompletionItemKind::PROPERTY)
        }
    }

    /// Returns the ids of parts of these kinds; of all kinds if there are none.
    fn ids(&self, kinds: &[PartKind]) -> CompletionList {
        let typed = TextRange::new(self.slot.word.start, self.offset).of(&self.analysis.text);
        let fits = |kind: PartKind| kinds.is_empty() || kinds.contains(&kind);
        let fitting = self.analysis.outline.parts().iter().filter(|part| fits(part.kind) && part.is_named());
        let mut parts: Vec<_> = fitting.collect();
        let is_incomplete = parts.len() > MAX_IDS;
        if is_incomplete {
            parts.retain(|part| part.id.starts_with(typed));
            parts.truncate(MAX_IDS);
        }
        let statements = self.statement_texts(&parts);
        let item = |part: &chancery_text::outline::OutlinePart| {
            let text = match statements.get(part.id.as_str()) {
                Some(text) => (*text).to_owned(),
                None => describe(self.analysis, part).text,
            };
            CompletionItem {
                detail: Some(text.chars().take(DETAIL_LENGTH).collect()),
                ..self.word(&part.id, CompletionItemKind::REFERENCE)
            }
        };
        CompletionList { is_incomplete, items: parts.into_iter().map(item).collect() }
    }

    /// Returns the texts of statements by their ids, which are found together.
    fn statement_texts(
        &self,
        parts: &[&chancery_text::outline::OutlinePart],
    ) -> std::collections::HashMap<&str, &str> {
        if parts.iter().all(|part| part.kind != PartKind::Statement) {
            return std::collections::HashMap::new();
        }
        let content = &self.analysis.check.reading.content;
        let statements = chancery_brief::reading_order::statements(content).into_iter();
        statements.map(|statement| (statement.id.as_str(), statement.text.as_str())).collect()
    }

    fn word(&self, word: &str, kind: CompletionItemKind) -> CompletionItem {
        self.item(word, word.to_owned(), kind)
    }

    fn item(&self, label: &str, inserted: String, kind: CompletionItemKind) -> CompletionItem {
        let edit = self.document.edit(self.slot.word, inserted);
        CompletionItem {
            label: label.to_owned(),
            kind: Some(kind),
            text_edit: Some(CompletionTextEdit::Edit(edit)),
            ..CompletionItem::default()
        }
    }
}
