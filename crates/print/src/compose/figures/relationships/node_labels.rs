//! The labels of actors in the drawing: their names, of which long ones lose words in their middle. The list below the
//! drawing has the whole names.

use std::collections::BTreeSet;

use crate::compose::figures::sketch::Ruler;
use crate::compose::stylesheet::{FIGURE, TypeSpec};
use crate::text::grapheme_clusters::clusters;
use crate::units::Length;

/// The type of labels.
pub(super) const LABEL_TYPE: TypeSpec = FIGURE.strong();

/// Returns the labels of actors with these names, of at most a number of lines in a measure; `None` if two names become
/// the same label.
pub(super) fn node_labels(names: &[String], room: (Length, i64), ruler: &mut Ruler) -> Option<Vec<String>> {
    let labels: Vec<String> = names.iter().map(|name| node_label(name, room, ruler)).collect();
    let different = |texts: &[String]| texts.iter().collect::<BTreeSet<_>>().len();
    (different(&labels) == different(names)).then_some(labels)
}

fn node_label(name: &str, (measure, lines): (Length, i64), ruler: &mut Ruler) -> String {
    let mut fits = |label: &str| ruler.height(label, LABEL_TYPE, measure) <= LABEL_TYPE.leading * lines;
    if fits(name) {
        return name.to_owned();
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let of_words = |kept: usize| ends_of(&words, kept, " ");
    // A name of few long words, or in a script without spaces, keeps letters instead.
    if words.len() > 2 && fits(&of_words(2)) {
        return of_words(most(words.len(), |kept| fits(&of_words(kept))));
    }
    let letters: Vec<&str> = clusters(name).collect();
    let of_letters = |kept: usize| ends_of(&letters, kept, "");
    of_letters(most(letters.len(), |kept| fits(&of_letters(kept))))
}

/// Returns the first and the last parts of a name, `kept` together, around an ellipsis.
fn ends_of(parts: &[&str], kept: usize, space: &str) -> String {
    let (first, last) = (kept.div_ceil(2), kept / 2);
    let (start, end) = (&parts[..first], &parts[parts.len() - last..]);
    format!("{}{space}\u{2026}{space}{}", start.join(space), end.join(space))
}

/// Returns the largest number below `count` that fits, at least 2, if all smaller ones do.
fn most(count: usize, mut fits: impl FnMut(usize) -> bool) -> usize {
    let (mut enough, mut excessive) = (2, count.max(3));
    while excessive - enough > 1 {
        let middle = enough + (excessive - enough) / 2;
        if fits(middle) { enough = middle } else { excessive = middle }
    }
    enough
}

#[cfg(test)]
mod tests {
    use super::{LABEL_TYPE, node_labels};
    use crate::compose::figures::sketch::tests::ruled;
    use crate::units::Length;

    const MEASURE: Length = Length::pt(110);

    fn labels(names: &[&str]) -> Option<Vec<String>> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        ruled(|ruler| node_labels(&names, (MEASURE, 2), ruler))
    }

    #[test]
    fn a_name_of_two_lines_is_whole_and_a_longer_one_keeps_its_first_and_last_words() {
        let short = "Ministry of Foreign Affairs";
        let long = "The Interdepartmental Commission on the Settlement of Claims from the Dissolution of the \
            Customs Union and of the Payments Union of the Northern Federation";
        let labels = labels(&[short, long]).unwrap();
        assert_eq!(labels[0], short);
        let (start, end) = labels[1].split_once(" \u{2026} ").unwrap();
        assert!(long.starts_with(start) && long.ends_with(end), "{labels:?}");
        assert!(start.len() > 12 && end.len() > 8, "{labels:?}");
        let lines = ruled(|ruler| ruler.height(&labels[1], LABEL_TYPE, MEASURE));
        assert_eq!(lines, LABEL_TYPE.leading * 2);
    }

    #[test]
    fn a_name_without_spaces_keeps_its_first_and_last_letters() {
        let long = format!("Gesellschaft{}verwaltung", "verkehrs".repeat(15));
        let label = labels(&[&long]).unwrap().remove(0);
        let (start, end) = label.split_once('\u{2026}').unwrap();
        assert!(long.starts_with(start) && long.ends_with(end) && start.len() > 12, "{label}");
    }

    #[test]
    fn names_that_would_become_the_same_label_have_none() {
        let name = |middle: &str| {
            format!(
                "The Interdepartmental Commission on Claims from the {middle} Union of the Northern Federation of Republics"
            )
        };
        assert_eq!(labels(&[&name("Customs"), &name("Payments")]), None);
        assert!(labels(&["Same", "Same"]).is_some(), "two actors may have one name");
    }
}
