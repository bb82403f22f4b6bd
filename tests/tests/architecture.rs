//! Checks the invariants in ARCHITECTURE.md that a test can check.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

#[path = "architecture/import_graph.rs"]
mod import_graph;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chancery_testkit::files::root;
use chancery_testkit::programs::run_tool;
use serde_json::Value;

use crate::import_graph::{Crate, code_without_tests};

/// The dependency graph of the workspace: every crate that cargo links on this platform, without dev-dependencies.
struct Dependencies(BTreeMap<String, BTreeSet<String>>);

impl Dependencies {
    fn read() -> Self {
        let manifest = root().join("Cargo.toml").display().to_string();
        // The lock file also lists crates for other platforms, which are not linked here.
        let platform = host();
        let ran = run_tool(
            env!("CARGO"),
            "Rust",
            [
                "metadata",
                "--format-version=1",
                "--locked",
                "--filter-platform",
                &platform,
                "--manifest-path",
                &manifest,
            ],
        );
        assert!(ran.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&ran.stderr));
        let metadata: Value = serde_json::from_slice(&ran.stdout).unwrap();
        let names: BTreeMap<&str, &str> = metadata["packages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|package| (package["id"].as_str().unwrap(), package["name"].as_str().unwrap()))
            .collect();
        let mut direct = BTreeMap::new();
        for node in metadata["resolve"]["nodes"].as_array().unwrap() {
            let linked = node["deps"].as_array().unwrap().iter().filter(|dependency| is_linked(dependency));
            let linked = linked.map(|dependency| names[dependency["pkg"].as_str().unwrap()].to_owned());
            direct
                .entry(names[node["id"].as_str().unwrap()].to_owned())
                .or_insert_with(BTreeSet::new)
                .extend(linked);
        }
        Self(direct)
    }

    /// The direct dependencies of a crate.
    fn direct(&self, name: &str) -> &BTreeSet<String> {
        self.0.get(name).unwrap_or_else(|| panic!("no crate {name}"))
    }

    /// All dependencies of a crate, transitive ones included.
    fn all(&self, name: &str) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        let mut open = vec![name.to_owned()];
        while let Some(next) = open.pop() {
            for dependency in self.direct(&next) {
                if all.insert(dependency.clone()) {
                    open.push(dependency.clone());
                }
            }
        }
        all
    }

    /// The crates of this workspace.
    fn own(&self) -> impl Iterator<Item = &String> {
        self.0.keys().filter(|name| name.starts_with("chancery-"))
    }
}

/// The platform that the tests run on, as the compiler names it.
fn host() -> String {
    let ran = run_tool("rustc", "Rust", ["-vV"]);
    let version = String::from_utf8_lossy(&ran.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap_or_else(|| panic!("rustc -vV reports no host:\n{version}")).to_owned()
}

/// Returns whether a dependency is neither a dev nor a build dependency.
fn is_linked(dependency: &Value) -> bool {
    dependency["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"].is_null())
}

/// The Rust sources of a folder of the repository.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    assert!(!found.is_empty(), "{folder} holds no sources");
    found
}

#[test]
fn the_worker_has_no_database_driver() {
    let linked = Dependencies::read().all("chancery-worker");
    let foreign: Vec<_> = linked
        .iter()
        .filter(|name| {
            name.starts_with("sqlx")
                || name.contains("postgres")
                || ["chancery-store", "chancery-artifacts", "object_store"].contains(&name.as_str())
        })
        .collect();
    assert!(foreign.is_empty(), "the worker links {foreign:?}");
}

#[test]
fn only_the_store_knows_the_database_driver() {
    let dependencies = Dependencies::read();
    let who: Vec<_> = dependencies.own().filter(|name| dependencies.direct(name).contains("sqlx")).collect();
    assert_eq!(who, ["chancery-store"]);
}

#[test]
fn only_the_service_and_the_command_link_object_stores_and_one_crate_knows_them() {
    let dependencies = Dependencies::read();
    let who: Vec<_> =
        dependencies.own().filter(|name| dependencies.direct(name).contains("object_store")).collect();
    assert_eq!(who, ["chancery-artifacts"]);
    let linked: Vec<_> =
        dependencies.own().filter(|name| dependencies.direct(name).contains("chancery-artifacts")).collect();
    // The command reads PDFs to verify them.
    assert_eq!(linked, ["chancery-cli", "chancery-service"]);
    // One library for cryptography, not two.
    assert!(!dependencies.all("chancery-service").contains("aws-lc-rs"));
}

#[test]
fn only_the_store_holds_sql() {
    for folder in [
        "brief",
        "text",
        "lsp",
        "images",
        "print",
        "proto",
        "artifacts",
        "service",
        "worker",
        "client",
        "cli",
    ]
    .map(|name| format!("crates/{name}"))
    {
        for (path, text) in sources(&folder) {
            for macro_name in ["query!(", "query_as!(", "query_scalar!(", "sqlx::"] {
                assert!(!text.contains(macro_name), "{} holds {macro_name}", path.display());
            }
        }
    }
}

