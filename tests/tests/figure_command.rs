//! `chancery figure`: figures of files and of briefs, and its refusals.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fs;
use std::path::Path;

use chancery_proto::admin::v1::Role;
use chancery_testkit::{Command, CommandOutput, Stack, files, pdf};
use serde_json::{Value, json};

fn example(path: &str) -> String {
    files::example(path).display().to_string()
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

/// Runs the command for a file, without a service.
async fn figure(arguments: &[&str]) -> CommandOutput {
    Command::new([&["figure"], arguments].concat()).run().await
}

#[tokio::test]
async fn a_figure_of_a_file_is_drawn_without_a_service_and_stamped_as_a_draft() {
    let folder = tempfile::tempdir().unwrap();
    let (draft, earlier) = (example("russia-iran/revision-2.json"), example("russia-iran/revision-1.json"));
    let svg = path(folder.path(), "sub/timeline.svg");
    let drawn = figure(&[&draft, "fig-timeline", "-o", &svg]).await.exits(0);
    assert!(drawn.stdout.ends_with(", stamped as a draft\n"), "{}", drawn.stdout);
    assert_eq!(drawn.stderr, "");
    let text = fs::read_to_string(&svg).unwrap();
    assert!(text.starts_with("<svg ") && text.contains("TLP:CLEAR\nDraft: not published.\n"), "{text}");

    let (alone, compared) = (path(folder.path(), "alone.pdf"), path(folder.path(), "compared.pdf"));
    figure(&[&draft, "fig-likelihoods", "-o", &alone]).await.exits(0);
    let arguments = [&draft, "fig-likelihoods", "-o", &compared, "--since", &earlier, "--json"];
    let drawn = figure(&arguments).await.exits(0);
    assert_eq!(drawn.json(), json!({ "output": compared, "printWarnings": [] }));
    assert_ne!(fs::read(&alone).unwrap(), fs::read(&compared).unwrap());
    for file in [&alone, &compared] {
        pdf::assert_sound(Path::new(file));
    }
}

#[tokio::test]
async fn a_table_is_exported_in_the_format_that_the_flag_or_the_ending_names() {
    let folder = tempfile::tempdir().unwrap();
    let draft = example("suez-2021/revision-2.json");
    for (format, first) in [("svg", "<svg"), ("pdf", "%PDF")] {
        let file = path(folder.path(), &format!("table.{format}"));
        figure(&[&draft, "tab-traffic", "-o", &file]).await.exits(0);
        let piped = figure(&[&draft, "tab-traffic", "-o", "-", "--format", format]).await.exits(0);
        assert_eq!(piped.bytes, fs::read(&file).unwrap());
        assert!(piped.bytes.starts_with(first.as_bytes()));
        let unusual = path(folder.path(), "table.part");
        figure(&[&draft, "tab-traffic", "-o", &unusual, "--format", format]).await.exits(0);
        assert_eq!(piped.bytes, fs::read(&unusual).unwrap());
    }
}

#[tokio::test]
async fn the_options_of_a_figure_change_it() {
    let folder = tempfile::tempdir().unwrap();
    let theme = path(folder.path(), "theme.toml");
    fs::write(&theme, "accent = \"#7a1f3d\"\n").unwrap();
    let draft = example("russia-iran/revision-2.json");
    let mut drawings: Vec<Vec<u8>> = Vec::new();
    let options: [&[&str]; 6] = [
        &[],
        &["--locale", "ru"],
        &["--likelihood", "numbers"],
        &["--large-print"],
        &["--show-ids"],
        &["--theme", &theme],
    ];
    for options in options {
        let arguments = [&[&draft, "fig-likelihoods", "-o", "-", "--format", "svg"], options].concat();
        let drawn = figure(&arguments).await.exits(0).bytes;
        assert!(!drawings.contains(&drawn), "{options:?} changes nothing");
        drawings.push(drawn);
    }
    let refused = figure(&[&draft, "fig-trends", "-o", "x.svg", "--locale", "xx", "--json"]).await.exits(1);
    assert_eq!(refused.error()["violations"][0]["path"], "options.locale");
}

#[tokio::test]
async fn a_figure_of_a_brief_is_drawn_as_the_caller_may_read_it() {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("russia-iran")).await;
    let drawn = async |arguments: &[&str]| {
        let arguments = [&["figure"], arguments, &["-o", "-", "--format", "svg"]].concat();
        stack.command(&arguments).run().await.exits(0).stdout
    };
    let newest = drawn(&["russia-iran", "fig-likelihoods"]).await;
    assert!(newest.contains("<desc") && !newest.contains("Draft"), "{newest}");
    assert_eq!(newest, drawn(&["russia-iran/revisions/2", "fig-likelihoods"]).await);
    // Without --since the parent revision is compared, as in a render.
    assert_eq!(newest, drawn(&["russia-iran", "fig-likelihoods", "--since", "1"]).await);
    assert!(drawn(&["russia-iran/revisions/1", "fig-trends"]).await.contains("revision 2"), "superseded");

    let withdraw = ["withdraw", "russia-iran/revisions/1", "--reason", "Superseded figures"];
    stack.command(&withdraw).run().await.exits(0);
    let withdrawn = drawn(&["russia-iran/revisions/1", "fig-trends"]).await;
    assert!(withdrawn.contains("Superseded figures"), "{withdrawn}");
    // A withdrawn parent is not compared.
    assert_ne!(newest, drawn(&["russia-iran", "fig-likelihoods"]).await);
    assert_eq!(newest, drawn(&["russia-iran", "fig-likelihoods", "--since", "1"]).await);
    for since in ["2", "3", "amber-demo/revisions/1"] {
        let arguments = ["figure", "russia-iran", "fig-trends", "-o", "x.svg", "--since", since, "--json"];
        assert_eq!(stack.command(&arguments).run().await.exits(2).error()["reason"], "INVALID_FIELD");
    }
}

