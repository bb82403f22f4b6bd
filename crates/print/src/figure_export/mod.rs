//! Exports one figure or table of an edition for slides and web pages: the drawing of the print with its marking, on one
//! page of its own size, as SVG or as PDF.

mod decimals;
mod description;
mod error;
mod exportable;
mod font_scale;
mod outlines;
mod selection;
mod single_page;
mod svg;

use crate::compose::{SingleFigure, compose_figure};
use crate::edition::Edition;
use crate::error::PrintError;
use crate::figure_export::single_page::{SinglePage, lay_out};
use crate::flow::Flow;
use crate::fonts::Fonts;
use crate::options::{Format, Options};
use crate::print::{expected, without_soft_hyphens};
use crate::readback;
use crate::text::Typesetter;
use crate::warnings::Warning;
use crate::write::Writer;

pub use crate::figure_export::error::FigureError;
pub use crate::figure_export::exportable::ExportableFigures;

/// File formats of an exported figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureFormat {
    /// SVG with outlines instead of fonts, without scripts or references to other files.
    Svg,
    /// A tagged PDF of one page: PDF/A-2a and PDF/UA-1, as a whole print.
    Pdf,
}

/// An exported figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedFigure {
    /// The file. The same edition, options and fonts give the same bytes.
    pub bytes: Vec<u8>,
    /// Flaws that did not stop the export, in a stable order.
    pub warnings: Vec<Warning>,
}

/// Exports the figure or table with an id. Of the options, those on language, likelihoods, type size, ids and colour
/// apply; the others concern whole prints.
///
/// # Errors
///
/// Returns a [`FigureError`] if the edition has no such figure or table, or if it cannot be drawn.
pub fn export_figure(
    edition: &Edition,
    id: &str,
    options: &Options,
    fonts: &Fonts,
    format: FigureFormat,
) -> Result<ExportedFigure, FigureError> {
    let selected = selection::find(edition, id)?;
    let options = figure_options(options);
    let mut typesetter = Typesetter::new(fonts);
    let composed = compose_figure(edition, &options, selected, &mut typesetter)?;
    let SingleFigure { mut flow, width, warnings } =
        composed.ok_or_else(|| FigureError::NoData { id: id.to_owned() })?;
    without_soft_hyphens(&mut flow);
    let page = lay_out(&flow, id, width, &options, fonts, &mut typesetter)?;
    let bytes = match format {
        FigureFormat::Svg => svg::document(&flow, &page.page, fonts).map_err(PrintError::from)?,
        FigureFormat::Pdf => pdf(&flow, &page, fonts)?,
    };
    Ok(ExportedFigure { bytes, warnings })
}

/// Returns the options that apply to a figure, with the others as they do not change it.
fn figure_options<'a>(options: &Options<'a>) -> Options<'a> {
    Options {
        format: Format::Standard,
        recipient: "",
        watermark: "",
        sections: &[],
        annexes: Some(false),
        attach_data: false,
        ..*options
    }
}

/// Writes the page as a PDF file, and proves that it has exactly the composed text.
fn pdf(flow: &Flow, page: &SinglePage, fonts: &Fonts) -> Result<Vec<u8>, PrintError> {
    let mut writer = Writer::new(fonts);
    writer.place(&flow.tags, 0, &page.page)?;
    let laid_out = &page.laid_out;
    let bytes =
        writer.finish(&flow.tags, &laid_out.anchors, &flow.info, &flow.outline, &flow.anchor_names)?;
    readback::check(&bytes, &expected(flow, laid_out))?;
    Ok(bytes)
}
