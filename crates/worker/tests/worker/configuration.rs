//! The command `config`, and the reference of settings.

use std::process::Command;

use chancery_testkit::documents::assert_generated_part;
use chancery_worker::Config;
use clap::CommandFactory;

#[test]
fn config_prints_what_is_in_effect_without_secrets_and_starts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("worker.toml");
    std::fs::write(&file, "token = \"chy_hunter2\"\nslots = 3\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery-worker"));
    let output = command.env("CHANCERY_WORKER_CONFIG", &file).args(["--max-pages", "9", "config"]).output();
    let output = output.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{printed}");
    for expected in
        ["slots = 3  # ", "worker.toml, line 2\n", "max_pages = 9  # flag\n", "# token = \"***\"  # "]
    {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    assert!(!printed.contains("hunter2"), "{printed}");
}

#[test]
fn a_text_log_that_is_no_terminal_has_no_colour_codes() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery-worker"));
    let output = command.args(["--log", "text", "--server", "http://127.0.0.1:1"]).output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("INFO") && log.contains("starting") && !log.contains('\u{1b}'), "{log:?}");
}

#[test]
fn the_reference_of_settings_is_up_to_date() {
    let table = chancery_environment::reference(&<Config as CommandFactory>::command());
    assert_generated_part("CONFIGURATION.md", "chancery-worker", &table);
}
