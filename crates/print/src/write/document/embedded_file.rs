//! The edition as a file embedded in and associated with the document (ISO 19005-3, 6.8; ISO 32000-1, 7.11.4).

use crate::document_info::{AttachedData, DocumentInfo};
use crate::write::file::pdf_file::PdfFile;
use crate::write::file::syntax::{Dict, Ref};

/// Name of the embedded file.
pub(crate) const FILE_NAME: &str = "edition.json";

/// Writes the embedded file; returns its file specification.
pub(crate) fn write(file: &mut PdfFile, data: &AttachedData, info: &DocumentInfo) -> Ref {
    let (stream, specification) = (file.reserve(), file.reserve());
    let json = data.json.as_bytes();
    let changed = date(&info.published_at);
    file.stream(stream, json, |dict| {
        dict.name("Type", "EmbeddedFile").name("Subtype", "application/json");
        dict.dict("Params", |params| {
            params.count("Size", json.len());
            if let Some(changed) = &changed {
                params.text("ModDate", changed);
            }
        });
    });
    file.dict(specification, |dict| {
        dict.name("Type", "Filespec").text("F", FILE_NAME).text("UF", FILE_NAME);
        dict.text("Desc", &data.description);
        // The pages are generated from it.
        dict.name("AFRelationship", "Source");
        dict.dict("EF", |files: &mut Dict| {
            files.reference("F", stream).reference("UF", stream);
        });
    });
    specification
}

/// Converts an RFC 3339 time in UTC to a PDF date (ISO 32000-1, 7.9.4).
pub(crate) fn date(rfc3339: &str) -> Option<String> {
    let digits: String = rfc3339.strip_suffix('Z')?.chars().filter(char::is_ascii_digit).collect();
    digits.get(..14).map(|digits| format!("D:{digits}Z"))
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn an_rfc_3339_time_becomes_a_pdf_date() {
        assert_eq!(date("2026-01-02T03:04:05Z").as_deref(), Some("D:20260102030405Z"));
        assert_eq!(date("2026-01-02T03:04:05.25Z").as_deref(), Some("D:20260102030405Z"));
        assert_eq!((date(""), date("2026Z")), (None, None));
    }
}
