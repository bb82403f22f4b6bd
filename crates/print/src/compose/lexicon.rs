//! Printed vocabulary: the printer's labels in the reader's language, and the terms of standards from `chancery_brief`
//! as they are printed.

use std::borrow::Cow;

use chancery_brief::marking::Scheme;
use chancery_brief::{likelihood, words};
use chancery_proto::brief::v1::{
    ActorKind, FactorKind, Likelihood, LikelihoodScale, LikelihoodTerm, Relationship, RelationshipPolarity,
    RelationshipStatus, SourceReliability, SourceType, Trend,
};

use crate::compose::dates::{self, DateStyle};
use crate::compose::labels::{AnalyticTerms, Labels, TimelineLabels, Vocabulary, filled};
use crate::compose::numerals::{self, Plural};
use crate::graphics::Color;
use crate::text::isolated;
use crate::text::languages::is_right_to_left;
use crate::{LikelihoodDisplay, Locale};

/// Vocabulary for one locale and likelihood display.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexicon {
    locale: Locale,
    display: LikelihoodDisplay,
    dates: DateStyle,
    /// Whether phrases are isolated, because the page has the other direction.
    isolates: bool,
}

/// Number of characters up to which term and range of a likelihood are one line, such as "very unlikely, 5–20%".
const LONGEST_UNBROKEN_ODDS: usize = 24;

impl Lexicon {
    pub(crate) const fn new(locale: Locale, display: LikelihoodDisplay) -> Self {
        Self { locale, display, dates: DateStyle::Locale(locale), isolates: false }
    }

    /// Uses the dates that suit content in a language (BCP 47).
    pub(crate) fn with_dates_of(self, content_language: &str) -> Self {
        Self { dates: DateStyle::of(self.locale, content_language), ..self }
    }

    /// Suits phrases to a page: those that run against it are isolated, so that it does not reorder their words and
    /// numbers (UAX #9).
    pub(crate) fn on_page(self, right_to_left: bool) -> Self {
        Self { isolates: self.runs_right_to_left() != right_to_left, ..self }
    }

    /// Returns whether the printer's words run from right to left.
    pub(crate) fn runs_right_to_left(self) -> bool {
        is_right_to_left(self.locale.tag())
    }

    /// Returns whether the printer's words run against the direction of the page.
    pub(crate) const fn runs_against_page(self) -> bool {
        self.isolates
    }

    fn phrase(self, text: String) -> String {
        if self.isolates && !text.is_empty() { isolated(&text) } else { text }
    }

    pub(crate) const fn locale(self) -> Locale {
        self.locale
    }

