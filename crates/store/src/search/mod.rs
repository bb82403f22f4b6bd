//! Full-text search over the editions visible to a caller now.
//!
//! A search runs three queries: `compiled_query` parses the terms in the languages of the workspace's briefs,
//! `matches` ranks and counts at most a thousand matches in the search index, and `hits` reads the texts of one
//! page.

mod compiled_query;
mod facets;
mod highlight;
mod hits;
mod matches;
mod query;

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use chancery_proto::brief::v1::{SearchDimension, SearchHitKind, Statement};
use chancery_proto::names::{ResourceId, RevisionName};

use crate::access::principal::Principal;
use crate::convert::damaged;
use crate::database::Pool;
use crate::error::Result;
use crate::filter::Filter;

pub use query::{SearchQuery, SearchQueryError};

/// A search.
#[derive(Debug)]
pub struct Search<'a> {
    /// The parsed query.
    pub query: &'a SearchQuery,
    /// The language of the terms, BCP 47; `None` for the language of each title visible to the principal.
    pub language: Option<&'a str>,
    /// A filter of statements and titles.
    pub filter: &'a Filter,
    /// The page key of the previous page's last hit; `None` for the first page.
    pub after: Option<&'a SearchPageKey>,
    /// Maximum number of hits.
    pub limit: usize,
}

/// A page of hits.
#[derive(Debug, Default)]
pub struct SearchPage {
    /// The hits, best first.
    pub hits: Vec<SearchHit>,
    /// The number of matches, at most a thousand.
    pub total: u32,
    /// Whether there are more matches.
    pub is_truncated: bool,
    /// The facets of the matches; on the first page only.
    pub facets: Vec<SearchFacet>,
}

/// A matching statement or title.
#[derive(Debug)]
pub struct SearchHit {
    /// The revision that contains it.
    pub revision: RevisionName,
    /// The brief's title.
    pub brief_title: String,
    /// The kind of text.
    pub kind: SearchHitKind,
    /// The statement; `None` for a title.
    pub statement: Option<Statement>,
    /// The key judgment or section that contains it.
    pub holder_id: String,
    /// The text.
    pub text: String,
    /// The part of the text to show, in code points.
    pub snippet: Range<usize>,
    /// The matching words, in code points.
    pub highlights: Vec<Range<usize>>,
    /// Its page key.
    pub page_key: SearchPageKey,
}

/// The distribution of the matches over one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchFacet {
    /// The property.
    pub dimension: SearchDimension,
    /// Its values with their counts, the most frequent first, then by value.
    pub values: Vec<(String, u32)>,
}

/// The page key of a hit. Hits are ordered by descending rank, then by brief and position; earlier hits have lesser
/// keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPageKey {
    /// The relevance in millionths.
    pub rank_e6: i32,
    /// The brief's id.
    pub brief: ResourceId,
    /// The position in the brief.
    pub position: i32,
}

impl Ord for SearchPageKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_rank = other.rank_e6.cmp(&self.rank_e6);
        by_rank
            .then_with(|| self.brief.as_str().cmp(other.brief.as_str()))
            .then(self.position.cmp(&other.position))
    }
}

impl PartialOrd for SearchPageKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Numbers have a fixed length, so that the length of a sealed token reveals nothing about them.
impl fmt::Display for SearchPageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+011} {:+011} {}", self.rank_e6, self.position, self.brief)
    }
}

/// The text is not the page key of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the page key of a search")]
pub struct InvalidSearchPageKey;

impl FromStr for SearchPageKey {
    type Err = InvalidSearchPageKey;

    fn from_str(text: &str) -> std::result::Result<Self, InvalidSearchPageKey> {
        let read = || {
            let (rank, rest) = text.split_once(' ')?;
            let (position, brief) = rest.split_once(' ')?;
            Some(Self {
                rank_e6: rank.parse().ok()?,
                position: position.parse().ok()?,
                brief: brief.parse().ok()?,
            })
        };
        read().ok_or(InvalidSearchPageKey)
    }
}

/// Searches the full text of editions.
#[derive(Debug, Clone, Copy)]
pub struct SearchIndex<'a> {
    pub(crate) pool: &'a Pool,
}

impl SearchIndex<'_> {
    /// Searches a workspace's briefs, as visible to the principal now.
    ///
    /// # Errors
    /// [`crate::StoreError::Forbidden`] for another workspace.
    pub async fn search(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        search: &Search<'_>,
    ) -> Result<SearchPage> {
        let access = principal.access(workspace)?;
        let rank = i16::from(access.clearance.0);
        let mut connection = self.pool.acquire().await?;
        let query =
            compiled_query::compile(&mut connection, workspace, rank, search.query, search.language).await?;
        // The query has stop words only, which the index does not contain.
        let Some(query) = query else { return Ok(SearchPage::default()) };
        let matches = matches::find(&mut connection, workspace, rank, &query, search.filter).await?;
        let page = matches.after(search.after, search.limit);
        Ok(SearchPage {
            hits: hits::read(&mut connection, workspace, &query, page).await?,
            total: u32::try_from(matches.ranked.len()).map_err(damaged)?,
            is_truncated: matches.is_truncated,
            facets: if search.after.is_none() { matches.facets()? } else { Vec::new() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::SearchPageKey;

    #[test]
    fn a_page_key_round_trips_through_its_text() {
        let page_key = SearchPageKey { rank_e6: 60_793, brief: "russia-iran".parse().unwrap(), position: 7 };
        assert_eq!(page_key.to_string().parse(), Ok(page_key));
        for text in ["", "1 2", "1 2 3", "x 2 b1", "1 2 b1 ", "99999999999 2 b1"] {
            assert!(text.parse::<SearchPageKey>().is_err(), "{text}");
        }
    }
}
