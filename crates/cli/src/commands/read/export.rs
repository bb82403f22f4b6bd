//! `export`: writes revisions as files for `import`.

use std::fmt::Write as _;
use std::path::Path;

use chancery_proto::brief::v1::{ExportBriefRequest, ExportFormat, RevisionDocument};
use chancery_proto::names::BriefOrRevisionName;

use crate::args::Global;
use crate::args::read::{Export, ExportFormatArg};
use crate::connection::connect;
use crate::inputs::brief_text;
use crate::inputs::data_text::{DataForm, YAML_ENDINGS};
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
    let format = format(arguments);
    let Some(path) = arguments.output.as_ref().filter(|path| !output::is_standard(path)) else {
        let documents = || response.documents.iter().map(|document| text(document, format)).collect();
        return output::response(global.json, &response, documents);
    };
    let written = match response.documents.as_slice() {
        [document] if name.revision().is_some() && !is_folder(path) => {
            write(path, document, format)?;
            format!("{}\n", path.display())
        }
        documents => write_all(path, documents, format)?,
    };
    output::response(global.json, &response, || written)
}

/// Returns the format that the flag or else the ending of the output names.
fn format(arguments: &Export) -> ExportFormatArg {
    let by_ending = match arguments.output.as_deref() {
        Some(output) if brief_text::is_text(output) => ExportFormatArg::Text,
        Some(output) if DataForm::of(output) == DataForm::Yaml => ExportFormatArg::Yaml,
        _ => ExportFormatArg::Json,
    };
    arguments.format.unwrap_or(by_ending)
}

fn text(document: &RevisionDocument, format: ExportFormatArg) -> String {
    match format {
        ExportFormatArg::Json => return DataForm::Json.write(document),
        ExportFormatArg::Yaml => return DataForm::Yaml.write(document),
        ExportFormatArg::Text => {}
    }
    if document.withdraw_time.is_some() {
        eprintln!("warning: revision {} was withdrawn, which the text does not state", document.revision);
    }
    brief_text::text_of_revision(document)
}

fn write_all(
    folder: &Path,
    documents: &[RevisionDocument],
    format: ExportFormatArg,
) -> Result<String, Failure> {
    if folder.is_file() {
        let message = format!("{} is a file; name a folder for several revisions", folder.display());
        return Err(Failure::usage("NOT_A_FOLDER", message));
    }
    let mut written = String::new();
    for document in documents {
        let ending = match format {
            ExportFormatArg::Text => brief_text::ENDING,
            ExportFormatArg::Json => ".json",
            ExportFormatArg::Yaml => YAML_ENDINGS[0],
        };
        let path = folder.join(format!("revision-{}{ending}", document.revision));
        write(&path, document, format)?;
        // Writing to a String does not fail.
        let _ = writeln!(written, "{}", path.display());
    }
    Ok(written)
}

fn write(path: &Path, document: &RevisionDocument, format: ExportFormatArg) -> Result<(), Failure> {
    output::write_file(path, 0o666, text(document, format).as_bytes())
}

/// Returns whether a path is an existing folder, or names a new one by a trailing slash.
fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}