    pub(crate) const fn labels(self) -> &'static Labels {
        Labels::of(self.locale)
    }

    /// Returns the labels of the timeline.
    pub(crate) const fn timeline(self) -> &'static TimelineLabels {
        TimelineLabels::of(self.locale)
    }

    /// Returns the words for changes, confidence and likelihood.
    pub(crate) const fn terms(self) -> &'static AnalyticTerms {
        AnalyticTerms::of(self.locale)
    }

    /// Formats an EDTF or RFC 3339 date in words, such as "until 8 December 2024".
    pub(crate) fn date(self, date: &str) -> String {
        self.phrase(dates::in_words(date, self.dates))
    }

    /// Formats a date in short words without its year, such as "3 Mar", where the year is printed elsewhere.
    pub(crate) fn date_without_year(self, date: &str) -> String {
        self.phrase(dates::without_year(date, self.dates))
    }

    /// Formats a year, such as "2025" or "50 BC".
    pub(crate) fn year(self, year: i64) -> String {
        dates::year(year, self.dates)
    }

    /// Formats a date in words; Persian adds the Solar Hijri date of a day.
    pub(crate) fn date_with_solar_hijri(self, date: &str) -> String {
        self.phrase(dates::with_solar_hijri(date, self.dates))
    }

    /// Replaces ASCII digits by the locale's. Grades, ids and texts of the author keep theirs.
    pub(crate) fn digits(self, text: &str) -> String {
        numerals::digits(text, self.locale)
    }

    /// Returns the function that replaces ASCII digits.
    pub(crate) fn digits_converter(self) -> fn(&str) -> String {
        match self.locale {
            Locale::English | Locale::Russian => str::to_owned,
            Locale::Persian => |text| numerals::digits(text, Locale::Persian),
            Locale::Arabic => |text| numerals::digits(text, Locale::Arabic),
        }
    }

    /// Formats a percentage or a range of percentages with an en dash, such as "80–95%".
    pub(crate) fn percent(self, value: impl Copy + ToString) -> String {
        self.phrase(numerals::percent(value, self.locale))
    }

    /// Returns a template in the form for a count, with `{0}` replaced by the count and the others by `values`.
    pub(crate) fn counted(self, plural: &Plural, count: usize, values: &[&str]) -> String {
        self.phrase(plural.filled(count, values, self.locale))
    }

    /// Joins items as a list, such as "1, 3 and 4".
    pub(crate) fn list(self, items: &[String]) -> String {
        let page = &self.labels().page;
        match items {
            [] => String::new(),
            [item] => item.clone(),
            [first @ .., last] => format!("{}{}{last}", first.join(page.list_comma), page.list_and),
        }
    }

    /// Returns a likelihood's stored term, after its meaning in languages other than the standards'. `None` without a
    /// term, or if the reader wants numbers.
    pub(crate) fn likelihood(self, likelihood: &Likelihood) -> Option<String> {
        let term = known_term(likelihood.term)?;
        (self.display != LikelihoodDisplay::Numbers).then(|| self.term(term))
    }

    /// Returns a scale's term.
    pub(crate) fn term(self, term: LikelihoodTerm) -> String {
        let word = likelihood::words(term);
        match meaning(self.terms(), term) {
            Some(meaning) => format!("{meaning} ({word})"),
            None => word.to_owned(),
        }
    }

    /// Formats the percentages, such as "55–80%, about 60%", followed by the term of the reader's scale if it
    /// differs.
    pub(crate) fn percentages(self, likelihood: &Likelihood) -> String {
        let (low, high) = (likelihood.low_percent, likelihood.high_percent);
        let is_point = low == high;
        let mut text =
            if is_point { self.percent(low) } else { self.percent(&format!("{low}\u{2013}{high}")) };
        if let Some(point) = likelihood.point_percent.filter(|_| !is_point) {
            text = filled(self.labels().point, &[&text, &self.percent(point)]);
        }
        if let Some((name, scale)) = self.reader_scale()
            && known_term(likelihood.term).and_then(likelihood::scale) != Some(scale)
        {
            let term = likelihood::equivalent((low, high), scale);
            let term = term.map_or_else(|| self.labels().no_term.to_owned(), |term| self.term(term));
            text = format!("{text}; {name}: {term}");
        }
        text
    }

    /// Returns the scale that the reader wants in addition to the brief's, with its name.
    pub(crate) const fn reader_scale(self) -> Option<(&'static str, LikelihoodScale)> {
        match self.display {
            LikelihoodDisplay::Icd203 => Some(("ICD 203", LikelihoodScale::Icd203)),
            LikelihoodDisplay::Phia => Some(("PHIA", LikelihoodScale::Phia)),
            LikelihoodDisplay::AsWritten | LikelihoodDisplay::Numbers => None,
        }
    }

    /// Formats a likelihood in short form, such as "likely, 55–80%". It breaks over lines only where it is longer than
    /// the narrowest column is wide.
    pub(crate) fn short_odds(self, likelihood: &Likelihood) -> String {
        let percentages = self.percentages(likelihood);
        let odds = self.likelihood(likelihood).map_or(percentages.clone(), |word| {
            format!("{word}{}{percentages}", self.labels().page.list_comma)
        });
        let is_short = odds.chars().count() <= LONGEST_UNBROKEN_ODDS;
        self.phrase(if is_short { odds.replace(' ', "\u{a0}") } else { odds })
    }

    pub(crate) fn confidence(self, level: i32) -> Option<&'static str> {
        usize::try_from(level).ok().and_then(|index| some(self.terms().confidence.get(index)?))
    }

    pub(crate) fn trend(self, trend: i32) -> &'static str {
        let known = Trend::try_from(trend).unwrap_or_default();
        let known = if known == Trend::Unspecified { Trend::Unknown } else { known };
        self.word(words::trend(known), known.into(), |vocabulary| &vocabulary.trends)
    }

    pub(crate) fn change(self, kind: i32) -> &'static str {
        let word = usize::try_from(kind).ok().and_then(|index| some(self.terms().changes.get(index)?));
        word.unwrap_or(self.labels().change)
    }

    pub(crate) fn actor_kind(self, kind: i32) -> &'static str {
        let own = words::actor_kind(ActorKind::try_from(kind).unwrap_or_default());
        self.word(own, kind, |vocabulary| &vocabulary.actor_kinds)
    }

    pub(crate) fn relationship_status(self, status: i32) -> &'static str {
        let known = RelationshipStatus::try_from(status).unwrap_or_default();
        let known = if known == RelationshipStatus::Unspecified { RelationshipStatus::Active } else { known };
        let own = words::relationship_status(known);
        self.word(own, known.into(), |vocabulary| &vocabulary.relationship_status)
    }

    /// Formats a polarity as a sign and a word, such as "+ supportive"; `None` if it is not assessed.
    pub(crate) fn relationship_polarity(self, polarity: i32) -> Option<String> {
        let sign = match RelationshipPolarity::try_from(polarity).unwrap_or_default() {
            RelationshipPolarity::Unspecified => return None,
            RelationshipPolarity::Supportive => "+",
            RelationshipPolarity::Adverse => "\u{2212}",
            RelationshipPolarity::Mixed => "\u{b1}",
            RelationshipPolarity::Neutral => "\u{b7}",
        };
        Some(format!("{sign}\u{a0}{}", self.relationship_polarity_word(polarity)))
    }

    /// Returns the word for a polarity; empty if it is not assessed.
    pub(crate) fn relationship_polarity_word(self, polarity: i32) -> &'static str {
        let known = RelationshipPolarity::try_from(polarity).unwrap_or_default();
        let own = words::relationship_polarity(known);
        self.word(own, known.into(), |vocabulary| &vocabulary.polarities)
    }

    /// Returns the word for a source's reliability.
    pub(crate) fn reliability_word(self, rating: i32) -> Option<&'static str> {
        let known = SourceReliability::try_from(rating).unwrap_or_default();
        some(self.word(words::reliability(known), rating, |vocabulary| &vocabulary.reliability))
    }

    pub(crate) fn source_type(self, kind: i32) -> Option<&'static str> {
        let own = words::source_type(SourceType::try_from(kind).unwrap_or_default());
        some(self.word(own, kind, |vocabulary| &vocabulary.source_types))
    }

    /// Returns the kinds of factors in print order, with their headings.
    pub(crate) const fn factors(self) -> [(FactorKind, &'static str); 5] {
        let labels = self.labels();
        [
            (FactorKind::Driver, labels.drivers),
            (FactorKind::Constraint, labels.constraints),
            (FactorKind::ImplicationRegional, labels.regional_implications),
            (FactorKind::ImplicationGlobal, labels.global_implications),
            (FactorKind::Outlook, labels.outlook),
        ]
    }

    /// Returns the word of a value; `own` in the language of the standards.
    fn word(
        self,
        own: &'static str,
        value: i32,
        of: impl Fn(&'static Vocabulary) -> &'static [&'static str],
    ) -> &'static str {
        let index = usize::try_from(value).unwrap_or(0);
        let vocabulary = self.labels().vocabulary.as_ref();
        vocabulary.map_or(own, |vocabulary| of(vocabulary).get(index).copied().unwrap_or(""))
    }
}

fn known_term(term: i32) -> Option<LikelihoodTerm> {
    LikelihoodTerm::try_from(term).ok().filter(|term| *term != LikelihoodTerm::Unspecified)
}

/// Returns the meaning of a term by its rank on its scale; both rows of ICD 203 mean the same.
fn meaning(terms: &AnalyticTerms, term: LikelihoodTerm) -> Option<&'static str> {
    let scale = likelihood::scale(term)?;
    let rank = likelihood::scale_terms(scale).iter().position(|other| *other == term)? % 7;
    let row = usize::from(scale == LikelihoodScale::Phia);
    terms.likelihood?[row].get(rank).copied()
}

