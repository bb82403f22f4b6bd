use std::collections::BTreeSet;

use chancery_store::Store;

use crate::fixture::{Fixture, brief_name, canonical, content, person};

/// Writes and publishes a brief repeatedly, as one of many writers.
async fn publish_often(store: Store, brief: String, times: usize) {
    let (admin, brief) = (person("TLP:RED"), brief_name(&brief));
    store.briefs().create(&admin, &brief, &canonical(&content("0"))).await.unwrap();
    for round in 1..=times {
        let draft = store.briefs().draft(&admin, &brief).await.unwrap();
        let written = canonical(&content(&round.to_string()));
        let draft = store.briefs().update_draft(&admin, &brief, &draft.etag, &written).await.unwrap();
        let (published, _) = store.briefs().publish(&admin, &brief, &draft.etag).await.unwrap();
        assert_eq!(usize::try_from(published.revision), Ok(round));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_dense_under_eight_publishers() {
    let fixture = Fixture::new().await;
    let publishers: Vec<_> = (0..8)
        .map(|index| tokio::spawn(publish_often(fixture.store.clone(), format!("brief-{index}"), 5)))
        .collect();
    for publisher in publishers {
        publisher.await.unwrap();
    }
    let numbers =
        fixture.rows("select number from change_log where workspace_id = 'default' order by number");
    let expected: Vec<String> = (1..=40).map(|number| number.to_string()).collect();
    assert_eq!(numbers, expected);
    assert_eq!(
        fixture.rows("select last_number from change_counters where workspace_id = 'default'"),
        ["40"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_concurrent_publishes_of_a_draft_return_the_same_revision() {
    let fixture = Fixture::new().await;
    let (admin, brief) = (person("TLP:RED"), brief_name("b1"));
    fixture.store.briefs().create(&admin, &brief, &canonical(&content("One"))).await.unwrap();
    let etag = fixture.store.briefs().draft(&admin, &brief).await.unwrap().etag;
    let publishers: Vec<_> = (0..8)
        .map(|_| {
            let (store, etag) = (fixture.store.clone(), etag.clone());
            tokio::spawn(
                async move { store.briefs().publish(&person("TLP:RED"), &brief_name("b1"), &etag).await },
            )
        })
        .collect();
    let mut answers = BTreeSet::new();
    for publisher in publishers {
        answers.insert(publisher.await.unwrap().unwrap().0.revision);
    }
    assert_eq!(answers, BTreeSet::from([1]));
    assert_eq!(fixture.rows("select count(*) from change_log where workspace_id = 'default'"), ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_eight_concurrent_updates_with_the_same_etag_succeeds() {
    let fixture = Fixture::new().await;
    let (admin, brief) = (person("TLP:RED"), brief_name("b1"));
    fixture.store.briefs().create(&admin, &brief, &canonical(&content("One"))).await.unwrap();
    let etag = fixture.store.briefs().draft(&admin, &brief).await.unwrap().etag;
    let writers: Vec<_> = (0..8)
        .map(|index| {
            let (store, etag) = (fixture.store.clone(), etag.clone());
            let written = canonical(&content(&format!("By {index}")));
            tokio::spawn(async move {
                store
                    .briefs()
                    .update_draft(&person("TLP:RED"), &brief_name("b1"), &etag, &written)
                    .await
                    .is_ok()
            })
        })
        .collect();
    let mut succeeded = 0;
    for writer in writers {
        succeeded += usize::from(writer.await.unwrap());
    }
    assert_eq!(succeeded, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_eight_concurrent_imports_writes_and_the_others_skip() {
    let fixture = Fixture::new().await;
    let imports: Vec<_> = (0..8)
        .map(|_| {
            let store = fixture.store.clone();
            let documents =
                [1, 2].map(|number| crate::fixture::document(number, content(&number.to_string())));
            tokio::spawn(async move {
                store.briefs().import(&person("TLP:RED"), &brief_name("b1"), &documents).await
            })
        })
        .collect();
    let mut written = 0;
    for import in imports {
        written += import.await.unwrap().unwrap().0.written.len();
    }
    assert_eq!(written, 2);
}
