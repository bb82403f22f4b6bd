//! `search`: searches statements and titles.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use chancery_client::Client;
use chancery_proto::brief::v1::{
    ActorEntry, GetActorRequest, ListActorsRequest, SearchBriefsRequest, SearchBriefsResponse,
    SearchDimension, SearchFacet, SearchHit, SearchHitKind, TextRange,
};
use chancery_proto::names::{PartId, ResourceId};

use crate::args::Global;
use crate::args::read::Search;
use crate::connection::connect;
use crate::ui::failure::Failure;
use crate::ui::output;

/// The text before and after each match.
type HighlightMarks = (&'static str, &'static str);

/// Bold on a terminal. Texts of briefs contain no control characters themselves.
const BOLD: HighlightMarks = ("\u{1b}[1m", "\u{1b}[0m");
const PLAIN: HighlightMarks = ("", "");

/// Printed when nothing matches a filter: a name instead of an id matches nothing and is no error.
const NO_MATCH: &str = "nothing matches the query and the filter; values of actor:, place: and source: are ids such as \
    actor:iran, not names: a search without --filter lists the actors that occur, and `get --json` the parts of a brief";

/// Maximum number of actors of a filter that are looked up.
const MAX_LOOKED_UP: usize = 5;

/// Longest name that the service looks up, in code points.
const MAX_QUERY: usize = 200;

/// Maximum number of values shown for each facet.
const MAX_FACET_VALUES: usize = 5;

pub async fn run(global: &Global, arguments: &Search) -> Result<(), Failure> {
    let request = SearchBriefsRequest {
        parent: format!("workspaces/{}", global.workspace),
        query: arguments.query.clone(),
        language: arguments.language.clone(),
        filter: arguments.filter.clone(),
        page_size: arguments.limit,
        ..SearchBriefsRequest::default()
    };
    let client = connect(global).await?;
    let response = client.search_briefs(request).await?;
    if response.hits.is_empty() && !arguments.filter.is_empty() && !global.json {
        let unknown = unknown_actors(&client, &global.workspace, &arguments.filter).await?;
        eprintln!("{}", if unknown.is_empty() { NO_MATCH.to_owned() } else { unknown.join("\n") });
    }
    let is_plain = !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    let marks = if is_plain { PLAIN } else { BOLD };
    output::response(global.json, &response, || text(&response, marks))
}

/// Looks up the actors of a filter whose ids no brief has, by their names.
async fn unknown_actors(
    client: &Client,
    workspace: &ResourceId,
    filter: &str,
) -> Result<Vec<String>, Failure> {
    let mut messages = Vec::new();
    for given in actors_of(filter).into_iter().take(MAX_LOOKED_UP) {
        let request = ListActorsRequest {
            parent: format!("workspaces/{workspace}"),
            query: given.chars().take(MAX_QUERY).collect(),
            page_size: 5,
            ..ListActorsRequest::default()
        };
        let id = |entry: &ActorEntry| entry.name.rsplit('/').next().unwrap_or_default().to_owned();
        let by_id = GetActorRequest {
            name: format!("workspaces/{workspace}/actors/{given}"),
            ..GetActorRequest::default()
        };
        // A value that is no id is refused by the service, and not found either.
        if given.parse::<PartId>().is_ok() && client.get_actor(by_id).await.is_ok() {
            continue;
        }
        let similar = client.list_actors(request).await?.actors;
        let named = |entry: &ActorEntry| {
            let name = entry.actor.as_ref().map_or("", |actor| actor.name.as_str());
            format!("actor:{} ({name})", id(entry))
        };
        let similar: Vec<String> = similar.iter().map(named).collect();
        messages.push(if similar.is_empty() {
            format!("no actor has the id {given:?}, and none has a similar name")
        } else {
            format!("no actor has the id {given:?}; actors with a similar name: {}", similar.join(", "))
        });
    }
    Ok(messages)
}

/// Returns the values of `actor:` in a filter.
fn actors_of(filter: &str) -> Vec<String> {
    let starts = filter.match_indices("actor:").filter(|(start, _)| {
        let before = filter[..*start].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '"')))
    });
    let value = |(start, operator): (usize, &str)| {
        let rest = filter[start + operator.len()..].trim_start();
        let value = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => rest.split([' ', ')', '\t']).next(),
        };
        value.unwrap_or_default().to_owned()
    };
    starts.map(value).filter(|value| !value.is_empty()).collect()
}

fn text(response: &SearchBriefsResponse, marks: HighlightMarks) -> String {
    let more = if response.truncated { "more than " } else { "" };
    let matches = if response.total_size == 1 { "match" } else { "matches" };
    let mut text = format!("{more}{} {matches}", response.total_size);
    if !response.next_page_token.is_empty() {
        // Writing to a string does not fail, here and below.
        let _ = write!(text, ", the first {}", response.hits.len());
    }
    text.push('\n');
    for hit in &response.hits {
        let _ = writeln!(text, "\n{}\n  {}", location(hit), snippet(hit, marks));
    }
    let facets: Vec<String> = response.facets.iter().map(facet).collect();
    if !facets.is_empty() {
        let _ = writeln!(text, "\n{}", facets.join("\n"));
    }
    text
}

