//! `extract`: extracts the edition attached to a PDF and verifies that it is the one that was printed.

use std::path::Path;

use chancery_print::{ExtractError, Extracted, extract};
use chancery_proto::brief::v1::{RevisionBody, RevisionDocument};
use serde_json::json;

use crate::args::Global;
use crate::args::render::Extract;
use crate::commands::render::attached_edition::verified_body;
use crate::inputs::brief_form::BriefForm;
use crate::inputs::brief_message::BriefMessage;
use crate::inputs::data_text::DataForm;
use crate::inputs::limited_read::{MAX_PDF_BYTES, read};
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::output::is_standard;

pub fn run(global: &Global, arguments: &Extract) -> Result<(), Failure> {
    let extracted =
        extract(&read(&arguments.file, MAX_PDF_BYTES)?).map_err(|error| extract_failure(&error))?;
    let body = verified_body(&extracted)?;
    match &arguments.output {
        Some(path) if !is_standard(path) => {
            if BriefForm::or_json(path) == BriefForm::Json {
                output::check_ending(path, "the edition", "json")?;
            }
            output::write_file(path, 0o666, in_form_of(path, &extracted, &body).as_bytes())?;
            let (digest, revision) = (&extracted.edition_digest, body.revision);
            output::print(&if global.json {
                let output = path.display().to_string();
                let response = json!({
                    "output": output, "brief": extracted.brief, "revision": revision, "editionDigest": digest,
                });
                format!("{response}\n")
            } else {
                let name = format!("{}/revisions/{revision}", extracted.brief);
                format!("{}: {name}, edition {digest}, verified\n", path.display())
            })
        }
        _ => output::print(&extracted.json),
    }
}

/// Returns the edition in the form of a file's ending.
fn in_form_of(path: &Path, extracted: &Extracted, body: &RevisionBody) -> String {
    match BriefForm::or_json(path) {
        // The bytes that were attached.
        BriefForm::Json => extracted.json.clone(),
        BriefForm::Yaml => DataForm::Yaml.write(body),
        BriefForm::Text => BriefMessage::Revision(Box::new(RevisionDocument {
            brief_id: body.brief_id.clone(),
            revision: body.revision,
            digest: extracted.edition_digest.clone(),
            content: body.content.clone(),
            ..RevisionDocument::default()
        }))
        .write_stored(BriefForm::Text),
    }
}

fn extract_failure(error: &ExtractError) -> Failure {
    let failure = Failure::new("FAILED_PRECONDITION", "NO_DATA", error.to_string());
    failure.help("only PDFs rendered with --attach-data contain their edition")
}
