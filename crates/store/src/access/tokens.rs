//! API tokens: how secrets are made and looked up. Only a hash of a secret is ever stored.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chancery_brief::marking::{Clearance, Rank, Scheme};
use chancery_proto::names::{ApiTokenName, GeneratedId, ResourceId};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::access::AccessControl;
use crate::access::principal::{Principal, Role, Roles, Scope};
use crate::access::workspaces::{SYSTEM, checked_display_name};
use crate::changes::log::{self, Change};
use crate::convert::{damaged, generated_id, to_digest};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};

/// The prefix of every secret, so that secret scanners recognise leaked ones.
const PREFIX: &str = "chy_";

/// A token's secret: `chy_` and 32 random bytes in base64url. It is shown once, when the token is made.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Generates a secret.
    ///
    /// # Errors
    /// [`StoreError::Randomness`] when the operating system returns no random bytes.
    pub fn generate() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// Parses a secret sent by a caller; `None` when it is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned()))
    }

    /// Returns the secret's text, to hand it to its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Returns the hash that is stored. A secret has 256 random bits, so a fast hash suffices.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// Omits the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its name.
    pub name: ApiTokenName,
    /// The name shown to people.
    pub display_name: String,
    /// The roles that it grants.
    pub roles: Roles,
    /// The highest marking that its holder may read; empty for SYSTEM roles.
    pub clearance: String,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When it expires, if ever.
    pub expires_at: Option<OffsetDateTime>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<OffsetDateTime>,
}

/// A token to create.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// The name shown to people.
    pub display_name: &'a str,
    /// The roles to grant.
    pub roles: Roles,
    /// A label of the workspace's scheme; empty for SYSTEM roles.
    pub clearance: &'a str,
    /// When it expires, if ever.
    pub expires_at: Option<OffsetDateTime>,
}

/// A row of `api_tokens`.
struct Row {
    token_id: String,
    display_name: String,
    roles: Vec<String>,
    clearance: Option<i16>,
    created_at: OffsetDateTime,
    expires_at: Option<OffsetDateTime>,
    revoked_at: Option<OffsetDateTime>,
}

