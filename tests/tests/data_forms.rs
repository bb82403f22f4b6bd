//! JSON and YAML of briefs on the command line: every error in one run, YAML wherever JSON is, the schema, and the commands
//! that write drafts.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fs;
use std::path::Path;

use chancery_testkit::{Command, CommandOutput, Stack, files};
use serde_json::Value;

const YAML: &str = "# A draft
title: no
kind: event
language: en
sources:
  - {id: board, title: on, date: 1991, type: data, reliability: A}
sections:
  - id: sec-1
    heading: Traffic
    blocks:
      - id: tab-1
        table:
          caption: Calls
          columns: [{heading: Year, type: date}, {heading: Calls, type: number}]
          rows:
            - cells: [{text: 1991}, {text: \"1,200\"}]
      - paragraph:
          statements:
            - id: s-1
              text: >
                Traffic fell
                by half.
              type: fact
              citations: [{sourceId: board, credibility: 1}]
scenarios:
  - {id: sc-1, title: Slow return, text: It takes a year., percent: 100}
";

async fn run(arguments: &[&str]) -> CommandOutput {
    Command::new(arguments).run().await
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[tokio::test]
async fn check_and_preview_report_every_error_of_a_file_in_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let broken = YAML
        .replace("kind: event", "kind: evnt")
        .replace("heading: Traffic", "headline: Traffic")
        .replace("percent: 100", "percent: all")
        .replace("title: no\n", "title: no\ntitle: yes\nsubtitle: !!str x\n");
    let yaml = write(folder.path(), "a.brief.yaml", &broken);
    let expected = [
        ":3:1: error[DUPLICATE_KEY]: title: duplicate field; remove one of the two",
        ":4:17: error[YAML_FEATURE]: the file has no anchors and no tags: every value is a text, a list or a map",
        ":5:7: error[UNKNOWN_VALUE]: kind: unknown value \"evnt\"; did you mean \"event\"?",
        ":11:5: error[UNKNOWN_KEY]: sections[0].headline: unknown field \"headline\"; did you mean \"heading\"?",
        ":28:69: error[INVALID_VALUE]: scenarios[0].percent: expected a whole number from 0 to 4294967295, not the text \"all\"",
    ];
    let checked = run(&["check", "--no-glyphs", &yaml]).await.exits(1);
    let found: Vec<&str> = checked.stdout.lines().filter(|line| line.contains(": error[")).collect();
    assert_eq!(found, expected.map(|line| format!("{yaml}{line}")));
    let pdf = folder.path().join("a.pdf").display().to_string();
    let refused = run(&["preview", &yaml, "-o", &pdf, "--json"]).await.exits(1).error();
    assert_eq!((&refused["reason"], &refused["total_violations"]), (&"INVALID_YAML".into(), &5.into()));

    let json =
        write(folder.path(), "a.json", "{\"titel\": \"T\",\n \"kind\": \"EVENT\", \"tags\": [1, true]}");
    let checked = run(&["check", "--json", &json]).await.exits(1).json();
    let places: Vec<String> = checked["findings"].as_array().unwrap().iter().map(place).collect();
    assert_eq!(places, ["1:2 UNKNOWN_KEY", "2:28 INVALID_VALUE", "2:31 INVALID_VALUE"]);
}

fn place(found: &Value) -> String {
    format!("{}:{} {}", found["line"], found["column"], found["code"].as_str().unwrap())
}

#[tokio::test]
async fn rules_and_warnings_are_located_in_yaml() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = write(folder.path(), "a.yaml", &YAML.replace("sourceId: board", "source_id: bord"));
    let checked = run(&["check", "--no-glyphs", &yaml]).await.exits(1);
    assert!(
        checked.stdout.contains(&format!("{yaml}:24:39: error[UNKNOWN_REFERENCE]")),
        "{}",
        checked.stdout
    );
    let valid = write(folder.path(), "b.yml", YAML);
    run(&["check", "--no-glyphs", &valid]).await.exits(0);
    let pdf = folder.path().join("b.pdf");
    run(&["preview", &valid, "-o", &pdf.display().to_string()]).await.exits(0);
    let svg = folder.path().join("b.svg");
    run(&["figure", &valid, "tab-1", "-o", &svg.display().to_string()]).await.exits(0);
    assert!(pdf.exists() && fs::read_to_string(svg).unwrap().contains("1,200"));
}

#[tokio::test]
async fn findings_of_json_and_yaml_have_the_fixes_of_the_text_form() {
    let folder = tempfile::tempdir().unwrap();
    let fixes = async |name: &str, text: &str| -> Vec<String> {
        let file = write(folder.path(), name, text);
        let checked = run(&["check", "--json", "--no-glyphs", &file]).await.exits(1).json();
        let found = checked["findings"].as_array().unwrap().iter().filter(|found| !found["fix"].is_null());
        let line = |found: &Value| {
            let fix = &found["fix"];
            assert_eq!(fix["line"], fix["endLine"]);
            let columns = format!("{}-{}", fix["column"], fix["endColumn"]);
            format!("{} {}:{columns} {}", found["code"].as_str().unwrap(), fix["line"], fix["replacement"])
        };
        found.map(line).collect()
    };
    // Unknown names and words, inside their quotation marks.
    let json = "{\"titel\": \"T\",\n \"kind\": \"EVNT\", \"sources\": [{\"type\": \"SOURCE_TYPE_NWS\"}]}";
    assert_eq!(
        fixes("a.json", json).await,
        [
            "UNKNOWN_KEY 1:3-8 \"title\"",
            "UNKNOWN_VALUE 2:11-15 \"BRIEF_KIND_EVENT\"",
            "UNKNOWN_VALUE 2:40-55 \"SOURCE_TYPE_NEWS\""
        ]
    );
    let yaml = YAML.replace("kind: event", "kind: evnt").replace("heading: Traffic", "'headng': Traffic");
    assert_eq!(
        fixes("a.yaml", &yaml).await,
        ["UNKNOWN_VALUE 3:7-11 \"event\"", "UNKNOWN_KEY 9:6-12 \"heading\""]
    );
    // References that name nothing, and dates.
    let yaml = YAML
        .replace("sourceId: board", "sourceId: bord")
        .replace("date: 1991, type", "date: \"May 1991\", type");
    assert_eq!(
        fixes("b.yaml", &yaml).await,
        ["UNKNOWN_REFERENCE 24:38-42 \"board\"", "INVALID_DATE 6:35-43 \"1991-05\""]
    );
    let link = "[{id: s-1, text: See it., spans: [{start: 0, end: 3, kind: link, target: \"#bord\"}]}]";
    let yaml = YAML.replace("sections:", &format!("bluf: {link}\nsections:"));
    assert_eq!(
        fixes("c.yaml", &yaml.replace("id: s-1\n", "id: s-2\n")).await,
        ["UNKNOWN_REFERENCE 7:82-86 \"board\""]
    );
    let plain = write(folder.path(), "d.json", "{\"titel\": \"T\"}");
    let shown = run(&["check", "--no-glyphs", &plain]).await.exits(1).stdout;
    assert!(shown.contains("  = fix: replace \"titel\" by \"title\"\n"), "{shown}");
}

#[tokio::test]
async fn drafts_and_revisions_are_read_and_written_as_yaml() {
    let stack = Stack::without_worker().await;
    let folder = tempfile::tempdir().unwrap();
    let command = async |arguments: &[&str], code| stack.command(arguments).run().await.exits(code);
    let file = write(folder.path(), "ferries.brief.yaml", YAML);
    command(&["create", "ferries", &file], 0).await;
    let json = command(&["draft", "get", "ferries"], 0).await.json();
    let content = &json["content"];
    assert_eq!((&content["title"], &content["sources"][0]["date"]), (&"no".into(), &"1991".into()));
    let statement = &content["sections"][0]["blocks"][1]["paragraph"]["statements"][0];
    assert_eq!(statement["text"], "Traffic fell by half.");

    // The draft as YAML, edited and set twice: the file has the new etag each time.
    let draft = folder.path().join("draft.yaml").display().to_string();
    command(&["draft", "get", "ferries", "-o", &draft], 0).await;
    for (from, to) in [("by half", "by a third"), ("by a third", "by a quarter")] {
        let text = fs::read_to_string(&draft).unwrap();
        assert!(text.contains("\netag: ") && text.contains(from), "{text}");
        fs::write(&draft, text.replace(from, to)).unwrap();
        let set = command(&["draft", "set", "ferries", &draft], 0).await;
        assert!(set.stdout.contains(&format!("also in {draft}")), "{}", set.stdout);
    }
    command(&["publish", "ferries"], 0).await;
    let shown = command(&["get", "ferries"], 0).await.stdout;
    for part in
        ["Year  Calls\n", "1991  1,200\n", "100 % Slow return: It takes a year.\n", "board: on, 1991 (A)\n"]
    {
        assert!(shown.contains(part), "{shown}");
    }

    // The published revision as YAML, imported under another name.
    let exported = folder.path().join("revision-1.brief.yaml");
    command(&["export", "ferries/revisions/1", "-o", &exported.display().to_string()], 0).await;
    let text = fs::read_to_string(&exported).unwrap();
    assert!(text.starts_with("briefId: ferries\nrevision: 1\n"), "{text}");
    let digest = text.lines().find(|line| line.starts_with("digest: ")).unwrap();
    let copy = text.replace("briefId: ferries", "briefId: ferries-copy").replace(&format!("{digest}\n"), "");
    let imports = folder.path().join("imports");
    fs::create_dir(&imports).unwrap();
    write(&imports, "revision-1.brief.yaml", &copy);
    command(&["import", &imports.display().to_string()], 0).await;
    let copied = command(&["get", "ferries-copy", "--json"], 0).await.json();
    assert_eq!(copied["content"], command(&["get", "ferries", "--json"], 0).await.json()["content"]);
    let all = folder.path().join("all");
    command(&["export", "ferries", "--format", "yaml", "-o", &all.display().to_string()], 0).await;
    assert_eq!(fs::read_to_string(all.join("revision-1.brief.yaml")).unwrap(), text);

    command(&["withdraw", "ferries/revisions/1", "--reason", "Wrong figures"], 0).await;
    let withdrawn = command(&["get", "ferries/revisions/1"], 0).await.stdout;
    let line = withdrawn.lines().find(|line| line.starts_with("withdrawn ")).unwrap();
    assert!(line.ends_with(": Wrong figures"), "{withdrawn}");
}

#[tokio::test]
async fn a_draft_is_reset_to_its_published_revision() {
    let stack = Stack::without_worker().await;
    let folder = tempfile::tempdir().unwrap();
    let command = async |arguments: &[&str], code| stack.command(arguments).run().await.exits(code);
    let file = write(folder.path(), "ferries.brief.yaml", YAML);
    command(&["create", "ferries", &file], 0).await;
    let unpublished = command(&["draft", "reset", "ferries", "--yes", "--json"], 1).await;
    assert_eq!(unpublished.error()["reason"], "NOT_PUBLISHED");
    command(&["publish", "ferries"], 0).await;
    let same = command(&["draft", "reset", "ferries"], 0).await;
    assert!(same.stdout.contains("equals revision 1"), "{}", same.stdout);
    let changed = write(folder.path(), "changed.yaml", &YAML.replace("by half", "by a third"));
    command(&["draft", "set", "ferries", &changed, "--force"], 0).await;

    let refused = command(&["draft", "reset", "ferries", "--json"], 2).await;
    assert_eq!(refused.error()["reason"], "NOT_CONFIRMED");
    assert!(command(&["draft", "get", "ferries"], 0).await.stdout.contains("by a third"));
    let reset = command(&["draft", "reset", "ferries", "--yes"], 0).await;
    assert!(reset.stdout.contains("reset to revision 1, etag "), "{}", reset.stdout);
    assert!(command(&["draft", "get", "ferries"], 0).await.stdout.contains("Traffic fell by half."));
}

#[tokio::test]
async fn misspelt_codes_and_names_are_refused_with_the_remedy() {
    let misspelt = run(&["check", "--strict=SINGEL_SOURCE", "a.brief.md"]).await.exits(2);
    assert!(misspelt.stderr.contains("did you mean SINGLE_SOURCE?"), "{}", misspelt.stderr);
    let publish = run(&["publish", "ferries", "--strict=UNDECLARED_CHANGES"]).await.exits(2);
    assert!(publish.stderr.contains("did you mean UNDECLARED_CHANGE?"), "{}", publish.stderr);
    let workspace = run(&["list", "--workspace", "News Room"]).await.exits(2);
    assert!(workspace.stderr.contains("not allowed here: N, a space, R"), "{}", workspace.stderr);
}

#[tokio::test]
async fn schema_prints_the_schema_of_the_docs() {
    let printed = run(&["schema"]).await.exits(0).stdout;
    let docs = fs::read_to_string(files::root().join("docs/schema/brief.schema.json")).unwrap();
    assert!(printed == docs, "`chancery schema` prints another schema than docs/schema has");
}
