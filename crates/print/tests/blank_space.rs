//! No page is left mostly blank by a figure or a callout: the blank part at the foot of each page is measured on
//! pictures of the pages.

#![allow(clippy::unwrap_used, reason = "a test's helpers may fail as tests do")]

mod temporary_files;

use std::ops::ControlFlow;
use std::path::Path;

use chancery_print::testing::edition;
use chancery_print::{Edition, Fonts, Format, Images, Limits, Options, Paper, print};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Actor, Block, BriefContent, Callout, Domain, Event, Figure, FigureKind, Relationship, Section,
};
use chancery_testkit::content::{paragraph, statement};
use chancery_testkit::programs::run_tool;
use chancery_testkit::raster::{GrayPage, gray_pages};
use chancery_testkit::{files, images, pdf};

const DOTS_PER_INCH: u32 = 36;
/// The columns' top, and their bottom, which is as far from the page's: 24 and 26 mm.
const TOP: usize = 34;
const BOTTOM: usize = 37;
/// The lightest gray of a mark.
const BLANK: u8 = 215;

/// The blank part of the pages, in percent of their columns.
struct Blanks {
    name: String,
    percentages: Vec<usize>,
    /// Number of pages before the body, the last of which ends where the opening does.
    opening: usize,
}

impl Blanks {
    fn of(name: &str, content: &BriefContent, pictures: &Images, options: &Options) -> Self {
        let edition = Edition { images: pictures, ..edition(content) };
        let mut observe = |_| ControlFlow::Continue(());
        let printed = print(&edition, options, &Limits::default(), &Fonts::default(), &mut observe).unwrap();
        let file = temporary_files::file(&format!("blank-space/{name}.pdf"), &printed.bytes);
        let percentages = gray_pages(&file, DOTS_PER_INCH).iter().map(blank).collect();
        let opening = page_of(&file, &content.sections[0].id) - 1;
        Self { name: name.to_owned(), percentages, opening }
    }

    /// Checks the pages of the body except the last one.
    fn assert_at_most(&self, percent: usize) {
        let Self { name, percentages, opening } = self;
        let body = &percentages[*opening..percentages.len() - 1];
        assert!(body.iter().all(|blank| *blank <= percent), "{name}, from page {opening}: {body:?}");
    }
}

/// Returns the percentage of a page's columns below its last mark.
fn blank(page: &GrayPage) -> usize {
    let rows: Vec<&[u8]> = page.rows().collect();
    let columns = &rows[TOP..rows.len() - BOTTOM];
    let last = columns.iter().rposition(|row| row.iter().any(|gray| *gray < BLANK));
    (columns.len() - last.map_or(0, |last| last + 1)) * 100 / columns.len()
}

/// Returns the page of a destination, from 1.
fn page_of(file: &Path, destination: &str) -> usize {
    let ran = run_tool("pdfinfo", "poppler-utils (Debian)", ["-dests".as_ref(), file.as_os_str()]);
    let list = String::from_utf8_lossy(&ran.stdout).into_owned();
    let name = format!("\"{destination}\"");
    let line = list.lines().find(|line| line.trim_end().ends_with(&name));
    let page = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    page.unwrap_or_else(|| panic!("{destination} is not in {list}"))
}

#[test]
fn no_page_of_a_sample_is_blank_for_more_than_three_tenths() {
    for (folder, revision) in [
        ("russia-iran", 1),
        ("russia-iran", 2),
        ("russia-iran-fa", 1),
        ("russia-iran-ru", 1),
        ("suez-2021", 1),
        ("suez-2021", 2),
    ] {
        let content = files::content(folder, revision);
        for (format, paper) in
            [(Format::Full, Paper::A4), (Format::Standard, Paper::A4), (Format::Standard, Paper::Letter)]
        {
            let name = format!("{folder}-{revision}-{format:?}-{paper:?}");
            let options = Options { format, paper, ..Options::default() };
            Blanks::of(&name, &content, &Images::new(), &options).assert_at_most(30);
        }
    }
}

