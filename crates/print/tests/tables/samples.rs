//! Briefs with one table, and what is printed of it.

use std::ops::ControlFlow;

use chancery_print::testing::edition;
use chancery_print::{Fonts, Limits, Options, Printed, print};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, BriefContent, ColumnType, Section, Table, TableCell, TableColumn, TableRow,
};
use chancery_testkit::pdf;

use crate::temporary_files;

pub(crate) const TEXT: ColumnType = ColumnType::Text;
pub(crate) const NUMBER: ColumnType = ColumnType::Number;

/// Returns a table whose first column has the rows' headers.
pub(crate) fn table(columns: &[(&str, ColumnType)], rows: &[Vec<&str>]) -> Table {
    let column = |(heading, kind): &(&str, ColumnType)| TableColumn {
        heading: (*heading).into(),
        r#type: (*kind).into(),
    };
    let cell = |text: &&str| TableCell { text: (*text).into() };
    let row = |cells: &Vec<&str>| TableRow { cells: cells.iter().map(cell).collect(), ..TableRow::default() };
    Table {
        caption: "The caption".into(),
        columns: columns.iter().map(column).collect(),
        rows: rows.iter().map(row).collect(),
        row_headers: true,
        ..Table::default()
    }
}

pub(crate) fn block(kind: Kind) -> Block {
    Block { kind: Some(kind), ..Block::default() }
}

pub(crate) fn brief(language: &str, blocks: Vec<Block>) -> BriefContent {
    let sections = vec![Section { id: "s".into(), heading: "Section".into(), blocks, ..Section::default() }];
    BriefContent { title: "Tables".into(), language: language.into(), sections, ..BriefContent::default() }
}

pub(crate) fn print_brief(content: &BriefContent, options: &Options) -> Printed {
    let mut observe = |_| ControlFlow::Continue(());
    print(&edition(content), options, &Limits::default(), &Fonts::default(), &mut observe).unwrap()
}

/// A word with its page from 1, and its left, top, right and bottom edges.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) page: usize,
    pub(crate) text: String,
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
}

/// A printed file.
pub(crate) struct Page {
    pub(crate) bytes: Vec<u8>,
    pub(crate) file: std::path::PathBuf,
    pub(crate) words: Vec<Word>,
}

impl Page {
    pub(crate) fn of_table(name: &str, language: &str, table: Table, options: &Options) -> Self {
        Self::of(name, &brief(language, vec![block(Kind::Table(table))]), options)
    }

    pub(crate) fn of(name: &str, content: &BriefContent, options: &Options) -> Self {
        let bytes = print_brief(content, options).bytes;
        let file = temporary_files::file(&format!("tables/{name}.pdf"), &bytes);
        let words = pdf::words(&file).into_iter().flat_map(|(page, _, _, words)| {
            words.into_iter().map(move |(text, [left, top, right, _])| Word { page, text, left, top, right })
        });
        let words = words.collect();
        Self { bytes, file, words }
    }

    pub(crate) fn all<'p>(&'p self, text: &str) -> impl Iterator<Item = &'p Word> + use<'p> {
        let text = text.to_owned();
        self.words.iter().filter(move |word| word.text == text)
    }

    /// Returns the only word with a text.
    pub(crate) fn word(&self, text: &str) -> &Word {
        let found: Vec<&Word> = self.all(text).collect();
        assert_eq!(found.len(), 1, "{text} is printed once: {:?}", self.words);
        found[0]
    }

    pub(crate) fn count(&self, text: &str) -> usize {
        self.all(text).count()
    }
}
