//! The effective settings, and where each comes from.

use std::fmt::{self, Write as _};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::secrets::redacted;
use crate::settings_file::{SettingsFile, is_given, name};

/// The settings of a program as they are in effect. Prints them as a file of settings, with the origin of each, and without
/// secrets.
#[derive(Debug)]
pub struct Effective {
    settings: Vec<Setting>,
}

#[derive(Debug)]
struct Setting {
    name: String,
    /// The value, as the file has it; `None` if there is none.
    value: Option<String>,
    /// Whether the value is not shown whole.
    is_secret: bool,
    origin: String,
}

impl Effective {
    /// Collects the settings: `given` is what the command line and the environment say by themselves, `matches` includes the
    /// file.
    pub(crate) fn new(
        command: &Command,
        given: Option<&ArgMatches>,
        matches: &ArgMatches,
        file: Option<&SettingsFile>,
    ) -> Self {
        let origin = |argument: &Arg| {
            let id = argument.get_id().as_str();
            let line = file.filter(|_| !is_given(given, id)).and_then(|file| file.line(id));
            match (matches.value_source(id), line, file) {
                (Some(ValueSource::CommandLine), Some(line), Some(file)) => {
                    format!("{}, line {line}", file.path.display())
                }
                (Some(ValueSource::CommandLine), ..) => "flag".to_owned(),
                (Some(ValueSource::EnvVariable), ..) => {
                    let variable = argument.get_env().unwrap_or_default();
                    format!("variable {}", variable.to_string_lossy())
                }
                (Some(_), ..) => "default".to_owned(),
                (None, ..) => "not set".to_owned(),
            }
        };
        let setting = |argument: &Arg| {
            let is_secret = argument.is_hide_env_values_set();
            let value = value(argument, matches);
            let value = if is_secret { value.map(|value| redacted(&value)) } else { value };
            Some(Setting {
                name: name(argument)?,
                value: value.map(|value| toml_value(argument, &value)),
                is_secret,
                origin: origin(argument),
            })
        };
        Self { settings: command.get_arguments().filter_map(setting).collect() }
    }
}

fn value(argument: &Arg, matches: &ArgMatches) -> Option<String> {
    let id = argument.get_id().as_str();
    if matches!(argument.get_action(), ArgAction::SetTrue) {
        return Some(matches.get_flag(id).to_string());
    }
    let value = matches.get_raw(id)?.next()?.to_string_lossy().into_owned();
    Some(value).filter(|value| !value.is_empty())
}

/// Writes a value as TOML does, in one line.
fn toml_value(argument: &Arg, value: &str) -> String {
    if value.parse::<i64>().is_ok() || matches!(argument.get_action(), ArgAction::SetTrue) {
        return value.to_owned();
    }
    let mut text = "\"".to_owned();
    for letter in value.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            control if control.is_control() => {
                let _ = write!(text, "\\u{:04x}", u32::from(control));
            }
            letter => text.push(letter),
        }
    }
    text + "\""
}

impl fmt::Display for Effective {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Setting { name, value, is_secret, origin } in &self.settings {
            match value {
                Some(value) if *is_secret => {
                    writeln!(formatter, "# {name} = {value}  # {origin}; a secret, not shown")?;
                }
                Some(value) => writeln!(formatter, "{name} = {value}  # {origin}")?,
                None => writeln!(formatter, "# {name}  # {origin}")?,
            }
        }
        Ok(())
    }
}
