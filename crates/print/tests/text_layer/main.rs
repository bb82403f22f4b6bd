//! Text that readers extract and search: words across line breaks, addresses, characters without a glyph, metadata.
//! Files are checked with poppler and with `PDFium`, which search differently.
#![allow(clippy::unwrap_used, reason = "a test's helpers may fail as tests do")]

mod addresses;
mod clusters;
mod information;
mod quiet;
#[path = "../temporary_files/mod.rs"]
mod temporary_files;
#[path = "../fonts/tiny.rs"]
mod tiny;
mod words;

use std::ops::ControlFlow;

use chancery_print::{Fonts, Limits, Options, Printed, print};
use chancery_proto::brief::v1::{
    Block, BriefContent, Paragraph, Section, Statement, Table, TableCell, TableColumn, TableRow, block::Kind,
};

/// Returns a brief of one section with a heading, a paragraph a text, and a table with the same texts in narrow cells.
pub(crate) fn brief(language: &str, heading: &str, texts: &[&str]) -> BriefContent {
    let paragraph = |(index, text): (usize, &&str)| {
        let statement =
            Statement { id: format!("s-{index}"), text: (*text).to_owned(), ..Statement::default() };
        Kind::Paragraph(Paragraph { statements: vec![statement] })
    };
    let cell = |text: &&str| TableCell { text: (*text).to_owned() };
    let columns = vec![TableColumn { heading: "A".to_owned(), ..TableColumn::default() }; 3];
    let row = TableRow { cells: texts.iter().cycle().take(3).map(cell).collect(), ..TableRow::default() };
    let table = Table { caption: "T".to_owned(), columns, rows: vec![row], ..Table::default() };
    let kinds = texts.iter().enumerate().map(paragraph).chain([Kind::Table(table)]);
    let blocks = kinds.map(|kind| Block { kind: Some(kind), ..Block::default() }).collect();
    let section = Section { id: "one".to_owned(), heading: heading.to_owned(), blocks, ..Section::default() };
    BriefContent {
        title: "Title".to_owned(),
        language: language.to_owned(),
        sections: vec![section],
        ..BriefContent::default()
    }
}

pub(crate) fn printed(content: &BriefContent, fonts: &Fonts) -> Printed {
    let mut observe = |_| ControlFlow::Continue(());
    print(
        &chancery_print::testing::edition(content),
        &Options::default(),
        &Limits::default(),
        fonts,
        &mut observe,
    )
    .expect("the brief prints")
}
