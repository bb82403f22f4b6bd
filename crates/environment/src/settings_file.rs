//! The file of settings, in TOML: the names of the flags without dashes before them and with `_` within, and their values.

use std::error::Error as _;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use toml::de::{DeTable, DeValue};

use crate::error::SettingsError;

/// The flag that names the file.
const CONFIG: &str = "config";

/// Maximum size of the file, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// How alike an unknown name and a setting are for the error to suggest the setting.
const ALIKE: f64 = 0.8;

/// A file of settings.
#[derive(Debug)]
pub(crate) struct SettingsFile {
    pub(crate) path: PathBuf,
    settings: Vec<Setting>,
}

/// A setting of the file.
#[derive(Debug)]
struct Setting {
    /// The id of its argument.
    id: String,
    /// The name of its flag.
    flag: String,
    line: usize,
    /// The value; `None` for a flag without one.
    value: Option<String>,
}

/// Returns the name of an argument in the file; `None` if it cannot be set there.
pub(crate) fn name(argument: &Arg) -> Option<String> {
    let flag = argument.get_long().filter(|flag| ![CONFIG, "help", "version"].contains(flag));
    flag.filter(|_| !argument.is_hide_set()).map(|flag| flag.replace('-', "_"))
}

/// Returns the file that the command line or the environment names.
pub(crate) fn path(command: &Command, given: &ArgMatches) -> Option<PathBuf> {
    let argument = command.get_arguments().find(|argument| argument.get_long() == Some(CONFIG))?;
    given.get_raw(argument.get_id().as_str())?.next().map(PathBuf::from)
}

impl SettingsFile {
    /// Reads a file with settings of a command.
    ///
    /// # Errors
    /// [`SettingsError`] if the file cannot be read, is not TOML, or has a name that is no setting or a value of another type.
    pub(crate) fn read(path: PathBuf, command: &Command) -> Result<Self, SettingsError> {
        let text = read_text(&path).map_err(|source| SettingsError::File { path: path.clone(), source })?;
        let line = |offset: usize| text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        let problem = |offset: usize, problem: String| SettingsError::Setting {
            path: path.clone(),
            line: line(offset),
            problem,
        };
        let table = DeTable::parse(&text).map_err(|error| {
            problem(error.span().map_or(0, |span| span.start), format!("not TOML: {}", error.message()))
        })?;
        let mut settings = Vec::new();
        for (name, value) in table.get_ref() {
            let at = name.span().start;
            if let DeValue::Table(_) = value.get_ref() {
                let message = format!("tables such as {:?} are not used; write NAME = VALUE", name.get_ref());
                return Err(problem(at, message));
            }
            let argument = argument(command, name.get_ref()).map_err(|error| problem(at, error))?;
            let value = value_text(argument, value.get_ref())
                .map_err(|error| problem(at, format!("{}: {error}", name.get_ref())))?;
            let (id, flag) = (argument.get_id().to_string(), argument.get_long().unwrap_or_default());
            let line = line(at);
            settings.extend(value.map(|value| Setting { id, flag: flag.to_owned(), line, value: value.0 }));
        }
        Ok(Self { path, settings })
    }

    /// Returns the settings as flags, except those that the command line or the environment gives.
    pub(crate) fn flags(&self, given: Option<&ArgMatches>) -> Vec<OsString> {
        let flag = |setting: &Setting| match &setting.value {
            Some(value) => format!("--{}={value}", setting.flag).into(),
            None => format!("--{}", setting.flag).into(),
        };
        self.settings.iter().filter(|setting| !is_given(given, &setting.id)).map(flag).collect()
    }

    /// Returns the line of a setting.
    pub(crate) fn line(&self, id: &str) -> Option<usize> {
        self.settings.iter().find(|setting| setting.id == id).map(|setting| setting.line)
    }

