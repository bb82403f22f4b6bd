//! `figure`: exports one figure or table of a brief or a file to an SVG or PDF file.

use std::io::Write;
use std::path::Path;

use chancery_brief::lint::{BLOCK_WITHOUT_DATA, lint};
use chancery_brief::render_options::{checked, with_defaults};
use chancery_print::{
    Edition, ExportedFigure, FigureError, FigureFormat, Fonts, NO_IMAGES, Options, export_figure,
};
use chancery_proto::render::v1::RenderOptions;

use crate::args::Global;
use crate::args::render::{Figure, FigureFormatArg};
use crate::commands::render::draft_edition::DraftEdition;
use crate::commands::render::print_thread::{on_print_thread, render_failure};
use crate::commands::render::published_edition::PublishedEdition;
use crate::connection::connect;
use crate::inputs::brief_form::is_named_by;
use crate::inputs::print_options::{figure_options, invalid_options};
use crate::inputs::theme::Theme;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::output::is_standard;
use crate::ui::print_warnings;

pub async fn run(global: &Global, arguments: &Figure) -> Result<(), Failure> {
    let format = file_format(arguments)?;
    if is_standard(&arguments.output) && global.json {
        let message = "standard output cannot contain both the figure and --json: name a file with -o";
        return Err(Failure::usage("USAGE", message));
    }
    let theme = arguments.options.theme.as_deref().map(Theme::read).transpose()?;
    let options = figure_options(&arguments.options, theme.map(|theme| theme.message));
    let options = with_defaults(checked(&options).map_err(|invalid| invalid_options(&invalid))?);
    let fonts = chancery_fonts::read(arguments.fonts.as_deref()).map_err(Failure::setup("the fonts"))?;
    let export = Export { id: &arguments.id, options, fonts, format };
    let (exported, stamp) = if is_named_by(&arguments.source) {
        let since = arguments.since.as_deref().map(Path::new);
        let draft = DraftEdition::read(global, Path::new(&arguments.source), since, arguments.scheme, None)?;
        (export.of_draft(&draft)?, ", stamped as a draft")
    } else {
        let name = names::brief_or_revision(&global.workspace, &arguments.source)?;
        let client = connect(global).await?;
        let published = PublishedEdition::fetch(&client, &name, arguments.since.as_deref()).await?;
        (export.of(&published.edition())?.map_err(|error| failure(&error))?, "")
    };
    write(global, &arguments.output, &exported, stamp)
}

/// Returns the format that the flag or else the output file's ending names. The ending must not contradict the flag.
fn file_format(arguments: &Figure) -> Result<FigureFormatArg, Failure> {
    let output = &arguments.output;
    if let Some(format) = arguments.format {
        let (what, ending) = match format {
            FigureFormatArg::Svg => ("an SVG file", "svg"),
            FigureFormatArg::Pdf => ("a PDF file", "pdf"),
        };
        output::check_ending(output, what, ending)?;
        return Ok(format);
    }
    if is_standard(output) {
        return Err(Failure::usage("USAGE", "standard output has no ending: name the format with --format"));
    }
    let ending = output.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("svg") => Ok(FigureFormatArg::Svg),
        Some("pdf") => Ok(FigureFormatArg::Pdf),
        _ => Err(Failure::usage(
            "WRONG_ENDING",
            format!(
                "a figure is written as SVG or PDF, and {} does not end in either; name it {} or {}",
                output.display(),
                output.with_extension("svg").display(),
                output.with_extension("pdf").display()
            ),
        )),
    }
}

/// The figure to export.
struct Export<'a> {
    id: &'a str,
    options: RenderOptions,
    fonts: Fonts,
    format: FigureFormatArg,
}

impl Export<'_> {
    fn of(&self, edition: &Edition<'_>) -> Result<Result<ExportedFigure, FigureError>, Failure> {
        let options = Options::of_request(&self.options)
            .map_err(|error| Failure::new("INVALID_ARGUMENT", "INVALID_FIELD", error.to_string()))?;
        let format = match self.format {
            FigureFormatArg::Svg => FigureFormat::Svg,
            FigureFormatArg::Pdf => FigureFormat::Pdf,
        };
        on_print_thread(|| export_figure(edition, self.id, &options, &self.fonts, format))
    }

    /// Exports from a draft, whose edition omits figures and tables without data: their author learns why.
    fn of_draft(&self, draft: &DraftEdition) -> Result<ExportedFigure, Failure> {
        let exported = self.of(&draft.edition(&NO_IMAGES))?;
        exported.map_err(|error| match error {
            FigureError::Unknown { .. } => self.without_data(draft).unwrap_or_else(|| failure(&error)),
            error => failure(&error),
        })
    }

    fn without_data(&self, draft: &DraftEdition) -> Option<Failure> {
        let warnings = lint(draft.canonical.content(), None);
        let warning = warnings
            .into_iter()
            .find(|found| found.code == BLOCK_WITHOUT_DATA && found.part_id == self.id)?;
        Some(Failure::new("FAILED_PRECONDITION", BLOCK_WITHOUT_DATA, warning.message))
    }
}

fn failure(error: &FigureError) -> Failure {
    let message = error.to_string();
    match error {
        FigureError::Unknown { .. } => Failure::new("NOT_FOUND", "UNKNOWN_FIGURE", message)
            .help("an edition has no figures and tables that are empty or withheld from you"),
        FigureError::UploadedImage { .. } => Failure::new("FAILED_PRECONDITION", "UPLOADED_IMAGE", message),
        FigureError::NoData { .. } => Failure::new("FAILED_PRECONDITION", BLOCK_WITHOUT_DATA, message),
        FigureError::TooHigh { .. } => Failure::new("FAILED_PRECONDITION", "FIGURE_TOO_HIGH", message),
        FigureError::Print(_) => render_failure(&message),
    }
}

fn write(global: &Global, output: &Path, exported: &ExportedFigure, stamp: &str) -> Result<(), Failure> {
    let warnings = chancery_print::print_warnings(&exported.warnings);
    if is_standard(output) {
        eprint!("{}", print_warnings::text(&warnings, ""));
        let written = std::io::stdout().lock().write_all(&exported.bytes);
        return written.map_err(Failure::io("writing to standard output"));
    }
    output::write_file(output, 0o666, &exported.bytes)?;
    let file = output.display().to_string();
    output::print(&if global.json {
        let warnings = print_warnings::json(&warnings);
        format!("{}\n", serde_json::json!({ "output": file, "printWarnings": warnings }))
    } else {
        let warnings = print_warnings::text(&warnings, "");
        format!("{file}: {} bytes{stamp}\n{warnings}", exported.bytes.len())
    })
}
