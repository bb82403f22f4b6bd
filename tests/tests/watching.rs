//! Watches miss nothing and repeat nothing. A short run; `./dev watching` runs longer ones.

use chancery_tests::watching::{Settings, run};

#[tokio::test(flavor = "multi_thread")]
async fn watchers_receive_each_change_once_in_log_order_while_services_are_stopped_and_killed() {
    let report = run(Settings { writers: 8, publishes: 120, restarts: 3 }).await;
    assert_eq!(report.violations, Vec::<String>::new(), "{report:?}");
    assert_eq!(report.logged, 8 * 120);
    let (_, _, restarts) = report.watchers.iter().find(|(name, ..)| name == "slow").unwrap();
    assert!(*restarts > 0, "{report:?}");
}
