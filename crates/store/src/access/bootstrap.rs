//! What a new installation needs to be used at all: workspace `default` and three tokens.

use std::fmt;

use chancery_brief::marking::{Policy, Rank, Scheme};

use crate::access::AccessControl;
use crate::access::principal::Role;
use crate::access::tokens::{Secret, insert_token};
use crate::access::workspaces::{SYSTEM, insert_workspace};
use crate::changes::log::{self, Change};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};

/// The workspace that `chancery migrate --init` makes.
const DEFAULT: &str = "default";

/// Whom the log names for what nobody asked for.
const SUBJECT: &str = "chancery migrate --init";

/// The first tokens' secrets.
#[derive(Debug)]
pub struct FirstSecrets {
    /// SYSTEM operator: manages workspaces and tokens.
    pub operator: Secret,
    /// Admin of workspace `default`, cleared for everything in it.
    pub admin: Secret,
    /// SYSTEM worker.
    pub worker: Secret,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bootstrapped {
    /// The workspace and the tokens were made, and the secrets kept.
    Now,
    /// It was done before: nothing was changed.
    Before,
}

impl AccessControl<'_> {
    /// Makes workspace `default` (TLP, OMIT) and tokens for operator, admin and worker, once. `keep` puts the secrets
    /// where they are wanted; the tokens hold only if that worked, so that none is ever lost.
    ///
    /// # Errors
    /// [`StoreError::Settings`] when `keep` fails.
    pub async fn bootstrap<E: fmt::Display>(
        self,
        keep: impl FnOnce(&FirstSecrets) -> std::result::Result<(), E>,
    ) -> Result<Bootstrapped> {
        let mut transaction = self.pool.begin().await?;
        let made = insert_workspace(&mut transaction, DEFAULT, "Default", Scheme::Tlp, Policy::Omit).await?;
        if made.is_none() {
            return Ok(Bootstrapped::Before);
        }
        let secrets = FirstSecrets {
            operator: first_token(&mut transaction, SYSTEM, Role::Operator, None).await?,
            worker: first_token(&mut transaction, SYSTEM, Role::Worker, None).await?,
            admin: first_token(&mut transaction, DEFAULT, Role::Admin, Some(Scheme::Tlp.highest())).await?,
        };
        keep(&secrets)
            .map_err(|error| StoreError::Settings(format!("keeping the first secrets: {error}")))?;
        let target = format!("workspaces/{DEFAULT}");
        let change = Change::of_no_brief("workspace_created", target);
        log::record(&mut transaction, SYSTEM, SUBJECT, &[change]).await?;
        transaction.commit().await?;
        Ok(Bootstrapped::Now)
    }
}

async fn first_token(
    transaction: &mut PgConnection,
    workspace: &str,
    role: Role,
    clearance: Option<Rank>,
) -> Result<Secret> {
    let secret = Secret::generate()?;
    let roles = [role].into_iter().collect();
    insert_token(transaction, workspace, role.as_str(), roles, clearance, &secret, None, SUBJECT).await?;
    Ok(secret)
}
