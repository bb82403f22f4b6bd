//! Labels of the printer in each of its languages. Templates contain `{0}` and `{1}`. Likelihood terms and markings are
//! never translated, because their standards define them in English only.

mod analytic_terms;
mod arabic;
mod english;
mod page;
mod persian;
mod russian;
mod timeline;

pub(crate) use crate::compose::templates::filled;

use crate::Locale;

pub(crate) use analytic_terms::AnalyticTerms;
pub(crate) use page::PageLabels;
pub(crate) use timeline::TimelineLabels;

/// Labels of the printer in one language.
pub(crate) struct Labels {
    /// Heading of the bottom line.
    pub(crate) bottom_line: &'static str,
    /// Heading of the key judgments.
    pub(crate) key_judgments: &'static str,
    /// Heading of the changes.
    pub(crate) what_changed: &'static str,
    /// Heading of the factors.
    pub(crate) factors: &'static str,
    /// Heading of the scenarios.
    pub(crate) scenarios: &'static str,
    /// Heading of the assumptions.
    pub(crate) assumptions: &'static str,
    /// Heading of the information gaps.
    pub(crate) gaps: &'static str,
    /// Heading of the dissents.
    pub(crate) dissents: &'static str,
    /// Heading of the actors.
    pub(crate) annex_actors: &'static str,
    /// Heading of the relationships.
    pub(crate) annex_relationships: &'static str,
    /// Heading of the events.
    pub(crate) annex_timeline: &'static str,
    /// Heading of the endnotes.
    pub(crate) sources: &'static str,
    /// Heading of the explanation of terms and scales.
    pub(crate) about: &'static str,
    /// Heading of the contents.
    pub(crate) contents: &'static str,
    /// Heading of drivers.
    pub(crate) drivers: &'static str,
    /// Heading of constraints.
    pub(crate) constraints: &'static str,
    /// Heading of implications for the region.
    pub(crate) regional_implications: &'static str,
    /// Heading of implications for the world.
    pub(crate) global_implications: &'static str,
    /// Heading of the outlook.
    pub(crate) outlook: &'static str,
    /// Title block: label of the brief's name.
    pub(crate) brief: &'static str,
    /// Title block: label of the date up to which the content holds.
    pub(crate) as_of: &'static str,
    /// A publication as stated by an import, and the date of the import.
    pub(crate) published_as_imported: &'static str,
    /// A publication as stated by an import, with the date of the import and the importer.
    pub(crate) published_as_imported_by: &'static str,
    /// Title block: label of the edition's digest.
    pub(crate) edition_digest: &'static str,
    /// Note on a withdrawn revision.
    pub(crate) withdrawn_line: &'static str,
    /// Introduces the reason of a withdrawal.
    pub(crate) withdraw_reason: &'static str,
    /// Note on a superseded revision.
    pub(crate) superseded_line: &'static str,
    /// Note on a draft.
    pub(crate) draft_line: &'static str,
    /// Watermark of a draft.
    pub(crate) draft_watermark: &'static str,
    /// Mark of a withdrawn statement.
    pub(crate) withdrawn_mark: &'static str,
    /// Alternative text of withheld text.
    pub(crate) withheld: &'static str,
    /// Introduces the statements that a judgment rests on.
    pub(crate) rests_on: &'static str,
    /// Introduces the statements that replace another.
    pub(crate) see: &'static str,
    /// Introduces the consequence of a wrong assumption.
    pub(crate) if_wrong: &'static str,
    /// The earlier likelihood.
    pub(crate) was_likely: &'static str,
    /// A level of confidence.
    pub(crate) confidence: &'static str,
    /// A range with a point estimate.
    pub(crate) point: &'static str,
    /// Replaces a term that a scale does not have.
    pub(crate) no_term: &'static str,
    /// A figure's number.
    pub(crate) figure: &'static str,
    /// A figure's number where it continues as a table.
    pub(crate) figure_continued: &'static str,
    /// A table's number.
    pub(crate) table: &'static str,
    /// A table's number where it continues.
    pub(crate) table_continued: &'static str,
    /// Introduces the number of a table's source.
    pub(crate) source_of: &'static str,
    /// Note on a source without printed citations.
    pub(crate) not_cited: &'static str,
    /// Retrieval date of a source.
    pub(crate) accessed: &'static str,
    /// Heading of the changes against a revision that the reader chose.
    pub(crate) changed_since: &'static str,
    /// Introduces the summary of a revision's own changes, if changes of several revisions are combined.
    pub(crate) summary_of_revision: &'static str,
    /// Note on a comparison without declared changes.
    pub(crate) no_changes: &'static str,
    /// A key judgment by its number.
    pub(crate) key_judgment_number: &'static str,
    /// Heading of the changes in the one-page format.
    pub(crate) since_revision: &'static str,
    /// An event without a date.
    pub(crate) undated: &'static str,
    /// Column of the changes: the changed statement, if it is named by its id.
    pub(crate) statement: &'static str,
    /// Column of the changes: the changed part, unless it is named by its id.
    pub(crate) part_head: &'static str,
    /// Column of the changes: the kind; also replaces an unknown kind.
    pub(crate) change: &'static str,
    /// Column of the changes: the new text.
    pub(crate) holds_now: &'static str,
    /// Column of the changes and of the trends: the reason.
    pub(crate) why: &'static str,
    /// Column of the scenarios and of the scale: the percentage.
    pub(crate) likelihood: &'static str,
    /// Column of the indicators: the development to watch.
    pub(crate) watch: &'static str,
    /// Column of the actors: the name.
    pub(crate) actor: &'static str,
    /// Column of the actors: the kind.
    pub(crate) kind: &'static str,
    /// Column of the actors: the names in other languages.
    pub(crate) other_languages: &'static str,
    /// Column of the actors: the remarks.
    pub(crate) remarks: &'static str,
    /// Column of the relationships: the first end.
    pub(crate) from: &'static str,
    /// Column of the relationships: the type.
    pub(crate) relationship: &'static str,
    /// Column of the relationships: the polarity.
    pub(crate) effect: &'static str,
    /// Column of the relationships: the second end.
    pub(crate) to: &'static str,
    /// Column of the relationships: the period.
    pub(crate) when: &'static str,
    /// Column of the relationships: the status.
    pub(crate) status: &'static str,
    /// Column of the relationships and of the events: the statements that they rest on.
    pub(crate) rests_on_head: &'static str,
    /// Column of the events: the date.
    pub(crate) date: &'static str,
    /// Column of the events: the title.
    pub(crate) event: &'static str,
    /// Column of the events: the actors.
    pub(crate) actors_head: &'static str,
    /// Column of the scale: the likelihood term.
    pub(crate) term: &'static str,
    /// Caption of the scale's key.
    pub(crate) likelihood_terms: &'static str,
    /// Explanation of statements, if ids are not printed.
    pub(crate) about_statements: &'static str,
    /// Explanation of the ids beside paragraphs.
    pub(crate) about_printed_ids: &'static str,
    /// Explanation of likelihood terms.
    pub(crate) about_likelihood: &'static str,
    /// Explanation of confidence.
    pub(crate) about_confidence: &'static str,
    /// Explanation of source ratings.
    pub(crate) about_sources: &'static str,
    /// Name of the ICD 203 scale.
    pub(crate) icd_203: &'static str,
    /// Name of the PHIA yardstick.
    pub(crate) phia: &'static str,
    /// A link to a part.
    pub(crate) go_to: &'static str,
    /// A link to a source.
    pub(crate) source_number: &'static str,
    /// A link from a source.
    pub(crate) back_to_citation: &'static str,
    /// A link with a blank text.
    pub(crate) blank_link: &'static str,
    /// The alternative text of an image that has none.
    pub(crate) image: &'static str,
    /// Start of an actor network's alternative text.
    pub(crate) network_alt: &'static str,
    /// Alternative text of a likelihood bar.
    pub(crate) bar_alt: &'static str,
    /// Legend of likelihood bars: a hollow bar, for the earlier revision.
    pub(crate) legend_earlier: &'static str,
    /// The two ends of a directed tie.
    pub(crate) from_to: &'static str,
    /// The two ends of an undirected tie.
    pub(crate) both: &'static str,
    /// The place of a tie.
    pub(crate) at_place: &'static str,
    /// Description of the embedded edition.
    pub(crate) attached_data: &'static str,
    /// Labels of the page.
    pub(crate) page: PageLabels,
    /// Words of enumerated values; `None` if they are those of `chancery_brief`.
    pub(crate) vocabulary: Option<Vocabulary>,
}

