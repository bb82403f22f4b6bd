//! Full-text search over what a caller may see now.
//!
//! A search asks three times: what its terms are in the languages of the workspace's briefs (`query`), what matches
//! (`matches`), and what there is to show (`hits`). Ranking and counting look at a thousand matches and no more, in a
//! table made for that; what is shown of a hit is read for the hits of a page alone.

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

/// What is searched for.
#[derive(Debug)]
pub struct Search<'a> {
    /// The words.
    pub query: &'a SearchQuery,
    /// The language that they are read in, BCP 47; none for each that a title visible to the principal is written in.
    pub language: Option<&'a str>,
    /// Which statements and titles.
    pub filter: &'a Filter,
    /// The last hit of the page before; none for the first page.
    pub after: Option<&'a SearchPageKey>,
    /// At most this many hits.
    pub limit: usize,
}

/// A page of hits.
#[derive(Debug, Default)]
pub struct SearchPage {
    /// Best first.
    pub hits: Vec<SearchHit>,
    /// How many match, at most a thousand.
    pub total: u32,
    /// Whether there are more.
    pub is_truncated: bool,
    /// What the matches have in common; of the first page only.
    pub facets: Vec<SearchFacet>,
}

/// A text that matches.
#[derive(Debug)]
pub struct SearchHit {
    /// Where it stands.
    pub revision: RevisionName,
    /// The brief's title.
    pub brief_title: String,
    /// What it is.
    pub kind: SearchHitKind,
    /// The statement; none for a title.
    pub statement: Option<Statement>,
    /// The key judgment or section that it stands in.
    pub holder_id: String,
    /// The text.
    pub text: String,
    /// The stretch of it to show, in code points.
    pub snippet: Range<usize>,
    /// The words that match, in code points.
    pub highlights: Vec<Range<usize>>,
    /// Its place among the hits.
    pub page_key: SearchPageKey,
}

/// How matches are spread over one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchFacet {
    /// Which property.
    pub dimension: SearchDimension,
    /// Its values and how often each is there, the most frequent first, then by value.
    pub values: Vec<(String, u32)>,
}

/// A hit's place: hits are ordered by rank, the highest first, then by brief, then by the position in it. An earlier
/// place is a lesser one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPageKey {
    /// How well it matches, in millionths.
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

/// Numbers have one length, so that the length of what is sealed tells nothing of them.
impl fmt::Display for SearchPageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+011} {:+011} {}", self.rank_e6, self.position, self.brief)
    }
}

/// A text that is no place in the hits of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no place in the hits of a search")]
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

/// Full-text search over editions.
#[derive(Debug, Clone, Copy)]
pub struct SearchIndex<'a> {
    pub(crate) pool: &'a Pool,
}

impl SearchIndex<'_> {
    /// What of a workspace's briefs matches, as the principal may see it now.
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
        // Stop words alone: they are in every sentence, and in no index.
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
    fn a_place_survives_its_text() {
        let page_key = SearchPageKey { rank_e6: 60_793, brief: "russia-iran".parse().unwrap(), position: 7 };
        assert_eq!(page_key.to_string().parse(), Ok(page_key));
        for text in ["", "1 2", "1 2 3", "x 2 b1", "1 2 b1 ", "99999999999 2 b1"] {
            assert!(text.parse::<SearchPageKey>().is_err(), "{text}");
        }
    }
}
