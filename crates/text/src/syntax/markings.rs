//! A marking at the start of a text, `(LABEL)`, and what an author may have written for one.
//!
//! A form that only looks like a marking would be printed as text under a lower marking, so that everything at this place
//! that reads as a marking of the scheme is an error. Letters are compared by what they look like: compatibility forms
//! such as the full-width ones by NFKC (UAX 15), letters of other scripts by their skeletons (UTS 39).

use chancery_brief::marking::Scheme;
use chancery_proto::lookalikes::is_invisible;
use chancery_proto::nearest::{is_near, nearest_claim};
use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

use crate::range::TextRange;
use crate::syntax::gaps::is_gap;

/// Longest label that is considered, in bytes: `（ＴＬＰ：ＡＭＢＥＲ＋ＳＴＲＩＣＴ）` has 54.
const LONGEST: usize = 64;

/// A marking at the start of a text, or a part that may be meant as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leading<'t> {
    /// `(LABEL)` of the scheme.
    Marking { label: &'t str, end: usize },
    /// A part that is no marking of the scheme, but reads as a marking.
    Lookalike(Lookalike<'t>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lookalike<'t> {
    pub(crate) meaning: Meaning,
    /// The label, without brackets and marks of emphasis.
    pub(crate) label: &'t str,
    /// Offset of the label.
    pub(crate) label_start: usize,
    /// Offset behind the brackets and marks.
    pub(crate) end: usize,
    /// The marks of emphasis that open before the label and close behind the text.
    pub(crate) open_emphasis: &'t str,
    /// Offset of the mark before which a backslash makes it text. It is no mark of a span.
    pub(crate) escape: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A marking of the scheme, with its label where only one can be meant.
    Own(Option<&'static str>),
    /// A marking of another scheme, or of none that a workspace can have.
    Foreign(Option<Scheme>),
}

impl Lookalike<'_> {
    /// Returns whether the label is in a pair of parentheses and nothing else.
    pub(crate) fn is_in_parentheses(&self, text: &str) -> bool {
        self.end == self.label.len() + 2 && text.starts_with('(') && text[..self.end].ends_with(')')
    }
}

/// Reads what a text starts with; none for ordinary text.
pub(crate) fn leading(text: &str, scheme: Scheme) -> Option<Leading<'_>> {
    if let Some((label, end)) = in_parentheses(text)
        && scheme.rank(label).is_some()
        && text[end..].strip_prefix(['.', ':']).is_none_or(|rest| rest.starts_with(|c: char| !is_gap(c)))
    {
        return Some(Leading::Marking { label, end });
    }
    lookalike(text, scheme).map(Leading::Lookalike)
}

/// Returns the ranges of the markings of the scheme in parentheses, or of TLP in square brackets, that start a text or follow a
/// gap in it.
pub(crate) fn markings_in(text: &str, scheme: Scheme) -> impl Iterator<Item = TextRange> {
    let is_apart = |at: usize| text[..at].chars().next_back().is_none_or(is_gap);
    let brackets = text.match_indices(['(', '[']).map(|(at, _)| at).filter(move |at| is_apart(*at));
    brackets.filter_map(move |at| Some(TextRange::new(at, at + inner_marking(&text[at..], scheme)?)))
}

/// Returns whether the whole of a text is a label of a scheme, or what looks like one of TLP.
pub(crate) fn is_label_of(text: &str, scheme: Scheme) -> bool {
    let is_tlp = || Folded::new(text).is_some_and(|folded| folded.is_tlp() && folded.color().is_some());
    let is_apart = || text.contains(|c: char| !c.is_alphanumeric());
    scheme.rank(text).is_some() || scheme == Scheme::Tlp && is_apart() && is_tlp()
}

/// Returns whether a text contains a marking of any scheme.
pub(crate) fn has_marking(text: &str) -> bool {
    Scheme::ALL.into_iter().any(|scheme| markings_in(text, scheme).next().is_some())
}

/// Returns the length of a marking in brackets that a text starts with, behind the start of its line.
pub(crate) fn inner_marking(text: &str, scheme: Scheme) -> Option<usize> {
    if let Some(inside) = text.strip_prefix('[') {
        let length = inside.bytes().take(LONGEST).position(|byte| byte == b']')?;
        let is_tlp = || Folded::new(&inside[..length]).is_some_and(|folded| folded.is_tlp());
        let opens_span = inside[length + 1..].starts_with(['(', '{']);
        return (scheme == Scheme::Tlp && !opens_span && is_tlp()).then_some(length + 2);
    }
    let (label, end) = in_parentheses(text)?;
    let is_tlp = || scheme == Scheme::Tlp && Folded::new(label).is_some_and(|folded| folded.is_tlp());
    (scheme.rank(label).is_some() || is_tlp()).then_some(end)
}

/// Returns the label in parentheses at the start of a text, and the offset behind them.
pub(crate) fn in_parentheses(text: &str) -> Option<(&str, usize)> {
    let rest = text.strip_prefix('(')?;
    let length = rest.bytes().take(LONGEST).position(|byte| byte == b')')?;
    Some((&rest[..length], length + 2))
}

/// Returns the offset of a marking in brackets, in any form, at the end of a text.
pub(crate) fn trailing_marking(text: &str, scheme: Scheme) -> Option<usize> {
    let bracket = text.rfind(opens_no_span)?;
    let end = match leading(&text[bracket..], scheme)? {
        Leading::Marking { end, .. }
        | Leading::Lookalike(Lookalike { meaning: Meaning::Own(Some(_)), end, .. }) => end,
        Leading::Lookalike(_) => return None,
    };
    (bracket + end == text.len() && text.ends_with(closes)).then_some(bracket)
}

fn lookalike(text: &str, scheme: Scheme) -> Option<Lookalike<'_>> {
    /// Most brackets and marks before a label.
    const MOST_MARKS: usize = 8;
    let is_mark = |c: char| opens(c) || is_emphasis(c) || is_gap(c) || is_invisible(c);
    let label_start: usize =
        text.chars().take(MOST_MARKS).take_while(|c| is_mark(*c)).map(char::len_utf8).sum();
    let (opening, inner) = text.split_at(label_start);
    let near = &inner[..inner.floor_char_boundary(LONGEST)];
    match near.find(closes).filter(|_| opening.contains(opens)) {
        Some(length) => enclosed(text, label_start, &near[..length], scheme),
        None => bare(text, label_start, near, scheme),
    }
}

