//! poppler's structure text equals the printer's own readback, and is the edition in its order.

use chancery_print::testing::{normal_form, shown_text, struct_text};
use chancery_proto::brief::v1::{BriefContent, Section, Statement};
use chancery_testkit::pdf;

use crate::samples::{Variant, fitting, samples, variants};
use crate::{file_content, samples, temporary_files};

/// poppler interprets the page again for every piece of text: 9 s for 18 pages, minutes for right-to-left text, where
/// every letter is a piece. So it gets short samples and excerpts.
#[test]
fn poppler_reads_the_same_text_in_the_same_order() {
    for sample in ["amber-demo-1.TLP-CLEAR.mark", "scripts-1", "russia-iran-ru-1"] {
        let sample = samples::sample(sample);
        for variant in formats() {
            read_alike(&sample.name, &sample.content, &variant);
        }
    }
}

#[test]
fn poppler_reads_an_excerpt_from_right_to_left_in_the_same_order() {
    let content = samples::sample("russia-iran-fa-1").content;
    let mut sections: Vec<Section> = content.sections.into_iter().skip(1).take(1).collect();
    sections[0].blocks.truncate(1);
    let bluf = content
        .bluf
        .into_iter()
        .take(1)
        .map(|expected| Statement { citations: Vec::new(), ..expected })
        .collect();
    let content = BriefContent {
        title: content.title,
        language: content.language,
        bluf,
        sections,
        ..BriefContent::default()
    };
    read_alike("excerpt-fa", &content, &variants()[0]);
}

#[test]
fn poppler_reads_the_long_sample_in_the_same_order() {
    let sample = samples::sample("russia-iran-2");
    let standard = formats().into_iter().find(|variant| variant.name == "standard").unwrap();
    read_alike(&sample.name, &sample.content, &standard);
}

#[test]
fn the_text_is_the_editions_in_its_order() {
    for sample in samples() {
        for variant in formats() {
            let Some((name, bytes)) = file(&sample.name, &sample.content, &variant) else { continue };
            let text = struct_text(&bytes).unwrap().replace('\n', " ");
            let mut from = 0;
            let mut content = sample.content.clone();
            if text.contains("Not on this page:") {
                (content.scenarios, content.indicators, content.domains) = Default::default();
            }
            for expected in file_content::in_order(&content, &variant.options) {
                let expected = normal_form(&expected).trim().to_owned();
                let Some(at) = text[from..].find(&expected) else {
                    let elsewhere =
                        if text.contains(&expected) { "appears before its place" } else { "is missing" };
                    panic!("{name}: {expected:?} {elsewhere}");
                };
                from += at + expected.len();
            }
        }
    }
}

#[test]
fn the_footer_of_a_page_from_right_to_left_keeps_its_facts_whole() {
    let sample = samples::sample("russia-iran-fa-1");
    let (name, bytes) = file(&sample.name, &sample.content, &variants()[0]).unwrap();
    for (page, _, height, words) in pdf::words(&temporary_files::file(&name, &bytes)) {
        let footer: Vec<String> = words
            .into_iter()
            .filter(|(_, edges)| edges[1] > height - 80.0)
            .map(|(word, _)| normal_form(&word))
            .collect();
        // The words of a line are in visual order, so each is reversed.
        for fact in ["۲۰۲۵", "۳۱", "TLP:CLEAR"] {
            assert!(footer.iter().any(|word| word == fact), "page {page}: {fact} is not in {footer:?}");
        }
    }
}

/// Formats only: paper and text size do not change the text.
fn formats() -> Vec<Variant> {
    variants().into_iter().filter(|variant| !variant.name.contains('.')).collect()
}

fn file(name: &str, content: &BriefContent, variant: &Variant) -> Option<(String, Vec<u8>)> {
    let name = format!("text/{name}.{}.pdf", variant.name);
    let printed = fitting(&name, content, &variant.options)?;
    Some((name, printed.bytes))
}

fn read_alike(name: &str, content: &BriefContent, variant: &Variant) {
    let Some((name, bytes)) = file(name, content, variant) else { return };
    let theirs = blocks(&pdf::structure(&temporary_files::file(&name, &bytes)));
    // Poppler prints no replacement text of elements.
    same(&name, &shown_text(&bytes).unwrap(), &theirs);
}

fn same(name: &str, ours: &str, theirs: &str) {
    for (line, (ours, theirs)) in ours.lines().zip(theirs.lines()).enumerate() {
        assert_eq!(ours, theirs, "{name}, line {line}: ours, then poppler's");
    }
    assert_eq!(ours.lines().count(), theirs.lines().count(), "{name}");
}

/// Returns the text of `pdfinfo -struct-text`, one line per block. An element is a line with its type, its content is
/// indented by two columns, and text is in quotes; attributes begin with a slash, annotations are called objects.
fn blocks(structure: &str) -> String {
    let mut text = String::new();
    // Open elements: their columns, and whether they are blocks.
    let mut open: Vec<(usize, bool)> = Vec::new();
    for line in structure.lines() {
        let column = line.len() - line.trim_start_matches(' ').len();
        let expected = &line[column..];
        while let Some((_, is_block)) = open.pop_if(|(at, _)| *at >= column) {
            text.push_str(if is_block { "\n" } else { "" });
        }
        if let Some(quoted) = expected.strip_prefix('"') {
            text.push_str(quoted.strip_suffix('"').unwrap_or(quoted));
        } else if !expected.starts_with('/') && !expected.starts_with("Object ") {
            let is_block = !["Span", "Link", "Reference"].iter().any(|inline| expected.starts_with(inline));
            text.push_str(if is_block { "\n" } else { "" });
            open.push((column, is_block));
        }
    }
    let lines: Vec<String> = text.split('\n').map(|line| normal_form(line).trim().to_owned()).collect();
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
