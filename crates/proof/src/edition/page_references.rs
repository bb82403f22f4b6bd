//! Page numbers that refer to anchors, which only the file's own pages decide.

use std::collections::BTreeSet;

use chancery_print::expected_content::ExpectedContent;

use crate::check_form::Read;
use crate::edition::characters::is_ink;
use crate::edition::destinations::Destinations;
use crate::edition::matched::Matched;
use crate::form::Kid;

/// The page references that the edition allows.
#[derive(Clone, Copy)]
pub(super) struct PageReferences<'r> {
    pub(super) read: &'r Read<'r>,
    pub(super) expected: &'r ExpectedContent,
    pub(super) destinations: &'r Destinations,
    pub(super) matched: &'r Matched,
}

impl PageReferences<'_> {
    /// Returns the number of the page of an anchor.
    pub(super) fn page(&self, anchor: usize) -> String {
        let page = self.pages_of_anchor(anchor).into_iter().next();
        self.expected.digits(&page.map_or(0, |page| page + 1).to_string())
    }

    /// Returns the text of a list with which `shown` begins; `shown` has no white space.
    pub(super) fn list(&self, list: usize, shown: &[char]) -> Option<String> {
        let referred = self.referred(list)?;
        shown_list(self.expected, referred.words, &referred.pages, shown)
    }

    /// Returns what a list refers to.
    pub(super) fn referred(&self, list: usize) -> Option<Referred> {
        let (anchors, words) = self.expected.page_list(list)?;
        let pages = anchors.iter().flat_map(|anchor| self.pages_of_anchor(*anchor)).collect();
        Some(Referred { words, pages })
    }

    /// Returns the page of a named anchor, or that of an anchor's text, or all pages of its element.
    fn pages_of_anchor(&self, anchor: usize) -> Vec<usize> {
        if let Some((page, _)) = self.destinations.of(anchor) {
            return vec![page];
        }
        let text = self.expected.anchors.get(anchor).and_then(|known| known.text);
        let Some(text) = text else { return Vec::new() };
        if let Some((page, _)) = self.matched.positions.get(&text) {
            return vec![*page];
        }
        let kids = &self.read.document.elements[text.0].kids;
        kids.iter()
            .filter_map(|kid| match kid {
                Kid::Mark { page, .. } => Some(*page),
                _ => None,
            })
            .collect()
    }
}

/// The targets of a list.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Referred {
    /// The words for one page and for several.
    words: [&'static str; 2],
    /// The pages, from 0.
    pages: BTreeSet<usize>,
}

impl Referred {
    /// Returns the characters with ink that its texts are made of.
    pub(super) fn characters(&self, expected: &ExpectedContent) -> Vec<char> {
        let words = self.words.map(|words| words.replace("{0}", "")).concat();
        let numbers = expected.digits("0123456789");
        let text = [&words, &numbers, expected.list_comma(), "\u{2013}\u{2026}"].concat();
        text.chars().filter(|character| is_ink(*character)).collect()
    }
}

/// A list that tables and figures repeat as an artifact.
pub(super) struct RepeatedList {
    referred: Referred,
    /// The ways in which its texts begin: the words before the first number, and that number or an ellipsis. Few artifacts
    /// begin so, and making all texts takes long.
    beginnings: BTreeSet<Vec<char>>,
}

impl RepeatedList {
    pub(super) fn new(referred: Referred, expected: &ExpectedContent) -> Self {
        let numbers = referred.pages.iter().map(|page| (page + 1).to_string());
        let numbers: Vec<String> = numbers.chain([ELLIPSIS.to_owned()]).collect();
        let mut beginnings = BTreeSet::new();
        for words in referred.words {
            match words.split_once("{0}") {
                Some((before, _)) => {
                    let first = numbers.iter().map(|number| expected.digits(number));
                    beginnings.extend(first.map(|first| ink(before).chain(ink(&first)).collect()));
                }
                None => drop(beginnings.insert(ink(words).collect())),
            }
        }
        Self { referred, beginnings }
    }

    /// Returns the first characters of its texts.
    pub(super) fn first_characters(&self) -> impl Iterator<Item = char> {
        self.beginnings.iter().filter_map(|beginning| beginning.first().copied())
    }

    /// Returns the number of characters with ink of the list with which `shown` begins; 0 for none.
    pub(super) fn length(&self, expected: &ExpectedContent, shown: &[char]) -> usize {
        if !self.beginnings.iter().any(|beginning| shown.starts_with(beginning)) {
            return 0;
        }
        let Referred { words, pages } = &self.referred;
        let text = shown_list(expected, *words, pages, shown).unwrap_or_default();
        ink(&text).count()
    }
}

/// Returns the characters of a text that have ink.
fn ink(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|character| is_ink(*character))
}

/// Returns the text of a list of page references that an element shows at the start of `shown`, which has no white space,
/// or `None` if it shows another. Lists state pages in ascending order, three and more in a row as a range; a list in the
/// opening may end early with an ellipsis, and a list that refers back states only pages that were known.
fn shown_list(
    expected: &ExpectedContent,
    [one, several]: [&str; 2],
    referred: &BTreeSet<usize>,
    shown: &[char],
) -> Option<String> {
    let mut best: Option<String> = None;
    let mut consider = |text: String| {
        let ink: Vec<char> = ink(&text).collect();
        let is_longer = best.as_ref().is_none_or(|best| best.len() < text.len());
        if is_longer && shown.starts_with(&ink) {
            best = Some(text);
        }
    };
    consider(String::new());
    let pages: Vec<usize> = referred.iter().map(|page| page + 1).collect();
    for prefix in 1..=pages.len() {
        for first in 0..=pages.len() - prefix {
            if first > 0 && prefix + first < pages.len() && pages.len() > MOST_SUBSETS {
                continue;
            }
            for text in texts(expected, [one, several], &pages[first..first + prefix]) {
                consider(text);
            }
        }
    }
    best
}

/// Ends a list that was shortened.
const ELLIPSIS: &str = "\u{2026}";
/// Number of pages up to which lists that omit pages at both ends are considered.
const MOST_SUBSETS: usize = 24;

/// Returns the forms of a list of pages: whole, or shortened to its first ranges.
fn texts(expected: &ExpectedContent, [one, several]: [&str; 2], pages: &[usize]) -> Vec<String> {
    let runs: Vec<String> = pages
        .chunk_by(|a, b| a + 1 == *b)
        .flat_map(|run| match run {
            [from, _, .., to] => vec![format!("{from}\u{2013}{to}")],
            few => few.iter().map(usize::to_string).collect(),
        })
        .collect();
    let template = if pages.len() == 1 { one } else { several };
    let filled =
        |runs: &[String]| template.replace("{0}", &expected.digits(&runs.join(expected.list_comma())));
    let mut texts = vec![filled(&runs)];
    for most in [3, 1, 0] {
        if runs.len() > most {
            let mut short = runs[..most].to_vec();
            short.push(ELLIPSIS.to_owned());
            texts.push(filled(&short));
        }
    }
    texts
}
