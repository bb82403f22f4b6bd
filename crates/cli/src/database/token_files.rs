//! The files of the first tokens that a new installation gets.

use std::path::{Path, PathBuf};

use chancery_store::FirstSecrets;

use crate::ui::failure::Failure;
use crate::ui::output;

/// The folders of the token files.
#[derive(Debug, Clone)]
pub struct TokenFolders {
    /// For the operator token and the admin token.
    pub people: PathBuf,
    /// For the worker token.
    pub worker: PathBuf,
}

impl TokenFolders {
    /// Keeps all tokens in one folder.
    pub fn single(folder: &Path) -> Self {
        Self { people: folder.to_owned(), worker: folder.to_owned() }
    }

    pub fn operator(&self) -> PathBuf {
        self.people.join("operator.token")
    }

    pub fn admin(&self) -> PathBuf {
        self.people.join("admin.token")
    }

    pub fn worker(&self) -> PathBuf {
        self.worker.join("worker.token")
    }

    /// Writes the secrets to their files (mode 0600).
    pub fn write(&self, secrets: &FirstSecrets) -> Result<(), Failure> {
        let files = [
            (self.operator(), &secrets.operator),
            (self.admin(), &secrets.admin),
            (self.worker(), &secrets.worker),
        ];
        for (file, secret) in files {
            output::create_private_folder(file.parent().unwrap_or(Path::new("/")))?;
            output::write_file(&file, 0o600, format!("{}\n", secret.reveal()).as_bytes())?;
        }
        Ok(())
    }
}
