//! The document's XMP packet (ISO 16684-1; ISO 19005-2, 6.6; ISO 14289-1, 5), written with `xmp-writer`.

use std::borrow::Cow;

use xmp_writer::{CustomNamespace, Namespace, XmpWriter};

use crate::document_info::DocumentInfo;

/// Properties of Chancery's own schema, with their value types and descriptions.
const PROPERTIES: [(&str, &str, &str); 4] = [
    ("marking", "Text", "The handling marking of this edition"),
    ("brief", "Text", "The resource name of the brief"),
    ("revision", "Integer", "The number of the revision"),
    ("editionDigest", "Text", "The SHA-256 of this edition, in hexadecimal"),
];
/// Further properties of an imported revision.
const IMPORT_PROPERTIES: [(&str, &str, &str); 2] = [
    (
        "importer",
        "Text",
        "The name of the importer, whose import states the creator and the date of creation",
    ),
    ("importDate", "Text", "The date of the import"),
];

/// The namespace that data-loss-prevention tools read. The URN is an identifier and never fetched.
pub(crate) const NAMESPACE: &str = "urn:chancery:brief:1.0#";

fn chancery<'a>() -> Namespace<'a> {
    Namespace::Custom(Box::new(CustomNamespace::new("Chancery brief", "chancery", NAMESPACE)))
}

/// Returns the packet. It is marked as read-only, because the file's identifier is a digest of its bytes.
pub(crate) fn packet(info: &DocumentInfo) -> String {
    let mut xmp = XmpWriter::new();
    // PDF/A-2 allows only embedded files that are PDF/A themselves (ISO 19005-2, 6.8); PDF/A-3 allows any.
    let part = if info.data.is_some() { 3 } else { 2 };
    xmp.pdfa_part(part).pdfa_conformance("A").pdfua_part(1);
    facts(&mut xmp, info);
    extension_schemas(&mut xmp, info.import.is_some());
    xmp.finish(None)
}

fn facts(xmp: &mut XmpWriter<'_>, info: &DocumentInfo) {
    xmp.title([(None, printable(&info.title).as_ref())]);
    if !info.subject.is_empty() {
        xmp.description([(None, printable(&info.subject).as_ref())]);
    }
    if !info.keywords.is_empty() {
        let keywords: Vec<Cow<str>> = info.keywords.iter().map(|keyword| printable(keyword)).collect();
        xmp.subject(keywords.iter().map(Cow::as_ref));
    }
    if !info.creator.is_empty() {
        xmp.creator([printable(&info.creator).as_ref()]);
    }
    xmp.element("language", Namespace::DublinCore).unordered_array([printable(&info.language).as_ref()]);
    let revision = if info.revision == 0 { String::new() } else { info.revision.to_string() };
    let import = info.import.clone().unwrap_or_default();
    let (keywords, time) = (keywords(info), whole_seconds(&info.published_at));
    for (namespace, name, value) in [
        (Namespace::Xmp, "CreateDate", &time),
        (Namespace::Xmp, "ModifyDate", &time),
        (Namespace::AdobePdf, "Keywords", &keywords),
        (Namespace::Xmp, "CreatorTool", &info.producer),
        (Namespace::AdobePdf, "Producer", &info.producer),
        (chancery(), "marking", &info.marking),
        (chancery(), "brief", &info.brief),
        (chancery(), "revision", &revision),
        (chancery(), "editionDigest", &info.edition_digest),
        (chancery(), "importer", &import.importer),
        (chancery(), "importDate", &import.imported_on),
    ] {
        if !value.is_empty() {
            xmp.element(name, namespace).value(printable(value).as_ref());
        }
    }
}

/// Describes the properties that ISO 19005-2 does not predefine: PDF/UA's and Chancery's own (6.6.2.3).
fn extension_schemas(xmp: &mut XmpWriter<'_>, imported: bool) {
    let imported = if imported { IMPORT_PROPERTIES.as_slice() } else { &[] };
    let own: Vec<_> = PROPERTIES.iter().chain(imported).copied().collect();
    let pdfua = CustomNamespace::new("PDF/UA identification", "pdfuaid", "http://www.aiim.org/pdfua/ns/id/");
    let pdfua_part = [("part", "Integer", "The part of ISO 14289 that the file follows")];
    let mut schemas = xmp.extension_schemas();
    for (namespace, described) in
        [(Namespace::Custom(Box::new(pdfua)), pdfua_part.as_slice()), (chancery(), own.as_slice())]
    {
        let mut schema = schemas.add_schema();
        schema.namespace(namespace);
        let mut properties = schema.properties();
        for (name, value_type, description) in described {
            let mut property = properties.add_property();
            property.name(name).value_type(value_type).category(false).description(description);
        }
    }
}

/// Returns the keywords as one text.
pub(crate) fn keywords(info: &DocumentInfo) -> String {
    info.keywords.join(", ")
}

/// Returns an RFC 3339 time in UTC without fractions of a second, which dates in PDF syntax cannot have.
fn whole_seconds(rfc3339: &str) -> String {
    match rfc3339.split_once('.') {
        Some((seconds, _)) if rfc3339.ends_with('Z') => format!("{seconds}Z"),
        _ => rfc3339.to_owned(),
    }
}

/// Replaces characters that XML 1.0 cannot hold by U+FFFD; `xmp-writer` escapes markup only.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let is_forbidden =
        |c: char| matches!(c, '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}') && !matches!(c, '\t' | '\n' | '\r');
    if text.contains(is_forbidden) { text.replace(is_forbidden, "\u{FFFD}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::packet;
    use crate::document_info::DocumentInfo;

    #[test]
    fn markup_and_control_characters_of_a_fact_cannot_damage_the_packet() {
        let info = DocumentInfo { title: "</rdf:li> R&D\u{1}".into(), ..DocumentInfo::default() };
        assert!(packet(&info).contains(">&lt;/rdf:li&gt; R&amp;D\u{FFFD}</rdf:li>"));
    }

    #[test]
    fn times_agree_with_dates_of_whole_seconds() {
        let info = DocumentInfo { published_at: "2026-01-02T03:04:05.25Z".into(), ..DocumentInfo::default() };
        assert!(packet(&info).contains("<xmp:CreateDate>2026-01-02T03:04:05Z</xmp:CreateDate>"));
    }

    #[test]
    fn empty_facts_are_left_out() {
        let packet = packet(&DocumentInfo::default());
        assert!(!packet.contains("<chancery:marking>") && !packet.contains("<xmp:CreateDate>"));
    }
}