#[tokio::test]
async fn a_withheld_figure_is_unknown_and_no_file_has_withheld_text() {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("amber")).await;
    let clear = stack.caller("clear", &[Role::Reader], "TLP:CLEAR").await;
    let amber = stack.caller("amber", &[Role::Reader], "TLP:AMBER").await;
    let file = path(&stack.folder(), "figure.svg");
    let of = |caller: &chancery_testkit::Caller| {
        let arguments = ["figure", "amber-demo", "fig-1", "-o", &file, "--json"];
        Command::new(arguments)
            .env("CHANCERY_SERVER", stack.url())
            .env("CHANCERY_TOKEN_FILE", caller.token_file.display().to_string())
    };
    let refused = of(&clear).run().await.exits(1);
    assert_eq!(
        (&refused.error()["code"], &refused.error()["reason"]),
        (&"NOT_FOUND".into(), &"UNKNOWN_FIGURE".into())
    );
    assert!(!refused.stderr.to_lowercase().contains("zibeth") && !Path::new(&file).exists());
    of(&amber).run().await.exits(0);
    let drawn = fs::read_to_string(&file).unwrap();
    assert!(drawn.contains("Zibeth") && drawn.contains("chancery:marking=\"TLP:AMBER"), "{drawn}");
}

#[tokio::test]
async fn a_figure_that_cannot_be_exported_is_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "x.svg");
    let refused = async |draft: &str, id: &str| {
        let refused = figure(&[draft, id, "-o", &file, "--json"]).await.exits(1).error();
        assert!(!Path::new(&file).exists(), "{refused}");
        let field = |name: &str| refused[name].as_str().unwrap().to_owned();
        (field("reason"), field("message"))
    };
    let draft = example("suez-2021/revision-2.json");
    let (reason, message) = refused(&draft, "fig-nothing").await;
    assert_eq!(reason, "UNKNOWN_FIGURE");
    assert!(message.contains("tab-revenue (Revenue of the canal)"), "{message}");
    let (_, message) = refused(&example("amber/revision-1.json"), "tab-1").await;
    assert!(message.contains("give an id to \"Hours without power, by quay\" in section sec-1"), "{message}");

    let mut document: Value = serde_json::from_slice(&fs::read(&draft).unwrap()).unwrap();
    let digest = "5f".repeat(32);
    let blocks = document["content"]["sections"][0]["blocks"].as_array_mut().unwrap();
    blocks.push(json!({ "id": "fig-map", "figure": {
        "kind": "FIGURE_KIND_ATTACHMENT", "title": "A map", "attachment": digest, "alt": "A map" } }));
    blocks.push(json!({ "id": "tab-empty", "table": {
        "caption": "Nothing", "columns": [{ "heading": "A", "type": "COLUMN_TYPE_TEXT" }] } }));
    let changed = path(folder.path(), "draft.json");
    fs::write(&changed, document.to_string()).unwrap();
    let (reason, message) = refused(&changed, "fig-map").await;
    assert_eq!(reason, "UPLOADED_IMAGE");
    assert!(message.contains(&format!("workspaces/default/attachments/{digest}")), "{message}");
    let (reason, message) = refused(&changed, "tab-empty").await;
    assert_eq!(reason, "BLOCK_WITHOUT_DATA");
    assert!(message.contains("a table without rows") && message.contains("add a row"), "{message}");
    assert_eq!(refused("/nowhere/draft.json", "fig-map").await.0, "IO");
}

#[tokio::test]
async fn other_endings_are_refused_before_anything_is_read() {
    for arguments in [
        &["-o", "timeline.png"][..],
        &["-o", "timeline"],
        &["-o", "draft.json"],
        &["-o", "-"],
        &["-o", "timeline.svg", "--format", "pdf"],
        &["-o", "timeline.pdf", "--format", "svg"],
        &["-o", "timeline.svg", "--format", "png"],
        &["-o", "-", "--format", "svg", "--json"],
        &[],
    ] {
        let ran = figure(&[&["/nowhere/draft.json", "fig-timeline"], arguments].concat()).await;
        assert_eq!(ran.code, 2, "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{arguments:?}");
    }
    let ran = figure(&["/nowhere/draft.json", "fig-timeline", "-o", "timeline.png"]).await;
    assert!(ran.stderr.contains("name it timeline.svg or timeline.pdf"), "{}", ran.stderr);
}
