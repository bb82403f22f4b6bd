//! The evidence that statements rest on: distinct sources and their grades on the NATO Admiralty scale (AJP-2.1).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chancery_brief::reading_order;
use chancery_proto::brief::v1::{
    BriefContent, Citation, CitationRole, ConfidenceLevel, Source, SourceReliability, Statement,
};

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

/// The sources that support statements, and those that contradict them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence<'a> {
    sources: BTreeSet<&'a str>,
    /// Sources that contradict a statement, which may support another one.
    contradicting: BTreeSet<&'a str>,
    grades: BTreeSet<Grade>,
}

impl<'a> Evidence<'a> {
    /// Collects the sources of statements, without withheld statements and unknown sources.
    pub(crate) fn of(
        statements: impl IntoIterator<Item = &'a Statement>,
        sources: &BTreeMap<&str, &Source>,
    ) -> Self {
        let mut evidence = Self::default();
        let shown = statements.into_iter().filter(|statement| statement.withheld.is_none());
        for citation in shown.flat_map(|statement| &statement.citations) {
            let Some(source) = sources.get(citation.source_id.as_str()) else { continue };
            if supports(citation) {
                evidence.sources.insert(citation.source_id.as_str());
                evidence.grades.extend(Some(Grade::of(source, citation)).filter(|grade| grade.is_rated()));
            } else {
                evidence.contradicting.insert(citation.source_id.as_str());
            }
        }
        evidence
    }

    /// Returns the ids of the supporting sources.
    pub(crate) const fn supporting(&self) -> &BTreeSet<&'a str> {
        &self.sources
    }

    /// Returns the ids of the sources that contradict a statement.
    pub(crate) const fn contradicting(&self) -> &BTreeSet<&'a str> {
        &self.contradicting
    }

    /// Returns the number of distinct supporting sources.
    pub(crate) fn count(&self) -> usize {
        self.sources.len()
    }

    /// Returns the best and the weakest grade, such as "A1–D1", or the only one; `None` without a rating.
    pub(crate) fn grades(&self) -> Option<String> {
        let (best, weakest) = (self.grades.first()?, self.grades.last()?);
        Some(if best == weakest { best.to_string() } else { format!("{best}\u{2013}{weakest}") })
    }
}

/// A source that statements cite, with the grades of what it says in them.
#[derive(Clone, Debug)]
pub(crate) struct CitedSource<'a> {
    /// Its number in the print.
    pub(crate) number: usize,
    pub(crate) source: &'a Source,
    /// Its grades, such as "F1–3"; empty without a rating.
    pub(crate) grades: String,
    /// Whether it contradicts a statement.
    pub(crate) contradicts: bool,
    /// Whether it is the only supporting source, and cannot be judged.
    pub(crate) only: bool,
}

/// Returns the sources that statements cite, by number.
pub(crate) fn cited_sources<'a>(
    statements: &[&Statement],
    sources: &BTreeMap<&str, &'a Source>,
    numbers: &BTreeMap<String, usize>,
) -> Vec<CitedSource<'a>> {
    let mut cited: BTreeMap<usize, (&'a Source, Vec<&Citation>)> = BTreeMap::new();
    for citation in statements.iter().flat_map(|statement| &statement.citations) {
        let id = citation.source_id.as_str();
        if let (Some(number), Some(source)) = (numbers.get(id), sources.get(id)) {
            cited.entry(*number).or_insert_with(|| (source, Vec::new())).1.push(citation);
        }
    }
    let supporting = cited.values().filter(|(_, citations)| citations.iter().any(|of| supports(of))).count();
    let source = |(number, (source, citations)): (usize, (&'a Source, Vec<&Citation>))| {
        let unjudged = SourceReliability::try_from(source.reliability) == Ok(SourceReliability::F);
        let is_support = citations.iter().any(|of| supports(of));
        CitedSource {
            number,
            source,
            grades: grade_run(source, &citations),
            contradicts: citations.iter().any(|of| !supports(of)),
            only: unjudged && is_support && supporting == 1,
        }
    };
    cited.into_iter().map(source).collect()
}

/// Returns the grades of a source's citations: its letter, then the digits, consecutive ones as a range.
fn grade_run(source: &Source, citations: &[&Citation]) -> String {
    let grades: BTreeSet<Grade> = citations.iter().map(|citation| Grade::of(source, citation)).collect();
    let letter = grades.first().and_then(|grade| grade.letter()).map(String::from).unwrap_or_default();
    let digits: Vec<u8> = grades.iter().filter_map(|grade| grade.digit()).collect();
    let runs = digits.chunk_by(|a, b| a + 1 == *b).map(|run| match run {
        [first, .., last] => format!("{first}\u{2013}{last}"),
        single => single.iter().map(u8::to_string).collect(),
    });
    letter + &runs.collect::<Vec<_>>().join("/")
}

/// The confidence of a paragraph's statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParagraphConfidence {
    /// The commonest level; of equally common ones the lowest.
    pub(crate) commonest: ConfidenceLevel,
    /// The other levels, the highest first, each with the indices of its statements.
    pub(crate) exceptions: Vec<(ConfidenceLevel, Vec<usize>)>,
}

/// Returns the confidence of statements, or `None` if none states it.
pub(crate) fn paragraph_confidence(statements: &[&Statement]) -> Option<ParagraphConfidence> {
    // By value, the highest level first.
    let mut levels: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for (index, statement) in statements.iter().enumerate() {
        let level = level(statement);
        if level != ConfidenceLevel::Unspecified {
            levels.entry(level as i32).or_default().push(index);
        }
    }
    let (commonest, _) = levels.iter().max_by_key(|(level, of)| (of.len(), **level))?;
    let commonest = *commonest;
    let known = |level: i32| ConfidenceLevel::try_from(level).unwrap_or_default();
    let others = levels.into_iter().filter(|(level, _)| *level != commonest);
    let exceptions = others.map(|(level, of)| (known(level), of)).collect();
    Some(ParagraphConfidence { commonest: known(commonest), exceptions })
}

