//! `convert`: text, JSON and YAML of briefs into each other, without a service and without loss.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fs;
use std::path::Path;

use chancery_testkit::{Command, CommandOutput, files};
use serde_json::{Value, json};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn with(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    async fn convert(&self, from: &str, to: &str) {
        run(&["convert", &self.path(from), "-o", &self.path(to)]).await.exits(0);
    }
}

async fn run(arguments: &[&str]) -> CommandOutput {
    Command::new(arguments).run().await
}

const TEXT: &str = "---\ntitle: Ferries\n---\n\nIt fell. {narrative} ^s-1\n";

#[tokio::test]
async fn every_example_goes_through_all_forms_and_comes_back_the_same() {
    let mut converted = 0;
    for entry in fs::read_dir(files::root().join("examples")).unwrap() {
        for number in 1..=2 {
            let json = entry.as_ref().unwrap().path().join(format!("revision-{number}.json"));
            if !json.exists() {
                continue;
            }
            let folder = Folder::new();
            fs::copy(&json, folder.path("a.json")).unwrap();
            folder.convert("a.json", "a.yaml").await;
            folder.convert("a.yaml", "b.json").await;
            folder.convert("a.json", "same.json").await;
            assert_eq!(folder.read("b.json"), folder.read("same.json"), "{}", json.display());
            folder.convert("a.yaml", "a.brief.md").await;
            folder.convert("a.brief.md", "b.yml").await;
            folder.convert("b.yml", "c.json").await;
            folder.convert("c.json", "c.brief.md").await;
            assert_eq!(folder.read("a.brief.md"), folder.read("c.brief.md"), "{}", json.display());
            for name in ["a", "c"] {
                let (file, pdf) = (folder.path(&format!("{name}.json")), folder.path(&format!("{name}.pdf")));
                run(&["preview", &file, "-o", &pdf]).await.exits(0);
            }
            let [first, last] = ["a.pdf", "c.pdf"].map(|pdf| fs::read(folder.path(pdf)).unwrap());
            assert!(first == last, "{} prints differently", json.display());
            converted += 1;
        }
    }
    assert_eq!(converted, 8);
}

#[tokio::test]
async fn content_and_drafts_keep_their_kind() {
    let folder = Folder::new();
    folder.with("content.brief.md", TEXT);
    folder.convert("content.brief.md", "content.json").await;
    let content = folder.json("content.json");
    assert_eq!((&content["title"], &content["bluf"][0]["id"]), (&"Ferries".into(), &"s-1".into()));
    folder.convert("content.json", "again.brief.md").await;
    assert_eq!(folder.read("again.brief.md"), TEXT);

    let draft = json!({
        "name": "workspaces/default/briefs/ferries/draft", "etag": "W/\"7\"", "baseRevision": 3,
        "updateTime": "2026-11-15T09:00:00Z", "content": content,
    });
    folder.with("draft.json", &draft.to_string());
    let converted =
        run(&["convert", &folder.path("draft.json"), "-o", &folder.path("draft.brief.md")]).await.exits(0);
    assert!(
        converted.stderr.contains("warning: ") && converted.stderr.contains("does not state updateTime"),
        "{}",
        converted.stderr
    );
    folder.convert("draft.brief.md", "draft.yaml").await;
    folder.convert("draft.yaml", "draft-again.json").await;
    let again = folder.json("draft-again.json");
    for field in ["name", "etag", "baseRevision"] {
        assert_eq!(again[field], draft[field], "{field}");
    }
    assert_eq!(again["content"]["bluf"], content["bluf"]);
}

#[tokio::test]
async fn the_scheme_of_a_text_is_kept() {
    let folder = Folder::new();
    folder.with("us.brief.md", &TEXT.replace("title: Ferries\n", "title: Ferries\nscheme: us\n"));
    folder.convert("us.brief.md", "us.json").await;
    folder.convert("us.json", "again.brief.md").await;
    let again = folder.read("again.brief.md");
    assert!(again.contains("scheme: us\n"), "{again}");
}

#[tokio::test]
async fn an_existing_file_is_replaced_with_force_only() {
    let folder = Folder::new();
    let text = folder.with("a.brief.md", TEXT);
    let json = folder.with("a.json", "mine");
    let refused = run(&["convert", &text, "-o", &json]).await.exits(1);
    assert!(
        refused.stderr.contains("FILE_EXISTS") && refused.stderr.contains("--force"),
        "{}",
        refused.stderr
    );
    assert_eq!(folder.read("a.json"), "mine");
    run(&["convert", &text, "-o", &json, "--force"]).await.exits(0);
    assert_eq!(folder.json("a.json")["title"], "Ferries");
}

#[tokio::test]
async fn standard_input_and_output_have_the_form_of_the_flags() {
    let yaml = Command::new(["convert", "-", "--to", "yaml"]).input(TEXT).run().await.exits(0);
    assert!(yaml.stdout.contains("\ntitle: Ferries\n"), "{}", yaml.stdout);
    let text =
        Command::new(["convert", "-", "--from", "yaml", "--to", "text"]).input(yaml.stdout).run().await;
    assert!(text.exits(0).stdout.ends_with("It fell. {narrative} ^s-1\n"));
    let unnamed = Command::new(["convert", "-"]).input(TEXT).run().await.exits(2);
    assert!(unnamed.stderr.contains("--to"), "{}", unnamed.stderr);
}

#[tokio::test]
async fn what_no_text_can_hold_is_refused_at_its_place() {
    let folder = Folder::new();
    let broken = folder.with(
        "a.json",
        "{\"title\": \"T\", \"language\": \"en\", \"kind\": \"thematic\",\n \"bluf\": [{\"id\": \"s-1\", \"text\": \"A\", \"actorIds\": [\"x\"], \"type\": \"fact\"}]}",
    );
    let refused =
        run(&["convert", &broken, "-o", &folder.path("a.brief.md"), "--json"]).await.exits(1).error();
    assert_eq!(refused["reason"], "INVALID_CONTENT");
    assert!(refused["violations"].to_string().contains("UNKNOWN_REFERENCE"), "{refused}");
    assert!(!Path::new(&folder.path("a.brief.md")).exists());
    // JSON and YAML hold what breaks rules.
    folder.convert("a.json", "a.yaml").await;

    let text = folder.with("b.brief.md", TEXT);
    run(&["convert", &text, "-o", &folder.path("c.brief.md")]).await.exits(2);
    let other = run(&["convert", &text, "-o", &folder.path("b.pdf")]).await.exits(2);
    assert!(other.stderr.contains("WRONG_ENDING") && other.stderr.contains(".brief.md"), "{}", other.stderr);
    let commented = folder.with("d.brief.md", &TEXT.replace("It fell", "<!-- Ask. -->\n\nIt fell"));
    let converted = run(&["convert", &commented, "-o", &folder.path("d.json")]).await.exits(0);
    assert!(converted.stderr.contains("comments are not converted"), "{}", converted.stderr);
}
