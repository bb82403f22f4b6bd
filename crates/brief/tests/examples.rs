//! Sample briefs are valid; hostile ones are refused with the code and path in their table.

#![allow(clippy::unwrap_used)] // helper functions of tests too

use std::fs;
use std::path::{Path, PathBuf};

use chancery_brief::marking::{Clearance, Policy, Rank, Scheme};
use chancery_brief::validate::{InvalidContent, canonicalize};
use chancery_brief::{Canonical, redact};
use chancery_proto::brief::v1::RevisionDocument;
use chancery_proto::json;

const SAMPLES: [&str; 6] =
    ["russia-iran", "russia-iran-fa", "russia-iran-ru", "amber", "scripts", "suez-2021"];

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn documents(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(examples().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} has no sample");
    files
}

fn read(path: &Path) -> Result<Canonical, InvalidContent> {
    let document: RevisionDocument = json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    canonicalize(&document.content.unwrap(), Scheme::Tlp)
}

#[test]
fn sample_briefs_and_their_editions_break_no_rule() {
    for path in SAMPLES.iter().flat_map(|folder| documents(folder)) {
        let canonical =
            read(&path).unwrap_or_else(|error| panic!("{}: {:#?}", path.display(), error.violations));
        for rank in redact::levels(&canonical) {
            let edition = redact::edition(&canonical, Clearance(rank), Policy::Omit).unwrap();
            canonicalize(&edition, Scheme::Tlp).unwrap();
        }
    }
}

#[test]
fn the_lower_edition_of_the_amber_brief_contains_no_withheld_text() {
    let canonical = read(&examples().join("amber/revision-1.json")).unwrap();
    assert_eq!(redact::levels(&canonical).len(), 2);
    for policy in [Policy::Omit, Policy::Mark] {
        let print = |rank: Rank| {
            json::to_string_pretty(&redact::edition(&canonical, Clearance(rank), policy).unwrap())
        };
        let (lower, full) = (print(canonical.floor()), print(canonical.highest()));
        for secret in ["ibeth", "77123", "1987-11-23", "12345678", "87654321"] {
            assert!(full.contains(secret) && !lower.contains(secret), "{secret}");
        }
    }
}

#[test]
fn hostile_briefs_are_refused_where_their_table_says() {
    let table = fs::read_to_string(examples().join("hostile/README.md")).unwrap();
    let statement = "content.sections[0].blocks[0].paragraph.statements[0]";
    let mut refused = 0;
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [file, code, place] = cells[..] else { panic!("{line}") };
        if !code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
            || READERS_CODES.contains(&code)
        {
            continue;
        }
        let error = read(&examples().join("hostile").join(file.trim_matches('`'))).unwrap_err();
        let first = &error.violations[0];
        assert_eq!(first.code, code, "{file}");
        let place = place.replacen("S`", &format!("`{statement}"), 1);
        if let Some(path) = place.strip_prefix('`').and_then(|rest| rest.split_once('`')) {
            assert_eq!(format!("content.{}", first.path), path.0, "{file}");
        }
        refused += 1;
    }
    assert!(refused >= 27, "only {refused} files were refused");
}

/// Codes of violations that the JSON codec reports before validation.
const READERS_CODES: [&str; 2] = ["NOT_UTF8", "INVALID_JSON"];
