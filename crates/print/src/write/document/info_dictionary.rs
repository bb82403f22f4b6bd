//! The document information dictionary (ISO 32000-1, 14.3.3). Viewers and file managers that do not read XMP show it.
//! Each entry agrees with its property in the XMP packet, as archives check.

use crate::document_info::DocumentInfo;
use crate::write::document::embedded_file::date;
use crate::write::document::xmp_packet::{keywords, printable};
use crate::write::file::pdf_file::PdfFile;
use crate::write::file::syntax::Ref;
use crate::write::file::text_strings::encode_text_string;

/// Writes the dictionary. A value that is empty, or too long for a string, has no entry; XMP has no limit.
pub(crate) fn write(file: &mut PdfFile, info: &DocumentInfo) -> Ref {
    let changed = date(&info.published_at).unwrap_or_default();
    let mut entries = Vec::new();
    for (key, value) in [
        ("Title", info.title.as_str()),
        ("Author", &info.creator),
        ("Subject", &info.subject),
        ("Keywords", &keywords(info)),
        ("Creator", &info.producer),
        ("Producer", &info.producer),
        ("CreationDate", &changed),
        ("ModDate", &changed),
    ] {
        if let (false, Ok(encoded)) = (value.is_empty(), encode_text_string(key, &printable(value))) {
            entries.push((key, encoded));
        }
    }
    let id = file.reserve();
    file.dict(id, |dict| {
        for (key, value) in &entries {
            dict.bytes(key, value);
        }
    });
    id
}
