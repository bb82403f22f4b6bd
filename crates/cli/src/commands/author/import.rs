//! `import`: imports revisions that were published elsewhere from files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chancery_client::Client;
use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::brief::v1::{ImportBriefRequest, ImportBriefResponse, RevisionDocument};
use prost::Message;

use crate::args::Global;
use crate::args::author::Import;
use crate::connection::connect;
use crate::inputs::brief_form::{BriefForm, stem};
use crate::inputs::brief_text::revision_document;
use crate::inputs::documents::{Document, locate_all};
use crate::ui::failure::{Failure, Violation};
use crate::ui::output;

pub async fn run(global: &Global, arguments: &Import) -> Result<(), Failure> {
    // Read everything before sending anything, so that a mistake in any file fails before the first import.
    let briefs = read(&arguments.paths)?;
    let client = connect(global).await?;
    for documents in briefs.into_values() {
        let response = send(&client, &format!("workspaces/{}", global.workspace), &documents).await?;
        output::response(global.json, &response, || summary(&response))?;
    }
    Ok(())
}

/// Imports one brief's documents, in order of their numbers.
pub async fn send(
    client: &Client,
    parent: &str,
    documents: &[Document<RevisionDocument>],
) -> Result<ImportBriefResponse, Failure> {
    let messages = documents.iter().map(|document| document.message.clone()).collect();
    let request = ImportBriefRequest {
        parent: parent.to_owned(),
        documents: messages,
        ..ImportBriefRequest::default()
    };
    if request.encoded_len() > MESSAGE_LIMIT {
        return Err(too_large(documents, request.encoded_len()));
    }
    let sent = client.import_brief(request).await;
    sent.map_err(|error| locate_all(error.into(), |violation| locate(documents, violation)))
}

/// Reads files and folders, grouping the documents by brief and sorting them by number.
pub fn read(paths: &[PathBuf]) -> Result<BTreeMap<String, Vec<Document<RevisionDocument>>>, Failure> {
    let mut briefs: BTreeMap<String, Vec<Document<RevisionDocument>>> = BTreeMap::new();
    for file in files(paths)? {
        let document = if BriefForm::of(&file) == Some(BriefForm::Text) {
            revision_document(&file)?
        } else {
            Document::<RevisionDocument>::read(&file)?
        };
        briefs.entry(document.message.brief_id.clone()).or_default().push(document);
    }
    for documents in briefs.values_mut() {
        documents.sort_by_key(|document| document.message.revision);
    }
    Ok(briefs)
}

/// Summarises the result of an import.
pub fn summary(response: &ImportBriefResponse) -> String {
    let listed = |numbers: &[u32]| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let (written, skipped) = (&response.written_revisions, &response.skipped_revisions);
    match (written.is_empty(), skipped.is_empty()) {
        (false, true) => format!("{}: imported revision {}\n", response.name, listed(written)),
        (true, _) => format!("{}: revision {} already exists, unchanged\n", response.name, listed(skipped)),
        (false, false) => format!(
            "{}: imported revision {}; {} already exists, unchanged\n",
            response.name,
            listed(written),
            listed(skipped)
        ),
    }
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(revisions_in(path)?);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn revisions_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let reading = || Failure::io(format!("reading {}", folder.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(reading())? {
        let path = entry.map_err(reading())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("revision-") && rank(&path).is_some() {
            files.push(path);
        }
    }
    files.sort();
    // A text beside the JSON of the same revision is its source.
    let all = files.clone();
    files.retain(|file| {
        let is_preferred = |other: &&PathBuf| stem(other) == stem(file) && rank(other) < rank(file);
        !all.iter().any(|other| is_preferred(&other))
    });
    if files.is_empty() {
        let message = format!(
            "{} contains no revision-N.json, revision-N.yaml or revision-N.brief.md",
            folder.display()
        );
        return Err(Failure::new("NOT_FOUND", "NO_REVISIONS", message).help("name the files individually"));
    }
    Ok(files)
}

/// Returns the preference of a file among those of one revision, the lowest first; none for a file of another kind.
fn rank(file: &Path) -> Option<u8> {
    BriefForm::of(file).map(|form| match form {
        BriefForm::Json => 0,
        BriefForm::Yaml => 1,
        BriefForm::Text => 2,
    })
}

/// Locates a violation by its path in the request, such as `documents[1].content.title`.
fn locate(documents: &[Document<RevisionDocument>], violation: &Violation) -> Option<Violation> {
    let (index, _) = violation.path.strip_prefix("documents[")?.split_once(']')?;
    let document = documents.get(index.parse::<usize>().ok()?)?;
    document.locate(&format!("documents[{index}]"), violation)
}

fn too_large(documents: &[Document<RevisionDocument>], bytes: usize) -> Failure {
    let brief = documents.first().map_or("", |document| document.message.brief_id.as_str());
    let message = format!(
        "the revisions of {brief} take {bytes} bytes together, but a request may take only {MESSAGE_LIMIT}"
    );
    Failure::new("RESOURCE_EXHAUSTED", "LIMIT_EXCEEDED", message)
        .help("import fewer revisions at a time, in order of their numbers")
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::ImportBriefResponse;

    use super::{files, read, summary};

    #[test]
    fn a_folder_means_its_revision_files() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "revision-2.json",
            "revision-2.brief.md",
            "revision-1.json",
            "revision-3.brief.md",
            "revision-3.brief.yaml",
            "revision-5.brief.md",
            "notes.json",
            "revision-4.txt",
        ] {
            std::fs::write(folder.path().join(name), "{}").unwrap();
        }
        let found = files(&[folder.path().to_owned()]).unwrap();
        let expected = ["revision-1.json", "revision-2.json", "revision-3.brief.yaml", "revision-5.brief.md"];
        assert_eq!(found, expected.map(|name| folder.path().join(name)));
    }

    #[test]
    fn an_empty_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(files(&[folder.path().to_owned()]).unwrap_err().reason, "NO_REVISIONS");
    }

    #[test]
    fn documents_are_sorted_by_brief_and_number() {
        let folder = tempfile::tempdir().unwrap();
        for (name, brief, number) in [("a", "b2", 2), ("b", "b1", 10), ("c", "b2", 1), ("d", "b1", 9)] {
            let text = format!("{{\"briefId\": \"{brief}\", \"revision\": {number}}}");
            std::fs::write(folder.path().join(format!("revision-{name}.json")), text).unwrap();
        }
        let briefs = read(&[folder.path().to_owned()]).unwrap();
        let numbers: Vec<Vec<u32>> =
            briefs.values().map(|documents| documents.iter().map(|d| d.message.revision).collect()).collect();
        assert_eq!(numbers, [vec![9, 10], vec![1, 2]]);
    }

    #[test]
    fn a_summary_lists_written_and_existing_revisions() {
        let response = |written: &[u32], skipped: &[u32]| ImportBriefResponse {
            name: "b".into(),
            written_revisions: written.into(),
            skipped_revisions: skipped.into(),
            ..ImportBriefResponse::default()
        };
        assert_eq!(summary(&response(&[1, 2], &[])), "b: imported revision 1, 2\n");
        assert_eq!(summary(&response(&[], &[1, 2])), "b: revision 1, 2 already exists, unchanged\n");
        assert_eq!(summary(&response(&[2], &[1])), "b: imported revision 2; 1 already exists, unchanged\n");
    }
}
