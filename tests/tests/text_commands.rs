//! The text form of a brief on the command line: `new`, `check`, `fmt`, and the commands that read and write both forms.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use chancery_testkit::programs::{own_binary, run_tool};
use chancery_testkit::{Command, CommandOutput, Stack, files, pdf};
use serde_json::json;

const BRIEF: &str = "---\ntitle: Ferries\nsources:\n  board: {title: Figures, date: 2026, reliability: A}\nactors:\n  line: {name: The line, kind: company}\n---\n\n\
    # Traffic ^sec-1\n\n";

/// Runs a command without a service.
async fn run(arguments: &[&str]) -> CommandOutput {
    Command::new(arguments).run().await
}

struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the name of a file with a text, as an argument.
    fn with(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn hostile(name: &str) -> String {
    files::example(&format!("hostile-text/{name}.brief.md")).display().to_string()
}

#[tokio::test]
async fn check_lists_the_problems_of_every_file_as_compilers_do() {
    let folder = Folder::new();
    let clean =
        folder.with("clean.brief.md", &format!("{BRIEF}It fell. [@board A1] {{actors: line}} ^s-1\n"));
    let (persian, quotes) = (hostile("persian"), hostile("curly-quotes"));
    let missing = folder.path("none.brief.md").display().to_string();
    let checked = run(&["check", &clean, &persian, &missing, &quotes]).await.exits(1);
    let headlines: Vec<&str> = checked.stdout.lines().filter(|line| line.contains(": error[")).collect();
    assert_eq!(headlines.len(), 4, "{}", checked.stdout);
    let remedy = "the front matter has no source \"bord\": did you mean \"board\"?";
    assert_eq!(headlines[0], format!("{persian}:13:24: error[UNKNOWN_SOURCE]: {remedy}"));
    assert!(headlines[2].starts_with(&format!("{missing}:1:1: error[IO]: ")), "{}", headlines[2]);
    assert!(headlines[3].starts_with(&format!("{quotes}:16:41: error[CURLY_QUOTE]: ")), "{}", headlines[3]);
    assert!(checked.stdout.contains("  = fix: replace \"bord\" by \"board\"\n"), "{}", checked.stdout);
    assert_eq!(checked.stderr, "error: 4 errors, 1 warning in 4 files (INVALID_CONTENT)\n");
    let quiet = run(&["check", &clean]).await.exits(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[tokio::test]
async fn check_says_on_a_terminal_that_a_file_is_clean() {
    let folder = Folder::new();
    let clean =
        folder.with("clean.brief.md", &format!("{BRIEF}It fell. [@board A1] {{actors: line}} ^s-1\n"));
    // `script` gives the command a terminal.
    let command = format!("{} check {clean}", own_binary("chancery").display());
    let ran = run_tool("script", "bsdutils", ["-qec", &command, "/dev/null"]);
    let shown = String::from_utf8_lossy(&ran.stdout).replace('\r', "");
    assert!(ran.status.success(), "{shown}");
    assert_eq!(shown, format!("{clean}: no problems\n"));
}

#[tokio::test]
async fn check_prints_json_for_programs() {
    let folder = Folder::new();
    let file = folder.with("a.brief.md", &format!("{BRIEF}ایران [@board A1] {{actor: line}} ^s-1\n"));
    let checked = run(&["check", "--json", "--no-glyphs", &file]).await.exits(1);
    let expected = json!({
        "files": 1, "errors": 1, "warnings": 0, "hints": 1, "omitted": 0,
        "findings": [{
            "file": file, "line": 11, "column": 20, "endLine": 11, "endColumn": 25, "severity": "error",
            "code": "UNKNOWN_KEY", "message": "a sentence has no annotation \"actor\": did you mean \"actors\"?",
            "fix": {
                "line": 11, "column": 20, "endLine": 11, "endColumn": 25, "replacement": "actors", "safe": true
            },
        }, {
            "file": file, "line": 12, "column": 1, "endLine": 12, "endColumn": 1, "severity": "hint",
            "code": "FURTHER_CHECKS",
            "message": "some rules and warnings depend on lines with errors: they are checked once these are correct",
        }],
    });
    assert_eq!(checked.json(), expected);
    assert_eq!(checked.error()["reason"], "INVALID_CONTENT");
}

#[tokio::test]
async fn check_exits_with_1_on_warnings_only_when_strict() {
    let folder = Folder::new();
    let file = folder.with(
        "a.brief.md",
        &format!("{BRIEF}It may fall. [@board A1] {{assessment; actors: line}} ^s-1\nIt rose.\n"),
    );
    let checked = run(&["check", &file]).await.exits(0);
    assert!(checked.stdout.contains(":11:1: warning[HEDGE_WITHOUT_LIKELIHOOD]: "), "{}", checked.stdout);
    run(&["check", "--strict", &file]).await.exits(1);
    run(&["check", "--strict=SINGLE_SOURCE", &file]).await.exits(0);
    run(&["check", "--strict=SINGLE_SOURCE,HEDGE_WITHOUT_LIKELIHOOD", &file]).await.exits(1);
    run(&["check"]).await.exits(2);
}

#[tokio::test]
async fn check_reads_standard_input_and_json() {
    let text = format!("{BRIEF}It fell. [@board A1] {{fact; actors: lime line}} ^s-1\n");
    let checked = Command::new(["check", "-"]).input(text).run().await.exits(1);
    assert!(checked.stdout.starts_with("-:11:37: error[UNKNOWN_REFERENCE]: "), "{}", checked.stdout);
    let document = "{\"title\": \"\",\n \"kind\": \"BRIEF_KIND_EVENT\"}";
    let checked = Command::new(["check", "-"]).input(document).run().await.exits(1);
    assert!(checked.stdout.contains("-:1:11: error[REQUIRED]: title: "), "{}", checked.stdout);
    let example = files::example("russia-iran/revision-2.json").display().to_string();
    let checked = run(&["check", &example, "--json"]).await.exits(0).json();
    assert_eq!(checked["errors"], 0);
    for found in checked["findings"].as_array().unwrap() {
        assert!(found["line"].as_u64().unwrap() > 1, "{found}");
    }
}

#[tokio::test]
async fn check_warns_of_characters_that_no_font_has() {
    let folder = Folder::new();
    let file =
        folder.with("a.brief.md", &format!("{BRIEF}It fell to 港. [@board A1] {{actors: line}} ^s-1\n"));
    let checked = run(&["check", &file]).await.exits(0);
    assert!(
        checked.stdout.contains(":11:12: warning[MISSING_GLYPH]: no font has U+6E2F"),
        "{}",
        checked.stdout
    );
    assert_eq!(run(&["check", "--no-glyphs", &file]).await.exits(0).stdout, "");
}

#[tokio::test]
async fn fixes_replace_the_file_and_leave_what_names_evidence() {
    let folder = Folder::new();
    let file =
        folder.with("a.brief.md", &format!("\u{feff}{BRIEF}It fell. [@bord A1] {{actor: line}} ^s-1\n"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let fixed = run(&["check", "--fix", &file]).await.exits(1);
    assert_eq!(folder.read("a.brief.md"), format!("{BRIEF}It fell. [@bord A1] {{actors: line}} ^s-1\n"));
    assert!(fixed.stdout.contains("error[UNKNOWN_SOURCE]") && !fixed.stdout.contains("UNKNOWN_KEY"));
    assert!(fixed.stderr.contains(": 2 fixed\n"), "{}", fixed.stderr);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(folder.names(), ["a.brief.md"]);
}

#[tokio::test]
async fn fmt_splits_sentences_and_assigns_ids() {
    let folder = Folder::new();
    let raw = format!("{BRIEF}It fell. [@board A1] Dr. Ali says that it rose again.\n");
    let formatted = format!("{BRIEF}It fell. [@board A1] ^s-01\nDr. Ali says that it rose again. ^s-02\n");
    let file = folder.with("a.brief.md", &raw);
    let checked = run(&["fmt", "--check", &file]).await.exits(1);
    assert_eq!(checked.stdout, format!("{file}: would change\n"));
    assert_eq!(folder.read("a.brief.md"), raw);
    let filtered = Command::new(["fmt", "-"]).input(raw).run().await.exits(0);
    assert_eq!(filtered.stdout, formatted);
    let ran = run(&["fmt", &file]).await.exits(0);
    assert!(ran.stderr.contains(&format!("{file}:11: split into 2 sentences")), "{}", ran.stderr);
    assert_eq!(folder.read("a.brief.md"), formatted);
    assert_eq!(run(&["fmt", "--check", &file]).await.exits(0).stdout, "");

    let earlier = folder.with("earlier.brief.md", &format!("{BRIEF}It fell. ^s-09\n"));
    let against = folder.with("b.brief.md", &format!("{BRIEF}It rose again.\n"));
    run(&["fmt", "--against", &earlier, &against]).await.exits(0);
    assert!(folder.read("b.brief.md").ends_with("It rose again. ^s-10\n"));
}

#[tokio::test]
async fn fmt_writes_nothing_while_a_text_has_errors_of_form() {
    let folder = Folder::new();
    let text = format!("{BRIEF}It fell. {{actors: line ^s-01\nIt rose.\n");
    let file = folder.with("a.brief.md", &text);
    let refused = run(&["fmt", &file]).await.exits(1);
    assert!(refused.stderr.contains(&format!("{file}:11:10: error[UNCLOSED]: ")), "{}", refused.stderr);
    assert_eq!(folder.read("a.brief.md"), text);
    let filtered = Command::new(["fmt", "-"]).input(text).run().await.exits(1);
    assert_eq!(filtered.stdout, "");
    run(&["fmt", &files::example("amber/revision-1.json").display().to_string()]).await.exits(2);
}

#[tokio::test]
async fn new_creates_a_text_that_is_clean_and_prints() {
    let folder = Folder::new();
    let file = folder.path("red-sea.brief.md").display().to_string();
    run(&["new", &file, "--kind", "country"]).await.exits(0);
    assert!(folder.read("red-sea.brief.md").starts_with("---\ntitle: \"Red sea\"\nkind: country\n"));
    let checked = run(&["check", "--strict", &file]).await.exits(0);
    let headlines: Vec<&str> = checked.stdout.lines().filter(|line| line.starts_with(&file)).collect();
    assert!(headlines.len() == 1 && headlines[0].contains(": hint[TEMPLATE_TEXT]: "), "{}", checked.stdout);
    run(&["fmt", "--check", &file]).await.exits(0);
    let pdf = folder.path("red-sea.pdf").display().to_string();
    run(&["preview", &file, "-o", &pdf]).await.exits(0);

    let again = run(&["new", &file, "--json"]).await.exits(1);
    assert_eq!(again.error()["reason"], "FILE_EXISTS");
    run(&["new", &folder.path("red-sea.json").display().to_string()]).await.exits(2);
    run(&["new", &folder.path("b.brief.md").display().to_string(), "--language", "english!"]).await.exits(2);
    assert_eq!(folder.names(), ["red-sea.brief.md", "red-sea.pdf"]);
}

#[tokio::test]
async fn every_example_prints_the_same_bytes_from_its_text_and_its_json() {
    let folder = Folder::new();
    let mut printed = 0;
    for entry in fs::read_dir(files::root().join("examples")).unwrap() {
        for number in 1..=2 {
            let json = entry.as_ref().unwrap().path().join(format!("revision-{number}.json"));
            if !json.exists() {
                continue;
            }
            let text = json.with_extension("brief.md");
            let mut files = Vec::new();
            for (source, name) in [(&json, "json.pdf"), (&text, "text.pdf")] {
                let pdf = folder.path(name).display().to_string();
                run(&["preview", &source.display().to_string(), "-o", &pdf]).await.exits(0);
                files.push(fs::read(&pdf).unwrap());
            }
            assert!(files[0] == files[1], "{} prints differently", text.display());
            printed += 1;
        }
    }
    assert_eq!(printed, 8);
}

#[tokio::test]
async fn a_preview_for_a_clearance_omits_what_is_marked_higher() {
    let folder = Folder::new();
    let body = "It fell. [@board A1] ^s-1\n(TLP:AMBER) It zibeths. [@board A1] {actors: line} ^s-2\n";
    let file = folder.with("a.brief.md", &format!("{BRIEF}{body}"));
    let pdf = folder.path("a.pdf").display().to_string();
    let print = async |clearance: &str| {
        let ran = run(&["preview", &file, "-o", &pdf, "--clearance", clearance]).await.exits(0);
        (ran.stdout, pdf::extracted_text(Path::new(&pdf)))
    };
    let (said, text) = print("TLP:GREEN").await;
    assert!(said.contains("stamped as a draft, for readers with the clearance TLP:GREEN"), "{said}");
    assert!(text.contains("It fell.") && !text.contains("zibeths") && !text.contains("TLP:AMBER"), "{text}");
    let (_, text) = print("TLP:AMBER").await;
    assert!(text.contains("zibeths") && text.contains("TLP:AMBER"), "{text}");
    let wrong = run(&["preview", &file, "-o", &pdf, "--clearance", "TLP:GREN"]).await.exits(2);
    assert!(wrong.stderr.contains("did you mean \"TLP:GREEN\"?"), "{}", wrong.stderr);
    let marked = folder.with(
        "b.brief.md",
        &BRIEF.replace("---\n\n", "marking: TLP:AMBER\n---\n\nIt fell. {narrative} ^s-0\n\n"),
    );
    let refused = run(&["preview", &marked, "-o", &pdf, "--clearance", "TLP:GREEN"]).await.exits(1);
    assert!(
        refused.stderr.contains("NO_EDITION") && refused.stderr.contains("TLP:AMBER"),
        "{}",
        refused.stderr
    );
}

#[tokio::test]
async fn a_filter_that_matches_nothing_says_that_it_takes_ids() {
    let stack = Stack::without_worker().await;
    let example = files::example("suez-2021").display().to_string();
    stack.command(&["import", &example]).run().await.exits(0);
    let named = stack.command(&["search", "canal", "--filter", "actor:Egypt"]).run().await.exits(0);
    assert!(
        named.stderr.starts_with("no actor has the id \"Egypt\"; actors with a similar name: "),
        "{}",
        named.stderr
    );
    let other = stack.command(&["search", "canal", "--filter", "place:Nowhere"]).run().await.exits(0);
    assert!(other.stderr.contains("actor:, place: and source: are ids"), "{}", other.stderr);
    assert_eq!(stack.command(&["search", "canal"]).run().await.exits(0).stderr, "");
    let refused = stack.command(&["get", "Red Sea"]).run().await.exits(2);
    assert!(refused.stderr.contains("not allowed here: R, a space, S"), "{}", refused.stderr);
}

const IMAGE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"30\"><rect width=\"9\" height=\"9\"/></svg>";

#[tokio::test]
async fn a_preview_shows_the_images_beside_the_text() {
    let folder = Folder::new();
    folder.with("map.svg", IMAGE);
    let file = folder.with(
        "a.brief.md",
        &format!(
            "{BRIEF}It fell. [@board A1] {{actors: line}} ^s-1\n\n![A map](map.svg \"The port\") ^fig-1\n"
        ),
    );
    let pdf = folder.path("a.pdf").display().to_string();
    run(&["preview", &file, "-o", &pdf]).await.exits(0);
    fs::remove_file(folder.path("map.svg")).unwrap();
    let refused = run(&["preview", &file, "-o", &pdf]).await.exits(1);
    assert!(
        refused.stderr.contains(":13:10: INVALID_FIGURE: ") && refused.stderr.contains("map.svg"),
        "{}",
        refused.stderr
    );
}

#[tokio::test]
async fn a_brief_goes_from_a_text_to_the_service_and_back() {
    let stack = Stack::without_worker().await;
    let folder = Folder::new();
    folder.with("map.svg", IMAGE);
    let figure = "![A map](map.svg \"The port\") ^fig-1\n";
    let text = format!("{BRIEF}It fell. [@board A1] {{actors: line}} ^s-1\n\n{figure}");
    let file = folder.with("ferries.brief.md", &text);
    let command = async |arguments: &[&str], code| stack.command(arguments).run().await.exits(code);
    command(&["create", "ferries", &file], 0).await;

    let draft = folder.path("draft.brief.md").display().to_string();
    command(&["draft", "get", "ferries", "-o", &draft], 0).await;
    let read = folder.read("draft.brief.md");
    assert!(
        read.contains("\netag: ") && read.contains("\nbrief: ferries\n") && read.contains("sha256:"),
        "{read}"
    );
    fs::write(&draft, read.replace("It fell.", "It fell by half.")).unwrap();
    let earlier = folder.with("earlier.brief.md", &read);
    command(&["draft", "set", "ferries", &draft], 0).await;
    let stale = command(&["draft", "set", "ferries", &earlier, "--json"], 1).await;
    assert_eq!(stale.error()["reason"], "STALE_ETAG");
    assert_eq!(folder.read("earlier.brief.md"), read);
    // The file has the new etag, and can be set once more.
    assert_ne!(folder.read("draft.brief.md"), read.replace("It fell.", "It fell by half."));
    fs::write(&draft, folder.read("draft.brief.md").replace("by half", "by a third")).unwrap();
    command(&["draft", "set", "ferries", &draft], 0).await;
    fs::write(&draft, folder.read("draft.brief.md").replace("by a third", "by half")).unwrap();
    command(&["draft", "set", "ferries", &draft], 0).await;
    let without = command(&["draft", "set", "ferries", &file, "--json"], 2).await;
    assert_eq!(without.error()["reason"], "ETAG_REQUIRED");
    // The image was uploaded, or publishing would reject the figure.
    command(&["draft", "set", "ferries", &file, "--force"], 0).await;
    command(&["publish", "ferries"], 0).await;

    let exported = folder.path("out/").display().to_string();
    command(&["export", "ferries", "--format", "text", "-o", &exported], 0).await;
    let revision = folder.read("out/revision-1.brief.md");
    assert!(
        revision.contains("\nrevision: 1\n")
            && revision.contains("It fell. [@board A1] {actors: line} ^s-1\n"),
        "{revision}"
    );
    let again = command(&["import", &exported], 0).await;
    assert!(again.stdout.contains("already exists, unchanged"), "{}", again.stdout);
    let raw = folder.with("raw.brief.md", &format!("{BRIEF}It rose.\n"));
    command(&["fmt", "--against", "ferries", &raw], 0).await;
    assert!(folder.read("raw.brief.md").ends_with("It rose. ^s-02\n"), "{}", folder.read("raw.brief.md"));
}

#[tokio::test]
async fn a_rule_that_the_service_checks_is_located_in_the_text() {
    let stack = Stack::without_worker().await;
    let folder = Folder::new();
    let file = folder.with("a.brief.md", &format!("{BRIEF}It fell. [@board A1] {{by soon}} ^s-1\n"));
    let refused = stack.command(&["create", "ferries", &file]).run().await.exits(1);
    assert!(
        refused.stderr.contains(&format!("{file}:11:26: INVALID_DATE: by: not an EDTF")),
        "{}",
        refused.stderr
    );
    let linted = stack.command(&["lint", "ferries", &file]).run().await.exits(1);
    assert!(linted.stdout.contains(&format!("{file}:11:26: INVALID_DATE: by: ")), "{}", linted.stdout);
    let import = stack.command(&["import", &file]).run().await.exits(1);
    assert!(import.stderr.contains("the front matter has no `brief` and `revision`"), "{}", import.stderr);
    let dated = fs::read_to_string(&file)
        .unwrap()
        .replace("---\ntitle", "---\nbrief: ferries\nrevision: 1\npublished: 2026-01-01T00:00:00Z\ntitle");
    let dated = folder.with("b.brief.md", &dated);
    let import = stack.command(&["import", &dated]).run().await.exits(1);
    assert!(
        import.stderr.contains(&format!("{dated}:14:26: INVALID_DATE: by: not an EDTF")),
        "{}",
        import.stderr
    );
    assert!(Path::new(&dated).exists());
}

#[tokio::test]
async fn a_preview_names_the_differences_that_are_not_declared() {
    let folder = Folder::new();
    let text = |sentences: &str| format!("{BRIEF}{sentences}");
    let first = folder.with("first.brief.md", &text("It fell. [@board] ^s-1\nIt rose. [@board] ^s-2\n"));
    let second = folder.with(
        "second.brief.md",
        &text("It fell by half. [@board] {!updated: new figures} ^s-1\nIt rose by half. [@board] ^s-2\nIt is new. [@board] ^s-3\n"),
    );
    let pdf = folder.path("out.pdf").display().to_string();
    let shown = run(&["preview", &second, "--since", &first, "-o", &pdf]).await.exits(0).stdout;
    let expected = "2 differences from the earlier revision are not declared, and so not listed under what changed: s-2, s-3";
    assert!(shown.contains(expected), "{shown}");
    let report = run(&["preview", &second, "--since", &first, "-o", &pdf, "--json"]).await.exits(0).stdout;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["undeclaredChanges"], json!(["s-2", "s-3"]));
    let alone = run(&["preview", &second, "-o", &pdf]).await.exits(0).stdout;
    assert!(!alone.contains("not declared"), "{alone}");
}
