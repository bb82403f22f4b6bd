//! The evidence that statements rest on: distinct sources and their grades on the NATO Admiralty scale (AJP-2.1).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chancery_brief::reading_order;
use chancery_proto::brief::v1::{BriefContent, Citation, CitationRole, Source, SourceReliability, Statement};

/// A grade: the reliability of a source and the credibility of what it says. Better grades are smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Grade {
    /// From 0 for A to 5 for F; above for an unrated source.
    reliability: u8,
    /// From 1 to 6; above for unrated information.
    credibility: u8,
}

/// Rank of an absent rating, below all others.
const UNRATED: u8 = 9;

impl Grade {
    /// Returns the grade of a citation of a source.
    pub(crate) fn of(source: &Source, citation: &Citation) -> Self {
        let credibility = u8::try_from(citation.credibility).ok().filter(|value| (1..=6).contains(value));
        Self { reliability: reliability(source), credibility: credibility.unwrap_or(UNRATED) }
    }

    /// Returns the letter of the source's reliability, or `None` for an unrated source.
    pub(crate) fn letter(self) -> Option<char> {
        (self.reliability < UNRATED).then(|| char::from(b'A' + self.reliability))
    }

    /// Returns the digit of the information's credibility, or `None` for unrated information.
    pub(crate) fn digit(self) -> Option<u8> {
        (self.credibility < UNRATED).then_some(self.credibility)
    }

    fn is_rated(self) -> bool {
        self.letter().is_some() || self.digit().is_some()
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.letter().map_or(Ok(()), |letter| write!(f, "{letter}"))?;
        self.digit().map_or(Ok(()), |digit| write!(f, "{digit}"))
    }
}

/// Returns the rank of a source's reliability, from 0 for A.
fn reliability(source: &Source) -> u8 {
    match SourceReliability::try_from(source.reliability).unwrap_or_default() {
        SourceReliability::Unspecified => UNRATED,
        SourceReliability::A => 0,
        SourceReliability::B => 1,
        SourceReliability::C => 2,
        SourceReliability::D => 3,
        SourceReliability::E => 4,
        SourceReliability::F => 5,
    }
}

/// Returns whether a citation supports its statement.
pub(crate) fn supports(citation: &Citation) -> bool {
    citation.role != CitationRole::Contradicts as i32
}

/// The sources that support statements.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence<'a> {
    sources: BTreeSet<&'a str>,
    grades: BTreeSet<Grade>,
}

impl<'a> Evidence<'a> {
    /// Collects the supporting sources of statements, without withheld statements and unknown sources.
    pub(crate) fn of(
        statements: impl IntoIterator<Item = &'a Statement>,
        sources: &BTreeMap<&str, &Source>,
    ) -> Self {
        let mut evidence = Self::default();
        let shown = statements.into_iter().filter(|statement| statement.withheld.is_none());
        for citation in shown.flat_map(|statement| &statement.citations).filter(|of| supports(of)) {
            if let Some(source) = sources.get(citation.source_id.as_str()) {
                evidence.sources.insert(citation.source_id.as_str());
                evidence.grades.extend(Some(Grade::of(source, citation)).filter(|grade| grade.is_rated()));
            }
        }
        evidence
    }

    /// Returns the number of distinct sources.
    pub(crate) fn count(&self) -> usize {
        self.sources.len()
    }

    /// Returns the best and the weakest grade, such as "A1–D1", or the only one; `None` without a rating.
    pub(crate) fn grades(&self) -> Option<String> {
        let (best, weakest) = (self.grades.first()?, self.grades.last()?);
        Some(if best == weakest { best.to_string() } else { format!("{best}\u{2013}{weakest}") })
    }
}

/// What a brief's sentences rest on as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BriefEvidence<'a> {
    /// Number of sources.
    pub(crate) sources: usize,
    /// Number of sources of each letter, from A, without letters that no source has.
    pub(crate) letters: Vec<(char, usize)>,
    /// Number of sentences with a supporting source.
    pub(crate) cited: usize,
    /// The sentences that rest on weak sources alone, if there are any.
    pub(crate) weak: Option<WeakEvidence<'a>>,
}

/// Sentences that rest on weak sources alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WeakEvidence<'a> {
    /// Their number.
    pub(crate) sentences: usize,
    /// What they rest on.
    pub(crate) basis: WeakBasis<'a>,
}

/// What sentences with weak evidence rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WeakBasis<'a> {
    /// The brief's only source rated F.
    Source(&'a Source),
    /// Sources rated F.
    Unjudged,
    /// Sources rated D or lower.
    Unreliable,
}

