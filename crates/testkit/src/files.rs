//! Files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

use chancery_proto::brief::v1::{BriefContent, RevisionDocument};
use chancery_proto::json;

/// Returns the root of the repository.
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the testkit is in the repository")
}

/// Returns the path of a folder or file in `examples/`.
pub fn example(path: &str) -> PathBuf {
    let path = root().join("examples").join(path);
    assert!(path.exists(), "{} does not exist", path.display());
    path
}

/// Reads the revisions of an example, sorted by number.
pub fn revisions(folder: &str) -> Vec<RevisionDocument> {
    let mut documents: Vec<RevisionDocument> = fs::read_dir(example(folder))
        .expect("an example is a folder")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| document(&path))
        .collect();
    documents.sort_by_key(|document| document.revision);
    documents
}

/// Reads a revision of an example.
pub fn revision(folder: &str, number: u32) -> RevisionDocument {
    document(&example(folder).join(format!("revision-{number}.json")))
}

/// Reads the content of a revision of an example.
pub fn content(folder: &str, revision_number: u32) -> BriefContent {
    revision(folder, revision_number).content.expect("an example has content")
}

/// Reads a revision.
pub fn document(path: &Path) -> RevisionDocument {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    json::from_str(&text).unwrap_or_else(|error| panic!("{}:{error}", path.display()))
}
