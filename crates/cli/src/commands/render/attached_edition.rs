//! The edition attached to a PDF, for `extract` and `verify-pdf`.

use std::fmt::Display;

use chancery_brief::digest::{body_bytes, body_digest};
use chancery_print::Extracted;
use chancery_proto::brief::v1::RevisionBody;
use chancery_proto::json;

use crate::ui::failure::Failure;

/// Decodes an attached edition and compares its digest with the one that the pages state.
///
/// # Errors
/// `ALTERED_FORM` if it is no edition, `DIGEST_MISMATCH` if it is another one.
pub fn verified_body(extracted: &Extracted) -> Result<RevisionBody, Failure> {
    let body: RevisionBody = json::from_str(&extracted.json).map_err(|error| altered(&error))?;
    let content = body.content.clone().unwrap_or_default();
    let digest = body_digest(&body_bytes(&body.brief_id, body.revision, &content)).to_string();
    if digest == extracted.edition_digest {
        return Ok(body);
    }
    let printed = &extracted.edition_digest;
    let message = format!("the attached edition has digest {digest}, but the pages state {printed}");
    Err(Failure::new("DATA_LOSS", "DIGEST_MISMATCH", message)
        .help("the file was changed after it was printed: download the PDF again from the service"))
}

/// Returns the failure of a file that the printer did not write like this.
pub fn altered(error: &dyn Display) -> Failure {
    Failure::new("DATA_LOSS", "ALTERED_FORM", error.to_string())
        .help("the file is no unaltered print: download the PDF again from the service")
}

#[cfg(test)]
mod tests {
    use chancery_brief::digest::{body_bytes, body_digest};
    use chancery_print::Extracted;
    use chancery_proto::brief::v1::{BriefContent, RevisionBody};
    use chancery_proto::json;

    use super::verified_body;

    #[test]
    fn an_attached_edition_is_accepted_only_with_the_digest_that_the_pages_state() {
        let content = BriefContent { title: "One".into(), language: "en".into(), ..BriefContent::default() };
        let edition_digest = body_digest(&body_bytes("one", 1, &content)).to_string();
        let body = RevisionBody { brief_id: "one".into(), revision: 1, content: Some(content) };
        let extracted = Extracted {
            json: json::to_string_pretty(&body),
            brief: "workspaces/default/briefs/one".into(),
            edition_digest,
        };
        assert_eq!(verified_body(&extracted).unwrap(), body);
        let other = Extracted { edition_digest: body_digest(b"another").to_string(), ..extracted.clone() };
        assert_eq!(verified_body(&other).unwrap_err().reason, "DIGEST_MISMATCH");
        for json in ["", "{", "[]", r#"{"no": 1}"#] {
            let malformed = Extracted { json: json.into(), ..extracted.clone() };
            assert_eq!(verified_body(&malformed).unwrap_err().reason, "ALTERED_FORM", "{json}");
        }
    }
}
