//! Settings of programs: from flags, environment variables and a file, in this order of precedence, then defaults.
//!
//! An empty environment variable counts as one that is not set: compose files pass optional variables as `NAME=${NAME:-}`,
//! and shells cannot always remove one. Clap takes an empty variable for an empty value, and refuses it by the name of the
//! flag that nobody gave.

mod effective;
mod error;
mod reference;
mod secrets;
mod settings_file;
mod variables;

use std::ffi::OsString;

use clap::{ArgMatches, Command, Parser};

pub use effective::Effective;
pub use error::SettingsError;
pub use reference::reference;
use settings_file::SettingsFile;
pub use variables::without_empty_variables;

/// A program's settings.
#[derive(Debug)]
pub struct Parsed<P> {
    /// Their values.
    pub values: P,
    /// Their values as text, and where each comes from.
    pub effective: Effective,
}

/// Parses the settings of this process. The file is the one that the argument `--config` of `P` names.
///
/// Exits with a usage error or help as [`Parser::parse`] does, and with a line on standard error and code 2 if the file cannot
/// be used.
pub fn parse<P: Parser>() -> Parsed<P> {
    parse_from(&std::env::args_os().collect::<Vec<_>>()).unwrap_or_else(|error| match error {
        SettingsError::Usage(error) => error.exit(),
        error => {
            eprintln!("{}: {error}", P::command().get_name());
            std::process::exit(2)
        }
    })
}

/// As [`parse`], from a program's name and arguments, and the environment.
///
/// # Errors
/// [`SettingsError`].
pub fn parse_from<P: Parser>(line: &[OsString]) -> Result<Parsed<P>, SettingsError> {
    let mut command = without_empty_variables(P::command());
    let given = given(&command, line);
    let file = given.as_ref().and_then(|given| settings_file::path(&command, given));
    let file = file.map(|path| SettingsFile::read(path, &command)).transpose()?;
    let flags = file.as_ref().map(|file| file.flags(given.as_ref())).unwrap_or_default();
    // Before the others, so that they are the program's and not a subcommand's.
    let (program, arguments) = line.split_at(line.len().min(1));
    let complete = program.iter().cloned().chain(flags).chain(arguments.iter().cloned());
    let of_file = |error: clap::Error| match &file {
        Some(file) => file.located(error),
        None => error.into(),
    };
    let mut matches = command.try_get_matches_from_mut(complete).map_err(of_file)?;
    let effective = Effective::new(&command, given.as_ref(), &matches, file.as_ref());
    let values = P::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))?;
    Ok(Parsed { values, effective })
}

