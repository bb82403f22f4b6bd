//! The order in which tasks are leased: classes, fair shares of workspaces, ageing.

use std::fs;
use std::path::Path;

use chancery_proto::render::v1::RenderPriority::{Bulk, Interactive, Normal};
use chancery_store::AttemptFailure;

use crate::fixture::Fixture;
use crate::queue_scene::{Requester, scene};

/// Leases and ends one task; returns its name.
async fn served(fixture: &Fixture) -> String {
    let lease = fixture.leased_one().await;
    fixture.ended(&lease).await;
    lease.task
}

#[tokio::test]
async fn workspaces_take_turns_however_much_one_requested_before() {
    let fixture = scene().await;
    let (here, there) = (Requester::here(), fixture.requester_in("other").await);
    let mut ours = Vec::new();
    for number in 0..6 {
        ours.push(fixture.queued(&here, number, Normal).await);
    }
    assert_eq!([served(&fixture).await, served(&fixture).await], [ours[0].as_str(), &ours[1]]);
    let mut theirs = Vec::new();
    for number in 0..3 {
        theirs.push(fixture.queued(&there, number, Normal).await);
    }
    // The newcomer gets no credit for not having requested before: from now on the workspaces alternate.
    let order = [&theirs[0], &ours[2], &theirs[1], &ours[3], &theirs[2], &ours[4], &ours[5]];
    for task in order {
        assert_eq!(served(&fixture).await, *task);
    }
}

#[tokio::test]
async fn a_workspace_whose_queue_was_empty_gains_no_priority_over_waiting_ones() {
    let fixture = scene().await;
    let (here, there) = (Requester::here(), fixture.requester_in("other").await);
    // An old task waits for its next attempt, and does not hold the virtual time back.
    fixture.queued(&there, 0, Normal).await;
    let failure = AttemptFailure { reason: "R".into(), message: String::new(), retryable: true };
    fixture.store.queue().fail_attempt(&fixture.leased_one().await, &failure).await.unwrap();
    fixture.rows("update render_queue set visible_at = clock_timestamp() + interval '1 hour'");
    // The first workspace is served until it has no tasks, and requests more.
    for number in 0..8 {
        fixture.queued(&here, number, Normal).await;
        served(&fixture).await;
    }
    let waiting = fixture.queued(&there, 1, Normal).await;
    let mut again = Vec::new();
    for number in 8..12 {
        again.push(fixture.queued(&here, number, Normal).await);
    }
    assert_eq!([served(&fixture).await, served(&fixture).await], [waiting, again[0].clone()]);
    // Having been served alone does not count against it either.
    let next = fixture.queued(&there, 2, Normal).await;
    let order = [served(&fixture).await, served(&fixture).await];
    assert!(order.contains(&again[1]) && order.contains(&next), "{order:?}");
}

#[tokio::test]
async fn higher_classes_go_first_across_workspaces() {
    let fixture = scene().await;
    let (here, there) = (Requester::here(), fixture.requester_in("other").await);
    let bulk = fixture.queued(&here, 0, Bulk).await;
    for number in 1..20 {
        fixture.queued(&here, number, Bulk).await;
    }
    let normal = fixture.queued(&there, 0, Normal).await;
    let our_urgent = fixture.queued(&here, 20, Interactive).await;
    let their_urgent = fixture.queued(&there, 1, Interactive).await;
    for task in [our_urgent, their_urgent, normal, bulk] {
        assert_eq!(served(&fixture).await, task);
    }
}

#[tokio::test]
async fn a_lower_class_gets_turns_after_a_hundred_rounds() {
    let fixture = scene().await;
    let (here, there) = (Requester::here(), fixture.requester_in("other").await);
    let patient = [fixture.queued(&there, 0, Normal).await, fixture.queued(&there, 1, Normal).await];
    // One at a time, so that the urgent class is repeatedly empty.
    let mut passed_by = Vec::new();
    for number in 0..110 {
        fixture.queued(&here, number, Interactive).await;
        let task = served(&fixture).await;
        if let Some(which) = patient.iter().position(|patient| *patient == task) {
            passed_by.push((which, number));
            // The urgent one is still queued.
            served(&fixture).await;
        }
    }
    let [(0, first), (1, second)] = passed_by[..] else { panic!("{passed_by:?}") };
    assert!((99..=101).contains(&first) && second <= first + 2, "{passed_by:?}");
}

