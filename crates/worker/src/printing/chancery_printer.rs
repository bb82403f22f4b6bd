//! The printer of this build, which prints the input of a task with `chancery-print`.

use std::ops::ControlFlow;

use chancery_print::{Fonts, Limits, PrintError, TaskInput, print_warnings};
use chancery_proto::render::v1::RenderPhase;
use chancery_proto::worker::v1::PrintEnvironment;

use crate::printing::printer::{PrintFailure, Printed, Printer, Progress};
use crate::queue::print_input::PrintInput;

/// Prints with `chancery-print`.
#[derive(Debug, Clone, Default)]
pub struct ChanceryPrinter {
    fonts: Fonts,
    limits: Limits,
}

impl ChanceryPrinter {
    /// Creates a printer with fonts.
    pub fn new(fonts: Fonts) -> Self {
        Self { fonts, limits: Limits::default() }
    }

    /// Sets the limits of one print.
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
        let task =
            TaskInput::decode(&input.manifest, &input.edition, input.comparison.as_ref(), &input.images)
                .map_err(|error| {
                    failed("INPUT_MALFORMED", &format!("the edition does not decode: {error}"))
                })?;
        let options = task.options().map_err(|error| failed("UNKNOWN_OPTION", &error.to_string()))?;
        let mut adapter = ProgressAdapter { pages: 0, observe };
        chancery_print::print(&task.edition(), &options, &self.limits, &self.fonts, &mut |progress| {
            adapter.observe(progress)
        })
        .map(|printed| Printed {
            bytes: printed.bytes.into(),
            pages: printed.pages,
            warnings: print_warnings(&printed.warnings),
        })
        .map_err(|error| print_failure(&error))
    }
}

