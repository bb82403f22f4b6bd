//! The axis over a column of likelihood bars: percentages at the bounds of the scale.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::Likelihood;

use crate::compose::annotations::ticks;
use crate::compose::composer::Composer;
use crate::compose::stylesheet::AXIS;
use crate::compose::tables::TableMaker;
use crate::pages::{ArtifactKind, Owner};
use crate::text::inline::{Inline, InlineDrawing, PieceKind, PieceStyle};
use crate::units::Length;

/// Around the labels between the ends, and at the inner side of those: keeps the axis on one line.
const NO_BREAK: &str = "\u{a0}";

impl Composer<'_> {
    /// Adds the axis of bars of one width below the heading of their column, unless the table has no rows. The bars state
    /// their data, so the axis is an artifact.
    pub(crate) fn axis<'l>(
        &mut self,
        maker: &mut TableMaker,
        column: usize,
        width: Length,
        shown: impl Iterator<Item = &'l Likelihood>,
    ) {
        let scales: BTreeSet<Vec<u32>> = shown.map(|likelihood| ticks(likelihood.term)).collect();
        let bounds = match scales.into_iter().collect::<Vec<_>>().as_slice() {
            [] => return,
            [bounds] => bounds.clone(),
            // Bars of several scales share only the ends and the middle.
            _ => vec![50],
        };
        let Some(mut head) = maker.block.head.get_mut(column).map(std::mem::take) else { return };
        let mut labels = vec![(0, format!("{}{NO_BREAK}", self.lexicon.digits("0")))];
        labels.extend(bounds.iter().map(|percent| {
            let number = self.lexicon.digits(&percent.to_string());
            (*percent, format!("{NO_BREAK}{number}{NO_BREAK}"))
        }));
        labels.push((100, format!("{NO_BREAK}{}", self.lexicon.percent(100))));
        let widths: Vec<Length> = labels.iter().map(|(_, text)| self.axis_label_width(text)).collect();
        let places: Vec<(u32, Length)> =
            labels.iter().zip(&widths).map(|((percent, _), width)| (*percent, *width)).collect();
        // The axis runs like the bars, whatever the heading before it and the page do.
        let isolate = if self.bars_are_mirrored() { "\u{2067}" } else { "\u{2066}" };
        self.axis_label(&mut head, isolate);
        let mut end = Length::ZERO;
        for (index, start) in label_starts(&places, width) {
            self.axis_space(&mut head, start - end);
            self.axis_label(&mut head, &labels[index].1);
            end = start + widths[index];
        }
        self.axis_label(&mut head, "\u{2069}");
        maker.block.head[column] = head;
    }

    fn axis_label_width(&mut self, text: &str) -> Length {
        let mut inline = Inline::default();
        self.axis_label(&mut inline, text);
        self.typesetter.width(&inline)
    }

    fn axis_label(&mut self, head: &mut Inline, text: &str) {
        let style = self.axis_style(PieceKind::Text);
        head.push(text, style);
    }

    fn axis_space(&mut self, head: &mut Inline, width: Length) {
        let kind = PieceKind::Drawing(head.drawings.len());
        head.drawings.push(InlineDrawing { width, paths: Vec::new() });
        let style = self.axis_style(kind);
        head.push("\u{fffc}", style);
    }

    fn axis_style(&mut self, kind: PieceKind) -> PieceStyle {
        let language = self.typesetter.languages.id(self.lexicon.locale().tag());
        let owner = Owner::Artifact(ArtifactKind::Layout);
        PieceStyle { style: self.sheet.fit(AXIS).style, owner, link: None, language, kind }
    }
}

/// Returns the labels that have room, each with its start on an axis: the first begins and the last ends with the axis, the
/// others are centred on their percentage.
fn label_starts(labels: &[(u32, Length)], axis: Length) -> Vec<(usize, Length)> {
    let Some((last, last_width)) = labels.len().checked_sub(1).map(|last| (last, labels[last].1)) else {
        return Vec::new();
    };
    let last_start = axis - last_width;
    let mut placed: Vec<(usize, Length)> = Vec::new();
    let mut free = Length::ZERO;
    for (index, (percent, width)) in labels[..last].iter().enumerate() {
        let start = (axis * i64::from(*percent) / 100 - *width / 2).max(Length::ZERO);
        if start >= free && start + *width <= last_start {
            placed.push((index, start));
            free = start + *width;
        }
    }
    placed.push((last, last_start));
    placed
}

#[cfg(test)]
mod tests {
    use super::label_starts;
    use crate::units::Length;

    #[test]
    fn labels_are_centred_on_their_percentage_and_those_without_room_are_left_out() {
        let labels = [0, 5, 20, 45, 55, 80, 95, 100].map(|percent| (percent, Length::pt(11)));
        let axis = Length::pt(120);
        let placed = label_starts(&labels, axis);
        let percents: Vec<u32> = placed.iter().map(|(index, _)| labels[*index].0).collect();
        assert_eq!(percents, [0, 20, 45, 55, 80, 100]);
        assert_eq!(placed[1].1, Length::milli_pt(18_500));
        assert_eq!((placed[0].1, placed[5].1), (Length::ZERO, Length::pt(109)));
    }
}