    /// Says which settings an error is about, if one of them is in the file.
    pub(crate) fn located(&self, error: clap::Error) -> SettingsError {
        let named = |kind| error.get(kind).map(names).unwrap_or_default();
        let mut about = named(ContextKind::InvalidArg);
        let problem = match error.kind() {
            ErrorKind::MissingRequiredArgument => {
                let problem = format!("{} is missing; another setting requires it", about.join(", "));
                return SettingsError::Settings { path: self.path.clone(), problem };
            }
            ErrorKind::ArgumentConflict => {
                about.extend(named(ContextKind::PriorArg));
                format!("{} cannot be set at once; remove all but one", about.join(" and "))
            }
            ErrorKind::ValueValidation | ErrorKind::InvalidValue => {
                let reason = error.source().map(|reason| format!(": {reason}")).unwrap_or_default();
                let values = match error.get(ContextKind::ValidValue) {
                    Some(ContextValue::Strings(values)) => format!("; expected {}", values.join(" or ")),
                    _ => String::new(),
                };
                format!("the value of {} is not allowed{reason}{values}", about.join(", "))
            }
            _ => return error.into(),
        };
        let of_file =
            |name: &String| self.settings.iter().find(|setting| setting.flag.replace('-', "_") == *name);
        match about.iter().find_map(of_file) {
            Some(setting) => SettingsError::Setting { path: self.path.clone(), line: setting.line, problem },
            None => error.into(),
        }
    }
}

/// Returns the names of the settings whose flags a part of an error lists, such as `--tls-key <FILE>`.
fn names(flags: &ContextValue) -> Vec<String> {
    let flags = match flags {
        ContextValue::String(flag) => std::slice::from_ref(flag),
        ContextValue::Strings(flags) => flags,
        _ => return Vec::new(),
    };
    let name = |flag: &String| {
        let flag = flag.split([' ', '=']).next().unwrap_or_default();
        flag.trim_start_matches('-').replace('-', "_")
    };
    flags.iter().map(name).collect()
}

/// Returns whether the command line or the environment gives a value to an argument.
pub(crate) fn is_given(given: Option<&ArgMatches>, id: &str) -> bool {
    let source = given.and_then(|given| given.value_source(id));
    matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable))
}

fn read_text(path: &Path) -> io::Result<String> {
    // Before it is opened: a pipe without a writer would block.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("larger than {MAX_BYTES} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"))
}

/// Returns the argument that a name of the file sets.
fn argument<'a>(command: &'a Command, wanted: &str) -> Result<&'a Arg, String> {
    if let Some(argument) = command.get_arguments().find(|argument| name(argument).as_deref() == Some(wanted))
    {
        return Ok(argument);
    }
    let names: Vec<_> = command.get_arguments().filter_map(name).collect();
    let likeness = |name: &str| strsim::jaro_winkler(name, wanted);
    let closest = names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let hint = match closest.filter(|name| likeness(name) > ALIKE) {
        Some(name) if name.ends_with("_file") && !wanted.ends_with("_file") => {
            format!("is {name:?} meant, which takes the name of a file?")
        }
        Some(name) => format!("is {name:?} meant?"),
        None => "the command `config` lists all".to_owned(),
    };
    Err(format!("there is no setting {wanted:?}; {hint}"))
}

/// The value of a flag: `None` for a flag without one.
struct FlagValue(Option<String>);

/// Returns a value as its flag takes it; `None` if the flag is not to be given.
fn value_text(argument: &Arg, value: &DeValue<'_>) -> Result<Option<FlagValue>, &'static str> {
    let is_switch = matches!(argument.get_action(), ArgAction::SetTrue);
    match value {
        DeValue::Boolean(is_on) if is_switch => Ok(is_on.then_some(FlagValue(None))),
        _ if is_switch => Err("expected true or false"),
        // As an empty variable.
        DeValue::String(text) if text.is_empty() => Ok(None),
        DeValue::String(text) => Ok(Some(FlagValue(Some(text.to_string())))),
        DeValue::Integer(number) => {
            let number = i64::from_str_radix(number.as_str(), number.radix());
            let number = number.map_err(|_| "a number of at most 63 bits is expected")?;
            Ok(Some(FlagValue(Some(number.to_string()))))
        }
        _ => Err("expected a string or an integer"),
    }
}
