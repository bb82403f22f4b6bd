//! Split positions of a shaped word, and how much wider its halves are when shaped separately.
//!
//! A half that is shaped by itself differs from its share of the whole word only near the split, where kerning and
//! joins are undone. Long words are therefore shaped again only in a window around each split, which keeps the total
//! work linear in their length.

use crate::text::Typesetter;
use crate::text::shaping::{Setting, Word, scale};
use crate::units::Length;

/// Maximum number of glyphs of a word whose halves are shaped whole and cached.
const SHORT_WORD: usize = 64;
/// Maximum number of clusters on each side of a split that are reshaped in a longer word. Fonts look at a few
/// neighbours only.
const CONTEXT: usize = 16;

/// The clusters of one word in the order of its text, with running totals.
#[derive(Default)]
pub(crate) struct WordSplits {
    clusters: Vec<Cluster>,
    glyphs: usize,
}

struct Cluster {
    /// The byte offset in the word.
    start: usize,
    /// The width of all glyphs before it.
    before: Length,
    /// The number of glyphs before it.
    count: usize,
    width: Length,
    glyphs: usize,
    /// Whether a split before it leaves the glyphs around it unchanged.
    clean: bool,
}

impl WordSplits {
    /// Reads a word's clusters, replacing those of the previous word.
    pub(crate) fn read(&mut self, word: &Word, setting: Setting, size: Length) {
        self.clusters.clear();
        self.glyphs = word.glyphs.len();
        self.clusters.extend(word.glyphs.iter().map(|glyph| Cluster {
            start: glyph.start as usize,
            before: Length::ZERO,
            count: 0,
            width: scale(setting.face, size, glyph.advance),
            glyphs: 1,
            clean: !glyph.unsafe_to_break,
        }));
        if !self.clusters.is_sorted_by_key(|cluster| cluster.start) {
            self.clusters.sort_by_key(|cluster| cluster.start);
        }
        self.clusters.dedup_by(|next, previous| {
            let same = next.start == previous.start;
            if same {
                previous.width += next.width;
                previous.glyphs += next.glyphs;
                previous.clean |= next.clean;
            }
            same
        });
        let (mut before, mut count) = (Length::ZERO, 0);
        for cluster in &mut self.clusters {
            (cluster.before, cluster.count) = (before, count);
            before += cluster.width;
            count += cluster.glyphs;
        }
    }

    /// Returns the byte offsets at which clusters begin.
    pub(crate) fn starts(&self) -> impl Iterator<Item = usize> {
        self.clusters.iter().map(|cluster| cluster.start)
    }

    /// Returns the width and the number of the glyphs before a byte offset.
    pub(crate) fn before(&self, at: usize) -> (Length, usize) {
        let index = self.clusters.partition_point(|cluster| cluster.start < at);
        match (self.clusters.get(index), self.clusters.last()) {
            (Some(cluster), _) => (cluster.before, cluster.count),
            (None, Some(last)) => (last.before + last.width, last.count + last.glyphs),
            (None, None) => (Length::ZERO, 0),
        }
    }

    /// Returns how much wider the halves of the word are than their shares of it when it is split at a byte offset: the
    /// extra width at the end of the first half, and at the start of the second.
    pub(crate) fn extra_widths(
        &self,
        text: &str,
        at: usize,
        setting: Setting,
        size: Length,
        typesetter: &mut Typesetter,
    ) -> (Length, Length) {
        let index = self.clusters.partition_point(|cluster| cluster.start < at);
        if self.clusters.get(index).is_some_and(|cluster| cluster.start == at && cluster.clean) {
            return (Length::ZERO, Length::ZERO);
        }
        let face = setting.face;
        if self.glyphs <= SHORT_WORD {
            let (split, whole) = (self.before(at).0, self.before(text.len()).0);
            let (first, second) = text.split_at(at);
            let first = typesetter.word(first, setting).width(face, size) - split;
            let second = typesetter.word(second, setting).width(face, size) - (whole - split);
            return (first, second);
        }
        let from = self.window_start(index);
        let to = self.window_end(index, at, text.len());
        let mut width = |text: &str| typesetter.unshared_word(text, setting).width(face, size);
        let (first, second) = (width(&text[from.at..at]), width(&text[at..to.at]));
        let (split, rest) = if from.clean && to.clean {
            let split = self.before(at).0;
            (split - self.before(from.at).0, self.before(to.at).0 - split)
        } else {
            // The effect of the window's own ends is in both measurements and cancels out.
            let window = typesetter.unshared_word(&text[from.at..to.at], setting);
            let advances = |before: bool| -> Length {
                let is_before = |start: u32| (start as usize) < at - from.at;
                let half = window.glyphs.iter().filter(|glyph| is_before(glyph.start) == before);
                half.map(|glyph| scale(face, size, glyph.advance)).sum()
            };
            (advances(true), advances(false))
        };
        (first - split, second - rest)
    }

