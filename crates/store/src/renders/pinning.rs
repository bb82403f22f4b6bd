//! Pins everything that a print depends on.

use chancery_brief::digest::{Digest, body_digest};
use chancery_brief::render_options::with_defaults;
use chancery_proto::brief::v1::Change;
use chancery_proto::names::{BriefName, BriefOrRevisionName};
use chancery_proto::render::v1::RenderOptions;
use chancery_proto::worker::v1::RenderInputManifest;
use prost::Message;

use crate::access::principal::{Access, Principal};
use crate::briefs::import_records::ImportRecord;
use crate::convert::{damaged, to_number};
use crate::error::{Result, StoreError};
use crate::renders::Renders;
use crate::renders::comparisons::PinnedComparison;
use crate::renders::environments::{PrintEnvironment, digest, environment};
use crate::renders::inputs::PinnedEdition;
use crate::timestamps::timestamp;

/// The pinned inputs of a render.
pub(crate) struct Pinned {
    pub(crate) brief: BriefName,
    pub(crate) brief_key: i64,
    pub(crate) revision: i32,
    pub(crate) from_rank: i16,
    /// The lowest clearance that may see everything in the print, and thus the print.
    pub(crate) visible_from: i16,
    pub(crate) edition_digest: Digest,
    /// The editions whose changes the manifest quotes. They must not be purged before the task refers to them.
    pub(crate) quoted: Vec<Digest>,
    pub(crate) options: RenderOptions,
    pub(crate) environment: PrintEnvironment,
    pub(crate) manifest: Vec<u8>,
    pub(crate) render_key: Digest,
}

/// The revision to compare with; empty where there is none.
#[derive(Default)]
struct Comparison {
    digest: String,
    revision: u32,
    visible_from: Option<i16>,
    changes: Vec<Change>,
    quoted: Vec<Digest>,
}

impl Comparison {
    /// Compares with the parent revision, if there is one.
    fn of_parent(revision: Option<i32>, bytes: Option<&[u8]>, visible_from: Option<i16>) -> Result<Self> {
        let (Some(revision), Some(bytes)) = (revision, bytes) else { return Ok(Self::default()) };
        let (digest, revision) = (digest(bytes)?.to_string(), to_number(revision)?);
        Ok(Self { digest, revision, visible_from, ..Self::default() })
    }

    /// Compares with the revision that the caller chose.
    fn chosen(pinned: PinnedComparison) -> Result<Self> {
        Ok(Self {
            digest: pinned.digest.to_string(),
            revision: to_number(pinned.revision)?,
            visible_from: Some(pinned.visible_from),
            changes: pinned.changes,
            quoted: pinned.combined,
        })
    }
}

