//! Errors of an export.

use crate::error::PrintError;
use crate::figure_export::exportable::ExportableFigures;

/// Reasons why a figure cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The edition has no figure or table with the id.
    #[error("the edition has no figure or table {id:?}; {exportable}")]
    Unknown {
        /// The id.
        id: String,
        /// The figures and tables that it has.
        exportable: ExportableFigures,
    },
    /// The figure is an uploaded image, which is a file of its own.
    #[error(
        "figure {id:?} is the uploaded image {attachment}, which is not drawn by the printer; use the uploaded file, or \
         get it with BriefService.GetAttachment"
    )]
    UploadedImage {
        /// The figure's id.
        id: String,
        /// The image's resource name.
        attachment: String,
    },
    /// The figure has nothing to show in this edition.
    #[error("{id:?} has no data in this edition: it is empty, or all of its data is withheld")]
    NoData {
        /// The figure's or table's id.
        id: String,
    },
    /// The figure is higher than a page can be (ISO 19005-2, 6.1.13); divide it or export it in parts.
    #[error("{id:?} is higher than {limit} points, the maximum of a page; divide it into several")]
    TooHigh {
        /// The figure's or table's id.
        id: String,
        /// The maximum height of a page in points.
        limit: i64,
    },
    /// The figure cannot be drawn.
    #[error(transparent)]
    Print(#[from] PrintError),
}
