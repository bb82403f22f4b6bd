//! Fits evidence beside its paragraph: names in at most two lines, and the items that the side column holds.

use chancery_proto::brief::v1::Source;

use crate::compose::composer::Composer;
use crate::compose::evidence::CitedSource;
use crate::compose::labels::filled;
use crate::compose::margin::{COLUMN, NUMBERS};
use crate::compose::paragraph_evidence::{ParagraphEvidence, Shown};
use crate::compose::stylesheet::{BODY, MARGIN};
use crate::flow::TextBlock;
use crate::layout::Geometry;
use crate::pages::{ArtifactKind, Owner};
use crate::text::inline::{Inline, PieceKind, PieceStyle};
use crate::text::paragraph_setup::{Align, ParagraphSetup};
use crate::text::text_style::TextStyle;
use crate::units::Length;

/// Space before the grades.
const BEFORE_GRADES: Length = Length::pt(3);
/// Maximum growth of a paragraph whose evidence continues in the annex, in lines.
const MOST_GROWTH: i64 = 2;

/// Lines of each item in the side column.
struct ItemLines {
    sources: Vec<i64>,
    confidence: i64,
    exceptions: Vec<i64>,
    likely: Vec<i64>,
    changes: i64,
}

impl ItemLines {
    fn of(&self, shown: Shown) -> i64 {
        let first = |lines: &[i64], count: usize| lines.iter().take(count).sum::<i64>();
        self.confidence
            + self.changes
            + first(&self.sources, shown.sources)
            + first(&self.exceptions, shown.exceptions)
            + first(&self.likely, shown.likely)
    }

    /// Returns what fits into `room` lines. Exceptions are dropped first, then sources, whose numbers are in the
    /// text, then likelihoods, each from the end; a reference to the annex takes a line.
    fn fit(&self, room: i64, all: Shown) -> Shown {
        let mut shown = all;
        while self.of(shown) + i64::from(shown != all) > room {
            let next = [&mut shown.exceptions, &mut shown.sources, &mut shown.likely];
            match next.into_iter().find(|count| **count > 0) {
                Some(count) => *count -= 1,
                None => break,
            }
        }
        shown
    }
}

