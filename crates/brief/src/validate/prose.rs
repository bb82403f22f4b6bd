//! Checks statements with their spans, likelihood, confidence, period and citations.

use chancery_proto::brief::v1::{
    Citation, CitationRole, Confidence, ConfidenceLevel, Likelihood, LikelihoodScale, LikelihoodTerm, Period,
    Span, SpanKind, Statement, StatementStatus, StatementType,
};

use super::checker::Checker;
use super::{STATEMENT_LIMIT, TEXT_LIMIT, code, forms};
use crate::likelihood;
use crate::marking::Rank;
use crate::part::PartKind;

/// Maximum nesting of spans.
const MAX_SPAN_DEPTH: usize = 8;

impl Checker<'_> {
    pub(super) fn statements(&mut self, field: &'static str, statements: &mut [Statement], enclosing: Rank) {
        self.each(field, statements, |checker, statement| checker.statement(statement, enclosing));
    }

    fn statement(&mut self, statement: &mut Statement, enclosing: Rank) {
        if statement.withheld.is_some() {
            return self.output_only();
        }
        self.own_id(&statement.id);
        let has_spans = !statement.spans.is_empty();
        self.text_with_spans("text", &mut statement.text, STATEMENT_LIMIT, has_spans);
        self.refuse_empty("text", &statement.text);
        self.spans(&mut statement.spans, statement.text.chars().count());
        self.chosen::<StatementType>("type", statement.r#type);
        self.known::<StatementStatus>("status", statement.status);
        self.likelihood(statement.likelihood.as_mut());
        self.confidence(statement.confidence.as_mut());
        let rank = self.marking("marking", &mut statement.marking, enclosing);
        self.reference("domain", &statement.domain, &[PartKind::Domain]);
        self.references("actor_ids", &statement.actor_ids, &[PartKind::Actor]);
        self.references("place_ids", &statement.place_ids, &[PartKind::Place]);
        self.period(statement.period.as_mut());
        self.each("citations", &mut statement.citations, |checker, citation| {
            checker.citation(citation, rank);
        });
        self.date("horizon", &statement.horizon);
        self.text("resolution_criteria", &mut statement.resolution_criteria, TEXT_LIMIT);
        self.labels("topics", &mut statement.topics);
    }

    pub(super) fn output_only(&mut self) {
        self.violate("withheld", code::OUTPUT_ONLY, "output only, set by redaction: remove it");
    }

    pub(super) fn period(&mut self, period: Option<&mut Period>) {
        let Some(period) = period else { return };
        self.inside("period", |checker| {
            checker.date("edtf", &period.edtf);
            checker.text("label", &mut period.label, TEXT_LIMIT);
        });
    }

    fn citation(&mut self, citation: &mut Citation, enclosing: Rank) {
        self.required_reference("source_id", &citation.source_id, &[PartKind::Source]);
        self.at_most("credibility", citation.credibility, 6);
        self.known::<CitationRole>("role", citation.role);
        self.text("locator", &mut citation.locator, TEXT_LIMIT);
        self.marking("marking", &mut citation.marking, enclosing);
    }

    pub(super) fn confidence(&mut self, confidence: Option<&mut Confidence>) {
        let Some(confidence) = confidence else { return };
        self.inside("confidence", |checker| {
            checker.chosen::<ConfidenceLevel>("level", confidence.level);
            checker.text("why", &mut confidence.why, TEXT_LIMIT);
        });
    }
}

