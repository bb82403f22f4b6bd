//! `SearchBriefs`.

use std::ops::Range;

use chancery_brief::validate::is_language;
use chancery_proto::brief::v1::{
    SearchBriefsRequest, SearchBriefsResponse, SearchFacet, SearchFacetValue, SearchHit, TextRange,
};
use chancery_proto::names::WorkspaceName;
use chancery_store::filter::Filter;
use chancery_store::knowledge::STATEMENT_FIELDS;
use chancery_store::{Principal, Search, SearchPageKey, SearchQuery, Store, StoreError};
use tonic::Status;

use crate::cache::Cache;
use crate::rpc::errors::{internal, invalid_field, invalid_page_token, invalid_query, status};
use crate::rpc::fields::name;
use crate::rpc::pagination::{Page, PageSeal};

const DEFAULT_PAGE_SIZE: i32 = 20;
const MAX_PAGE_SIZE: i32 = 100;

/// Returns a page of the hits in the caller's editions.
pub(crate) async fn search(
    store: &Store,
    cache: &Cache,
    principal: &Principal,
    request: SearchBriefsRequest,
) -> Result<SearchBriefsResponse, Status> {
    let WorkspaceName { workspace } = name("parent", &request.parent)?;
    let access = principal.access(&workspace).map_err(status)?;
    let query: SearchQuery = request.query.parse().map_err(|error| invalid_query(&error))?;
    let language = language(&request.language)?;
    let filter = Filter::parse(&request.filter, &STATEMENT_FIELDS, access.scheme)
        .map_err(|error| status(StoreError::InvalidFilter(error)))?;
    let page = page(cache.page_seal(&workspace).await?, &workspace.to_string(), &request)?;
    let after = page.after.as_deref().map(str::parse::<SearchPageKey>).transpose();
    let after = after.map_err(|_| invalid_page_token())?;
    // Only checks the cursor: searches always read the database.
    cache.at_least(&workspace, &request.at_least).await?;
    let limit = usize::try_from(page.limit()).map_err(|error| internal(&error))?;
    let search = Search { query: &query, language, filter: &filter, after: after.as_ref(), limit };
    let mut found = store.search_index().search(principal, &workspace, &search).await.map_err(status)?;
    let next_page_token = page.cut(&mut found.hits, |hit| hit.page_key.to_string());
    let hits: Result<_, Status> = found.hits.into_iter().map(hit_message).collect();
    Ok(SearchBriefsResponse {
        hits: hits?,
        facets: found.facets.into_iter().map(facet_message).collect(),
        total_size: i32::try_from(found.total).map_err(|error| internal(&error))?,
        truncated: found.is_truncated,
        next_page_token,
    })
}

fn language(text: &str) -> Result<Option<&str>, Status> {
    match text {
        "" => Ok(None),
        tag if is_language(tag) => Ok(Some(tag)),
        _ => Err(invalid_field("language", "must be a BCP 47 language tag")),
    }
}

/// Reads the page fields. A token is valid for its search with any page size. It is sealed, because a position in a brief
/// counts withheld parts.
fn page(seal: PageSeal, workspace: &str, request: &SearchBriefsRequest) -> Result<Page, Status> {
    let SearchBriefsRequest { query, language, filter, page_token, .. } = request;
    let list = format!("search of {workspace}\n{language}\n{}\n{query}\n{filter}", query.len());
    let size = match request.page_size {
        0 => DEFAULT_PAGE_SIZE,
        size => size.min(MAX_PAGE_SIZE),
    };
    Page::read_sealed(seal, list, size, page_token)
}

fn hit_message(hit: chancery_store::SearchHit) -> Result<SearchHit, Status> {
    let highlights: Result<_, Status> = hit.highlights.into_iter().map(range_message).collect();
    Ok(SearchHit {
        revision: hit.revision.to_string(),
        brief_title: hit.brief_title,
        kind: hit.kind.into(),
        statement: hit.statement,
        holder_id: hit.holder_id,
        text: hit.text,
        snippet: Some(range_message(hit.snippet)?),
        highlights: highlights?,
        rank_e6: hit.page_key.rank_e6,
    })
}

fn range_message(range: Range<usize>) -> Result<TextRange, Status> {
    let offset = |offset: usize| u32::try_from(offset).map_err(|error| internal(&error));
    Ok(TextRange { start: offset(range.start)?, end: offset(range.end)? })
}

fn facet_message(facet: chancery_store::SearchFacet) -> SearchFacet {
    let value = |(value, count): (String, u32)| SearchFacetValue {
        value,
        count: i32::try_from(count).unwrap_or(i32::MAX),
    };
    SearchFacet { dimension: facet.dimension.into(), values: facet.values.into_iter().map(value).collect() }
}