/// Returns the revision of a hit, in the form that `get` accepts, and the part of it.
fn location(hit: &SearchHit) -> String {
    let revision = hit.revision.split_once("/briefs/").map_or(hit.revision.as_str(), |(_, short)| short);
    let id = hit.statement.as_ref().map_or("", |statement| statement.id.as_str());
    match hit.kind() {
        SearchHitKind::Title | SearchHitKind::Unspecified => format!("{revision}  title"),
        SearchHitKind::KeyJudgment => format!("{revision}  {id}, key judgment {}", hit.holder_id),
        SearchHitKind::Bluf => format!("{revision}  {id}, bottom line"),
        SearchHitKind::Body => format!("{revision}  {id}, section {}", hit.holder_id),
    }
}

/// Returns the excerpt to show, with an ellipsis at each cut.
fn snippet(hit: &SearchHit, marks: HighlightMarks) -> String {
    let text: Vec<char> = hit.text.chars().collect();
    let shown = hit.snippet.unwrap_or(TextRange { start: 0, end: u32::MAX });
    let (start, end) = clamped(shown, text.len());
    let mut snippet = if start > 0 { "… ".to_owned() } else { String::new() };
    let mut position = start;
    for highlight in &hit.highlights {
        let (from, to) = clamped(*highlight, text.len());
        if from < position || to > end {
            continue;
        }
        snippet.extend(&text[position..from]);
        snippet.push_str(marks.0);
        snippet.extend(&text[from..to]);
        snippet.push_str(marks.1);
        position = to;
    }
    snippet.extend(&text[position..end]);
    if end < text.len() {
        snippet.push_str(" …");
    }
    snippet
}

/// Clamps a range to the text, because the server is not trusted to send valid ranges.
fn clamped(range: TextRange, length: usize) -> (usize, usize) {
    let end = usize::try_from(range.end).map_or(length, |end| end.min(length));
    (usize::try_from(range.start).map_or(end, |start| start.min(end)), end)
}

fn facet(facet: &SearchFacet) -> String {
    let values =
        facet.values.iter().take(MAX_FACET_VALUES).map(|value| format!("{} {}", value.value, value.count));
    let values: Vec<String> = values.collect();
    let rest = if facet.values.len() > MAX_FACET_VALUES { ", …" } else { "" };
    format!("{}: {}{rest}", dimension(facet.dimension()), values.join(", "))
}

const fn dimension(dimension: SearchDimension) -> &'static str {
    match dimension {
        SearchDimension::Unspecified => "?",
        SearchDimension::BriefKind => "kind",
        SearchDimension::Domain => "domain",
        SearchDimension::Actor => "actor",
        SearchDimension::StatementType => "type",
        SearchDimension::LikelihoodBand => "likelihood",
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{
        SearchBriefsResponse, SearchDimension, SearchFacet, SearchFacetValue, SearchHit, SearchHitKind,
        Statement, TextRange,
    };

    use super::{PLAIN, actors_of, text};

    fn hit() -> SearchHit {
        SearchHit {
            revision: "workspaces/default/briefs/b1/revisions/2".into(),
            kind: SearchHitKind::KeyJudgment.into(),
            statement: Some(Statement { id: "s7".into(), ..Statement::default() }),
            holder_id: "kj1".into(),
            text: "Давно уже газ и нефть дороги.".into(),
            snippet: Some(TextRange { start: 6, end: 21 }),
            highlights: vec![TextRange { start: 10, end: 13 }, TextRange { start: 22, end: 28 }],
            ..SearchHit::default()
        }
    }

    #[test]
    fn hits_show_their_location_and_highlight_matches() {
        let value = SearchFacetValue { value: "iran".into(), count: 1 };
        let facet = SearchFacet { dimension: SearchDimension::Actor.into(), values: vec![value] };
        let response = SearchBriefsResponse {
            hits: vec![hit()],
            facets: vec![facet],
            total_size: 1,
            ..SearchBriefsResponse::default()
        };
        assert_eq!(
            text(&response, ("<", ">")),
            "1 match\n\nb1/revisions/2  s7, key judgment kj1\n  … уже <газ> и нефть …\n\nactor: iran 1\n"
        );
    }

    #[test]
    fn the_actors_of_a_filter_are_found() {
        let filter = "actor:Iran AND (NOT actor:\"Ansar Allah\") OR factor:x OR text = \"actor:y\"";
        assert_eq!(actors_of(filter), ["Iran", "Ansar Allah"]);
    }

    #[test]
    fn truncated_results_say_how_many_are_shown() {
        let response = SearchBriefsResponse {
            total_size: 1000,
            truncated: true,
            next_page_token: "x".into(),
            ..SearchBriefsResponse::default()
        };
        assert_eq!(text(&response, PLAIN), "more than 1000 matches, the first 0\n");
    }

    #[test]
    fn ranges_past_the_text_are_clamped() {
        let out_of_range = TextRange { start: 5, end: 4_000_000_000 };
        let hit = SearchHit {
            snippet: Some(out_of_range),
            highlights: vec![out_of_range, TextRange { start: 9, end: 2 }],
            ..hit()
        };
        let response = SearchBriefsResponse { hits: vec![hit], ..SearchBriefsResponse::default() };
        assert!(text(&response, PLAIN).contains("газ"));
    }
}
