//! Setting of scripts without word spaces.

use chancery_print::graphics::Color;
use chancery_print::pages::{ArtifactKind, Owner};
use chancery_print::text::Typesetter;
use chancery_print::text::inline::{Inline, PieceKind, PieceStyle};
use chancery_print::text::paragraph::{Line, Mark};
use chancery_print::text::paragraph_setup::{Align, ParagraphSetup};
use chancery_print::text::text_style::{Family, Figures, TextStyle, Weight};
use chancery_print::units::Length;

use crate::{SENTENCE, han};

fn set(text: &str, language: &str, measure: Length) -> Vec<Line> {
    let mut typesetter = Typesetter::new(&han());
    let style = TextStyle {
        family: Family::Serif,
        weight: Weight::Regular,
        italic: false,
        size: Length::pt(10),
        color: Color(0, 0, 0),
        rise: Length::ZERO,
        figures: Figures::Proportional,
    };
    let mut inline = Inline::default();
    let language = typesetter.languages.id(language);
    let owner = Owner::Artifact(ArtifactKind::Layout);
    inline.push(text, PieceStyle { style, owner, link: None, language, kind: PieceKind::Text });
    let (indent, align) = (Length::ZERO, Align::Justified);
    typesetter.set(&inline, &ParagraphSetup { measure, indent, align, hyphenate: true, right_to_left: false })
}

fn text_of(line: &Line) -> String {
    let runs = line.marks.iter().filter_map(|marked| match &marked.mark {
        Mark::Run(run) => Some(&*run.text),
        Mark::Drawn => None,
    });
    runs.collect()
}

/// Returns the distances between the origins of adjacent characters.
fn steps(line: &Line) -> Vec<i64> {
    let runs = line.marks.iter().filter_map(|marked| match &marked.mark {
        Mark::Run(run) => Some(run),
        Mark::Drawn => None,
    });
    let scaled = |run: &chancery_print::pages::GlyphRun, index: usize| {
        ((run.glyphs[index].advance + run.letterspace) * i64::from(run.expansion) / 100_000).to_milli_pt()
    };
    runs.flat_map(|run| (0..run.glyphs.len()).map(|index| scaled(run, index)).collect::<Vec<_>>()).collect()
}

#[test]
fn justified_japanese_fills_its_measure_by_moving_all_characters_apart_alike() {
    for millimetres in 40..130 {
        let measure = Length::mm(millimetres);
        let lines = set(&SENTENCE.repeat(5), "ja", measure);
        assert!(lines.len() > 2);
        for line in &lines[..lines.len() - 1] {
            let short = (measure - line.width).to_milli_pt();
            assert!(!line.overfull && short.abs() <= 1, "{short}");
            let steps = steps(line);
            let between = &steps[..steps.len() - 1];
            let (least, most) = (between.iter().min().unwrap(), between.iter().max().unwrap());
            assert!(most - least <= 40 && *least > 9_700, "{least} to {most}");
        }
    }
}

#[test]
fn no_line_begins_with_closing_punctuation_nor_ends_with_an_opening_bracket() {
    for millimetres in 12..130 {
        for language in ["ja", "zh-Hans", "en"] {
            for line in set(&SENTENCE.repeat(3), language, Length::mm(millimetres)) {
                let text = text_of(&line);
                assert!(!text.starts_with(['、', '。', '」']) && !text.ends_with('「'), "{text}");
                assert!(!line.hyphen);
            }
        }
    }
}

#[test]
fn latin_words_and_digits_within_japanese_keep_the_texts_own_face_and_stay_whole() {
    let text = "日本の外交は2026年のPartnershipの中で大きく、東京の情報の研究を書く。".repeat(4);
    for line in set(&text, "ja", Length::mm(60)) {
        for marked in &line.marks {
            let Mark::Run(run) = &marked.mark else { panic!("a run") };
            let latin = run.text.chars().any(|c| c.is_ascii_alphanumeric());
            assert_eq!(latin, format!("{:?}", run.face) == "Serif", "{}", run.text);
        }
        assert!(!text_of(&line).starts_with("artnership"));
    }
}

#[test]
fn unclosed_isolates_and_long_words_stay_in_the_measure() {
    let measure = Length::mm(60);
    let word = "x".repeat(500);
    let texts = [
        format!("\u{2067}{SENTENCE} abc \u{2068}روسیه \u{2066}{word}"),
        "\u{2067}".repeat(300),
        format!("{}a{}", "\u{202E}".repeat(200), "\u{2069}".repeat(200)),
        format!("{word}{}", SENTENCE.repeat(2)),
        "国".repeat(500),
        format!("https://example.org/{}", "a%20b/".repeat(100)),
    ];
    for text in texts {
        let lines = set(&text, "en", measure);
        assert_eq!(lines.iter().map(text_of).collect::<String>().replace('\u{ad}', ""), text);
        for line in lines {
            assert!(!line.overfull && line.width <= measure + Length::milli_pt(1), "{text}");
        }
    }
}
