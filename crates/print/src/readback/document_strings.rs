//! Text outside of pages: outline, metadata and all other strings.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::document_info::DocumentInfo;
use crate::readback::error::{ProofError, ReadError};
use crate::readback::expected::Expected;
use crate::readback::objects::{Objects, Value};
use crate::readback::structure_text::FileText;
use crate::readback::text_strings::text_string;
use crate::readback::tokens::Token;
use crate::tags::{LinkTarget, Role};

/// Strings of every printed file.
const CONSTANT: [&str; 4] = ["sRGB", "sRGB IEC61966-2.1", "Adobe", "Identity"];
/// The name of the embedded file, stated here and not taken from the writer: the proof must not repeat its mistakes.
const DATA_FILE: &str = "edition.json";
/// Texts of every metadata packet: PDF/A and PDF/UA identification, and the extension schemas with their properties.
const METADATA: [&str; 21] = [
    "A",
    "1",
    "PDF/UA identification schema",
    "http://www.aiim.org/pdfua/ns/id/",
    "pdfuaid",
    "part",
    "The part of ISO 14289 that the file follows",
    "Chancery brief schema",
    "urn:chancery:brief:1.0#",
    "chancery",
    "Integer",
    "Text",
    "external",
    "marking",
    "The handling marking of this edition",
    "brief",
    "The resource name of the brief",
    "revision",
    "editionDigest",
    "The SHA-256 of this edition, in hexadecimal",
    "The number of the revision",
];
/// Texts that the packet of an imported revision adds.
const IMPORT_METADATA: [&str; 4] = [
    "importer",
    "The name of the importer, whose import states the creator and the date of creation",
    "importDate",
    "The date of the import",
];
/// Maximum number of outline entries; a cyclic outline exceeds it.
const MAX_ENTRIES: usize = 100_000;

