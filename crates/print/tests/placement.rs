//! Places of figures and callouts: figures stay in their section and interrupt nothing, callouts do not leave pages
//! blank.
#![allow(clippy::unwrap_used, reason = "a test's helpers may fail as tests do")]

mod temporary_files;

use std::ops::ControlFlow;

use chancery_print::testing::{edition, struct_text};
use chancery_print::{Edition, Fonts, Format, Images, Limits, Options, Paper, TextSize, print};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, BriefContent, Callout, Citation, Confidence, ConfidenceLevel, Figure, FigureKind, List, ListItem,
    Section, Source, Statement,
};
use chancery_testkit::content::{paragraph, statement};
use chancery_testkit::pdf;

const SENTENCE: &str =
    "Ministries reported steady volumes through the corridor in the third quarter of the year. ";

/// Returns a PNG of one colour.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let pixels = vec![128; (width * height) as usize];
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    bytes
}

fn figure(picture: &[u8], title: &str) -> Block {
    let figure = Figure {
        kind: FigureKind::Attachment.into(),
        title: title.into(),
        attachment: pdf::sha256(picture),
        alt: "A figure".into(),
        ..Figure::default()
    };
    Block { kind: Some(Kind::Figure(figure)), ..Block::default() }
}

/// Returns a paragraph that begins and ends with words of its own.
fn text(name: &str, sentences: usize) -> Block {
    let text = format!("Begin{name} {}End{name}.", SENTENCE.repeat(sentences));
    paragraph(vec![statement(format!("s-{name}"), text)])
}

fn brief(sections: Vec<(&str, Vec<Block>)>) -> BriefContent {
    let sections = sections.into_iter().map(|(heading, blocks)| Section {
        id: format!("sec-{heading}"),
        heading: heading.into(),
        blocks,
        ..Section::default()
    });
    BriefContent {
        title: "Places".into(),
        language: "en".into(),
        sections: sections.collect(),
        ..BriefContent::default()
    }
}

/// Words with their pages and tops in reading order of the page.
struct Places {
    words: Vec<(String, usize, f64)>,
    pages: usize,
}

impl Places {
    fn of(name: &str, content: &BriefContent, images: &Images, options: &Options) -> Self {
        let edition = Edition { images, ..edition(content) };
        let mut observe = |_| ControlFlow::Continue(());
        let printed = print(&edition, options, &Limits::default(), &Fonts::default(), &mut observe).unwrap();
        let file = temporary_files::file(&format!("placement/{name}.pdf"), &printed.bytes);
        let words = pdf::words(&file).into_iter().flat_map(|(page, _, _, words)| {
            words.into_iter().map(move |(text, [_, top, ..])| (text, page, top))
        });
        Self { words: words.collect(), pages: usize::try_from(printed.pages).unwrap() }
    }

    /// Returns page and top of the last word with a text; headings come after their entries in the contents.
    fn place(&self, text: &str) -> (usize, f64) {
        let found = self.words.iter().rfind(|(word, ..)| word == text);
        found.map_or_else(|| panic!("{text} is not printed"), |(_, page, top)| (*page, *top))
    }

    /// Returns how far down the body of a page goes, in points.
    fn bottom(&self, page: usize) -> f64 {
        let body = self.words.iter().filter(|(_, of, top)| *of == page && *top < 765.0);
        body.map(|(.., top)| *top).fold(0.0, f64::max)
    }
}

