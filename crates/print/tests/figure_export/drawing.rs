//! The drawing of an exported SVG, compared with that of the PDF.

use chancery_print::FigureFormat;
use chancery_print::testing::struct_text;
use chancery_proto::brief::v1::block::Kind;
use chancery_testkit::pdf;
use roxmltree::{Document, Node};

use crate::samples::{Sample, sample, samples};
use crate::svg_document::svg;
use crate::temporary_files;

/// The origins of all glyphs with an outline, in points from the upper left corner.
fn origins(document: &Document) -> Vec<(f64, f64)> {
    let groups = document.descendants().filter(|node| node.has_tag_name("g"));
    groups.flat_map(|group| glyphs(&group)).collect()
}

fn glyphs(group: &Node) -> Vec<(f64, f64)> {
    let matrix = group.attribute("transform").unwrap();
    let numbers = matrix.strip_prefix("matrix(").unwrap().strip_suffix(')').unwrap();
    let numbers: Vec<f64> = numbers.split(' ').map(|number| number.parse().unwrap()).collect();
    let coordinate = |node: &Node, name: &str| node.attribute(name).map_or(0.0, |text| text.parse().unwrap());
    group
        .children()
        .map(|glyph| {
            let (x, y): (f64, f64) = (coordinate(&glyph, "x"), coordinate(&glyph, "y"));
            (numbers[4] + numbers[0] * x, numbers[5] + numbers[3] * y)
        })
        .collect()
}

fn number(document: &Document, attribute: &str) -> f64 {
    document.root_element().attribute(attribute).unwrap().strip_suffix("pt").unwrap().parse().unwrap()
}

fn words(sample: &Sample) -> pdf::PageWords {
    let file = format!("figure-export/words/{}.pdf", sample.name);
    let file = temporary_files::file(&file, &sample.exported(FigureFormat::Pdf));
    pdf::words(&file).remove(0)
}

#[test]
fn every_word_of_the_pdf_begins_with_an_outline_of_the_svg_at_the_same_place() {
    for sample in samples() {
        let (_, width, height, words) = words(&sample);
        let bytes = sample.exported(FigureFormat::Svg);
        let document = Document::parse(svg(&bytes)).unwrap();
        assert!((number(&document, "width") - width).abs() < 0.01, "{}", sample.name);
        assert!((number(&document, "height") - height).abs() < 0.01, "{}", sample.name);
        let origins = origins(&document);
        assert!(words.len() > 5, "{}: {words:?}", sample.name);
        // In right-to-left words poppler's left edge is that of the last letter, which marks may precede.
        let tolerance = if sample.content.language == "fa" { 3.0 } else { 0.05 };
        // Poppler gives direction marks, which have no outline, as words or at their ends.
        let is_mark = |c: char| matches!(c, '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
        for (word, [left, top, right, bottom]) in words {
            if word.contains(is_mark) {
                continue;
            }
            let begins = |(x, y): &(f64, f64)| (x - left).abs() < tolerance && *y > top && *y < bottom;
            assert!(origins.iter().any(begins), "{}: {word} at {left} {top}", sample.name);
            assert!(left > 0.0 && top > 0.0 && right < width && bottom < height, "{}: {word}", sample.name);
        }
    }
}

/// Returns a sample without the letter with which the faces make ligatures.
fn without_ligatures(name: &str) -> Sample {
    let mut sample = sample(name);
    let content = &mut sample.content;
    let texts = content.domains.iter_mut().flat_map(|domain| [&mut domain.name, &mut domain.why]);
    let texts = texts.chain(content.events.iter_mut().map(|event| &mut event.title));
    let blocks = content.sections.iter_mut().flat_map(|section| &mut section.blocks);
    let texts = texts.chain(blocks.flat_map(|block| match &mut block.kind {
        Some(Kind::Figure(figure)) => vec![&mut figure.title, &mut figure.source],
        Some(Kind::Table(table)) => {
            let cells = table.rows.iter_mut().flat_map(|row| &mut row.cells).map(|cell| &mut cell.text);
            [&mut table.caption].into_iter().chain(cells).collect()
        }
        _ => Vec::new(),
    }));
    texts.for_each(|text| *text = text.replace('f', "v"));
    sample
}

#[test]
fn an_svg_has_an_outline_for_each_visible_character() {
    for name in ["suez-2021-2.tab-ship", "russia-iran-2.tab-figures"] {
        let sample = without_ligatures(name);
        let text = struct_text(&sample.exported(FigureFormat::Pdf)).unwrap();
        let characters = text.chars().filter(|character| !character.is_whitespace()).count();
        let bytes = sample.exported(FigureFormat::Svg);
        let document = Document::parse(svg(&bytes)).unwrap();
        assert_eq!(origins(&document).len(), characters, "{name}: {text}");
    }
}

#[test]
fn an_svg_has_the_paths_of_the_pdf() {
    for sample in samples() {
        let bytes = sample.exported(FigureFormat::Svg);
        let document = Document::parse(svg(&bytes)).unwrap();
        let is_defined = |node: &Node| node.parent().is_some_and(|parent| parent.has_tag_name("defs"));
        let paths = document.descendants().filter(|node| node.has_tag_name("path") && !is_defined(node));
        let filled = paths.clone().filter(|path| path.attribute("stroke").is_none()).count();
        let file = temporary_files::file("figure-export/paths.pdf", &sample.exported(FigureFormat::Pdf));
        let unpacked = String::from_utf8_lossy(&pdf::unpacked(&file)).into_owned();
        let content = unpacked.split("endstream").find(|stream| stream.contains("BDC\n")).unwrap();
        let painted = |operator: &str| content.lines().filter(|line| *line == operator).count();
        assert_eq!((filled, paths.count() - filled), (painted("f"), painted("S")), "{}", sample.name);
    }
}