/// Checks that the outline has the expected entries in order, at their levels.
pub(super) fn outline(file: &FileText, expected: &Expected) -> Result<(), ProofError> {
    let found = read_outline(&file.objects)?;
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

fn read_outline(objects: &Objects) -> Result<Vec<(u8, String, String)>, ReadError> {
    let mut entries = Vec::new();
    let Some(outlines) = objects.entry(&objects.catalog()?, b"Outlines")? else { return Ok(entries) };
    let first = outlines.reference(b"First");
    let mut waiting: Vec<(u8, u32)> = first.map(|id| (1, id)).into_iter().collect();
    while let Some((level, id)) = waiting.pop() {
        let dict = objects.dict(id)?;
        let text = |key: &[u8]| dict.string(key).map(text_string).unwrap_or_default().into_owned();
        entries.push((level, text(b"Title"), text(b"Dest")));
        if entries.len() > MAX_ENTRIES {
            return Err(ReadError::Structure("an outline without end"));
        }
        waiting.extend(dict.reference(b"Next").map(|id| (level, id)));
        waiting.extend(dict.reference(b"First").map(|id| (level.saturating_add(1), id)));
    }
    Ok(entries)
}

/// Checks that the XMP packet has every fact and nothing else, and that the `Info` dictionary has exactly the same
/// facts.
pub(super) fn metadata(file: &FileText, expected: &Expected) -> Result<(), ProofError> {
    let packet = read_packet(&file.objects)?;
    let info = expected.info;
    let revision = if info.revision == 0 { String::new() } else { info.revision.to_string() };
    let import = info.import.clone().unwrap_or_default();
    let (keywords, time) = (info.keywords.join(", "), whole_seconds(&info.published_at));
    let facts: Vec<&String> = [
        &info.title,
        &info.language,
        &info.creator,
        &info.subject,
        &keywords,
        &time,
        &info.producer,
        &info.marking,
        &info.brief,
        &revision,
        &info.edition_digest,
        &import.importer,
        &import.imported_on,
    ]
    .into_iter()
    .chain(&info.keywords)
    .collect();
    let found = texts(&packet);
    let constant = constant_metadata(info);
    if let Some(missing) = facts.iter().find(|fact| !fact.trim().is_empty() && !found.contains(fact.trim())) {
        return Err(ProofError::Metadata((*missing).clone()));
    }
    let explained =
        |text: &String| constant.contains(&text.as_str()) || facts.iter().any(|fact| fact.trim() == text);
    match found.iter().find(|text| !explained(text)) {
        Some(stray) => Err(ProofError::Stray(stray.clone())),
        None => information(&file.objects, info, &packet),
    }
}

/// The entries of the `Info` dictionary, each with its property in the XMP packet and its value there.
fn expected_information(info: &DocumentInfo) -> Vec<(&'static [u8], &'static str, String, String)> {
    let date = pdf_date(&info.published_at).unwrap_or_default();
    let time = whole_seconds(&info.published_at);
    let keywords = info.keywords.join(", ");
    let mut entries: Vec<(&[u8], &str, String, String)> = Vec::new();
    for (key, property, value, in_packet) in [
        (b"Title".as_slice(), "dc:title", &info.title, &info.title),
        (b"Author", "dc:creator", &info.creator, &info.creator),
        (b"Subject", "dc:description", &info.subject, &info.subject),
        (b"Keywords", "pdf:Keywords", &keywords, &keywords),
        (b"Creator", "xmp:CreatorTool", &info.producer, &info.producer),
        (b"Producer", "pdf:Producer", &info.producer, &info.producer),
        (b"CreationDate", "xmp:CreateDate", &date, &time),
        (b"ModDate", "xmp:ModifyDate", &date, &time),
    ] {
        if !value.is_empty() && is_short(value) {
            entries.push((key, property, value.clone(), in_packet.clone()));
        }
    }
    entries
}

/// Returns whether a text fits into a string of a PDF/A file (ISO 19005-2, 6.1.13), as one byte a character or as UTF-16.
fn is_short(text: &str) -> bool {
    let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    (if plain { text.len() } else { 2 + 2 * text.encode_utf16().count() }) <= 32_767
}

/// Checks that the `Info` dictionary has exactly the expected entries, and that each agrees with its property.
fn information(objects: &Objects, info: &DocumentInfo, packet: &str) -> Result<(), ProofError> {
    let missing = |what: &str| ProofError::Metadata(what.to_owned());
    let id = objects.trailer.reference(b"Info").ok_or(missing("Info"))?;
    let found = objects.dict(id)?;
    let expected = expected_information(info);
    for (key, property, value, in_packet) in &expected {
        let text = found.string(key).map(text_string).ok_or_else(|| missing(value))?;
        if text != *value {
            return Err(ProofError::Stray(text.into_owned()));
        }
        let (begin, end) = (format!("<{property}>"), format!("</{property}>"));
        let element = packet.split_once(&begin).and_then(|(_, rest)| rest.split_once(&end));
        let (inner, _) = element.ok_or_else(|| missing(property))?;
        if !in_packet.trim().is_empty()
            && texts(&format!(">{inner}")) != BTreeSet::from([in_packet.trim().to_owned()])
        {
            return Err(missing(property));
        }
    }
    match found.iter().find(|(key, _)| !expected.iter().any(|(known, ..)| known == key)) {
        Some((key, _)) => Err(ProofError::Stray(String::from_utf8_lossy(key).into_owned())),
        None => Ok(()),
    }
}

/// Returns an RFC 3339 time in UTC without fractions of a second.
fn whole_seconds(rfc3339: &str) -> String {
    let seconds = rfc3339.strip_suffix('Z').and_then(|time| time.split_once('.'));
    seconds.map_or_else(|| rfc3339.to_owned(), |(seconds, _)| format!("{seconds}Z"))
}

/// Returns the texts of a packet besides the document's own facts. Only PDF/A-3 allows an embedded file that is not
/// PDF/A.
fn constant_metadata(info: &DocumentInfo) -> BTreeSet<&'static str> {
    let part = if info.data.is_some() { "3" } else { "2" };
    let imported = if info.import.is_some() { IMPORT_METADATA.as_slice() } else { &[] };
    METADATA.iter().chain(imported).copied().chain([part]).collect()
}