impl Renders<'_> {
    /// Pins everything that the print depends on. The print mentions newer and earlier revisions only as far as the
    /// caller may see them, and the render is visible only to clearances that may see the same.
    pub(crate) async fn pin_render_input(
        self,
        principal: &Principal,
        access: Access,
        source: &BriefOrRevisionName,
        options: &RenderOptions,
    ) -> Result<Pinned> {
        let brief = source.brief_name();
        let named = source.revision().map(|number| i32::try_from(number.0).unwrap_or(i32::MAX));
        let row = sqlx::query!(
            r#"-- renders::pinning::pin_render_input
            select b.brief_key, e.revision, e.from_rank as "from_rank!", e.digest, r.published_at, r.creator,
                r.recorded_at, r.importer,
                r.withdrawn_at is not null as "is_withdrawn!", r.withdraw_reason,
                p.revision as "comparison_revision?", p.digest as "comparison?",
                p.from_rank::smallint as "comparison_from?",
                n.revision as "newest?", n.floor::smallint as "newest_from?",
                v.printer_version as "printer_version?", v.fonts_digest as "fonts_digest?"
            from briefs b
            cross join lateral (
                select revision, from_rank, digest from editions
                where brief_key = b.brief_key
                    and from_rank <= $3::smallint
                    and case when $4::integer is null then current_until > $3 else revision = $4 end
                order by revision desc, from_rank desc
                limit 1
            ) e
            join revisions r on r.brief_key = b.brief_key and r.revision = e.revision
            left join lateral (
                select c.revision, c.digest, c.from_rank
                from editions c join revisions s using (brief_key, revision)
                where c.brief_key = b.brief_key and c.revision < e.revision and c.from_rank <= $3::smallint
                    and s.withdrawn_at is null
                order by c.revision desc, c.from_rank desc
                limit 1
            ) p on true
            left join lateral (
                select c.revision, s.floor from editions c join revisions s using (brief_key, revision)
                where c.brief_key = b.brief_key and c.from_rank <= $3::smallint and c.current_until > $3
                limit 1
            ) n on true
            left join print_environments v on v.active
            where b.workspace_id = $1 and b.brief_id = $2 and b.deleted_at is null"#,
            brief.workspace.as_str(),
            brief.brief.as_str(),
            i16::from(access.clearance.0),
            named,
        )
        .fetch_optional(self.pool)
        .await?;
        let Some(row) = row else { return Err(self.missing_edition_error(principal, source).await?) };
        let environment = active_environment(row.printer_version.as_deref(), row.fonts_digest.as_deref())?;
        let edition_digest = digest(&row.digest)?;
        let options = with_defaults(options.clone());
        let edition = PinnedEdition { key: row.brief_key, revision: row.revision, from_rank: row.from_rank };
        self.check_sections(&edition, &options).await?;
        let comparison = if options.compare_to.is_empty() {
            Comparison::of_parent(row.comparison_revision, row.comparison.as_deref(), row.comparison_from)?
        } else {
            Comparison::chosen(self.pin_comparison(access, &brief, &edition, &options.compare_to).await?)?
        };
        let logo = self.pin_logo(access, &brief, &options).await?;
        let attachments = self.pin_images(&edition, logo.as_ref()).await?;
        let seen = [Some(row.from_rank), comparison.visible_from, logo.as_ref().map(|logo| logo.marking)];
        let newer = row.newest.filter(|newest| *newest > row.revision);
        let newer_from = newer.and(row.newest_from);
        let visible_from = seen.into_iter().chain([newer_from]).flatten().max().unwrap_or(row.from_rank);
        let manifest = RenderInputManifest {
            workspace: format!("workspaces/{}", brief.workspace),
            brief: brief.to_string(),
            revision: u32::try_from(row.revision).map_err(damaged)?,
            edition_digest: edition_digest.to_string(),
            comparison_edition_digest: comparison.digest,
            comparison_revision: comparison.revision,
            combined_changes: comparison.changes,
            combined_edition_digests: comparison.quoted.iter().map(Digest::to_string).collect(),
            attachment_digests: attachments,
            asset_digests: logo.into_iter().map(|logo| logo.digest.to_string()).collect(),
            // Digests pin the comparison, so that naming the parent revision and naming none yield the same render key.
            options: Some(RenderOptions { compare_to: String::new(), ..options.clone() }),
            publish_time: Some(timestamp(row.published_at)),
            creator: row.creator,
            import_record: ImportRecord::of_columns(row.importer, row.recorded_at)
                .map(|import| import.to_message()),
            superseded_by: newer.map_or(Ok(0), to_number)?,
            withdrawn: row.is_withdrawn,
            withdraw_reason: row.withdraw_reason.unwrap_or_default(),
            environment: Some(environment.to_message()),
            marking_scheme: access.scheme.to_string(),
        }
        .encode_to_vec();
        Ok(Pinned {
            brief,
            brief_key: row.brief_key,
            revision: row.revision,
            from_rank: row.from_rank,
            visible_from,
            edition_digest,
            quoted: comparison.quoted,
            options,
            environment,
            render_key: body_digest(&manifest),
            manifest,
        })
    }

    /// Explains why the principal has no edition to print.
    async fn missing_edition_error(
        self,
        principal: &Principal,
        source: &BriefOrRevisionName,
    ) -> Result<StoreError> {
        let answer = match source {
            BriefOrRevisionName::Revision(name) => self.briefs.edition(principal, name).await.map(drop),
            BriefOrRevisionName::Brief(name) => self.briefs.newest_edition(principal, name).await.map(drop),
        };
        match answer {
            // The brief was deleted, or an edition was published since.
            Ok(()) => Ok(StoreError::NotFound(name_of(source))),
            Err(
                error @ (StoreError::RevisionPurged(_)
                | StoreError::AllWithdrawn(_)
                | StoreError::NotFound(_)),
            ) => Ok(error),
            Err(StoreError::NotPublished(name)) => Ok(StoreError::NotFound(name)),
            Err(error) => Err(error),
        }
    }
}

/// Returns the active print environment of a row, whose columns are null when none is active.
fn active_environment(
    printer_version: Option<&[u8]>,
    fonts_digest: Option<&[u8]>,
) -> Result<PrintEnvironment> {
    let digests = printer_version.zip(fonts_digest);
    let (printer_version, fonts_digest) = digests.ok_or(StoreError::NoPrintEnvironment)?;
    environment(printer_version, fonts_digest)
}

pub(crate) fn name_of(source: &BriefOrRevisionName) -> String {
    match source {
        BriefOrRevisionName::Brief(name) => name.to_string(),
        BriefOrRevisionName::Revision(name) => name.to_string(),
    }
}
