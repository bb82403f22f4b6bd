//! The structure tree with its content, element by element.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chancery_print::expected_content::{ExpectedContent, PieceContent};

use crate::check_form::Read;
use crate::edition::destinations::Destinations;
use crate::edition::element_text::ElementText;
use crate::edition::images::Images;
use crate::edition::matched::{Matched, sequence};
use crate::edition::page_references::PageReferences;
use crate::edition::paths::ElementPaths;
use crate::form::Kid;
use crate::refusal::{Place, Refusal};

/// Compares the types of all elements, and their child elements in order.
pub(super) fn same_types(read: &Read, expected: &ExpectedContent) -> Result<(), Refusal> {
    let found = &read.document.elements;
    let place = |element: usize| Place::Element(path(read, element));
    if found.len() != expected.elements.len() {
        let message =
            format!("the file has {} elements and the edition {}", found.len(), expected.elements.len());
        return Err(Refusal::new("ELEMENTS", Place::File, message));
    }
    for (index, (element, known)) in found.iter().zip(&expected.elements).enumerate() {
        let kids = element.kids.iter().filter_map(|kid| match kid {
            Kid::Element(kid) => Some(*kid),
            _ => None,
        });
        if element.kind != known.kind || !kids.eq(known.kids.iter().map(|(_, kid)| *kid)) {
            return Err(Refusal::new(
                "ELEMENTS",
                place(index),
                "the element has another type or other child elements",
            ));
        }
        let has_link = element.kids.iter().any(|kid| matches!(kid, Kid::Link(_)));
        if has_link && !known.is_link {
            return Err(Refusal::new("ELEMENTS", place(index), "the element has a link"));
        }
    }
    Ok(())
}

/// Compares the text, paths and images of all elements, whose types are compared already.
pub(super) fn compare(
    read: &Read,
    (expected, images): (&ExpectedContent, &Images),
    destinations: &Destinations,
) -> Result<Matched, Refusal> {
    let mut anchored: Vec<(usize, u32)> = expected.anchors.iter().filter_map(|anchor| anchor.text).collect();
    anchored.sort_unstable();
    let mut comparison = Comparison {
        read,
        expected,
        destinations,
        anchored,
        matched: Matched {
            seqs: read.document.pages.iter().map(|page| vec![0; page.marks.len()]).collect(),
            positions: BTreeMap::new(),
        },
    };
    let refers = |element: &usize| {
        let pieces = &expected.elements[*element].pieces;
        pieces.iter().any(|piece| matches!(piece.content, PieceContent::Pages(_) | PieceContent::PageOf(_)))
    };
    // Texts that refer to pages come last, because the pages of some anchors follow from the other texts.
    let (last, first): (Vec<usize>, Vec<usize>) = (0..expected.elements.len()).partition(refers);
    let mut text = ElementText::default();
    for element in first.into_iter().chain(last) {
        text.begin_element();
        comparison.element(element, images, &mut text)?;
    }
    Ok(comparison.matched)
}

struct Comparison<'c> {
    read: &'c Read<'c>,
    expected: &'c ExpectedContent,
    destinations: &'c Destinations,
    matched: Matched,
    /// Elements and logical positions at which anchors lie, sorted.
    anchored: Vec<(usize, u32)>,
}

