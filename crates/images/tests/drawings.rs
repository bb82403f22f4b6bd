//! SVG files: shapes that are drawn, and elements that are refused by name.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::format_collect,
    reason = "a test's helpers may fail as tests do, and need not be fast"
)]

mod make;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use chancery_images::{
    Color, FixedPt, ImageError, Limits, PathSegment, PreparedImage, SvgError, Vector, check, prepare,
};
use proptest::prelude::*;

use make::LOGO;

fn read(text: &str) -> Result<Arc<Vector>, ImageError> {
    let report = check(text.as_bytes(), &Limits::default());
    match prepare(text.as_bytes(), &Limits::default()) {
        Ok(PreparedImage::Vector(vector)) => {
            assert!(report.unwrap().width > 0);
            Ok(vector)
        }
        Ok(PreparedImage::Raster(_)) => panic!("pixels"),
        Err(error) => {
            assert_eq!(report.unwrap_err(), error);
            Err(error)
        }
    }
}

fn svg(content: &str) -> String {
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 50\">\n{content}\n</svg>")
}

fn refused(text: &str) -> SvgError {
    match read(text) {
        Err(ImageError::Svg(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_logo_becomes_shapes_at_its_own_size() {
    let logo = read(LOGO).unwrap();
    assert_eq!((logo.width, logo.height), (FixedPt::pt(180), FixedPt::pt(60)));
    assert_eq!(logo.shapes.len(), 9);
    assert_eq!(logo.shapes[0].fill, Some(Color(0x7A, 0x1F, 0x3D)));
    assert!(logo.shapes[3].even_odd && logo.shapes[1].fill.is_none());
    assert_eq!(logo.shapes[1].outline.as_ref().unwrap().width, FixedPt::pt(3));
    let report = check(LOGO.as_bytes(), &Limits::default()).unwrap();
    assert_eq!((report.width, report.height, report.warnings.len()), (240, 80, 0));
}

#[test]
fn a_view_box_is_fitted_into_the_middle_of_another_shape() {
    let text = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="10 10 10 10" width="40pt" height="20pt"><path d="M10 10H20"/></svg>"#;
    let drawing = read(text).unwrap();
    let zero = FixedPt::default();
    let expected = [PathSegment::Move(FixedPt::pt(10), zero), PathSegment::Line(FixedPt::pt(30), zero)];
    assert_eq!(drawing.shapes[0].segments, expected);
}

#[test]
fn attributes_without_effect_are_accepted() {
    for content in [
        "<rect width='9' height='9' fill='SteelBlue' stroke='transparent'/>",
        "<g style='font-family: Arial; text-anchor: middle; cursor: pointer'><path d='M0 0H9'/></g>",
        "<defs><linearGradient id='a'/><path id='p' d='M0 0H9'/></defs><path d='M0 0H9'/>",
        "<path d='M0 0H9' style='-inkscape-stroke:none;paint-order:normal;isolation:auto'/>",
    ] {
        assert_eq!(read(&svg(content)).unwrap().shapes.len(), 1, "{content}");
    }
}

#[test]
fn a_line_that_is_painted_before_its_fill_becomes_a_shape_of_its_own() {
    let path = |order: &str| svg(&format!("<path d='M0 0H9V9z' stroke='red' style='paint-order:{order}'/>"));
    for order in ["stroke", "stroke fill markers", "markers stroke"] {
        let drawing = read(&path(order)).unwrap();
        let [line, fill] = drawing.shapes.as_slice() else { panic!("{order}: {drawing:?}") };
        assert!(line.fill.is_none() && line.outline.is_some() && fill.outline.is_none(), "{order}");
    }
    assert_eq!(read(&path("fill stroke")).unwrap().shapes.len(), 1);
    assert_eq!(refused(&path("inside")).element, "path");
}

#[test]
fn scripts_references_and_blending_are_refused_with_element_line_and_cure() {
    for (content, element, part) in [
        ("<script>alert(1)</script>", "script", "not printed"),
        ("<g>\n<image href='http://example.org/x.png'/></g>", "image", "as PNG or JPEG"),
        ("<use href='#a'/>", "use", "Unlink Clone"),
        ("<foreignObject/>", "foreignObject", "not printed"),
        ("<style>path{fill:red}</style>", "style", "presentation attributes"),
        ("<defs>\n<style>path{fill:red}</style></defs>", "style", "presentation attributes"),
        ("<text>words</text>", "text", "convert text to paths"),
        ("<linearGradient id='a'/>", "linearGradient", "plain fills"),
        ("<svg/>", "svg", "group of the outer one"),
        ("<path d='M0 0H9' onclick='x()'/>", "path", "onclick"),
        ("<path d='M0 0H9' fill='url(#a)'/>", "path", "gradient"),
        ("<path d='M0 0H9' fill='nocolour'/>", "path", "#rrggbb"),
        ("<path d='M0 0H9' style='fill: url(http://example.org)'/>", "path", "fill"),
        ("<path d='M0 0H9' opacity='0.5'/>", "path", "opaque"),
        ("<path d='M0 0H9' filter='url(#f)'/>", "path", "filter"),
        ("<path d='M0 0H9' clip-path='url(#f)'/>", "path", "Release Clip"),
        ("<g xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='file:///etc/passwd'/>", "g", "href"),
        ("<circle r='NaN'/>", "circle", "r:"),
        ("<circle r='-1'/>", "circle", "negative"),
        ("<rect width='1e309' height='1'/>", "rect", "too large"),
        ("<path d='M0 0L1e8 0'/>", "path", "too far"),
        ("<path d='M0 0H9' stroke='red' transform='scale(1 2)'/>", "path", "uneven"),
        ("<g transform='skewX(3)'/>", "g", "skewX"),
        ("<x xmlns='http://www.w3.org/1999/xhtml'/>", "x", "not an SVG element"),
    ] {
        let error = refused(&svg(content));
        assert_eq!(error.element, element, "{content}");
        assert!(error.to_string().contains(part), "{content}: {error}");
        assert!(!error.remedy.is_empty());
        assert_eq!(error.line, if content.contains('\n') { 3 } else { 2 }, "{content}");
    }
}

#[test]
fn decompression_bombs_are_refused_before_they_expand() {
    let entities = "<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]><svg xmlns='http://www.w3.org/2000/svg'>&b;</svg>";
    assert!(refused(entities).problem.contains("document type"), "{}", refused(entities));
    let deep = svg(&format!("{}{}", "<g>".repeat(5000), "</g>".repeat(5000)));
    assert!(refused(&deep).problem.contains("nested deeper"));
    let deepest = svg(&"<g>".repeat(300_000));
    assert!(read(&deepest).is_err());
    let many = svg(&"<g/>".repeat(40_000));
    assert!(refused(&many).problem.contains("too many elements"), "{}", refused(&many));
    let long = svg(&format!("<path d='M0 0{}'/>", "h1".repeat(150_000)));
    assert!(refused(&long).problem.contains("100,000"));
    let paths = svg(&format!("<path d='M0 0{}'/>", "h1".repeat(40_000)).repeat(3));
    assert!(refused(&paths).problem.contains("100,000"));
    let crowded = svg(&format!("<g {}/>", (0..2000).map(|n| format!("a{n}='' ")).collect::<String>()));
    let crowded = refused(&crowded);
    assert!(crowded.problem.contains("attributes") && crowded.line == 2, "{crowded}");
    for attribute in ["id", "fill", "style", "transform", "stroke-dasharray", "d", "points"] {
        let _ = read(&svg(&format!("<polygon {attribute}='{}'/>", "1 ".repeat(500_000))));
    }
    let large = svg(&" ".repeat(2 << 20));
    assert!(matches!(read(&large), Err(ImageError::TooManyBytes { .. })));
}

#[test]
fn a_drawing_without_a_size_is_refused() {
    for head in [
        "",
        "viewBox='0 0 0 10'",
        "viewBox='0 0 10'",
        "width='10'",
        "width='10em' height='10em'",
        "width='1e9' height='1'",
        "viewBox='0 0 9 9' preserveAspectRatio='none'",
        "viewBox='0 0 9 9' transform='scale(2)'",
    ] {
        let text = format!("<svg xmlns='http://www.w3.org/2000/svg' {head}/>");
        assert_eq!(refused(&text).element, "svg", "{head}");
    }
}

#[test]
fn files_of_drawing_programs_print_or_are_refused_by_element() {
    let accepted = ["a-link", "inkscape-plain", "named-colour", "size-percent"];
    let refusals = [
        ("css-class", 4, "style"),
        ("drawio", 3, "svg"),
        ("graphviz", 2, "svg"),
        ("inkscape-gradient", 5, "rect"),
        ("latin1", 1, "svg"),
        ("matplotlib-default", 2, "svg"),
        ("nested-svg", 1, "svg"),
        ("opacity", 1, "rect"),
        ("use-symbol", 1, "use"),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images/drawings");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    let mut expected: Vec<&str> = accepted.into_iter().chain(refusals.map(|(name, ..)| name)).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    let bytes = |name: &str| fs::read(folder.join(format!("{name}.svg"))).unwrap();
    for name in accepted {
        let report = check(&bytes(name), &Limits::default());
        assert!(report.is_ok(), "{name}: {report:?}");
    }
    for (name, line, element) in refusals {
        match check(&bytes(name), &Limits::default()) {
            Err(ImageError::Svg(error)) => {
                assert_eq!((error.line, error.element.as_str()), (line, element), "{name}: {error}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(
        at in any::<prop::sample::Index>(),
        noise in "[-0-9.eE ,MLHVCSQTAZmlhvcsqtaz<>/='\"#&;:()a-z]{0,30}",
        cut in 0_usize..20,
    ) {
        let mut text = LOGO.to_owned();
        let at = at.index(text.len());
        text.replace_range(at..(at + cut).min(text.len()), &noise);
        let _ = read(&text);
        let _ = read(&svg(&format!("<path d=\"{}\"/>", noise.replace(['"', '<', '&'], ""))));
        let _ = read(&svg(&format!("<g transform=\"{}\"/>", noise.replace(['"', '<', '&'], ""))));
        let _ = read(&svg(&format!("<g style=\"{}\"/>", noise.replace(['"', '<', '&'], ""))));
    }
}
