//! Addresses are printed as they are.

use chancery_print::testing::struct_text;
use chancery_print::{Fonts, Limits, Options, print};
use chancery_proto::brief::v1::{Citation, Source};
use std::ops::ControlFlow;

use crate::{brief, printed, temporary_files};

const ADDRESSES: [&str; 5] = [
    "https://www.consilium.europa.eu/en/press/press-releases/2025/international-sanctions-implementation/",
    "https://www.bundesregierung.de/aussenwirtschaftsverordnung/durchfuehrungsbestimmungen.html",
    "/var/lib/telecommunications/configuration/international.conf",
    "Pressestelle.Aussenministerium@bundesministerium.example.org",
    "https://example.org/search?q=international%20telecommunications,administration&page=responsibilities",
];

#[test]
fn addresses_in_text_and_cells_break_after_separators_and_gain_no_hyphen() {
    for address in ADDRESSES {
        let text = format!("See {address} for it, and {address} once more. ");
        let content = brief("en", "Addresses", &[&text.repeat(3), address]);
        let bytes = printed(&content, &Fonts::default()).bytes;
        assert_eq!(struct_text(&bytes).unwrap().matches(address).count(), 20, "{address}");
        let file = temporary_files::file("addresses/text.pdf", &bytes);
        // Lines as printed: poppler gives words with their boxes, the invisible mark of a broken part included.
        let text = chancery_testkit::pdf::extracted_text(&file);
        assert!(!text.contains(['\u{ad}', '\u{2010}']), "{text}");
        let joined: String = text.chars().filter(|c| !matches!(c, '\n' | '\u{200e}')).collect();
        assert!(joined.matches(address).count() >= 20, "{address}: {text}");
        for line in text.lines().filter(|line| !line.is_empty()) {
            // A part of an address at a line's end ends in a separator.
            let last = line.rsplit(' ').next().unwrap().trim_matches('\u{200e}');
            let is_cut = last.len() > 6 && address.contains(last) && !address.ends_with(last);
            let next = address.find(last).and_then(|at| address[at + last.len()..].chars().next());
            let ends = last.ends_with(['/', '-', '.', '_', '=', '%', ',']);
            assert!(!is_cut || ends || next.is_some_and(|c| "/-._=%,".contains(c)), "{last} in {text}");
        }
    }
}

#[test]
fn an_address_of_a_source_is_printed_decoded_and_linked_encoded() {
    for (url, shown, target) in [
        (
            "https://en.wikipedia.org/wiki/Iran\u{2013}Russia_relations",
            "en.wikipedia.org/wiki/Iran\u{2013}Russia_relations",
            "https://en.wikipedia.org/wiki/Iran%E2%80%93Russia_relations",
        ),
        (
            "https://fa.wikipedia.org/wiki/%D8%B1%D8%B3%D8%A7%D9%86%D9%87%E2%80%8C%D9%87%D8%A7",
            "fa.wikipedia.org/wiki/\u{631}\u{633}\u{627}\u{646}\u{647}%E2%80%8C\u{647}\u{627}",
            "https://fa.wikipedia.org/wiki/%D8%B1%D8%B3%D8%A7%D9%86%D9%87%E2%80%8C%D9%87%D8%A7",
        ),
        (
            "https://hi.example/%E0%A4%AD%E0%A4%BE?a=%2F%20b",
            "hi.example/%E0%A4%AD%E0%A4%BE?a=%2F%20b",
            "https://hi.example/%E0%A4%AD%E0%A4%BE?a=%2F%20b",
        ),
        (
            "https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16%3C1661::AID-SIM968%3E3.0.CO;2-2",
            "doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16%3C1661::AID-SIM968%3E3.0.CO;2-2",
            "https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16%3C1661::AID-SIM968%3E3.0.CO;2-2",
        ),
    ] {
        let mut content = brief("en", "Links", &["Text."]);
        content.sources =
            vec![Source { id: "src".into(), title: "T".into(), url: url.into(), ..Source::default() }];
        if let Some(chancery_proto::brief::v1::block::Kind::Paragraph(paragraph)) =
            &mut content.sections[0].blocks[0].kind
        {
            paragraph.statements[0].citations =
                vec![Citation { source_id: "src".into(), ..Citation::default() }];
        }
        let mut observe = |_| ControlFlow::Continue(());
        let printed = print(
            &chancery_print::testing::edition(&content),
            &Options::default(),
            &Limits::default(),
            &Fonts::default(),
            &mut observe,
        )
        .unwrap();
        assert_eq!(printed.warnings, [], "{url}");
        let text = struct_text(&printed.bytes).unwrap();
        assert!(text.contains(shown) && !text.contains("https://"), "{shown} is not in {text}");
        let document = lopdf::Document::load_mem(&printed.bytes).unwrap();
        let uris = document.objects.values().filter_map(|object| {
            object.as_dict().ok()?.get(b"A").ok()?.as_dict().ok()?.get(b"URI").ok()?.as_str().ok()
        });
        assert!(uris.into_iter().any(|uri| uri == target.as_bytes()), "{target}");
    }
}

#[test]
fn a_line_beside_an_address_keeps_its_word_spaces() {
    for address in ADDRESSES {
        let text =
            format!("According to the register at {address} and to {address} the vessel left the port. ");
        let content = brief("en", "Spaces", &[&text.repeat(6)]);
        let file = temporary_files::file("addresses/spaces.pdf", &printed(&content, &Fonts::default()).bytes);
        // The contents are above the paragraph on the first page; a table or the footer follows it.
        let (_, _, _, words) = chancery_testkit::pdf::words(&file).swap_remove(0);
        let body: Vec<_> = words
            .into_iter()
            .skip_while(|(word, _)| word != "According")
            .take_while(|(word, _)| word != "Table" && word != "1")
            .collect();
        assert!(body.len() > 50, "{body:?}");
        for pair in body.windows(2) {
            let [(word, one), (next, other)] = pair else { unreachable!("windows of two") };
            // The body is set in 10 points, so a word space is about 2.5 points wide.
            let is_one_line = (one[3] - other[3]).abs() < 0.1;
            let gap = other[0] - one[2];
            assert!(!is_one_line || gap < 10.0, "{address}: {gap} between {word} and {next}");
        }
    }
}
