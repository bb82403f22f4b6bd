//! `preview`: prints a draft from a file to a PDF file, without a service.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::thread;

use chancery_brief::Canonical;
use chancery_brief::digest::{body_bytes, body_digest};
use chancery_brief::marking::{Clearance, Policy, Scheme};
use chancery_brief::redact;
use chancery_brief::render_options::{InvalidOption, checked, unknown_sections, with_defaults};
use chancery_brief::validate::{InvalidContent, canonicalize};
use chancery_print::{Edition, Fonts, Images, Limits, Options, Printed, RevisionState};
use chancery_proto::brief::v1::BriefContent;
use chancery_proto::render::v1::{PrintWarning, RenderOptions, Theme as ThemeMessage};

use crate::args::Global;
use crate::args::render::{Preview, SchemeArg};
use crate::inputs::draft_file::DraftFile;
use crate::inputs::images::Image;
use crate::inputs::print_options::render_options;
use crate::inputs::theme::Theme;
use crate::ui::failure::{Failure, Violation};
use crate::ui::output;
use crate::ui::output::is_standard;
use crate::ui::print_warnings;
use crate::ui::text;

/// Stack size of the printing thread. Deeply nested content nearly exhausts the default of 2 MiB.
const PRINT_STACK_BYTES: usize = 8 << 20;

pub fn run(global: &Global, arguments: &Preview) -> Result<(), Failure> {
    output::check_ending(&arguments.output, "a PDF file", "pdf")?;
    let draft = DraftFile::read(&arguments.file)?;
    let scheme = match arguments.scheme {
        SchemeArg::Tlp => Scheme::Tlp,
        SchemeArg::Us => Scheme::Us,
        SchemeArg::Corporate => Scheme::Corporate,
    };
    let canonical =
        canonicalize(&draft.content, scheme).map_err(|invalid| invalid_content(&draft, &invalid))?;
    let since = arguments.since.as_deref().map(|file| EarlierRevision::read(file, scheme)).transpose()?;
    let theme = arguments.options.theme.as_deref().map(Theme::read).transpose()?;
    let mut images = images(&arguments.images)?;
    let theme = theme.map(|theme| with_logo(global, theme, &mut images));
    let options =
        checked(&render_options(&arguments.options, theme)).map_err(|invalid| invalid_options(&invalid))?;
    let options = with_defaults(options);
    // The edition for the highest clearance, because editions omit blocks without data.
    let clearance = Clearance(canonical.highest());
    let content = redact::edition(&canonical, clearance, Policy::Omit).unwrap_or_default();
    let earlier = since.as_ref().map(|since| since.edition(clearance));
    let unknown = unknown_sections(&options, &content);
    if !unknown.is_empty() {
        return Err(invalid_options(&unknown));
    }
    let fonts = chancery_fonts::read(arguments.fonts.as_deref()).map_err(Failure::setup("the fonts"))?;
    let brief = format!("workspaces/{}/briefs/{}", global.workspace, draft.brief_id);
    let digest = body_digest(&body_bytes(&draft.brief_id, draft.revision, &content)).to_string();
    let edition = Edition {
        content: &content,
        brief: &brief,
        revision: draft.revision,
        edition_digest: &digest,
        published_at: "",
        creator: "",
        import: None,
        state: RevisionState::Draft,
        withdraw_reason: "",
        superseded_by: None,
        earlier: earlier.as_ref(),
        earlier_revision: since.as_ref().map_or(0, |since| since.revision),
        combined_changes: None,
        images: &images,
    };
    let printed = print(&edition, &options, &fonts)?;
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
        format!(
            "{}\n",
            serde_json::json!({ "output": output, "pages": pages, "printWarnings": json_of(&warnings) })
        )
    } else {
        let warnings = print_warnings::text(&warnings, "");
        format!("{}: {}, stamped as a draft\n{warnings}", arguments.output.display(), text::pages(pages))
    })
}

