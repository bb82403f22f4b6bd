//! What a file says outside of its pages: outline, metadata, and every other string.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use lopdf::{Document, Object};

use super::expected::Expected;
use super::proof::ProofError;
use super::{ReadError, text_string};
use crate::document::DocumentInfo;
use crate::tags::{LinkTarget, Role};
use crate::write::metadata_packet;

/// Strings that every file of the printer holds.
const CONSTANT: [&str; 4] = ["sRGB", "sRGB IEC61966-2.1", "Adobe", "Identity"];
/// More outline entries than this, and the outline leads back to itself.
const MAX_ENTRIES: usize = 100_000;

/// The outline has the expected entries, in order, at their levels.
pub(super) fn outline(document: &Document, expected: &Expected) -> Result<(), ProofError> {
    let found = read_outline(document).map_err(ReadError::from)?;
    let mut expected_entries = Vec::new();
    for entry in expected.outline {
        let name = expected.anchor_names.get(entry.anchor.0 as usize).cloned().unwrap_or_default();
        expected_entries.push((entry.level, entry.title.clone(), name));
    }
    for entry in 0..found.len().max(expected_entries.len()) {
        let (expected, found) = (expected_entries.get(entry), found.get(entry));
        if expected != found {
            return Err(ProofError::Outline { entry, expected: expected.cloned(), found: found.cloned() });
        }
    }
    Ok(())
}

fn read_outline(document: &Document) -> Result<Vec<(u8, String, String)>, lopdf::Error> {
    let mut entries = Vec::new();
    let Ok(outlines) = document.catalog()?.get_deref(b"Outlines", document) else { return Ok(entries) };
    let first = |dict: &lopdf::Dictionary, key: &[u8]| dict.get(key).and_then(Object::as_reference).ok();
    let mut waiting: Vec<(u8, lopdf::ObjectId)> =
        first(outlines.as_dict()?, b"First").map(|id| (1, id)).into_iter().collect();
    while let Some((level, id)) = waiting.pop() {
        let dict = document.get_dictionary(id)?;
        let text = |key| dict.get(key).and_then(Object::as_str).map(text_string);
        entries.push((level, text(b"Title".as_slice())?, text(b"Dest")?));
        if entries.len() > MAX_ENTRIES {
            return Err(lopdf::Error::ReferenceLimit);
        }
        waiting.extend(first(dict, b"Next").map(|id| (level, id)));
        waiting.extend(first(dict, b"First").map(|id| (level.saturating_add(1), id)));
    }
    Ok(entries)
}

/// The XMP packet says every fact, and nothing else; there is no `Info` that could say otherwise.
pub(super) fn metadata(document: &Document, expected: &Expected) -> Result<(), ProofError> {
    let packet = read_packet(document).map_err(ReadError::from)?;
    let info = expected.info;
    let revision = if info.revision == 0 { String::new() } else { info.revision.to_string() };
    let facts = [
        &info.title,
        &info.language,
        &info.creator,
        &info.published_at,
        &info.producer,
        &info.marking,
        &info.brief,
        &revision,
        &info.edition_digest,
    ];
    let found = texts(&packet);
    let constant = metadata_packet(&DocumentInfo::default());
    let constant = texts(&constant);
    if let Some(missing) = facts.iter().find(|fact| !fact.trim().is_empty() && !found.contains(fact.trim())) {
        return Err(ProofError::Metadata((*missing).clone()));
    }
    let explained = |text: &String| constant.contains(text) || facts.iter().any(|fact| fact.trim() == text);
    match found.iter().find(|text| !explained(text)) {
        Some(stray) => Err(ProofError::Stray(stray.clone())),
        None if document.trailer.has(b"Info") => Err(ProofError::Stray("Info".to_owned())),
        None => Ok(()),
    }
}

fn read_packet(document: &Document) -> Result<String, lopdf::Error> {
    let metadata = document.catalog()?.get_deref(b"Metadata", document)?.as_stream()?;
    Ok(String::from_utf8_lossy(&metadata.get_plain_content()?).into_owned())
}

/// The character data of an XML text, unescaped.
fn texts(xml: &str) -> BTreeSet<String> {
    let data = xml.split('<').filter_map(|part| part.split_once('>')).map(|(_, data)| data.trim());
    data.filter(|data| !data.is_empty()).map(unescaped).collect()
}

fn unescaped(data: &str) -> String {
    let mut text = data.to_owned();
    for (entity, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#13;", "\r"), ("&amp;", "&")]
    {
        text = text.replace(entity, character);
    }
    text
}

/// Every string object of the file is one that was put there.
pub(super) fn no_strays(document: &Document, expected: &Expected) -> Result<(), ProofError> {
    let known = known(expected);
    for object in document.objects.values() {
        explained(object, &known)?;
    }
    Ok(())
}

fn known(expected: &Expected) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = CONSTANT.iter().map(|&text| text.to_owned()).collect();
    known.insert(expected.info.language.clone());
    known.extend(expected.anchor_names.iter().cloned());
    known.extend(expected.outline.iter().map(|entry| entry.title.clone()));
    for node in expected.tags.nodes() {
        known.extend(node.lang.clone());
        match &node.role {
            Role::Figure { alt } => known.extend([alt.clone()]),
            Role::Note { id } => known.extend([id.clone()]),
            Role::Span { actual_text } => known.extend(actual_text.clone()),
            Role::Link { target, contents } => {
                known.insert(contents.clone());
                if let LinkTarget::Uri(uri) = target {
                    known.insert(percent_encoded(uri));
                }
            }
            _ => {}
        }
    }
    known
}

fn explained(object: &Object, known: &BTreeSet<String>) -> Result<(), ProofError> {
    match object {
        Object::String(bytes, _) => {
            let text = text_string(bytes);
            if known.contains(&text) { Ok(()) } else { Err(ProofError::Stray(text)) }
        }
        Object::Array(items) => items.iter().try_for_each(|item| explained(item, known)),
        Object::Dictionary(entries) => entries.iter().try_for_each(|(_, value)| explained(value, known)),
        // The cross-reference stream holds the file's identifier, which says nothing.
        Object::Stream(stream) if stream.dict.has_type(b"XRef") => Ok(()),
        Object::Stream(stream) => stream.dict.iter().try_for_each(|(_, value)| explained(value, known)),
        _ => Ok(()),
    }
}

/// A URI as a file holds it: in ASCII.
pub(super) fn percent_encoded(uri: &str) -> String {
    let mut ascii = String::with_capacity(uri.len());
    for byte in uri.bytes() {
        match byte {
            b'!'..=b'~' => ascii.push(char::from(byte)),
            _ => {
                let _ = write!(ascii, "%{byte:02X}");
            }
        }
    }
    ascii
}
