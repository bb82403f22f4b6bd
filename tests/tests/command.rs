//! The `chancery` command: its output, files and exit codes.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

#[path = "../../crates/print/tests/fonts/tiny.rs"]
mod tiny;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use chancery_testkit::{Command, Stack, files, pdf};
use serde_json::Value;
use tiny::Tiny;

async fn stack_with_the_brief() -> Stack {
    let stack = Stack::start().await;
    let folder = files::example("russia-iran").display().to_string();
    let imported = stack.command(&["import", &folder]).run().await.exits(0);
    assert_eq!(imported.stdout, "workspaces/default/briefs/russia-iran: imported revision 1, 2\n");
    stack
}

#[tokio::test]
async fn a_brief_goes_from_files_to_a_pdf() {
    let stack = stack_with_the_brief().await;
    let out = stack.folder().join("sub/out.pdf");
    let path = out.display().to_string();
    let rendered = stack.command(&["render", "russia-iran", "-o", &path]).run().await.exits(0);
    assert!(rendered.stdout.contains(&pdf::sha256(&fs::read(&out).unwrap())), "{}", rendered.stdout);
    assert!(rendered.stderr.contains("printed"), "{}", rendered.stderr);
    assert!(!rendered.stderr.contains('\u{1b}'), "no terminal, no escape sequences");

    // Standard output gets only the bytes; writing the same file again replaces it.
    let piped = stack.command(&["render", "briefs/russia-iran/revisions/2", "-o", "-"]).run().await.exits(0);
    assert_eq!(piped.bytes, fs::read(&out).unwrap());
    stack.command(&["render", "russia-iran", "-o", &path]).run().await.exits(0);
    assert_eq!(fs::read_dir(out.parent().unwrap()).unwrap().count(), 1);
}

#[tokio::test]
async fn every_reading_command_answers_in_json() {
    let stack = stack_with_the_brief().await;
    let json = async |arguments: &[&str]| {
        let ran = stack.command(&[arguments, &["--json"]].concat()).run().await.exits(0);
        assert_eq!(ran.stderr, "");
        ran.json()
    };
    let name = "workspaces/default/briefs/russia-iran";
    assert_eq!(json(&["list"]).await["briefs"][0]["name"], name);
    assert_eq!(json(&["get", "russia-iran"]).await["newestRevision"], 2);
    assert_eq!(json(&["get", "russia-iran/revisions/1"]).await["number"], 1);
    assert_eq!(json(&["revisions", name]).await["revisions"].as_array().unwrap().len(), 2);
    assert_eq!(json(&["export", "russia-iran"]).await["documents"].as_array().unwrap().len(), 2);
    assert_eq!(json(&["token", "list"]).await["apiTokens"][0]["clearance"], "TLP:RED");
    let out = stack.folder().join("out.pdf").display().to_string();
    assert_eq!(json(&["render", "russia-iran", "-o", &out]).await["state"], "RENDER_STATE_SUCCEEDED");
    let again = files::example("russia-iran").display().to_string();
    assert_eq!(json(&["import", &again]).await["skippedRevisions"], serde_json::json!([1, 2]));
}

#[tokio::test]
async fn reading_commands_print_plain_text_by_default() {
    let stack = stack_with_the_brief().await;
    let output_of = async |arguments: &[&str]| stack.command(arguments).run().await.exits(0).stdout;
    assert!(output_of(&["list"]).await.contains("Russia and Iran: a partnership and its limits"));
    let text = output_of(&["get", "russia-iran"]).await;
    assert!(text.contains("Bottom line") && text.contains("Key judgments"), "{text}");
    assert!(output_of(&["revisions", "russia-iran"]).await.contains("TLP:CLEAR"));
    assert!(output_of(&["token", "list"]).await.contains("admin"));
}

