//! Words match by their stems, in each language.

use chancery_proto::brief::v1::SearchBriefsRequest;
use chancery_testkit::content::statement;

use crate::scene::Scene;
use crate::search::scene::{brief, finds, highlighted, ids, reading, request, search};

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
