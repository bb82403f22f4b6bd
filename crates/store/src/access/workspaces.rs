//! Workspaces.

use std::collections::BTreeSet;

use chancery_brief::lint;
use chancery_brief::marking::{Policy, Rank, Scheme};
use chancery_brief::validate::check_plain_text;
use chancery_proto::names::{ResourceId, WorkspaceName};
use sqlx::PgExecutor;
use time::OffsetDateTime;

use crate::access::AccessControl;
use crate::access::principal::{Principal, Scope};
use crate::changes::idempotency_keys::{IdempotencyKey, insert_request_id, recorded_response};
use crate::changes::log::{self, Change};
use crate::convert::{damaged, generated_id};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};

/// The reserved workspace: it holds the tokens with SYSTEM roles, and logs changes that belong to no other workspace.
pub(crate) const SYSTEM: &str = "system";

/// Maximum length of a display name, in characters.
const MAX_DISPLAY_NAME_CHARS: usize = 200;

/// A tenant of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub id: ResourceId,
    /// Display name.
    pub display_name: String,
    /// The marking scheme of its content.
    pub scheme: Scheme,
    /// The form in which withheld parts appear.
    pub policy: Policy,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// Conditions for publishing drafts.
    pub rules: PublicationRules,
    /// Which prints need the agreement of two workers.
    pub agreement: PrintAgreement,
}

/// Which prints of a workspace need agreement: two workers with different tokens must print the same bytes before the PDF
/// is delivered. Decided when a print is queued.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrintAgreement {
    /// Prints with this marking or a higher one, if it is set: a label of the workspace's scheme.
    pub from_marking: Option<String>,
    /// The share of all other prints in percent, drawn at random.
    pub percent: u32,
}

/// Conditions for publishing drafts of a workspace, in addition to those in a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicationRules {
    /// Whether a draft with any warning is refused.
    pub require_no_warnings: bool,
    /// Codes of lint, in order: a draft with a warning of one of them is refused.
    pub refused_codes: Vec<String>,
    /// Whether a draft with differences that `changes` does not declare is refused.
    pub require_declared_changes: bool,
}

/// The fields of a workspace that an update sets.
#[derive(Debug, Clone, Default)]
pub struct WorkspaceUpdate {
    /// The display name.
    pub display_name: Option<String>,
    /// The publication rules.
    pub rules: Option<PublicationRules>,
    /// Which prints need agreement.
    pub agreement: Option<PrintAgreement>,
}

