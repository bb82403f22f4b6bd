//! `import`: revisions that were published elsewhere, from files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chancery_client::Client;
use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::brief::v1::{ImportBriefRequest, ImportBriefResponse, RevisionDocument};
use prost::Message;

use crate::args::{Global, Import};
use crate::connection::connect;
use crate::documents::{Document, locate_all};
use crate::failure::{Failure, Place};
use crate::output;

pub async fn run(global: &Global, arguments: &Import) -> Result<(), Failure> {
    // Everything is read before anything is sent: a mistake in the last file stops the first.
    let briefs = read(&arguments.paths)?;
    let client = connect(global).await?;
    for documents in briefs.into_values() {
        let answer = send(&client, &format!("workspaces/{}", global.workspace), &documents).await?;
        output::answer(global.json, &answer, || told(&answer))?;
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
        return Err(too_much(documents, request.encoded_len()));
    }
    let sent = client.import_brief(request).await;
    sent.map_err(|error| locate_all(error.into(), |place| locate(documents, place)))
}

/// Reads files and folders, and sorts the documents by brief and number.
pub fn read(paths: &[PathBuf]) -> Result<BTreeMap<String, Vec<Document<RevisionDocument>>>, Failure> {
    let mut briefs: BTreeMap<String, Vec<Document<RevisionDocument>>> = BTreeMap::new();
    for file in files(paths)? {
        let document = Document::<RevisionDocument>::read(&file)?;
        briefs.entry(document.message.brief_id.clone()).or_default().push(document);
    }
    for documents in briefs.values_mut() {
        documents.sort_by_key(|document| document.message.revision);
    }
    Ok(briefs)
}

/// What an import did, in words.
pub fn told(answer: &ImportBriefResponse) -> String {
    let listed = |numbers: &[u32]| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let (written, skipped) = (&answer.written_revisions, &answer.skipped_revisions);
    match (written.is_empty(), skipped.is_empty()) {
        (false, true) => format!("{}: imported revision {}\n", answer.name, listed(written)),
        (true, _) => format!("{}: revision {} was there already, unchanged\n", answer.name, listed(skipped)),
        (false, false) => format!(
            "{}: imported revision {}; {} was there already, unchanged\n",
            answer.name,
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
        if name.starts_with("revision-") && name.ends_with(".json") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        let message = format!("{} holds no revision-*.json", folder.display());
        return Err(Failure::new("NOT_FOUND", "NO_REVISIONS", message).help("name the files themselves"));
    }
    Ok(files)
}

/// The server names places as `documents[1].content.title`.
fn locate(documents: &[Document<RevisionDocument>], place: &Place) -> Option<Place> {
    let (index, _) = place.path.strip_prefix("documents[")?.split_once(']')?;
    let document = documents.get(index.parse::<usize>().ok()?)?;
    document.locate(&format!("documents[{index}]"), place)
}

fn too_much(documents: &[Document<RevisionDocument>], bytes: usize) -> Failure {
    let brief = documents.first().map_or("", |document| document.message.brief_id.as_str());
    let message =
        format!("the revisions of {brief} are {bytes} bytes together; a message takes {MESSAGE_LIMIT}");
    Failure::new("RESOURCE_EXHAUSTED", "LIMIT_EXCEEDED", message)
        .help("import fewer revisions at once, in the order of their numbers")
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::ImportBriefResponse;

    use super::{files, read, told};

    #[test]
    fn a_folder_stands_for_its_revisions() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["revision-2.json", "revision-1.json", "notes.json", "revision-3.txt"] {
            std::fs::write(folder.path().join(name), "{}").unwrap();
        }
        let found = files(&[folder.path().to_owned()]).unwrap();
        assert_eq!(found, ["revision-1.json", "revision-2.json"].map(|name| folder.path().join(name)));
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
    fn an_import_says_what_it_wrote_and_what_was_there() {
        let answer = |written: &[u32], skipped: &[u32]| ImportBriefResponse {
            name: "b".into(),
            written_revisions: written.into(),
            skipped_revisions: skipped.into(),
            ..ImportBriefResponse::default()
        };
        assert_eq!(told(&answer(&[1, 2], &[])), "b: imported revision 1, 2\n");
        assert_eq!(told(&answer(&[], &[1, 2])), "b: revision 1, 2 was there already, unchanged\n");
        assert_eq!(told(&answer(&[2], &[1])), "b: imported revision 2; 1 was there already, unchanged\n");
    }
}
