//! Secrets of API tokens. Only a hash of a secret is ever stored.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::error::Result;

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
