//! The limit of a workspace's queued tasks.

use chancery_proto::render::v1::RenderPriority::Normal;
use chancery_store::{RequestedRender, Result, StoreError};

use crate::fixture::Fixture;
use crate::queue_scene::{Requester, scene};

async fn limited(limit: u32) -> Fixture {
    let mut fixture = scene().await;
    fixture.store = fixture.store.clone().with_queue_limit(limit);
    fixture
}

async fn requested(fixture: &Fixture, by: &Requester, number: usize) -> Result<RequestedRender> {
    fixture.store.renders().request(&by.principal, &by.render(number, Normal)).await
}

#[tokio::test]
async fn one_render_too_many_is_refused_and_an_equal_one_joins() {
    let fixture = limited(3).await;
    let (here, there) = (Requester::here(), fixture.requester_in("other").await);
    for number in 0..3 {
        fixture.queued(&here, number, Normal).await;
    }
    for _ in 0..2 {
        let refused = requested(&fixture, &here, 3).await.unwrap_err();
        assert!(matches!(refused, StoreError::QueueFull { limit: 3 }), "{refused}");
    }
    assert!(!requested(&fixture, &here, 2).await.unwrap().is_new_task);
    assert!(requested(&fixture, &there, 3).await.unwrap().is_new_task);
    assert_eq!(fixture.rows("select count(*) from render_tasks where workspace_id = 'default'"), ["3"]);

    // Ended tasks make room, and requests for finished ones need none.
    fixture.ended(&fixture.leased_one().await).await;
    assert!(requested(&fixture, &here, 3).await.unwrap().is_new_task);
    requested(&fixture, &here, 4).await.unwrap_err();
    assert!(!requested(&fixture, &here, 0).await.unwrap().is_new_task);
}

#[tokio::test]
async fn a_changed_limit_applies_from_the_next_render() {
    let mut fixture = limited(8).await;
    let here = Requester::here();
    for number in 0..4 {
        fixture.queued(&here, number, Normal).await;
    }
    fixture.store = fixture.store.clone().with_queue_limit(4);
    requested(&fixture, &here, 4).await.unwrap_err();
    fixture.store = fixture.store.clone().with_queue_limit(5);
    fixture.queued(&here, 4, Normal).await;
    requested(&fixture, &here, 5).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_requests_fill_the_queue_exactly_to_its_limit() {
    let fixture = limited(10).await;
    let requests: Vec<_> = (0..64)
        .map(|number| {
            let (store, here) = (fixture.store.clone(), Requester::here());
            tokio::spawn(async move {
                store.renders().request(&here.principal, &here.render(number, Normal)).await
            })
        })
        .collect();
    let mut taken = 0;
    for request in requests {
        match request.await.unwrap() {
            Ok(requested) => taken += u32::from(requested.is_new_task),
            Err(error) => assert!(matches!(error, StoreError::QueueFull { .. }), "{error}"),
        }
    }
    assert_eq!(taken, 10);
    assert_eq!(fixture.rows("select count(*) from render_queue"), ["10"]);
}