impl AccessControl<'_> {
    /// Creates a workspace.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`]; [`StoreError::InvalidField`] for the reserved id or a display name of invalid
    /// length; [`StoreError::RequestIdReused`].
    pub async fn create_workspace(
        self,
        principal: &Principal,
        id: &ResourceId,
        display_name: &str,
        scheme: Scheme,
        policy: Policy,
        write: Option<&IdempotencyKey>,
    ) -> Result<Workspace> {
        if id.as_str() == SYSTEM {
            let description = "\"system\" is reserved".to_owned();
            return Err(StoreError::InvalidField { field: "workspace_id", description });
        }
        let display_name = checked_display_name("workspace.display_name", display_name)?;
        let system: ResourceId = SYSTEM.parse().map_err(damaged)?;
        let mut transaction = self.pool.begin().await?;
        if let Some(write) = write
            && !insert_request_id(&mut transaction, principal, &system, write, &[]).await?
        {
            transaction.rollback().await?;
            recorded_response(self.pool, principal, &system, write).await?;
            return self.workspace(principal, id).await;
        }
        let created_at =
            insert_workspace(&mut transaction, id.as_str(), display_name, scheme, policy).await?;
        let name = WorkspaceName { workspace: id.clone() }.to_string();
        let Some(created_at) = created_at else { return Err(StoreError::AlreadyExists(name)) };
        let change = Change::of_no_brief("workspace_created", name);
        log::record(&mut transaction, SYSTEM, &principal.subject, &[change]).await?;
        transaction.commit().await?;
        Ok(Workspace {
            id: id.clone(),
            display_name: display_name.to_owned(),
            scheme,
            policy,
            created_at,
            rules: PublicationRules::default(),
            agreement: PrintAgreement::default(),
        })
    }

    /// Returns a workspace, to its own principals and to SYSTEM.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for principals of another workspace, [`StoreError::NotFound`].
    pub async fn workspace(self, principal: &Principal, id: &ResourceId) -> Result<Workspace> {
        principal.manages(id)?;
        let row = sqlx::query!(
            "-- access::workspaces::workspace
            select display_name, scheme, policy, created_at, require_no_warnings, refused_codes, require_declared_changes,
                agreement_from, agreement_percent
            from workspaces where workspace_id = $1",
            id.as_str()
        )
        .fetch_optional(self.pool)
        .await?;
        let row = row.ok_or_else(|| missing(id))?;
        let scheme: Scheme = row.scheme.parse().map_err(damaged)?;
        let from = row.agreement_from.map(Rank::try_from).transpose().map_err(damaged)?;
        Ok(Workspace {
            id: id.clone(),
            display_name: row.display_name,
            scheme,
            policy: row.policy.parse().map_err(damaged)?,
            created_at: row.created_at,
            rules: PublicationRules {
                require_no_warnings: row.require_no_warnings,
                refused_codes: row.refused_codes,
                require_declared_changes: row.require_declared_changes,
            },
            agreement: PrintAgreement {
                from_marking: from.map(|from| scheme.label(from).to_owned()),
                percent: u32::try_from(row.agreement_percent).map_err(damaged)?,
            },
        })
    }

    /// Sets fields of a workspace, and returns the workspace.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for principals of another workspace, [`StoreError::NotFound`];
    /// [`StoreError::InvalidField`] for a display name of invalid length, an unknown code, an unknown marking or more than
    /// 100 percent.
    pub async fn update_workspace(
        self,
        principal: &Principal,
        id: &ResourceId,
        update: &WorkspaceUpdate,
    ) -> Result<Workspace> {
        principal.manages(id)?;
        let display_name = update.display_name.as_deref();
        let display_name =
            display_name.map(|name| checked_display_name("workspace.display_name", name)).transpose()?;
        let codes = update.rules.as_ref().map(|rules| checked_codes(&rules.refused_codes)).transpose()?;
        let agreement = match &update.agreement {
            Some(agreement) => {
                Some(checked_agreement(self.workspace(principal, id).await?.scheme, agreement)?)
            }
            None => None,
        };
        let mut transaction = self.pool.begin().await?;
        let updated = sqlx::query!(
            "-- access::workspaces::update_workspace
            update workspaces set display_name = coalesce($2, display_name),
                require_no_warnings = coalesce($3, require_no_warnings), refused_codes = coalesce($4, refused_codes),
                require_declared_changes = coalesce($5, require_declared_changes),
                agreement_percent = coalesce($6, agreement_percent),
                agreement_from = case when $6::smallint is null then agreement_from else $7::smallint end
            where workspace_id = $1",
            id.as_str(),
            display_name,
            update.rules.as_ref().map(|rules| rules.require_no_warnings),
            codes.as_deref() as Option<&[String]>,
            update.rules.as_ref().map(|rules| rules.require_declared_changes),
            agreement.map(|(_, percent)| percent),
            agreement.and_then(|(from, _)| from),
        )
        .execute(&mut *transaction)
        .await?;
        if updated.rows_affected() == 0 {
            return Err(missing(id));
        }
        let name = WorkspaceName { workspace: id.clone() }.to_string();
        let change = Change::of_no_brief("workspace_updated", name);
        log::record(&mut transaction, id.as_str(), &principal.subject, &[change]).await?;
        transaction.commit().await?;
        self.workspace(principal, id).await
    }
}

