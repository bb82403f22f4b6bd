use chancery_brief::digest::Digest;
use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_store::{
    LeaseHolder, PrintEnvironment, RenderFilter, StoreError, WaitingReason, Worker, WorkerPageKey,
};
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::fixture::{Fixture, operator, person};
use crate::queue_scene::scene;

/// The digest of the previous printer.
const OLD: PrintEnvironment =
    PrintEnvironment { printer_version: Digest([8; 32]), fonts_digest: Digest([2; 32]) };

impl Fixture {
    async fn workers(&self) -> Vec<Worker> {
        self.store.workers().list(&operator(), None, 100).await.unwrap()
    }

    async fn noted(&self, environment: PrintEnvironment, name: &str) -> bool {
        let holder = LeaseHolder { worker: name.to_owned(), ..self.worker.clone() };
        self.store.workers().record(environment, &holder, 4).await.unwrap()
    }

    /// Moves the last report of all workers into the past.
    fn no_worker_was_seen_for(&self, interval: &str) {
        self.rows(&format!("update workers set last_seen = clock_timestamp() - interval '{interval}'"));
    }

    async fn waiting(&self) -> Option<WaitingReason> {
        let name = self.requested().await.render.name;
        let render = self.store.renders().get(&person("TLP:RED"), &name).await.unwrap();
        let (caller, filter) = (person("TLP:RED"), RenderFilter::default());
        let listed = self.store.renders().list(&caller, &name.workspace, &filter, None, 1).await;
        assert_eq!(listed.unwrap().renders, std::slice::from_ref(&render));
        render.waiting
    }
}

/// Each worker's name, free slots and leases, and whether it is live.
fn seen(workers: &[Worker]) -> Vec<(&str, u32, u32, bool)> {
    workers.iter().map(|w| (w.display_name.as_str(), w.free_slots, w.leases, w.is_live)).collect()
}

#[tokio::test]
async fn workers_that_request_tasks_are_listed_with_their_leases() {
    let fixture = scene().await;
    fixture.noted(ENVIRONMENT, "worker").await;
    fixture.noted(ENVIRONMENT, "worker").await;
    fixture.noted(OLD, "worker").await;
    fixture.noted(ENVIRONMENT, "another").await;
    fixture.requested().await;
    fixture.leased_one().await;
    let workers = fixture.workers().await;
    let mut listed = seen(&workers);
    listed.sort_unstable();
    assert_eq!(listed, [("another", 4, 0, true), ("worker", 4, 0, true), ("worker", 4, 1, true)]);
    let busy = workers.iter().find(|worker| worker.leases == 1).unwrap();
    assert_eq!((busy.environment, busy.drained_at), (ENVIRONMENT, None));
    fixture.no_worker_was_seen_for("2 minutes");
    assert!(fixture.workers().await.iter().all(|worker| !worker.is_live));
}