/// The revision to compare with.
struct EarlierRevision {
    canonical: Canonical,
    revision: u32,
}

impl EarlierRevision {
    fn read(file: &Path, scheme: Scheme) -> Result<Self, Failure> {
        let draft = DraftFile::read(file)?;
        let canonical =
            canonicalize(&draft.content, scheme).map_err(|invalid| invalid_content(&draft, &invalid))?;
        Ok(Self { canonical, revision: draft.revision })
    }

    /// Returns the edition for the clearance of the draft that is compared with it.
    fn edition(&self, clearance: Clearance) -> BriefContent {
        redact::edition(&self.canonical, clearance, Policy::Omit).unwrap_or_default()
    }
}

/// Converts warnings to the JSON form of a render's warnings.
fn json_of(warnings: &[PrintWarning]) -> Vec<serde_json::Value> {
    let json = |PrintWarning { code, part_id, text }: &PrintWarning| {
        if part_id.is_empty() {
            serde_json::json!({ "code": code, "text": text })
        } else {
            serde_json::json!({ "code": code, "partId": part_id, "text": text })
        }
    };
    warnings.iter().map(json).collect()
}

/// Prints on a thread with a stack for the deepest layout.
fn print(edition: &Edition<'_>, options: &RenderOptions, fonts: &Fonts) -> Result<Printed, Failure> {
    let options = Options::of_request(options)
        .map_err(|error| Failure::new("INVALID_ARGUMENT", "INVALID_FIELD", error.to_string()))?;
    let print = || {
        let never_cancel = &mut |_| ControlFlow::Continue(());
        chancery_print::print(edition, &options, &Limits::default(), fonts, never_cancel)
    };
    let printed = thread::scope(|scope| {
        let printing = thread::Builder::new().stack_size(PRINT_STACK_BYTES).spawn_scoped(scope, print);
        printing.map(thread::ScopedJoinHandle::join)
    });
    let printed = printed.map_err(Failure::io("starting the printing thread"))?;
    printed
        .map_err(|_| render_failure("the printer panicked"))?
        .map_err(|error| render_failure(&error.to_string()))
}

/// Reads images, keyed by their SHA-256, and prints their warnings.
fn images(files: &[PathBuf]) -> Result<Images, Failure> {
    let read = |file: &PathBuf| {
        let image = Image::read(file)?;
        for warning in &image.report.warnings {
            eprintln!("warning: {}: {warning} ({})", file.display(), warning.code());
        }
        Ok((image.digest.to_string(), image.bytes))
    };
    files.iter().map(read).collect()
}

/// Adds the logo of a theme to the images and returns the theme that names it.
fn with_logo(global: &Global, theme: Theme, images: &mut Images) -> ThemeMessage {
    let Some(logo) = theme.logo else { return theme.message };
    let name = format!("workspaces/{}/attachments/{}", global.workspace, logo.digest);
    images.insert(logo.digest.to_string(), logo.bytes);
    ThemeMessage { logo: name, ..theme.message }
}

/// Locates each violation in the file.
fn invalid_content(draft: &DraftFile, invalid: &InvalidContent) -> Failure {
    let violations = invalid
        .violations
        .iter()
        .map(|violation| draft.violation(&violation.path, violation.code, &violation.message));
    let failure = Failure::new("INVALID_ARGUMENT", "INVALID_CONTENT", invalid.to_string());
    Failure { total_violations: invalid.total, ..failure.with_violations(violations.collect()) }
}

fn invalid_options(options: &[InvalidOption]) -> Failure {
    let violations = options.iter().map(|option| Violation {
        path: format!("options.{}", option.path),
        description: option.message.clone(),
        ..Violation::default()
    });
    let message = format!("{} invalid option(s)", options.len());
    Failure::new("INVALID_ARGUMENT", "INVALID_FIELD", message).with_violations(violations.collect())
}

fn render_failure(message: &str) -> Failure {
    Failure::new("FAILED_PRECONDITION", "RENDER_FAILED", message)
}