/// Reads a label in brackets of any kind.
fn enclosed<'t>(text: &'t str, label_start: usize, inside: &'t str, scheme: Scheme) -> Option<Lookalike<'t>> {
    let opening = &text[..label_start];
    let label = inside.trim_end_matches(is_emphasis);
    let close = label_start + inside.len();
    let brackets = text[close..].trim_start_matches(closes);
    let marks = brackets.len() - brackets.trim_start_matches(is_emphasis).len();
    let emphasis = emphasis(opening);
    // Further marks open the emphasis of the text.
    let behind_bracket = if inside.len() > label.len() { 0 } else { marks.min(emphasis.len()) };
    let is_closed = inside.len() - label.len() + behind_bracket >= emphasis.len();
    let mut end = text.len() - brackets.len() + if is_closed { behind_bracket } else { 0 };
    // The separator between the label and the text, as in "(TLP:RED): ".
    let is_apart = |rest: &str| rest.chars().next().is_none_or(is_gap);
    end += usize::from(text[end..].strip_prefix(['.', ':']).is_some_and(is_apart));
    let behind = &text[end..];
    // A span, such as a link.
    if opening.contains('[') && behind.starts_with(['(', '{']) {
        return None;
    }
    let meaning = meaning_in_brackets(label, scheme)?;
    // A changed first letter of a word, as in "[S]hips", and "(C) 2026".
    let is_short = label.trim().chars().count() <= 2;
    let is_year = || {
        matches!(meaning, Meaning::Foreign(_)) && behind.trim_start_matches(is_gap).starts_with(['1', '2'])
    };
    if is_short && (behind.starts_with(char::is_alphanumeric) || is_year()) {
        return None;
    }
    let open_emphasis = if is_closed { "" } else { emphasis };
    // A square bracket may open a span.
    let escape = opening.rfind(opens_no_span).unwrap_or(close);
    Some(Lookalike { meaning, label, label_start, end, open_emphasis, escape })
}