impl Composer<'_> {
    /// Limits the evidence of a paragraph to the lines of its text and two more.
    pub(crate) fn fit_beside(&mut self, block: &TextBlock, evidence: &mut ParagraphEvidence) {
        let (body, margin) = (self.sheet.fit(BODY).style, self.sheet.fit(MARGIN));
        let leading = margin.leading;
        let room = |text_lines: i64| {
            let height = block.leading * (text_lines + MOST_GROWTH);
            // The first note begins on the text's first baseline, lower than the text's top.
            let offset = (block.leading - leading) / 2 + (body.size - margin.style.size) / 3;
            let taken: Length = block.side.iter().map(|note| note.leading).sum();
            (height - offset - taken).units() / leading.units()
        };
        let measure = Geometry::new(self.options.paper, self.flow.right_to_left).main;
        // Bounds of what follows, from the number of characters: letters are on average a third to a half of the size.
        let characters = i64::try_from(block.inline.text.chars().count()).unwrap_or(i64::MAX);
        let fewest = (body.size * 3 / 10 * characters).units() / measure.units() + 1;
        let all = evidence.all();
        if self.item_lines(evidence, false).of(all) <= room(fewest) {
            return;
        }
        // Justified lines are stretched more often than they shrink, by at most 3 %.
        let width = self.typesetter.width(&block.inline);
        let text_lines = (width.units() * 97 / 100 + measure.units() - 1) / measure.units();
        let lines = self.item_lines(evidence, true);
        evidence.shown = lines.fit(room(text_lines.max(1)), all);
    }

    /// Returns the lines of each item, either measured or at most, by the number of characters.
    fn item_lines(&mut self, evidence: &ParagraphEvidence, measured: bool) -> ItemLines {
        let kind = self.sheet.fit(MARGIN);
        let indented = COLUMN - self.dots_width();
        let lines_of = |composer: &mut Self, text: &str, width: Length| -> i64 {
            let widest = kind.style.size * 65 / 100 * i64::try_from(text.chars().count()).unwrap_or(1_000);
            if widest <= width {
                return 1;
            }
            if !measured {
                return (widest.units() / width.units() + 1) * 5 / 4 + 1;
            }
            let inline = composer.plain(text, composer.sheet.fit(MARGIN.strong()).style);
            let right_to_left = composer.flow.right_to_left;
            let (indent, align, hyphenate) = (Length::ZERO, Align::Start, false);
            let setup = ParagraphSetup { measure: width, indent, align, hyphenate, right_to_left };
            i64::try_from(composer.typesetter.set(&inline, &setup).len()).unwrap_or(1)
        };
        let mut sources = Vec::with_capacity(evidence.sources.len());
        for cited in &evidence.sources {
            let name = if measured {
                let grades = self.isolated_grades(&cited.grades);
                let measure = self.name_measure(cited, &grades);
                self.name_lines(cited.source, measure).len()
            } else {
                2
            };
            sources.push(i64::try_from(name).unwrap_or(2) + i64::from(cited.only));
        }
        let confidence = match &evidence.confidence {
            Some(confidence) => {
                let word = self.lexicon.confidence(confidence.commonest as i32).unwrap_or_default();
                lines_of(self, &filled(self.labels().page.confidence_but, &[word]), indented)
            }
            None => 0,
        };
        let mut exceptions = Vec::new();
        for (level, indices) in evidence.exceptions() {
            let word = self.lexicon.confidence(*level as i32).unwrap_or_default();
            let text = format!("{word}: {}", self.openings(evidence, indices));
            exceptions.push(lines_of(self, &text, indented));
        }
        let mut likely = Vec::new();
        for index in &evidence.likely {
            let Some(likelihood) = &evidence.statements[*index].likelihood else { continue };
            let text =
                format!("{}: {}", self.lexicon.short_odds(likelihood), self.openings(evidence, &[*index]));
            likely.push(lines_of(self, &text, COLUMN) + 1);
        }
        let letters: usize = evidence.changes.iter().map(|(letter, _)| letter.len() + 6).sum();
        let changes =
            if letters == 0 { 0 } else { lines_of(self, &"0".repeat(letters + 10), COLUMN - NUMBERS) };
        ItemLines { sources, confidence, exceptions, likely, changes }
    }

    /// Returns the width of the column of numbers, which is wider for digits of Arabic script and for three of them.
    pub(crate) fn numbers_width(&self, number: usize) -> Length {
        let width = if self.flow.right_to_left { NUMBERS * 5 / 4 } else { NUMBERS };
        if number < 100 { width } else { width * 3 / 2 }
    }

    /// Returns the width of a source's name beside its number and grades.
    pub(crate) fn name_measure(&mut self, cited: &CitedSource, grades: &str) -> Length {
        let mut width = COLUMN - self.numbers_width(cited.number);
        if !grades.is_empty() {
            let strong = self.sheet.fit(MARGIN.strong()).style;
            width -= self.plain_width(grades, strong) + BEFORE_GRADES;
        }
        if cited.contradicts {
            width -= self.sheet.fit(MARGIN).style.size * 12 / 10;
        }
        width.max(Length::pt(24))
    }

    /// Returns a source's name in one or two lines; a longer name ends in an ellipsis.
    pub(crate) fn name_lines(&mut self, source: &Source, measure: Length) -> Vec<String> {
        let style = self.sheet.fit(MARGIN).style;
        let name = self.marked_source_name(source).split_whitespace().collect::<Vec<_>>().join(" ");
        if self.plain_width(&name, style) <= measure {
            return vec![name];
        }
        let (first, rest) = self.line_of(&name, style, measure);
        if rest.is_empty() {
            return vec![first];
        }
        let rest = rest.to_owned();
        if self.plain_width(&rest, style) <= measure {
            return vec![first, rest];
        }
        let ellipsis = self.plain_width("\u{2026}", style);
        let (second, _) = self.line_of(&rest, style, measure - ellipsis);
        let second = second.trim_end_matches(|c: char| c.is_ascii_punctuation());
        vec![first, format!("{second}\u{2026}")]
    }

    /// Returns the words of a text that fit on a line, and the rest. A word that is wider than the line is divided.
    fn line_of<'t>(&mut self, text: &'t str, style: TextStyle, measure: Length) -> (String, &'t str) {
        let mut end = 0;
        let mut width = Length::ZERO;
        for (start, word) in words(text) {
            let word_end = start + word.len();
            width += self.plain_width(&text[end..word_end], style);
            if width > measure {
                break;
            }
            end = word_end;
        }
        if end == 0 {
            let offsets = text.char_indices().map(|(at, c)| at + c.len_utf8());
            for next in offsets {
                if end > 0 && self.plain_width(&text[..next], style) > measure {
                    break;
                }
                end = next;
            }
        }
        (text[..end].to_owned(), text[end..].trim_start())
    }

    /// Returns the width of a text of one style without adding it to the print.
    fn plain_width(&mut self, text: &str, style: TextStyle) -> Length {
        let inline = self.plain(text, style);
        self.typesetter.width(&inline)
    }

    fn plain(&mut self, text: &str, style: TextStyle) -> Inline {
        let mut inline = Inline::default();
        let language = self.typesetter.languages.id("");
        let owner = Owner::Artifact(ArtifactKind::Layout);
        inline.push(text, PieceStyle { style, owner, link: None, language, kind: PieceKind::Text });
        inline
    }
}

/// Yields the words of a text with their byte offsets.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}
