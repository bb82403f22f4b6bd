//! Paragraph setting: itemise, collect breakpoints, choose line breaks, set each line.

use crate::text::Typesetter;
use crate::text::break_opportunities::{BreakpointCollector, chunks, visible_width};
use crate::text::broken_words::BrokenWords;
use crate::text::inline::Inline;
use crate::text::itemise::itemise;
pub use crate::text::line::{Line, Mark, Marked};
use crate::text::line::{LinePosition, set_line};
use crate::text::line_breaking::{LineBreak, LineFill, choose_breaks};
use crate::text::paragraph_setup::{Align, ParagraphSetup};
use crate::text::soft_hyphens::SoftHyphens;
use crate::units::Length;

/// How wide a text may be.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extents {
    /// Its widest part without a line-break opportunity.
    pub(crate) widest_word: Length,
    /// All of it on one line.
    pub(crate) width: Length,
}

impl Typesetter {
    /// Sets a paragraph.
    pub fn set(&mut self, inline: &Inline, setup: &ParagraphSetup) -> Vec<Line> {
        let Some((plain, soft_hyphens)) = SoftHyphens::take(inline) else {
            return self.set_plain(inline, &SoftHyphens::default(), setup);
        };
        let mut lines = self.set_plain(&plain, &soft_hyphens, setup);
        for line in &mut lines {
            line.range = soft_hyphens.original(line.range.start)..soft_hyphens.original(line.range.end);
        }
        lines
    }

    /// Sets a paragraph from whose text the soft hyphens are taken out.
    fn set_plain(
        &mut self,
        inline: &Inline,
        soft_hyphens: &SoftHyphens,
        setup: &ParagraphSetup,
    ) -> Vec<Line> {
        if inline.is_empty() {
            return Vec::new();
        }
        let itemised = itemise(inline, setup.right_to_left, self);
        let breaks = BreakpointCollector::collect(inline, setup, (&itemised, soft_hyphens), self);
        let rag = (setup.align != Align::Justified).then(|| play(inline));
        let chosen = choose_breaks(&breaks, LineFill { measure: setup.measure.units(), rag });
        let mut from = 0;
        let mut lines = Vec::with_capacity(chosen.len());
        let mut broken_words = BrokenWords::default();
        for LineBreak { index, overfull } in chosen {
            let ends = (&breaks[from], &breaks[index]);
            let place = LinePosition { first: from == 0, last: index == breaks.len() - 1, overfull };
            broken_words.begin_line(inline, &itemised, ends);
            lines.push(set_line((inline, &broken_words), setup, &itemised, ends, place, self));
            from = index;
        }
        lines
    }

    /// Returns the width of a text that is set on one line, however long.
    pub fn width(&mut self, inline: &Inline) -> Length {
        let plain = SoftHyphens::take(inline).map(|(plain, _)| plain);
        let inline = plain.as_ref().unwrap_or(inline);
        itemise(inline, false, self).fragments.iter().map(|fragment| fragment.width).sum()
    }

    /// Returns the widths of a text whose words are not hyphenated.
    pub(crate) fn extents(&mut self, inline: &Inline) -> Extents {
        let plain = SoftHyphens::take(inline).map(|(plain, _)| plain);
        let itemised = itemise(plain.as_ref().unwrap_or(inline), false, self);
        let words = chunks(&itemised).map(|range| visible_width(&itemised.fragments[range]));
        let widest_word = words.fold(Length::ZERO, Length::max);
        Extents { widest_word, width: itemised.fragments.iter().map(|fragment| fragment.width).sum() }
    }
}