/// Reads a label that no bracket closes: one of several parts, or one with what separates a label from a text.
fn bare<'t>(text: &'t str, label_start: usize, near: &'t str, scheme: Scheme) -> Option<Lookalike<'t>> {
    let opening = &text[..label_start];
    let word = first_word(near);
    let label = word.trim_end_matches(|c| is_separator(c) || is_emphasis(c) || closes(c));
    let behind = &word[label.len()..];
    let folded = Folded::new(label)?;
    let letters = folded.letters();
    let own = |scheme: &Scheme| folded.name(*scheme).or_else(|| folded.with_caveat(*scheme));
    let is_apart =
        opening.contains(opens_no_span) || folded.text.contains(['/', ':']) || behind.contains(['/', ':']);
    if letters.len() <= 2 || !(folded.is_tlp() || is_apart && folded.is_in_capitals) {
        return None;
    }
    let other = Scheme::ALL.into_iter().find(|other| own(other).is_some())?;
    let meaning = own(&scheme).map_or(Meaning::Foreign(Some(other)), |own| Meaning::Own(Some(own)));
    let open_emphasis = if behind.contains(is_emphasis) { "" } else { emphasis(opening) };
    let mark = word.find(|c: char| !c.is_alphanumeric() && !is_emphasis(c)).map(|mark| label_start + mark);
    let escape = opening.rfind(opens_no_span).or(mark)?;
    Some(Lookalike { meaning, label, label_start, end: label_start + word.len(), open_emphasis, escape })
}

/// Returns the first word of a text, with the next one behind the name of the Traffic Light Protocol.
fn first_word(text: &str) -> &str {
    let word = text.split(is_gap).next().unwrap_or_default();
    let is_name = Folded::new(word).is_some_and(|folded| folded.letters() == "TLP");
    let next = text[word.len()..].trim_start_matches(is_gap);
    let next_end = text.len() - next.len() + next.find(is_gap).unwrap_or(next.len());
    if is_name { &text[..next_end] } else { word }
}

/// Returns the first marks of emphasis in a text.
fn emphasis(text: &str) -> &str {
    let marks = &text[text.find(is_emphasis).unwrap_or(text.len())..];
    &marks[..marks.find(|c| !is_emphasis(c)).unwrap_or(marks.len())]
}

/// Returns what a label in brackets means; none for ordinary text.
fn meaning_in_brackets(label: &str, scheme: Scheme) -> Option<Meaning> {
    let folded = Folded::new(label)?;
    let own = folded.own(scheme);
    if own.is_some() {
        return own;
    }
    let is_foreign = |other: &Scheme| {
        *other != scheme
            && match folded.letters().len() {
                // One or two letters are read as a marking of another scheme only in their exact form.
                ..=2 => other.rank(label).is_some(),
                _ => folded.is_foreign(*other),
            }
    };
    if let Some(other) = Scheme::ALL.iter().find(|other| is_foreign(other)) {
        return Some(Meaning::Foreign(Some(*other)));
    }
    let is_elsewhere = folded.is_in_capitals && OF_NO_SCHEME.contains(&folded.letters().as_str());
    is_elsewhere.then_some(Meaning::Foreign(None))
}

/// Returns the label of the scheme that a value means, at a place that takes nothing but a marking.
pub(crate) fn intended(label: &str, scheme: Scheme) -> Option<&'static str> {
    match Folded::new(label).and_then(|folded| folded.own(scheme)) {
        Some(Meaning::Own(Some(own))) => Some(own),
        _ => nearest_claim(label, scheme.labels()),
    }
}

/// Letters of a marking, with the label that they mean and whether they do in any case.
struct Name {
    letters: &'static str,
    label: &'static str,
    is_in_any_case: bool,
}

const fn name(letters: &'static str, label: &'static str, is_in_any_case: bool) -> Name {
    Name { letters, label, is_in_any_case }
}