#[tokio::test]
async fn an_export_can_be_imported() {
    let stack = stack_with_the_brief().await;
    let folder = stack.folder().join("export");
    let path = folder.display().to_string();
    stack.command(&["export", "russia-iran", "-o", &format!("{path}/")]).run().await.exits(0);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    let again = stack.command(&["import", &path]).run().await.exits(0);
    assert!(again.stdout.contains("already exists, unchanged"), "{}", again.stdout);

    let one = stack.folder().join("one.json");
    let path = one.display().to_string();
    stack.command(&["export", "russia-iran/revisions/1", "-o", &path]).run().await.exits(0);
    assert_eq!(files::document(&one).revision, 1);
    let printed = stack.command(&["export", "russia-iran/revisions/1"]).run().await.exits(0);
    assert_eq!(printed.stdout, fs::read_to_string(&one).unwrap());
}

#[tokio::test]
async fn a_draft_is_edited_and_published() {
    let stack = stack_with_the_brief().await;
    let file = stack.folder().join("draft.json");
    let path = file.display().to_string();
    stack.command(&["draft", "get", "russia-iran", "-o", &path]).run().await.exits(0);
    let mut draft: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    draft["content"]["subtitle"] = "Edited".into();
    fs::write(&file, draft.to_string()).unwrap();
    stack.command(&["draft", "set", "russia-iran", &path]).run().await.exits(0);
    // `set` renewed the etag in the file; the one before is stale.
    fs::write(&file, draft.to_string()).unwrap();
    let stale = stack.command(&["draft", "set", "russia-iran", &path, "--json"]).run().await.exits(1);
    assert_eq!(stale.error()["reason"], "STALE_ETAG");

    // The subtitle is a change that no entry of `changes` names.
    let strict = ["publish", "russia-iran", "--strict=UNDECLARED_CHANGE", "--json"];
    let refused = stack.command(&strict).run().await.exits(1).error();
    assert_eq!(refused["reason"], "LINT_WARNINGS");
    let paths: Vec<_> = refused["violations"].as_array().unwrap().iter().map(|one| &one["path"]).collect();
    assert!(paths.contains(&&Value::from("front_matter")), "{paths:?}");
    let all = stack.command(&["publish", "russia-iran", "--strict", "--json"]).run().await.exits(1);
    assert_eq!(all.error()["reason"], "UNDECLARED_CHANGES");
    stack.command(&["publish", "russia-iran", "--strict=NO_SUCH_CODE"]).run().await.exits(2);
    let published = stack.command(&["publish", "russia-iran", "--yes", "--json"]).run().await.exits(0);
    assert_eq!(published.json()["number"], 3);
    let again = stack.command(&["publish", "russia-iran"]).run().await.exits(0);
    assert!(again.stdout.contains("nothing was published"), "{}", again.stdout);
}

#[tokio::test]
async fn creating_a_brief_does_not_publish_it() {
    let stack = Stack::without_worker().await;
    let document = files::revisions("amber").remove(0);
    let file = stack.folder().join("content.json");
    fs::write(&file, chancery_proto::json::to_string_pretty(&document.content.unwrap())).unwrap();
    let path = file.display().to_string();
    stack.command(&["create", "fresh-brief", &path]).run().await.exits(0);
    let got = stack.command(&["get", "fresh-brief", "--json"]).run().await.exits(1);
    assert_eq!(got.error()["reason"], "NOT_PUBLISHED");
    stack.command(&["publish", "fresh-brief"]).run().await.exits(0);
    stack.command(&["get", "fresh-brief"]).run().await.exits(0);
}