/// Words of enumerated values, indexed by number; the unspecified value's word is empty.
pub(crate) struct Vocabulary {
    /// Trends.
    pub(crate) trends: [&'static str; 6],
    /// Whether relationships are supportive or adverse.
    pub(crate) polarities: [&'static str; 5],
    /// The NATO Admiralty scale of sources.
    pub(crate) reliability: [&'static str; 7],
    /// Types of sources.
    pub(crate) source_types: [&'static str; 6],
    /// Sorts of actors.
    pub(crate) actor_kinds: [&'static str; 9],
    /// States of relationships.
    pub(crate) relationship_status: [&'static str; 6],
}

impl Labels {
    /// Returns the words of a language.
    pub(crate) const fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::English => &english::LABELS,
            Locale::Russian => &russian::LABELS,
            Locale::Persian => &persian::LABELS,
            Locale::Arabic => &arabic::LABELS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Labels, filled};
    use crate::Locale;

    #[test]
    fn placeholders_are_replaced_and_values_are_not_expanded() {
        assert_eq!(filled("{0} by {1}.", &["{1}", "x"]), "{1} by x.");
        assert_eq!(filled("no place", &["x"]), "no place");
    }

    #[test]
    fn every_language_has_the_placeholders_of_english() {
        let templates = |labels: &Labels| {
            let older = [
                labels.published_as_imported,
                labels.published_as_imported_by,
                labels.from_to,
                labels.about_likelihood,
                labels.table,
                labels.table_continued,
                labels.figure,
                labels.figure_continued,
            ];
            let newer = [
                labels.accessed,
                labels.changed_since,
                labels.summary_of_revision,
                labels.key_judgment_number,
            ];
            older.into_iter().chain(newer).map(places).collect::<Vec<_>>()
        };
        let english = templates(Labels::of(Locale::English));
        for locale in [Locale::Russian, Locale::Persian, Locale::Arabic] {
            assert_eq!(templates(Labels::of(locale)), english, "{locale:?}");
        }
    }

    fn places(template: &str) -> [bool; 3] {
        ["{0}", "{1}", "{2}"].map(|place| template.contains(place))
    }
}