/// The labels of the schemes, the colours by themselves and the words behind the letters. Colours are ordinary words,
/// and are read as markings only in capitals.
const NAMES: [Name; 23] = [
    name("TLPCLEAR", "TLP:CLEAR", true),
    name("TLPWHITE", "TLP:CLEAR", true),
    name("TLPGREEN", "TLP:GREEN", true),
    name("TLPAMBER", "TLP:AMBER", true),
    name("TLPAMBERSTRICT", "TLP:AMBER+STRICT", true),
    name("TLPRED", "TLP:RED", true),
    name("CLEAR", "TLP:CLEAR", false),
    name("WHITE", "TLP:CLEAR", false),
    name("GREEN", "TLP:GREEN", false),
    name("AMBER", "TLP:AMBER", false),
    name("AMBERSTRICT", "TLP:AMBER+STRICT", false),
    name("RED", "TLP:RED", false),
    name("U", "U", true),
    name("C", "C", true),
    name("S", "S", true),
    name("TS", "TS", true),
    name("UNCLASSIFIED", "U", true),
    name("CONFIDENTIAL", "C", true),
    name("SECRET", "S", true),
    name("TOPSECRET", "TS", true),
    name("PUBLIC", "PUBLIC", true),
    name("INTERNAL", "INTERNAL", true),
    name("RESTRICTED", "RESTRICTED", true),
];

/// Markings of governments and alliances that no workspace has.
const OF_NO_SCHEME: [&str; 7] = [
    "OFFICIAL",
    "OFFICIALSENSITIVE",
    "NATOUNCLASSIFIED",
    "NATORESTRICTED",
    "NATOCONFIDENTIAL",
    "NATOSECRET",
    "COSMICTOPSECRET",
];

/// Words behind a label that restrict its readers further. Behind `//`, any word does.
const CAVEATS: [&str; 24] = [
    "NF", "NOFORN", "REL", "RELTO", "FOUO", "CUI", "SI", "TK", "HCS", "OC", "ORCON", "PR", "PROPIN", "IMC",
    "RD", "FRD", "FGI", "SAR", "LES", "SBU", "FVEY", "EYES", "ONLY", "USE",
];

/// A label as its letters look, in capitals.
struct Folded {
    text: String,
    is_in_capitals: bool,
}