/// Returns how far lines of ragged text may fall short before it counts: four ems.
fn play(inline: &Inline) -> i64 {
    inline.pieces.first().map_or(0, |piece| piece.style.size.units() * 4)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Align, Line, Mark, ParagraphSetup};
    use crate::graphics::Color;
    use crate::pages::{ArtifactKind, Owner};
    use crate::text::Typesetter;
    use crate::text::inline::{Inline, PieceKind, PieceStyle};
    use crate::text::text_style::{Family, Figures, TextStyle, Weight};
    use crate::units::Length;

    const ENGLISH: &str = "Moscow under Putin and Tehran carry more joint weight in world affairs than they did \
        some years ago, and the partnership has become closer in defence, commerce and diplomacy; it remains, \
        however, an arrangement of convenience between governments whose interests differ in the Caucasus, in \
        Syria and on the oil market, and which distrust each other for reasons of history.";

    fn style() -> TextStyle {
        TextStyle {
            family: Family::Serif,
            weight: Weight::Regular,
            italic: false,
            size: Length::pt(10),
            color: Color(0, 0, 0),
            rise: Length::ZERO,
            figures: Figures::Proportional,
        }
    }

    fn inline(typesetter: &mut Typesetter, text: &str, language: &str) -> Inline {
        let mut inline = Inline::default();
        let language = typesetter.languages.id(language);
        let owner = Owner::Artifact(ArtifactKind::Layout);
        inline.push(text, PieceStyle { style: style(), owner, link: None, language, kind: PieceKind::Text });
        inline
    }

    fn setup(measure: Length) -> ParagraphSetup {
        ParagraphSetup {
            measure,
            indent: Length::ZERO,
            align: Align::Justified,
            hyphenate: true,
            right_to_left: false,
        }
    }

    fn set(text: &str, language: &str, measure: Length) -> (Inline, Vec<Line>) {
        let mut typesetter = Typesetter::default();
        let inline = inline(&mut typesetter, text, language);
        let lines = typesetter.set(&inline, &setup(measure));
        (inline, lines)
    }

    /// Returns the text of the lines' runs in logical order.
    fn run_text(lines: &[Line]) -> String {
        let marks = lines.iter().flat_map(|line| &line.marks);
        marks
            .filter_map(|marked| match &marked.mark {
                Mark::Run(run) => Some(&*run.text),
                Mark::Drawn => None,
            })
            .collect()
    }

    #[test]
    fn justified_lines_fill_the_measure_and_contain_the_text() {
        let measure = Length::mm(122);
        let (inline, lines) = set(ENGLISH, "en", measure);
        assert!(lines.len() > 3);
        for line in &lines[..lines.len() - 1] {
            // Rounding leaves less than a thousandth of a point.
            assert!((line.width - measure).units().abs() < 65, "{:?}", line.width - measure);
            assert!(!line.overfull);
        }
        assert_eq!(extracted(&lines), inline.text);
    }

    #[test]
    fn no_justified_gap_is_under_140_thousandths_of_an_em() {
        for measure in (20..130).step_by(3).map(Length::mm) {
            let (_, lines) = set(ENGLISH, "en", measure);
            for line in lines.iter().filter(|line| !line.overfull) {
                for marked in &line.marks {
                    let Mark::Run(run) = &marked.mark else { continue };
                    for glyph in &run.glyphs {
                        let cluster = &run.text[glyph.cluster.start as usize..glyph.cluster.end as usize];
                        let gap = (glyph.advance + run.letterspace) * i64::from(run.expansion) / 100_000;
                        assert!(cluster != " " || gap >= Length::milli_pt(1_399), "{gap:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_word_wider_than_the_measure_is_broken() {
        let long = "x".repeat(500);
        let (_, lines) = set(&format!("Before {long} after."), "en", Length::mm(122));
        assert!(lines.iter().all(|line| line.width.to_milli_pt() <= Length::mm(122).to_milli_pt() + 1));
        assert_eq!(run_text(&lines), format!("Before {long} after."));
    }

    /// Returns the bytes that are shaped to set a paragraph.
    fn shaped(text: &str, language: &str) -> usize {
        let mut typesetter = Typesetter::default();
        let inline = inline(&mut typesetter, text, language);
        let right_to_left = language == "fa";
        typesetter.set(&inline, &ParagraphSetup { right_to_left, ..setup(Length::mm(122)) });
        typesetter.shaped_bytes()
    }

    #[test]
    fn the_work_of_shaping_a_long_word_is_linear() {
        for (sample, language) in [
            ("AVATo", "en"),
            ("x", "en"),
            ("incomprehensibilities", "en"),
            ("الاستراتيجية", "fa"),
            ("сверхъестественность", "ru"),
            ("https://example.org/AVAToWa/", "en"),
            ("กรุงเทพมหานคร", "th"),
        ] {
            let word = |letters: usize| -> String { sample.chars().cycle().take(letters).collect() };
            let (short, long) = (shaped(&word(1_000), language), shaped(&word(4_000), language));
            assert!(long < short * 5, "{short} and {long} bytes for {sample}");
            let several = format!("{0} {0}1 {0}2 {0}3", word(1_000));
            let many = shaped(&several, language);
            assert!(many < short * 5, "{short} and {many} bytes for {sample}");
        }
    }

    #[test]
    fn invisible_break_opportunities_in_a_row_count_as_one() {
        for invisible in ["\u{200b}", "\u{200b}\u{200d}"] {
            let mut typesetter = Typesetter::default();
            let text = format!("{ENGLISH}{}{ENGLISH}", invisible.repeat(2_000));
            let inline = inline(&mut typesetter, &text, "en");
            let itemised = crate::text::itemise::itemise(&inline, false, &mut typesetter);
            let setup = setup(Length::mm(122));
            let breaks = crate::text::break_opportunities::BreakpointCollector::collect(
                &inline,
                &setup,
                (&itemised, &crate::text::soft_hyphens::SoftHyphens::default()),
                &mut typesetter,
            );
            assert!(breaks.len() < 500, "{}", breaks.len());
            assert_eq!(run_text(&typesetter.set(&inline, &setup)).replace('\u{ad}', ""), text);
        }
    }

    /// Returns how far a line's marks reach to the left and to the right of the measure.
    fn beyond(line: &Line, measure: Length) -> (Length, Length) {
        let left = line.marks.iter().map(|marked| marked.x).min().unwrap();
        let right = line.marks.iter().map(|marked| marked.x + marked.width).max().unwrap();
        (-left, right - measure)
    }

    #[test]
    fn hyphens_stops_and_commas_hang_at_the_end_of_a_line_and_letters_do_not() {
        let mut hung = 0;
        for measure in (40..130).map(Length::mm) {
            let (_, lines) = set(ENGLISH, "en", measure);
            for line in &lines[..lines.len() - 1] {
                let last = run_text(std::slice::from_ref(line)).trim_end().chars().next_back().unwrap();
                let (left, right) = beyond(line, measure);
                assert_eq!(left, Length::ZERO);
                if matches!(last, ',' | '\u{ad}') {
                    hung += 1;
                    assert!(right > Length::milli_pt(1_400) && right < Length::milli_pt(2_200), "{right:?}");
                } else if last.is_alphabetic() {
                    assert!(right.to_milli_pt().abs() <= 1, "{last} {right:?}");
                }
            }
        }
        assert!(hung > 40, "{hung}");
    }

    #[test]
    fn an_opening_quotation_mark_hangs_at_the_start_of_justified_text_only() {
        let quoted = format!("“{ENGLISH}”");
        let measure = Length::mm(122);
        let (_, lines) = set(&quoted, "en", measure);
        let (left, _) = beyond(&lines[0], measure);
        assert!(left > Length::milli_pt(1_500), "{left:?}");
        let mut typesetter = Typesetter::default();
        let inline = inline(&mut typesetter, &quoted, "en");
        for line in typesetter.set(&inline, &ParagraphSetup { align: Align::Start, ..setup(measure) }) {
            let (left, right) = beyond(&line, measure);
            assert!(left == Length::ZERO && right <= Length::ZERO);
        }
    }

    #[test]
    fn nothing_hangs_where_lines_run_from_right_to_left() {
        let mut typesetter = Typesetter::default();
        let text = "«روسیه، ایران، شراکت، محدودیت‌ها، سال‌ها، (Iran), (Russia), “trade”. ".repeat(6);
        let inline = inline(&mut typesetter, &text, "fa");
        let measure = Length::mm(70);
        for line in typesetter.set(&inline, &ParagraphSetup { right_to_left: true, ..setup(measure) }) {
            assert!(
                line.left >= -Length::milli_pt(1) && line.left + line.width <= measure + Length::milli_pt(1)
            );
        }
    }

    /// Returns the runs of the lines.
    fn runs(lines: &[Line]) -> Vec<&crate::pages::GlyphRun> {
        let marks = lines.iter().flat_map(|line| &line.marks);
        let run = marks.map(|marked| match &marked.mark {
            Mark::Run(run) => Some(run),
            Mark::Drawn => None,
        });
        run.flatten().collect()
    }

    /// Returns the text of the lines as readers extract it.
    fn extracted(lines: &[Line]) -> String {
        let mut text = String::new();
        for run in runs(lines) {
            let mut replaced = run.actual_texts.iter().peekable();
            let mut last = None;
            for (index, glyph) in run.glyphs.iter().enumerate() {
                if let Some(actual) = replaced.peek().filter(|actual| actual.glyphs.contains(&index)) {
                    if actual.glyphs.start == index {
                        text.push_str(&actual.text);
                    }
                    replaced.next_if(|actual| actual.glyphs.end == index + 1);
                } else if last != Some(&glyph.cluster) {
                    text.push_str(&run.text[glyph.cluster.start as usize..glyph.cluster.end as usize]);
                }
                last = Some(&glyph.cluster);
            }
        }
        crate::readback::normal_form(&text)
    }

    #[test]
    fn a_hyphenated_word_is_whole_in_the_text_of_its_first_line() {
        let text = "incomprehensibilities, incomprehensibilities.";
        let (_, lines) = set(text, "en", Length::mm(30));
        assert!(run_text(&lines[..1]).ends_with('\u{ad}'));
        let actual: Vec<&str> =
            runs(&lines).iter().flat_map(|run| &run.actual_texts).map(|actual| &*actual.text).collect();
        assert_eq!(actual, ["incomprehensibilities,", " ", "incomprehensibilities", "."]);
        assert_eq!(extracted(&lines), text);
    }

    #[test]
    fn soft_hyphens_are_no_text_and_break_words_where_they_are() {
        for millimetres in 6..60 {
            let (inline, lines) =
                set("co\u{ad}or\u{ad}di\u{ad}na\u{ad}tion of it", "zz", Length::mm(millimetres));
            assert_eq!(extracted(&lines), "coordination of it");
            assert_eq!(lines.last().unwrap().range.end, inline.text.len());
            for line in &lines {
                let shown = run_text(std::slice::from_ref(line));
                let broken = shown.strip_suffix('\u{ad}').unwrap_or("co");
                assert!(
                    ["co", "coor", "coordi", "coordina", "or", "ordi", "ordina", "di", "dina", "na"]
                        .contains(&broken),
                    "{broken}"
                );
            }
        }
    }

    #[test]
    fn addresses_break_after_separators_without_a_hyphen() {
        let address =
            "https://www.consilium.europa.eu/en/press-releases/2025/international-sanctions-implementation/";
        for millimetres in (30..120).step_by(5) {
            let text = format!("See {address} for it and so on, then more words follow here.");
            let (_, lines) = set(&text, "en", Length::mm(millimetres));
            for line in &lines[..lines.len() - 1] {
                let shown = run_text(std::slice::from_ref(line));
                assert!(!shown.contains('\u{ad}'), "{shown}");
                let is_inside = line.range.end > 4 && line.range.end < 4 + address.len();
                assert!(!is_inside || shown.ends_with(['/', '-', '.', '_', '=', '%', ',']), "{shown}");
            }
            assert_eq!(extracted(&lines), text);
        }
    }

    #[test]
    fn a_line_that_only_holes_would_fill_is_ragged() {
        let address = "a".repeat(58);
        let (_, lines) = set(&format!("See {address}/{address}/x for it."), "en", Length::mm(122));
        let gap = Length::pt(10);
        for run in runs(&lines) {
            let spaces =
                run.glyphs.iter().filter(|glyph| run.text[glyph.cluster.start as usize..].starts_with(' '));
            assert!(spaces.into_iter().all(|space| space.advance <= gap), "{}", run.text);
        }
    }

    #[test]
    fn no_line_begins_inside_a_grapheme_cluster() {
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        for cluster in
            ["e\u{301}\u{323}", "क्षि", "ที่", family, "\u{1f1ee}\u{1f1f7}", "กำ", "x\u{fe0f}\u{20e3}"]
        {
            let text = cluster.repeat(40);
            let clusters = crate::text::grapheme_clusters::GraphemeClusters::of(&text);
            for millimetres in (5..60).step_by(3) {
                let (_, lines) = set(&text, "en", Length::mm(millimetres));
                assert!(lines.iter().all(|line| clusters.is_boundary(line.range.start)), "{cluster}");
            }
        }
    }

    #[test]
    fn persian_inside_english_runs_from_right_to_left_in_joined_forms() {
        let (inline, lines) = set("The title روسیه و ایران is Persian.", "en", Length::mm(122));
        let runs: Vec<_> = lines[0].marks.iter().collect();
        assert_eq!(runs.len(), 3);
        assert_eq!(run_text(&lines), inline.text);
        let Mark::Run(persian) = &runs[1].mark else { panic!("a run") };
        assert!(persian.face.is_arabic());
        let clusters: Vec<u32> = persian.glyphs.iter().map(|glyph| glyph.cluster.start).collect();
        assert!(clusters.is_sorted_by(|a, b| a >= b), "{clusters:?}");
        assert!(runs[0].x < runs[1].x && runs[1].x < runs[2].x);
    }

    #[test]
    fn a_right_to_left_paragraph_is_right_aligned_and_keeps_trailing_spaces() {
        let mut typesetter = Typesetter::default();
        let text = "روسیه و ایران شراکت و محدودیت‌های آن در سال‌های اخیر";
        let inline = inline(&mut typesetter, text, "fa");
        let measure = Length::mm(40);
        let setup =
            ParagraphSetup { align: Align::Start, right_to_left: true, hyphenate: false, ..setup(measure) };
        let lines = typesetter.set(&inline, &setup);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| line.left + line.width == measure));
        assert_eq!(run_text(&lines), text);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_set_completely_and_in_order(text in "\\PC{1,80}", millimetres in 3_i64..130) {
            let (inline, lines) = set(&text, "en", Length::mm(millimetres));
            let mut at = 0;
            for line in &lines {
                prop_assert_eq!(line.range.start, at);
                at = line.range.end;
                let excess = (line.width - Length::mm(millimetres)).to_milli_pt();
                prop_assert!(line.overfull || excess <= 1, "{excess}");
            }
            prop_assert_eq!(at, inline.text.len());
            let plain = |text: &str| text.replace('\u{ad}', "");
            prop_assert_eq!(plain(&run_text(&lines)), plain(&inline.text));
        }
    }
}
