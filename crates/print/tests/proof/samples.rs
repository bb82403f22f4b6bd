//! Every sample brief at every clearance with a separate edition, and the option sets to print one.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use chancery_brief::marking::{Clearance, Policy, Scheme};
use chancery_brief::{redact, validate};
use chancery_print::testing::edition;
use chancery_print::{Fonts, Format, Limits, Options, Paper, PrintError, Printed, TextSize, print};
use chancery_proto::brief::v1::{BriefContent, RevisionDocument};
use chancery_testkit::files;

/// An edition of a sample.
pub(crate) struct Sample {
    /// `russia-iran-2`, `amber-1.TLP-CLEAR.MARK`: a file name.
    pub(crate) name: String,
    pub(crate) content: BriefContent,
}

/// A named set of options.
#[derive(Clone, Copy)]
pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) options: Options<'static>,
}

/// Returns the revisions under `examples/` in order of their paths.
pub(crate) fn documents() -> Vec<(String, RevisionDocument)> {
    let examples = files::root().join("examples");
    let mut paths: Vec<PathBuf> =
        entries(&examples).iter().filter(|path| path.is_dir()).flat_map(|f| entries(f)).collect();
    paths.retain(|file| {
        let is_json = file.extension().is_some_and(|ending| ending == "json");
        is_json && file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("revision-"))
    });
    paths.sort();
    let read = |file: PathBuf| {
        let document = files::document(&file);
        (format!("{}-{}", document.brief_id, document.revision), document)
    };
    paths.into_iter().map(read).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Returns all editions of all samples.
pub(crate) fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (name, document) in documents() {
        let canonical = validate::canonicalize(&document.content.unwrap(), Scheme::Tlp).unwrap();
        let levels = redact::levels(&canonical);
        for (index, rank) in levels.iter().enumerate() {
            let below = index + 1 < levels.len();
            for policy in [Policy::Omit, Policy::Mark].into_iter().take(if below { 2 } else { 1 }) {
                let content = redact::edition(&canonical, Clearance(*rank), policy).unwrap();
                let label = Scheme::Tlp.label(*rank).replace(':', "-");
                let name = if below { format!("{name}.{label}.{}", policy.as_str()) } else { name.clone() };
                samples.push(Sample { name, content });
            }
        }
    }
    assert!(samples.len() >= 8, "only {} samples", samples.len());
    samples
}

/// Returns a sample by its name.
pub(crate) fn sample(name: &str) -> Sample {
    samples().into_iter().find(|sample| sample.name == name).unwrap_or_else(|| panic!("no sample {name}"))
}

/// Returns every format, on both papers and in large print.
pub(crate) fn variants() -> Vec<Variant> {
    let variant = |name, format, paper, text_size| Variant {
        name,
        options: Options { format, paper, text_size, ..Options::default() },
    };
    vec![
        variant("full", Format::Full, Paper::A4, TextSize::Normal),
        variant("full.letter", Format::Full, Paper::Letter, TextSize::Normal),
        variant("full.large", Format::Full, Paper::A4, TextSize::Large),
        variant("standard", Format::Standard, Paper::A4, TextSize::Normal),
        variant("standard.letter", Format::Standard, Paper::Letter, TextSize::Normal),
        variant("standard.large", Format::Standard, Paper::Letter, TextSize::Large),
        variant("one-page", Format::OnePage, Paper::A4, TextSize::Normal),
        variant("one-page.letter", Format::OnePage, Paper::Letter, TextSize::Normal),
        variant("one-page.large", Format::OnePage, Paper::A4, TextSize::Large),
    ]
}

/// Prints content; returns `None` if it does not fit on one page, after checking that the error names the parts that
/// are too long.
pub(crate) fn fitting(name: &str, content: &BriefContent, options: &Options) -> Option<Printed> {
    match printed(content, options) {
        Ok(printed) => Some(printed),
        Err(PrintError::PageOverfull { overflows }) if options.format == Format::OnePage => {
            assert!(!overflows.is_empty(), "{name}: nothing is too long");
            None
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

/// Prints content with default limits and fonts.
pub(crate) fn printed(content: &BriefContent, options: &Options) -> Result<Printed, PrintError> {
    printed_within(content, options, &Limits::default())
}

/// Prints content within limits.
pub(crate) fn printed_within(
    content: &BriefContent,
    options: &Options,
    limits: &Limits,
) -> Result<Printed, PrintError> {
    print(&edition(content), options, limits, &Fonts::default(), &mut |_| ControlFlow::Continue(()))
}