/// Converts the progress of `chancery-print`, adding the number of pages to every phase.
struct ProgressAdapter<'a> {
    pages: u32,
    observe: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl ProgressAdapter<'_> {
    fn observe(&mut self, progress: chancery_print::Progress) -> ControlFlow<()> {
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

/// Converts an error. The reasons are part of the API.
fn print_failure(error: &PrintError) -> PrintFailure {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ops::ControlFlow;

    use chancery_print::testing::struct_text;
    use chancery_print::{Limits, MAX_PRINT_WARNINGS};
    use chancery_proto::brief::v1::{BriefContent, Change, RevisionBody, Section, Statement};
    use chancery_proto::render::v1::RenderOptions;
    use chancery_proto::worker::v1::RenderInputManifest;
    use prost::Message;
    use prost::bytes::Bytes;
    use prost_types::Timestamp;

    use super::ChanceryPrinter;
    use crate::printing::printer::{PrintFailure, Printer};
    use crate::queue::print_input::PrintInput;

    fn content() -> BriefContent {
        BriefContent {
            title: "A title".into(),
            language: "en".into(),
            default_marking: "TLP:CLEAR".into(),
            marking: "TLP:CLEAR".into(),
            ..BriefContent::default()
        }
    }

    fn edition(content: BriefContent) -> Bytes {
        RevisionBody { brief_id: "b1".into(), revision: 1, content: Some(content) }.encode_to_vec().into()
    }

    fn input() -> PrintInput {
        let manifest = RenderInputManifest {
            brief: "workspaces/default/briefs/b1".into(),
            revision: 1,
            edition_digest: "0".repeat(64),
            publish_time: Some(Timestamp { seconds: 1_700_000_000, nanos: 5 }),
            ..RenderInputManifest::default()
        };
        PrintInput { manifest, edition: edition(content()), comparison: None, images: BTreeMap::new() }
    }

    #[test]
    fn a_small_edition_is_printed() {
        let printed = ChanceryPrinter::default().print(&input(), &mut |_| ControlFlow::Continue(())).unwrap();
        assert!(printed.bytes.starts_with(b"%PDF-") && printed.pages >= 1);
    }

    #[test]
    fn a_print_stops_when_the_observer_breaks() {
        let stopped = ChanceryPrinter::default().print(&input(), &mut |_| ControlFlow::Break(()));
        assert_eq!(stopped, Err(PrintFailure::Stopped));
    }

    #[test]
    fn a_stopped_print_lays_out_no_further_page() {
        let mut pages = Vec::new();
        let stopped = ChanceryPrinter::default().print(&input(), &mut |progress| {
            pages.push(progress.pages);
            if progress.pages == 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((stopped, pages.last()), (Err(PrintFailure::Stopped), Some(&1)));
    }

    #[test]
    fn too_many_pages_fail_with_the_limit() {
        let printer = ChanceryPrinter::default().with_limits(Limits { max_pages: 1, ..Limits::default() });
        let section =
            |number| Section { id: format!("s{number}"), heading: "A section".into(), ..Section::default() };
        let content = BriefContent { sections: (1..=60).map(section).collect(), ..content() };
        let long = PrintInput { edition: edition(content), ..input() };
        let failed = printer.print(&long, &mut |_| ControlFlow::Continue(()));
        let Err(PrintFailure::Failed { reason, message }) = failed else { panic!("{failed:?}") };
        assert_eq!(
            (reason.as_str(), message.as_str()),
            ("TOO_MANY_PAGES", "more than 1 pages; shorten the brief or raise the limit")
        );
    }

    #[test]
    fn an_unprintable_input_fails_with_a_stable_reason() {
        let malformed = PrintInput { edition: Bytes::from_static(&[0xff; 4]), ..input() };
        let options = Some(RenderOptions { paper: 99, ..RenderOptions::default() });
        let manifest = RenderInputManifest { options, ..input().manifest };
        let unknown_option = PrintInput { manifest, ..input() };
        for (input, expected) in [(malformed, "INPUT_MALFORMED"), (unknown_option, "UNKNOWN_OPTION")] {
            let failed = ChanceryPrinter::default().print(&input, &mut |_| ControlFlow::Continue(()));
            assert!(matches!(failed, Err(PrintFailure::Failed { reason, .. }) if reason == expected));
        }
    }

    #[test]
    fn the_comparison_and_withdrawal_of_the_manifest_are_printed() {
        let change = Change {
            statement_id: "s1".into(),
            kind: 2,
            was: "It was one.".into(),
            now: "It is four.".into(),
            marking: "TLP:CLEAR".into(),
            ..Change::default()
        };
        let manifest = RenderInputManifest {
            revision: 4,
            withdrawn: true,
            withdraw_reason: "A figure was wrong.".into(),
            comparison_revision: 1,
            combined_changes: vec![change],
            combined_edition_digests: vec!["1".repeat(64)],
            ..input().manifest
        };
        let text = |manifest: RenderInputManifest| {
            let input = PrintInput { comparison: Some(input().edition), manifest, ..input() };
            let printed =
                ChanceryPrinter::default().print(&input, &mut |_| ControlFlow::Continue(())).unwrap();
            struct_text(&printed.bytes).unwrap()
        };
        let compared = text(manifest.clone());
        for printed in ["What changed since revision 1", "It was one.", "It is four.", "A figure was wrong."]
        {
            assert!(compared.contains(printed), "{printed}");
        }
        // Combined changes may cancel out. Without a comparison, the edition's own changes are printed.
        let cancelled = text(RenderInputManifest { combined_changes: Vec::new(), ..manifest.clone() });
        assert!(cancelled.contains("No changes are declared."));
        let own = text(RenderInputManifest { combined_edition_digests: Vec::new(), ..manifest });
        assert!(!own.contains("It was one.") && !own.contains("What changed"));
    }

    #[test]
    fn warnings_are_typed_and_bounded() {
        let private: String = ('\u{e000}'..='\u{e1ff}').collect();
        let content = BriefContent {
            title: "A title".into(),
            language: "en".into(),
            bluf: vec![Statement { id: "s1".into(), text: private, ..Statement::default() }],
            ..BriefContent::default()
        };
        let body = RevisionBody { brief_id: "b1".into(), revision: 1, content: Some(content) };
        let input = PrintInput { edition: body.encode_to_vec().into(), ..input() };
        let printed = ChanceryPrinter::default().print(&input, &mut |_| ControlFlow::Continue(())).unwrap();
        let (first, last) = (&printed.warnings[0], printed.warnings.last().unwrap());
        assert_eq!((first.code.as_str(), first.part_id.as_str()), ("MISSING_GLYPH", "s1"));
        assert_eq!((printed.warnings.len(), last.code.as_str()), (MAX_PRINT_WARNINGS, "MORE_WARNINGS"));
    }
}
