//! The edition of a draft in a file.

use std::collections::BTreeMap;
use std::path::Path;

use chancery_brief::Canonical;
use chancery_brief::digest::{body_bytes, body_digest};
use chancery_brief::marking::{Clearance, Policy, Rank, Scheme};
use chancery_brief::validate::{InvalidContent, canonicalize};
use chancery_brief::{diff, redact};
use chancery_print::{Edition, Images, RevisionState};
use chancery_proto::brief::v1::{BriefContent, PartDifference};
use chancery_proto::nearest::expected_claim;

use crate::args::Global;
use crate::args::render::SchemeArg;
use crate::inputs::draft_file::DraftFile;
use crate::inputs::images::Image;
use crate::inputs::valid_draft::ValidDraft;
use crate::ui::failure::Failure;

/// The edition of a draft for a clearance: editions omit what its readers may not see, and blocks without data.
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
    /// Lists the differences from the revision to compare with that the draft does not declare as changes.
    pub fn undeclared(&self) -> Vec<PartDifference> {
        let earlier = self.earlier.as_ref();
        earlier.map(|(earlier, _)| diff::undeclared(earlier, &self.content)).unwrap_or_default()
    }

    /// Reads a draft, and the revision to compare it with.
    pub fn read(
        global: &Global,
        file: &Path,
        since: Option<&Path>,
        scheme: SchemeArg,
        clearance: Option<&str>,
    ) -> Result<Self, Failure> {
        let draft = read(file, scheme.scheme())?;
        let since = since.map(|file| read(file, draft.canonical.scheme())).transpose()?;
        Self::of(global, draft, since.as_ref(), clearance)
    }

    /// Makes the edition of a draft that was read, for readers with the clearance of a marking, or for the highest one.
    pub fn of(
        global: &Global,
        draft: ValidDraft,
        since: Option<&ValidDraft>,
        clearance: Option<&str>,
    ) -> Result<Self, Failure> {
        let ValidDraft { brief_id, revision, canonical, images } = draft;
        let rank = clearance.map(|label| rank_of(label, canonical.scheme())).transpose()?;
        let clearance = Clearance(rank.unwrap_or(canonical.highest()));
        let edition_of = |canonical: &Canonical| redact::edition(canonical, clearance, Policy::Omit);
        let content = edition_of(&canonical).ok_or_else(|| below_floor(&canonical, clearance))?;
        let digest = body_digest(&body_bytes(&brief_id, revision, &content)).to_string();
        Ok(Self {
            content,
            brief: format!("workspaces/{}/briefs/{brief_id}", global.workspace),
            revision,
            images,
            digest,
            earlier: since.and_then(|since| Some((edition_of(&since.canonical)?, since.revision))),
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

fn rank_of(label: &str, scheme: Scheme) -> Result<Rank, Failure> {
    scheme.rank(label).ok_or_else(|| {
        let remedy = expected_claim(label, scheme.labels());
        let message =
            format!("{label:?} is no marking of the scheme {scheme}, which the brief has: {remedy}");
        Failure::usage("UNKNOWN_MARKING", message)
    })
}

fn below_floor(canonical: &Canonical, clearance: Clearance) -> Failure {
    let label = |rank| canonical.scheme().label(rank);
    let (floor, given) = (label(canonical.floor()), label(clearance.0));
    let message = format!(
        "readers with the clearance {given} have no edition: all of the brief is marked {floor} or higher"
    );
    Failure::new("FAILED_PRECONDITION", "NO_EDITION", message)
        .help(format!("name a clearance of {floor} or higher, or lower `marking` in the front matter"))
}

/// Reads a file whose content must break no rule.
pub fn read(file: &Path, scheme: Scheme) -> Result<ValidDraft, Failure> {
    let draft = DraftFile::read(file)?;
    let canonical = canonicalize(&draft.content, draft.scheme.unwrap_or(scheme))
        .map_err(|invalid| invalid_content(&draft, &invalid))?;
    let DraftFile { brief_id, revision, images, .. } = draft;
    Ok(ValidDraft { brief_id, revision, canonical, images })
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
