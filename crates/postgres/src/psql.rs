//! Runs statements through `psql`, without a database driver.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::Error;

/// Variables of the caller's environment that would redirect a statement or change its output.
const CLEARED_VARIABLES: [&str; 9] = [
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGSERVICE",
    "PGOPTIONS",
    "PGSSLMODE",
    "PGCLIENTENCODING",
];

/// Runs statements on a database.
#[derive(Debug, Clone)]
pub struct Psql {
    program: PathBuf,
    url: String,
}

impl Psql {
    /// Uses the `psql` on PATH.
    pub fn new(url: impl Into<String>) -> Self {
        Self::with_program(PathBuf::from("psql"), url)
    }

    pub(crate) fn with_program(program: PathBuf, url: impl Into<String>) -> Self {
        Self { program, url: url.into() }
    }

    /// Returns a handle for another database of the same server.
    #[must_use]
    pub fn on_database(&self, name: &str) -> Self {
        Self::with_program(self.program.clone(), url_of_database(&self.url, name))
    }

    /// Returns the URL of the database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs a statement and returns its rows, with columns separated by `|`.
    pub fn rows(&self, statement: &str) -> Result<Vec<String>, Error> {
        let output = self.run([OsStr::new("-c"), OsStr::new(statement)])?;
        Ok(output.lines().map(str::to_owned).collect())
    }

    /// Runs a file of statements in one transaction.
    pub fn file(&self, path: &Path) -> Result<(), Error> {
        self.run([OsStr::new("--single-transaction"), OsStr::new("-f"), path.as_os_str()]).map(drop)
    }

    /// Dumps the database to a file of `pg_dump`'s custom format.
    pub fn dump(&self, to: &Path) -> Result<(), Error> {
        self.run_companion("pg_dump", [OsStr::new("--format=custom"), OsStr::new("--file"), to.as_os_str()])
    }

    /// Restores a dump into this database, which must be empty.
    pub fn restore(&self, from: &Path) -> Result<(), Error> {
        let options = ["--exit-on-error", "--no-owner"].map(OsStr::new);
        self.run_companion("pg_restore", options.into_iter().chain([from.as_os_str()]))
    }

    /// Runs a program that is installed with `psql`.
    fn run_companion<'a>(
        &self,
        program: &str,
        arguments: impl IntoIterator<Item = &'a OsStr>,
    ) -> Result<(), Error> {
        let mut command = Command::new(self.program.with_file_name(program));
        command.args(["-d", &self.url]).args(arguments);
        for variable in CLEARED_VARIABLES {
            command.env_remove(variable);
        }
        output_of(command).map(drop)
    }

    fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a OsStr>) -> Result<String, Error> {
        let mut command = Command::new(&self.program);
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &self.url]).args(arguments);
        for variable in CLEARED_VARIABLES {
            command.env_remove(variable);
        }
        output_of(command)
    }
}

/// Returns the output of a program, or an error that quotes it.
pub(crate) fn output_of(mut command: Command) -> Result<String, Error> {
    let program =
        Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let Output { status, stdout, stderr } =
        command.stdin(Stdio::null()).output().map_err(Error::io(format!("running {program}")))?;
    let printed = String::from_utf8_lossy(&stdout).into_owned();
    if status.success() {
        Ok(printed)
    } else {
        Err(Error::Program {
            program,
            output: format!("{printed}{}", String::from_utf8_lossy(&stderr)).trim().to_owned(),
        })
    }
}

/// Replaces the name of the database in a URL.
pub fn url_of_database(url: &str, name: &str) -> String {
    let authority = url.find("://").map_or(0, |scheme| scheme + 3);
    let parameters = url[authority..].find('?').map_or(url.len(), |offset| authority + offset);
    let path = url[authority..parameters].find('/').map_or(parameters, |offset| authority + offset);
    format!("{}/{name}{}", &url[..path], &url[parameters..])
}

/// Quotes an identifier.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::{identifier, url_of_database};

    #[test]
    fn only_the_database_of_a_url_is_replaced() {
        let socket = "postgres://chancery@localhost:5432/postgres?host=%2Ftmp%2Fx";
        assert_eq!(url_of_database(socket, "a"), "postgres://chancery@localhost:5432/a?host=%2Ftmp%2Fx");
        assert_eq!(url_of_database("postgres://u:p@db/one", "two"), "postgres://u:p@db/two");
        assert_eq!(url_of_database("postgres://u@db", "two"), "postgres://u@db/two");
        assert_eq!(
            url_of_database("postgres://u@db?sslmode=require", "two"),
            "postgres://u@db/two?sslmode=require"
        );
    }

    #[test]
    fn quotes_in_identifiers_are_escaped() {
        assert_eq!(identifier(r#"a" ; drop"#), r#""a"" ; drop""#);
    }
}
