//! The file written again: everything that layout does not decide must be what the printer writes for the edition.

use std::collections::{BTreeMap, BTreeSet};

use chancery_print::expected_content::ExpectedContent;
use chancery_print::write::rewrite::{Rewritten, ShownContent, ShownFile, ShownPage, Written};

use crate::check_form::Read;
use crate::edition::destinations::Destinations;
use crate::edition::fonts::IdentifiedFont;
use crate::edition::images::Images;
use crate::edition::matched::Matched;
use crate::file::StreamObject;
use crate::form::{Font, Kid};
use crate::refusal::{Place, Refusal};

/// The earlier findings about a file.
pub(super) struct Found<'e> {
    pub(super) matched: Matched,
    pub(super) destinations: Destinations,
    pub(super) fonts: Vec<IdentifiedFont>,
    pub(super) images: Images<'e>,
}

/// Compares a file with what the printer writes.
pub(super) fn compare(read: &Read, expected: &ExpectedContent, found: Found) -> Result<(), Refusal> {
    let rewritten = expected.rewritten(shown(read, found)).map_err(|error| {
        Refusal::new("REWRITTEN", Place::File, format!("the printer cannot write the file: {error}"))
    })?;
    if rewritten.trailer != [read.root, read.info] {
        return Err(Refusal::new("REWRITTEN", Place::File, "the trailer refers to other objects"));
    }
    if rewritten.cross_references != read.sections.cross_references.number {
        return Err(Refusal::new("REWRITTEN", Place::File, "the file has another number of objects"));
    }
    streams(read, &rewritten)
}

fn streams(read: &Read, rewritten: &Rewritten) -> Result<(), Refusal> {
    let found = &read.sections.streams;
    // Their content is what the rest was written from.
    let pages = read.document.pages.iter().map(|page| page.content.number);
    let forms = read.document.forms.iter().map(|form| form.content.number);
    let given: BTreeSet<u32> = pages.chain(forms).collect();
    if found.len() != rewritten.streams.len() {
        return Err(Refusal::new("REWRITTEN", Place::File, "the file has another number of streams"));
    }
    for (found, written) in found.iter().zip(&rewritten.streams) {
        let refused = |what: &str| Refusal::new("REWRITTEN", Place::Object(written.number), what);
        if found.number != written.number || !has_entries(found, written) {
            return Err(refused("the stream's dictionary is another than the printer's"));
        }
        if given.contains(&found.number) {
            continue;
        }
        let is_same = match read.containers.content(found.number) {
            Some(content) if content == written.content => true,
            Some(content) => return Err(different_object(found.number, content, written)),
            // The form of the file has inflated all others that are deflated.
            None if written.is_deflated => {
                read.document.inflated.get(&found.number).is_some_and(|content| *content == written.content)
            }
            None => found.data == written.content,
        };
        if !is_same {
            return Err(refused("the stream's content is another than the printer's"));
        }
    }
    Ok(())
}

fn has_entries(found: &StreamObject, written: &Written) -> bool {
    let length = format!("/Length {}>>", found.data.len());
    let inner = found.spelled.strip_prefix(b"<<").and_then(|rest| rest.strip_suffix(length.as_bytes()));
    inner == Some(written.entries.as_slice())
}

/// Names the first object of an object stream that differs.
fn different_object(container: u32, content: &[u8], written: &Written) -> Refusal {
    let at = content.iter().zip(&written.content).position(|(found, wanted)| found != wanted);
    let at = at.unwrap_or_else(|| content.len().min(written.content.len()));
    let around = |bytes: &[u8]| {
        let from =
            bytes[..at.min(bytes.len())].iter().rposition(|byte| *byte == b'\n').map_or(0, |line| line + 1);
        let line = bytes[from..].split(|byte| *byte == b'\n').next().unwrap_or_default();
        String::from_utf8_lossy(&line[..line.len().min(300)]).into_owned()
    };
    let message = format!(
        "an object of the stream is another than the printer's: {:?} where it writes {:?}",
        around(content),
        around(&written.content)
    );
    Refusal::new("REWRITTEN", Place::Object(container), message)
}

fn shown(read: &Read, found: Found) -> ShownFile {
    let Found { matched, destinations, fonts, images } = found;
    let document = &read.document;
    let mut links = document.pages.iter().map(|_| Vec::new()).collect::<Vec<_>>();
    let mut owners: BTreeMap<usize, usize> = BTreeMap::new();
    let mut content = Vec::new();
    let mut boxes = BTreeMap::new();
    for (element, of) in document.elements.iter().enumerate() {
        for kid in &of.kids {
            match *kid {
                Kid::Mark { page, mcid } => {
                    let seq = matched.seqs[page][mcid];
                    content.push(ShownContent { element, seq, page, mcid });
                }
                Kid::Link(link) => drop(owners.insert(link, element)),
                Kid::Element(_) => {}
            }
        }
        boxes.extend(of.bounds.map(|bounds| (element, bounds)));
    }
    for (index, link) in document.links.iter().enumerate() {
        let element = owners.get(&index).copied().unwrap_or_default();
        links[link.page].push((element, link.rect));
    }
    let pages = document.pages.iter().zip(links).map(|(page, links)| ShownPage {
        size: page.size,
        marks: page.marks.clone(),
        links,
        has_transparency: page.has_transparency,
    });
    ShownFile {
        pages: pages.collect(),
        forms: document.forms.len(),
        images: images.rasters,
        content,
        boxes,
        destinations: destinations.all(),
        fonts: document.fonts.iter().zip(&fonts).map(codes).collect(),
    }
}

fn codes((font, identified): (&Font, &IdentifiedFont)) -> (usize, Vec<(u16, Box<str>)>) {
    let codes = font.codes.iter().zip(&identified.codes);
    (identified.face, codes.map(|(code, (glyph, _))| (*glyph, code.text.clone())).collect())
}