/// Returns an RFC 3339 time in UTC as a PDF date (ISO 32000-1, 7.9.4).
fn pdf_date(rfc3339: &str) -> Option<String> {
    let digits: String = rfc3339.strip_suffix('Z')?.chars().filter(char::is_ascii_digit).take(14).collect();
    (digits.len() == 14).then(|| format!("D:{digits}Z"))
}

pub(super) fn read_packet(objects: &Objects) -> Result<String, ReadError> {
    let id = objects.catalog()?.reference(b"Metadata").ok_or(ReadError::Damaged("no metadata"))?;
    Ok(String::from_utf8_lossy(&objects.stream(id)?.1).into_owned())
}

/// Returns the unescaped character data of an XML text.
fn texts(xml: &str) -> BTreeSet<String> {
    let data = xml.split('<').filter_map(|part| part.split_once('>')).map(|(_, data)| data.trim());
    data.filter(|data| !data.is_empty()).map(unescaped).collect()
}

pub(super) fn unescaped(data: &str) -> String {
    let mut text = data.to_owned();
    for (entity, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#13;", "\r"), ("&amp;", "&")]
    {
        text = text.replace(entity, character);
    }
    text
}

/// Checks that every string object of the file is expected.
pub(super) fn no_strays(objects: &Objects, expected: &Expected) -> Result<(), ProofError> {
    let known = known(expected);
    for dict in objects.stream_dicts() {
        explained(&Value::Dict(dict?), &known)?;
    }
    for token in objects.compressed_tokens() {
        if let Token::String(bytes) = token {
            string_explained(&bytes, &known)?;
        }
    }
    Ok(())
}

fn known<'a>(expected: &'a Expected) -> BTreeSet<Cow<'a, str>> {
    let borrowed = |text: &'a String| Cow::Borrowed(text.as_str());
    let mut known: BTreeSet<Cow<str>> = CONSTANT.iter().map(|&text| Cow::Borrowed(text)).collect();
    known.insert(borrowed(&expected.info.language));
    if let Some(data) = &expected.info.data {
        known.extend([Cow::Borrowed(DATA_FILE), borrowed(&data.description)]);
        known.extend(pdf_date(&expected.info.published_at).map(Cow::Owned));
    }
    known.extend(expected_information(expected.info).into_iter().map(|(_, _, value, _)| Cow::Owned(value)));
    known.extend(expected.anchor_names.iter().map(borrowed));
    known.extend(expected.outline.iter().map(|entry| borrowed(&entry.title)));
    for node in expected.tags.nodes() {
        known.extend(node.lang.as_ref().map(borrowed));
        match &node.role {
            Role::Figure { alt } => known.extend([borrowed(alt)]),
            Role::Note { id } => known.extend([borrowed(id)]),
            Role::Span { actual_text } => known.extend(actual_text.as_ref().map(borrowed)),
            Role::Link { target, contents } => {
                known.insert(borrowed(contents));
                if let LinkTarget::Uri(uri) = target {
                    known.insert(percent_encoded(uri).into());
                }
            }
            _ => {}
        }
    }
    known
}

fn explained(value: &Value, known: &BTreeSet<Cow<str>>) -> Result<(), ProofError> {
    match value {
        Value::String(bytes) => string_explained(bytes, known),
        Value::Array(items) => items.iter().try_for_each(|item| explained(item, known)),
        // The cross-reference stream has the file identifier, which is not text.
        Value::Dict(dict) if dict.name(b"Type") == Some(b"XRef") => Ok(()),
        Value::Dict(dict) => dict.iter().try_for_each(|(_, value)| explained(value, known)),
        _ => Ok(()),
    }
}

fn string_explained(bytes: &[u8], known: &BTreeSet<Cow<str>>) -> Result<(), ProofError> {
    let text = text_string(bytes);
    if known.contains(&text) { Ok(()) } else { Err(ProofError::Stray(text.into_owned())) }
}

/// Percent-encodes a URI to ASCII.
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
