//! The examples in the text form: the JSON beside each is generated from it.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]
#![allow(clippy::disallowed_methods, reason = "a variable requests that the JSON is written")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use chancery_brief::validate::canonicalize;
use chancery_proto::brief::v1::RevisionDocument;
use chancery_proto::json;
use chancery_text::{Context, check, format};
use support::examples;

/// Writes the JSON files from the texts: `CHANCERY_WRITE_EXAMPLES=1 cargo nextest run -p chancery-text example_texts`.
const WRITE: &str = "CHANCERY_WRITE_EXAMPLES";

fn text_file(json: &Path) -> PathBuf {
    json.with_extension("brief.md")
}

#[test]
fn the_json_of_every_example_is_that_of_its_text() {
    for (file, content) in examples() {
        let text = fs::read_to_string(text_file(&file)).unwrap();
        let checked = check(&text, &Context::default(), None);
        let exchange = checked.reading.exchange;
        let canonical =
            checked.canonical.unwrap_or_else(|| panic!("{}: {:?}", file.display(), checked.findings));
        let mut document: RevisionDocument = json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let is_same_record = (exchange.brief.as_str(), exchange.revision, exchange.creator.as_str())
            == (document.brief_id.as_str(), document.revision, document.creator.as_str())
            && exchange.published == document.publish_time.map(|time| time.to_string()).unwrap_or_default();
        let is_same = canonicalize(&content, exchange.scheme).unwrap().content() == canonical.content();
        if is_same && is_same_record {
            continue;
        }
        assert!(std::env::var_os(WRITE).is_some(), "{} is stale: set {WRITE}=1 to write it", file.display());
        document.content = Some(checked.reading.content);
        (document.brief_id, document.revision, document.creator) =
            (exchange.brief, exchange.revision, exchange.creator);
        document.publish_time = exchange.published.parse().ok();
        fs::write(&file, json::to_string_pretty(&document)).unwrap();
    }
}

#[test]
fn the_texts_of_the_examples_are_formatted() {
    for (file, _) in examples() {
        let file = text_file(&file);
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(format(&text, &Context::default()).text, text, "{}", file.display());
    }
}