#[test]
fn figures_stay_in_their_section_and_interrupt_no_paragraph() {
    for (width, height) in [(400, 300), (400, 500), (300, 900), (900, 100)] {
        let picture = picture(width, height);
        let images: Images = [(pdf::sha256(&picture), picture.clone())].into();
        for sentences in 1..9 {
            let figures = ["AlphaTitle", "BravoTitle", "CharlieTitle"];
            let mut blocks = vec![text("One", sentences)];
            blocks.extend(figures.map(|title| figure(&picture, title)));
            blocks.extend([text("Two", sentences * 3), text("Three", sentences)]);
            let next = vec![text("Four", 15), text("Five", 15)];
            let content = brief(vec![("Firsthead", blocks), ("Secondhead", next)]);
            let name = format!("figures-{width}-{height}");
            let places = Places::of(&name, &content, &images, &Options::default());
            let tops = figures.map(|title| places.place(title));
            assert!(tops.is_sorted_by(|a, b| a < b), "{tops:?}");
            for top in tops {
                assert!(
                    places.place("EndOne.") < top && top < places.place("Secondhead"),
                    "{sentences} {top:?}"
                );
                for name in ["One", "Two", "Three", "Four", "Five"] {
                    let (begin, end) =
                        (places.place(&format!("Begin{name}")), places.place(&format!("End{name}.")));
                    assert!(
                        top < begin || top > end,
                        "{sentences} {top:?} is inside {name}: {begin:?} {end:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn text_of_the_section_fills_the_page_before_a_figure_that_does_not_fit() {
    let picture = picture(400, 400);
    let images: Images = [(pdf::sha256(&picture), picture.clone())].into();
    let mut blocks = vec![text("One", 33), figure(&picture, "AlphaTitle")];
    blocks.extend((0..9).map(|number| text(&format!("P{number}"), 5)));
    let places = Places::of("waiting", &brief(vec![("Firsthead", blocks)]), &images, &Options::default());
    let (page, top) = places.place("AlphaTitle");
    assert!(places.bottom(page - 1) > 720.0, "{}", places.bottom(page - 1));
    let mut continued =
        places.words.iter().filter(|(_, of, word)| *of == page && *word > 60.0 && *word < top - 2.0);
    let last = continued.next_back();
    assert!(last.is_none_or(|(word, ..)| word.starts_with("EndP")), "{last:?} is above the figure");
}

fn callout(sentences: usize) -> Block {
    let statements = (0..sentences).map(|number| {
        let text = format!("{SENTENCE}Note{number}.");
        statement(format!("n-{number}"), text)
    });
    let callout = Callout { title: "A remark".into(), statements: statements.collect() };
    Block { kind: Some(Kind::Callout(callout)), ..Block::default() }
}

#[test]
fn a_long_callout_continues_over_pages_and_leaves_none_blank() {
    let images = Images::new();
    for (sentences, before) in [(1, 30), (8, 30), (20, 12), (30, 25), (60, 5), (90, 25), (120, 20)] {
        let blocks = vec![text("One", before), callout(sentences), text("Two", 3)];
        let content = brief(vec![("Firsthead", blocks)]);
        for (paper, text_size) in
            [(Paper::A4, TextSize::Normal), (Paper::Letter, TextSize::Normal), (Paper::A4, TextSize::Large)]
        {
            let options = Options { paper, text_size, ..Options::default() };
            let places = Places::of("callout", &content, &images, &options);
            let first = places.place("EndOne.").0;
            for page in first..places.place("EndTwo.").0 {
                let bottom = places.bottom(page);
                assert!(bottom > 420.0, "{sentences} {paper:?} {text_size:?}: page {page} ends at {bottom}");
            }
            assert!(
                places.place("Note0.") < places.place(&format!("Note{}.", sentences - 1)) || sentences == 1
            );
            assert!(places.pages >= first);
        }
    }
}

#[test]
fn a_callout_over_pages_is_one_division_and_conforms() {
    let content = brief(vec![("Firsthead", vec![text("One", 20), callout(90)])]);
    let mut observe = |_| ControlFlow::Continue(());
    let options = Options::default();
    let printed =
        print(&edition(&content), &options, &Limits::default(), &Fonts::default(), &mut observe).unwrap();
    let read = struct_text(&printed.bytes).unwrap();
    assert!((0..90).all(|number| read.matches(&format!("Note{number}.")).count() == 1));
    let file = temporary_files::file("placement/callout-over-pages.pdf", &printed.bytes);
    assert_eq!(pdf::structure(&file).lines().filter(|line| line.trim_start().starts_with("Div")).count(), 1);
    pdf::assert_conform("ua1,2a", &[file]);
}

/// Returns a paragraph whose margin is taller than its text: a name over two lines, and a level of confidence with
/// exceptions.
fn judged() -> Block {
    let sure = |id: &str, words: &str, level: ConfidenceLevel| Statement {
        confidence: Some(Confidence { level: level.into(), why: String::new() }),
        citations: vec![Citation { source_id: "src".into(), credibility: 2, ..Citation::default() }],
        ..statement(id, format!("{words} {SENTENCE}"))
    };
    let statements = vec![
        sure("s-1", "Alpha", ConfidenceLevel::High),
        sure("s-2", "Bravo", ConfidenceLevel::High),
        sure("s-3", "Charlie", ConfidenceLevel::Moderate),
        sure("s-4", "Delta", ConfidenceLevel::Low),
    ];
    paragraph(statements)
}

#[test]
fn a_page_does_not_end_inside_a_note_of_the_margin() {
    let source = Source {
        id: "src".into(),
        title: "Report".into(),
        short_title: "Northstart harbour authority and pilots nameend".into(),
        ..Source::default()
    };
    let mut ends_inside = Vec::new();
    for sentences in 30..70 {
        let mut content = brief(vec![("Firsthead", vec![text("One", sentences), judged(), text("Two", 3)])]);
        content.sources = vec![source.clone()];
        let options = Options { format: Format::Standard, ..Options::default() };
        let places = Places::of("margin", &content, &Images::new(), &options);
        let page = |word: &str| places.words.iter().find(|(of, ..)| of == word).unwrap().1;
        for (first, last) in [("Northstart", "nameend"), ("but", "moderate:")] {
            if page(first) != page(last) {
                ends_inside.push((sentences, first, last));
            }
        }
    }
    assert!(ends_inside.is_empty(), "{ends_inside:?}");
}

#[test]
fn the_paragraph_before_a_list_is_on_the_page_of_its_first_item() {
    for text_size in [TextSize::Normal, TextSize::Large] {
        for sentences in 30..60 {
            let item = |number: usize| ListItem {
                statements: vec![statement(format!("i-{number}"), format!("Item{number} {SENTENCE}"))],
                ..ListItem::default()
            };
            let list = List { items: (0..3).map(item).collect(), ..List::default() };
            let list = Block { kind: Some(Kind::List(list)), ..Block::default() };
            let content = brief(vec![(
                "Firsthead",
                vec![text("One", sentences), text("Lead", 0), list, text("Two", 3)],
            )]);
            let options = Options { text_size, ..Options::default() };
            let places = Places::of("list", &content, &Images::new(), &options);
            let (lead, item) = (places.place("EndLead."), places.place("Item0"));
            assert_eq!(lead.0, item.0, "{sentences} {text_size:?}");
        }
    }
}
