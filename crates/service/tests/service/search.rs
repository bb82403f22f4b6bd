//! Full-text search over the wire.

use chancery_proto::brief::v1::{
    Actor, ActorKind, BriefContent, BriefKind, Domain, KeyJudgment, Likelihood, LikelihoodScale,
    LikelihoodTerm, LocalizedText, SearchBriefsRequest, SearchBriefsResponse, SearchDimension, SearchHit,
    SearchHitKind, Statement, StatementType,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::content::{self, body, marked, paragraph, statement};
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::{refused, refused_at};
use prost::Message as _;
use tonic::Code;

use crate::scene::{Briefs, Scene};

pub(crate) fn request(query: &str) -> SearchBriefsRequest {
    SearchBriefsRequest {
        parent: "workspaces/default".into(),
        query: query.into(),
        ..SearchBriefsRequest::default()
    }
}

pub(crate) async fn search(briefs: &mut Briefs, query: &str) -> SearchBriefsResponse {
    briefs.search_briefs(request(query)).await.unwrap().into_inner()
}

/// Returns the ids of the statements found, in order; `title` for a title.
pub(crate) fn ids(answer: &SearchBriefsResponse) -> Vec<&str> {
    let statements = answer.hits.iter().map(|hit| hit.statement.as_ref());
    statements.map(|statement| statement.map_or("title", |statement| statement.id.as_str())).collect()
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

#[tokio::test]
async fn english_words_match_by_their_stems_and_without_accents() {
    let text = "Sanctions were imposed on the exporters, says Erdoğan.";
    let (_scene, mut reader) = reading("en", &[("s1", text), ("s2", "Nothing of the kind.")]).await;
    let both: &[&str] = &["s1", "s2"];
    let first: &[&str] = &["s1"];
    finds(
        &mut reader,
        &[
            ("sanction", first),
            ("SANCTIONED export", first),
            ("erdogan", first),
            ("the sanctions", first),
            ("kind OR imposing", both),
            ("sanctions kind", &[]),
            ("sanctuary", &[]),
            ("the", &[]),
        ],
    )
    .await;
    let answer = search(&mut reader, "sanctioned exporter").await;
    assert_eq!(highlighted(&answer.hits[0]), ["Sanctions", "exporters"]);
}

#[tokio::test]
async fn russian_words_match_by_their_stems() {
    let text = "Россия и Иран подписали договор о всеобъемлющем партнёрстве.";
    let (_scene, mut reader) = reading("ru", &[("s1", text)]).await;
    let first: &[&str] = &["s1"];
    let queries = ["россии", "договоры Ирана", "партнерство", "ПАРТНЁРСТВО", "\"Иран подписал\"", "догов*"];
    for query in queries {
        finds(&mut reader, &[(query, first)]).await;
    }
    finds(&mut reader, &[("дорога", &[]), ("\"Россия Иран подписали\"", &[])]).await;
    let answer = search(&mut reader, "партнерства россия").await;
    assert_eq!(highlighted(&answer.hits[0]), ["Россия", "партнёрстве"]);
}

#[tokio::test]
async fn arabic_words_match_by_their_stems_without_vowels_and_with_any_digits() {
    let text = "وقَّعت إيران اتفاقية الشراكة عام ٢٠٢٥ في موســـكو.";
    let (_scene, mut reader) = reading("ar", &[("s1", text)]).await;
    for query in ["ايران", "الاتفاقية", "وقعت", "2025", "۲۰۲۵", "موسكو", "الإيرانية"]
    {
        finds(&mut reader, &[(query, &["s1"])]).await;
    }
    finds(&mut reader, &[("العراق", &[])]).await;
    let answer = search(&mut reader, "وقعت موسكو 2025").await;
    assert_eq!(highlighted(&answer.hits[0]), ["وقَّعت", "٢٠٢٥", "موســـكو"]);
}

#[tokio::test]
async fn persian_words_match_across_keyboard_variants() {
    let text = "او سال ۱۴۰۴ به خانه می\u{200c}رود و كتاب‌های علي را می‌خواند.";
    let (_scene, mut reader) = reading("fa", &[("s1", text)]).await;
    let queries = [
        "میرود",
        "می رود",
        "می\u{200c}رود",
        "مي\u{200c}رود",
        "ميرود",
        "\"می رود\"",
        "\"خانه میرود\"",
        "\"میرود و\"",
        "1404",
        "١٤٠٤",
        "کتاب",
        "كتاب",
        "کتابهای",
        "علی",
        "علي",
        "خوان* می*",
        "میخوا*",
    ];
    for query in queries {
        finds(&mut reader, &[(query, &["s1"])]).await;
    }
    finds(&mut reader, &[("نمیرود", &[]), ("\"او میرود\"", &[])]).await;
    for query in ["میرود", "\"می رود\"", "مي\u{200c}رود"] {
        let answer = search(&mut reader, query).await;
        let shown = highlighted(&answer.hits[0]).concat();
        assert!(shown.starts_with("می") && shown.contains("رود"), "{query}: {shown}");
    }
    let answer = search(&mut reader, "ميرود کتابهای").await;
    assert_eq!(highlighted(&answer.hits[0]), ["می\u{200c}رود", "كتاب‌های"]);
}

#[tokio::test]
async fn phrases_prefixes_and_exclusions_are_supported() {
    let statements = [
        ("s1", "Gas exports to Europe fell."),
        ("s2", "Europe exports gas turbines."),
        ("s3", "A U.S.-led coalition met; policies of governments differed."),
    ];
    let (_scene, mut reader) = reading("en", &statements).await;
    finds(
        &mut reader,
        &[
            ("gas", &["s1", "s2"]),
            ("\"gas exports\"", &["s1"]),
            ("gas -turbines", &["s1"]),
            ("gas -\"gas exports\"", &["s2"]),
            ("turb*", &["s2"]),
            ("\"gas turb*\"", &["s2"]),
            ("\"gas turb\"*", &["s2"]),
            ("th*", &[]),
            ("governme*", &["s3"]),
            ("policie*", &["s3"]),
            ("\"of governmen*\"", &["s3"]),
            ("coalitions*", &["s3"]),
            ("U.S.-led", &["s3"]),
            ("\"led coalition\"", &["s3"]),
            ("fell OR coalition", &["s1", "s3"]),
            ("'; drop table statements; --", &[]),
            ("exports <-> | ! & ( :* gas", &["s1", "s2"]),
        ],
    )
    .await;
    let answer = search(&mut reader, "governme* coalit*").await;
    assert_eq!(highlighted(&answer.hits[0]), ["coalition", "governments"]);
}

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

pub(crate) fn ids_of(hit: &SearchHit) -> &str {
    hit.statement.as_ref().map_or("title", |statement| statement.id.as_str())
}

fn facet(answer: &SearchBriefsResponse, dimension: SearchDimension) -> Vec<(&str, i32)> {
    let facets = answer.facets.iter().filter(|facet| facet.dimension() == dimension);
    let values = facets.flat_map(|facet| &facet.values);
    values.map(|value| (value.value.as_str(), value.count)).collect()
}

/// Builds a brief whose statements have every facet.
fn rich(kind: BriefKind, secret: &str) -> BriefContent {
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

#[tokio::test]
async fn a_word_of_a_withheld_statement_matches_and_counts_nothing() {
    let scene = Scene::new().await;
    scene.published("b1", rich(BriefKind::Country, "The zirconium is oil for them.")).await;
    let mut clear = scene.reader("TLP:CLEAR").await;
    for query in ["zirconium", "zirc*", "zirconium OR uranium", "\"zirconium is oil\""] {
        assert_eq!(search(&mut clear, query).await, SearchBriefsResponse::default(), "{query}");
    }
    let answer = search(&mut clear, "oil").await;
    let bytes = answer.encode_to_vec();
    let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(holds("iran") && !holds("zirconium") && !holds("courier") && !holds("TLP:RED"));
    assert_eq!(ids(&search(&mut scene.reader("TLP:RED").await, "zirconium").await), ["s3"]);
}

#[tokio::test]
async fn only_the_newest_revision_visible_to_the_caller_is_found() {
    let scene = Scene::new().await;
    let first = brief("en", "One", vec![statement("s1", "Zinc was here.")]);
    let mut second = brief("en", "Two", vec![marked("s1", "Tin is here.", "TLP:AMBER")]);
    second.default_marking = "TLP:AMBER".into();
    let documents = vec![document("b1", 1, first), document("b1", 2, second)];
    scene.briefs(&scene.admin).import_brief(import(documents)).await.unwrap();
    let mut amber = scene.reader("TLP:AMBER").await;
    assert_eq!(search(&mut amber, "zinc").await.total_size, 0);
    assert_eq!(ids(&search(&mut amber, "tin").await), ["s1"]);
    // For callers without the second revision, the first is the newest.
    let mut clear = scene.reader("TLP:CLEAR").await;
    assert_eq!(ids(&search(&mut clear, "zinc").await), ["s1"]);
    assert_eq!(search(&mut clear, "tin").await.total_size, 0);
}

#[tokio::test]
async fn a_filter_narrows_hits_and_counts() {
    let scene = Scene::new().await;
    scene.published("b1", rich(BriefKind::Country, "Oil is bought in secret.")).await;
    scene.published("b2", rich(BriefKind::Event, "Nothing here.")).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let filtered = |filter: &str| SearchBriefsRequest { filter: filter.into(), ..request("oil") };
    for (filter, found) in [
        ("brief = b2", 2),
        ("type = STATEMENT_TYPE_FORECAST", 2),
        ("likelihood = LIKELIHOOD_TERM_ICD203_LIKELY AND kind = BRIEF_KIND_EVENT", 1),
        ("actor:russia", 2),
        ("domain = energy AND NOT brief = b1", 1),
        ("horizon = 2026", 2),
        ("marking > TLP:GREEN", 0),
    ] {
        let answer = reader.search_briefs(filtered(filter)).await.unwrap().into_inner();
        assert_eq!(answer.total_size, found, "{filter}");
        let counted: i32 = facet(&answer, SearchDimension::BriefKind).iter().map(|value| value.1).sum();
        assert_eq!(counted, found, "{filter}");
    }
    let refusal = reader.search_briefs(filtered("colour = red")).await;
    refused_at(refusal, Reason::InvalidFilter, "filter");
}

/// Publishes briefs of a hundred statements each that contain "copper".
async fn copper(scene: &Scene, hundreds: usize) {
    for brief_number in 0..hundreds {
        let statements = (0..100)
            .map(|number| statement(format!("s{number}"), format!("Copper is number {number}.")))
            .collect();
        scene.published(&format!("b{brief_number}"), brief("en", "Metals", statements)).await;
    }
}

#[tokio::test]
async fn more_than_a_thousand_matches_are_marked_as_truncated() {
    let scene = Scene::new().await;
    copper(&scene, 10).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let answer = search(&mut reader, "copper").await;
    assert_eq!((answer.total_size, answer.truncated, answer.hits.len()), (1000, false, 20));
    let extra = brief("en", "One more", vec![statement("s1", "Copper again.")]);
    scene.published("more", extra).await;
    let answer = search(&mut reader, "copper").await;
    assert_eq!((answer.total_size, answer.truncated), (1000, true));
    assert_eq!(facet(&answer, SearchDimension::BriefKind), [("BRIEF_KIND_THEMATIC", 1000)]);
    assert_eq!(search(&mut reader, "copper \"number 7\"").await.total_size, 10);
}

#[tokio::test]
async fn pages_have_no_gaps_and_no_repeats() {
    let scene = Scene::new().await;
    copper(&scene, 2).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let whole = SearchBriefsRequest { page_size: 1000, ..request("copper") };
    let whole = reader.search_briefs(whole).await.unwrap().into_inner();
    assert_eq!(whole.hits.len(), 100);
    let mut seen = Vec::new();
    let mut search_request = SearchBriefsRequest { page_size: 33, ..request("copper") };
    loop {
        let page = reader.search_briefs(search_request.clone()).await.unwrap().into_inner();
        assert_eq!((page.total_size, page.facets.is_empty()), (200, !search_request.page_token.is_empty()));
        let place = |hit: SearchHit| (hit.rank_e6, hit.revision, hit.statement.unwrap().id);
        seen.extend(page.hits.into_iter().map(place));
        if page.next_page_token.is_empty() {
            break;
        }
        search_request.page_token = page.next_page_token;
    }
    assert_eq!(seen.len(), 200);
    assert!(seen.windows(2).all(|pair| pair[0].0 >= pair[1].0));
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), 200);
    // Equal ranks are ordered by brief, then in reading order.
    assert_eq!((seen[0].1.as_str(), seen[0].2.as_str()), ("workspaces/default/briefs/b0/revisions/1", "s0"));
    assert_eq!(seen[1].2, "s1");
}

#[tokio::test]
async fn a_page_token_of_another_search_is_rejected() {
    let scene = Scene::new().await;
    copper(&scene, 1).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let token = search(&mut reader, "copper").await.next_page_token;
    let with = |search_request: SearchBriefsRequest| SearchBriefsRequest {
        page_token: token.clone(),
        ..search_request
    };
    reader.search_briefs(with(request("copper"))).await.unwrap();
    let filtered = SearchBriefsRequest { filter: "brief = b0".into(), ..request("copper") };
    let spoken = SearchBriefsRequest { language: "en".into(), ..request("copper") };
    for other in [request("number"), filtered, spoken] {
        let refusal = reader.search_briefs(with(other)).await;
        refused_at(refusal, Reason::InvalidPageToken, "page_token");
    }
    let refusal =
        reader.search_briefs(SearchBriefsRequest { page_token: "AAAA".into(), ..request("copper") }).await;
    refused_at(refusal, Reason::InvalidPageToken, "page_token");
}

#[tokio::test]
async fn malformed_queries_are_rejected_by_field() {
    let (scene, mut reader) = reading("en", &[("s1", "Words.")]).await;
    let megabyte = "copper ".repeat(150_000);
    let many = "a ".repeat(33);
    for query in
        ["", " ", "***", "-", "&|!()", "\"\"", "-copper", "a\0b", "\"open", "OR a", "a OR", &megabyte, &many]
    {
        let refusal = reader.search_briefs(request(query)).await;
        refused_at(refusal, Reason::InvalidQuery, "query");
    }
    let search_request = request("copper");
    let refusal =
        reader.search_briefs(SearchBriefsRequest { language: "e n".into(), ..search_request.clone() }).await;
    refused_at(refusal, Reason::InvalidField, "language");
    let refusal = reader.search_briefs(SearchBriefsRequest { page_size: -1, ..search_request.clone() }).await;
    refused_at(refusal, Reason::InvalidField, "page_size");
    let refusal = reader
        .search_briefs(SearchBriefsRequest { parent: "default".into(), ..search_request.clone() })
        .await;
    refused_at(refusal, Reason::InvalidName, "parent");
    let refusal =
        reader.search_briefs(SearchBriefsRequest { at_least: "zzz".into(), ..search_request.clone() }).await;
    refused_at(refusal, Reason::InvalidCursor, "at_least");
    let elsewhere = SearchBriefsRequest { parent: "workspaces/elsewhere".into(), ..search_request.clone() };
    refused(reader.search_briefs(elsewhere).await, Code::PermissionDenied, Reason::PermissionDenied);
    let worker = scene.briefs(&scene.worker).search_briefs(search_request).await;
    refused(worker, Code::PermissionDenied, Reason::PermissionDenied);
}

#[tokio::test]
async fn queries_are_stemmed_in_the_requested_language_or_in_all_that_occur() {
    let scene = Scene::new().await;
    scene.published("b1", brief("en", "#", vec![statement("en1", "The gifts were many.")])).await;
    scene.published("b2", brief("de", "#", vec![statement("de1", "Die Gifte waren viele.")])).await;
    scene.published("b3", brief("sw", "#", vec![statement("sw1", "Zawadi na the gifts.")])).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    // English and German stem them alike; a language without a stemmer matches the words themselves.
    finds(
        &mut reader,
        &[
            ("gift", &["de1", "en1"]),
            ("gifts", &["de1", "en1", "sw1"]),
            ("the gifts", &["de1", "en1", "sw1"]),
            ("zawadi", &["sw1"]),
        ],
    )
    .await;
    for (language, found) in [("en", ["de1", "en1"].as_slice()), ("sw", &["sw1"]), ("en-GB", &["de1", "en1"])]
    {
        let search_request = SearchBriefsRequest { language: language.into(), ..request("the gifts") };
        let answer = reader.search_briefs(search_request).await.unwrap().into_inner();
        let mut shown = ids(&answer);
        shown.sort_unstable();
        assert_eq!(shown, found, "{language}");
    }
}

#[tokio::test]
async fn an_excluded_word_is_excluded_whatever_other_languages_the_workspace_has() {
    let scene = Scene::new().await;
    scene.published("b1", brief("en", "#", vec![statement("en1", "Tankers carry sanctioned oil.")])).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let expected: &[(&str, &[&str])] = &[
        ("oil", &["en1"]),
        ("oil -sanctioned", &[]),
        ("oil -\"sanctioned oil\"", &[]),
        ("oil -the", &["en1"]),
    ];
    finds(&mut reader, expected).await;
    for (number, language) in ["de", "ar", "fr", "ru", "sw"].into_iter().enumerate() {
        let other = brief(language, "#", vec![statement("x1", "0")]);
        scene.published(&format!("other{number}"), other).await;
        finds(&mut reader, expected).await;
    }
}

#[tokio::test]
async fn a_search_with_a_writes_cursor_finds_the_write() {
    let scene = Scene::new().await;
    let mut admin = scene.briefs(&scene.admin);
    let written = vec![document("b1", 1, brief("en", "#", vec![statement("s1", "Molybdenum.")]))];
    let cursor = admin.import_brief(import(written)).await.unwrap().into_inner().cursor;
    assert!(!cursor.is_empty());
    let search_request = SearchBriefsRequest { at_least: cursor, ..request("molybdenum") };
    assert_eq!(ids(&admin.search_briefs(search_request).await.unwrap().into_inner()), ["s1"]);
}