impl Folded {
    /// Returns none for what is certainly text.
    fn new(label: &str) -> Option<Self> {
        if label.contains(['\\', '@']) || !label.contains(char::is_alphanumeric) {
            return None;
        }
        let visible = |c: char| match c {
            '\u{2010}'..='\u{2015}' | '−' | '﹣' => Some('-'),
            c if is_emphasis(c) || is_invisible(c) => None,
            c => Some(c),
        };
        let written: String = label.chars().filter_map(visible).nfkc().collect();
        let is_in_capitals = !written.contains(char::is_lowercase);
        let capitals = written.to_uppercase();
        // The skeleton of a capital I is a lower-case l, and that of zero a capital O.
        let folded: String = skeleton(&capitals).map(|c| if c == 'l' { 'I' } else { c }).collect();
        let text = folded.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Self { text, is_in_capitals })
    }

    /// Returns the text without what separates its parts.
    fn letters(&self) -> String {
        letters(&self.text)
    }

    /// Returns the meaning in the scheme; none for ordinary text.
    fn own(&self, scheme: Scheme) -> Option<Meaning> {
        if let Some(label) = self.name(scheme).or_else(|| self.with_caveat(scheme)) {
            return Some(Meaning::Own(Some(label)));
        }
        if scheme == Scheme::Tlp && self.is_tlp() {
            return self.color();
        }
        self.misspelt(scheme).map(|label| Meaning::Own(Some(label)))
    }

    /// Returns the label that the whole text names.
    fn name(&self, scheme: Scheme) -> Option<&'static str> {
        label(&self.text, self.is_in_capitals, scheme)
    }

    /// Returns the label that a text with caveats starts with, as in `S//NF`.
    fn with_caveat(&self, scheme: Scheme) -> Option<&'static str> {
        if let Some((head, _)) = self.text.split_once("//") {
            return label(head, self.is_in_capitals, scheme);
        }
        if !self.is_in_capitals {
            return None;
        }
        let mut words = self.text.match_indices(|c: char| is_separator(c) || c == ' ');
        words.find_map(|(at, _)| {
            let mut behind =
                self.text[at..].split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            let has_caveat = behind.next().is_some_and(|word| CAVEATS.contains(&word));
            has_caveat.then(|| label(&self.text[..at], true, scheme)).flatten()
        })
    }

    /// Returns whether the text starts with the name of the Traffic Light Protocol.
    fn is_tlp(&self) -> bool {
        self.text.strip_prefix("TLP").is_some_and(|rest| !rest.is_empty())
    }

    /// Returns the label of the first word behind `TLP`, or of a near one; any word behind `TLP:` is meant as a colour.
    fn color(&self) -> Option<Meaning> {
        let rest = &self.text["TLP".len()..];
        let word =
            rest.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default();
        let mut near = NAMES[..6].iter().filter(|name| is_near(word, &name.letters["TLP".len()..]));
        let exact = label(&format!("TLP{word}"), true, Scheme::Tlp);
        let nearest = near.next().map(|name| name.label).filter(|_| near.next().is_none() && word.len() > 3);
        let is_apart = !rest.starts_with(char::is_alphanumeric);
        let label = exact.or(nearest).filter(|_| is_apart);
        let is_meant = label.is_some() || rest.trim_start().starts_with(':');
        is_meant.then_some(Meaning::Own(label))
    }

    /// Returns the label of a name in capitals with one wrong letter. Colours are near other words.
    fn misspelt(&self, scheme: Scheme) -> Option<&'static str> {
        /// Shortest name that has few words near it.
        const SHORTEST: usize = 6;
        let letters = self.letters();
        let mut near = names(scheme).filter(|name| {
            name.is_in_any_case && name.letters.len() >= SHORTEST && is_near(&letters, name.letters)
        });
        near.next().filter(|_| self.is_in_capitals && near.next().is_none()).map(|name| name.label)
    }

    /// Returns whether this is a marking of a scheme that is not the brief's.
    fn is_foreign(&self, other: Scheme) -> bool {
        let is_label = self.name(other).or_else(|| self.with_caveat(other)).is_some();
        is_label && (self.is_in_capitals || self.is_tlp())
    }
}

/// Returns the label that a text in capitals names.
fn label(text: &str, is_in_capitals: bool, scheme: Scheme) -> Option<&'static str> {
    let text = text.trim();
    let letters = letters(text);
    let is_same = |name: &Name| match name.letters.len() {
        // "(C-)" is none.
        ..=2 => name.letters == text,
        _ => name.letters == letters,
    };
    let mut found = names(scheme).filter(|name| is_same(name) && (is_in_capitals || name.is_in_any_case));
    found.next().map(|name| name.label)
}

/// Returns the names of a scheme's labels.
fn names(scheme: Scheme) -> impl Iterator<Item = Name> {
    // The word is a label of one scheme and the name of a label of another.
    let word = (scheme == Scheme::Corporate).then_some(name("CONFIDENTIAL", "CONFIDENTIAL", true));
    NAMES.into_iter().chain(word).filter(move |name| scheme.rank(name.label).is_some())
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| !is_separator(*c) && *c != ' ').collect()
}

/// Returns whether a character can separate the parts of a label.
fn is_separator(c: char) -> bool {
    matches!(c, ':' | '/' | '-' | '+' | '.' | ',' | ';' | '_')
}

fn is_emphasis(c: char) -> bool {
    matches!(c, '*' | '_' | '`' | '~')
}

fn opens(c: char) -> bool {
    matches!(c, '(' | '[' | '<' | '（' | '［' | '﹙' | '【' | '〔' | '⟨' | '❨' | '⁽')
}

fn opens_no_span(c: char) -> bool {
    opens(c) && c != '['
}

fn closes(c: char) -> bool {
    matches!(c, ')' | ']' | '>' | '）' | '］' | '﹚' | '】' | '〕' | '⟩' | '❩' | '⁾')
}
