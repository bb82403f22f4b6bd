//! Descriptions of parts in Markdown, for hovers and completion.

use std::fmt::Write as _;

use chancery_brief::{PartKind, likelihood, reading_order};
use chancery_proto::brief::v1::{BriefContent, Likelihood, LikelihoodScale, LikelihoodTerm};
use chancery_proto::descriptors::word_of_name;
use chancery_text::outline::OutlinePart;

use crate::document::Analysis;

/// Longest text of a part in a description, in code points.
const TEXT_LENGTH: usize = 1_000;

/// The description of a part: its name or text, and its details.
#[derive(Debug, Default)]
pub(crate) struct Description {
    /// The name or text of the part.
    pub(crate) text: String,
    /// Names of fields with their values.
    details: Vec<(&'static str, String)>,
}

impl Description {
    fn text(text: &str) -> Self {
        let mut characters = text.chars();
        let mut text: String = characters.by_ref().take(TEXT_LENGTH).collect();
        if characters.next().is_some() {
            text.push('…');
        }
        Self { text, details: Vec::new() }
    }

    fn detail(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.details.push((name, value));
        }
        self
    }

    fn likelihood(self, likelihood: Option<&Likelihood>) -> Self {
        let Some(likelihood) = likelihood else { return self };
        let words = likelihood::words(likelihood.term());
        let point = likelihood.point_percent.map(|point| format!(" at {point} %")).unwrap_or_default();
        let percent = format!("{words} {}–{} %{point}", likelihood.low_percent, likelihood.high_percent);
        self.detail("likelihood", percent)
    }

    /// Formats the description of the part with an id.
    pub(crate) fn markdown(&self, part: &OutlinePart) -> String {
        let mut markdown =
            format!("**{}**, {}\n\n{}", part.id, part.kind.with_article(), escaped(&self.text));
        for (index, (name, value)) in self.details.iter().enumerate() {
            let separator = if index == 0 { "\n\n" } else { "\n" };
            // Writing to a String does not fail.
            let _ = write!(markdown, "{separator}- {name}: {}", escaped(value));
        }
        markdown
    }
}

/// Describes a part.
pub(crate) fn describe(analysis: &Analysis, part: &OutlinePart) -> Description {
    let content = &analysis.check.reading.content;
    described(content, part).unwrap_or_else(|| {
        let first_line = part.title.of(&analysis.text).lines().next().unwrap_or_default();
        Description::text(first_line)
    })
}

/// Describes a part by the content; none for sections and blocks, which the text describes.
fn described(content: &BriefContent, part: &OutlinePart) -> Option<Description> {
    let id = part.id.as_str();
    macro_rules! found {
        ($list:ident) => {
            content.$list.iter().find(|found| found.id == id)?
        };
    }
    Some(match part.kind {
        PartKind::Section | PartKind::Block => return None,
        PartKind::Statement => {
            let statement = reading_order::statements(content).into_iter().find(|found| found.id == id)?;
            Description::text(&statement.text).likelihood(statement.likelihood.as_ref())
        }
        PartKind::KeyJudgment => {
            let judgment = found!(key_judgments);
            let texts: Vec<&str> =
                judgment.statements.iter().map(|statement| statement.text.as_str()).collect();
            Description::text(&texts.join(" ")).likelihood(judgment.likelihood.as_ref())
        }
        PartKind::Source => {
            let source = found!(sources);
            Description::text(&source.title)
                .detail("publisher", &source.publisher)
                .detail("date", &source.date)
                .detail("type", word(source.r#type().as_str_name(), "SOURCE_TYPE_"))
                .detail(
                    "reliability",
                    word(source.reliability().as_str_name(), "SOURCE_RELIABILITY_").to_uppercase(),
                )
                .detail("descriptor", &source.descriptor)
                .detail("url", &source.url)
        }
        PartKind::Actor => {
            let actor = found!(actors);
            Description::text(&actor.name)
                .detail("kind", word(actor.kind().as_str_name(), "ACTOR_KIND_"))
                .detail("role", &actor.role)
        }
        PartKind::Place => {
            let place = found!(places);
            Description::text(&place.name).detail("kind", word(place.kind().as_str_name(), "PLACE_KIND_"))
        }
        PartKind::Domain => {
            let domain = found!(domains);
            Description::text(&domain.name).detail("trend", word(domain.trend().as_str_name(), "TREND_"))
        }
        PartKind::Event => {
            let event = found!(events);
            Description::text(&event.title).detail("date", &event.date)
        }
        PartKind::Relationship => {
            let relationship = found!(relationships);
            let (from, to) = (&relationship.from_id, &relationship.to_id);
            Description::text(&format!("{from} {} {to}", relationship.r#type))
        }
        PartKind::Scenario => {
            let scenario = found!(scenarios);
            Description::text(&scenario.title)
                .detail("likelihood", format!("{} %", scenario.percent))
                .detail("set", &scenario.set)
        }
        PartKind::Factor => Description::text(&found!(factors).text),
        PartKind::Indicator => Description::text(&found!(indicators).text),
        PartKind::Assumption => Description::text(&found!(assumptions).text),
        PartKind::InformationGap => Description::text(&found!(information_gaps).text),
        PartKind::Dissent => Description::text(&found!(dissents).text),
    })
}

/// Returns the word of an enum's value; empty for the unspecified one.
fn word(name: &str, prefix: &str) -> String {
    let word = word_of_name(name, prefix);
    if word == "unspecified" { String::new() } else { word }
}

/// Returns the range of a term, as published, with the name of its scale.
pub(crate) fn term_range(term: LikelihoodTerm) -> String {
    let scale = match likelihood::scale(term) {
        Some(LikelihoodScale::Phia) => "PHIA yardstick",
        _ => "ICD 203",
    };
    format!("{} % ({scale})", likelihood::range(term))
}

/// Escapes the characters that mean something in Markdown.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '|' | '~') {
            escaped.push('\\');
        }
        escaped.push(if c.is_control() { ' ' } else { c });
    }
    escaped
}
