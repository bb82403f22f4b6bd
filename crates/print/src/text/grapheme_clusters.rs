//! Boundaries of grapheme clusters (UAX #29), inside which no line breaks and no box ends.

use icu_segmenter::GraphemeClusterSegmenter;

/// Boundaries of the grapheme clusters of a text.
#[derive(Debug, Default)]
pub(crate) struct GraphemeClusters {
    /// Byte offsets of the boundaries in order; `None` if every character is a cluster.
    boundaries: Option<Vec<usize>>,
}

impl GraphemeClusters {
    /// Finds the clusters of a text.
    pub(crate) fn of(text: &str) -> Self {
        // Fast path: most texts have no character that joins another in a cluster.
        if text.chars().all(stands_alone) {
            return Self::default();
        }
        Self { boundaries: Some(GraphemeClusterSegmenter::new().segment_str(text).collect()) }
    }

    /// Finds the clusters that lines keep whole: also a Thai or Lao vowel with the consonant that it is written before or
    /// after, which are separate clusters.
    pub(crate) fn for_lines(text: &str) -> Self {
        let mut clusters = Self::of(text);
        if let Some(boundaries) = &mut clusters.boundaries {
            boundaries.retain(|at| {
                let (before, after) = text.split_at(*at);
                !before.ends_with(is_leading_vowel) && !after.starts_with(is_following_vowel)
            });
        }
        clusters
    }

    /// Returns whether a cluster begins or ends at a character's byte offset.
    pub(crate) fn is_boundary(&self, at: usize) -> bool {
        self.boundaries.as_ref().is_none_or(|boundaries| boundaries.binary_search(&at).is_ok())
    }
}

/// Splits a text into its clusters.
pub(crate) fn clusters(text: &str) -> impl Iterator<Item = &str> {
    let boundaries = GraphemeClusters::of(text);
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = text.len() - rest.len();
        let ends = rest.char_indices().skip(1).map(|(at, _)| at);
        let end = ends.into_iter().find(|at| boundaries.is_boundary(start + at)).unwrap_or(rest.len());
        let (cluster, after) = rest.split_at(end);
        rest = after;
        (!cluster.is_empty()).then_some(cluster)
    })
}

/// Vowels that are written before their consonant.
const fn is_leading_vowel(c: char) -> bool {
    matches!(c, '\u{e40}'..='\u{e44}' | '\u{ec0}'..='\u{ec4}')
}

/// Vowels and signs that are written after their consonant or syllable.
const fn is_following_vowel(c: char) -> bool {
    matches!(
        c,
        '\u{e2f}'
            | '\u{e30}'
            | '\u{e32}'
            | '\u{e33}'
            | '\u{e45}'
            | '\u{e46}'
            | '\u{eaf}'
            | '\u{eb0}'
            | '\u{eb2}'
            | '\u{eb3}'
            | '\u{ec6}'
    )
}

/// Returns whether a character is a cluster of its own next to any other such character. Control characters are, except
/// CR before LF.
const fn stands_alone(c: char) -> bool {
    matches!(c, '\0'..='\u{c}' | '\u{e}'..='\u{a8}' | '\u{aa}'..='\u{ad}' | '\u{af}'..='\u{2ff}'
        | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{58f}' | '\u{620}'..='\u{64a}' | '\u{660}'..='\u{66f}'
        | '\u{671}'..='\u{6d5}' | '\u{6ee}'..='\u{6ff}' | '\u{1e00}'..='\u{200b}' | '\u{200e}'..='\u{203b}'
        | '\u{203d}'..='\u{2048}' | '\u{204a}'..='\u{20cf}' | '\u{3001}'..='\u{3029}' | '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff20}')
}

#[cfg(test)]
mod tests {
    use super::{GraphemeClusters, clusters, stands_alone};

    #[test]
    fn a_joined_sequence_is_one_cluster() {
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        let text = format!("a{family}\u{1f1ee}\u{1f1f7}क्षि\u{0e01}\u{0e33}e\u{301}");
        let found: Vec<&str> = clusters(&text).collect();
        assert_eq!(found, ["a", family, "\u{1f1ee}\u{1f1f7}", "क्षि", "\u{0e01}\u{0e33}", "e\u{301}"]);
        assert_eq!(clusters("").count(), 0);
    }

    #[test]
    fn the_fast_path_equals_full_segmentation() {
        let alone: Vec<char> = ('\0'..=char::MAX).filter(|&c| stands_alone(c)).collect();
        let text: String = alone.iter().flat_map(|&c| ['a', c, c]).collect();
        let full: Vec<usize> = icu_segmenter::GraphemeClusterSegmenter::new().segment_str(&text).collect();
        assert_eq!(full.len(), text.chars().count() + 1);
        assert!(GraphemeClusters::of(&text).is_boundary(1));
    }
}
