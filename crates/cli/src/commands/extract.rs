//! `extract`: the edition that a PDF carries as data, once it is proven to be the one that was printed.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use chancery_brief::digest::{body_bytes, body_digest};
use chancery_print::{ExtractError, Extracted, extract};
use chancery_proto::brief::v1::RevisionBody;
use serde_json::json;

use crate::args::{Extract, Global};
use crate::documents::Document;
use crate::failure::Failure;
use crate::output::{self, is_standard};

/// The largest file that is looked into: as large as any artifact.
const LARGEST: u64 = 256 << 20;

pub fn run(global: &Global, arguments: &Extract) -> Result<(), Failure> {
    let extracted = extract(&read(&arguments.file)?).map_err(|error| not_extracted(&error))?;
    let body = prove(&arguments.file, &extracted)?;
    match &arguments.output {
        Some(path) if !is_standard(path) => {
            output::write_file(path, 0o666, extracted.json.as_bytes())?;
            let (digest, revision) = (&extracted.edition_digest, body.revision);
            output::print(&if global.json {
                let output = path.display().to_string();
                let answer = json!({
                    "output": output, "brief": extracted.brief, "revision": revision, "editionDigest": digest,
                });
                format!("{answer}\n")
            } else {
                let name = format!("{}/revisions/{revision}", extracted.brief);
                format!("{}: {name}, edition {digest}, proven\n", path.display())
            })
        }
        _ => output::print(&extracted.json),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let reading = || format!("reading {}", path.display());
    let file = File::open(path).map_err(Failure::io(reading()))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(Failure::io(reading()))?;
    if bytes.len() as u64 > LARGEST {
        let message = format!("{}: more than 256 MiB is no printed brief", path.display());
        return Err(Failure::new("INVALID_ARGUMENT", "FILE_TOO_LARGE", message));
    }
    Ok(bytes)
}

/// The digest of what was attached is that of the edition that the file says it prints.
fn prove(file: &Path, extracted: &Extracted) -> Result<RevisionBody, Failure> {
    let body = Document::<RevisionBody>::of_text(file, Arc::from(extracted.json.as_str()))?.message;
    let content = body.content.clone().unwrap_or_default();
    let digest = body_digest(&body_bytes(&body.brief_id, body.revision, &content)).to_string();
    if digest == extracted.edition_digest {
        return Ok(body);
    }
    let claimed = &extracted.edition_digest;
    let message = format!("the data's digest is {digest}, and the pages are printed from {claimed}");
    Err(Failure::new("DATA_LOSS", "DIGEST_MISMATCH", message)
        .help("the file was changed after it was printed: get the PDF again from the service"))
}

fn not_extracted(error: &ExtractError) -> Failure {
    let failure = Failure::new("FAILED_PRECONDITION", "NO_DATA", error.to_string());
    failure.help("only PDFs that were rendered with --attach-data carry their edition")
}