impl AccessControl<'_> {
    /// Returns the principal of the token with this secret; `None` when no valid token has it.
    pub async fn principal_of_secret(self, secret: &Secret) -> Result<Option<Principal>> {
        let found = self.principal_of_secret_sha256(&secret.sha256()).await?;
        Ok(found.map(|(principal, _)| principal))
    }

    /// Finds a principal as [`Self::principal_of_secret`] does, by the stored hash. Also returns how long the token
    /// remains valid, if it expires.
    pub async fn principal_of_secret_sha256(
        self,
        sha256: &[u8; 32],
    ) -> Result<Option<(Principal, Option<Duration>)>> {
        let row = sqlx::query!(
            r#"-- access::tokens::principal_of_secret_sha256
            select t.token_id, t.workspace_id, t.display_name, t.roles, t.clearance::smallint as clearance,
                w.scheme, w.policy, t.certificate_key::bytea as certificate_key,
                extract(epoch from least(t.expires_at, e.expires_at) - clock_timestamp())::float8 as seconds_left
            from api_tokens t
            join workspaces w using (workspace_id)
            left join api_tokens e on e.token_id = t.enrolled_by
            where t.secret_sha256 = $1
                and t.revoked_at is null and e.revoked_at is null
                and t.suspended_at is null and e.suspended_at is null
                and (t.expires_at is null or t.expires_at > clock_timestamp())
                and (e.expires_at is null or e.expires_at > clock_timestamp())"#,
            sha256.as_slice()
        )
        .fetch_optional(self.identity_pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let scope = match row.clearance {
            None => Scope::System,
            Some(rank) => Scope::Workspace {
                id: row.workspace_id.parse().map_err(damaged)?,
                scheme: row.scheme.parse().map_err(damaged)?,
                policy: row.policy.parse().map_err(damaged)?,
                clearance: Clearance(Rank::try_from(rank).map_err(damaged)?),
            },
        };
        let principal = Principal {
            subject: format!("workspaces/{}/apiTokens/{}", row.workspace_id, row.token_id),
            display_name: row.display_name,
            scope,
            roles: roles(&row.roles)?,
            certificate_key: row.certificate_key.map(to_digest).transpose()?,
        };
        // An expiry too far in the future for `Duration` counts as none: the identity cache looks the token up again
        // long before.
        let left = row.seconds_left.and_then(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).ok());
        Ok(Some((principal, left)))
    }

    /// Creates a token, with no more permissions than its creator has.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace, [`StoreError::ClearanceTooLow`] for a clearance above the
    /// creator's, [`StoreError::InvalidField`] for values that do not fit together, [`StoreError::NotFound`].
    pub async fn create_token(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        new: &NewToken<'_>,
    ) -> Result<(ApiToken, Secret)> {
        self.create_token_and_store(principal, workspace, new, |_, _| Ok(())).await
    }

    /// Creates a token as [`Self::create_token`] does. `store_secret` stores the secret before the commit: when it fails, the
    /// token does not exist.
    pub(crate) async fn create_token_and_store(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        new: &NewToken<'_>,
        store_secret: impl FnOnce(&ApiToken, &Secret) -> Result<()>,
    ) -> Result<(ApiToken, Secret)> {
        let scheme = self.workspace(principal, workspace).await?.scheme;
        let display_name = checked_display_name("api_token.display_name", new.display_name)?;
        check_roles(workspace, new.roles)?;
        let clearance = checked_clearance(principal, workspace, scheme, new.clearance)?;
        let secret = Secret::generate()?;
        let mut transaction = self.pool.begin().await?;
        let (id, created_at) = insert_token(
            &mut transaction,
            workspace.as_str(),
            display_name,
            new.roles,
            clearance,
            &secret,
            new.expires_at,
            &principal.subject,
        )
        .await?;
        let token = ApiToken {
            name: ApiTokenName { workspace: workspace.clone(), token: id },
            display_name: display_name.to_owned(),
            roles: new.roles,
            clearance: new.clearance.to_owned(),
            created_at,
            expires_at: new.expires_at,
            revoked_at: None,
        };
        store_secret(&token, &secret)?;
        let change = Change::of_no_brief("token_created", token.name.to_string());
        log::record(&mut transaction, workspace.as_str(), &principal.subject, &[change]).await?;
        transaction.commit().await?;
        Ok((token, secret))
    }

    /// Lists a workspace's tokens, oldest first, from the one after `after` on.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], [`StoreError::NotFound`].
    pub async fn list_tokens(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        after: Option<&GeneratedId>,
        limit: i64,
    ) -> Result<Vec<ApiToken>> {
        let scheme = self.workspace(principal, workspace).await?.scheme;
        let rows = sqlx::query_as!(
            Row,
            "-- access::tokens::list_tokens
            select token_id, display_name, roles, clearance::smallint as clearance, created_at, expires_at, revoked_at
            from api_tokens
            where workspace_id = $1
                and ($2::text is null
                    or (created_at, token_id) > (select a.created_at, a.token_id from api_tokens a where a.token_id = $2))
            order by created_at, token_id
            limit $3",
            workspace.as_str(),
            after.map(GeneratedId::as_str),
            limit
        )
        .fetch_all(self.pool)
        .await?;
        rows.into_iter().map(|row| row.into_token(workspace, scheme)).collect()
    }

    /// Revokes a token permanently. Revoking it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], [`StoreError::NotFound`].
    pub async fn revoke_token(self, principal: &Principal, name: &ApiTokenName) -> Result<ApiToken> {
        let scheme = self.workspace(principal, &name.workspace).await?.scheme;
        let mut transaction = self.pool.begin().await?;
        let revoked = sqlx::query_scalar!(
            "-- access::tokens::revoke_token
            update api_tokens set revoked_at = clock_timestamp()
            where workspace_id = $1 and token_id = $2 and revoked_at is null",
            name.workspace.as_str(),
            name.token.as_str()
        )
        .execute(&mut *transaction)
        .await?;
        let row = sqlx::query_as!(
            Row,
            "-- access::tokens::revoke_token
            select token_id, display_name, roles, clearance::smallint as clearance, created_at, expires_at, revoked_at
            from api_tokens where workspace_id = $1 and token_id = $2",
            name.workspace.as_str(),
            name.token.as_str()
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let token =
            row.ok_or_else(|| StoreError::NotFound(name.to_string()))?.into_token(&name.workspace, scheme)?;
        if revoked.rows_affected() > 0 {
            let change = Change::of_no_brief("token_revoked", name.to_string());
            log::record(&mut transaction, name.workspace.as_str(), &principal.subject, &[change]).await?;
        }
        transaction.commit().await?;
        Ok(token)
    }
}

