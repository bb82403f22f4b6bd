//! Sentences.

use chancery_proto::brief::v1::{Citation, Statement, StatementStatus, StatementType};

use super::annotations::{Annotations, value};
use super::escapes::protect_line_start;
use super::spans::with_spans;
use super::state::{WITHHELD, Writer, effective, id, joined, label, stated};
use crate::defaults::{self, Container};
use crate::syntax::citation_keys::{ROLE_WORDS, leading_grade};
use crate::syntax::markings::trailing_marking;
use crate::syntax::sentences::is_bracketed;
use crate::syntax::values::quoted;
use crate::vocabulary::word;

impl Writer<'_> {
    /// Writes one sentence a line, the first one behind `first` and the others behind `indentation`.
    pub(super) fn statements(
        &mut self,
        statements: &[Statement],
        enclosing: &str,
        (first, indentation): (&str, &str),
        container: Container,
    ) {
        for (index, statement) in statements.iter().enumerate() {
            let prefix = if index == 0 { first } else { indentation };
            let line = self.statement(statement, enclosing, container);
            self.line(&format!("{prefix}{line}"));
        }
    }

    fn statement(&mut self, statement: &Statement, enclosing: &str, container: Container) -> String {
        if statement.withheld.is_some() {
            return WITHHELD.to_owned();
        }
        let marking = stated(&statement.marking, enclosing);
        let mut text = with_spans(&statement.text, &statement.spans, self.scheme);
        protect_line_start(&mut text, self.scheme, container != Container::Other);
        // A bracket that opens a span encloses no sentence.
        if is_bracketed(&text) && statement.spans.iter().all(|span| span.start > 0) {
            text.insert(0, '\\');
        }
        let own = effective(&statement.marking, enclosing);
        let citations = self.citations(&statement.citations, own);
        let annotations = self.annotations(statement, own, container);
        joined(&[&label(marking), &text, &citations, &annotations, &id(&statement.id)])
    }

    fn citations(&self, citations: &[Citation], enclosing: &str) -> String {
        if citations.is_empty() {
            return String::new();
        }
        let citations: Vec<String> =
            citations.iter().map(|citation| self.citation(citation, enclosing)).collect();
        format!("[{}]", citations.join("; "))
    }

    fn citation(&self, citation: &Citation, enclosing: &str) -> String {
        let role = ROLE_WORDS.iter().find(|(_, role)| *role == citation.role()).map_or("", |(word, _)| word);
        let grade = match (citation.credibility, self.reliabilities.get(citation.source_id.as_str())) {
            (0, _) => String::new(),
            (digit, Some(letter)) => format!("{letter}{digit}"),
            (digit, None) => digit.to_string(),
        };
        let marking = label(stated(&citation.marking, enclosing));
        let written = joined(&[role, &format!("@{}", citation.source_id), &grade, &marking]);
        match citation.locator.as_str() {
            "" => written,
            locator
                if trailing_marking(locator, self.scheme).is_some() || leading_grade(locator).is_some() =>
            {
                format!("{written}, {}", quoted(locator))
            }
            locator => format!("{written}, {}", value(locator, ']')),
        }
    }

    fn annotations(&mut self, statement: &Statement, marking: &str, container: Container) -> String {
        let mut annotations = Annotations::default();
        let default = defaults::statement_type(statement, container, self.language);
        if !matches!(statement.r#type(), StatementType::Unspecified) && statement.r#type() != default {
            annotations.flag(word(statement.r#type()));
        }
        annotations.likelihood(statement.likelihood.as_ref(), self.scale);
        annotations.confidence(statement.confidence.as_ref());
        if !statement.horizon.is_empty() {
            annotations.flag(format!("by {}", value(&statement.horizon, '}')));
        }
        annotations.text("resolves", &statement.resolution_criteria);
        if statement.status() != StatementStatus::Unspecified {
            annotations.flag(word(statement.status()));
        }
        annotations.ids("actors", &statement.actor_ids);
        annotations.ids("places", &statement.place_ids);
        annotations.list("topics", &statement.topics);
        annotations.text("domain", &statement.domain);
        annotations.period(statement.period.as_ref());
        let change = self.changes.of_statement(&statement.id);
        self.own_change(&mut annotations, change, marking);
        annotations.written()
    }
}
