//! The files of `examples/hostile`: each is refused with the reason and path that its table states, and nothing
//! of it is imported.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::collections::BTreeSet;
use std::fs;

use chancery_testkit::{CommandOutput, Stack, files};
use serde_json::Value;

/// A row of the tables in `examples/hostile/README.md`.
struct Row {
    file: String,
    /// The reader's reason, or a code of the validation.
    refused_as: String,
    /// Paths inside the document, or a line.
    places: Vec<String>,
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(files::example("hostile/README.md")).unwrap();
    let statement = "content.sections[0].blocks[0].paragraph.statements[0]";
    let cells =
        text.lines().filter(|line| line.starts_with("| `")).map(|line| line.trim_matches('|').split('|'));
    cells
        .map(|mut cells| {
            let mut cell =
                || cells.next().unwrap_or_default().trim().replace("S`.", &format!("`{statement}."));
            let (file, refused_as, place) = (cell(), cell(), cell());
            let places = place.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            Row { file: file.trim_matches('`').to_owned(), refused_as, places }
        })
        .collect()
}

#[tokio::test]
async fn each_hostile_file_is_refused_where_its_table_says_and_changes_nothing() {
    let stack = Stack::without_worker().await;
    let before = stack.content();
    let mut wrong = Vec::new();
    for row in rows() {
        let file = files::example(&format!("hostile/{}", row.file));
        let ran = stack.command(&["import", "--json", &file.display().to_string()]).run().await;
        if let Err(why) = check(&row, &ran) {
            wrong.push(format!("{}: {why}\n{}", row.file, ran.stderr));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(stack.content(), before);
}

fn check(row: &Row, ran: &CommandOutput) -> Result<(), String> {
    if ran.code != 1 || !ran.stdout.is_empty() {
        return Err(format!("exit code {}, stdout {:?}", ran.code, ran.stdout));
    }
    let error = ran.error();
    let reason = error["reason"].as_str().unwrap_or_default();
    let violations = error["violations"].as_array().cloned().unwrap_or_default();
    let first = violations.first().ok_or("no violation is named")?;
    if first["line"].as_u64().is_none_or(|line| line == 0) || first["file"].as_str().is_none() {
        return Err("the first violation has no place in the file".to_owned());
    }
    match row.refused_as.as_str() {
        "NOT_UTF8" => expect("reason", reason, "NOT_UTF8"),
        "INVALID_JSON" => {
            expect("reason", reason, "INVALID_JSON")?;
            check_reader_path(row, first)
        }
        "rejected on import" => {
            expect("reason", reason, "DIGEST_MISMATCH")?;
            check_reader_path(row, first)
        }
        validation => {
            expect("reason", reason, "INVALID_CONTENT")?;
            match row.places.as_slice() {
                // "the `.list` of the sixth level in `content.sections[0].blocks[1]`"
                [end, start] if end.starts_with('.') => named(&violations, validation, |path| {
                    path.starts_with(start.as_str()) && path.ends_with(end.as_str())
                }),
                places => {
                    places.iter().try_for_each(|place| named(&violations, validation, |path| path == place))
                }
            }
        }
    }
}

/// The path that the reader reports: the field itself, or the part that holds it.
fn check_reader_path(row: &Row, violation: &Value) -> Result<(), String> {
    let Some(promised) = row.places.first() else { return Ok(()) };
    let path = violation["path"].as_str().unwrap_or_default();
    if snake_case(path).starts_with(&snake_case(promised)) {
        return Ok(());
    }
    Err(format!("{path:?} is named, the table lists {promised:?}"))
}

fn named(violations: &[Value], code: &str, is_expected_path: impl Fn(&str) -> bool) -> Result<(), String> {
    let is_it = |violation: &&Value| {
        violation["path"].as_str().is_some_and(&is_expected_path)
            && violation["description"].as_str().is_some_and(|text| text.starts_with(&format!("{code}:")))
    };
    violations.iter().find(is_it).map(drop).ok_or_else(|| format!("no {code} at the listed path"))
}

fn expect(what: &str, found: &str, expected: &str) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what} {found}, expected {expected}")) }
}

fn snake_case(name: &str) -> String {
    name.chars().fold(String::new(), |text, character| {
        let underscore = if character.is_ascii_uppercase() { "_" } else { "" };
        text + underscore + &character.to_ascii_lowercase().to_string()
    })
}

#[test]
fn every_hostile_file_is_in_the_table_and_every_row_is_a_file() {
    let in_table: BTreeSet<String> = rows().into_iter().map(|row| row.file).collect();
    let in_folder: BTreeSet<String> = fs::read_dir(files::example("hostile"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    assert_eq!(in_table, in_folder);
}