#[tokio::test]
async fn a_mistake_in_a_file_is_reported_with_its_line_and_column() {
    let stack = Stack::without_worker().await;
    let file = stack.folder().join("revision-1.json");
    let text = fs::read_to_string(files::example("amber/revision-1.json")).unwrap();
    let text = text.replacen("\"title\": \"The Velm harbour outage\"", "\"title\": \"\"", 1);
    let line = text.lines().position(|line| line.contains("\"title\": \"\"")).unwrap() + 1;
    fs::write(&file, text).unwrap();
    let path = file.display().to_string();
    let plain = stack.command(&["import", &path]).run().await.exits(1);
    let place = format!("{path}:{line}:14: content.title: ");
    assert!(plain.stderr.contains(&place), "{place} is not in\n{}", plain.stderr);
    let json = stack.command(&["import", &path, "--json"]).run().await.exits(1).error();
    assert_eq!(json["code"], "INVALID_ARGUMENT");
    assert_eq!(json["violations"][0]["line"], line);
    assert_eq!(json["violations"][0]["column"], 14);
    assert_eq!(json["violations"][0]["path"], "content.title");
}

#[tokio::test]
async fn a_token_secret_is_shown_once_or_written_to_a_private_file() {
    let stack = stack_with_the_brief().await;
    let file = stack.folder().join("press.token");
    let path = file.display().to_string();
    let make = ["token", "create", "--role", "reader", "--clearance", "TLP:CLEAR", "--name", "press desk"];
    let shown = stack.command(&make).run().await.exits(0);
    assert!(shown.stdout.trim().starts_with("chy_") && shown.stdout.lines().count() == 1);
    let kept = stack.command(&[&make[..], &["-o", &path, "--json"]].concat()).run().await.exits(0);
    let secret = fs::read_to_string(&file).unwrap();
    assert!(!kept.stdout.contains(secret.trim()));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let list = |server: String| Command::new(["list", "--server", &server, "--token-file", &path]);
    list(stack.url()).run().await.exits(0);
    let name = kept.json()["apiToken"]["name"].as_str().unwrap().to_owned();
    let id = name.rsplit('/').next().unwrap();
    stack.command(&["token", "revoke", id]).run().await.exits(0);
    let refused = list(stack.url()).run().await.exits(1);
    assert!(refused.stderr.contains("expired or revoked"), "{}", refused.stderr);
}

#[tokio::test]
async fn exit_codes_distinguish_refusals_from_wrong_usage() {
    let stack = Stack::without_worker().await;
    for (arguments, code) in [
        (&["list"][..], 0),
        (&["get", "absent"], 1),
        (&["get", "Not A Name"], 2),
        (&["import", "/nowhere/revision-1.json"], 1),
        (&["render", "absent", "-o", "-", "--json"], 2),
        (&["no-such-command"], 2),
        (&["get"], 2),
        (&["--server", "not a url", "list"], 2),
        (&["--help"], 0),
        (&["--version"], 0),
        (&["completions", "bash"], 0),
    ] {
        let ran = stack.command(arguments).run().await;
        assert_eq!(ran.code, code, "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        let explains = code == 0 || !ran.stderr.is_empty();
        assert!(
            explains && (code == 0 || ran.stdout.is_empty()),
            "{arguments:?}: {}{}",
            ran.stdout,
            ran.stderr
        );
    }
    let usage = stack.command(&["get", "--json"]).run().await.exits(2);
    assert_eq!(usage.error()["reason"], "USAGE");
}

#[tokio::test]
async fn an_unreachable_server_and_a_missing_token_are_reported_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let away = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let ran = Command::new(["list", "--server", &away, "--data", &data, "--json"]).run().await.exits(1);
    assert_eq!(ran.error()["code"], "UNAVAILABLE");
    assert!(ran.error()["help"].as_str().unwrap().contains("chancery up"), "{}", ran.stderr);

    let stack = Stack::without_worker().await;
    let ran = Command::new(["list", "--server", &stack.url(), "--data", &data]).run().await.exits(1);
    assert!(ran.stderr.contains("--token-file"), "{}", ran.stderr);
}

