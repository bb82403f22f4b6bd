//! Areas of links: each is over the text of its own link and over nothing else.

use chancery_print::expected_content::ExpectedContent;

use crate::check_form::Read;
use crate::edition::elements::path;
use crate::edition::matched::sequence;
use crate::form::Kid;
use crate::refusal::{Place, Refusal};

/// How far an area may reach beyond the text of its line, in thousandths of a point.
const BEYOND: i64 = 12_000;
/// Largest height of an area, that of a line of display type.
const TALLEST: i64 = 80_000;

/// Checks the areas of all links.
pub(super) fn check(read: &Read, expected: &ExpectedContent) -> Result<(), Refusal> {
    // Elements whose text belongs to a link, by the link's element.
    let mut texts: Vec<Vec<usize>> = vec![Vec::new(); expected.elements.len()];
    for (index, element) in expected.elements.iter().enumerate() {
        for link in &element.links {
            texts[*link].push(index);
        }
    }
    for (index, element) in read.document.elements.iter().enumerate() {
        for kid in &element.kids {
            let Kid::Link(link) = kid else { continue };
            let link = &read.document.links[*link];
            if !is_over_text(read, &texts[index], (link.page, link.rect)) {
                let place = Place::Element(path(read, index));
                return Err(Refusal::new("LINK_AREA", place, "the link's area is not over its text"));
            }
        }
    }
    Ok(())
}

fn is_over_text(read: &Read, elements: &[usize], (page, rect): (usize, [i64; 4])) -> bool {
    let [left, bottom, right, top] = rect;
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    let mut add = |from: i64, to: i64| (first, last) = (first.min(from), last.max(to));
    for kid in elements.iter().flat_map(|element| &read.document.elements[*element].kids) {
        let Kid::Mark { page: on, mcid } = kid else { continue };
        if *on != page {
            continue;
        }
        let sequence = sequence(read, *on, *mcid);
        for shown in sequence.shown.iter().filter(|shown| bottom - 1_000 <= shown.y && shown.y <= top) {
            add(shown.left, shown.right);
        }
        for [from, low, to, high] in sequence.paths.iter().map(crate::content::PaintedPath::bounds) {
            if low < top && high > bottom {
                add(from, to);
            }
        }
    }
    first <= last && first - BEYOND <= left && right <= last + BEYOND && top - bottom <= TALLEST
}
