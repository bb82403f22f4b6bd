//! Search finds every word, wherever a line breaks it.

use std::collections::BTreeMap;

use chancery_print::Fonts;
use chancery_print::testing::struct_text;

use crate::{brief, printed, temporary_files};

const ENGLISH: &str = "Interdepartmental coordination of counterintelligence remained unsatisfactory, although \
    parliamentarians considered institutional accountability (notwithstanding organisational difficulties) \
    indispensable; representatives’ counterproposals disproportionately disadvantaged telecommunications, \
    infrastructural modernisation and intergovernmental understanding. ";
const RUSSIAN: &str = "Правительственная координация международного сотрудничества оставалась неудовлетворительной, \
    несмотря на многочисленные договорённости между представителями внешнеполитических ведомств. ";
const GERMAN: &str = "Die Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung und das \
    Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz beschäftigten Verwaltungsgerichte. ";

/// Returns the words of at least eight letters with their numbers of occurrences.
fn long_words(text: &str) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if word.chars().count() >= 8 {
            *words.entry(word.to_owned()).or_default() += 1;
        }
    }
    words
}

/// Checks that both readers find each long word of a brief as often as it is printed.
fn all_found(name: &str, language: &str, text: &str) {
    let heading = text.split(' ').next().unwrap();
    let content = brief(language, heading, &[&text.repeat(4), text]);
    let printed = printed(&content, &Fonts::default());
    let file = temporary_files::file(&format!("words/{name}.pdf"), &printed.bytes);
    // The structure text has every word that is printed as content; readers see artifacts too.
    let plain = text.replace('\u{ad}', "");
    let read = struct_text(&printed.bytes).unwrap();
    let by_structure = long_words(&read);
    let extracted = chancery_testkit::pdf::extracted_text(&file);
    assert!(!extracted.contains('\u{ad}'), "{extracted}");
    let by_poppler = long_words(&extracted);
    let words: Vec<String> = long_words(&plain).into_keys().collect();
    let texts: Vec<&str> = words.iter().map(String::as_str).collect();
    let by_pdfium = chancery_testkit::pdf::pdfium_matches(&file, &texts);
    assert!(words.len() > 2 && !read.contains('\u{ad}'));
    for (word, in_pdfium) in words.iter().zip(by_pdfium) {
        let printed = by_structure.get(word).copied().unwrap_or(0);
        assert!(printed >= 8, "{name}: {word} is printed {printed} times");
        assert!(by_poppler.get(word).copied().unwrap_or(0) >= printed, "{name}: poppler misses {word}");
        assert!(in_pdfium >= printed, "{name}: PDFium finds {in_pdfium} of {printed} times {word}");
    }
    chancery_testkit::pdf::assert_conform("ua1,2a", &[file]);
}

#[test]
fn words_that_the_printer_hyphenates_are_found_whole() {
    all_found("english", "en", ENGLISH);
    all_found("russian", "ru", RUSSIAN);
    all_found("german", "de", GERMAN);
}

#[test]
fn words_with_soft_hyphens_are_found_whole() {
    let hyphenated = ENGLISH.replace("at", "at\u{ad}");
    all_found("soft-hyphens", "en", &hyphenated);
    // A language without hyphenation patterns breaks where the author says.
    all_found("soft-hyphens-only", "zz", &hyphenated);
}

#[test]
fn a_bookmark_has_no_soft_hyphens() {
    let content = brief("en", "Soft\u{ad}hyphen heading", &["Text."]);
    let bytes = printed(&content, &Fonts::default()).bytes;
    let document = lopdf::Document::load_mem(&bytes).unwrap();
    let titles = document.objects.values().filter_map(|object| object.as_dict().ok()?.get(b"Title").ok());
    let titles: Vec<&[u8]> = titles.filter_map(|title| title.as_str().ok()).collect();
    assert!(titles.contains(&&b"Softhyphen heading"[..]), "{titles:?}");
}

#[test]
fn a_phrase_across_a_hyphenated_line_end_is_found() {
    let content = brief("en", "H", &[&ENGLISH.repeat(4)]);
    let file = temporary_files::file("words/phrase.pdf", &printed(&content, &Fonts::default()).bytes);
    let phrases = ["remained unsatisfactory, although", "coordination of counterintelligence remained"];
    let text = chancery_testkit::pdf::extracted_text(&file).replace('\n', " ");
    for (phrase, found) in phrases.iter().zip(chancery_testkit::pdf::pdfium_matches(&file, &phrases)) {
        assert!(found >= 4 && text.matches(phrase).count() >= 4, "{phrase}: {found}");
    }
}

#[test]
fn a_word_wider_than_its_line_is_hyphenated_in_a_heading_too_and_whole_in_the_text() {
    let word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
    let hash = "9f86d081884c7d659a2feaa0c55ad015".repeat(4);
    let content = brief("de", &format!("{word} und {word}"), &[word, &hash]);
    let bytes = printed(&content, &Fonts::default()).bytes;
    let file = temporary_files::file("words/long.pdf", &bytes);
    let found = chancery_testkit::pdf::pdfium_matches(&file, &[word, &hash]);
    let text = chancery_testkit::pdf::extracted_text(&file);
    assert!(found[0] >= 4 && text.matches(word).count() >= 4, "{found:?} {text}");
    assert!(found[1] >= 2 && text.contains(&hash), "{found:?} {text}");
}

#[test]
fn invisible_characters_behind_a_divided_word_keep_their_text() {
    // A mark on a space, a tag, a control of musical notation, and a variation selector.
    let invisible = ["\u{e0041}\u{1d173}", "\u{fe0f}", "\u{34f}\u{e0041}"];
    let texts: Vec<String> = invisible
        .iter()
        .flat_map(|invisible| (1..90).map(move |m| format!("{} {invisible}\u{fffc}a", "m".repeat(m))))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for texts in texts.chunks(3) {
        let printed = printed(&brief("en", "One", texts), &Fonts::default());
        let read = struct_text(&printed.bytes).unwrap();
        for text in texts {
            assert!(read.contains(text), "{text:?} is not read back");
        }
    }
}
