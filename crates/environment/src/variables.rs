//! Empty environment variables.

use clap::{Arg, Command};

/// Returns a command whose arguments, and those of its subcommands, do not read the variables that are empty now.
#[must_use]
pub fn without_empty_variables(command: Command) -> Command {
    let is_empty = |argument: &Arg| {
        let value = argument.get_env().and_then(std::env::var_os);
        value.is_some_and(|value| value.is_empty())
    };
    let unset = |argument: Arg| if is_empty(&argument) { argument.env(None) } else { argument };
    command.mut_args(unset).mut_subcommands(without_empty_variables)
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command};

    use super::without_empty_variables;

    #[test]
    fn only_empty_variables_are_not_read() {
        // Cargo sets the first of these for tests, and nothing the second.
        let argument = |name: &'static str| Arg::new(name).long(name).env(name);
        let command = Command::new("test")
            .arg(argument("CARGO_PKG_NAME"))
            .subcommand(Command::new("inner").arg(argument("CARGO_PKG_LICENSE_FILE")));
        let command = without_empty_variables(command);
        let has_variable =
            |command: &Command| command.get_arguments().all(|argument| argument.get_env().is_some());
        assert!(has_variable(&command));
        // Cargo sets it to the empty text, since the license has no file.
        let inner = command.find_subcommand("inner").expect("it was added");
        assert_eq!(std::env::var("CARGO_PKG_LICENSE_FILE").as_deref(), Ok(""));
        assert!(!has_variable(inner));
    }
}
