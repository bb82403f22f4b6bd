//! The printer's own words, in each language that it has them in. Templates hold `{0}` and `{1}`. Likelihood terms
//! and markings are never translated: their standards have them in English only.

mod arabic;
mod english;
mod persian;
mod russian;

use crate::Locale;

/// The printer's own words in one language.
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
    /// Heading of the indicators.
    pub(crate) indicators: &'static str,
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
    /// Heading of what a reader should know of the words.
    pub(crate) about: &'static str,
    /// Heading of the contents.
    pub(crate) contents: &'static str,
    /// Heading of factors that drive.
    pub(crate) drivers: &'static str,
    /// Heading of factors that constrain.
    pub(crate) constraints: &'static str,
    /// Heading of implications for the region.
    pub(crate) regional_implications: &'static str,
    /// Heading of implications for the world.
    pub(crate) global_implications: &'static str,
    /// Heading of the outlook.
    pub(crate) outlook: &'static str,
    /// Heading of the domains' trends.
    pub(crate) trends: &'static str,
    /// Fact.
    pub(crate) marking: &'static str,
    /// Fact.
    pub(crate) brief: &'static str,
    /// Fact.
    pub(crate) revision: &'static str,
    /// Fact.
    pub(crate) as_of: &'static str,
    /// Fact.
    pub(crate) published: &'static str,
    /// A time and who published then.
    pub(crate) published_by: &'static str,
    /// What an import states of the publication, and when it was imported.
    pub(crate) published_as_imported: &'static str,
    /// The same, and who imported it.
    pub(crate) published_as_imported_by: &'static str,
    /// Fact.
    pub(crate) edition_digest: &'static str,
    /// Fact.
    pub(crate) recipient: &'static str,
    /// Fact.
    pub(crate) organisation: &'static str,
    /// In the footer.
    pub(crate) footer_revision: &'static str,
    /// In the footer.
    pub(crate) footer_as_of: &'static str,
    /// A withdrawn revision says so.
    pub(crate) withdrawn_line: &'static str,
    /// Before the reason of a withdrawal.
    pub(crate) withdraw_reason: &'static str,
    /// A superseded revision says so.
    pub(crate) superseded_line: &'static str,
    /// A draft says so.
    pub(crate) draft_line: &'static str,
    /// Painted behind every page of a draft.
    pub(crate) draft_watermark: &'static str,
    /// Before a statement that is superseded.
    pub(crate) superseded_mark: &'static str,
    /// Before a statement that is withdrawn.
    pub(crate) withdrawn_mark: &'static str,
    /// What stands for withheld text, as it is link_contents.
    pub(crate) withheld: &'static str,
    /// Before the statements that a judgment rests on.
    pub(crate) rests_on: &'static str,
    /// Before the statements that took another's place.
    pub(crate) see: &'static str,
    /// Before what follows when an assumption is wrong.
    pub(crate) if_wrong: &'static str,
    /// Before the old text of a statement.
    pub(crate) was: &'static str,
    /// The earlier likelihood.
    pub(crate) was_likely: &'static str,
    /// A confidence before and after.
    pub(crate) confidence_changed: &'static str,
    /// A likelihood: its word and its percentages.
    pub(crate) odds: &'static str,
    /// A level of confidence.
    pub(crate) confidence: &'static str,
    /// A range and the point in it.
    pub(crate) point: &'static str,
    /// Where a scale has no word.
    pub(crate) no_term: &'static str,
    /// A table's caption.
    pub(crate) table: &'static str,
    /// Before the number of a table's source.
    pub(crate) source_of: &'static str,
    /// A source's rating.
    pub(crate) reliability: &'static str,
    /// Before the pages on which a source is cited.
    pub(crate) cited_on: &'static str,
    /// A source that nothing printed cites.
    pub(crate) not_cited: &'static str,
    /// After a source's address: the date on which it was retrieved.
    pub(crate) accessed: &'static str,
    /// Heading of the changes against a revision that the reader chose.
    pub(crate) changed_since: &'static str,
    /// Before the summary of a revision's own changes, among those of several revisions.
    pub(crate) summary_of_revision: &'static str,
    /// Where revisions are compared and none declares a change.
    pub(crate) no_changes: &'static str,
    /// A key judgment by its number.
    pub(crate) key_judgment_number: &'static str,
    /// Heading of the changes on one page.
    pub(crate) since_revision: &'static str,
    /// An event without a date.
    pub(crate) undated: &'static str,
    /// Head.
    pub(crate) statement: &'static str,
    /// Head of the changed parts' names.
    pub(crate) part_head: &'static str,
    /// Head.
    pub(crate) change: &'static str,
    /// Head.
    pub(crate) holds_now: &'static str,
    /// Head.
    pub(crate) why: &'static str,
    /// Head.
    pub(crate) scenario: &'static str,
    /// Head.
    pub(crate) likelihood: &'static str,
    /// Head.
    pub(crate) what_happens: &'static str,
    /// Head.
    pub(crate) indicators_head: &'static str,
    /// Head.
    pub(crate) id: &'static str,
    /// Head of the indicators' numbers.
    pub(crate) number_head: &'static str,
    /// Head.
    pub(crate) watch: &'static str,
    /// Head.
    pub(crate) would_mean: &'static str,
    /// Head.
    pub(crate) actor: &'static str,
    /// Head.
    pub(crate) kind: &'static str,
    /// Head.
    pub(crate) other_languages: &'static str,
    /// Head.
    pub(crate) remarks: &'static str,
    /// Head.
    pub(crate) from: &'static str,
    /// Head.
    pub(crate) relationship: &'static str,
    /// Head of the relationships' polarities.
    pub(crate) effect: &'static str,
    /// Head.
    pub(crate) to: &'static str,
    /// Head.
    pub(crate) when: &'static str,
    /// Head.
    pub(crate) status: &'static str,
    /// Head.
    pub(crate) rests_on_head: &'static str,
    /// Head.
    pub(crate) date: &'static str,
    /// Head.
    pub(crate) event: &'static str,
    /// Head.
    pub(crate) actors_head: &'static str,
    /// Head.
    pub(crate) domain: &'static str,
    /// Head.
    pub(crate) trend: &'static str,
    /// Head.
    pub(crate) term: &'static str,
    /// Caption of the scale's key.
    pub(crate) likelihood_terms: &'static str,
    /// What statements and their ids are, where ids are not printed.
    pub(crate) about_statements: &'static str,
    /// What the ids beside paragraphs are.
    pub(crate) about_printed_ids: &'static str,
    /// What likelihood terms mean.
    pub(crate) about_likelihood: &'static str,
    /// What confidence is.
    pub(crate) about_confidence: &'static str,
    /// How sources are rated.
    pub(crate) about_sources: &'static str,
    /// The scale's name.
    pub(crate) icd_203: &'static str,
    /// The scale's name.
    pub(crate) phia: &'static str,
    /// Before the scale's terms on one line.
    pub(crate) scale_key: &'static str,
    /// A link to a part.
    pub(crate) go_to: &'static str,
    /// A link to a source.
    pub(crate) source_number: &'static str,
    /// A link from a source.
    pub(crate) back_to_citation: &'static str,
    /// A link with a blank text.
    pub(crate) blank_link: &'static str,
    /// Begins what a listener contents.
    pub(crate) timeline_alt: &'static str,
    /// Begins what a listener contents.
    pub(crate) network_alt: &'static str,
    /// Begins what a listener contents.
    pub(crate) trends_alt: &'static str,
    /// Begins what a listener contents.
    pub(crate) bars_alt: &'static str,
    /// What a listener contents of one bar.
    pub(crate) bar_alt: &'static str,
    /// Where all of the events are.
    pub(crate) events_elsewhere: &'static str,
    /// Where all of the relationships are.
    pub(crate) relationships_elsewhere: &'static str,
    /// A mark.
    pub(crate) legend_day: &'static str,
    /// A mark.
    pub(crate) legend_within: &'static str,
    /// A mark.
    pub(crate) legend_throughout: &'static str,
    /// A mark.
    pub(crate) legend_fuzzy: &'static str,
    /// A mark.
    pub(crate) legend_open: &'static str,
    /// A mark.
    pub(crate) legend_break: &'static str,
    /// A mark.
    pub(crate) legend_earlier: &'static str,
    /// A ring around a mark.
    pub(crate) legend_highlighted: &'static str,
    /// A line.
    pub(crate) legend_one_way: &'static str,
    /// A line.
    pub(crate) legend_both_ways: &'static str,
    /// A line.
    pub(crate) legend_dashed: &'static str,
    /// An open interval.
    pub(crate) date_from: &'static str,
    /// An open interval.
    pub(crate) date_to: &'static str,
    /// Ties that are told in words.
    pub(crate) not_drawn: &'static str,
    /// Ties that are too many for words.
    pub(crate) more_in_annex: &'static str,
    /// Who a tie leads from and to.
    pub(crate) from_to: &'static str,
    /// Whom a tie holds between.
    pub(crate) both: &'static str,
    /// Where a tie holds.
    pub(crate) at_place: &'static str,
    /// What viewers push_text of the attached data.
    pub(crate) attached_data: &'static str,
    /// A date to the day: day, month and year.
    pub(crate) date_of_day: &'static str,
    /// A date to the month: month and year.
    pub(crate) date_of_month: &'static str,
    /// A date to the year.
    pub(crate) date_of_year: &'static str,
    /// An approximate date.
    pub(crate) date_about: &'static str,
    /// The months, short enough for an axis.
    pub(crate) months: [&'static str; 12],
    /// The months as they read after a day.
    pub(crate) months_after_day: [&'static str; 12],
    /// The months as they read alone.
    pub(crate) months_alone: [&'static str; 12],
    /// Words of enumerated values; none where they are those of `chancery_brief`.
    pub(crate) vocabulary: Option<Vocabulary>,
}

/// Words of enumerated values, by their number; the one that is not said has none.
pub(crate) struct Vocabulary {
    /// Where something is heading.
    pub(crate) trends: [&'static str; 6],
    /// Sorts of changes.
    pub(crate) changes: [&'static str; 16],
    /// Whether relationships are supportive or adverse.
    pub(crate) polarities: [&'static str; 5],
    /// Levels of confidence.
    pub(crate) confidence: [&'static str; 4],
    /// The NATO Admiralty scale of sources.
    pub(crate) reliability: [&'static str; 7],
    /// What a source is.
    pub(crate) source_types: [&'static str; 6],
    /// Sorts of actors.
    pub(crate) actor_kinds: [&'static str; 9],
    /// How a relationship stands.
    pub(crate) relationship_status: [&'static str; 6],
    /// What likelihood terms mean, by their rank on their scale, from the least likely: a help to the reader beside
    /// the term itself. ICD 203, then PHIA.
    pub(crate) likelihood: [[&'static str; 7]; 2],
}

impl Labels {
    /// The words of a language.
    pub(crate) const fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::English => &english::LABELS,
            Locale::Russian => &russian::LABELS,
            Locale::Persian => &persian::LABELS,
            Locale::Arabic => &arabic::LABELS,
        }
    }
}

/// A template with its places filled.
pub(crate) fn filled(template: &str, values: &[&str]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        let (place, after) = rest[at + 1..].split_once('}').unwrap_or(("", ""));
        text.push_str(place.parse().ok().and_then(|index: usize| values.get(index)).copied().unwrap_or(""));
        rest = after;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::{Labels, filled};
    use crate::Locale;

    #[test]
    fn a_templates_places_are_filled_and_values_are_not_read_as_templates() {
        assert_eq!(filled("{0} by {1}.", &["{1}", "x"]), "{1} by x.");
        assert_eq!(filled("no place", &["x"]), "no place");
    }

    #[test]
    fn every_language_has_the_places_that_english_has() {
        let templates = |labels: &Labels| {
            let older = [
                labels.published_by,
                labels.published_as_imported,
                labels.published_as_imported_by,
                labels.odds,
                labels.from_to,
                labels.about_likelihood,
                labels.table,
            ];
            let newer = [
                labels.accessed,
                labels.changed_since,
                labels.summary_of_revision,
                labels.key_judgment_number,
                labels.date_of_month,
            ];
            let dates = [labels.date_of_day, labels.date_of_year, labels.date_about];
            older.into_iter().chain(newer).chain(dates).map(places).collect::<Vec<_>>()
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
