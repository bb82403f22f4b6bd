//! The warnings of lint, at their places in the text.

use std::collections::BTreeMap;

use chancery_brief::glyph_coverage::{GlyphCoverage, missing_glyph_message};
use chancery_brief::lint::{self, Warning, lint};
use chancery_proto::brief::v1::BriefContent;

use super::keys::in_words;
use super::unread::{Misspellings, Unread, first_line, whole_lines};
use crate::diagnostics::Diagnostic;
use crate::paths::PartRange;
use crate::range::TextRange;
use crate::reader::Reading;

/// Warnings that depend on parts elsewhere, which may be among those that the reader could not read: what is missing there
/// may settle them.
const OF_SEVERAL_PARTS: [&str; 6] = [
    lint::SINGLE_SOURCE,
    lint::BLOCK_WITHOUT_DATA,
    lint::LIKELIHOOD_BEYOND_SUPPORT,
    lint::HIGH_CONFIDENCE_ON_WEAK_SOURCES,
    lint::JUDGMENT_DROPPED,
    lint::SCENARIOS_NOT_100,
];

/// Warnings of sentences without a likelihood, which that of their judgment settles.
const OF_LIKELIHOOD: [&str; 2] = [lint::HEDGE_WITHOUT_LIKELIHOOD, lint::FORECAST_WITHOUT_LIKELIHOOD];

/// Warnings of parts that nothing names, in what the reader could read.
const UNUSED: [&str; 5] = [
    lint::UNUSED_SOURCE,
    lint::UNUSED_ACTOR,
    lint::UNUSED_PLACE,
    lint::UNUSED_EVENT,
    lint::UNUSED_RELATIONSHIP,
];

/// The warnings to report, and whether there are others that may follow from errors.
pub(super) struct Warnings {
    pub(super) listed: Vec<Diagnostic>,
    pub(super) is_held_back: bool,
}

/// Returns the findings of the warnings on content, without those that the reader has about the same sentence.
pub(super) fn findings<'t>(
    text: &'t str,
    reading: &Reading,
    unread: &Unread<'t>,
    content: &BriefContent,
    coverage: Option<&GlyphCoverage>,
) -> Warnings {
    let parts = reading.paths.parts();
    let scenarios = reading.content.scenarios.iter().enumerate();
    let places = Places {
        text,
        reading,
        coverage,
        scenarios: scenarios.map(|(index, scenario)| (scenario.id.as_str(), index)).collect(),
        are_scenarios_unread: are_scenarios_unread(text, reading, &parts, unread),
        unread_words: unread.words(text),
        parts,
    };
    let mut findings = Vec::new();
    let mut is_held_back = false;
    for warning in lint(content, coverage) {
        let part = places.parts.get(warning.part_id.as_str());
        let whole = part.map_or(TextRange::at(0), |part| part.whole);
        if is_known(reading, whole, &warning) {
            continue;
        }
        let read = if OF_LIKELIHOOD.contains(&warning.code) { with_lines_below(text, whole) } else { whole };
        if !unread.is_empty() && (unread.touches(read) || places.depends_on_unread(&warning, unread)) {
            is_held_back = true;
            continue;
        }
        let range = places.range(&warning);
        findings.push(Diagnostic::warning(warning.code, range, message(&warning)));
    }
    Warnings { listed: findings, is_held_back }
}

/// Extends the range of a sentence to the indented lines below it, which belong to the same judgment or item.
fn with_lines_below(text: &str, range: TextRange) -> TextRange {
    let mut end = whole_lines(text, range).end;
    for line in text.get(end + 1..).unwrap_or_default().split_inclusive('\n') {
        if !line.starts_with([' ', '\t']) {
            break;
        }
        end += line.len();
    }
    TextRange::new(range.start, end)
}

/// Returns whether a scenario may be missing, or read in part.
fn are_scenarios_unread(
    text: &str,
    reading: &Reading,
    parts: &BTreeMap<&str, PartRange>,
    unread: &Unread<'_>,
) -> bool {
    let scenarios = reading.content.scenarios.iter();
    let mut scenarios = scenarios.filter_map(|scenario| parts.get(scenario.id.as_str()));
    scenarios.any(|part| unread.touches(part.whole)) || unread.has_entry_errors(text)
}

