use std::io;
use std::path::PathBuf;

/// Reasons for which no Postgres is available. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No server binaries were found.
    #[error(
        "no Postgres server on this machine (looked on PATH, in /usr/lib/postgresql/*/bin and in pg_config --bindir): \
         install one (Debian: apt-get install postgresql), or give a database in DATABASE_URL"
    )]
    NoServer,

    /// The newest server is older than Chancery supports.
    #[error("the newest Postgres here is version {found} ({folder}): install version 15 or later", folder = folder.display())]
    TooOld {
        /// Its major version.
        found: u32,
        /// Its folder of binaries.
        folder: PathBuf,
    },

    /// The data was written by a major version that is not installed.
    #[error(
        "the data in {data} was written by Postgres {wanted}, which is not installed (Debian: apt-get install \
         postgresql-{wanted}); install it, or start afresh (--fresh), which deletes that data",
        data = data.display()
    )]
    OtherVersion {
        /// The data folder.
        data: PathBuf,
        /// The major version that wrote it.
        wanted: u32,
    },

    /// Another process uses the server whose data should be deleted.
    #[error("{folder} is in use by another process: stop that one before starting afresh", folder = folder.display())]
    InUse {
        /// The server's folder.
        folder: PathBuf,
    },

    /// The folder holds other files.
    #[error("{folder} holds other files: name a new or empty folder for Postgres", folder = folder.display())]
    NotOurs {
        /// The requested folder.
        folder: PathBuf,
    },

    /// The user that the server runs as cannot use the folder.
    #[error(
        "user {account} cannot use {folder}: Postgres never runs as root, so choose a folder that {account} can reach \
         (under /root it cannot)",
        folder = folder.display()
    )]
    Unreachable {
        /// The requested folder.
        folder: PathBuf,
        /// The user that the server would run as.
        account: String,
    },

    /// The folder belongs to another user.
    #[error(
        "{folder} belongs to another user (uid {owner}): run this as that user or as root, or remove the folder",
        folder = folder.display()
    )]
    OtherOwner {
        /// The folder.
        folder: PathBuf,
        /// Its owner's uid.
        owner: u32,
    },

    /// Root has no unprivileged user to run the server as.
    #[error(
        "Postgres does not run as root, and there is neither a user `postgres` nor `nobody`: add one of them"
    )]
    NoAccount,

    /// A program of Postgres failed.
    #[error("{program} failed: {output}")]
    Program {
        /// Its name.
        program: String,
        /// Its output.
        output: String,
    },

    /// The server did not start or did not answer.
    #[error("Postgres does not answer; the end of {log}:\n{tail}", log = log.display())]
    NoAnswer {
        /// The server's log file.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },

    /// The migrations of a test's template database failed.
    #[error("the template database {template} could not be migrated: {reason}")]
    Template {
        /// The template's name.
        template: String,
        /// The migration's error.
        reason: String,
    },

    /// The operating system returned an error.
    #[error("{what}: {source}")]
    Io {
        /// The failed operation, with the path.
        what: String,
        /// The system's error.
        source: io::Error,
    },
}

impl Error {
    /// For `map_err`: stores the failed operation with the system's error.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }
}
