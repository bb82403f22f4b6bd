//! Ranks, snippets and facets of hits.

use chancery_proto::brief::v1::{
    BriefKind, KeyJudgment, LocalizedText, SearchDimension, SearchHit, SearchHitKind,
};
use chancery_testkit::content::statement;

use crate::scene::Scene;
use crate::search::scene::{brief, facet, highlighted, ids, ids_of, reading, rich, search};

#[tokio::test]
async fn titles_rank_above_judgments_and_judgments_above_the_body() {
    let scene = Scene::new().await;
    let text = "The pipeline carries gas.";
    let mut content = brief("en", "The pipeline carries gas", vec![statement("body1", text)]);
    content.subtitle = "An outlook".into();
    content.localized_titles =
        vec![LocalizedText { language: "ru".into(), text: "Газопровод и его цена".into() }];
    content.bluf = vec![statement("line", text)];
    content.key_judgments = vec![KeyJudgment {
        id: "kj1".into(),
        statements: vec![statement("judged", text)],
        ..KeyJudgment::default()
    }];
    scene.published("b1", content).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let answer = search(&mut reader, "pipelines").await;
    assert_eq!(ids(&answer), ["title", "judged", "line", "body1"]);
    let kinds: Vec<_> = answer.hits.iter().map(SearchHit::kind).collect();
    let expected =
        [SearchHitKind::Title, SearchHitKind::KeyJudgment, SearchHitKind::Bluf, SearchHitKind::Body];
    assert_eq!(kinds, expected);
    let holders: Vec<_> = answer.hits.iter().map(|hit| hit.holder_id.as_str()).collect();
    assert_eq!(holders, ["", "kj1", "", "body"]);
    assert!(answer.hits.windows(2).all(|pair| pair[0].rank_e6 > pair[1].rank_e6));
    assert_eq!(answer.hits[0].revision, "workspaces/default/briefs/b1/revisions/1");
    assert!(answer.hits.iter().all(|hit| hit.brief_title == "The pipeline carries gas"));
    assert_eq!(answer.hits[3].statement.as_ref().unwrap().text, text);
    assert_eq!(ids(&search(&mut reader, "outlook").await), ["title"]);
    let localized = search(&mut reader, "газопроводы").await;
    assert_eq!(localized.hits[0].text, "Газопровод и его цена");
    assert_eq!(highlighted(&localized.hits[0]), ["Газопровод"]);
}

#[tokio::test]
async fn a_snippet_is_a_range_of_the_text_in_code_points() {
    let filler = "Так было всегда и везде. ".repeat(20);
    let text = format!("{filler}Здесь речь идёт о нефти и газе. {filler}");
    let (_scene, mut reader) = reading("ru", &[("s1", &text), ("s2", "Газ 🛢 дорог.")]).await;
    let answer = search(&mut reader, "газ").await;
    let long = answer.hits.iter().find(|hit| ids_of(hit) == "s1").unwrap();
    let short = answer.hits.iter().find(|hit| ids_of(hit) == "s2").unwrap();
    assert_eq!(highlighted(long), ["газе"]);
    let characters: Vec<char> = long.text.chars().collect();
    let range = long.snippet.as_ref().unwrap();
    let shown: String = characters[range.start as usize..range.end as usize].iter().collect();
    assert!(shown.contains("о нефти и газе.") && shown.chars().count() <= 200, "{shown}");
    let (before, after) = (characters[range.start as usize - 1], characters[range.end as usize]);
    assert!(before.is_whitespace() && after.is_whitespace());
    assert_eq!(highlighted(short), ["Газ"]);
    let range = short.snippet.as_ref().unwrap();
    assert_eq!((range.start, range.end), (0, 12));
    let persian = format!("{} نفت گران شد. {}", "کلمه ".repeat(100), "دیگر ".repeat(100));
    let (_scene, mut reader) = reading("fa", &[("s1", &persian)]).await;
    let hit = search(&mut reader, "نفت").await.hits.remove(0);
    assert_eq!((hit.highlights[0].start, hit.highlights[0].end), (501, 504));
    let range = hit.snippet.unwrap();
    assert!(range.start < 501 && 504 < range.end);
}

#[tokio::test]
async fn facets_count_the_values_of_all_matches() {
    let scene = Scene::new().await;
    scene.published("b1", rich(BriefKind::Country, "Oil is bought in secret.")).await;
    scene.published("b2", rich(BriefKind::Event, "Nothing here.")).await;
    let answer = search(&mut scene.reader("TLP:CLEAR").await, "oil").await;
    assert_eq!(answer.total_size, 4);
    let kinds = [("BRIEF_KIND_COUNTRY", 2), ("BRIEF_KIND_EVENT", 2)];
    assert_eq!(facet(&answer, SearchDimension::BriefKind), kinds);
    assert_eq!(facet(&answer, SearchDimension::Domain), [("energy", 2)]);
    assert_eq!(facet(&answer, SearchDimension::Actor), [("iran", 4), ("russia", 2)]);
    let types = [("STATEMENT_TYPE_FACT", 2), ("STATEMENT_TYPE_FORECAST", 2)];
    assert_eq!(facet(&answer, SearchDimension::StatementType), types);
    assert_eq!(facet(&answer, SearchDimension::LikelihoodBand), [("LIKELIHOOD_TERM_ICD203_LIKELY", 2)]);
    let answer = search(&mut scene.reader("TLP:RED").await, "oil").await;
    assert_eq!(answer.total_size, 5);
    assert_eq!(facet(&answer, SearchDimension::Actor), [("iran", 4), ("russia", 2), ("courier", 1)]);
}
