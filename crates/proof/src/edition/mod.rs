//! Comparison of a file with an edition.

mod artifact_paths;
mod artifacts;
mod characters;
mod destinations;
mod element_text;
mod elements;
mod fonts;
mod glyphs;
mod images;
mod links;
mod matched;
mod page_references;
mod paths;
mod rewritten;
mod running;
mod shown_glyphs;

use chancery_print::expected_content::ExpectedContent;

use crate::check_form::Read;
use crate::refusal::{Place, Refusal};

/// Compares a file with what it must say.
pub(crate) fn compare(read: &Read, expected: &ExpectedContent) -> Result<(), Refusal> {
    elements::same_types(read, expected)?;
    sizes(read, expected)?;
    let destinations = destinations::Destinations::read(read, expected)?;
    let fonts = fonts::identify(&read.document, expected)?;
    let images = images::identify(&read.document, expected)?;
    let matched = elements::compare(read, (expected, &images), &destinations)?;
    glyphs::check(read, &fonts)?;
    destinations.check(read, expected, &matched)?;
    links::check(read, expected)?;
    artifacts::check(read, expected, (&destinations, &matched))?;
    rewritten::compare(read, expected, rewritten::Found { matched, destinations, fonts, images })
}

fn sizes(read: &Read, expected: &ExpectedContent) -> Result<(), Refusal> {
    match read.document.pages.iter().position(|page| page.size != expected.page_size) {
        Some(page) => {
            let place = Place::Content { page: page + 1, byte: 0 };
            Err(Refusal::new("PAGE_SIZE", place, "the page has another size than the paper of the options"))
        }
        None => Ok(()),
    }
}
