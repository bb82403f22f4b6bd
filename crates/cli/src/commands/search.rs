//! `search`: statements and titles by their words.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use chancery_proto::brief::v1::{
    SearchBriefsRequest, SearchBriefsResponse, SearchDimension, SearchFacet, SearchHit, SearchHitKind,
    TextRange,
};

use crate::args::{Global, Search};
use crate::connection::connect;
use crate::failure::Failure;
use crate::output;

/// What stands before and behind a word that matches.
type Marks = (&'static str, &'static str);

/// Bold, on a terminal. Texts of briefs hold no control characters of their own.
const BOLD: Marks = ("\u{1b}[1m", "\u{1b}[0m");
const NONE: Marks = ("", "");

/// How many values of a property are shown.
const VALUES: usize = 5;

pub async fn search(global: &Global, arguments: &Search) -> Result<(), Failure> {
    let request = SearchBriefsRequest {
        parent: format!("workspaces/{}", global.workspace),
        query: arguments.query.clone(),
        language: arguments.language.clone(),
        filter: arguments.filter.clone(),
        page_size: arguments.limit,
        ..SearchBriefsRequest::default()
    };
    let answer = connect(global).await?.search_briefs(request).await?;
    let is_plain = !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    let marks = if is_plain { NONE } else { BOLD };
    output::answer(global.json, &answer, || told(&answer, marks))
}

fn told(answer: &SearchBriefsResponse, marks: Marks) -> String {
    let more = if answer.truncated { "more than " } else { "" };
    let matches = if answer.total_size == 1 { "match" } else { "matches" };
    let mut text = format!("{more}{} {matches}", answer.total_size);
    if !answer.next_page_token.is_empty() {
        // Writing to a string does not fail, here and below.
        let _ = write!(text, ", the first {}", answer.hits.len());
    }
    text.push('\n');
    for hit in &answer.hits {
        let _ = writeln!(text, "\n{}\n  {}", place(hit), snippet(hit, marks));
    }
    let facets: Vec<String> = answer.facets.iter().map(facet).collect();
    if !facets.is_empty() {
        let _ = writeln!(text, "\n{}", facets.join("\n"));
    }
    text
}

/// Where the text stands: what can be given to `get`, and which part of it.
fn place(hit: &SearchHit) -> String {
    let revision = hit.revision.split_once("/briefs/").map_or(hit.revision.as_str(), |(_, short)| short);
    let id = hit.statement.as_ref().map_or("", |statement| statement.id.as_str());
    match hit.kind() {
        SearchHitKind::Title | SearchHitKind::Unspecified => format!("{revision}  title"),
        SearchHitKind::KeyJudgment => format!("{revision}  {id}, key judgment {}", hit.holder_id),
        SearchHitKind::Bluf => format!("{revision}  {id}, bottom line"),
        SearchHitKind::Body => format!("{revision}  {id}, section {}", hit.holder_id),
    }
}

/// The stretch to show, with an ellipsis where it is cut.
fn snippet(hit: &SearchHit, marks: Marks) -> String {
    let text: Vec<char> = hit.text.chars().collect();
    let shown = hit.snippet.unwrap_or(TextRange { start: 0, end: u32::MAX });
    let (start, end) = clamped(shown, text.len());
    let mut snippet = if start > 0 { "… ".to_owned() } else { String::new() };
    let mut at = start;
    for highlight in &hit.highlights {
        let (from, to) = clamped(*highlight, text.len());
        if from < at || to > end {
            continue;
        }
        snippet.extend(&text[at..from]);
        snippet.push_str(marks.0);
        snippet.extend(&text[from..to]);
        snippet.push_str(marks.1);
        at = to;
    }
    snippet.extend(&text[at..end]);
    if end < text.len() {
        snippet.push_str(" …");
    }
    snippet
}

/// Within the text, whatever the server says.
fn clamped(range: TextRange, length: usize) -> (usize, usize) {
    let end = usize::try_from(range.end).map_or(length, |end| end.min(length));
    (usize::try_from(range.start).map_or(end, |start| start.min(end)), end)
}

fn facet(facet: &SearchFacet) -> String {
    let values = facet.values.iter().take(VALUES).map(|value| format!("{} {}", value.value, value.count));
    let values: Vec<String> = values.collect();
    let rest = if facet.values.len() > VALUES { ", …" } else { "" };
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

    use super::{NONE, told};

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
    fn hits_are_told_with_their_place_and_the_words_that_match() {
        let value = SearchFacetValue { value: "iran".into(), count: 1 };
        let facet = SearchFacet { dimension: SearchDimension::Actor.into(), values: vec![value] };
        let answer = SearchBriefsResponse {
            hits: vec![hit()],
            facets: vec![facet],
            total_size: 1,
            ..SearchBriefsResponse::default()
        };
        assert_eq!(
            told(&answer, ("<", ">")),
            "1 match\n\nb1/revisions/2  s7, key judgment kj1\n  … уже <газ> и нефть …\n\nactor: iran 1\n"
        );
    }

    #[test]
    fn how_many_more_there_are_is_told() {
        let answer = SearchBriefsResponse {
            total_size: 1000,
            truncated: true,
            next_page_token: "x".into(),
            ..SearchBriefsResponse::default()
        };
        assert_eq!(told(&answer, NONE), "more than 1000 matches, the first 0\n");
    }

    #[test]
    fn ranges_past_the_text_do_no_harm() {
        let wild = TextRange { start: 5, end: 4_000_000_000 };
        let hit = SearchHit {
            snippet: Some(wild),
            highlights: vec![wild, TextRange { start: 9, end: 2 }],
            ..hit()
        };
        let answer = SearchBriefsResponse { hits: vec![hit], ..SearchBriefsResponse::default() };
        assert!(told(&answer, NONE).contains("газ"));
    }
}