#[test]
fn every_statement_opens_with_the_name_of_its_method() {
    for (path, text) in sources("crates/store/src") {
        for (start, _) in text.match_indices("query").filter(|(start, _)| is_query_macro(&text[*start..])) {
            let statement = text[start..].split_once('(').map_or("", |(_, rest)| rest);
            // query_as! takes a type first.
            let literal = statement.split_once('"').map_or("", |(_, literal)| literal).trim_start();
            let excerpt: String = text[start..].chars().take(120).collect();
            assert!(literal.starts_with("-- "), "{}: {excerpt}", path.display());
        }
    }
}

fn is_query_macro(text: &str) -> bool {
    ["query!(", "query_as!(", "query_scalar!("].iter().any(|name| text.starts_with(name))
}

#[test]
fn only_print_knows_pdf_and_fonts() {
    let dependencies = Dependencies::read();
    let engines = ["printpdf", "lopdf", "harfrust", "subsetter", "read-fonts", "hypher"];
    for name in dependencies.own().filter(|name| *name != "chancery-print") {
        let known: Vec<_> =
            engines.iter().filter(|engine| dependencies.direct(name).contains(**engine)).collect();
        assert!(known.is_empty(), "{name} depends on {known:?}");
    }
    let printing: Vec<_> =
        dependencies.own().filter(|name| dependencies.direct(name).contains("chancery-print")).collect();
    // The command links it for the print environment that `migrate` sets and for previews, the bench to measure it, and
    // `fonts` passes it the files of a folder, and `proof` compares a worker's files with what it expects.
    assert_eq!(
        printing,
        ["chancery-bench", "chancery-cli", "chancery-fonts", "chancery-proof", "chancery-worker"]
    );
}

#[test]
fn only_text_reads_yaml() {
    let dependencies = Dependencies::read();
    let readers: Vec<_> =
        dependencies.own().filter(|name| dependencies.direct(name).contains("saphyr-parser")).collect();
    assert_eq!(readers, ["chancery-text"]);
    let linked: Vec<_> =
        dependencies.direct("chancery-text").iter().filter(|name| name.starts_with("chancery-")).collect();
    assert_eq!(linked, ["chancery-brief", "chancery-proto"]);
}

#[test]
fn only_lsp_knows_the_language_server_protocol() {
    let dependencies = Dependencies::read();
    let servers: Vec<_> =
        dependencies.own().filter(|name| dependencies.direct(name).contains("tower-lsp-server")).collect();
    assert_eq!(servers, ["chancery-lsp"]);
    let linked: Vec<_> =
        dependencies.direct("chancery-lsp").iter().filter(|name| name.starts_with("chancery-")).collect();
    assert_eq!(linked, ["chancery-brief", "chancery-proto", "chancery-text"]);
}

#[test]
fn only_images_decodes_images() {
    let dependencies = Dependencies::read();
    for name in dependencies.own().filter(|name| *name != "chancery-images") {
        let known: Vec<_> = ["png", "roxmltree"]
            .iter()
            .filter(|decoder| dependencies.direct(name).contains(**decoder))
            .collect();
        assert!(known.is_empty(), "{name} depends on {known:?}");
    }
    let users: Vec<_> =
        dependencies.own().filter(|name| dependencies.direct(name).contains("chancery-images")).collect();
    assert_eq!(
        users,
        ["chancery-cli", "chancery-print", "chancery-proof", "chancery-service", "chancery-store"]
    );
    let fonts = ["harfrust", "read-fonts", "subsetter"];
    let linked = dependencies.all("chancery-images");
    assert!(fonts.iter().all(|engine| !linked.contains(*engine)), "images link fonts");
}

#[test]
fn the_printer_version_covers_the_sources_of_every_crate_that_decides_bytes() {
    let build = fs::read_to_string(root().join("crates/print/build.rs")).unwrap();
    let linked = Dependencies::read().all("chancery-print");
    for name in linked.iter().filter_map(|name| name.strip_prefix("chancery-")) {
        for path in [format!("\"crates/{name}/src\""), format!("\"crates/{name}/Cargo.toml\"")] {
            assert!(build.contains(&path), "crates/print/build.rs leaves out {path}");
        }
    }
}

#[test]
fn the_domain_and_the_printer_have_no_runtime_and_no_network() {
    let dependencies = Dependencies::read();
    let impure = ["tokio", "hyper", "mio", "socket2", "sqlx", "rand", "getrandom"];
    for name in ["chancery-brief", "chancery-text", "chancery-images", "chancery-print", "chancery-proof"] {
        let direct: Vec<_> =
            impure.iter().filter(|crate_| dependencies.direct(name).contains(**crate_)).collect();
        assert!(direct.is_empty(), "{name} depends on {direct:?}");
        for (path, text) in sources(&format!("crates/{}/src", name.trim_start_matches("chancery-"))) {
            if path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs") {
                continue;
            }
            let code = code_without_tests(&text);
            for word in ["std::net", "SystemTime", "Instant::now", "async fn", "std::env::var"] {
                assert!(!code.contains(word), "{} contains {word}", path.display());
            }
        }
    }
}