/// Likelihood.
impl Checker<'_> {
    pub(super) fn likelihood(&mut self, likelihood: Option<&mut Likelihood>) {
        let Some(likelihood) = likelihood else { return };
        self.inside("likelihood", |checker| {
            checker.term(likelihood);
            checker.percentages(likelihood);
            checker.text("origin", &mut likelihood.origin, TEXT_LIMIT);
        });
    }

    /// Checks the term against the scale, which defaults to the scale of the brief.
    fn term(&mut self, likelihood: &mut Likelihood) {
        self.known::<LikelihoodScale>("scale", likelihood.scale);
        if likelihood.scale() == LikelihoodScale::Unspecified {
            likelihood.set_scale(self.scale());
        }
        self.chosen::<LikelihoodTerm>("term", likelihood.term);
        let scale = likelihood::scale(likelihood.term());
        if scale.is_some_and(|scale| scale != likelihood.scale()) {
            let message = format!("\"{}\" is not a term of the scale", likelihood::words(likelihood.term()));
            self.violate("term", code::WRONG_SCALE, message);
        }
    }

    /// Checks that the percentages are within those of the term, which are the default.
    fn percentages(&mut self, likelihood: &mut Likelihood) {
        let term = likelihood.term();
        if term == LikelihoodTerm::Unspecified {
            return;
        }
        let (lowest, highest) = likelihood::bounds(term);
        if (likelihood.low_percent, likelihood.high_percent) == (0, 0) {
            (likelihood.low_percent, likelihood.high_percent) = (lowest, highest);
        }
        let (low, high) = (likelihood.low_percent, likelihood.high_percent);
        let scale = likelihood::scale(term).unwrap_or_default();
        let fitting =
            likelihood::equivalent((low, high), scale).filter(|other| *other != term && low <= high);
        let fitting = fitting.map_or(String::new(), |other| {
            format!("; these percentages are \"{}\", {}", likelihood::words(other), likelihood::range(other))
        });
        let term = format!("\"{}\", {}{fitting}", likelihood::words(term), likelihood::range(term));
        if low < lowest || low > highest {
            self.violate("low_percent", code::OUT_OF_RANGE, format!("{low} is outside {term}"));
        }
        if high < lowest || high > highest {
            self.violate("high_percent", code::OUT_OF_RANGE, format!("{high} is outside {term}"));
        } else if low > high {
            self.violate(
                "high_percent",
                code::OUT_OF_RANGE,
                format!("{high} is below the lower bound, {low}"),
            );
        }
        if let Some(point) = likelihood.point_percent.filter(|point| !(low..=high).contains(point)) {
            self.violate("point_percent", code::OUT_OF_RANGE, format!("{point} is outside {low}-{high}"));
        }
    }
}

/// Spans.
impl Checker<'_> {
    /// Checks that spans are sorted by start, the outer one first, do not cross, and that no link contains a link.
    fn spans(&mut self, spans: &mut [Span], length: usize) {
        let mut previous_start = 0;
        let mut open: Vec<Span> = Vec::new();
        self.each("spans", spans, |checker, span| {
            checker.chosen::<SpanKind>("kind", span.kind);
            checker.target(span);
            if usize::try_from(span.end).is_ok_and(|end| end > length) {
                checker.violate(
                    "end",
                    code::INVALID_SPAN,
                    format!("the span ends after the text, which has {length} code points"),
                );
            }
            if span.start >= span.end {
                return checker.violate("end", code::INVALID_SPAN, "a span must end after its start");
            }
            if span.start < previous_start {
                checker.violate("start", code::INVALID_SPAN, "spans must be sorted by start");
            }
            previous_start = span.start;
            open.retain(|outer| outer.end > span.start);
            if open.last().is_some_and(|outer| span.end > outer.end) {
                checker.violate(
                    "end",
                    code::INVALID_SPAN,
                    "a span must end within the span that contains its start",
                );
            }
            let is_link = |span: &Span| span.kind() == SpanKind::Link;
            if is_link(span) && open.iter().any(is_link) {
                checker.violate("kind", code::INVALID_SPAN, "a link cannot contain a link");
            }
            if open.len() == MAX_SPAN_DEPTH {
                return checker.violate(
                    "",
                    code::TOO_DEEP,
                    format!("spans may nest at most {MAX_SPAN_DEPTH} levels deep"),
                );
            }
            open.push(span.clone());
        });
    }

    fn target(&mut self, span: &mut Span) {
        match span.kind() {
            SpanKind::Link => self.link_target(&mut span.target),
            SpanKind::Language => self.required_language("target", &span.target),
            SpanKind::Emphasis | SpanKind::Strong if !span.target.is_empty() => {
                self.violate(
                    "target",
                    code::INVALID_SPAN,
                    "only links and languages have a target: leave it empty",
                );
            }
            SpanKind::Emphasis | SpanKind::Strong | SpanKind::Unspecified => {}
        }
    }

    fn link_target(&mut self, target: &mut String) {
        if let Some(id) = target.strip_prefix('#') {
            if self.ids.kind(id).is_none() {
                self.violate("target", code::UNKNOWN_REFERENCE, format!("no part has the id {id:?}"));
            }
        } else if !forms::is_mailto(target) {
            self.web_url("target", target);
        }
    }
}
