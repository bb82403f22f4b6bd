//! Pages of briefs with much or little of one thing: citations, letters in a title, key judgments, forecasts, numbers.
#![allow(clippy::unwrap_used, reason = "a test's helpers may fail as tests do")]

mod citations;
mod judgments;
mod lone_forecast;
mod numbers;
#[path = "../temporary_files/mod.rs"]
mod temporary_files;
mod titles;

use std::ops::ControlFlow;
use std::path::PathBuf;

use chancery_print::testing::edition;
use chancery_print::{Fonts, Format, Limits, Options, PrintError, TextSize, print};
use chancery_proto::brief::v1::{
    Block, BriefContent, Paragraph, Section, Statement, StatementType, block::Kind,
};
use chancery_testkit::pdf;

/// A sentence of average words.
const SENTENCE: &str = "The ministry reported steady volumes through the corridor in the third quarter, while \
    insurers raised premiums for older hulls and the port authority postponed the second tender.";

fn statement(id: &str, text: &str) -> Statement {
    let mut statement = Statement { id: id.to_owned(), text: text.to_owned(), ..Statement::default() };
    statement.set_type(StatementType::Assessment);
    statement
}

fn paragraph(statements: Vec<Statement>) -> Block {
    Block { kind: Some(Kind::Paragraph(Paragraph { statements })), ..Block::default() }
}

fn section(id: &str, heading: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.to_owned(), heading: heading.to_owned(), blocks, ..Section::default() }
}

fn brief(title: &str, sections: Vec<Section>) -> BriefContent {
    BriefContent {
        title: title.to_owned(),
        language: "en".to_owned(),
        default_marking: "TLP:CLEAR".to_owned(),
        marking: "TLP:CLEAR".to_owned(),
        sections,
        ..BriefContent::default()
    }
}

fn options(format: Format) -> Options<'static> {
    Options { format, ..Options::default() }
}

/// Returns the full and the standard format, and full in large print, with names.
fn long_formats() -> [(&'static str, Options<'static>); 3] {
    let large = Options { text_size: TextSize::Large, ..options(Format::Full) };
    [("full", options(Format::Full)), ("standard", options(Format::Standard)), ("large", large)]
}

fn try_print(content: &BriefContent, options: &Options) -> Result<Vec<u8>, PrintError> {
    let mut observe = |_| ControlFlow::Continue(());
    let printed = print(&edition(content), options, &Limits::default(), &Fonts::default(), &mut observe)?;
    Ok(printed.bytes)
}

/// A printed file with its words as poppler sees them.
struct Print {
    file: PathBuf,
    bytes: Vec<u8>,
    pages: Vec<pdf::PageWords>,
}

impl Print {
    fn new(name: &str, content: &BriefContent, options: &Options) -> Self {
        let bytes = try_print(content, options).unwrap_or_else(|error| panic!("{name}: {error}"));
        let file = temporary_files::file(&format!("extremes/{name}.pdf"), &bytes);
        let pages = pdf::words(&file);
        let print = Self { file, bytes, pages };
        print.assert_inside_the_margins(name);
        print
    }

    /// Checks that no word leaves the columns, which are 22 mm from the edges of the paper.
    fn assert_inside_the_margins(&self, name: &str) {
        let margin = 22.0 * 72.0 / 25.4;
        for (page, width, _, words) in &self.pages {
            for (word, [left, _, right, _]) in words {
                // Punctuation may hang, and a label has padding.
                let is_inside = *left > margin - 12.0 && *right < width - margin + 12.0;
                assert!(is_inside, "{name}, page {page}: {word:?} from {left} to {right}");
            }
        }
    }

    /// Returns the text in the order of the structure.
    fn text(&self) -> String {
        chancery_print::testing::struct_text(&self.bytes).unwrap()
    }
}
