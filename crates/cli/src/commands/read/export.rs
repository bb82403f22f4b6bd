//! `export`: writes revisions as files for `import`.

use std::fmt::Write as _;
use std::path::Path;

use chancery_proto::brief::v1::{ExportBriefRequest, ExportFormat, RevisionDocument};
use chancery_proto::json;
use chancery_proto::names::BriefOrRevisionName;

use crate::args::Global;
use crate::args::read::Export;
use crate::connection::connect;
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
    let Some(path) = &arguments.output else {
        let documents = || response.documents.iter().map(json::to_string_pretty).collect();
        return output::response(global.json, &response, documents);
    };
    let written = match response.documents.as_slice() {
        [document] if name.revision().is_some() && !is_folder(path) => {
            write(path, document)?;
            format!("{}\n", path.display())
        }
        documents => write_all(path, documents)?,
    };
    output::response(global.json, &response, || written)
}

fn write_all(folder: &Path, documents: &[RevisionDocument]) -> Result<String, Failure> {
    if folder.is_file() {
        let message = format!("{} is a file; name a folder for several revisions", folder.display());
        return Err(Failure::usage("NOT_A_FOLDER", message));
    }
    let mut written = String::new();
    for document in documents {
        let path = folder.join(format!("revision-{}.json", document.revision));
        write(&path, document)?;
        // Writing to a String does not fail.
        let _ = writeln!(written, "{}", path.display());
    }
    Ok(written)
}

fn write(path: &Path, document: &RevisionDocument) -> Result<(), Failure> {
    output::write_file(path, 0o666, json::to_string_pretty(document).as_bytes())
}

/// Returns whether a path is an existing folder, or names a new one by a trailing slash.
fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}