/// Returns whether a likelihood has a term.
pub(crate) fn has_term(likelihood: &Likelihood) -> bool {
    known_term(likelihood.term).is_some()
}

/// Returns whether a term is of the PHIA probability yardstick.
pub(crate) fn is_phia(term: i32) -> bool {
    known_term(term).and_then(likelihood::scale) == Some(LikelihoodScale::Phia)
}

/// Returns the brief's scale, by default ICD 203.
pub(crate) fn scale(scale: i32) -> LikelihoodScale {
    match LikelihoodScale::try_from(scale) {
        Ok(LikelihoodScale::Phia) => LikelihoodScale::Phia,
        _ => LikelihoodScale::Icd203,
    }
}

/// Returns the terms of a scale with their percentages, in one of the two rows of ICD 203.
pub(crate) fn scale_key(scale: LikelihoodScale, row: u8) -> Vec<(LikelihoodTerm, String)> {
    let terms = likelihood::scale_terms(scale).iter().filter(|term| likelihood::row(**term) == row);
    terms.map(|term| (*term, likelihood::range(*term).replace('-', "\u{2013}"))).collect()
}

/// Returns a term's row in ICD 203.
pub(crate) fn row(term: i32) -> u8 {
    likelihood::row(LikelihoodTerm::try_from(term).unwrap_or_default())
}

