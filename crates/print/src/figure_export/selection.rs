//! Finds a figure or table by its id.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block, FigureKind, Section};

use crate::edition::Edition;
use crate::figure_export::error::FigureError;
use crate::figure_export::exportable::{ExportableFigures, figures_and_tables};

/// Returns a figure or table with its section.
pub(super) fn find<'a>(edition: &Edition<'a>, id: &str) -> Result<(&'a Section, &'a Block), FigureError> {
    let all = figures_and_tables(&edition.content.sections);
    let found = all.iter().find(|(_, block)| block.id == id && !id.is_empty());
    let Some((section, block)) = found.copied() else {
        return Err(FigureError::Unknown { id: id.to_owned(), exportable: ExportableFigures::of(&all) });
    };
    match &block.kind {
        Some(Kind::Figure(figure)) if figure.kind() == FigureKind::Attachment => {
            let attachment = attachment_name(edition.brief, &figure.attachment);
            Err(FigureError::UploadedImage { id: id.to_owned(), attachment })
        }
        _ => Ok((section, block)),
    }
}

/// Returns the resource name of an image in a brief's workspace.
fn attachment_name(brief: &str, digest: &str) -> String {
    brief
        .split_once("/briefs/")
        .map_or_else(|| digest.to_owned(), |(workspace, _)| format!("{workspace}/attachments/{digest}"))
}
