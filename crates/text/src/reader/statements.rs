//! Sentences.

use chancery_proto::brief::v1::{
    Citation, Period, SourceReliability, Statement, StatementStatus, StatementType,
};
use chancery_proto::lookalikes::{described, in_ascii};
use chancery_proto::nearest::nearest;

use super::annotations::Annotations;
use super::changes::ChangedPart;
use super::likelihoods::confidence;
use super::lowering::Lowering;
use super::maps::report_joined;
use super::part_fields::own_id;
use crate::code;
use crate::defaults::{self, Container};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::paths::PathNode;
use crate::range::{Spanned, TextRange};
use crate::syntax::citation_keys::{is_grade, leading_grade};
use crate::syntax::markings::trailing_marking;
use crate::syntax::parts::Parts;
use crate::syntax::sentences::{Passage, is_bracketed};
use crate::syntax::tokens;
use crate::syntax::values::Value;
use crate::vocabulary::word;

/// The part that contains a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    Judgment,
    Block(Container),
}

impl Holder {
    pub(super) const OTHER: Self = Self::Block(Container::Other);

    const fn container(self) -> Container {
        match self {
            Self::Judgment => Container::Other,
            Self::Block(container) => container,
        }
    }
}

impl Lowering<'_> {
    /// Returns the sentences of a passage, which lies at a range even if it is empty.
    pub(super) fn statements(
        &mut self,
        passage: &Passage,
        range: TextRange,
        holder: Holder,
    ) -> (Vec<Statement>, PathNode) {
        let mut node = PathNode::new(passage.range().unwrap_or(range));
        let mut statements = Vec::with_capacity(passage.sentences.len());
        for parts in &passage.sentences {
            let (statement, path) = self.statement(parts, holder.container());
            statements.push(statement);
            node.push(path);
        }
        // The likelihood of a judgment is not read yet.
        if holder != Holder::Judgment {
            self.compare_wording(passage, &statements, None);
        }
        (statements, node)
    }

    fn statement(&mut self, parts: &Parts, container: Container) -> (Statement, PathNode) {
        let mut node = PathNode::new(parts.range);
        let mut annotations = Annotations::new(parts.items.clone(), "a sentence", self.diagnostics);
        let mut statement = Statement { id: own_id(parts, &mut node), ..Statement::default() };
        node.set("text", parts.text.range);
        statement.text.clone_from(&parts.text.text);
        statement.spans.clone_from(&parts.spans);
        let spans = parts.spans.iter().map(|_| parts.text.range);
        node.add("spans", PathNode::of_items(parts.text.range, spans));
        statement.marking = self.part_marking(parts, &mut annotations, &mut node);
        self.statement_fields(&mut statement, &mut annotations, &mut node);
        self.warn_of_brackets(parts);
        let (citations, path) = self.citations(parts);
        statement.citations = citations;
        node.add("citations", path);
        let written = take_flag_of::<StatementType>(&mut annotations, &mut node, "type", self.diagnostics);
        let default = defaults::statement_type(&statement, container, &self.language);
        statement.set_type(written.unwrap_or(default));
        self.own_change(ChangedPart::Statement(&statement.id), &mut annotations, &node);
        annotations.finish(self.diagnostics);
        (statement, node)
    }

    /// Warns of a sentence in brackets alone, as authors cite and qualify in other forms.
    fn warn_of_brackets(&mut self, parts: &Parts) {
        if is_bracketed(&parts.source) && parts.spans.iter().all(|span| span.start > 0) {
            let text = parts.source.trim();
            let message = format!(
                "\"{text}\" is read as a sentence of its own: cite a source as `[@key B2, p. 4]` and give a likelihood as \
                 `{{likely}}`, both behind the sentence that they belong to"
            );
            self.diagnostics.push(Diagnostic::warning(code::BRACKETED_SENTENCE, parts.text.range, message));
        } else if let Some((at, key)) = self.uncited_source(&parts.source) {
            let message =
                format!("brackets that name the source {key:?} without @ are text: write `[@{key} …]`");
            let range = parts.text.range;
            let warning = Diagnostic::warning(code::BRACKETED_SENTENCE, range, message);
            // Lines of several sentences are joined, so that offsets differ from the file's.
            let is_whole = range.end - range.start == parts.source.len();
            self.diagnostics.push(if is_whole {
                warning.with_fix(TextRange::at(range.start + at), "@")
            } else {
                warning
            });
        }
    }

    /// Returns the source that brackets at the end of a sentence name as a citation would, and its offset.
    fn uncited_source<'p>(&self, text: &'p str) -> Option<(usize, &'p str)> {
        let inside = text.trim_end().strip_suffix(']')?;
        let at = inside.rfind('[')? + 1;
        let key = inside[at..].split([' ', ',', ';']).next()?;
        self.sources.contains_key(key).then_some((at, key))
    }

    fn statement_fields(
        &mut self,
        statement: &mut Statement,
        annotations: &mut Annotations,
        node: &mut PathNode,
    ) {
        statement.likelihood = self.likelihood(annotations, node);
        statement.confidence = confidence(annotations, node, self.diagnostics);
        let diagnostics = &mut *self.diagnostics;
        statement.domain = annotations.take_text("domain", "domain", node, diagnostics);
        statement.actor_ids = annotations.take_ids("actors", "actor_ids", node, diagnostics);
        statement.place_ids = annotations.take_ids("places", "place_ids", node, diagnostics);
        statement.horizon = annotations.take_text("by", "horizon", node, diagnostics);
        statement.resolution_criteria =
            annotations.take_text("resolves", "resolution_criteria", node, diagnostics);
        if let Some(topics) = annotations.take("topics", diagnostics) {
            report_joined(&topics.elements, "topics", diagnostics);
            let ranges = topics.elements.iter().map(|topic| topic.range);
            node.add("topics", PathNode::of_items(topics.range, ranges));
            statement.topics = topics.elements.into_iter().map(|topic| topic.text).collect();
        }
        statement.period = self.period(annotations, node);
        let status = take_flag_of::<StatementStatus>(annotations, node, "status", self.diagnostics);
        statement.set_status(status.unwrap_or_default());
    }

    pub(super) fn period(&mut self, annotations: &mut Annotations, node: &mut PathNode) -> Option<Period> {
        let edtf = annotations.take("period", self.diagnostics);
        let label = annotations.take("period-label", self.diagnostics);
        let ranges = [&edtf, &label].into_iter().flatten().map(|value| value.range);
        let range = ranges.reduce(TextRange::cover)?;
        let mut inner = PathNode::new(range);
        let mut period = Period::default();
        if let Some(edtf) = edtf {
            inner.set("edtf", edtf.range);
            period.edtf = edtf.text;
        }
        if let Some(label) = label {
            inner.set("label", label.range);
            period.label = label.text;
        }
        node.add("period", inner);
        Some(period)
    }

    fn citations(&mut self, parts: &Parts) -> (Vec<Citation>, PathNode) {
        let mut node = PathNode::new(parts.citations_range.unwrap_or(parts.range));
        let mut citations = Vec::with_capacity(parts.citations.len());
        for written in &parts.citations {
            let mut inner = PathNode::new(written.range);
            inner.set("source_id", written.key.range);
            self.known_source(&written.key);
            let mut citation = Citation { source_id: written.key.text.clone(), ..Citation::default() };
            citation.set_role(written.role);
            if let Some(grade) = &written.grade {
                inner.set("credibility", grade.range);
                citation.credibility = self.credibility(&written.key.text, grade);
            }
            if let Some(marking) = &written.marking {
                inner.set("marking", marking.range);
                citation.marking = self.label(marking);
            }
            if let Some(locator) = &written.locator {
                inner.set("locator", locator.range);
                self.refuse_marking_in_locator(locator);
                self.refuse_grade_in_locator(&written.key, locator);
                citation.locator.clone_from(&locator.text);
            }
            citations.push(citation);
            node.push(inner);
        }
        (citations, node)
    }

    /// Reports a marking behind the comma of a citation, where it is text. In quotation marks it is meant as such.
    fn refuse_marking_in_locator(&mut self, locator: &Value) {
        let Some(at) = trailing_marking(&locator.text, self.scheme).filter(|_| !locator.is_quoted) else {
            return;
        };
        // Over several lines, offsets in the value are not those in the file.
        let is_verbatim = locator.range.end - locator.range.start == locator.text.len();
        let start = locator.range.start + if is_verbatim { at } else { 0 };
        let range = TextRange::new(start, locator.range.end);
        let message = "the marking of a citation is before its comma, as in `@key B2 (TLP:GREEN), p. 4`: move it, or put the \
                       whole locator in quotation marks for text";
        self.diagnostics.error(code::UNKNOWN_MARKING, range, message);
    }

    /// Reports a grade behind the comma of a citation, where it is a place. In quotation marks it is meant as such.
    fn refuse_grade_in_locator(&mut self, key: &Spanned, locator: &Value) {
        let Some(grade) = leading_grade(&locator.text).filter(|_| !locator.is_quoted) else { return };
        let range = TextRange::new(key.range.end, locator.range.start + grade.len());
        let message = format!(
            "the grade of a citation is before its comma, as in `@{} {grade}, p. 4`; put the whole place in quotation marks for text",
            key.text
        );
        let error = Diagnostic::error(code::INVALID_CITATION, range, message);
        self.diagnostics.push(error.with_fix(range, format!(" {grade}")));
    }

    /// Reports a key that no source has, unless the source may be among the front matter that was not read.
    pub(super) fn known_source(&mut self, key: &Spanned) {
        if self.sources.contains_key(&key.text) || !self.has_front_matter {
            return;
        }
        let sources = &self.sources;
        let is_compared = self.comparisons >= sources.len();
        self.comparisons -= if is_compared { sources.len() } else { 0 };
        self.diagnostics.push_error_with(|| {
            let keys: Vec<&str> = sources.keys().filter(|_| is_compared).map(String::as_str).collect();
            let remedy = nearest(&key.text, &keys);
            let suggestion =
                remedy.map_or("add it under sources".to_owned(), |near| format!("did you mean \"{near}\"?"));
            let message = format!("the front matter has no source {:?}: {suggestion}", key.text);
            let error = Diagnostic::error(code::UNKNOWN_SOURCE, key.range, message);
            match remedy {
                Some(remedy) => error.with_fix(key.range, remedy),
                None => error,
            }
        });
    }

    /// Returns the credibility of a grade such as `B2`, whose letter is that of the source.
    fn credibility(&mut self, key: &str, grade: &Spanned) -> u32 {
        let digit = grade.text.chars().last().and_then(|digit| digit.to_digit(10));
        let letter = match digit {
            Some(_) => &grade.text[..grade.text.len() - 1],
            None => &grade.text,
        };
        let is_letter = letter.is_empty() || matches!(letter, "A" | "B" | "C" | "D" | "E" | "F");
        if !is_letter || digit.is_some_and(|digit| !(1..=6).contains(&digit)) {
            let ascii = in_ascii(&grade.text).filter(|ascii| is_grade(ascii));
            if let Some(ascii) = ascii {
                let message =
                    format!("\"{}\" contains {}: write \"{ascii}\"", grade.text, described(&grade.text));
                let error = Diagnostic::error(code::INVALID_CITATION, grade.range, message);
                self.diagnostics.push(error.with_fix(grade.range, ascii));
                return 0;
            }
            let message = format!(
                "{:?} is no grade: expected the letter of the source's reliability, A to F, and a credibility, 1 to 6, such as B2",
                grade.text
            );
            self.diagnostics.error(code::INVALID_CITATION, grade.range, message);
            return 0;
        }
        if let (false, Some(reliability)) = (letter.is_empty(), self.sources.get(key))
            && !self.misrated_sources.contains(key)
        {
            let known = match reliability {
                SourceReliability::Unspecified => String::new(),
                rated => word(*rated).to_ascii_uppercase(),
            };
            if known != letter {
                let rating = if known.is_empty() { "not rated".to_owned() } else { format!("rated {known}") };
                let message = format!("the source {key:?} is {rating} in the front matter, not {letter}");
                let remedy = format!("{known}{}", &grade.text[letter.len()..]);
                let error = Diagnostic::error(code::GRADE_MISMATCH, grade.range, message);
                self.diagnostics.push(error.with_fix(grade.range, remedy));
            }
        }
        digit.unwrap_or_default()
    }
}

/// Takes a word that is the value of an enum by itself, such as `fact`.
fn take_flag_of<W: crate::vocabulary::Words>(
    annotations: &mut Annotations,
    node: &mut PathNode,
    field: &'static str,
    diagnostics: &mut Diagnostics,
) -> Option<W> {
    annotations.know_flags(flags(field));
    let is_flag =
        |item: &tokens::Item| item.value.is_none() && flags(field).contains(&item.head.text.as_str());
    let item = annotations.take_only(field, is_flag, diagnostics)?;
    node.set(field, item.range);
    crate::vocabulary::value(&item.head.text)
}

fn flags(field: &str) -> &'static [&'static str] {
    if field == "type" {
        &["fact", "assessment", "forecast", "narrative"]
    } else {
        &["active", "superseded", "withdrawn"]
    }
}