fn some(word: &'static str) -> Option<&'static str> {
    (!word.is_empty()).then_some(word)
}

/// Returns a relationship's label, or else its type as text, such as "supplies weapons to".
pub(crate) fn relationship(relationship: &Relationship) -> Cow<'_, str> {
    if relationship.label.is_empty() {
        return relationship.r#type.replace('-', " ").into();
    }
    relationship.label.as_str().into()
}

/// Returns a word with an initial capital.
pub(crate) fn capitalised(word: &str) -> String {
    // A phrase may begin with an isolate.
    let first = word.find(|c| !matches!(c, '\u{2066}'..='\u{2069}')).unwrap_or(word.len());
    let (isolates, word) = word.split_at(first);
    let mut letters = word.chars();
    let capitalised = letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>());
    format!("{isolates}{}", capitalised.unwrap_or_default())
}

/// Returns the highest marking of a label and others of its scheme. Labels of other schemes are ignored.
pub(crate) fn highest_marking<'m>(label: &'m str, others: impl IntoIterator<Item = &'m str>) -> &'m str {
    let scheme = Scheme::of_label(label);
    let Some((scheme, rank)) = scheme.and_then(|scheme| Some((scheme, scheme.rank(label)?))) else {
        return label;
    };
    let ranked = others.into_iter().filter_map(|other| Some((scheme.rank(other)?, other)));
    ranked.fold((rank, label), |highest, other| if other.0 > highest.0 { other } else { highest }).1
}