#[tokio::test]
async fn migrating_twice_keeps_tokens_and_content() {
    let stack = stack_with_the_brief().await;
    let tokens = stack.token_file("admin").parent().unwrap().to_owned();
    let before = (fs::read(stack.token_file("admin")).unwrap(), stack.content());
    let migrate = Command::new(["migrate", "--init", &tokens.display().to_string(), "--json"]);
    let ran = migrate.env("DATABASE_URL", stack.database().url()).run().await.exits(0);
    assert_eq!(ran.json()["initialised"], "before");
    assert_eq!((fs::read(stack.token_file("admin")).unwrap(), stack.content()), before);
    for role in ["operator", "admin", "worker"] {
        assert_eq!(fs::metadata(stack.token_file(role)).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn lint_names_characters_until_migrate_adds_a_font_that_has_them() {
    let stack = Stack::without_worker().await;
    let file = stack.folder().join("draft.json");
    fs::write(&file, r#"{"kind": "BRIEF_KIND_THEMATIC", "title": "Rain in 東京", "language": "en"}"#)
        .unwrap();
    let path = file.display().to_string();
    stack.command(&["create", "rain", &path]).run().await.exits(0);
    let linted = async || stack.command(&["lint", "rain"]).run().await.exits(0).stdout;
    let migrate = async |arguments: &[&str]| {
        let migrate = Command::new([&["migrate"], arguments].concat());
        migrate.env("DATABASE_URL", stack.database().url()).run().await.exits(0);
    };
    let named = "the brief: no font has U+6771 (東), so a box is printed";
    assert!(linted().await.contains(named), "{}", linted().await);

    let fonts = tempfile::tempdir().unwrap();
    let tiny = Tiny { name: "TinyHan", characters: "東京", rights: 0, extra: None };
    fs::write(fonts.path().join("tiny.ttf"), tiny.file()).unwrap();
    migrate(&["--fonts", &fonts.path().display().to_string()]).await;
    assert!(!linted().await.contains("MISSING_GLYPH"), "{}", linted().await);
    migrate(&[]).await;
    assert!(linted().await.contains(named), "{}", linted().await);

    // As a version left it that did not store coverage.
    stack.database().psql().rows("update print_environments set glyph_coverage = null").unwrap();
    assert!(!linted().await.contains("MISSING_GLYPH"), "{}", linted().await);
    migrate(&[]).await;
    assert!(linted().await.contains(named), "{}", linted().await);
}

#[tokio::test]
async fn a_refusal_with_many_violations_names_the_first_and_lint_lists_all() {
    let stack = Stack::without_worker().await;
    let file = stack.folder().join("draft.json");
    let tags = vec!["\"\""; 80].join(",\n    ");
    let text = format!(
        "{{\n  \"kind\": \"BRIEF_KIND_THEMATIC\",\n  \"title\": \"Tags\",\n  \"language\": \"en\",\n  \"tags\": [\n    {tags}\n  ]\n}}\n"
    );
    fs::write(&file, text).unwrap();
    let path = file.display().to_string();
    let refused = stack.command(&["create", "tagged", &path]).run().await.exits(1);
    let listed = refused.stderr.lines().filter(|line| line.contains("draft.json:")).count();
    assert!((1..80).contains(&listed), "{}", refused.stderr);
    assert!(refused.stderr.contains("the content breaks 80 rule(s)"), "{}", refused.stderr);
    assert!(refused.stderr.contains("draft.json:6:5: tags[0]: "), "{}", refused.stderr);
    let more = format!("and {} more; `chancery lint BRIEF FILE` lists all", 80 - listed);
    assert!(refused.stderr.contains(&more), "{}", refused.stderr);
    let json = stack.command(&["create", "tagged", &path, "--json"]).run().await.exits(1);
    let failure: Value = serde_json::from_str(&json.stderr).unwrap();
    assert_eq!((&failure["reason"], &failure["total_violations"]), (&"INVALID_CONTENT".into(), &80.into()));

    let all = stack.command(&["lint", "tagged", &path]).run().await.exits(1);
    assert_eq!(all.stdout.lines().count(), 80, "{}", all.stdout);
    assert!(all.stdout.contains("draft.json:85:5: tags[79]: REQUIRED"), "{}", all.stdout);
}
