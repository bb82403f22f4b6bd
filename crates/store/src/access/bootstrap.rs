//! Bootstrap of a new installation: workspace `default` and three tokens.

use std::fmt;

use chancery_brief::marking::{Policy, Rank, Scheme};

use crate::access::AccessControl;
use crate::access::principal::Role;
use crate::access::secrets::Secret;
use crate::access::token_creation::{Expiry, TokenRow, insert_token};
use crate::access::tokens::WorkerLimits;
use crate::access::workspaces::{SYSTEM, insert_workspace};
use crate::changes::log::{self, Change};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};

/// The workspace that `chancery migrate --init` creates.
const DEFAULT: &str = "default";

/// The subject that the change log records for the bootstrap, which has no caller.
const SUBJECT: &str = "chancery migrate --init";

/// The first tokens' secrets.
#[derive(Debug)]
pub struct FirstSecrets {
    /// SYSTEM operator: manages workspaces and tokens.
    pub operator: Secret,
    /// Admin of workspace `default`, cleared for everything in it.
    pub admin: Secret,
    /// SYSTEM enroller: worker processes exchange it for tokens of their own.
    pub worker: Secret,
}

/// The outcome of a bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bootstrapped {
    /// The workspace and the tokens were created, and `store_secrets` stored the secrets.
    Now,
    /// The installation was bootstrapped before; nothing changed.
    Before,
}

impl AccessControl<'_> {
    /// Creates workspace `default` (TLP, OMIT) and tokens for an operator, an admin and the enrolment of workers, once. `store_secrets` stores
    /// the secrets before the commit: when it fails, no token exists.
    ///
    /// # Errors
    /// [`StoreError::Settings`] when `store_secrets` fails.
    pub async fn bootstrap<E: fmt::Display>(
        self,
        store_secrets: impl FnOnce(&FirstSecrets) -> std::result::Result<(), E>,
    ) -> Result<Bootstrapped> {
        let mut transaction = self.pool.begin().await?;
        let created =
            insert_workspace(&mut transaction, DEFAULT, "Default", Scheme::Tlp, Policy::Omit).await?;
        if created.is_none() {
            return Ok(Bootstrapped::Before);
        }
        let secrets = FirstSecrets {
            operator: first_token(&mut transaction, SYSTEM, Role::Operator, None).await?,
            worker: first_token(&mut transaction, SYSTEM, Role::Enroller, None).await?,
            admin: first_token(&mut transaction, DEFAULT, Role::Admin, Some(Scheme::Tlp.highest())).await?,
        };
        store_secrets(&secrets)
            .map_err(|error| StoreError::Settings(format!("storing the first secrets: {error}")))?;
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
    let row = TokenRow {
        workspace,
        display_name: role.as_str(),
        roles: [role].into_iter().collect(),
        clearance,
        // An installation must not lock itself out.
        expiry: Expiry::Never,
        limits: &WorkerLimits::default(),
        creator: SUBJECT,
    };
    insert_token(transaction, &row, &secret).await?;
    Ok(secret)
}
