//! The JSON Schema in docs/schema is up to date, accepts every example and refuses what the reader refuses.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fs;
use std::path::PathBuf;

use chancery_proto::brief::v1::BriefContent;
use chancery_proto::json;
use chancery_proto::schema::brief_schema;
use jsonschema::Validator;
use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn validator() -> Validator {
    jsonschema::draft7::new(&serde_json::from_str(&brief_schema()).unwrap()).unwrap()
}

fn errors(validator: &Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_schema_in_the_docs_is_up_to_date() {
    let path = root().join("docs/schema/brief.schema.json");
    if std::env::var_os("CHANCERY_UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, brief_schema()).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == brief_schema(),
        "docs/schema/brief.schema.json is not up to date: run with CHANCERY_UPDATE_DOCS=1"
    );
}

#[test]
fn every_example_is_valid() {
    let validator = validator();
    let mut count = 0;
    for folder in fs::read_dir(root().join("examples")).unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() || folder.ends_with("hostile") {
            continue;
        }
        for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_some_and(|ending| ending == "json") {
                let document: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
                assert_eq!(errors(&validator, &document), Vec::<String>::new(), "{}", file.display());
                let content = &document["content"];
                assert_eq!(errors(&validator, content), Vec::<String>::new(), "{}: content", file.display());
                let draft = json!({ "name": "workspaces/w/briefs/b/draft", "etag": "e", "content": content });
                assert_eq!(errors(&validator, &draft), Vec::<String>::new(), "{}: draft", file.display());
                count += 1;
            }
        }
    }
    assert!(count >= 8, "only {count} examples");
}

#[test]
fn files_that_the_reader_refuses_are_invalid() {
    let validator = validator();
    for name in
        ["unknown-field", "unknown-enum-value", "text-for-number", "fraction-of-percent", "title-missing"]
    {
        let file = root().join(format!("examples/hostile/{name}.json"));
        let document: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        assert!(!validator.is_valid(&document), "{name}");
    }
}

#[test]
fn the_schema_and_the_reader_agree_on_spellings() {
    let validator = validator();
    let accepted = [
        json!({ "title": "T", "kind": "event", "language": "en" }),
        json!({ "title": "T", "kind": "BRIEF_KIND_EVENT", "as_of": { "date": "2026" }, "language": "en" }),
        json!({ "title": "T", "language": "en", "keyJudgments": [{ "id": "kj-1", "rests_on": ["s-1"] }] }),
        json!({ "title": "T", "language": "en", "sources": [{ "id": "a", "title": "A", "reliability": "A" }] }),
        json!({ "title": "T", "language": "en", "likelihoodScale": "LIKELIHOOD_SCALE_UNSPECIFIED" }),
    ];
    for document in accepted {
        assert_eq!(errors(&validator, &document), Vec::<String>::new(), "{document}");
        json::from_str::<BriefContent>(&document.to_string()).unwrap();
    }
    let refused = [
        json!({ "title": "T", "language": "en", "titel": "T" }),
        json!({ "title": "T", "language": "en", "kind": "events" }),
        json!({ "title": 1991, "language": "en" }),
        json!({ "title": "T", "language": "en", "tags": "a" }),
        json!({ "title": "T", "language": "en", "scenarios": [{ "id": "a", "title": "A", "percent": -1 }] }),
        json!({ "title": "T", "language": "en", "sections":
            [{ "id": "a", "heading": "A", "blocks": [{ "list": {}, "paragraph": {} }] }] }),
        json!([]),
    ];
    for document in refused {
        assert!(!validator.is_valid(&document), "{document}");
        json::from_str::<BriefContent>(&document.to_string()).unwrap_err();
    }
}

#[test]
fn every_field_and_value_is_described() {
    let schema: Value = serde_json::from_str(&brief_schema()).unwrap();
    for (name, definition) in schema["definitions"].as_object().unwrap() {
        assert!(!definition["description"].as_str().unwrap().is_empty(), "{name}");
        for (field, property) in definition["properties"].as_object().into_iter().flatten() {
            assert!(!property["description"].as_str().unwrap().is_empty(), "{name}.{field}");
        }
        for text in definition["enumDescriptions"].as_array().into_iter().flatten() {
            assert_ne!(text, "", "{name}");
        }
    }
}
