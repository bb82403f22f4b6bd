//! SVG pictures: what is drawn, and what is refused by name.

use chancery_print::Limits;
use chancery_print::images::{ImageError, Picture, SvgError, Vector};
use chancery_print::pages::{Color, Segment};
use chancery_print::units::Length;
use proptest::prelude::*;

/// A logo with every sort of shape.
pub(crate) const LOGO: &str = r##"<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 80" width="240" height="80">
  <title>A logo</title>
  <rect x="2" y="2" width="76" height="76" rx="12" fill="#7a1f3d"/>
  <g transform="translate(40 40) rotate(45)" style="fill: none; stroke: #fff; stroke-width: 4">
    <rect x="-18" y="-18" width="36" height="36"/>
    <circle r="8" fill="white" stroke="none"/>
  </g>
  <path fill-rule="evenodd" fill="rgb(31,78,121)" d="M100 10h40v60h-40zM110 20v40h20V20z"/>
  <ellipse cx="170" cy="40" rx="20" ry="30" fill="teal"/>
  <path d="M200 70A30 30 0 0 1 230 10" stroke="#111" stroke-width="3" fill="none" stroke-linecap="round"/>
  <polyline points="200,40 215,55 230,40" fill="none" stroke="maroon" stroke-dasharray="4 2"/>
  <polygon points="150,70 160,75 150,80"/>
  <line x1="90" y1="5" x2="90" y2="75" stroke="silver"/>
</svg>"##;

fn read(text: &str) -> Result<std::sync::Arc<Vector>, ImageError> {
    match Picture::read(text.as_bytes(), &Limits::default())? {
        Picture::Vector(vector) => Ok(vector),
        Picture::Raster(_) => panic!("pixels"),
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
    assert_eq!((logo.width, logo.height), (Length::pt(180), Length::pt(60)));
    assert_eq!(logo.shapes.len(), 9);
    assert_eq!(logo.shapes[0].fill, Some(Color(0x7A, 0x1F, 0x3D)));
    assert!(logo.shapes[3].even_odd && logo.shapes[1].fill.is_none());
    let width = logo.shapes[1].outline.as_ref().unwrap().width;
    assert_eq!(width.to_milli_pt(), 3000);
}

#[test]
fn a_view_box_is_fitted_into_the_middle_of_another_shape() {
    let text = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="10 10 10 10" width="40pt" height="20pt"><path d="M10 10H20"/></svg>"#;
    let drawing = read(text).unwrap();
    let expected = [Segment::Move(Length::pt(10), Length::ZERO), Segment::Line(Length::pt(30), Length::ZERO)];
    assert_eq!(drawing.shapes[0].segments, expected);
}

#[test]
fn what_runs_loads_or_blends_is_refused_with_its_element_and_line() {
    for (content, element, part) in [
        ("<script>alert(1)</script>", "script", "not printed"),
        ("<g>\n<image href='http://example.org/x.png'/></g>", "image", "not printed"),
        ("<use href='#a'/>", "use", "not printed"),
        ("<foreignObject/>", "foreignObject", "not printed"),
        ("<style>path{fill:red}</style>", "style", "not printed"),
        ("<text>words</text>", "text", "not printed"),
        ("<defs><linearGradient id='a'/></defs>", "defs", "not printed"),
        ("<path d='M0 0H9' onclick='x()'/>", "path", "onclick"),
        ("<path d='M0 0H9' fill='url(#a)'/>", "path", "fill"),
        ("<path d='M0 0H9' style='fill: url(http://example.org)'/>", "path", "fill"),
        ("<path d='M0 0H9' opacity='0.5'/>", "path", "opacity"),
        ("<path d='M0 0H9' filter='url(#f)'/>", "path", "filter"),
        ("<g xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='file:///etc/passwd'/>", "g", "href"),
        ("<circle r='NaN'/>", "circle", "r:"),
        ("<circle r='-1'/>", "circle", "negative"),
        ("<rect width='1e309' height='1'/>", "rect", "too large"),
        ("<path d='M0 0L1e8 0'/>", "path", "too far"),
        ("<path d='M0 0H9' stroke='red' transform='scale(1 2)'/>", "path", "uneven"),
        ("<x xmlns='http://www.w3.org/1999/xhtml'/>", "x", "no element of SVG"),
    ] {
        let error = refused(&svg(content));
        assert_eq!(error.element, element, "{content}");
        assert!(error.to_string().contains(part), "{content}: {error}");
        assert_eq!(error.line, if content.contains('\n') { 3 } else { 2 }, "{content}");
    }
}

#[test]
fn bombs_are_refused_before_they_grow() {
    let entities = "<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]><svg xmlns='http://www.w3.org/2000/svg'>&b;</svg>";
    assert!(refused(entities).why.contains("DTD"), "{}", refused(entities));
    let deep = svg(&format!("{}{}", "<g>".repeat(5000), "</g>".repeat(5000)));
    assert!(refused(&deep).why.contains("too deep"));
    let many = svg(&"<g/>".repeat(40_000));
    assert!(refused(&many).why.contains("limit"), "{}", refused(&many));
    let long = svg(&format!("<path d='M0 0{}'/>", "h1".repeat(150_000)));
    assert!(refused(&long).why.contains("too many lines"));
    let paths = svg(&format!("<path d='M0 0{}'/>", "h1".repeat(40_000)).repeat(3));
    assert!(refused(&paths).why.contains("too many lines"));
    let crowded = svg(&format!("<g {}/>", (0..2000).map(|n| format!("a{n}='' ")).collect::<String>()));
    assert!(refused(&crowded).why.contains("attributes"));
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
        "width='1e9' height='1'",
        "viewBox='0 0 9 9' preserveAspectRatio='none'",
    ] {
        let text = format!("<svg xmlns='http://www.w3.org/2000/svg' {head}/>");
        assert_eq!(refused(&text).element, "svg", "{head}");
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
    }
}