/// Returns a paragraph of a number of sentences.
fn text(id: &str, sentences: usize) -> Block {
    let sentence =
        "Ministries reported steady volumes through the corridor in the third quarter of the year.";
    paragraph((0..sentences).map(|number| statement(format!("{id}-{number}"), sentence)).collect())
}

/// Returns a brief in which a block ends, opens or interrupts sections at many heights of the page.
fn around(block: impl Fn(usize) -> Block) -> BriefContent {
    let section = |number: usize| {
        let before = text(&format!("before-{number}"), number * 7 % 23 + 1);
        let after = text(&format!("after-{number}"), number * 5 % 11 + 1);
        let blocks = match number % 3 {
            0 => vec![before, block(number)],
            1 => vec![block(number), after],
            _ => vec![before, block(number), after],
        };
        let heading = format!("Heading{number} of a section");
        Section { id: format!("section-{number}"), heading, blocks, ..Section::default() }
    };
    BriefContent {
        language: "en".into(),
        title: "Blank space".into(),
        sections: (0..30).map(section).collect(),
        ..BriefContent::default()
    }
}

fn figure(kind: FigureKind) -> Block {
    let figure = Figure {
        kind: kind.into(),
        title: "A figure of the brief".into(),
        source: "Source: the desk.".into(),
        ..Figure::default()
    };
    Block { kind: Some(Kind::Figure(figure)), ..Block::default() }
}

fn assert_filled(percent: usize, name: &str, content: &BriefContent, pictures: &Images) {
    for paper in [Paper::A4, Paper::Letter] {
        let options = Options { paper, format: Format::Standard, ..Options::default() };
        Blanks::of(&format!("{name}-{paper:?}"), content, pictures, &options).assert_at_most(100 - percent);
    }
}

/// Returns a brief with timelines of five lanes below an inset.
fn with_timelines(count: usize) -> BriefContent {
    let mut content = around(|_| figure(FigureKind::Timeline));
    content.domains = (0..5)
        .map(|number| Domain {
            id: format!("field-{number}"),
            name: format!("Field {number}"),
            ..Domain::default()
        })
        .collect();
    let Some(Kind::Paragraph(paragraph)) = &mut content.sections[2].blocks[0].kind else {
        unreachable!("it begins with text")
    };
    for (number, statement) in paragraph.statements.iter_mut().enumerate() {
        statement.domain = format!("field-{}", number % 5);
    }
    let event = |number: usize| Event {
        id: format!("event-{number}"),
        date: if number % 5 == 4 {
            format!("19{}-03-11", 50 + number)
        } else {
            format!("2024-{:02}-11", number % 12 + 1)
        },
        title: format!("The council meets for the {number}th time and adopts its report"),
        statement_ids: vec![format!("before-2-{}", number % 7)],
        ..Event::default()
    };
    BriefContent { events: (0..count).map(event).collect(), ..content }
}

#[test]
fn a_timeline_leaves_no_page_mostly_blank() {
    for count in [2, 9, 25] {
        assert_filled(50, &format!("timeline-{count}"), &with_timelines(count), &Images::new());
    }
}

/// Returns a brief with networks of actors whose names have a number of letters.
fn with_networks(count: usize, letters: usize, ties: &[(usize, usize)]) -> BriefContent {
    let id = |number: usize| format!("actor-{}", number % count);
    let words = "Interministerial commission on the oversight of transit and of tolls in the northern and southern ports";
    let name = |number: usize| {
        let rest: String = words.chars().cycle().take(letters.saturating_sub(4)).collect();
        format!("{number} {rest} {number}").chars().take(letters.max(3)).collect()
    };
    let actors = (0..count).map(|number| Actor { id: id(number), name: name(number), ..Actor::default() });
    let relationships = ties.iter().enumerate().map(|(number, (from, to))| Relationship {
        id: format!("tie-{number}"),
        from_id: id(*from),
        to_id: id(*to),
        r#type: "supplies".into(),
        ..Relationship::default()
    });
    let mut content = around(|_| figure(FigureKind::ActorNetwork));
    content.sections.truncate(12);
    BriefContent { actors: actors.collect(), relationships: relationships.collect(), ..content }
}

