//! Concurrent reads: each gets its own answer, and none waits for a cancelled one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chancery_store::{Principal, StoreError};
use tokio::task::JoinHandle;

use crate::fixture::{Fixture, brief_name, content, content_at, document, person};

/// A short form of a read's result.
type Reading = JoinHandle<Result<String, String>>;

fn read(fixture: &Arc<Fixture>, reader: Principal, brief: String) -> Reading {
    let store = fixture.store.clone();
    tokio::spawn(async move {
        let found = store.briefs().newest_edition(&reader, &brief_name(&brief)).await;
        found.map(|edition| edition.digest.to_string()).map_err(|refused| refused.to_string())
    })
}

/// Briefs of which lower clearances see less, one of which they see nothing, and the name of one that does not exist.
async fn filled() -> (Arc<Fixture>, Vec<String>) {
    let fixture = Arc::new(Fixture::new().await);
    for number in 1..=5 {
        fixture.published(&format!("b{number}"), content(&format!("Title {number}"))).await;
    }
    fixture.published("hidden", content_at("Hidden", "TLP:AMBER")).await;
    let briefs = ["b1", "b2", "b3", "b4", "b5", "hidden", "never-made"].map(str::to_owned);
    (fixture, briefs.into())
}

const CLEARANCES: [&str; 3] = ["TLP:CLEAR", "TLP:AMBER+STRICT", "TLP:RED"];

/// Blocks every read of editions until it is rolled back.
async fn block_reads(fixture: &Fixture) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let pool = sqlx::PgPool::connect(fixture.database.url()).await.unwrap();
    let mut lock = pool.begin().await.unwrap();
    sqlx::query("lock table editions in access exclusive mode").execute(&mut *lock).await.unwrap();
    lock
}

/// Counts statements that wait for the lock.
fn waiting(fixture: &Fixture) -> usize {
    let rows = fixture.rows(
        "select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    );
    rows.iter().filter(|row| !row.is_empty()).count()
}

async fn until_so_many_wait(fixture: &Fixture, number: usize) {
    for _ in 0..500 {
        if waiting(fixture) == number {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} wait", waiting(fixture));
}

/// Waits until as many readers wait as may read concurrently.
async fn block_reads_until(
    fixture: &Arc<Fixture>,
    one: impl Fn() -> Reading,
) -> (sqlx::Transaction<'static, sqlx::Postgres>, Vec<Reading>) {
    let lock = block_reads(fixture).await;
    let first = (0..4).map(|_| one()).collect();
    until_so_many_wait(fixture, 4).await;
    (lock, first)
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_reads_return_the_same_as_single_reads() {
    let (fixture, briefs) = filled().await;
    let mut alone = Vec::new();
    for brief in &briefs {
        for clearance in CLEARANCES {
            alone.push((clearance, brief, read(&fixture, person(clearance), brief.clone()).await.unwrap()));
        }
    }
    assert!(alone.iter().any(|(_, _, answer)| answer.is_err()));
    let lock = block_reads(&fixture).await;
    let crowd: Vec<_> = std::iter::repeat_n(&alone, 20)
        .flatten()
        .map(|(clearance, brief, answer)| (read(&fixture, person(clearance), (*brief).clone()), answer))
        .collect();
    // As many statements as allowed run for all readers, until they are released.
    until_so_many_wait(&fixture, 4).await;
    lock.rollback().await.unwrap();
    for (read, answer) in crowd {
        assert_eq!(&read.await.unwrap(), answer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_read_does_not_delay_the_others() {
    let (fixture, _) = filled().await;
    let one = || read(&fixture, person("TLP:RED"), "b1".to_owned());
    let answer = one().await.unwrap();
    let (lock, first) = block_reads_until(&fixture, one).await;
    let crowd: Vec<_> = (0..40).map(|_| one()).collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    first.iter().chain(crowd.iter().step_by(2)).for_each(JoinHandle::abort);
    lock.rollback().await.unwrap();
    for read in crowd.into_iter().skip(1).step_by(2) {
        assert_eq!(read.await.unwrap(), answer);
    }
    // All slots are free again.
    let (lock, again) = block_reads_until(&fixture, one).await;
    lock.rollback().await.unwrap();
    for read in again {
        assert_eq!(read.await.unwrap(), answer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_batch_does_not_fail_the_reads_in_it() {
    let (fixture, _) = filled().await;
    let one = || read(&fixture, person("TLP:RED"), "b1".to_owned());
    let answer = one().await.unwrap();
    let (lock, first) = block_reads_until(&fixture, one).await;
    let crowd: Vec<_> = (0..20).map(|_| one()).collect();
    let broken_off = "select pg_terminate_backend(pid) from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database()";
    assert_eq!(fixture.rows(broken_off).len(), 4);
    for read in first {
        assert!(read.await.unwrap().is_err());
    }
    // Batches of the other readers now wait; these are terminated too.
    until_so_many_wait(&fixture, 3).await;
    assert_eq!(fixture.rows(broken_off).len(), 3);
    tokio::time::sleep(Duration::from_millis(50)).await;
    lock.rollback().await.unwrap();
    for read in crowd {
        assert_eq!(read.await.unwrap(), answer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_sees_everything_published_before_it() {
    let (fixture, _) = filled().await;
    let is_over = Arc::new(AtomicBool::new(false));
    let crowd: Vec<_> = (0..12)
        .map(|_| {
            let (store, is_over) = (fixture.store.clone(), Arc::clone(&is_over));
            tokio::spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    store.briefs().newest_edition(&person("TLP:RED"), &brief_name("b1")).await.unwrap();
                }
            })
        })
        .collect();
    for number in 2..30 {
        let next = document(number, content(&format!("Title {number}")));
        fixture.store.briefs().import(&person("TLP:RED"), &brief_name("b1"), &[next]).await.unwrap();
        assert_eq!(fixture.read(&person("TLP:RED"), "b1").await.newest_revision, number);
    }
    is_over.store(true, Ordering::Relaxed);
    for reader in crowd {
        reader.await.unwrap();
    }
    let missing = fixture.store.briefs().newest_edition(&person("TLP:RED"), &brief_name("never-made")).await;
    assert!(matches!(missing, Err(StoreError::NotFound(_))));
}
