//! The file of settings, the command `config`, and the reference of settings.

use std::process::Output;

use chancery_service::config::CommandLine;
use chancery_testkit::documents::assert_generated_part;
use clap::CommandFactory as _;
use tempfile::TempDir;

use crate::process::binary;

/// Runs the service with a file of settings of this text.
async fn run(text: &str, arguments: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("service.toml");
    std::fs::write(&file, text).unwrap();
    let mut command = binary();
    command.env("CHANCERY_CONFIG", &file).env("CHANCERY_MAX_STREAMS", "17").args(arguments);
    command.output().await.unwrap()
}

#[tokio::test]
async fn config_prints_what_is_in_effect_without_secrets_and_starts_nothing() {
    let text = "database_url = \"postgres://chancery:hunter2@db/briefs\"\nmax_calls = 99\nmax_streams = 5\n";
    let output = run(text, &["--log", "text", "config"]).await;
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{printed}");
    for (start, end) in [
        ("# database_url = \"postgres://chancery:***@db/briefs\"", "line 1; a secret, not shown"),
        ("max_calls = 99", "service.toml, line 2"),
        ("max_streams = 17", "variable CHANCERY_MAX_STREAMS"),
        ("log = \"text\"", "flag"),
        ("max_uploads = 256", "default"),
        ("# fonts", "not set"),
    ] {
        let line = printed.lines().find(|line| line.starts_with(start));
        assert!(line.is_some_and(|line| line.ends_with(end)), "{start}: {printed}");
    }
    assert!(!printed.contains("hunter2") && !printed.contains("test_"), "{printed}");
}

#[tokio::test]
async fn a_wrong_setting_of_the_file_ends_the_service_with_one_line() {
    for (text, expected) in [
        (
            "listen = \"127.0.0.1:0\"\nmax_cals = 3",
            "service.toml, line 2: there is no setting \"max_cals\"; is \"max_calls\" meant?",
        ),
        (
            "max_percent_per_token = 101",
            "service.toml, line 1: the value of max_percent_per_token is not allowed: 101 is not in 1..=100",
        ),
        (
            "max_calls = 0",
            "line 1: the value of max_calls is not allowed: expected an integer from 1 to 1000000",
        ),
        ("call_timeout = 0", "the value of call_timeout is not allowed: expected seconds from 1 to 31536000"),
        ("artifacts = \"s3://key:hunter2@bucket\"", "the URL must not contain user and password"),
        ("tls_certificate = \"a.pem\"", "service.toml: tls_key is missing; another setting requires it"),
        (
            "database_url = \"a\"\ndatabase_url_file = \"b\"",
            "line 1: database_url and database_url_file cannot be set at once",
        ),
    ] {
        let output = run(text, &[]).await;
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(expected) && output.stdout.is_empty(), "{error}");
        assert!(error.lines().count() == 1 && !error.contains("hunter2"), "{error}");
    }
    let missing = binary().args(["--config", "/none.toml"]).output().await.unwrap();
    let error = String::from_utf8(missing.stderr).unwrap();
    assert_eq!(
        error,
        "chancery-service: the file of settings /none.toml: No such file or directory (os error 2)\n"
    );
}

#[tokio::test]
async fn a_text_log_that_is_no_terminal_has_no_colour_codes() {
    let output = run("database_url = \"postgres://127.0.0.1:1/none\"", &["--log", "text"]).await;
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("INFO") && log.contains("starting") && !log.contains('\u{1b}'), "{log:?}");
}

#[test]
fn the_reference_of_settings_is_up_to_date() {
    let table = chancery_environment::reference(&CommandLine::command());
    assert_generated_part("CONFIGURATION.md", "chancery-service", &table);
}
