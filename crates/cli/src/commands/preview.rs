//! `preview`: a draft from a file to a PDF file, without any service.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use chancery_brief::digest::{body_bytes, body_digest};
use chancery_brief::marking::{Clearance, Policy, Scheme};
use chancery_brief::redact;
use chancery_brief::render_options::{InvalidOption, checked, unknown_sections, with_defaults};
use chancery_brief::validate::{InvalidContent, canonicalize};
use chancery_print::{Edition, Fonts, Images, Limits, Options, PrintError, Printed, Standing};
use chancery_proto::brief::v1::{BriefContent, BriefDraft, RevisionDocument};
use chancery_proto::render::v1::{PrintWarning, RenderOptions, Theme as ThemeMessage};

use crate::args::{Global, Preview, SchemeArg};
use crate::documents::{Document, text_of};
use crate::failure::{Failure, Place};
use crate::images::Image;
use crate::output::{self, is_standard};
use crate::text;
use crate::theme::Theme;
use crate::{print_options, print_warnings};

/// Content nests; the default of 2 MiB leaves little room over the deepest layout.
const STACK: usize = 8 << 20;

/// The content of a file that holds a revision, a draft or content alone.
pub(super) struct DraftFile {
    pub(super) content: BriefContent,
    brief_id: String,
    revision: u32,
    /// The path of the content in the file.
    prefix: &'static str,
    text: Arc<str>,
}

pub fn run(global: &Global, arguments: &Preview) -> Result<(), Failure> {
    let draft = DraftFile::read(&arguments.file)?;
    let scheme = match arguments.scheme {
        SchemeArg::Tlp => Scheme::Tlp,
        SchemeArg::Us => Scheme::Us,
        SchemeArg::Corporate => Scheme::Corporate,
    };
    let canonical =
        canonicalize(&draft.content, scheme).map_err(|invalid| draft.invalid(&arguments.file, &invalid))?;
    let theme = arguments.options.theme.as_deref().map(Theme::read).transpose()?;
    let mut images = images(&arguments.images)?;
    let theme = theme.map(|theme| with_logo(global, theme, &mut images));
    let options =
        checked(&print_options::message(&arguments.options, theme)).map_err(|found| refuse(&found))?;
    let options = with_defaults(options);
    // What a reader with the highest clearance would see: blocks without data are in no edition.
    let clearance = Clearance(canonical.highest());
    let content = redact::edition(&canonical, clearance, Policy::Omit).unwrap_or_default();
    let unknown = unknown_sections(&options, &content);
    if !unknown.is_empty() {
        return Err(refuse(&unknown));
    }
    let fonts = chancery_fonts::read(arguments.fonts.as_deref()).map_err(Failure::setup("the fonts"))?;
    let named = draft.named(global, &content);
    let edition = Edition {
        content: &content,
        brief: &named.brief,
        revision: draft.revision,
        edition_digest: &named.digest,
        published_at: "",
        creator: "",
        import: None,
        standing: Standing::Draft,
        withdraw_reason: "",
        superseded_by: None,
        earlier: None,
        earlier_revision: 0,
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
        let told = print_warnings::text(&warnings, "");
        format!("{}: {}, stamped as a draft\n{told}", arguments.output.display(), text::pages(pages))
    })
}

/// Warnings in the JSON form that a render has them in.
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

impl DraftFile {
    /// A revision, a draft or content alone: told apart by the fields that only one of them has.
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let text = text_of(file)?;
        let fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&text).unwrap_or_default();
        let has = |names: &[&str]| names.iter().any(|name| fields.contains_key(*name));
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !has(&["content"]) {
            let content = Document::<BriefContent>::of_text(file, text.clone())?.message;
            return Ok(Self { content, brief_id: stem, revision: 0, prefix: "", text });
        }
        if has(&["briefId", "brief_id", "revision"]) {
            let document = Document::<RevisionDocument>::of_text(file, text.clone())?.message;
            let (brief_id, revision) = (document.brief_id, document.revision);
            let content = document.content.unwrap_or_default();
            return Ok(Self { content, brief_id, revision, prefix: "content", text });
        }
        let draft = Document::<BriefDraft>::of_text(file, text.clone())?.message;
        let brief_id = draft.name.split('/').nth(3).map_or(stem, str::to_owned);
        let content = draft.content.unwrap_or_default();
        Ok(Self { content, brief_id, revision: draft.base_revision, prefix: "content", text })
    }

    /// The place in the file of a rule that its content breaks at a path.
    pub(super) fn place(&self, file: &Path, path: &str, code: &str, message: &str) -> Place {
        let dot = if self.prefix.is_empty() || path.is_empty() { "" } else { "." };
        Place::in_text(file, &self.text, format!("{}{dot}{path}", self.prefix), format!("{code}: {message}"))
    }

    /// Each broken rule with its place in the file.
    fn invalid(&self, file: &Path, invalid: &InvalidContent) -> Failure {
        let places = invalid
            .violations
            .iter()
            .map(|violation| self.place(file, &violation.path, violation.code, &violation.message));
        let failure = Failure::new("INVALID_ARGUMENT", "INVALID_CONTENT", invalid.to_string());
        Failure { total_violations: invalid.total, ..failure.places(places.collect()) }
    }

    /// What the printed pages say of the draft itself.
    fn named(&self, global: &Global, content: &BriefContent) -> Named {
        let digest = body_digest(&body_bytes(&self.brief_id, self.revision, content)).to_string();
        Named { brief: format!("workspaces/{}/briefs/{}", global.workspace, self.brief_id), digest }
    }
}

/// The names of what is printed.
struct Named {
    brief: String,
    digest: String,
}

/// Prints on a thread with room for the deepest layout.
fn print(edition: &Edition<'_>, options: &RenderOptions, fonts: &Fonts) -> Result<Printed, Failure> {
    let options = Options::of_request(options)
        .map_err(|error| Failure::new("INVALID_ARGUMENT", "INVALID_FIELD", error.to_string()))?;
    let print = || {
        let go_on = &mut |_| ControlFlow::Continue(());
        chancery_print::print(edition, &options, &Limits::default(), fonts, go_on)
    };
    let printed = thread::scope(|scope| {
        let printing = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, print);
        printing.map(thread::ScopedJoinHandle::join)
    });
    let printed = printed.map_err(Failure::io("starting to print"))?;
    printed.map_err(|_| failed("the printer met a defect of its own"))?.map_err(|error| not_printed(&error))
}

/// Images by their SHA-256.
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

/// The theme with its logo among the images.
fn with_logo(global: &Global, theme: Theme, images: &mut Images) -> ThemeMessage {
    let Some(logo) = theme.logo else { return theme.message };
    let name = format!("workspaces/{}/attachments/{}", global.workspace, logo.digest);
    images.insert(logo.digest.to_string(), logo.bytes);
    ThemeMessage { logo: name, ..theme.message }
}

fn refuse(options: &[InvalidOption]) -> Failure {
    let places = options.iter().map(|option| Place {
        path: format!("options.{}", option.path),
        description: option.message.clone(),
        ..Place::default()
    });
    let message = format!("{} invalid option(s)", options.len());
    Failure::new("INVALID_ARGUMENT", "INVALID_FIELD", message).places(places.collect())
}

fn not_printed(error: &PrintError) -> Failure {
    failed(&error.to_string())
}

fn failed(message: &str) -> Failure {
    Failure::new("FAILED_PRECONDITION", "RENDER_FAILED", message)
}
