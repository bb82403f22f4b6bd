//! API tokens: how secrets are made and looked up. Only a hash of a secret is ever stored.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chancery_brief::marking::{Clearance, Rank};
use sha2::{Digest, Sha256};

use crate::{Principal, Result, Role, Roles, Scope, Store, StoreError};

/// What every secret begins with, so that scanners find leaked ones.
const PREFIX: &str = "chy_";

/// A token's secret: `chy_` and 32 random bytes in base64url. It is shown once, when the token is made.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// [`StoreError::Randomness`] when the machine gives no random bytes.
    pub fn generate() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// From what a caller sent; none if it is not of a secret's form.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned()))
    }

    /// The text, for the one who is to keep it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it. 256 random bits cannot be guessed, so a fast hash does.
    pub(crate) fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// Without the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Store {
    /// The principal of the token with this secret; none when there is no such token or it holds no more.
    pub async fn principal_of_secret(&self, secret: &Secret) -> Result<Option<Principal>> {
        let hash = secret.sha256();
        let row = sqlx::query!(
            "-- tokens::principal_of_secret
            select t.token_id, t.workspace_id, t.display_name, t.roles, t.clearance::smallint as clearance,
                w.scheme, w.policy
            from api_tokens t join workspaces w using (workspace_id)
            where t.secret_sha256 = $1
                and t.revoked_at is null
                and (t.expires_at is null or t.expires_at > clock_timestamp())",
            hash.as_slice()
        )
        .fetch_optional(&self.pool)
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
        Ok(Some(Principal {
            subject: format!("workspaces/{}/apiTokens/{}", row.workspace_id, row.token_id),
            display_name: row.display_name,
            scope,
            roles: roles(&row.roles)?,
        }))
    }
}

/// The roles that the database's words stand for.
fn roles(words: &[String]) -> Result<Roles> {
    words.iter().map(|word| role(word)).collect()
}

fn role(word: &str) -> Result<Role> {
    let known = Role::ALL.into_iter().find(|role| role.as_str() == word);
    known.ok_or_else(|| StoreError::Damaged(format!("{word:?} is no role")))
}

/// A value in the database is none of its type: no check let it in.
pub(crate) fn damaged(error: impl fmt::Display) -> StoreError {
    StoreError::Damaged(error.to_string())
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
