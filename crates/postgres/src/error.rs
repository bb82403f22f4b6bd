use std::io;
use std::path::PathBuf;

/// Failure of a private Postgres.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No server binaries were found.
    #[error(
        "no Postgres server found on this machine (searched PATH, /usr/lib/postgresql/*/bin and pg_config --bindir): \
         install one (Debian: apt-get install postgresql), or set DATABASE_URL to a database"
    )]
    NoServer,

    /// The newest server is older than Chancery supports.
    #[error("the newest installed Postgres is version {found} ({folder}): install version 15 or later", folder = folder.display())]
    TooOld {
        /// Major version.
        found: u32,
        /// Folder of the binaries.
        folder: PathBuf,
    },

    /// The data was written by a major version that is not installed.
    #[error(
        "the data in {data} was written by Postgres {version}, which is not installed (Debian: apt-get install \
         postgresql-{version}); install it, or delete the data with --fresh",
        data = data.display()
    )]
    OtherVersion {
        /// The data folder.
        data: PathBuf,
        /// Major version that wrote the data.
        version: u32,
    },

    /// The data cannot be deleted, because another process uses the server.
    #[error("{folder} is in use by another process: stop it before deleting the data", folder = folder.display())]
    InUse {
        /// Folder of the server.
        folder: PathBuf,
    },

    /// The folder contains other files.
    #[error("{folder} contains other files: name a new or empty folder for Postgres", folder = folder.display())]
    ForeignFolder {
        /// The requested folder.
        folder: PathBuf,
    },

    /// The user that the server runs as cannot use the folder.
    #[error(
        "user {account} cannot use {folder}: Postgres never runs as root, so choose a folder that {account} can reach, \
         which is not under /root",
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
        /// Uid of the owner.
        owner: u32,
    },

    /// Root has no unprivileged user to run the server as.
    #[error("Postgres does not run as root, and there is no user `postgres` or `nobody`: add one")]
    NoAccount,

    /// A program of Postgres failed.
    #[error("{program} failed: {output}")]
    Program {
        /// Name of the program.
        program: String,
        /// Output of the program.
        output: String,
    },

    /// The server did not start or did not answer.
    #[error("Postgres does not answer; last lines of {log}:\n{tail}", log = log.display())]
    NoAnswer {
        /// Log file of the server.
        log: PathBuf,
        /// Last lines of the log.
        tail: String,
    },

    /// The migrations of a template database failed.
    #[error("the template database {template} cannot be migrated: {reason}")]
    Template {
        /// Name of the template.
        template: String,
        /// Message of the migration.
        reason: String,
    },

    /// A system call failed.
    #[error("{action}: {source}")]
    Io {
        /// The attempted action, with its path.
        action: String,
        /// The cause.
        source: io::Error,
    },
}

impl Error {
    /// Adds the attempted action to an I/O error, for `map_err`.
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action: action.into(), source }
    }
}