/// Returns the publication rules of a workspace.
pub(crate) async fn publication_rules(
    executor: impl PgExecutor<'_>,
    workspace: &ResourceId,
) -> Result<PublicationRules> {
    let rules = sqlx::query_as!(
        PublicationRules,
        "-- access::workspaces::publication_rules
        select require_no_warnings, refused_codes, require_declared_changes
        from workspaces where workspace_id = $1",
        workspace.as_str()
    );
    Ok(rules.fetch_one(executor).await?)
}

fn missing(id: &ResourceId) -> StoreError {
    StoreError::NotFound(WorkspaceName { workspace: id.clone() }.to_string())
}

/// Returns codes of lint in order, each once.
fn checked_codes(codes: &[String]) -> Result<Vec<String>> {
    let is_known = |code: &&String| lint::CODES.iter().any(|(known, _)| known == code);
    if let Some(code) = codes.iter().find(|code| !is_known(code)) {
        let known: Vec<&str> = lint::CODES.iter().map(|(code, _)| *code).collect();
        return Err(StoreError::InvalidField {
            field: "workspace.publication_rules.refused_codes",
            description: format!("{code:?} is no code of lint; the codes are {}", known.join(", ")),
        });
    }
    Ok(codes.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect())
}

/// Returns the columns of an agreement: the rank that it begins at, and its share.
fn checked_agreement(scheme: Scheme, agreement: &PrintAgreement) -> Result<(Option<i16>, i16)> {
    let percent = i16::try_from(agreement.percent).ok().filter(|percent| *percent <= 100);
    let percent = percent.ok_or_else(|| StoreError::InvalidField {
        field: "workspace.print_agreement.percent",
        description: "must be from 0 to 100".to_owned(),
    })?;
    let Some(label) = &agreement.from_marking else { return Ok((None, percent)) };
    let rank = scheme.rank(label).ok_or_else(|| StoreError::InvalidField {
        field: "workspace.print_agreement.from_marking",
        description: format!(
            "{label:?} is not a marking of the workspace; expected one of {}",
            scheme.labels().join(", ")
        ),
    })?;
    Ok((Some(i16::from(rank)), percent))
}

impl Principal {
    /// Checks that the principal's scope includes the workspace: SYSTEM includes all, a workspace only itself.
    pub(crate) fn manages(&self, workspace: &ResourceId) -> Result<()> {
        match &self.scope {
            Scope::System => Ok(()),
            Scope::Workspace { .. } => self.access(workspace).map(drop),
        }
    }
}

/// Inserts the workspace and its change log; `None` when the id is in use.
pub(crate) async fn insert_workspace(
    transaction: &mut PgConnection,
    id: &str,
    display_name: &str,
    scheme: Scheme,
    policy: Policy,
) -> Result<Option<OffsetDateTime>> {
    let (uid, epoch) = (generated_id()?, generated_id()?);
    let created_at = sqlx::query_scalar!(
        "-- access::workspaces::insert_workspace
        with made as (
            insert into workspaces (workspace_id, uid, display_name, scheme, policy) values ($1, $2, $3, $4, $5)
            on conflict (workspace_id) do nothing
            returning workspace_id, created_at
        ), counter as (
            insert into change_counters (workspace_id, epoch) select workspace_id, $6 from made
        )
        select created_at from made",
        id,
        uid.as_str(),
        display_name,
        scheme.as_str(),
        policy.as_str(),
        epoch.as_str()
    )
    .fetch_optional(transaction)
    .await?;
    Ok(created_at)
}

/// Checks that a display name is neither empty nor too long.
pub(crate) fn checked_display_name<'a>(field: &'static str, text: &'a str) -> Result<&'a str> {
    let length = text.trim().chars().count();
    check_plain_text(text).map_err(|description| StoreError::InvalidField { field, description })?;
    if (1..=MAX_DISPLAY_NAME_CHARS).contains(&length) && !text.contains('\n') {
        return Ok(text.trim());
    }
    let description =
        format!("a name has 1 to {MAX_DISPLAY_NAME_CHARS} characters, none of them a control character");
    Err(StoreError::InvalidField { field, description })
}