/// Returns the stated confidence of a statement.
pub(crate) fn level(statement: &Statement) -> ConfidenceLevel {
    let level = statement.confidence.as_ref().map_or(0, |confidence| confidence.level);
    ConfidenceLevel::try_from(level).unwrap_or_default()
}

/// Minimum and maximum number of words that name a statement, and the length in characters above which no further word
/// is added.
const OPENING_WORDS: (usize, usize) = (2, 7);
const LONGEST_OPENING: usize = 48;

/// Returns the first words of a statement that no other of the paragraph begins with, without punctuation at their end,
/// and whether they are all of it.
pub(crate) fn unique_opening<'s>(statements: &[&'s Statement], index: usize) -> (&'s str, bool) {
    let text = statements[index].text.trim();
    let words = |text: &'s str, count: usize| text.split_whitespace().take(count);
    let is_unique = |count: usize| {
        let others = statements.iter().enumerate().filter(|(other, _)| *other != index);
        others.into_iter().all(|(_, of)| !words(&of.text, count).eq(words(text, count)))
    };
    let (fewest, most) = OPENING_WORDS;
    let count = (fewest..=most).find(|count| is_unique(*count)).unwrap_or(most);
    let mut end = words(text, count).last().map_or(0, |word| word.as_ptr() as usize + word.len());
    end = end.saturating_sub(text.as_ptr() as usize);
    if let Some((limit, _)) = text.char_indices().nth(LONGEST_OPENING).filter(|(limit, _)| *limit < end) {
        end = limit;
    }
    let cut = text[..end].trim_end_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
    if end == text.len() { (text, true) } else { (cut, false) }
}

/// The evidence of a brief's sentences as a whole.
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
    /// Their sources.
    pub(crate) basis: WeakBasis<'a>,
}

/// The sources of sentences with weak evidence.
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
        BriefContent, Citation, CitationRole, Confidence, ConfidenceLevel, Source, SourceReliability,
        Statement,
    };

    use super::{
        Evidence, ParagraphConfidence, WeakBasis, cited_sources, of_brief, paragraph_confidence,
        unique_opening,
    };

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

    #[test]
    fn grades_of_one_source_run_together() {
        use CitationRole::{Contradicts, States};
        let sources = [source("f", SourceReliability::F), source("d", SourceReliability::D)];
        let by_id: BTreeMap<&str, &Source> = sources.iter().map(|of| (of.id.as_str(), of)).collect();
        let numbers = BTreeMap::from([("f".to_owned(), 7), ("d".to_owned(), 2)]);
        let statements = [
            statement(&[("f", 3, States), ("d", 1, States)]),
            statement(&[("f", 1, States), ("d", 3, Contradicts)]),
            statement(&[("f", 2, States), ("unknown", 1, States)]),
        ];
        let all: Vec<&Statement> = statements.iter().collect();
        let cited = cited_sources(&all, &by_id, &numbers);
        let facts: Vec<_> =
            cited.iter().map(|of| (of.number, of.grades.as_str(), of.contradicts, of.only)).collect();
        assert_eq!(facts, [(2, "D1/3", true, false), (7, "F1\u{2013}3", false, false)]);
        let alone = cited_sources(&all[2..], &by_id, &numbers);
        assert!(alone.len() == 1 && alone[0].only);
    }

    fn with_level(text: &str, level: ConfidenceLevel) -> Statement {
        let confidence = Some(Confidence { level: level as i32, ..Confidence::default() });
        Statement { text: text.into(), confidence, ..Statement::default() }
    }

    #[test]
    fn the_commonest_confidence_has_exceptions_and_a_tie_is_the_lower_level() {
        use ConfidenceLevel::{High, Low, Moderate, Unspecified};
        let confidence = |levels: &[ConfidenceLevel]| {
            let statements: Vec<Statement> = levels.iter().map(|level| with_level("", *level)).collect();
            paragraph_confidence(&statements.iter().collect::<Vec<_>>())
        };
        let expected =
            ParagraphConfidence { commonest: High, exceptions: vec![(Moderate, vec![3]), (Low, vec![1])] };
        assert_eq!(confidence(&[High, Low, High, Moderate, Unspecified]), Some(expected));
        let tie = ParagraphConfidence { commonest: Moderate, exceptions: vec![(High, vec![0])] };
        assert_eq!(confidence(&[High, Moderate]), Some(tie));
        assert_eq!(confidence(&[Unspecified]), None);
        assert_eq!(confidence(&[]), None);
    }

    #[test]
    fn an_opening_has_as_many_words_as_distinguish_the_statement() {
        let texts =
            ["Part of the answer.", "Part of the question is open.", "Yes.", "", "It is, however, so."];
        let statements: Vec<Statement> = texts.map(|text| with_level(text, ConfidenceLevel::High)).to_vec();
        let all: Vec<&Statement> = statements.iter().collect();
        let openings: Vec<_> = (0..texts.len()).map(|index| unique_opening(&all, index)).collect();
        assert_eq!(
            openings,
            [
                ("Part of the answer.", true),
                ("Part of the question", false),
                ("Yes.", true),
                ("", true),
                ("It is", false)
            ]
        );
        let long = with_level(&"x".repeat(300), ConfidenceLevel::High);
        assert_eq!(unique_opening(&[&long], 0), ("x".repeat(48).as_str(), false));
    }
}
