//! The examples of the repository.

use std::fs;
use std::path::PathBuf;

use chancery_proto::brief::v1::{BriefContent, RevisionDocument};
use chancery_proto::json;

/// Returns the file and the content of every example.
pub(crate) fn examples() -> Vec<(PathBuf, BriefContent)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut files: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .flat_map(|folder| fs::read_dir(folder.unwrap().path()).into_iter().flatten())
        .map(|file| file.unwrap().path())
        .filter(|file| file.file_name().unwrap().to_string_lossy().starts_with("revision-"))
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    let content = |file: &PathBuf| {
        let document: RevisionDocument = json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        document.content.unwrap()
    };
    files
        .into_iter()
        .map(|file| {
            let content = content(&file);
            (file, content)
        })
        .collect()
}
