//! Checks whether figures can show their images.

use std::collections::{BTreeMap, BTreeSet};

use chancery_brief::attachments::{ShownImage, shown_images};
use chancery_brief::digest::Digest;
use chancery_brief::lint::Warning;
use chancery_brief::marking::{Clearance, Rank, Scheme};
use chancery_brief::validate::Violation;
use chancery_proto::brief::v1::BriefContent;
use chancery_proto::names::ResourceId;

use crate::access::principal::Principal;
use crate::briefs::Attachments;
use crate::briefs::image_checks::{self, refusal_message};
use crate::convert::{damaged, to_digest};
use crate::database::PgConnection;
use crate::error::Result;

/// The stable codes of figures that cannot show their image.
const UNKNOWN: &str = "UNKNOWN_ATTACHMENT";

const ABOVE: &str = "ATTACHMENT_ABOVE_BLOCK";

/// The code of a figure whose image cannot be printed, as a lint warning and as a violation.
pub(crate) const UNPRINTABLE: &str = "UNPRINTABLE_ATTACHMENT";

impl Attachments<'_> {
    /// Returns warnings for figures whose image cannot be printed, each with the id of the section that holds the
    /// figure. Ignores images above the principal's clearance.
    ///
    /// # Errors
    /// [`crate::StoreError::Forbidden`] for another workspace.
    pub async fn unprintable_images(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        content: &BriefContent,
    ) -> Result<Vec<Warning>> {
        let access = principal.access(workspace)?;
        let shown = shown_images(content);
        if shown.is_empty() {
            return Ok(Vec::new());
        }
        let digests: BTreeSet<&str> = shown.iter().map(|image| image.digest).collect();
        let mut connection = self.pool.acquire().await?;
        let states = states(&mut connection, workspace, &digests).await?;
        let warning = |image: &ShownImage<'_>| {
            let state = states.get(image.digest).filter(|state| access.clearance.reads(state.marking))?;
            let message = refusal_message(state.refusal.as_deref()?);
            Some(Warning { code: UNPRINTABLE, part_id: image.section_id.to_owned(), message })
        };
        Ok(shown.iter().filter_map(warning).collect())
    }

    /// Returns the figures of canonical content that would make publishing fail because of their images.
    ///
    /// # Errors
    /// [`crate::StoreError::Forbidden`] for another workspace.
    pub async fn unusable_figures(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        content: &BriefContent,
    ) -> Result<Vec<Violation>> {
        let access = principal.access(workspace)?;
        let mut connection = self.pool.acquire().await?;
        unusable(&mut connection, workspace, (access.scheme, access.clearance), content).await
    }
}

/// Returns the figures of canonical content whose image is missing from the workspace, marked above the figure, or
/// unprintable. An image above the clearance counts as missing.
pub(crate) async fn unusable(
    connection: &mut PgConnection,
    workspace: &ResourceId,
    (scheme, clearance): (Scheme, Clearance),
    content: &BriefContent,
) -> Result<Vec<Violation>> {
    let shown = shown_images(content);
    if shown.is_empty() {
        return Ok(Vec::new());
    }
    let digests: BTreeSet<&str> = shown.iter().map(|image| image.digest).collect();
    let states = states(connection, workspace, &digests).await?;
    let violations = shown.iter().filter_map(|image| {
        let violation = |code, message| Some(Violation { path: image.path.clone(), code, message });
        let visible = states.get(image.digest).filter(|state| clearance.reads(state.marking));
        let Some(ImageState { marking, refusal }) = visible else {
            return violation(UNKNOWN, "the workspace has no attachment of this SHA-256".to_owned());
        };
        if scheme.rank(image.marking) < Some(*marking) {
            let (above, marking) = (scheme.label(*marking), image.marking);
            return violation(ABOVE, format!("the attachment is marked {above}, the block only {marking}"));
        }
        if let Some(refusal) = refusal {
            return violation(UNPRINTABLE, refusal_message(refusal));
        }
        None
    });
    Ok(violations.collect())
}

/// A stored image's marking, and why it cannot be printed, if so.
pub(crate) struct ImageState {
    pub(crate) marking: Rank,
    pub(crate) refusal: Option<String>,
}

/// Returns the states of those images that are in the workspace, by hexadecimal digest. Images last checked by an older
/// version of the check are checked again first.
pub(crate) async fn states(
    connection: &mut PgConnection,
    workspace: &ResourceId,
    digests: &BTreeSet<&str>,
) -> Result<BTreeMap<String, ImageState>> {
    let bytes: std::result::Result<Vec<Vec<u8>>, _> =
        digests.iter().map(|digest| digest.parse::<Digest>().map(|digest| digest.0.to_vec())).collect();
    let bytes = bytes.map_err(damaged)?;
    image_checks::check_pending(&mut *connection, workspace, &bytes).await?;
    let rows = sqlx::query!(
        r#"-- briefs::figures::states
        select digest as "digest!: Vec<u8>", marking::smallint as "marking!", refusal from attachments
        where workspace_id = $1 and digest = any ($2::bytea[])"#,
        workspace.as_str(),
        &bytes,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let marking = Rank::try_from(row.marking).map_err(damaged)?;
            Ok((to_digest(row.digest)?.to_string(), ImageState { marking, refusal: row.refusal }))
        })
        .collect()
}
