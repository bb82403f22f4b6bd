//! Runs a command with a private Postgres: `with_postgres [--migrations FOLDER] COMMAND [ARGUMENT...]`
//!
//! Sets `CHANCERY_TEST_DATABASE_URL` to the server. With `--migrations`, also sets `DATABASE_URL` to a new database with the
//! `*.sql` files of the folder applied in order.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use chancery_postgres::{Error, Psql, TEST_DATABASE_URL, TestServer};

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1).peekable();
    let migrations = arguments.next_if(|first| first == "--migrations").and_then(|_| arguments.next());
    let Some(program) = arguments.next() else {
        eprintln!("usage: with_postgres [--migrations FOLDER] COMMAND [ARGUMENT...]");
        return ExitCode::from(2);
    };
    match run(migrations.map(PathBuf::from), &program, arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("with_postgres: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(
    migrations: Option<PathBuf>,
    program: &OsStr,
    arguments: impl Iterator<Item = OsString>,
) -> Result<ExitCode, Error> {
    let server = TestServer::connect()?;
    let mut command = Command::new(program);
    command.args(arguments).env(TEST_DATABASE_URL, server.url());
    let database = match migrations {
        Some(folder) => {
            // Not from a template, because a migration may have been edited since an earlier run.
            let database = server.empty_database()?;
            apply(&folder, database.psql())?;
            command.env("DATABASE_URL", database.url());
            Some(database)
        }
        None => None,
    };
    let status = command
        .status()
        .map_err(|source| Error::Io { action: format!("running {}", program.display()), source })?;
    drop(database);
    server.stop()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn apply(folder: &Path, psql: &Psql) -> Result<(), Error> {
    let refused = |source| Error::Io { action: format!("reading {}", folder.display()), source };
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(refused)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    files.iter().try_for_each(|file| psql.file(file))
}
