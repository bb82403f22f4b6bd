//! A reference of a program's settings, made from its command line.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command};

use crate::settings_file::name;

/// Returns a table in Markdown of all settings of a command: flag, name in the file, variable, default, effect.
pub fn reference(command: &Command) -> String {
    let mut table = "| setting | variable | default | effect |\n|---|---|---|---|\n".to_owned();
    for argument in command.get_arguments() {
        if let Some(name) = name(argument) {
            let variable = argument.get_env().map(|name| format!("`{}`", name.to_string_lossy()));
            let (variable, default) = (variable.unwrap_or_default(), default(argument));
            let effect = effect(argument);
            let _ = writeln!(table, "| `{name}` | {variable} | {default} | {effect} |");
        }
    }
    table
}

fn default(argument: &Arg) -> String {
    if matches!(argument.get_action(), ArgAction::SetTrue) {
        return "`false`".to_owned();
    }
    match argument.get_default_values() {
        [value] if !value.is_empty() => format!("`{}`", value.to_string_lossy()),
        _ => String::new(),
    }
}

/// Returns the help of an argument in one line, and its values where they are few.
fn effect(argument: &Arg) -> String {
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let mut effect = help.split_whitespace().collect::<Vec<_>>().join(" ");
    if effect.ends_with(|last: char| last.is_alphanumeric() || last == ')' || last == '`') {
        effect.push('.');
    }
    let values: Vec<_> =
        argument.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    if !values.is_empty() && !matches!(argument.get_action(), ArgAction::SetTrue) {
        let _ = write!(effect, " One of {}.", values.join(", "));
    }
    effect.replace('|', "\\|")
}