/// Returns the colour of a marking's label on black, as defined by its scheme.
pub(crate) fn marking_color(label: &str) -> Color {
    let known = Scheme::of_label(label).and_then(|scheme| Some(scheme.color(scheme.rank(label)?)));
    known.map_or(Color(0xff, 0xff, 0xff), |(red, green, blue)| Color(red, green, blue))
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{Likelihood, LikelihoodTerm};

    use super::{Lexicon, highest_marking};
    use crate::{LikelihoodDisplay, Locale};

    fn likelihood(term: LikelihoodTerm, low_percent: u32, high_percent: u32) -> Likelihood {
        Likelihood { term: term.into(), low_percent, high_percent, ..Likelihood::default() }
    }

    #[test]
    fn the_stored_term_is_printed_in_every_language_and_with_every_scale() {
        let likely = likelihood(LikelihoodTerm::Icd203Likely, 55, 80);
        let odds = |locale, display| Lexicon::new(locale, display).short_odds(&likely);
        assert_eq!(odds(Locale::English, LikelihoodDisplay::AsWritten), "likely,\u{a0}55\u{2013}80%");
        assert_eq!(odds(Locale::English, LikelihoodDisplay::Icd203), "likely,\u{a0}55\u{2013}80%");
        assert_eq!(
            odds(Locale::English, LikelihoodDisplay::Phia),
            "likely, 55\u{2013}80%; PHIA: likely or probable"
        );
        assert_eq!(odds(Locale::English, LikelihoodDisplay::Numbers), "55\u{2013}80%");
        assert_eq!(
            odds(Locale::Russian, LikelihoodDisplay::AsWritten),
            "вероятно (likely), 55\u{2013}80\u{a0}%"
        );
    }

    #[test]
    fn the_highest_marking_is_of_the_labels_own_scheme() {
        assert_eq!(highest_marking("TLP:GREEN", ["TLP:CLEAR", "TLP:AMBER", "SECRET"]), "TLP:AMBER");
        assert_eq!(highest_marking("TLP:GREEN", []), "TLP:GREEN");
        assert_eq!(highest_marking("", ["TLP:RED"]), "");
    }

    #[test]
    fn polarity_is_a_sign_with_a_word() {
        let words = |locale| Lexicon::new(locale, LikelihoodDisplay::AsWritten);
        let english: Vec<_> = (0..6)
            .map(|value| words(Locale::English).relationship_polarity(value).unwrap_or_default())
            .collect();
        let expected = [
            "",
            "+\u{a0}supportive",
            "\u{2212}\u{a0}adverse",
            "\u{b1}\u{a0}mixed",
            "\u{b7}\u{a0}neutral",
            "",
        ];
        assert_eq!(english, expected);
        assert_eq!(words(Locale::Russian).relationship_polarity(1).unwrap(), "+\u{a0}поддержка");
    }

    #[test]
    fn a_value_in_a_gap_of_the_scale_has_no_term() {
        let narrow = likelihood(LikelihoodTerm::Icd203Unlikely, 21, 24);
        let percentages = Lexicon::new(Locale::English, LikelihoodDisplay::Phia).percentages(&narrow);
        assert_eq!(percentages, "21\u{2013}24%; PHIA: no term");
    }

    #[test]
    fn percentages_have_the_style_and_digits_of_the_language() {
        let likely =
            Likelihood { point_percent: Some(60), ..likelihood(LikelihoodTerm::Icd203Likely, 55, 80) };
        let percentages = |locale| Lexicon::new(locale, LikelihoodDisplay::AsWritten).percentages(&likely);
        assert_eq!(percentages(Locale::English), "55–80%, about 60%");
        assert_eq!(percentages(Locale::Russian), "55–80\u{a0}%, около 60\u{a0}%");
        assert_eq!(percentages(Locale::Persian), "۵۵\u{a0}تا\u{a0}۸۰٪، حدود ۶۰٪");
        assert_eq!(percentages(Locale::Arabic), "٥٥\u{a0}إلى\u{a0}٨٠٪، نحو ٦٠٪");
    }

    #[test]
    fn changes_and_confidence_have_the_words_of_the_page() {
        let english = Lexicon::new(Locale::English, LikelihoodDisplay::AsWritten);
        assert_eq!(
            [3, 4, 6, 10].map(|kind| english.change(kind)),
            ["corrected", "no longer holds", "did not come true", "scaled back"]
        );
        assert_eq!(
            (english.change(0), english.change(99), english.change(-1)),
            ("Change", "Change", "Change")
        );
        assert_eq!(
            [0, 1, 2, 3, 4].map(|level| english.confidence(level)),
            [None, Some("high"), Some("moderate"), Some("low"), None]
        );
    }

    #[test]
    fn a_list_is_joined_in_its_language() {
        let list = |locale, count| {
            let items: Vec<String> = ["1", "3", "4"].into_iter().take(count).map(str::to_owned).collect();
            Lexicon::new(locale, LikelihoodDisplay::AsWritten).list(&items)
        };
        assert_eq!(
            [0, 1, 2, 3].map(|count| list(Locale::English, count)),
            ["", "1", "1 and 3", "1, 3 and 4"]
        );
        assert_eq!(list(Locale::Russian, 3), "1, 3 и 4");
        assert_eq!(list(Locale::Persian, 3), "1، 3 و 4");
        assert_eq!(list(Locale::Arabic, 3), "1، 3 و4");
    }

    #[test]
    fn dates_follow_the_language_of_the_content() {
        let date = |locale, content_language| {
            let words = Lexicon::new(locale, LikelihoodDisplay::AsWritten);
            words.with_dates_of(content_language).date("2025-12-31")
        };
        assert_eq!(date(Locale::English, "en-US"), "December 31, 2025");
        assert_eq!(date(Locale::English, "en-GB"), "31 December 2025");
        assert_eq!(date(Locale::Arabic, "en-US"), "٣١ ديسمبر ٢٠٢٥");
    }
}
