use chancery_store::{Role, StoreError};

use crate::fixture::{Fixture, brief_name, canonical, content, content_at, person, with_role};

#[tokio::test]
async fn a_stale_etag_is_refused_and_each_write_makes_a_new_one() {
    let fixture = Fixture::new().await;
    let (admin, brief) = (person("TLP:RED"), brief_name("b1"));
    fixture.store.briefs().create(&admin, &brief, &canonical(&content("One"))).await.unwrap();
    let first = fixture.store.briefs().draft(&admin, &brief).await.unwrap();
    let same = canonical(&content("One"));
    let second = fixture.store.briefs().update_draft(&admin, &brief, &first.etag, &same).await.unwrap();
    assert_ne!(first.etag, second.etag);
    let refused = fixture.store.briefs().update_draft(&admin, &brief, &first.etag, &same).await.unwrap_err();
    assert!(matches!(refused, StoreError::StaleEtag), "{refused}");
    let refused = fixture.store.briefs().publish(&admin, &brief, &first.etag).await.unwrap_err();
    assert!(matches!(refused, StoreError::StaleEtag), "{refused}");
}

#[tokio::test]
async fn publishing_an_equal_draft_returns_the_newest_revision() {
    let fixture = Fixture::new().await;
    let (admin, brief) = (person("TLP:RED"), brief_name("b1"));
    fixture.store.briefs().create(&admin, &brief, &canonical(&content("One"))).await.unwrap();
    let draft = fixture.store.briefs().draft(&admin, &brief).await.unwrap();
    let (first, _) = fixture.store.briefs().publish(&admin, &brief, &draft.etag).await.unwrap();
    let (again, _) = fixture.store.briefs().publish(&admin, &brief, &draft.etag).await.unwrap();
    assert_eq!((first.revision, &first), (1, &again));
    assert_eq!(fixture.rows("select last_number from change_counters where workspace_id = 'default'"), ["1"]);

    let written = canonical(&content("Two"));
    let draft = fixture.store.briefs().update_draft(&admin, &brief, &draft.etag, &written).await.unwrap();
    assert_eq!(fixture.store.briefs().publish(&admin, &brief, &draft.etag).await.unwrap().0.revision, 2);
}

#[tokio::test]
async fn only_authors_who_may_see_the_draft_learn_that_a_brief_is_unpublished() {
    let fixture = Fixture::new().await;
    let brief = brief_name("b1");
    let content = canonical(&content_at("One", "TLP:AMBER"));
    fixture.store.briefs().create(&person("TLP:RED"), &brief, &content).await.unwrap();
    let author = with_role(Role::Author, "TLP:AMBER");
    let answer = fixture.store.briefs().newest_edition(&author, &brief).await.unwrap_err();
    assert!(matches!(answer, StoreError::NotPublished(_)), "{answer}");
    for other in [with_role(Role::Reader, "TLP:RED"), with_role(Role::Author, "TLP:GREEN")] {
        let answer = fixture.store.briefs().newest_edition(&other, &brief).await.unwrap_err();
        assert!(matches!(answer, StoreError::NotFound(_)), "{answer}");
    }
}

#[tokio::test]
async fn a_draft_is_closed_below_its_highest_marking_before_and_after_a_write() {
    let fixture = Fixture::new().await;
    let brief = brief_name("b1");
    fixture.store.briefs().create(&person("TLP:RED"), &brief, &canonical(&content("One"))).await.unwrap();
    let amber = person("TLP:AMBER");
    let etag = fixture.store.briefs().draft(&person("TLP:RED"), &brief).await.unwrap().etag;
    let lower = canonical(&content_at("Lower", "TLP:CLEAR"));
    for refused in [
        fixture.store.briefs().draft(&amber, &brief).await.unwrap_err(),
        fixture.store.briefs().update_draft(&amber, &brief, &etag, &lower).await.unwrap_err(),
        fixture.store.briefs().publish(&amber, &brief, &etag).await.unwrap_err(),
        fixture
            .store
            .briefs()
            .create(&amber, &brief_name("b2"), &canonical(&content("Two")))
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(refused, StoreError::ClearanceTooLow(_)), "{refused}");
    }
    let lowered =
        fixture.store.briefs().update_draft(&person("TLP:RED"), &brief, &etag, &lower).await.unwrap();
    let refused =
        fixture.store.briefs().update_draft(&amber, &brief, &lowered.etag, &canonical(&content("Up"))).await;
    assert!(matches!(refused.unwrap_err(), StoreError::ClearanceTooLow(_)));
    fixture.store.briefs().publish(&amber, &brief, &lowered.etag).await.unwrap();
}

#[tokio::test]
async fn an_id_in_use_is_forbidden_to_those_who_may_not_learn_of_the_brief() {
    let fixture = Fixture::new().await;
    fixture.published("taken", content_at("Hidden", "TLP:RED")).await;
    let mine = canonical(&content_at("Mine", "TLP:CLEAR"));
    let refused =
        fixture.store.briefs().create(&person("TLP:GREEN"), &brief_name("taken"), &mine).await.unwrap_err();
    assert!(matches!(refused, StoreError::Forbidden(_)), "{refused}");
    let refused =
        fixture.store.briefs().create(&person("TLP:RED"), &brief_name("taken"), &mine).await.unwrap_err();
    assert!(matches!(refused, StoreError::AlreadyExists(_)), "{refused}");
    let hidden = fixture.store.briefs().draft(&person("TLP:GREEN"), &brief_name("taken")).await.unwrap_err();
    assert!(matches!(hidden, StoreError::NotFound(_)), "{hidden}");
}