    /// Returns the nearest clean start before a cluster, or the farthest one within the window.
    fn window_start(&self, index: usize) -> WindowEnd {
        let first = index.saturating_sub(CONTEXT);
        let before = self.clusters[first..index].iter();
        let clean = before.rev().find(|cluster| cluster.clean);
        match (clean, self.clusters.get(first)) {
            (Some(cluster), _) => WindowEnd { at: cluster.start, clean: true },
            (None, Some(cluster)) if first > 0 => WindowEnd { at: cluster.start, clean: false },
            _ => WindowEnd { at: 0, clean: true },
        }
    }

    /// Returns the nearest clean start after a split, or the farthest one within the window.
    fn window_end(&self, index: usize, at: usize, length: usize) -> WindowEnd {
        let after = self.clusters[index..].iter().filter(|cluster| cluster.start > at);
        let mut last = None;
        for cluster in after.take(CONTEXT) {
            if cluster.clean {
                return WindowEnd { at: cluster.start, clean: true };
            }
            last = Some(cluster.start);
        }
        match last {
            Some(at) if self.clusters.last().is_some_and(|cluster| cluster.start > at) => {
                WindowEnd { at, clean: false }
            }
            _ => WindowEnd { at: length, clean: true },
        }
    }
}

/// One end of the window that is reshaped around a split.
struct WindowEnd {
    at: usize,
    clean: bool,
}

#[cfg(test)]
mod tests {
    use super::{SHORT_WORD, WordSplits};
    use crate::fonts::FaceId;
    use crate::text::Typesetter;
    use crate::text::shaping::Setting;
    use crate::text::text_style::Figures;
    use crate::units::Length;

    fn setting(typesetter: &mut Typesetter, arabic: bool) -> Setting {
        let script = if arabic { harfrust::Script::ARABIC } else { harfrust::Script::LATIN };
        let face = *FaceId::ALL.iter().find(|face| face.is_arabic() == arabic).unwrap();
        let language = typesetter.languages.id("en");
        Setting { face, script, right_to_left: arabic, language, figures: Figures::Proportional }
    }

    /// Compares windows with shaping both halves whole, at every split of a word.
    fn compared(text: &str, arabic: bool) {
        let mut typesetter = Typesetter::default();
        let setting = setting(&mut typesetter, arabic);
        let size = Length::pt(10);
        let word = typesetter.unshared_word(text, setting);
        assert!(word.glyphs.len() > SHORT_WORD);
        let mut splits = WordSplits::default();
        splits.read(&word, setting, size);
        let starts: Vec<usize> = splits.starts().filter(|at| *at > 0).collect();
        for at in starts {
            let (split, _) = splits.before(at);
            let (first, second) = text.split_at(at);
            let whole = word.width(setting.face, size);
            let first = typesetter.unshared_word(first, setting).width(setting.face, size) - split;
            let second =
                typesetter.unshared_word(second, setting).width(setting.face, size) - (whole - split);
            let extra_widths = splits.extra_widths(text, at, setting, size, &mut typesetter);
            assert_eq!(extra_widths, (first, second), "{text} at {at}");
        }
    }

    #[test]
    fn extra_widths_of_a_long_word_equal_those_of_shaping_both_halves() {
        compared(&"AVATAToWfiPffi".repeat(8), false);
        compared(&"incomprehensibilities".repeat(5), false);
        compared(&"الاستراتيجيةوالتعاون".repeat(6), true);
    }

    #[test]
    fn the_work_for_all_splits_of_a_word_is_linear() {
        let work = |length: usize, sample: &str, arabic: bool| {
            let text: String = sample.chars().cycle().take(length).collect();
            let mut typesetter = Typesetter::default();
            let setting = setting(&mut typesetter, arabic);
            let word = typesetter.unshared_word(&text, setting);
            let mut splits = WordSplits::default();
            splits.read(&word, setting, Length::pt(10));
            let starts: Vec<usize> = splits.starts().filter(|at| *at > 0).collect();
            for at in starts {
                splits.extra_widths(&text, at, setting, Length::pt(10), &mut typesetter);
            }
            typesetter.shaped_bytes()
        };
        for (sample, arabic) in [("AVATo", false), ("الاستراتيجية", true)] {
            let (short, long) = (work(1_000, sample, arabic), work(4_000, sample, arabic));
            assert!(long < short * 5, "{short} and {long} bytes for {sample}");
        }
    }
}
