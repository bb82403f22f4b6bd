//! `preview`: prints a draft from a file to a PDF file, without a service.

use std::collections::BTreeMap;
use std::io::Write;
use std::mem;
use std::ops::ControlFlow;
use std::path::PathBuf;

use chancery_brief::render_options::{checked, unknown_sections, with_defaults};
use chancery_print::{Edition, Fonts, Images, Limits, Options, Printed};
use chancery_proto::render::v1::{RenderOptions, Theme as ThemeMessage};

use crate::args::Global;
use crate::args::render::Preview;
use crate::commands::render::draft_edition::DraftEdition;
use crate::commands::render::print_thread::{on_print_thread, render_failure};
use crate::inputs::images::Image;
use crate::inputs::print_options::{invalid_options, render_options};
use crate::inputs::theme::Theme;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::output::is_standard;
use crate::ui::print_warnings;
use crate::ui::text;

pub fn run(global: &Global, arguments: &Preview) -> Result<(), Failure> {
    output::check_ending(&arguments.output, "a PDF file", "pdf")?;
    let mut draft =
        DraftEdition::read(global, &arguments.file, arguments.since.as_deref(), arguments.scheme)?;
    let theme = arguments.options.theme.as_deref().map(Theme::read).transpose()?;
    let mut images = images(&arguments.images, mem::take(&mut draft.images))?;
    let theme = theme.map(|theme| with_logo(global, theme, &mut images));
    let options =
        checked(&render_options(&arguments.options, theme)).map_err(|invalid| invalid_options(&invalid))?;
    let options = with_defaults(options);
    let unknown = unknown_sections(&options, &draft.content);
    if !unknown.is_empty() {
        return Err(invalid_options(&unknown));
    }
    let fonts = chancery_fonts::read(arguments.fonts.as_deref()).map_err(Failure::setup("the fonts"))?;
    let printed = print(&draft.edition(&images), &options, &fonts)?;
    let warnings = chancery_print::print_warnings(&printed.warnings);
    if is_standard(&arguments.output) {
        eprint!("{}", print_warnings::text(&warnings, ""));
        let written = std::io::stdout().lock().write_all(&printed.bytes);
        return written.map_err(Failure::io("writing to standard output"));
    }
    output::write_file(&arguments.output, 0o666, &printed.bytes)?;
    let pages = printed.pages;
    output::print(&if global.json {
        let output = arguments.output.display().to_string();
        let warnings = print_warnings::json(&warnings);
        format!("{}\n", serde_json::json!({ "output": output, "pages": pages, "printWarnings": warnings }))
    } else {
        let warnings = print_warnings::text(&warnings, "");
        format!("{}: {}, stamped as a draft\n{warnings}", arguments.output.display(), text::pages(pages))
    })
}

fn print(edition: &Edition<'_>, options: &RenderOptions, fonts: &Fonts) -> Result<Printed, Failure> {
    let options = Options::of_request(options)
        .map_err(|error| Failure::new("INVALID_ARGUMENT", "INVALID_FIELD", error.to_string()))?;
    let printed = on_print_thread(|| {
        let never_cancel = &mut |_| ControlFlow::Continue(());
        chancery_print::print(edition, &options, &Limits::default(), fonts, never_cancel)
    })?;
    printed.map_err(|error| render_failure(&error.to_string()))
}

/// Reads images, keyed by their SHA-256, adds those that the text names, and prints the warnings of all.
fn images(files: &[PathBuf], named: BTreeMap<String, Image>) -> Result<Images, Failure> {
    let warn = |name: &str, image: &Image| {
        for warning in &image.report.warnings {
            eprintln!("warning: {name}: {warning} ({})", warning.code());
        }
    };
    let mut images = Images::new();
    for file in files {
        let image = Image::read(file)?;
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
fn with_logo(global: &Global, theme: Theme, images: &mut Images) -> ThemeMessage {
    let Some(logo) = theme.logo else { return theme.message };
    let name = format!("workspaces/{}/attachments/{}", global.workspace, logo.digest);
    images.insert(logo.digest.to_string(), logo.bytes);
    ThemeMessage { logo: name, ..theme.message }
}
