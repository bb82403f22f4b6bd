//! Labels of the page: column headings, sentences and references of its opening, tables, notes and annexes.

use crate::compose::numerals::Plural;

/// Defines a struct of labels and, for tests, a list of its fields' texts by name.
macro_rules! labels {
    ($(#[$meta:meta])* struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        pub(crate) struct $name {
            $($(#[$field_meta])* pub(crate) $field: $type,)+
        }

        #[cfg(test)]
        impl $name {
            fn texts(&self) -> Vec<(&'static str, Vec<&'static str>)> {
                vec![$((stringify!($field), tests::Texts::texts(&self.$field)),)+]
            }
        }
    };
}

labels! {
    /// Labels of the page in one language. Templates contain `{0}`, `{1}` and so on; in a [`Plural`], `{0}` is the count.
    struct PageLabels {
        // Title block and running elements.
        /// The date of the content.
        as_of_date: &'static str,
        /// A revision by its number.
        revision_number: &'static str,
        /// A revision with its date of publication.
        revision_published: &'static str,
        /// The recipient by name.
        recipient_name: &'static str,
        /// A page's number and the number of pages.
        page_of_pages: &'static str,
        /// Refers to a page.
        page: &'static str,
        /// Refers to several pages.
        pages: &'static str,
        // Lists and quotations.
        /// Separates items of a list.
        list_comma: &'static str,
        /// Separates the last two items of a list.
        list_and: &'static str,
        /// A quotation.
        quote: &'static str,
        /// A quotation of opening words.
        quote_opening: &'static str,
        // Key judgments.
        /// Column heading.
        key_judgment: &'static str,
        /// Column heading.
        confidence_and_sources: &'static str,
        /// Column heading over an axis with numbers.
        likelihood_percent: &'static str,
        /// Column heading over bars without numbers.
        likelihood_whole_axis: &'static str,
        /// A number of sources.
        sources_count: Plural,
        /// A number of sources and their best and weakest grade.
        sources_with_grades: &'static str,
        /// A key judgment by its number.
        judgment_number: &'static str,
        /// Refers to a change by its letter and page.
        see_card: &'static str,
        /// Refers to a change on the same page by its letter.
        see_below: &'static str,
        // Key to the judgments.
        /// Introduces the meaning of a likelihood bar.
        bar_key: &'static str,
        /// The axis of a bar: its ticks and its scale.
        bar_axis: &'static str,
        /// The axis of a bar and its comparison with an earlier revision.
        bar_axis_compared: &'static str,
        /// The comparison of a bar with an earlier revision, and its scale.
        bar_compared: &'static str,
        /// Judgments without a likelihood: their number, then the list of their numbers.
        likelihood_unstated: Plural,
        /// Explains a likelihood that is not stated.
        not_stated_key: &'static str,
        /// Introduces the meaning of the dots of confidence.
        dots_key: &'static str,
        /// The meaning of the dots.
        dots_meaning: &'static str,
        /// Introduces the evidence of the brief.
        evidence_key: &'static str,
        /// A number of sources and the list of their ratings.
        evidence_sources: Plural,
        /// A rating and the number of its sources.
        grade_count: &'static str,
        /// How many of the sentences with citations rest only on sources of a rating.
        rest_on_grade: Plural,
        /// How many of the sentences with citations rest only on one source, by its name and rating.
        rest_on_source: Plural,
        /// How many of the sentences with citations rest only on one source of a rating or a lower one.
        rest_on_grade_or_lower: Plural,
        /// Introduces the judgments of an earlier revision that none revises.
        not_carried_over_from: &'static str,
        /// A judgment of an earlier revision that none revises.
        not_carried_over: &'static str,
        /// Introduces the titles of parts that a single page has no room for.
        not_on_this_page: &'static str,
        // Changes.
        /// Column heading: the text of an earlier revision.
        revision_said: &'static str,
        /// Column heading: a text of an earlier revision whose number is not known.
        earlier_text: &'static str,
        /// Column heading beside the earlier text.
        holds_now_head: &'static str,
        /// A confidence without an earlier one.
        confidence_now: &'static str,
        /// A confidence and the earlier ones of several statements.
        confidence_was: &'static str,
        /// A confidence before and after.
        confidence_shift: &'static str,
        /// A level before and after, under its column heading.
        level_shift: &'static str,
        /// The lowest and highest level of several statements.
        level_range: &'static str,
        /// Heading of changes without an earlier text.
        unchanged_text: &'static str,
        /// Refers to the annex for the other changes: their number, kinds and page.
        other_changes: Plural,
        /// A number of other changes with their kinds.
        other_changes_named: Plural,
        /// A number of further reversals.
        more_reversals: Plural,
        /// A number of statements that are scaled back or disputed.
        scaled_back_or_disputed: Plural,
        /// Heading of the annexes.
        annexes: &'static str,
        /// Heading of the annex of all changes.
        all_changes_heading: &'static str,
        /// Every change, before a reference to their page.
        all_changes: Plural,
        /// The number of all changes.
        changes_in_all: Plural,
        /// A text and the page that it refers to.
        on_page: &'static str,
        /// A text and a reference to another format.
        in_full_brief: &'static str,
        // Evidence beside the text.
        /// Mark of the only source, if it cannot be judged.
        only_source: &'static str,
        /// The commonest confidence, before its exceptions.
        confidence_but: &'static str,
        /// Refers to a change of a statement by its letter and page.
        changed_card: &'static str,
        /// Mark of a superseded statement, before it.
        no_longer_holds_mark: &'static str,
        /// Mark of a contested statement, before it.
        disputed_mark: &'static str,
        /// A corroborating source.
        also: &'static str,
        /// Alternative text of the sign of a contradicting source.
        contradicts: &'static str,
        // Trends, forecasts, scenarios and indicators.
        /// Heading of the trends.
        trend_directions: &'static str,
        /// Column heading: the present trend.
        trend_now: &'static str,
        /// Column heading: the earlier trend.
        trend_was: &'static str,
        /// Column heading: the field that has the trend.
        trend_field: &'static str,
        /// Explains an earlier trend's sign.
        trend_in_earlier: &'static str,
        /// A trend that did not change.
        as_before: &'static str,
        /// The earlier trend of every field.
        all_were: &'static str,
        /// A trend in an earlier revision.
        trend_in_revision: &'static str,
        /// Column heading: judgments and statements with a likelihood.
        judgment_or_statement: &'static str,
        /// Column heading: the term of a likelihood and its range.
        term_and_range: &'static str,
        /// Heading of the forecasts.
        predictions: &'static str,
        /// A number of forecasts, as a sentence.
        forecasts_count: Plural,
        /// How many of the forecasts have a horizon.
        horizons_stated: Plural,
        /// None of the forecasts has a horizon.
        no_horizons: &'static str,
        /// All of the forecasts have a horizon.
        all_horizons: &'static str,
        /// None of the forecasts has a criterion.
        no_criteria: &'static str,
        /// The only forecast has no criterion.
        no_criterion: &'static str,
        /// Introduces the criterion of a forecast.
        settled_by: &'static str,
        /// Column heading.
        forecast: &'static str,
        /// Column heading.
        horizon: &'static str,
        /// Column heading.
        confidence_head: &'static str,
        /// Introduces the meaning of an indicator.
        means: &'static str,
        /// Refers to indicators by their numbers.
        watch_numbers: &'static str,
        // Relationships.
        /// Column heading: the parties of relationships with the two subjects.
        third_party: &'static str,
        /// Heading of parties whose relationships with both subjects have the same signs.
        same_sign: &'static str,
        /// Heading of parties whose relationships with the subjects have different signs.
        different_signs: &'static str,
        /// Heading of parties with relationships with one subject.
        one_subject_only: &'static str,
        /// Heading of the relationships between the two subjects.
        between_two: &'static str,
        /// Heading of the relationships without a subject.
        between_others: &'static str,
        /// Relationships of no domain.
        whole_relationship: &'static str,
        /// Replaces the arrow from a subject to the party of the row.
        tie_outgoing: &'static str,
        /// Replaces the arrow from the party of the row to a subject.
        tie_incoming: &'static str,
        /// A relationship that holds both ways.
        tie_mutual: &'static str,
        /// Replaces the sign of a supportive relationship.
        tie_supportive: &'static str,
        /// Replaces the sign of an adverse relationship.
        tie_adverse: &'static str,
        /// The sign of a relationship that is supportive and adverse.
        tie_mixed: &'static str,
        /// The sign of a relationship that has ended.
        tie_ended: &'static str,
        /// The sign of a contested relationship.
        tie_contested: &'static str,
        /// The sign of a relationship that is neither supportive nor adverse.
        tie_other: &'static str,
        /// The meaning of the sign of a supportive relationship.
        legend_supportive: &'static str,
        /// The meaning of the sign of an adverse relationship.
        legend_adverse: &'static str,
        /// The meaning of the arrow to the party of the row.
        legend_outgoing: &'static str,
        /// Says that all relationships are shown.
        all_relationships: Plural,
        /// Refers from a drawing to the list below it.
        numbered_below: &'static str,
        // Basis of each statement, sources and dissents.
        /// Heading of the annex.
        basis: &'static str,
        /// Explains the annex; refers to the page of the sources.
        basis_intro: &'static str,
        /// Column heading.
        confidence_and_why: &'static str,
        /// Column heading.
        sources_grade_place: &'static str,
        /// A part and its page.
        part_on_page: &'static str,
        // Details of the basis of a statement.
        /// Refers to the annex for evidence that does not fit beside the text.
        more_on_page: &'static str,
        /// Explains the annex of a brief without sources.
        basis_order: &'static str,
        /// Type of a statement.
        statement_fact: &'static str,
        /// Type of a statement.
        statement_assessment: &'static str,
        /// Type of a statement.
        statement_forecast: &'static str,
        /// Type of a statement.
        statement_narrative: &'static str,
        /// The field of a statement.
        basis_field: &'static str,
        /// The actors of a statement.
        basis_actors: &'static str,
        /// The places of a statement.
        basis_places: &'static str,
        /// The topics of a statement.
        basis_topics: &'static str,
        /// The period in which a statement holds.
        basis_period: &'static str,
        /// The date by which a forecast can be judged.
        basis_horizon: &'static str,
        /// The criterion that settles a forecast.
        basis_criteria: &'static str,
        /// The origin of a likelihood.
        basis_origin: &'static str,
        /// The note on the revision of a judgment.
        basis_revision_note: &'static str,
        /// Explains the grades of the sources.
        sources_intro: &'static str,
        /// Column heading.
        source_head: &'static str,
        /// Column heading.
        rating_and_pages: &'static str,
        /// Heading of a dissent.
        differing_view: &'static str,
        /// The holder of a differing view, and the judgment that it disputes.
        held_by_against: &'static str,
    }
}

#[cfg(test)]
mod tests {
    use super::PageLabels;
    use crate::Locale;
    use crate::compose::labels::{Labels, filled};
    use crate::compose::numerals::Plural;

    /// A label's text or the forms of a plural.
    pub(super) trait Texts {
        fn texts(&self) -> Vec<&'static str>;
    }

    impl Texts for &'static str {
        fn texts(&self) -> Vec<&'static str> {
            vec![self]
        }
    }

    impl Texts for Plural {
        fn texts(&self) -> Vec<&'static str> {
            // Counts of every category in every language.
            [0, 1, 2, 3, 11, 100].map(|count| self.of(count, Locale::Arabic)).to_vec()
        }
    }

    const LOCALES: [Locale; 4] = [Locale::English, Locale::Russian, Locale::Persian, Locale::Arabic];

    fn page(locale: Locale) -> &'static PageLabels {
        &Labels::of(locale).page
    }

    fn placeholders(text: &str) -> Vec<String> {
        let places = (0..4).map(|index| format!("{{{index}}}"));
        places.filter(|place| text.contains(place.as_str())).collect()
    }

    #[test]
    fn every_label_has_a_text_with_the_placeholders_of_english() {
        let english = page(Locale::English).texts();
        for locale in LOCALES {
            for ((name, texts), (_, english)) in page(locale).texts().into_iter().zip(&english) {
                // The last form, that of large numbers, has every placeholder; others may name their number.
                let expected = placeholders(english[english.len() - 1]);
                assert_eq!(placeholders(texts[texts.len() - 1]), expected, "{locale:?}: {name}");
                for text in texts {
                    let known = placeholders(text).iter().all(|place| expected.contains(place));
                    assert!(!text.trim().is_empty() && known, "{locale:?}: {name}: {text}");
                }
            }
        }
    }

    #[test]
    fn counts_have_the_forms_of_their_language() {
        let sources = |locale, count| page(locale).sources_count.filled(count, &[], locale);
        assert_eq!([1, 6].map(|count| sources(Locale::English, count)), ["1 source", "6 sources"]);
        assert_eq!(
            [1, 3, 5, 21].map(|count| sources(Locale::Russian, count)),
            ["1 источник", "3 источника", "5 источников", "21 источник"]
        );
        assert_eq!([1, 6].map(|count| sources(Locale::Persian, count)), ["۱ منبع", "۶ منبع"]);
        assert_eq!(
            [1, 2, 6, 28, 100].map(|count| sources(Locale::Arabic, count)),
            ["مصدر واحد", "مصدران", "٦ مصادر", "٢٨ مصدرًا", "١٠٠ مصدر"]
        );
    }

    #[test]
    fn sentences_read_as_on_the_page() {
        let english = page(Locale::English);
        let count = |plural: &Plural, count, values: &[&str]| plural.filled(count, values, Locale::English);
        assert_eq!(
            count(&english.other_changes, 18, &["confirmed, updated, dated, closed, extended", "12"]),
            "The other 18 changes (confirmed, updated, dated, closed, extended) are in the annex, p.\u{a0}12."
        );
        assert_eq!(
            count(&english.likelihood_unstated, 4, &["1, 3, 4 and 5"]),
            "For judgments 1, 3, 4 and 5 the desk stated no likelihood; that does not mean they are certain."
        );
        assert_eq!(
            count(&english.evidence_sources, 28, &["A\u{a0}(4), B\u{a0}(13) and F\u{a0}(1)"]),
            "28 sources, rated A\u{a0}(4), B\u{a0}(13) and F\u{a0}(1)"
        );
        assert_eq!(
            count(&english.rest_on_source, 93, &["121", "The customer", "F"]),
            "93 of 121 cited sentences rest on The customer (F) alone."
        );
        assert_eq!(filled(english.see_card, &["A", "2"]), "see\u{a0}A, p.\u{a0}2");
        assert_eq!(
            filled(english.held_by_against, &["the port security office", "4"]),
            "held by the port security office; disputes judgment 4"
        );
        assert_eq!(filled(page(Locale::Persian).page_of_pages, &["۱", "۶"]), "۱ از ۶");
    }
}