impl Row {
    fn into_token(self, workspace: &ResourceId, scheme: Scheme) -> Result<ApiToken> {
        let token = self.token_id.parse().map_err(damaged)?;
        let rank = self.clearance.map(Rank::try_from).transpose().map_err(damaged)?;
        Ok(ApiToken {
            name: ApiTokenName { workspace: workspace.clone(), token },
            display_name: self.display_name,
            roles: roles(&self.roles)?,
            clearance: rank.map_or_else(String::new, |rank| scheme.label(rank).to_owned()),
            created_at: self.created_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
        })
    }
}

/// Checks that SYSTEM roles are used in workspace `system` only, so that an admin of another workspace cannot create
/// them.
pub(crate) fn check_roles(workspace: &ResourceId, roles: Roles) -> Result<()> {
    let is_system = workspace.as_str() == SYSTEM;
    let description = if roles.iter().next().is_none() {
        "at least one is required"
    } else if is_system && !roles.iter().all(Role::is_system) {
        "tokens of workspace system can only have the roles worker, operator and enroller"
    } else if !is_system && roles.iter().any(Role::is_system) {
        "the roles worker, operator and enroller are only for tokens of workspace system"
    } else {
        return Ok(());
    };
    Err(StoreError::InvalidField { field: "api_token.roles", description: description.to_owned() })
}

/// Returns the clearance's rank; `None` for SYSTEM roles. SYSTEM has no clearance itself and may grant any.
fn checked_clearance(
    principal: &Principal,
    workspace: &ResourceId,
    scheme: Scheme,
    label: &str,
) -> Result<Option<Rank>> {
    let refuse = |description: String| StoreError::InvalidField { field: "api_token.clearance", description };
    if workspace.as_str() == SYSTEM {
        let empty = label.is_empty().then_some(None);
        return empty.ok_or_else(|| refuse("must be empty for tokens of workspace system".into()));
    }
    let rank = scheme.rank(label);
    let rank = rank.ok_or_else(|| {
        refuse(format!(
            "{label:?} is not a marking of the workspace; expected one of {}",
            scheme.labels().join(", ")
        ))
    })?;
    match &principal.scope {
        Scope::Workspace { clearance, .. } if !clearance.reads(rank) => {
            Err(StoreError::ClearanceTooLow("the new token".into()))
        }
        _ => Ok(Some(rank)),
    }
}

/// Inserts a token.
#[allow(clippy::too_many_arguments, reason = "they are the row's columns")]
pub(crate) async fn insert_token(
    transaction: &mut PgConnection,
    workspace: &str,
    display_name: &str,
    roles: Roles,
    clearance: Option<Rank>,
    secret: &Secret,
    expires_at: Option<OffsetDateTime>,
    subject: &str,
) -> Result<(GeneratedId, OffsetDateTime)> {
    let id = generated_id()?;
    let words: Vec<String> = roles.iter().map(|role| role.as_str().to_owned()).collect();
    let hash = secret.sha256();
    let created_at = sqlx::query_scalar!(
        "-- access::tokens::insert_token
        insert into api_tokens
            (token_id, workspace_id, display_name, roles, clearance, secret_sha256, expires_at, created_by)
        select $1, $2, $3, $4, $5, $6, $7, $8
        where $7::timestamptz is null or $7 > clock_timestamp()
        returning created_at",
        /* token_id */ id.as_str(),
        /* workspace_id */ workspace,
        display_name,
        /* roles */ &words,
        /* clearance */ clearance.map(i16::from) as Option<i16>,
        /* secret_sha256 */ hash.as_slice(),
        expires_at,
        /* created_by */ subject
    )
    .fetch_optional(transaction)
    .await?;
    let past = || StoreError::InvalidField {
        field: "api_token.expire_time",
        description: "is in the past; expected a future time".into(),
    };
    Ok((id, created_at.ok_or_else(past)?))
}

/// Converts roles from the database.
fn roles(words: &[String]) -> Result<Roles> {
    words.iter().map(|word| role(word)).collect()
}

fn role(word: &str) -> Result<Role> {
    let known = Role::ALL.into_iter().find(|role| role.as_str() == word);
    known.ok_or_else(|| StoreError::Damaged(format!("{word:?} is not a role")))
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_generated_secret_is_of_the_form_that_is_parsed() {
        let secret = Secret::generate().unwrap();
        assert_eq!(secret.reveal().len(), 47);
        assert_eq!(Secret::parse(secret.reveal()), Some(secret.clone()));
        assert_ne!(Secret::generate().unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn other_texts_are_no_secrets() {
        for text in ["", "chy_", "chy_short", "Chy_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(Secret::parse(text).is_none(), "{text}");
        }
    }
}
