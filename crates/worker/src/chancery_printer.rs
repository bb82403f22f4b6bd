//! The printer of this build: `chancery-print`, fed from a task's input.

use std::ops::ControlFlow;

use chancery_print::{Edition, Fonts, Import, Limits, NO_IMAGES, Options, PrintError, Standing, Warning};
use chancery_proto::brief::v1::{BriefContent, RevisionBody};
use chancery_proto::render::v1::{RenderOptions, RenderPhase};
use chancery_proto::worker::v1::{PrintEnvironment, RenderInputManifest};
use prost::Message;
use prost::bytes::Bytes;
use prost_types::Timestamp;

use crate::printer::{PrintFailure, Printed, Printer, Progress};
use crate::queue::PrintInput;

/// The most things that are said about one PDF, as the service takes them.
const WARNINGS_LIMIT: usize = 1_000;

/// The printer of this build.
#[derive(Debug, Clone, Default)]
pub struct ChanceryPrinter {
    fonts: Fonts,
    limits: Limits,
}

impl ChanceryPrinter {
    /// A printer with these fonts.
    pub fn new(fonts: Fonts) -> Self {
        Self { fonts, limits: Limits::default() }
    }

    /// The same with other limits on the work of one print.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}

impl Printer for ChanceryPrinter {
    fn environment(&self) -> PrintEnvironment {
        let environment = chancery_print::environment::environment();
        PrintEnvironment {
            printer_version: environment.printer_version.to_owned(),
            fonts_digest: self.fonts.digest().to_owned(),
        }
    }

    fn print(
        &self,
        input: &PrintInput,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Printed, PrintFailure> {
        let earlier = input.comparison.as_ref().map(content).transpose()?;
        let content = content(&input.edition)?;
        let published_at = rfc3339(input.manifest.publish_time.unwrap_or_default());
        let import = input.manifest.import_record.as_ref();
        let imported_at = rfc3339(import.and_then(|import| import.import_time).unwrap_or_default());
        let edition = Edition {
            earlier: earlier.as_ref(),
            images: &input.images,
            import: import.map(|import| Import { importer: &import.importer, imported_at: &imported_at }),
            ..edition(&input.manifest, &content, &published_at)
        };
        let mut phases = Phases { pages: 0, observe };
        let none = RenderOptions::default();
        let options = Options::of_request(input.manifest.options.as_ref().unwrap_or(&none))
            .map_err(|error| failed("UNKNOWN_OPTION", &error.to_string()))?;
        chancery_print::print(&edition, &options, &self.limits, &self.fonts, &mut |progress| {
            phases.tell(progress)
        })
        .map(|printed| Printed {
            bytes: printed.bytes.into(),
            pages: printed.pages,
            warnings: printed.warnings.into_iter().take(WARNINGS_LIMIT).map(warning).collect(),
        })
        .map_err(|error| why(&error))
    }
}

fn edition<'a>(
    manifest: &'a RenderInputManifest,
    content: &'a BriefContent,
    published_at: &'a str,
) -> Edition<'a> {
    Edition {
        content,
        brief: &manifest.brief,
        revision: manifest.revision,
        edition_digest: &manifest.edition_digest,
        published_at,
        creator: &manifest.creator,
        import: None,
        standing: if manifest.withdrawn { Standing::Withdrawn } else { Standing::Published },
        superseded_by: Some(manifest.superseded_by).filter(|newer| *newer != 0),
        earlier: None,
        images: &NO_IMAGES,
    }
}

fn content(edition: &Bytes) -> Result<BriefContent, PrintFailure> {
    let body = RevisionBody::decode(edition.clone())
        .map_err(|error| failed("INPUT_MALFORMED", &format!("the edition does not decode: {error}")))?;
    Ok(body.content.unwrap_or_default())
}

/// Turns the printer's progress into the protocol's, which always says how many pages there are.
struct Phases<'a> {
    pages: u32,
    observe: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl Phases<'_> {
    fn tell(&mut self, progress: chancery_print::Progress) -> ControlFlow<()> {
        let phase = match progress {
            chancery_print::Progress::Composed => RenderPhase::Layout,
            chancery_print::Progress::Page(page) => {
                self.pages = page;
                RenderPhase::Layout
            }
            chancery_print::Progress::Writing => RenderPhase::Write,
        };
        (self.observe)(Progress { phase, pages: self.pages })
    }
}

fn warning(warning: Warning) -> String {
    match warning {
        Warning::MissingGlyph { character } => {
            format!("no font has U+{:04X}; a box stands for it", u32::from(character))
        }
    }
}