impl Comparison<'_> {
    fn element(&mut self, index: usize, images: &Images, text: &mut ElementText) -> Result<(), Refusal> {
        let known = &self.expected.elements[index];
        let kids = &self.read.document.elements[index].kids;
        let mut paths = ElementPaths::new(&known.paths);
        let mut pieces = known.pieces.iter().peekable();
        let mut segments = kids.split(|kid| matches!(kid, Kid::Element(_)));
        let ends = known.kids.iter().map(|(seq, _)| *seq).chain([u32::MAX]);
        let place = || Place::Element(path(self.read, index));
        for end in ends {
            let segment = segments.next().unwrap_or_default();
            let marks: Vec<(usize, usize)> = segment
                .iter()
                .filter_map(|kid| match kid {
                    Kid::Mark { page, mcid } => Some((*page, *mcid)),
                    _ => None,
                })
                .collect();
            text.begin();
            self.add_marks(text, &marks)?;
            while let Some(piece) = pieces.next_if(|piece| piece.seq < end) {
                let said = match &piece.content {
                    PieceContent::Text(range) => Cow::Borrowed(self.expected.texts.get(range)),
                    PieceContent::PageOf(anchor) => self.references().page(*anchor).into(),
                    PieceContent::Pages(list) => {
                        self.references().list(*list, &text.rest()).unwrap_or_default().into()
                    }
                    PieceContent::Drawn => continue,
                };
                let is_number = matches!(piece.content, PieceContent::PageOf(_));
                text.compare(&said, piece, is_number)
                    .map_err(|(code, message)| Refusal::new(code, place(), message))?;
            }
            text.end(place)?;
            for ((page, mcid), mark) in marks.iter().zip(text.found()) {
                let sequence = sequence(self.read, *page, *mcid);
                let mut seq = mark.seq;
                for painted in &sequence.paths {
                    let own = paths.take(painted, *page).ok_or_else(|| {
                        Refusal::new("PATH", place(), "the element has a path that is not one of its drawing")
                    })?;
                    seq = seq.or(Some(own));
                }
                seq = images
                    .check(sequence, index)
                    .map_err(|what| Refusal::new("IMAGE", place(), what))?
                    .or(seq);
                let anchored = &self.anchored;
                let begins = mark.seq.zip(mark.baseline).into_iter().chain(mark.later.iter().copied());
                for (seq, baseline) in
                    begins.filter(|(seq, _)| anchored.binary_search(&(index, *seq)).is_ok())
                {
                    self.matched.positions.entry((index, seq)).or_insert((*page, baseline));
                }
                self.matched.seqs[*page][*mcid] = seq.unwrap_or(text.last_seq());
            }
            text.next_child();
        }
        text.finish().map_err(|message| Refusal::new("TEXT", place(), message))?;
        if paths.are_complete() && images.are_complete(index, kids, self.read) {
            Ok(())
        } else {
            Err(Refusal::new("PATH", place(), "some of the element's drawing or image is missing"))
        }
    }

    fn references(&self) -> PageReferences<'_> {
        let Self { read, expected, destinations, matched, .. } = self;
        PageReferences { read, expected, destinations, matched }
    }

    /// Adds the text of marked-content sequences.
    fn add_marks(&self, text: &mut ElementText, marks: &[(usize, usize)]) -> Result<(), Refusal> {
        for (page, mcid) in marks {
            let codes = &self.read.pages[*page].codes;
            let added = text.add(sequence(self.read, *page, *mcid), codes, &self.read.document.fonts);
            added.ok_or_else(|| {
                Refusal::new("MARKED_CONTENT", Place::File, "a sequence has an unknown code")
            })?;
        }
        Ok(())
    }
}

/// Returns the path of an element from the root.
pub(super) fn path(read: &Read, element: usize) -> String {
    let elements = &read.document.elements;
    let mut parents: Vec<Option<(usize, usize)>> = vec![None; elements.len()];
    for (parent, of) in elements.iter().enumerate() {
        let kids = of.kids.iter().filter_map(|kid| match kid {
            Kid::Element(kid) => Some(*kid),
            _ => None,
        });
        for (nth, kid) in kids.enumerate() {
            parents[kid] = Some((parent, nth));
        }
    }
    let (mut parts, mut at) = (Vec::new(), element);
    while let Some((parent, nth)) = parents[at] {
        parts.push(format!("{}[{nth}]", elements[at].kind));
        at = parent;
    }
    parts.push("Document".to_owned());
    parts.reverse();
    parts.join("/")
}
