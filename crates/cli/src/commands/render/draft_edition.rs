//! The edition of a draft in a file.

use std::collections::BTreeMap;
use std::path::Path;

use chancery_brief::Canonical;
use chancery_brief::digest::{body_bytes, body_digest};
use chancery_brief::marking::{Clearance, Policy, Scheme};
use chancery_brief::redact;
use chancery_brief::validate::{InvalidContent, canonicalize};
use chancery_print::{Edition, Images, RevisionState};
use chancery_proto::brief::v1::BriefContent;

use crate::args::Global;
use crate::args::render::SchemeArg;
use crate::inputs::draft_file::DraftFile;
use crate::inputs::images::Image;
use crate::ui::failure::Failure;

/// The edition of a draft for the highest clearance: editions omit blocks without data.
pub struct DraftEdition {
    /// Content of the file, with blocks without data.
    pub canonical: Canonical,
    pub content: BriefContent,
    /// The images that a text names by their files, by SHA-256.
    pub images: BTreeMap<String, Image>,
    brief: String,
    revision: u32,
    digest: String,
    /// The edition to compare with, for the same clearance, and the number of its revision.
    earlier: Option<(BriefContent, u32)>,
}

impl DraftEdition {
    /// Reads a draft, and the revision to compare it with.
    pub fn read(
        global: &Global,
        file: &Path,
        since: Option<&Path>,
        scheme: SchemeArg,
    ) -> Result<Self, Failure> {
        let (draft, canonical) = read(file, scheme.scheme())?;
        let since = since.map(|file| read(file, canonical.scheme())).transpose()?;
        let clearance = Clearance(canonical.highest());
        let edition_of =
            |canonical: &Canonical| redact::edition(canonical, clearance, Policy::Omit).unwrap_or_default();
        let content = edition_of(&canonical);
        let digest = body_digest(&body_bytes(&draft.brief_id, draft.revision, &content)).to_string();
        Ok(Self {
            content,
            brief: format!("workspaces/{}/briefs/{}", global.workspace, draft.brief_id),
            revision: draft.revision,
            images: draft.images,
            digest,
            earlier: since.map(|(draft, canonical)| (edition_of(&canonical), draft.revision)),
            canonical,
        })
    }

    /// Returns the printer's input, stamped as a draft.
    pub fn edition<'a>(&'a self, images: &'a Images) -> Edition<'a> {
        Edition {
            content: &self.content,
            brief: &self.brief,
            revision: self.revision,
            edition_digest: &self.digest,
            published_at: "",
            creator: "",
            import: None,
            state: RevisionState::Draft,
            withdraw_reason: "",
            superseded_by: None,
            earlier: self.earlier.as_ref().map(|(content, _)| content),
            earlier_revision: self.earlier.as_ref().map_or(0, |(_, revision)| *revision),
            combined_changes: None,
            images,
        }
    }
}

fn read(file: &Path, scheme: Scheme) -> Result<(DraftFile, Canonical), Failure> {
    let draft = DraftFile::read(file)?;
    let canonical = canonicalize(&draft.content, draft.scheme.unwrap_or(scheme))
        .map_err(|invalid| invalid_content(&draft, &invalid))?;
    Ok((draft, canonical))
}

/// Locates each violation in the file.
fn invalid_content(draft: &DraftFile, invalid: &InvalidContent) -> Failure {
    let violations = invalid
        .violations
        .iter()
        .map(|violation| draft.violation(&violation.path, violation.code, &violation.message));
    let failure = Failure::new("INVALID_ARGUMENT", "INVALID_CONTENT", invalid.to_string());
    Failure { total_violations: invalid.total, ..failure.with_violations(violations.collect()) }
}