/// The reasons are stable: callers may decide by them.
fn why(error: &PrintError) -> PrintFailure {
    let reason = match error {
        PrintError::Cancelled => return PrintFailure::Stopped,
        PrintError::TooManyPages { .. } => "TOO_MANY_PAGES",
        PrintError::UnknownSection { .. } => "UNKNOWN_SECTION",
        PrintError::PageOverfull { .. } => "PAGE_OVERFULL",
        PrintError::Theme(_) => "THEME_REFUSED",
        PrintError::Image { .. } => "IMAGE_REFUSED",
        PrintError::Write(_) => "PDF_NOT_WRITTEN",
        PrintError::ReadBack(_) => "PDF_NOT_PROVEN",
    };
    failed(reason, &error.to_string())
}

fn failed(reason: &str, message: &str) -> PrintFailure {
    PrintFailure::Failed { reason: reason.to_owned(), message: message.to_owned() }
}

/// To the second: nobody reads more of it on paper.
fn rfc3339(time: Timestamp) -> String {
    Timestamp { nanos: 0, ..time }.to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ops::ControlFlow;

    use chancery_print::Limits;
    use chancery_proto::brief::v1::{BriefContent, RevisionBody};
    use chancery_proto::render::v1::RenderOptions;
    use chancery_proto::worker::v1::RenderInputManifest;
    use prost::Message;
    use prost::bytes::Bytes;
    use prost_types::Timestamp;

    use super::{ChanceryPrinter, rfc3339};
    use crate::printer::{PrintFailure, Printer};
    use crate::queue::PrintInput;

    fn input() -> PrintInput {
        let content = BriefContent {
            title: "A title".into(),
            language: "en".into(),
            default_marking: "TLP:CLEAR".into(),
            marking: "TLP:CLEAR".into(),
            ..BriefContent::default()
        };
        let body = RevisionBody { brief_id: "b1".into(), revision: 1, content: Some(content) };
        let manifest = RenderInputManifest {
            brief: "workspaces/default/briefs/b1".into(),
            revision: 1,
            edition_digest: "0".repeat(64),
            publish_time: Some(Timestamp { seconds: 1_700_000_000, nanos: 5 }),
            ..RenderInputManifest::default()
        };
        let edition = body.encode_to_vec().into();
        PrintInput { manifest, edition, comparison: None, images: BTreeMap::new() }
    }

    #[test]
    fn a_small_edition_is_printed() {
        let printed = ChanceryPrinter::default().print(&input(), &mut |_| ControlFlow::Continue(())).unwrap();
        assert!(printed.bytes.starts_with(b"%PDF-") && printed.pages >= 1);
    }

    #[test]
    fn a_print_stops_when_it_is_told_to() {
        let stopped = ChanceryPrinter::default().print(&input(), &mut |_| ControlFlow::Break(()));
        assert_eq!(stopped, Err(PrintFailure::Stopped));
    }

    #[test]
    fn a_print_that_is_told_to_stop_does_no_further_page() {
        let mut told = Vec::new();
        let stopped = ChanceryPrinter::default().print(&input(), &mut |progress| {
            told.push(progress.pages);
            if progress.pages == 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((stopped, told.last()), (Err(PrintFailure::Stopped), Some(&1)));
    }

    #[test]
    fn more_pages_than_allowed_fail_and_the_limit_is_named() {
        let printer = ChanceryPrinter::default().with_limits(Limits { max_pages: 1, ..Limits::default() });
        let failed = printer.print(&input(), &mut |_| ControlFlow::Continue(()));
        let Err(PrintFailure::Failed { reason, message }) = failed else { panic!("{failed:?}") };
        assert_eq!((reason.as_str(), message.as_str()), ("TOO_MANY_PAGES", "more than 1 pages"));
    }

    #[test]
    fn an_input_that_cannot_be_printed_fails_with_a_stable_reason() {
        let malformed = PrintInput { edition: Bytes::from_static(&[0xff; 4]), ..input() };
        let options = Some(RenderOptions { paper: 99, ..RenderOptions::default() });
        let manifest = RenderInputManifest { options, ..input().manifest };
        let strange = PrintInput { manifest, ..input() };
        for (input, expected) in [(malformed, "INPUT_MALFORMED"), (strange, "UNKNOWN_OPTION")] {
            let failed = ChanceryPrinter::default().print(&input, &mut |_| ControlFlow::Continue(()));
            assert!(matches!(failed, Err(PrintFailure::Failed { reason, .. }) if reason == expected));
        }
    }

    #[test]
    fn times_are_printed_to_the_second() {
        assert_eq!(rfc3339(Timestamp { seconds: 1_700_000_000, nanos: 5 }), "2023-11-14T22:13:20Z");
    }
}
