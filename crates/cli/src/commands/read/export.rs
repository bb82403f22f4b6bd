//! `export`: writes revisions as files for `import`.

use std::fmt::Write as _;
use std::path::Path;

use chancery_proto::brief::v1::{ExportBriefRequest, ExportFormat, RevisionDocument};
use chancery_proto::names::BriefOrRevisionName;

use crate::args::Global;
use crate::args::read::Export;
use crate::connection::connect;
use crate::inputs::brief_form::BriefForm;
use crate::inputs::brief_message::BriefMessage;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;

pub async fn run(global: &Global, arguments: &Export) -> Result<(), Failure> {
    let name = names::brief_or_revision(&global.workspace, &arguments.name)?;
    let source = match &name {
        BriefOrRevisionName::Brief(name) => name.to_string(),
        BriefOrRevisionName::Revision(name) => name.to_string(),
    };
    let request = ExportBriefRequest {
        name: source,
        format: ExportFormat::Message.into(),
        ..ExportBriefRequest::default()
    };
    let response = connect(global).await?.export_brief(request).await?;
    let by_ending = || arguments.output.as_deref().map_or(BriefForm::Json, BriefForm::or_json);
    let form = arguments.format.unwrap_or_else(by_ending);
    let Some(path) = arguments.output.as_ref().filter(|path| !output::is_standard(path)) else {
        let documents = || response.documents.iter().map(|document| text(document, form)).collect();
        return output::response(global.json, &response, documents);
    };
    let written = match response.documents.as_slice() {
        [document] if name.revision().is_some() && !is_folder(path) => {
            write(path, document, form)?;
            format!("{}\n", path.display())
        }
        documents => write_all(path, documents, form)?,
    };
    output::response(global.json, &response, || written)
}

fn text(document: &RevisionDocument, form: BriefForm) -> String {
    if form == BriefForm::Text && document.withdraw_time.is_some() {
        eprintln!("warning: revision {} was withdrawn, which the text does not state", document.revision);
    }
    BriefMessage::Revision(Box::new(document.clone())).write_stored(form)
}

fn write_all(folder: &Path, documents: &[RevisionDocument], form: BriefForm) -> Result<String, Failure> {
    if folder.is_file() {
        let message = format!("{} is a file; name a folder for several revisions", folder.display());
        return Err(Failure::usage("NOT_A_FOLDER", message));
    }
    let mut written = String::new();
    for document in documents {
        let path = folder.join(format!("revision-{}{}", document.revision, form.ending()));
        write(&path, document, form)?;
        // Writing to a String does not fail.
        let _ = writeln!(written, "{}", path.display());
    }
    Ok(written)
}

fn write(path: &Path, document: &RevisionDocument, form: BriefForm) -> Result<(), Failure> {
    output::write_file(path, 0o666, text(document, form).as_bytes())
}

/// Returns whether a path is an existing folder, or names a new one by a trailing slash.
fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}
