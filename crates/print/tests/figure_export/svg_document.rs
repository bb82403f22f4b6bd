//! Exported SVG documents: well-formed, self-contained, described, and the same each time.

use std::collections::BTreeSet;

use chancery_print::testing::edition;
use chancery_print::{FigureFormat, Options};
use roxmltree::{Document, Node};

use crate::samples::{exported, sample, samples};

const XLINK: (&str, &str) = ("http://www.w3.org/1999/xlink", "href");

pub(crate) fn svg(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

pub(crate) fn text_of(document: &Document, element: &str) -> String {
    let found = document.root_element().children().find(|child| child.has_tag_name(element));
    found.and_then(|element| element.text()).unwrap_or_default().to_owned()
}

#[test]
fn an_svg_has_the_title_the_marking_and_the_data_as_text() {
    for sample in samples() {
        let bytes = sample.exported(FigureFormat::Svg);
        let document = Document::parse(svg(&bytes)).unwrap();
        let root = document.root_element();
        assert_eq!(text_of(&document, "title"), sample.title.replace('\u{ad}', ""), "{}", sample.name);
        let description = text_of(&document, "desc");
        let mut lines = description.lines();
        assert!(lines.next().unwrap().starts_with("TLP:"), "{}: {description}", sample.name);
        assert!(lines.next().is_some(), "{}: {description}", sample.name);
        assert_eq!(root.attribute("role"), Some("img"));
        assert_eq!(root.attribute("lang"), Some(sample.content.language.as_str()));
        let direction = if sample.content.language == "fa" { "rtl" } else { "ltr" };
        assert_eq!(root.attribute("direction"), Some(direction));
        for (attribute, element) in [("aria-labelledby", "title"), ("aria-describedby", "desc")] {
            let id = root.children().find(|child| child.has_tag_name(element)).unwrap().attribute("id");
            assert_eq!(root.attribute(attribute), id, "{}", sample.name);
        }
        let facts = document.descendants().find(|node| node.tag_name().name() == "Description").unwrap();
        let marking = facts.attribute(("urn:chancery:brief:1.0#", "marking")).unwrap();
        assert!(description.starts_with(marking), "{marking}: {description}");
    }
}

#[test]
fn an_svg_refers_only_to_its_own_outlines() {
    for sample in samples() {
        let bytes = sample.exported(FigureFormat::Svg);
        let document = Document::parse(svg(&bytes)).unwrap();
        let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), distinct.len(), "{}: an id occurs twice", sample.name);
        for node in document.descendants().filter(Node::is_element) {
            assert!(ALLOWED.contains(&node.tag_name().name()), "{}: {:?}", sample.name, node.tag_name());
            for attribute in node.attributes() {
                let value = attribute.value();
                assert!(!value.contains("url(") && !attribute.name().starts_with("on"), "{value}");
            }
            if let Some(target) = node.attribute(XLINK) {
                let id = target.strip_prefix('#').unwrap_or_else(|| panic!("{}: {target}", sample.name));
                assert!(distinct.contains(id), "{}: {target} is not defined", sample.name);
            }
        }
    }
}

/// Elements that neither run nor load anything.
const ALLOWED: [&str; 11] =
    ["svg", "title", "desc", "metadata", "RDF", "Description", "defs", "path", "rect", "g", "use"];

#[test]
fn drawings_on_one_web_page_share_outlines_and_no_other_ids() {
    let [first, second] = ["russia-iran-2.fig-timeline", "suez-2021-2.fig-timeline"].map(|name| {
        let bytes = sample(name).exported(FigureFormat::Svg);
        let document = Document::parse(svg(&bytes)).unwrap();
        let elements = document.descendants().filter(|node| node.attribute("id").is_some());
        elements
            .map(|node| (node.attribute("id").unwrap().to_owned(), node.attribute("d").map(str::to_owned)))
            .collect::<BTreeSet<_>>()
    });
    let ids = |drawing: &BTreeSet<(String, Option<String>)>| -> BTreeSet<String> {
        drawing.iter().map(|(id, _)| id.clone()).collect()
    };
    let shared: BTreeSet<_> = ids(&first).intersection(&ids(&second)).cloned().collect();
    let equal: BTreeSet<_> = first.intersection(&second).map(|(id, _)| id.clone()).collect();
    assert!(!shared.is_empty());
    assert_eq!(shared, equal, "an id means two outlines");
}

#[test]
fn text_with_markup_and_control_characters_is_escaped() {
    let mut sample = sample("russia-iran-2.fig-trends");
    sample.content.title = "A <b>brief</b>".into();
    sample.content.domains[0].name = "R&D <script>alert(1)</script> \u{1}\"quoted\"".into();
    sample.content.domains[0].why = "]]> & <!-- -->".into();
    let bytes = sample.exported(FigureFormat::Svg);
    let document = Document::parse(svg(&bytes)).unwrap();
    assert!(!document.descendants().any(|node| node.tag_name().name() == "script"));
    assert!(text_of(&document, "desc").contains("R&D <script>alert(1)</script>"));
}

#[test]
fn the_same_figure_gives_the_same_bytes() {
    for name in ["russia-iran-2.fig-network", "russia-iran-fa-1.fig-timeline", "suez-2021-2.tab-traffic"] {
        for format in [FigureFormat::Svg, FigureFormat::Pdf] {
            assert_eq!(sample(name).exported(format), sample(name).exported(format), "{name} {format:?}");
        }
    }
}

#[test]
fn options_of_a_whole_print_do_not_change_a_figure() {
    let sample = sample("russia-iran-2.fig-timeline");
    let plain = sample.exported(FigureFormat::Svg);
    let sections = ["sec-impact".to_owned()];
    let options = Options {
        recipient: "Dr. Ada Example",
        watermark: "COPY 7",
        sections: &sections,
        annexes: Some(true),
        attach_data: true,
        format: chancery_print::Format::OnePage,
        ..Options::default()
    };
    assert_eq!(plain, sample.exported_with(&options, FigureFormat::Svg));
    let russian = Options { locale: Some(chancery_print::Locale::Russian), ..Options::default() };
    assert_ne!(plain, exported(&edition(&sample.content), &sample.id, &russian, FigureFormat::Svg).unwrap());
}