/// Returns what the command line and the environment say by themselves; `None` if they ask for help.
fn given(command: &Command, line: &[OsString]) -> Option<ArgMatches> {
    command.clone().ignore_errors(true).try_get_matches_from(line).ok()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs;
    use std::path::PathBuf;

    use clap::{CommandFactory as _, Parser};
    use tempfile::TempDir;

    use super::{Parsed, SettingsError, parse_from, reference};

    /// A program of these tests.
    #[derive(Debug, Parser)]
    #[command(name = "program")]
    struct Program {
        #[command(subcommand)]
        command: Option<Inner>,
        /// File with settings.
        #[arg(long)]
        config: Option<PathBuf>,
        /// Maximum number of
        /// calls | watches
        #[arg(long, env = "CARGO_PKG_VERSION_MINOR", default_value_t = 5)]
        max_calls: u32,
        #[arg(long, default_value_t = 7, global = true)]
        max_streams: u32,
        /// Name of the host.
        #[arg(long, requires = "key")]
        name: Option<String>,
        #[arg(long)]
        key: Option<String>,
        /// Allows everything.
        #[arg(long)]
        insecure: bool,
        #[arg(long, value_parser = ["json", "text"], default_value = "json")]
        log: String,
        #[arg(long, hide_env_values = true, conflicts_with = "key")]
        url: Option<String>,
        #[arg(long, hide = true)]
        hidden: Option<String>,
    }

    #[derive(Debug, Clone, Copy, clap::Subcommand)]
    enum Inner {
        Probe,
    }

    /// Parses flags, with a file of this text.
    fn parse(text: &str, flags: &[&str]) -> Result<Parsed<Program>, SettingsError> {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("settings.toml");
        fs::write(&file, text).unwrap();
        let line = ["program".into(), "--config".into(), file.into_os_string()];
        parse_from(&line.into_iter().chain(flags.iter().map(OsString::from)).collect::<Vec<_>>())
    }

    fn refusal(text: &str, flags: &[&str]) -> String {
        parse(text, flags).unwrap_err().to_string()
    }

    #[test]
    fn flags_and_variables_override_the_file_which_overrides_defaults() {
        // Cargo sets the variable of this setting, to "1" or another number.
        let of_variable: u32 = env!("CARGO_PKG_VERSION_MINOR").parse().unwrap();
        let text = "max_calls = 9\nmax_streams = 0x10\ninsecure = true\nlog = \"text\"\n";
        let Parsed { values, effective } = parse(text, &["--log", "json"]).unwrap();
        assert_eq!((values.max_calls, values.max_streams), (of_variable, 16));
        assert!(values.insecure && values.log == "json" && values.name.is_none());
        let shown = effective.to_string();
        for (name, origin) in [
            ("max_calls", "variable CARGO_PKG_VERSION_MINOR"),
            ("max_streams = 16", "settings.toml, line 2"),
            ("insecure = true", "settings.toml, line 3"),
            ("log = \"json\"", "flag"),
            ("# name", "not set"),
        ] {
            let line = shown.lines().find(|line| line.starts_with(name)).unwrap();
            assert!(line.ends_with(origin), "{line}");
        }
        assert!(!shown.contains("hidden") && !shown.contains("config"));
        let without = parse_from::<Program>(&["program".into()]).unwrap();
        assert!(without.effective.to_string().contains("max_streams = 7  # default"));
    }

    #[test]
    fn what_config_prints_is_a_file_with_the_same_settings() {
        let text = "name = \"a \\\"quoted\\\" \\\\ \\n name\"\nkey = \"12\"\nmax_streams = 3\n";
        let Parsed { values, effective } = parse(text, &[]).unwrap();
        let again = parse(&effective.to_string(), &[]).unwrap().values;
        assert_eq!((&again.name, &again.key), (&values.name, &values.key));
        assert_eq!((again.name.as_deref(), again.max_streams), (Some("a \"quoted\" \\ \n name"), 3));
    }

    #[test]
    fn secrets_are_not_shown() {
        for (url, shown) in [
            (
                "postgres://user:hunter2@db.example:5432/briefs?sslmode=require&password=hunter2",
                "postgres://user:***@db.example:5432/briefs?sslmode=require&password=***",
            ),
            ("postgres://db/briefs", "postgres://db/briefs"),
            ("hunter2", "***"),
            ("postgres://u:hunter2?@hunter2", "postgres://***"),
        ] {
            let printed = parse("", &["--url", url]).unwrap().effective.to_string();
            assert!(printed.contains(&format!("# url = \"{shown}\"  # flag; a secret")), "{printed}");
            assert!(!printed.contains("hunter2"), "{printed}");
        }
    }

    #[test]
    fn refused_values_show_no_password() {
        let line = ["program", "--max-calls", "s3://key:hunter2@bucket"].map(Into::into);
        let refusal = parse_from::<Program>(&line).unwrap_err().to_string();
        assert!(refusal.contains("'s3://key:***@bucket'") && !refusal.contains("hunter2"), "{refusal}");
        let refusal = self::refusal("max_streams = \"hunter2\"", &[]);
        assert!(!refusal.contains("hunter2"), "{refusal}");
    }

    #[test]
    fn a_subcommand_may_follow_the_settings_of_a_file() {
        let Parsed { values, .. } = parse("max_streams = 3", &["probe"]).unwrap();
        assert!(matches!(values.command, Some(Inner::Probe)) && values.max_streams == 3);
        let Parsed { values, .. } = parse("max_streams = 3", &["probe", "--max-streams", "4"]).unwrap();
        assert_eq!(values.max_streams, 4);
    }

    #[test]
    fn refusals_name_the_line_and_what_is_allowed() {
        for (text, expected) in [
            (
                "\n\nmax_cals = 1",
                "settings.toml, line 3: there is no setting \"max_cals\"; is \"max_calls\" meant?",
            ),
            ("max-calls = 1", "there is no setting \"max-calls\"; is \"max_calls\" meant?"),
            ("colour = 1", "there is no setting \"colour\"; the command `config` lists all"),
            ("hidden = \"x\"", "there is no setting \"hidden\""),
            ("config = \"x\"", "there is no setting \"config\""),
            ("\nmax_streams = \"many\"", "line 2: the value of max_streams is not allowed: invalid digit"),
            ("max_streams = -1", "line 1: the value of max_streams is not allowed"),
            ("max_streams = 1.5", "line 1: max_streams: expected a string or an integer"),
            ("max_streams = [1]", "max_streams: expected a string or an integer"),
            ("max_streams = 9999999999999999999", "at most 63 bits"),
            ("[max_streams]\nx = 1", "tables such as \"max_streams\" are not used; write NAME = VALUE"),
            ("insecure = 1", "insecure: expected true or false"),
            ("log = \"xml\"", "line 1: the value of log is not allowed; expected json or text"),
            ("name", "line 1: not TOML"),
            ("log = \"json\"\nlog = \"text\"", "line 2: not TOML"),
        ] {
            let refusal = refusal(text, &[]);
            assert!(refusal.contains(expected), "{text}: {refusal}");
        }
        let missing = refusal("name = \"x\"", &[]);
        assert!(missing.contains("settings.toml: key is missing; another setting requires it"), "{missing}");
        let both = refusal("url = \"x\"", &["--key", "k"]);
        assert!(both.contains("line 1: url and key cannot be set at once; remove all but one"), "{both}");
        assert!(parse("name = \"\"", &[]).unwrap().values.name.is_none(), "empty, as if it were not set");
    }

    #[test]
    fn only_a_regular_file_of_utf_8_and_of_some_size_is_read() {
        let folder = TempDir::new().unwrap();
        let large = folder.path().join("large.toml");
        fs::write(&large, "#".repeat((1 << 20) + 1)).unwrap();
        let pipe = folder.path().join("pipe.toml");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let latin = folder.path().join("latin.toml");
        fs::write(&latin, b"name = \"\xe9\"").unwrap();
        for (file, expected) in [
            (folder.path().join("none.toml"), "No such file"),
            (folder.path().to_owned(), "not a regular file"),
            (PathBuf::from("/dev/zero"), "not a regular file"),
            (pipe, "not a regular file"),
            (large, "larger than 1048576 bytes"),
            (latin, "UTF-8"),
        ] {
            let line = ["program".into(), "--config".into(), file.into_os_string()];
            let refusal = parse_from::<Program>(&line).unwrap_err().to_string();
            assert!(refusal.contains(expected), "{refusal}");
        }
    }

    #[test]
    fn the_reference_has_all_settings() {
        let table = reference(&Program::command());
        for row in [
            "| `max_calls` | `CARGO_PKG_VERSION_MINOR` | `5` | Maximum number of calls \\| watches. |",
            "| `insecure` |  | `false` | Allows everything. |",
            "| `log` |  | `json` |  One of `json`, `text`. |",
        ] {
            assert!(table.contains(row), "{table}");
        }
        assert!(!table.contains("hidden") && !table.contains("`config`"));
    }
}