#[tokio::test]
async fn pages_of_workers_go_through_all_of_them_once() {
    let fixture = scene().await;
    // A token that several workers share; a process's own token has few names.
    fixture.rows("update api_tokens set enrolled_by = null");
    for name in ["c", "a", "b", "a/1"] {
        fixture.noted(ENVIRONMENT, name).await;
    }
    fixture.noted(OLD, "a").await;
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let page = fixture.store.workers().list(&operator(), after.as_ref(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(WorkerPageKey::of(last));
        names.extend(page.into_iter().map(|worker| worker.display_name));
    }
    assert_eq!(names, ["a", "a", "a/1", "b", "c"]);
}

#[tokio::test]
async fn a_drained_worker_keeps_its_leases_and_gets_no_more() {
    let fixture = scene().await;
    fixture.noted(ENVIRONMENT, "worker").await;
    fixture.requested().await;
    let lease = fixture.leased_one().await;
    let name = fixture.workers().await.remove(0).name;
    let drained = fixture.store.workers().drain(&operator(), &name, true).await.unwrap();
    assert!(drained.drained_at.is_some() && drained.leases == 1, "{drained:?}");
    assert_eq!(fixture.store.workers().drain(&operator(), &name, true).await.unwrap(), drained);

    fixture.requested_by(&person("TLP:AMBER"), "b1").await.unwrap();
    assert_eq!(fixture.leased(9).await, []);
    assert!(fixture.noted(ENVIRONMENT, "worker").await, "a drained worker is reported as drained");
    assert!(fixture.noted(OLD, "worker").await, "whatever else prints on that host is drained too");
    assert_eq!(fixture.store.queue().renew_leases(std::slice::from_ref(&lease)).await.unwrap().len(), 1);
    fixture.finished(&lease, b"%PDF").await.unwrap();

    let undrained = fixture.store.workers().drain(&operator(), &name, false).await.unwrap();
    assert_eq!(undrained.drained_at, None);
    assert_eq!(fixture.leased(9).await.len(), 1);
    assert!(!fixture.noted(OLD, "worker").await);
    let logged = "select kind, target from change_log where workspace_id = 'system' and kind like 'worker%drained' order by number";
    assert_eq!(
        fixture.rows(logged),
        [format!("worker_drained|{name}"), format!("worker_undrained|{name}")],
        "changes only, and each once"
    );
}

#[tokio::test]
async fn a_worker_without_room_lives_on_by_its_renewals() {
    let fixture = scene().await;
    fixture.noted(ENVIRONMENT, "worker").await;
    fixture.noted(ENVIRONMENT, "idle").await;
    fixture.requested().await;
    let lease = fixture.leased_one().await;
    fixture.no_worker_was_seen_for("2 minutes");
    fixture.store.workers().record_lease_holders(std::slice::from_ref(&lease)).await.unwrap();
    let workers = fixture.workers().await;
    assert_eq!(seen(&workers), [("idle", 4, 0, false), ("worker", 4, 1, true)]);
}

#[tokio::test]
async fn workers_not_seen_for_a_day_are_deleted() {
    let fixture = scene().await;
    fixture.noted(ENVIRONMENT, "gone").await;
    fixture.no_worker_was_seen_for("25 hours");
    fixture.noted(ENVIRONMENT, "worker").await;
    assert_eq!(fixture.store.workers().delete_stale().await.unwrap(), 1);
    assert_eq!(seen(&fixture.workers().await), [("worker", 4, 0, true)]);
}

#[tokio::test]
async fn a_worker_that_changes_its_name_all_the_time_does_not_fill_the_table() {
    let fixture = scene().await;
    fixture.noted(ENVIRONMENT, "worker").await;
    fixture.rows(
        "insert into workers (worker_id, name, printer_version, fonts_digest, free_slots)
        select md5(n::text), n::text, decode(repeat('01', 32), 'hex'), decode(repeat('02', 32), 'hex'), 1 from generate_series(2, 10000) n",
    );
    assert!(!fixture.noted(ENVIRONMENT, "one more").await);
    assert!(!fixture.noted(ENVIRONMENT, "worker").await);
    assert_eq!(fixture.rows("select count(*) from workers"), ["10000"]);
}

#[tokio::test]
async fn a_render_without_a_live_worker_says_so() {
    let fixture = scene().await;
    assert_eq!(fixture.waiting().await, Some(WaitingReason::NoWorker));
    fixture.noted(OLD, "worker of another environment").await;
    assert_eq!(fixture.waiting().await, Some(WaitingReason::NoWorker));
    fixture.noted(ENVIRONMENT, "worker").await;
    assert_eq!(fixture.waiting().await, None);
    fixture.no_worker_was_seen_for("2 minutes");
    assert_eq!(fixture.waiting().await, Some(WaitingReason::NoWorker));
    fixture.noted(ENVIRONMENT, "worker").await;
    let worker = fixture.workers().await.into_iter().find(|worker| worker.is_live).unwrap();
    fixture.store.workers().drain(&operator(), &worker.name, true).await.unwrap();
    assert_eq!(fixture.waiting().await, Some(WaitingReason::NoWorker), "a drained one takes nothing");
    fixture.store.workers().drain(&operator(), &worker.name, false).await.unwrap();
    fixture.leased_one().await;
    assert_eq!(fixture.waiting().await, None);
}

#[tokio::test]
async fn during_an_upgrade_each_task_is_printed_by_its_own_environment() {
    let fixture = scene().await;
    let before = fixture.requested().await.render;
    let new = PrintEnvironment { printer_version: Digest([9; 32]), ..ENVIRONMENT };
    fixture.store.renders().set_print_environment(new, &GlyphCoverage::default()).await.unwrap();
    let after = fixture.requested().await.render;
    let claimed = async |environment| {
        let acquired = fixture.store.queue().acquire_leases(environment, &fixture.worker, 9).await.unwrap();
        let mut manifests = Vec::new();
        for acquired in &acquired.leases {
            let manifest = fixture.store.queue().render_input(&acquired.lease).await.unwrap().manifest;
            manifests.push((acquired.lease.task.clone(), manifest.environment));
        }
        manifests
    };
    assert_eq!(claimed(new).await, [(after.task, Some(new.to_message()))]);
    assert_eq!(claimed(ENVIRONMENT).await, [(before.task, Some(ENVIRONMENT.to_message()))]);
    assert_eq!(claimed(new).await, []);
}

#[tokio::test]
async fn only_operators_look_after_workers() {
    let fixture = scene().await;
    fixture.noted(ENVIRONMENT, "worker").await;
    let name = fixture.workers().await.remove(0).name;
    let admin = person("TLP:RED");
    let refused = [
        fixture.store.workers().list(&admin, None, 9).await.map(drop),
        fixture.store.workers().drain(&admin, &name, true).await.map(drop),
    ];
    assert!(refused.iter().all(|refused| matches!(refused, Err(StoreError::Forbidden(_)))), "{refused:?}");
    let unknown = format!("workers/{}", "0".repeat(32)).parse().unwrap();
    let missing = fixture.store.workers().drain(&operator(), &unknown, true).await;
    assert!(matches!(missing, Err(StoreError::NotFound(_))), "{missing:?}");
}
