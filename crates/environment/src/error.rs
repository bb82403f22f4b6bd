//! Errors of settings.

use std::io;
use std::path::PathBuf;

use crate::secrets::without_secret;

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// An unknown flag, an invalid value of a flag or variable, or a request for help.
    #[error(transparent)]
    Usage(clap::Error),
    /// The file cannot be read.
    #[error("the file of settings {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The failure.
        source: io::Error,
    },
    /// Settings, one of them perhaps in the file, do not fit together.
    #[error("with the settings of {}: {problem}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// The problem and its solution.
        problem: String,
    },
    /// A setting of the file cannot be used.
    #[error("{}, line {line}: {problem}", path.display())]
    Setting {
        /// The file.
        path: PathBuf,
        /// Line of the setting, from 1.
        line: usize,
        /// The problem, and the allowed values.
        problem: String,
    },
}

impl From<clap::Error> for SettingsError {
    /// Hides the password of the value that the error is about.
    fn from(error: clap::Error) -> Self {
        Self::Usage(without_secret(error))
    }
}
