//! The document's XMP packet (ISO 16684-1; ISO 19005-2, 6.6; ISO 14289-1, 5).

use std::fmt::Write as _;

use crate::document_info::DocumentInfo;

/// The namespace of what data-loss tools read: marking and identity. It names, and is never fetched.
const CHANCERY: &str = "urn:chancery:brief:1.0#";
/// The properties of that namespace with what they are.
const PROPERTIES: [(&str, &str); 4] = [
    ("marking", "The handling marking of this edition"),
    ("brief", "The resource name of the brief"),
    ("revision", "The number of the revision"),
    ("editionDigest", "The SHA-256 of this edition, in hexadecimal"),
];

/// The properties of an imported revision.
const IMPORT_PROPERTIES: [(&str, &str); 2] = [
    ("importer", "The name of the importer, whose import states the creator and the date of creation"),
    ("importDate", "The date of the import"),
];

/// The packet. It is marked as read-only, since the file's identifier follows from its bytes.
pub(crate) fn packet(info: &DocumentInfo) -> String {
    let mut xmp = String::with_capacity(5000);
    xmp.push_str("<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n");
    xmp.push_str("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n");
    xmp.push_str("<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n");
    xmp.push_str("<rdf:Description rdf:about=\"\"");
    for (prefix, namespace) in [
        ("dc", "http://purl.org/dc/elements/1.1/"),
        ("xmp", "http://ns.adobe.com/xap/1.0/"),
        ("pdf", "http://ns.adobe.com/pdf/1.3/"),
        ("pdfaid", "http://www.aiim.org/pdfa/ns/id/"),
        ("pdfuaid", "http://www.aiim.org/pdfua/ns/id/"),
        ("pdfaExtension", "http://www.aiim.org/pdfa/ns/extension/"),
        ("pdfaSchema", "http://www.aiim.org/pdfa/ns/schema#"),
        ("pdfaProperty", "http://www.aiim.org/pdfa/ns/property#"),
        ("chancery", CHANCERY),
    ] {
        let _ = write!(xmp, "\n  xmlns:{prefix}=\"{namespace}\"");
    }
    xmp.push_str(">\n");
    // Only part 3 knows associated files that are no PDF/A themselves.
    let part = if info.data.is_some() { 3 } else { 2 };
    let _ = writeln!(xmp, "<pdfaid:part>{part}</pdfaid:part>\n<pdfaid:conformance>A</pdfaid:conformance>");
    xmp.push_str("<pdfuaid:part>1</pdfuaid:part>\n");
    described(&mut xmp, info);
    xmp.push_str("<pdfaExtension:schemas><rdf:Bag>\n");
    ua_schema(&mut xmp);
    own_schema(&mut xmp, info.import.is_some());
    xmp.push_str("</rdf:Bag></pdfaExtension:schemas>\n</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n");
    xmp.push_str("<?xpacket end=\"r\"?>");
    xmp
}

fn described(xmp: &mut String, info: &DocumentInfo) {
    let alternative =
        format!("<rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt>", escaped(&info.title));
    property(xmp, "dc:title", &alternative);
    if !info.creator.is_empty() {
        let ordered = format!("<rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq>", escaped(&info.creator));
        property(xmp, "dc:creator", &ordered);
    }
    property(xmp, "dc:language", &format!("<rdf:Bag><rdf:li>{}</rdf:li></rdf:Bag>", escaped(&info.language)));
    let revision = if info.revision == 0 { String::new() } else { info.revision.to_string() };
    let import = info.import.clone().unwrap_or_default();
    for (name, value) in [
        ("xmp:CreateDate", &info.published_at),
        ("xmp:CreatorTool", &info.producer),
        ("pdf:Producer", &info.producer),
        ("chancery:marking", &info.marking),
        ("chancery:brief", &info.brief),
        ("chancery:revision", &revision),
        ("chancery:editionDigest", &info.edition_digest),
        ("chancery:importer", &import.importer),
        ("chancery:importDate", &import.imported_on),
    ] {
        if !value.is_empty() {
            property(xmp, name, &escaped(value));
        }
    }
}

fn property(xmp: &mut String, name: &str, value: &str) {
    let _ = writeln!(xmp, "<{name}>{value}</{name}>");
}

/// ISO 19005-2 knows no `pdfuaid`: its description stands in the file (6.6.2.3).
fn ua_schema(xmp: &mut String) {
    schema(xmp, "PDF/UA identification", "http://www.aiim.org/pdfua/ns/id/", "pdfuaid", |xmp| {
        schema_property(xmp, "part", "Integer", "The part of ISO 14289 that the file follows");
    });
}

fn own_schema(xmp: &mut String, imported: bool) {
    schema(xmp, "Chancery brief", CHANCERY, "chancery", |xmp| {
        let imported = if imported { IMPORT_PROPERTIES.as_slice() } else { &[] };
        for (name, description) in PROPERTIES.iter().chain(imported).copied() {
            schema_property(xmp, name, if name == "revision" { "Integer" } else { "Text" }, description);
        }
    });
}

fn schema(xmp: &mut String, title: &str, namespace: &str, prefix: &str, fill: impl FnOnce(&mut String)) {
    let _ = write!(
        xmp,
        "<rdf:li rdf:parseType=\"Resource\">\n<pdfaSchema:schema>{title}</pdfaSchema:schema>\n\
         <pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>\n\
         <pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>\n<pdfaSchema:property><rdf:Seq>\n"
    );
    fill(xmp);
    xmp.push_str("</rdf:Seq></pdfaSchema:property>\n</rdf:li>\n");
}

fn schema_property(xmp: &mut String, name: &str, value_type: &str, description: &str) {
    let _ = writeln!(
        xmp,
        "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>{name}</pdfaProperty:name>\
         <pdfaProperty:valueType>{value_type}</pdfaProperty:valueType>\
         <pdfaProperty:category>external</pdfaProperty:category>\
         <pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>"
    );
}

/// Text as XML 1.0 content; what XML cannot hold becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\r' => escaped.push_str("&#13;"),
            '\t' | '\n' => escaped.push(character),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => escaped.push('\u{FFFD}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escaped, packet};
    use crate::document_info::DocumentInfo;

    #[test]
    fn text_cannot_break_out_of_its_element() {
        assert_eq!(escaped("R&D <x> \"q\"\u{1}"), "R&amp;D &lt;x&gt; &quot;q&quot;\u{FFFD}");
        let info = DocumentInfo { title: "</rdf:li>".into(), ..DocumentInfo::default() };
        assert!(packet(&info).contains(">&lt;/rdf:li&gt;</rdf:li>"));
    }

    #[test]
    fn facts_that_are_not_known_are_left_out() {
        let packet = packet(&DocumentInfo::default());
        assert!(!packet.contains("<chancery:marking>") && !packet.contains("<xmp:CreateDate>"));
    }
}