#[test]
fn only_the_service_serves() {
    let dependencies = Dependencies::read();
    let servers: Vec<_> = dependencies
        .own()
        .filter(|name| {
            ["tonic-health", "tonic-reflection", "tonic-web"]
                .iter()
                .any(|part| dependencies.direct(name).contains(*part))
        })
        .collect();
    assert_eq!(servers, ["chancery-service"]);
    for folder in ["brief", "text", "images", "print", "proto", "store", "client", "cli"]
        .map(|name| format!("crates/{name}/src"))
    {
        for (path, text) in sources(&folder) {
            assert!(!text.contains("transport::Server"), "{} starts a server", path.display());
        }
    }
}

#[test]
fn generated_code_is_in_no_commit() {
    let tracked = run_tool("git", "git", ["-C", &root().display().to_string(), "ls-files"]);
    assert!(tracked.status.success(), "git ls-files: {}", String::from_utf8_lossy(&tracked.stderr));
    for path in String::from_utf8_lossy(&tracked.stdout).lines() {
        let is_generated =
            path.ends_with("_pb2.py") || path.ends_with(".pb.go") || path.ends_with("descriptors.bin");
        assert!(!is_generated && !path.starts_with("target/"), "{path} is tracked");
    }
    for (path, text) in sources("crates") {
        assert!(!text.contains("This file is @generated by prost"), "{} is generated", path.display());
    }
}

#[test]
fn source_files_of_the_command_have_a_limited_length() {
    for folder in ["crates", "tests"] {
        for (path, text) in sources(folder) {
            let lines = text.lines().count();
            assert!(lines <= 700, "{} has {lines} lines: split it by function", path.display());
        }
    }
}

/// The folders `src` of all crates.
fn source_folders() -> Vec<PathBuf> {
    let crates = fs::read_dir(root().join("crates")).unwrap();
    let folders = crates.map(|entry| entry.unwrap().path().join("src"));
    folders.chain([root().join("tests/src")]).collect()
}

#[test]
fn no_files_of_a_crate_import_each_other_in_a_cycle() {
    let mut found = Vec::new();
    for folder in source_folders() {
        for cycle in Crate::read(&folder).cycles() {
            found.push(format!("in {}:\n  {}", folder.display(), cycle.join("\n  ")));
        }
    }
    assert!(found.is_empty(), "{} import cycles\n{}", found.len(), found.join("\n"));
}

/// Writes a crate of several files and returns its cycles.
fn cycles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        fs::write(path, text).unwrap();
    }
    Crate::read(folder.path()).cycles()
}

#[test]
fn a_cycle_is_found_for_every_form_of_import() {
    let planted = [
        (
            "by crate::",
            "use crate::b::B; pub struct A(B);",
            "use crate::a::A; pub fn b(_: A) {} pub struct B;",
        ),
        ("by super::", "use super::b::B; pub struct A(B);", "pub fn b(_: super::a::A) {} pub struct B;"),
        (
            "by an inline path",
            "pub struct A(crate::b::B);",
            "pub struct B; pub fn b() -> crate::a::A { todo!() }",
        ),
        ("by a re-export", "use crate::B; pub struct A(B);", "use crate::A; pub struct B; fn b(_: A) {}"),
        (
            "in a macro",
            "pub fn a() { println!(\"{}\", crate::b::B); }",
            "use crate::a; pub const B: u8 = 0; fn b() { a::a() }",
        ),
    ];
    for (how, a, b) in planted {
        let files = [("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"), ("a.rs", a), ("b.rs", b)];
        assert_eq!(cycles_of(&files).len(), 1, "{how}");
    }
}

#[test]
fn a_child_may_use_types_of_its_parent_but_not_functions() {
    let parent = "mod child; pub struct Parent; pub fn help() {} pub fn run() { child::go(Parent) }";
    let uses_type = "use super::Parent; pub fn go(_: Parent) {}";
    let uses_function = "use super::Parent; pub fn go(_: Parent) { super::help() }";
    assert!(cycles_of(&[("lib.rs", parent), ("child.rs", uses_type)]).is_empty());
    assert_eq!(cycles_of(&[("lib.rs", parent), ("child.rs", uses_function)]).len(), 1);
}

#[test]
fn code_behind_a_test_module_counts_as_code() {
    let text = "#[cfg(test)] mod tests { fn t() { std::env::var(\"A\"); } } fn f() { std::net::lookup(); } // async fn";
    let code = code_without_tests(text);
    assert!(code.contains("std::net::lookup"), "{code}");
    assert!(!code.contains("std::env::var") && !code.contains("async fn"), "{code}");
}
