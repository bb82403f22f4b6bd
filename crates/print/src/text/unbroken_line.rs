//! Texts on one line, whatever their width: numbers of tables, which are positioned by a place inside them.

use crate::text::Typesetter;
use crate::text::inline::Inline;
use crate::text::line::{Line, Mark, Marked};
use crate::text::paragraph_setup::{Align, ParagraphSetup};
use crate::text::plain_text::SOFT_HYPHEN;
use crate::units::Length;

/// A measure that no text fills.
const UNLIMITED: Length = Length::pt(10_000_000);

impl Typesetter {
    /// Sets a text on one line; `None` if it is empty.
    pub(crate) fn unbroken_line(&mut self, inline: &Inline, right_to_left: bool) -> Option<Line> {
        let setup = ParagraphSetup {
            measure: UNLIMITED,
            indent: Length::ZERO,
            align: Align::Start,
            hyphenate: false,
            right_to_left,
        };
        self.set(inline, &setup).into_iter().next()
    }

    /// Returns the widths of a text on one line to the left and to the right of the end of the character before a byte
    /// offset; all is to the left without an offset.
    pub(crate) fn sides(
        &mut self,
        inline: &Inline,
        at: Option<usize>,
        right_to_left: bool,
    ) -> (Length, Length) {
        let Some(line) = self.unbroken_line(inline, right_to_left) else {
            return (Length::ZERO, Length::ZERO);
        };
        let end = line.left + line.width;
        let x = at.map_or(end, |at| line.edge_at(inline, at));
        (x - line.left, end - x)
    }
}

impl Line {
    /// Returns the right edge of the glyph before a byte offset of the paragraph's text, for a line that begins with
    /// the paragraph. At the text's start it is the line's left edge.
    pub(crate) fn edge_at(&self, inline: &Inline, at: usize) -> Length {
        let before = inline.text.get(..at).unwrap_or(&inline.text);
        let mut left = before.chars().filter(|c| *c != SOFT_HYPHEN).map(char::len_utf8).sum::<usize>();
        for marked in &self.marks {
            let length = marked.length(inline);
            if left > 0 && left <= length {
                return marked.edge_at(left);
            }
            left = left.saturating_sub(length);
        }
        self.left
    }

    /// Moves the line so that its visible text begins at `left`.
    pub(crate) fn moved_to(mut self, left: Length) -> Self {
        let by = left - self.left;
        self.left = left;
        for marked in &mut self.marks {
            marked.x += by;
            if let Mark::Run(run) = &mut marked.mark {
                run.x += by;
            }
        }
        self
    }
}

impl Marked {
    /// Returns the length of its text in bytes.
    fn length(&self, inline: &Inline) -> usize {
        match &self.mark {
            Mark::Run(run) => run.text.len(),
            Mark::Drawn => inline.pieces[self.piece].range.len(),
        }
    }

    /// Returns the right edge of the glyph whose cluster has the byte before an offset.
    fn edge_at(&self, at: usize) -> Length {
        let Mark::Run(run) = &self.mark else { return self.x + self.width };
        let mut x = run.x;
        for glyph in &run.glyphs {
            x += glyph.advance;
            if (glyph.cluster.start as usize..glyph.cluster.end as usize).contains(&(at - 1)) {
                return x;
            }
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use crate::graphics::Color;
    use crate::pages::{ArtifactKind, Owner};
    use crate::text::Typesetter;
    use crate::text::inline::{Inline, PieceKind, PieceStyle};
    use crate::text::text_style::{Family, Figures, TextStyle, Weight};
    use crate::units::Length;

    fn inline(typesetter: &mut Typesetter, text: &str) -> Inline {
        let style = TextStyle {
            family: Family::Sans,
            weight: Weight::Regular,
            italic: false,
            size: Length::pt(10),
            color: Color(0, 0, 0),
            rise: Length::ZERO,
            figures: Figures::Tabular,
        };
        let language = typesetter.languages.id("en");
        let owner = Owner::Artifact(ArtifactKind::Layout);
        let mut inline = Inline::default();
        inline.push(text, PieceStyle { style, owner, link: None, language, kind: PieceKind::Text });
        inline
    }

    #[test]
    fn the_sides_of_a_number_are_its_integer_part_and_the_rest_in_both_directions() {
        let mut typesetter = Typesetter::default();
        for right_to_left in [false, true] {
            let whole = inline(&mut typesetter, "12.345");
            let (left, right) = typesetter.sides(&whole, Some(2), right_to_left);
            let integer = inline(&mut typesetter, "12");
            assert_eq!(left, typesetter.width(&integer));
            assert_eq!(left + right, typesetter.width(&whole));
            assert_eq!(typesetter.sides(&integer, None, right_to_left), (left, Length::ZERO));
            let split = inline(&mut typesetter, "1\u{ad}2.345");
            assert_eq!(typesetter.sides(&split, Some(4), right_to_left), (left, right));
        }
    }
}