/// Returns whether the reader warns of the same words.
fn is_known(reading: &Reading, part: TextRange, warning: &Warning) -> bool {
    let is_same = |code: &str| code == warning.code || warning.code == lint::HEDGE_WITHOUT_LIKELIHOOD;
    reading.wording.iter().any(|wording| part.contains(wording.range) && is_same(wording.code))
}

/// The places of the parts of a text.
struct Places<'p> {
    text: &'p str,
    reading: &'p Reading,
    parts: BTreeMap<&'p str, PartRange>,
    /// Indices by id.
    scenarios: BTreeMap<&'p str, usize>,
    /// Whether the reader could not read a scenario, or a line that may be one.
    are_scenarios_unread: bool,
    unread_words: Misspellings<'p>,
    coverage: Option<&'p GlyphCoverage>,
}

impl Places<'_> {
    /// Returns whether a part that the reader could not read may make a warning wrong.
    fn depends_on_unread(&self, warning: &Warning, unread: &Unread<'_>) -> bool {
        match warning.code {
            lint::SCENARIOS_NOT_100 => self.are_scenarios_unread,
            // Only lines with errors can have a name that was not read.
            code if UNUSED.contains(&code) => {
                unread.is_front_matter_incomplete || self.unread_words.has_like(&warning.part_id)
            }
            code => OF_SEVERAL_PARTS.contains(&code),
        }
    }

    fn range(&self, warning: &Warning) -> TextRange {
        let part = self.parts.get(warning.part_id.as_str());
        let range = match warning.code {
            lint::MISSING_GLYPH => self.character(part, warning),
            lint::YEAR_OF_OTHER_CALENDAR if warning.part_id.is_empty() => {
                Some(self.reading.paths.find("as_of.date"))
            }
            lint::SCENARIOS_NOT_100 => {
                let index = self.scenarios.get(warning.part_id.as_str());
                index.map(|index| self.reading.paths.find(&format!("scenarios[{index}].percent")))
            }
            // The message starts with the path of the block.
            lint::BLOCK_WITHOUT_DATA => {
                warning.message.split(' ').next().map(|path| self.reading.paths.find(path))
            }
            _ => None,
        };
        let range = range.or(part.map(|part| part.title)).unwrap_or(TextRange::new(0, self.text.len()));
        first_line(self.text, range)
    }

    /// Finds the first character of a part that a warning is about.
    fn character(&self, part: Option<&PartRange>, warning: &Warning) -> Option<TextRange> {
        let coverage = self.coverage?;
        let whole = part.map_or(TextRange::new(0, self.text.len()), |part| part.whole);
        let missing = |c: char| !coverage.contains(c) && missing_glyph_message(c) == warning.message;
        let (offset, character) = whole.of(self.text).char_indices().find(|(_, c)| missing(*c))?;
        let start = whole.start + offset;
        Some(TextRange::new(start, start + character.len_utf8()))
    }
}

/// Returns the message of a warning, with the remedy in the text form.
fn message(warning: &Warning) -> String {
    match warning.code {
        lint::FORECAST_WITHOUT_HORIZON => {
            "the forecast has no date by which it can be judged: add `by` with a date, such as {by 2027-06-30}".into()
        }
        lint::FORECAST_WITHOUT_CRITERIA => {
            "the forecast does not say what would settle it: add `resolves`, such as {resolves: The registry shows it}"
                .into()
        }
        lint::JUDGMENT_WITHOUT_SOURCE => {
            "the judgment cites no source: add a citation behind its text, such as [@source B2]".into()
        }
        lint::JUDGMENT_WITHOUT_CONFIDENCE => {
            "the key judgment has a likelihood but no confidence: add it with the reason to the judgment's own line, such as \
             {moderate confidence: Two independent sources}"
                .into()
        }
        lint::BLOCK_WITHOUT_DATA => {
            let (_, fault) = warning.message.split_once(" is ").unwrap_or(("", &warning.message));
            format!("this is {fault}")
        }
        _ => in_words(&warning.message),
    }
}
