//! The bills of this workspace's binaries: valid `CycloneDX`, with what is linked and nothing else.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::{Value, json};

const PACKAGES: [&str; 3] = ["chancery-service", "chancery-worker", "chancery-cli"];

/// The bills of [`PACKAGES`], as `./dev sbom` and the image build write them.
static BILLS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    write_bills(folder.path(), None);
    PACKAGES.map(|package| read_bill(folder.path(), package)).to_vec()
});

fn write_bills(folder: &Path, image: Option<&Path>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery-sbom"));
    command.args(PACKAGES).arg("--output").arg(folder);
    command.arg("--workspace").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    if let Some(image) = image {
        command.arg("--image").arg(image);
    }
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

fn read_bill(folder: &Path, package: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(format!("{package}.cdx.json"))).unwrap()).unwrap()
}

fn bill(package: &str) -> &'static Value {
    let position = PACKAGES.iter().position(|name| *name == package).unwrap();
    &BILLS[position]
}

fn components(bill: &Value) -> &[Value] {
    bill["components"].as_array().unwrap()
}

fn names(bill: &Value) -> BTreeSet<&str> {
    components(bill).iter().map(|component| component["name"].as_str().unwrap()).collect()
}

/// The published schema (schema/README.md), with the list of licences that it refers to. Signatures are left out: no bill has one.
fn schema() -> Value {
    let mut schema: Value = serde_json::from_str(include_str!("schema/bom-1.5.schema.json")).unwrap();
    let licenses: Value = serde_json::from_str(include_str!("schema/spdx.schema.json")).unwrap();
    let ids = licenses["enum"].clone();
    replace_references(&mut schema, &json!({ "enum": ids }));
    schema
}

fn replace_references(schema: &mut Value, licenses: &Value) {
    match schema["$ref"].as_str() {
        Some("spdx.SNAPSHOT.schema.json") => *schema = licenses.clone(),
        Some(reference) if reference.starts_with("jsf-0.82") => *schema = json!(false),
        _ => {}
    }
    match schema {
        Value::Object(fields) => fields.values_mut().for_each(|value| replace_in(value, licenses)),
        Value::Array(items) => items.iter_mut().for_each(|value| replace_in(value, licenses)),
        _ => {}
    }
}

fn replace_in(value: &mut Value, licenses: &Value) {
    if value.is_object() || value.is_array() {
        replace_references(value, licenses);
    }
}

#[test]
fn bills_conform_to_the_published_schema() {
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    for bill in BILLS.iter() {
        let errors: Vec<_> = validator.iter_errors(bill).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let mut damaged = bill("chancery-worker").clone();
    damaged["components"][0]["licenses"] = json!([{ "license": { "id": "No-Such-Licence" } }]);
    assert!(!validator.is_valid(&damaged), "the schema accepts an unknown licence");
}

#[test]
fn a_bill_names_its_binary_and_version() {
    for package in PACKAGES {
        let component = &bill(package)["metadata"]["component"];
        assert_eq!(component["name"], package);
        assert_eq!(component["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(component["type"], "application");
    }
}

#[test]
fn each_binary_has_what_it_links_and_nothing_else() {
    let service = names(bill("chancery-service"));
    let worker = names(bill("chancery-worker"));
    assert!(service.contains("tonic") && service.contains("sqlx") && service.contains("ring"));
    assert!(worker.contains("printpdf") && worker.contains("SourceSerif4_400Regular.ttf"));
    for absent in ["sqlx", "sqlx-core", "object_store"] {
        assert!(!worker.contains(absent), "the worker has {absent}");
    }
    // Procedural macros, crates of build scripts and of tests.
    for name in ["serde_derive", "thiserror-impl", "syn", "prost-build", "protox", "proptest", "jsonschema"] {
        for package in PACKAGES {
            assert!(!names(bill(package)).contains(name), "{package} lists {name}");
        }
    }
}

#[test]
fn every_crate_of_the_registry_has_a_purl_a_hash_and_a_licence() {
    for component in BILLS.iter().flat_map(components) {
        assert!(component["licenses"][0].is_object(), "{component} has no licence");
        let reference = component["bom-ref"].as_str().unwrap();
        if reference.starts_with("cargo:") && !reference.starts_with("cargo:chancery-") {
            assert!(component["purl"].as_str().unwrap().starts_with("pkg:cargo/"), "{component}");
            assert_eq!(component["hashes"][0]["content"].as_str().unwrap().len(), 64, "{component}");
        }
    }
}

#[test]
fn dependencies_refer_to_components() {
    for bill in BILLS.iter() {
        let mut references: BTreeSet<&str> =
            components(bill).iter().map(|component| component["bom-ref"].as_str().unwrap()).collect();
        assert_eq!(references.len(), components(bill).len(), "two components share a reference");
        references.insert(bill["metadata"]["component"]["bom-ref"].as_str().unwrap());
        for dependency in bill["dependencies"].as_array().unwrap() {
            for target in dependency["dependsOn"].as_array().unwrap().iter().chain([&dependency["ref"]]) {
                assert!(references.contains(target.as_str().unwrap()), "{target} is no component");
            }
        }
    }
}

#[test]
fn the_same_sources_give_the_same_bytes_and_an_image_adds_its_packages() {
    let folder = tempfile::tempdir().unwrap();
    write_bills(folder.path(), None);
    assert_eq!(&read_bill(folder.path(), "chancery-worker"), bill("chancery-worker"));

    let image = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("usr/lib/os-release", "ID=debian\nVERSION_ID=\"13\"\n"),
        (
            "var/lib/dpkg/status",
            "Package: libc6\nStatus: install ok installed\nVersion: 2.41\nArchitecture: amd64\n",
        ),
    ] {
        let path = image.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    write_bills(folder.path(), Some(image.path()));
    let with_packages = read_bill(folder.path(), "chancery-worker");
    let added: Vec<_> = names(&with_packages).difference(&names(bill("chancery-worker"))).copied().collect();
    assert_eq!(added, ["debian", "libc6"]);
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    assert!(validator.is_valid(&with_packages));
}

#[test]
fn a_package_that_does_not_exist_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery-sbom"));
    command.args(["no-such-package", "--output"]).arg(folder.path());
    let ran = command.output().unwrap();
    assert!(!ran.status.success() && fs::read_dir(folder.path()).unwrap().next().is_none());
}