#[test]
fn a_network_leaves_no_page_blank_for_more_than_a_third() {
    for count in [2, 7, 12] {
        let ring: Vec<(usize, usize)> = (0..count).map(|number| (number, number + 1)).collect();
        let star: Vec<(usize, usize)> = (1..count).map(|number| (0, number)).collect();
        let chords: Vec<(usize, usize)> =
            (0..count).flat_map(|number| [(number, number + 1), (number, number + 2)]).collect();
        let cases = [("ring", &ring, 3), ("ring", &ring, 120), ("star", &star, 3), ("star", &star, 120)];
        for (name, ties, letters) in cases.into_iter().chain([("chords", &chords, 3)]) {
            let content = with_networks(count, letters, ties);
            assert_filled(66, &format!("network-{name}-{count}-{letters}"), &content, &Images::new());
        }
    }
}

/// Returns the blank parts of the pages of a brief in formats with and without contents, on both papers.
fn of_formats(name: &str, content: &BriefContent) -> Vec<Blanks> {
    let formats = [Format::Standard, Format::Full].into_iter();
    let prints = formats.flat_map(|format| [Paper::A4, Paper::Letter].map(|paper| (format, paper)));
    prints
        .map(|(format, paper)| {
            let options = Options { paper, format, ..Options::default() };
            Blanks::of(&format!("{name}-{format:?}-{paper:?}"), content, &Images::new(), &options)
        })
        .collect()
}

#[test]
fn a_title_without_an_opening_leaves_no_page_blank() {
    let long = around(|number| text(&format!("more-{number}"), 3));
    let short = BriefContent { sections: long.sections[..3].to_vec(), ..long.clone() };
    for (name, content) in [("long", long), ("short", short)] {
        for blanks in of_formats(&format!("title-{name}"), &content) {
            assert_eq!(blanks.opening, 0, "{}: the first section is on the page of the title", blanks.name);
            blanks.assert_at_most(30);
        }
    }
}

#[test]
fn a_short_opening_is_followed_by_the_body_and_a_long_one_by_a_page_break() {
    let bottom_line = |sentences: usize| {
        let Some(Kind::Paragraph(paragraph)) = text("bluf", sentences).kind else {
            unreachable!("it is a paragraph")
        };
        let content = around(|number| text(&format!("more-{number}"), 3));
        BriefContent { bluf: paragraph.statements, sections: content.sections[..3].to_vec(), ..content }
    };
    for (sentences, opening) in [(2, 0), (24, 1)] {
        for blanks in of_formats(&format!("bottom-line-{sentences}"), &bottom_line(sentences)) {
            assert_eq!(blanks.opening, opening, "{}", blanks.name);
            blanks.assert_at_most(30);
        }
    }
}

#[test]
fn images_and_callouts_leave_no_page_mostly_blank() {
    for (width, height) in [(900, 300), (900, 600), (700, 1100), (200, 1300)] {
        let picture = images::png(width, height, [40, 40, 40]);
        let pictures: Images = [(pdf::sha256(&picture), picture.clone())].into();
        let content = around(|_| {
            let Block { kind: Some(Kind::Figure(figure)), .. } = figure(FigureKind::Attachment) else {
                unreachable!("it is a figure")
            };
            let figure = Figure { attachment: pdf::sha256(&picture), alt: "A picture".into(), ..figure };
            Block { kind: Some(Kind::Figure(figure)), ..Block::default() }
        });
        assert_filled(50, &format!("image-{width}-{height}"), &content, &pictures);
    }
    let content = around(|number| {
        let Block { kind: Some(Kind::Paragraph(remark)), .. } =
            text(&format!("remark-{number}"), number * 11 % 40 + 1)
        else {
            unreachable!("it is a paragraph")
        };
        let callout = Callout { title: "A remark".into(), statements: remark.statements };
        Block { kind: Some(Kind::Callout(callout)), ..Block::default() }
    });
    assert_filled(50, "callout", &content, &Images::new());
}
