//! Withheld content is nowhere in an edition's file: in no text, name, string or stream, compressed or not, and in no
//! font as a glyph.

use std::collections::BTreeSet;

use chancery_brief::marking::{Clearance, Policy, Scheme};
use chancery_brief::{arbitrary, redact, validate};
use chancery_print::Options;
use chancery_testkit::pdf;
use proptest::prelude::*;

use crate::samples::{documents, fitting, printed, variants};
use crate::{file_text, temporary_files};

/// Content that TLP:CLEAR must not see; `examples/README.md` lists it.
const AMBER: [&str; 9] = [
    "Zibeth",
    "zibeth",
    "77123",
    "1987-11-23",
    "23 November 1987",
    "12.345678",
    "87.654321",
    "12345678",
    "87654321",
];

#[test]
fn withheld_content_of_the_amber_brief_is_in_no_form_of_the_lower_file() {
    let (_, document) = documents().into_iter().find(|(name, _)| name == "amber-demo-1").unwrap();
    let canonical = validate::canonicalize(&document.content.unwrap(), Scheme::Tlp).unwrap();
    for policy in [Policy::Omit, Policy::Mark] {
        let lower = redact::edition(&canonical, Clearance(canonical.floor()), policy).unwrap();
        for variant in variants() {
            // The edition is embedded too, as one more place to search.
            let options = Options { attach_data: true, recipient: "The press desk", ..variant.options };
            let name = format!("canaries/amber.{}.{}.pdf", policy.as_str(), variant.name);
            let Some(printed) = fitting(&name, &lower, &options) else { continue };
            let unpacked = objects(pdf::unpacked(&temporary_files::file(&name, &printed.bytes)));
            let all_text = file_text::everything(&printed.bytes);
            for canary in AMBER {
                assert!(!all_text.contains(canary), "{canary} is in {name}");
                assert!(!holds(&unpacked, canary), "{canary} is in the unpacked {name}");
            }
        }
    }
}

#[test]
fn the_search_finds_the_content_of_the_higher_clearance() {
    let (name, document) = documents().into_iter().find(|(name, _)| name == "amber-demo-1").unwrap();
    let printed = printed(&document.content.unwrap(), &Options::default()).unwrap();
    let all_text = file_text::everything(&printed.bytes);
    assert!(all_text.contains("Zibeth") && all_text.contains("23 November 1987"), "{name}");
}

#[test]
fn a_font_has_the_glyphs_that_the_pages_show_and_no_others() {
    for (name, document) in documents() {
        let content = document.content.unwrap();
        let printed = printed(&content, &Options::default()).unwrap();
        for font in file_text::fonts(&printed.bytes) {
            assert_eq!(
                font.shown, font.mapped,
                "{name}, {}: codes shown, then codes that the font has",
                font.name
            );
            // Additional glyphs: .notdef and the parts of composed glyphs.
            assert!(
                font.outlines <= 2 * font.mapped.len() + 1,
                "{name}, {}: {} outlines",
                font.name,
                font.outlines
            );
        }
    }
}

proptest! {
    #![proptest_config(crate::config(12))]

    #[test]
    fn no_edition_of_any_brief_prints_what_it_withholds(canonical in arbitrary::canonical(), at in any::<prop::sample::Index>(), mark in any::<bool>()) {
        let levels = redact::levels(&canonical);
        let rank = levels[at.index(levels.len())];
        let policy = if mark { Policy::Mark } else { Policy::Omit };
        let edition = redact::edition(&canonical, Clearance(rank), policy).unwrap();
        let shown = canaries(&chancery_proto::json::to_string_pretty(&edition));
        let all = canaries(&chancery_proto::json::to_string_pretty(canonical.content()));
        let printed = printed(&edition, &Options { attach_data: true, ..Options::default() });
        prop_assert!(printed.is_ok(), "{:?}", printed.err());
        let found = canaries(&file_text::everything(&printed.unwrap().bytes));
        let leaked: Vec<&String> = all.difference(&shown).filter(|canary| found.contains(*canary)).collect();
        prop_assert!(leaked.is_empty(), "{leaked:?}");
        let foreign: Vec<&String> = found.difference(&shown).collect();
        prop_assert!(foreign.is_empty(), "{foreign:?}");
    }
}

/// Returns the canaries in a text: `canary-s4-r2.` names a part and its marking.
fn canaries(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("canary-") {
        let rest = &text[at..];
        let end = rest.find('.').unwrap_or(rest.len());
        if rest[..end].chars().all(|c| c == '-' || c.is_ascii_alphanumeric()) {
            found.insert(rest[..end].to_owned());
        }
    }
    found
}

/// Returns a file without its cross-reference table, which contains arbitrary numbers.
fn objects(mut file: Vec<u8>) -> Vec<u8> {
    let table = file.windows(6).rposition(|window| window == b"\nxref\n").unwrap();
    file.truncate(table);
    file
}

/// Returns whether bytes contain a text as UTF-8, UTF-16 or hexadecimal digits of either.
fn holds(bytes: &[u8], text: &str) -> bool {
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let hex = |bytes: &[u8], upper: bool| -> Vec<u8> {
        let digits =
            bytes.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
        digits.collect::<String>().into_bytes()
    };
    let forms = [
        text.as_bytes().to_vec(),
        hex(text.as_bytes(), true),
        hex(text.as_bytes(), false),
        hex(&utf16, true),
        hex(&utf16, false),
        utf16,
    ];
    forms.iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
}
