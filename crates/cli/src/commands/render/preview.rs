//! `preview`: prints a draft from a file to a PDF file, without a service.

use std::collections::BTreeMap;
use std::io::Write;
use std::mem;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use chancery_brief::render_options::{checked, unknown_sections, with_defaults};
use chancery_print::{Fonts, Images, Limits, Options, Printed};
use chancery_proto::brief::v1::PartDifference;
use chancery_proto::render::v1::Theme as ThemeMessage;

use crate::args::Global;
use crate::args::render::Preview;
use crate::commands::render::draft_edition::DraftEdition;
use crate::commands::render::print_thread::{on_print_thread, render_failure};
use crate::inputs::images::{Image, ImageCache};
use crate::inputs::print_options::{invalid_options, render_options};
use crate::inputs::theme::Theme;
use crate::ui::failure::{Failure, shown};
use crate::ui::output;
use crate::ui::output::is_standard;
use crate::ui::print_warnings;
use crate::ui::text;

/// Prints once.
pub fn run(global: &Global, arguments: &Preview) -> Result<(), Failure> {
    let output = arguments.output.as_deref().ok_or_else(no_output)?;
    output::check_ending(output, "a PDF file", "pdf")?;
    let (since, clearance) = (arguments.since.as_deref(), arguments.clearance.as_deref());
    let draft = DraftEdition::read(global, &arguments.file, since, arguments.scheme, clearance)?;
    let undeclared = draft.undeclared();
    let fonts = chancery_fonts::read(arguments.fonts.as_deref()).map_err(Failure::setup("the fonts"))?;
    let print = Print { global, arguments, fonts: &fonts, images: &ImageCache::default() };
    let printed = print.print(draft, &|| false)?;
    let warnings = chancery_print::print_warnings(&printed.warnings);
    if is_standard(output) {
        eprint!("{}{}", print_warnings::text(&warnings, ""), undeclared_text(&undeclared));
        let written = std::io::stdout().lock().write_all(&printed.bytes);
        return written.map_err(Failure::io("writing to standard output"));
    }
    output::write_file(output, 0o666, &printed.bytes)?;
    let pages = printed.pages;
    output::print(&if global.json {
        let output = output.display().to_string();
        let warnings = print_warnings::json(&warnings);
        let undeclared: Vec<&str> = undeclared.iter().map(|difference| difference.id.as_str()).collect();
        let report = serde_json::json!({
            "output": output,
            "pages": pages,
            "printWarnings": warnings,
            "undeclaredChanges": undeclared,
        });
        format!("{report}\n")
    } else {
        let warnings = print_warnings::text(&warnings, "");
        let readers = clearance.map(|label| format!(", for readers with the clearance {label}"));
        let readers = readers.unwrap_or_default();
        let undeclared = undeclared_text(&undeclared);
        let (output, pages) = (output.display(), text::pages(pages));
        format!("{output}: {pages}, stamped as a draft{readers}\n{warnings}{undeclared}")
    })
}

/// Returns a line on the differences that the pages do not list, because the draft does not declare them as changes.
fn undeclared_text(differences: &[PartDifference]) -> String {
    /// Most ids that are listed.
    const LISTED: usize = 12;
    if differences.is_empty() {
        return String::new();
    }
    let ids: Vec<String> = differences.iter().take(LISTED).map(|of| shown(&of.id)).collect();
    let more = match differences.len() - ids.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (subject, object) = match differences.len() {
        1 => ("1 difference from the earlier revision is".to_owned(), "it"),
        count => (format!("{count} differences from the earlier revision are"), "them"),
    };
    let ids = ids.join(", ");
    format!(
        "{subject} not declared, and so not listed under what changed: {ids}{more}; declare {object} as {{!updated: why}}\n"
    )
}

fn no_output() -> Failure {
    Failure::usage("USAGE", "name the PDF file to write with -o, or print at each save with --watch")
}

/// Prints a draft with the options of the command.
pub struct Print<'a> {
    pub global: &'a Global,
    pub arguments: &'a Preview,
    pub fonts: &'a Fonts,
    pub images: &'a ImageCache,
}

impl Print<'_> {
    /// Prints. Fails with `RENDER_FAILED` at the next page once `is_stopped`.
    pub fn print(
        &self,
        mut draft: DraftEdition,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Printed, Failure> {
        let arguments = self.arguments;
        let theme = arguments.options.theme.as_deref().map(Theme::read).transpose()?;
        let mut images = self.images(&arguments.images, mem::take(&mut draft.images))?;
        let theme = theme.map(|theme| self.with_logo(theme, &mut images));
        let options = checked(&render_options(&arguments.options, theme))
            .map_err(|invalid| invalid_options(&invalid))?;
        let options = with_defaults(options);
        let unknown = unknown_sections(&options, &draft.content);
        if !unknown.is_empty() {
            return Err(invalid_options(&unknown));
        }
        let options = Options::of_request(&options)
            .map_err(|error| Failure::new("INVALID_ARGUMENT", "INVALID_FIELD", error.to_string()))?;
        let printed = on_print_thread(|| {
            let at_page =
                &mut |_| if is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            chancery_print::print(&draft.edition(&images), &options, &Limits::default(), self.fonts, at_page)
        })?;
        printed.map_err(|error| render_failure(&error.to_string()))
    }

    /// Reads images, keyed by their SHA-256, adds those that the text names, and prints the warnings of all.
    fn images(&self, files: &[PathBuf], named: BTreeMap<String, Image>) -> Result<Images, Failure> {
        let warn = |name: &str, image: &Image| {
            for warning in &image.report.warnings {
                eprintln!("warning: {name}: {warning} ({})", warning.code());
            }
        };
        let mut images = Images::new();
        for file in files {
            let image = self.images.read(file)?;
            warn(&file.display().to_string(), &image);
            images.insert(image.digest.to_string(), image.bytes);
        }
        for (digest, image) in named {
            warn(&digest, &image);
            images.insert(digest, image.bytes);
        }
        Ok(images)
    }

    /// Adds the logo of a theme to the images and returns the theme that names it.
    fn with_logo(&self, theme: Theme, images: &mut Images) -> ThemeMessage {
        let Some(logo) = theme.logo else { return theme.message };
        let name = format!("workspaces/{}/attachments/{}", self.global.workspace, logo.digest);
        images.insert(logo.digest.to_string(), logo.bytes);
        ThemeMessage { logo: name, ..theme.message }
    }
}

/// Returns the PDF file that a watched preview writes: the given one, or NAME.pdf beside the text.
pub fn default_output(file: &Path, stem: &str) -> PathBuf {
    file.with_file_name(format!("{stem}.pdf"))
}