#[tokio::test]
async fn a_join_of_a_higher_class_moves_the_task_to_the_position_of_a_new_one() {
    let fixture = scene().await;
    let (here, there) = (Requester::here(), fixture.requester_in("other").await);
    let mut bulk = Vec::new();
    for number in 0..5 {
        bulk.push(fixture.queued(&here, number, Bulk).await);
    }
    let normal = fixture.queued(&there, 0, Normal).await;
    let joined =
        fixture.store.renders().request(&here.principal, &here.render(4, Interactive)).await.unwrap();
    assert_eq!((&joined.render.task, joined.is_new_task), (&bulk[4], false));
    // A lower class does not move it down again.
    fixture.store.renders().request(&here.principal, &here.render(4, Bulk)).await.unwrap();
    assert_eq!(
        fixture.rows("select priority from render_queue order by order_rank"),
        ["0", "1", "2", "2", "2", "2"]
    );
    for task in [&bulk[4], &normal, &bulk[0], &bulk[1]] {
        assert_eq!(served(&fixture).await, *task);
    }
}

#[tokio::test]
async fn tasks_cancelled_before_being_served_do_not_count() {
    let fixture = scene().await;
    let (here, there) = (Requester::here(), fixture.requester_in("other").await);
    for number in 0..5 {
        let render = here.render(number, Normal);
        let requested = fixture.store.renders().request(&here.principal, &render).await.unwrap().render;
        fixture.store.renders().cancel(&here.principal, &requested.name, None).await.unwrap();
    }
    let ours = fixture.queued(&here, 5, Normal).await;
    for number in 0..3 {
        fixture.queued(&there, number, Normal).await;
    }
    assert_eq!(served(&fixture).await, ours);
}

#[tokio::test]
async fn with_ten_thousand_waiting_tasks_a_claim_uses_the_index_and_another_workspace_is_next() {
    let fixture = scene().await;
    let (here, there) = (Requester::here(), fixture.requester_in("other").await);
    fixture.queued(&here, 0, Normal).await;
    fixture.rows(
        "insert into render_tasks (workspace_id, render_key, generation, manifest, brief_key, revision, from_rank)
        select workspace_id, sha256(convert_to(n::text, 'UTF8')), 1, manifest, brief_key, revision, from_rank
        from render_tasks, generate_series(1, 10000) n;
        insert into render_queue (task_id, workspace_id, printer_version, fonts_digest, fair_rank, epoch)
        select t.task_id, q.workspace_id, q.printer_version, q.fonts_digest, row_number() over (), 0
        from render_tasks t, render_queue q where t.task_id <> q.task_id;
        update render_shares set next_ranks[2] = 10001, room = 100;
        analyze render_queue",
    );
    fixture.leased_one().await;
    let theirs = fixture.queued(&there, 0, Normal).await;
    assert_eq!(fixture.leased_one().await.task, theirs);

    let plan = fixture
        .rows(&format!(
            "set plan_cache_mode = force_generic_plan;
            prepare claim as {};
            explain execute claim ('\\x{}', '\\x{}', 8, 'worker', 30, 3, 'id', '{}', 10, 60)",
            committed_query("renders::leases::acquire_leases"),
            "01".repeat(32),
            "02".repeat(32),
            fixture.worker.token,
        ))
        .join("\n");
    assert!(plan.contains("Index Scan using render_queue_claim on render_queue q"), "{plan}");
    assert!(!plan.contains("Sort") && !plan.contains("Seq Scan on render_queue"), "{plan}");
}

/// Returns a prepared query by its leading comment.
fn committed_query(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let queries =
        files.map(|file| serde_json::from_str::<serde_json::Value>(&file).unwrap()["query"].clone());
    let mut named = queries.filter(|query| query.as_str().unwrap().contains(&format!("-- {name}\n")));
    named.next().unwrap().as_str().unwrap().to_owned()
}
