//! Search across spellings, normalization forms and cases of any script, in databases of any locale.

use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::{
    Actor, ActorKind, ListActorsRequest, ListBriefsRequest, ListStatementsRequest, SearchBriefsRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_store::{VerifyEvent, VerifyOptions};
use chancery_testkit::content::statement;
use chancery_testkit::status_refusals::refused_at;

use crate::scene::Scene;
use crate::search::scene::{brief, finds, highlighted, ids, ids_of, reading, request, search};

/// Texts in upper case, which the database's locale may not know, and queries in lower case.
#[tokio::test]
async fn letters_match_in_either_case_in_a_database_of_any_locale() {
    let statements = [
        ("s1", "САНКЦИИ против Газпрома"),
        ("s2", "ÜBERGÄNGE nach Österreich"),
        ("s3", "Η ΕΛΛΆΔΑ και η Κύπρος"),
        ("s4", "İSTANBUL ve Ankara"),
        ("s5", "رئیس جمهور ایران"),
        ("s6", "中国 和 俄罗斯"),
        ("s7", "भारत और रूस"),
        ("s8", "ÉLECTIONS à Orléans"),
    ];
    let locales = [
        "locale 'C'",
        "locale 'POSIX'",
        "locale 'C.UTF-8'",
        "locale_provider icu icu_locale 'und' locale 'C'",
        "locale_provider icu icu_locale 'tr' locale 'C.UTF-8'",
    ];
    for locale in locales {
        let scene = Scene::in_locale(locale).await;
        let statements = statements.iter().map(|(id, text)| statement(*id, *text)).collect();
        let mut content = brief("ru", "#", statements);
        let names = ["Владимир Путин", "Gerhard Schröder", "علی خامنه‌ای", "Recep Tayyip Erdoğan"];
        content.actors = (1..)
            .zip(names)
            .map(|(number, name)| Actor {
                id: format!("a{number}"),
                name: name.into(),
                kind: ActorKind::Person.into(),
                ..Actor::default()
            })
            .collect();
        scene.published("b1", content).await;
        for language in ["de", "en"] {
            scene.published(language, brief(language, "#", vec![statement("other", "#")])).await;
        }
        let mut reader = scene.reader("TLP:CLEAR").await;
        for (query, found) in [
            ("санкций", "s1"),
            ("ГАЗПРОМ", "s1"),
            ("übergänge", "s2"),
            ("ÖSTERREICH", "s2"),
            ("ελλάδα", "s3"),
            ("ΚΎΠΡΟΣ", "s3"),
            ("istanbul", "s4"),
            ("ANKARA", "s4"),
            ("رییس", "s5"),
            ("俄罗斯", "s6"),
            ("भारत", "s7"),
            ("élections", "s8"),
        ] {
            let answer = search(&mut reader, query).await;
            assert_eq!(ids(&answer), [found], "{query} in a database of {locale}");
            assert_eq!(answer.hits[0].highlights.len(), 1, "{query} in a database of {locale}");
        }
        let mut knowledge = scene.knowledge(&[Role::Reader], "TLP:CLEAR").await;
        for (query, found) in
            [("путен", "a1"), ("SCHRÖDER", "a2"), ("schroder", "a2"), ("خامنه‌اي", "a3"), ("ERDOGAN", "a4")]
        {
            let request = ListActorsRequest {
                parent: "workspaces/default".into(),
                query: query.into(),
                ..ListActorsRequest::default()
            };
            let actors = knowledge.list_actors(request).await.unwrap().into_inner().actors;
            let ids: Vec<&str> =
                actors.iter().map(|entry| entry.actor.as_ref().unwrap().id.as_str()).collect();
            assert_eq!(ids, [found], "{query} in a database of {locale}");
        }
        for filter in ["text : \"ГАЗПРОМ\"", "text : \"газпром\""] {
            let request = ListStatementsRequest {
                parent: "workspaces/default".into(),
                filter: filter.into(),
                ..ListStatementsRequest::default()
            };
            let listed = knowledge.list_statements(request).await.unwrap().into_inner().statements;
            assert_eq!(listed.len(), 1, "{filter} in a database of {locale}");
        }
        let mut findings = Vec::new();
        let keep = |found| {
            if let VerifyEvent::Found(finding) = found {
                findings.push(finding);
            }
        };
        scene.store().await.integrity().verify(VerifyOptions { artifacts: false }, keep).await.unwrap();
        assert!(findings.is_empty(), "{findings:?} in a database of {locale}");
    }
}

/// Composed letters, and the same letters decomposed, as in file names of macOS and from some keyboards.
#[tokio::test]
async fn queries_and_filters_match_across_normalization_forms() {
    use unicode_normalization::UnicodeNormalization as _;
    let scene = Scene::new().await;
    let title = "Über Łódź und São Tomé";
    let mut content = brief("de", title, vec![statement("s1", "Die Grüße aus Ålesund, von einem Müller.")]);
    content.tags = vec!["Öl".into()];
    content.actors = vec![Actor {
        id: "a1".into(),
        name: "Björn Ångström".into(),
        kind: ActorKind::Person.into(),
        ..Actor::default()
    }];
    scene.published("b1", content).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    for query in ["grüße", "Ålesund", "\"einem Müller\"", "Mül*"] {
        let query: String = query.nfd().collect();
        assert_eq!(ids(&search(&mut reader, &query).await), ["s1"], "{query}");
    }
    let longest: String = "ü ".repeat(500).nfd().collect();
    assert!(longest.chars().count() > 1_000);
    refused_at(reader.search_briefs(request(&longest)).await, Reason::InvalidQuery, "query");
    let longest: String = format!("{} grüße", "ü".repeat(990)).nfd().collect();
    assert_eq!(ids(&search(&mut reader, &longest).await), Vec::<&str>::new());
    let listed = async |filter: String| {
        let request = ListBriefsRequest {
            parent: "workspaces/default".into(),
            filter: filter.nfd().collect(),
            ..ListBriefsRequest::default()
        };
        reader.clone().list_briefs(request).await.unwrap().into_inner().briefs.len()
    };
    assert_eq!(listed("title : \"über łódź\"".into()).await, 1);
    assert_eq!(listed(format!("title = \"{title}\"")).await, 1);
    assert_eq!(listed("tags : \"Öl\"".into()).await, 1);
    assert_eq!(listed("tags : Öl".into()).await, 1);
    let mut knowledge = scene.knowledge(&[Role::Reader], "TLP:CLEAR").await;
    let query: String = "Björn Ångström".nfd().collect();
    let named = ListActorsRequest { parent: "workspaces/default".into(), query, ..Default::default() };
    let actors = knowledge.list_actors(named).await.unwrap().into_inner().actors;
    assert_eq!(actors[0].similarity_permille, 1_000);
}

/// Pairs of spellings of one word that must match each other.
#[tokio::test]
async fn persian_words_match_in_every_spelling_of_hamza_and_yeh() {
    let pairs = [
        ("رئیس جمهور", "رییس جمهور"),
        ("رئيس", "رییس"),
        ("مسأله", "مساله"),
        ("مسأله", "مسئله"),
        ("مسئله", "مساله"),
        ("مسئول", "مسؤول"),
        ("مسائل", "مسایل"),
        ("جرأت", "جرئت"),
        ("هیأت", "هیئت"),
        ("تأثیر", "تاثیر"),
        ("مؤسسه", "موسسه"),
        ("پائیز", "پاییز"),
        ("امضاء", "امضا"),
        ("شیء", "شی"),
        ("قرآن", "قران"),
        ("خانهٔ", "خانه"),
        ("دایرة", "دایره"),
        ("ايراني", "ایرانی"),
        ("موسى", "موسی"),
        ("كتاب", "کتاب"),
        ("مُحَمَّد", "محمد"),
        ("ایـــران", "ایران"),
        ("۱۴۰۳", "١٤٠٣"),
        ("1403", "۱۴۰۳"),
        ("می‌رود", "میرود"),
        ("می رود", "می‌رود"),
        ("نمی رود", "نمیرود"),
        ("کتاب‌های", "کتابهای"),
        ("کتاب های", "کتاب‌های"),
        ("کتاب های", "کتابهای"),
        ("بزرگ ترین", "بزرگترین"),
    ];
    let texts: Vec<String> = pairs
        .iter()
        .flat_map(|(one, other)| [one, other])
        .map(|spelling| format!("گفته شد {spelling} آنجا"))
        .collect();
    let ids_and_texts: Vec<(String, &str)> =
        texts.iter().enumerate().map(|(number, text)| (format!("s{number:02}"), text.as_str())).collect();
    let statements: Vec<(&str, &str)> = ids_and_texts.iter().map(|(id, text)| (id.as_str(), *text)).collect();
    let (_scene, mut reader) = reading("fa", &statements).await;
    for (number, (one, other)) in pairs.iter().enumerate() {
        let both = [format!("s{:02}", 2 * number), format!("s{:02}", 2 * number + 1)];
        for query in [one, other] {
            let request = SearchBriefsRequest { page_size: 100, ..request(&format!("\"{query}\"")) };
            let answer = reader.search_briefs(request).await.unwrap().into_inner();
            let found = ids(&answer);
            for id in &both {
                let hit = answer.hits.iter().find(|hit| ids_of(hit) == *id);
                let hit =
                    hit.unwrap_or_else(|| panic!("{query} finds {found:?}, not {id} of {one}, {other}"));
                // The highlight covers exactly the text's own spelling.
                let spelling = if *id == both[0] { one } else { other };
                let letters = |text: &str| text.replace([' ', '\u{200c}'], "");
                assert_eq!(letters(&highlighted(hit).concat()), letters(spelling), "{query} in {}", hit.text);
            }
        }
    }
    // Spellings in a phrase may differ from word to word, and prefixes match any spelling.
    finds(&mut reader, &[("مسئل* جمهور", &[])]).await;
    let answer = search(&mut reader, "مسأل*").await;
    assert!(ids(&answer).len() >= 6, "{:?}", ids(&answer));
}

#[tokio::test]
async fn distinct_persian_words_do_not_match() {
    let (_scene, mut reader) = reading("fa", &[("s1", "میز در میدان رود"), ("s2", "رئیس آمد")]).await;
    finds(&mut reader, &[("می", &[]), ("دان", &[]), ("راس", &[]), ("رس", &[])]).await;
}
