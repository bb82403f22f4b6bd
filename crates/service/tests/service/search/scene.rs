//! Briefs to search, and queries.

use chancery_proto::brief::v1::{
    Actor, ActorKind, BriefContent, BriefKind, Domain, Likelihood, LikelihoodScale, LikelihoodTerm,
    SearchBriefsRequest, SearchBriefsResponse, SearchDimension, SearchHit, Statement, StatementType,
};
use chancery_testkit::content::{self, body, marked, paragraph, statement};

use crate::scene::{Briefs, Scene};

/// Returns a search of workspace `default`.
pub(crate) fn request(query: &str) -> SearchBriefsRequest {
    SearchBriefsRequest {
        parent: "workspaces/default".into(),
        query: query.into(),
        ..SearchBriefsRequest::default()
    }
}

/// Runs a query.
pub(crate) async fn search(briefs: &mut Briefs, query: &str) -> SearchBriefsResponse {
    briefs.search_briefs(request(query)).await.unwrap().into_inner()
}

/// Returns the ids of the statements found, in order; `title` for a title.
pub(crate) fn ids(answer: &SearchBriefsResponse) -> Vec<&str> {
    let statements = answer.hits.iter().map(|hit| hit.statement.as_ref());
    statements.map(|statement| statement.map_or("title", |statement| statement.id.as_str())).collect()
}

/// Returns the id of the statement found; `title` for a title.
pub(crate) fn ids_of(hit: &SearchHit) -> &str {
    hit.statement.as_ref().map_or("title", |statement| statement.id.as_str())
}

/// Returns the highlighted parts of a hit's text.
pub(crate) fn highlighted(hit: &SearchHit) -> Vec<String> {
    let text: Vec<char> = hit.text.chars().collect();
    hit.highlights
        .iter()
        .map(|range| text[range.start as usize..range.end as usize].iter().collect())
        .collect()
}

/// Builds a brief with a title and one paragraph.
pub(crate) fn brief(language: &str, title: &str, statements: Vec<Statement>) -> BriefContent {
    BriefContent {
        language: language.into(),
        default_marking: "TLP:CLEAR".into(),
        ..content::brief(title, vec![body("Body", vec![paragraph(statements)])])
    }
}

/// Starts a scene with one brief in a language, and a reader of it.
pub(crate) async fn reading(language: &str, statements: &[(&str, &str)]) -> (Scene, Briefs) {
    let scene = Scene::new().await;
    let statements = statements.iter().map(|(id, text)| statement(*id, *text)).collect();
    scene.published("b1", brief(language, "#", statements)).await;
    let reader = scene.reader("TLP:CLEAR").await;
    (scene, reader)
}

/// Fails unless each query finds exactly these statements, in any order.
pub(crate) async fn finds(reader: &mut Briefs, expected: &[(&str, &[&str])]) {
    for (query, statements) in expected {
        let answer = search(reader, query).await;
        let mut found = ids(&answer);
        found.sort_unstable();
        assert_eq!(found, *statements, "{query}");
        assert_eq!(usize::try_from(answer.total_size), Ok(statements.len()), "{query}");
    }
}

/// Returns the values of a facet with their counts.
pub(crate) fn facet(answer: &SearchBriefsResponse, dimension: SearchDimension) -> Vec<(&str, i32)> {
    let facets = answer.facets.iter().filter(|facet| facet.dimension() == dimension);
    let values = facets.flat_map(|facet| &facet.values);
    values.map(|value| (value.value.as_str(), value.count)).collect()
}

/// Builds a brief whose statements have every facet.
pub(crate) fn rich(kind: BriefKind, secret: &str) -> BriefContent {
    let likely = Likelihood {
        scale: LikelihoodScale::Icd203.into(),
        term: LikelihoodTerm::Icd203Likely.into(),
        ..Likelihood::default()
    };
    let mut first = statement("s1", "Oil prices rise.");
    first.actor_ids = vec!["iran".into(), "russia".into()];
    first.domain = "energy".into();
    let mut second = statement("s2", "Oil exports will rise.");
    second.r#type = StatementType::Forecast.into();
    second.actor_ids = vec!["iran".into()];
    second.likelihood = Some(likely);
    second.horizon = "2026".into();
    second.resolution_criteria = "Customs data.".into();
    let mut third = marked("s3", secret, "TLP:RED");
    third.actor_ids = vec!["courier".into()];
    let actor = |id: &str| Actor {
        id: id.into(),
        name: id.into(),
        kind: ActorKind::Person.into(),
        ..Actor::default()
    };
    let mut content = brief("en", "Energy", vec![first, second, third]);
    content.kind = kind.into();
    content.likelihood_scale = LikelihoodScale::Icd203.into();
    content.domains = vec![Domain { id: "energy".into(), name: "Energy".into(), ..Domain::default() }];
    content.actors = vec![actor("courier"), actor("iran"), actor("russia")];
    content
}
