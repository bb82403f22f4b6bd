//! Print environments: everything that decides a PDF's bytes besides its inputs. At most one is active.

use chancery_brief::digest::Digest;
use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_proto::names::GeneratedId;
use chancery_proto::worker::v1::PrintEnvironment as Message;
use sha2::{Digest as _, Sha256};
use sqlx::PgExecutor;

use crate::convert::damaged;
use crate::error::Result;
use crate::renders::Renders;

/// How long a worker counts as live after it was last seen, in seconds. A worker with free slots requests tasks every
/// few seconds; one without renews its leases every ten.
pub(crate) const LIVENESS_WINDOW_SECONDS: f64 = 60.0;

/// A print environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PrintEnvironment {
    /// SHA-256 of the printer's sources.
    pub printer_version: Digest,
    /// SHA-256 of the fonts.
    pub fonts_digest: Digest,
}

impl PrintEnvironment {
    /// Converts the environment to its form in manifests.
    pub fn to_message(self) -> Message {
        Message {
            printer_version: self.printer_version.to_string(),
            fonts_digest: self.fonts_digest.to_string(),
        }
    }
}

impl Renders<'_> {
    /// Activates an environment, whose fonts have the given coverage, for renders requested from now on.
    pub async fn set_print_environment(
        self,
        environment: PrintEnvironment,
        coverage: &GlyphCoverage,
    ) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        // Serializes activations: two concurrent ones would violate the unique index.
        sqlx::query!(
            "-- renders::environments::set_print_environment
            lock table print_environments in share row exclusive mode"
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "-- renders::environments::set_print_environment
            update print_environments set active = false
            where active and (printer_version <> $1::bytea or fonts_digest <> $2::bytea)",
            environment.printer_version.as_bytes().as_slice(),
            environment.fonts_digest.as_bytes().as_slice(),
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "-- renders::environments::set_print_environment
            insert into print_environments as known (printer_version, fonts_digest, active, glyph_coverage)
            values ($1::bytea, $2::bytea, true, $3)
            on conflict (printer_version, fonts_digest) do update
            set active = true,
                glyph_coverage = excluded.glyph_coverage,
                set_at = case when known.active then known.set_at else clock_timestamp() end
            where not known.active or known.glyph_coverage is distinct from excluded.glyph_coverage",
            /* printer_version */ environment.printer_version.as_bytes().as_slice(),
            /* fonts_digest */ environment.fonts_digest.as_bytes().as_slice(),
            /* glyph_coverage */ coverage.to_bytes(),
        )
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Returns the active environment, if any.
    pub async fn active_print_environment(self) -> Result<Option<PrintEnvironment>> {
        let row = sqlx::query!(
            "-- renders::environments::active_print_environment
            select printer_version, fonts_digest from print_environments where active"
        )
        .fetch_optional(self.pool)
        .await?;
        row.map(|row| environment(&row.printer_version, &row.fonts_digest)).transpose()
    }

    /// Returns the coverage of the active environment's fonts: see [`active_glyph_coverage`].
    pub async fn glyph_coverage(self) -> Result<Option<GlyphCoverage>> {
        active_glyph_coverage(self.pool).await
    }
}

/// Returns the coverage of the active environment's fonts. `None` if no environment is active, or if a version that did
/// not store coverage activated it.
pub(crate) async fn active_glyph_coverage(executor: impl PgExecutor<'_>) -> Result<Option<GlyphCoverage>> {
    let stored = sqlx::query_scalar!(
        "-- renders::environments::active_glyph_coverage
        select glyph_coverage from print_environments where active"
    )
    .fetch_optional(executor)
    .await?;
    stored.flatten().map(|bytes| GlyphCoverage::from_bytes(&bytes).map_err(damaged)).transpose()
}

/// Parses an environment from a manifest.
pub(crate) fn of_message(message: &Message) -> Result<PrintEnvironment> {
    Ok(PrintEnvironment {
        printer_version: message.printer_version.parse().map_err(damaged)?,
        fonts_digest: message.fonts_digest.parse().map_err(damaged)?,
    })
}

pub(crate) fn environment(printer_version: &[u8], fonts_digest: &[u8]) -> Result<PrintEnvironment> {
    Ok(PrintEnvironment { printer_version: digest(printer_version)?, fonts_digest: digest(fonts_digest)? })
}

pub(crate) fn digest(bytes: &[u8]) -> Result<Digest> {
    bytes.try_into().map(Digest).map_err(damaged)
}

/// Returns a worker's id, which depends on its name and environment only, so that all services agree on it.
pub(crate) fn worker_id(environment: PrintEnvironment, name: &str) -> GeneratedId {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(environment.printer_version.as_bytes())
        .chain_update(environment.fonts_digest.as_bytes())
        .chain_update(name.as_bytes())
        .finalize()
        .into();
    let mut half = [0; 16];
    half.copy_from_slice(&hash[..16]);
    GeneratedId::from_bytes(half)
}
