//! Counts the properties of matches.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::{BriefKind, LikelihoodTerm, SearchDimension, StatementType};

use super::SearchFacet;
use crate::convert::damaged;
use crate::error::Result;

/// Maximum number of values of a facet.
const MAX_VALUES: usize = 20;

/// Counts the values in `search_entries.facets` of each match.
pub(super) fn count<'a>(matches: impl Iterator<Item = &'a str>) -> Result<Vec<SearchFacet>> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for value in matches.flat_map(|facets| facets.split('\u{1F}')) {
        *counts.entry(value).or_default() += 1;
    }
    let mut facets: BTreeMap<i32, SearchFacet> = BTreeMap::new();
    for (value, count) in counts {
        let (dimension, value) = read(value)?;
        let facet =
            facets.entry(dimension.into()).or_insert_with(|| SearchFacet { dimension, values: Vec::new() });
        facet.values.push((value, count));
    }
    for facet in facets.values_mut() {
        facet.values.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        facet.values.truncate(MAX_VALUES);
    }
    Ok(facets.into_values().collect())
}

/// Decodes a facet of `search_facets`: a letter for the property, then the column's value.
fn read(value: &str) -> Result<(SearchDimension, String)> {
    let unknown = || damaged(format!("{value:?} is not a facet"));
    let (property, value) = value.split_at_checked(1).ok_or_else(unknown)?;
    let number = || value.parse::<i32>().map_err(damaged);
    Ok(match property {
        "k" => (SearchDimension::BriefKind, name(BriefKind::try_from(number()?), BriefKind::as_str_name)?),
        "d" => (SearchDimension::Domain, value.to_owned()),
        "a" => (SearchDimension::Actor, value.to_owned()),
        "t" => (
            SearchDimension::StatementType,
            name(StatementType::try_from(number()?), StatementType::as_str_name)?,
        ),
        "l" => (
            SearchDimension::LikelihoodBand,
            name(LikelihoodTerm::try_from(number()?), LikelihoodTerm::as_str_name)?,
        ),
        _ => return Err(unknown()),
    })
}

fn name<T>(
    value: std::result::Result<T, prost::UnknownEnumValue>,
    name: impl Fn(&T) -> &'static str,
) -> Result<String> {
    value.map(|value| name(&value).to_owned()).map_err(damaged)
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::SearchDimension;

    use super::{SearchFacet, count};

    #[test]
    fn values_are_counted_the_most_frequent_first() {
        let matches = ["k1\u{1f}airan\u{1f}arussia", "k1\u{1f}airan\u{1f}t2\u{1f}denergy", "k2"];
        let facets = count(matches.into_iter()).unwrap();
        let facet = |dimension, values: &[(&str, u32)]| SearchFacet {
            dimension,
            values: values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect(),
        };
        assert_eq!(
            facets,
            [
                facet(
                    SearchDimension::BriefKind,
                    &[("BRIEF_KIND_RELATIONSHIP", 2), ("BRIEF_KIND_COUNTRY", 1)]
                ),
                facet(SearchDimension::Domain, &[("energy", 1)]),
                facet(SearchDimension::Actor, &[("iran", 2), ("russia", 1)]),
                facet(SearchDimension::StatementType, &[("STATEMENT_TYPE_ASSESSMENT", 1)]),
            ]
        );
    }

    #[test]
    fn no_more_than_twenty_values_are_answered() {
        let values: Vec<String> = (0..30).map(|place| format!("aactor-{place:02}")).collect();
        let facets = count(values.iter().map(String::as_str)).unwrap();
        assert_eq!(facets[0].values.len(), 20);
        assert_eq!(facets[0].values[0].0, "actor-00");
    }
}