/// Summarizes the evidence of a brief from its edition.
pub(crate) fn of_brief(content: &BriefContent) -> BriefEvidence<'_> {
    let by_id: BTreeMap<&str, &Source> =
        content.sources.iter().map(|source| (source.id.as_str(), source)).collect();
    let mut letters: BTreeMap<char, usize> = BTreeMap::new();
    for source in &content.sources {
        let rank = reliability(source);
        if rank < UNRATED {
            *letters.entry(char::from(b'A' + rank)).or_default() += 1;
        }
    }
    let located = reading_order::located_statements(content);
    // The best source of each sentence that has one.
    let best: Vec<u8> = located
        .iter()
        .filter_map(|located| {
            let citations = located.statement.citations.iter().filter(|of| supports(of));
            citations.filter_map(|of| by_id.get(of.source_id.as_str())).map(|of| reliability(of)).min()
        })
        .collect();
    let resting_on = |weakest: u8| best.iter().filter(|rank| (weakest..UNRATED).contains(*rank)).count();
    let unjudged: Vec<&Source> = content.sources.iter().filter(|source| reliability(source) == 5).collect();
    let (sentences, basis) = match unjudged.as_slice() {
        [] => (resting_on(3), WeakBasis::Unreliable),
        [only] => (resting_on(5), WeakBasis::Source(only)),
        _ => (resting_on(5), WeakBasis::Unjudged),
    };
    BriefEvidence {
        sources: content.sources.len(),
        letters: letters.into_iter().collect(),
        cited: best.len(),
        weak: (sentences > 0).then_some(WeakEvidence { sentences, basis }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chancery_proto::brief::v1::{
        BriefContent, Citation, CitationRole, Source, SourceReliability, Statement,
    };

    use super::{Evidence, WeakBasis, of_brief};

    fn source(id: &str, reliability: SourceReliability) -> Source {
        Source { id: id.into(), reliability: reliability as i32, ..Source::default() }
    }

    fn statement(citations: &[(&str, u32, CitationRole)]) -> Statement {
        let citation = |(id, credibility, role): &(&str, u32, CitationRole)| Citation {
            source_id: (*id).into(),
            credibility: *credibility,
            role: *role as i32,
            ..Citation::default()
        };
        Statement {
            id: "s".into(),
            citations: citations.iter().map(citation).collect(),
            ..Statement::default()
        }
    }

    #[test]
    fn evidence_is_the_distinct_supporting_sources_from_best_to_weakest() {
        let sources = [
            source("a", SourceReliability::A),
            source("d", SourceReliability::D),
            source("u", SourceReliability::Unspecified),
        ];
        let by_id: BTreeMap<&str, &Source> = sources.iter().map(|of| (of.id.as_str(), of)).collect();
        let statements = [
            statement(&[("d", 1, CitationRole::States), ("a", 1, CitationRole::Corroborates)]),
            statement(&[("a", 2, CitationRole::Unspecified), ("d", 6, CitationRole::Contradicts)]),
            statement(&[("unknown", 1, CitationRole::States), ("u", 0, CitationRole::States)]),
        ];
        let evidence = Evidence::of(&statements, &by_id);
        assert_eq!((evidence.count(), evidence.grades().unwrap().as_str()), (3, "A1\u{2013}D1"));
        assert_eq!(Evidence::of(&statements[2..], &by_id).grades(), None);
        assert_eq!(Evidence::of(&statements[1..2], &by_id).grades().unwrap(), "A2");
    }

    #[test]
    fn a_brief_says_how_many_sentences_rest_on_its_weakest_sources_alone() {
        let mut content = BriefContent {
            sources: vec![source("a", SourceReliability::A), source("f", SourceReliability::F)],
            bluf: vec![
                statement(&[("f", 3, CitationRole::States)]),
                statement(&[("f", 3, CitationRole::States), ("a", 1, CitationRole::States)]),
                statement(&[]),
            ],
            ..BriefContent::default()
        };
        let evidence = of_brief(&content);
        assert_eq!((evidence.sources, evidence.cited), (2, 2));
        assert_eq!(evidence.letters, [('A', 1), ('F', 1)]);
        let weak = evidence.weak.unwrap();
        assert_eq!((weak.sentences, weak.basis), (1, WeakBasis::Source(&content.sources[1])));
        content.sources.push(source("f2", SourceReliability::F));
        assert_eq!(of_brief(&content).weak.unwrap().basis, WeakBasis::Unjudged);
        content.sources = vec![source("a", SourceReliability::A), source("f", SourceReliability::D)];
        assert_eq!(of_brief(&content).weak.unwrap().basis, WeakBasis::Unreliable);
        content.sources[1].reliability = SourceReliability::C as i32;
        assert_eq!(of_brief(&content).weak, None);
    }
}
