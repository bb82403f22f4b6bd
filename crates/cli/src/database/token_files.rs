//! The files of the first tokens that a new installation gets.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
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
            create_private_folder(file.parent().unwrap_or(Path::new("/")))?;
            output::write_file(&file, 0o600, format!("{}\n", secret.reveal()).as_bytes())?;
        }
        Ok(())
    }
}

/// Creates a folder that only its owner can read. An existing folder keeps its mode: a container's volume already has
/// an owner.
fn create_private_folder(folder: &Path) -> Result<(), Failure> {
    let created = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    created.map_err(Failure::io(format!("creating {}", folder.display())))
}
