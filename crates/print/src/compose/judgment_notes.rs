//! The notes below the table of key judgments: the meaning of bar and dots, the evidence of the brief, and the judgments
//! that were not carried over.

use chancery_proto::brief::v1::{ConfidenceLevel, KeyJudgment};

use crate::compose::annotations::ticks;
use crate::compose::composer::Composer;
use crate::compose::evidence::{self, WeakBasis};
use crate::compose::judgment_basis;
use crate::compose::judgment_changes::not_carried_over;
use crate::compose::judgment_table::likelihood;
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::opening_words::opening_words;
use crate::compose::text_origin::TextOrigin;
use crate::tags::TagId;

impl Composer<'_> {
    /// Adds the notes.
    pub(crate) fn judgment_notes(&mut self, sect: TagId) {
        let axis = self.has_axis();
        let (content, labels) = (self.content, self.labels());
        let page = &labels.page;
        let judgments = &content.key_judgments;
        let mut first = Vec::new();
        if let Some(term) = judgments.iter().find_map(likelihood).map(|likelihood| likelihood.term) {
            first.push((page.bar_key, self.bar_meaning(term, axis)));
        }
        if judgments.iter().any(|judgment| judgment_basis::level(judgment) != ConfidenceLevel::Unspecified) {
            first.push((page.dots_key, page.dots_meaning.to_owned()));
        }
        self.keyed_note(sect, &first);
        let evidence = self.brief_evidence_words();
        if !evidence.is_empty() {
            self.keyed_note(sect, &[(page.evidence_key, evidence)]);
        }
        let left = self.edition.earlier.map(|earlier| not_carried_over(&earlier.key_judgments, judgments));
        let left: Vec<String> =
            left.unwrap_or_default().iter().map(|judgment| self.judgment_opening(judgment)).collect();
        if !left.is_empty() {
            let key = match self.edition.earlier_number() {
                Some(number) => {
                    let number = self.lexicon.digits(&number.to_string());
                    filled(page.not_carried_over_from, &[&number])
                }
                None => format!("{}:", lexicon::capitalised(page.not_carried_over)),
            };
            let text = format!("{}.", left.join(page.list_comma));
            self.note(sect, &key, &text, TextOrigin::Author);
        }
    }

    fn judgment_opening(&self, judgment: &KeyJudgment) -> String {
        let text = judgment.statements.iter().find(|statement| statement.withheld.is_none());
        let text = text.map_or("", |statement| statement.text.as_str());
        self.quoted_opening(text, 42)
    }

    /// Returns the opening words of a text in quotation marks.
    pub(crate) fn quoted_opening(&self, text: &str, longest: usize) -> String {
        let page = &self.labels().page;
        match opening_words(text, longest) {
            Some(opening) => filled(page.quote_opening, &[opening]),
            None => filled(page.quote, &[text]),
        }
    }

    fn bar_meaning(&self, term: i32, axis: bool) -> String {
        let page = &self.labels().page;
        let ticks: Vec<u32> = ticks(term).into_iter().filter(|tick| (5..=95).contains(tick)).collect();
        let numbers: Vec<String> = ticks.iter().map(|tick| self.lexicon.digits(&tick.to_string())).collect();
        let numbers = numbers.join(page.list_comma);
        let scale = if lexicon::is_phia(term) { "PHIA" } else { "ICD 203" };
        let compared = self.edition.earlier.and(self.edition.earlier_number());
        let earlier = compared.map(|number| self.lexicon.digits(&number.to_string()));
        let meaning = match (&earlier, axis) {
            (Some(earlier), true) => filled(page.bar_compared, &[earlier, scale]),
            (Some(earlier), false) => filled(page.bar_axis_compared, &[&numbers, scale, earlier]),
            (None, _) => filled(page.bar_axis, &[&numbers, scale]),
        };
        let unstated: Vec<String> = self
            .content
            .key_judgments
            .iter()
            .enumerate()
            .filter(|(_, judgment)| likelihood(judgment).is_none())
            .map(|(index, _)| self.lexicon.digits(&(index + 1).to_string()))
            .collect();
        if unstated.is_empty() {
            return meaning;
        }
        if axis {
            return format!("{meaning} {}", page.not_stated_key);
        }
        let list = self.lexicon.list(&unstated);
        let unstated = self.lexicon.counted(&page.likelihood_unstated, unstated.len(), &[&list]);
        format!("{meaning} {unstated}")
    }

    /// Returns the evidence of the brief as sentences; empty for a brief without sources.
    pub(crate) fn brief_evidence_words(&self) -> String {
        let page = &self.labels().page;
        let evidence = evidence::of_brief(self.content);
        if evidence.sources == 0 {
            return String::new();
        }
        let letters: Vec<String> = evidence
            .letters
            .iter()
            .map(|(letter, count)| {
                let count = self.lexicon.digits(&count.to_string());
                self.isolated_in_line(&filled(page.grade_count, &[&letter.to_string(), &count]))
            })
            .collect();
        let sources = if letters.is_empty() {
            self.lexicon.counted(&page.sources_count, evidence.sources, &[])
        } else {
            self.lexicon.counted(&page.evidence_sources, evidence.sources, &[&self.lexicon.list(&letters)])
        };
        let Some(weak) = evidence.weak else { return format!("{sources}.") };
        let cited = self.lexicon.digits(&evidence.cited.to_string());
        let weak = match weak.basis {
            WeakBasis::Source(source) => {
                let name = self.marked_source_name(source);
                self.lexicon.counted(&page.rest_on_source, weak.sentences, &[&cited, &name, "F"])
            }
            WeakBasis::Unjudged => self.lexicon.counted(&page.rest_on_grade, weak.sentences, &[&cited, "F"]),
            WeakBasis::Unreliable => {
                self.lexicon.counted(&page.rest_on_grade_or_lower, weak.sentences, &[&cited, "D"])
            }
        };
        format!("{sources}{}{weak}", self.list_separator())
    }
}
