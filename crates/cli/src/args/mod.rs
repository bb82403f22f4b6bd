//! The command line: global flags here, one file for each command family.

pub mod author;
pub mod lifecycle;
pub mod local;
pub mod operate;
pub mod read;
pub mod render;
pub mod strict_codes;

use std::path::PathBuf;

use chancery_environment::without_empty_variables;
use chancery_proto::names::ResourceId;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

use self::author::{Attach, Check, Convert, Create, Draft, Fmt, Import, Lint, Lsp, New};
use self::lifecycle::{BriefArg, Publish, RevisionWithReason};
use self::local::{Demo, Up};
use self::operate::{Certificates, Migrate, Queue, Reindex, Token, Verify, Workspace};
use self::read::{BriefOrRevisionArg, Diff, Export, Search, Watch};
use self::render::{Extract, Figure, Preview, Render, Renders, VerifyPdf};
use crate::names::workspace_id;

/// Import, publish, read and print briefs with evidence, or run everything on this machine
#[derive(Debug, Parser)]
#[command(name = "chancery", version, propagate_version = true, after_help = EXIT_CODES)]
pub struct CommandLine {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 success, 1 rejected or failed, 2 wrong usage.\n\
    Briefs have short names (russia-iran, russia-iran/revisions/2) and full names.";

impl CommandLine {
    /// Returns the parser of the command line. The help of a subcommand refers to the global options instead of repeating
    /// them.
    pub fn parser() -> clap::Command {
        let mut command = without_empty_variables(Self::command());
        // Adds the global options to the subcommands, so that they can be hidden there.
        command.build();
        let names: Vec<String> = command
            .get_arguments()
            .filter(|argument| argument.is_global_set())
            .map(|argument| argument.get_id().to_string())
            .collect();
        command.mut_subcommands(|subcommand| without_global_help(subcommand, &names))
    }

    /// Parses the command line of this process.
    pub fn of_process() -> Result<Self, clap::Error> {
        let matches = Self::parser().try_get_matches()?;
        Self::from_arg_matches(&matches)
    }
}

fn without_global_help(command: clap::Command, names: &[String]) -> clap::Command {
    let is_global = |id: &str| names.iter().any(|name| name == id);
    let hide = |argument: clap::Arg| {
        if is_global(argument.get_id().as_str()) { argument.hide(true) } else { argument }
    };
    let command = command.mut_args(hide).mut_subcommands(|inner| without_global_help(inner, names));
    if command.get_after_help().is_some() { command } else { command.after_help(GLOBAL_OPTIONS) }
}

const GLOBAL_OPTIONS: &str =
    "Global options such as --json, --server and --workspace: see `chancery --help`.";

/// Flags of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// URL of the service [default: the service of a running `chancery up`, or else <http://127.0.0.1:50051>]
    #[arg(long, global = true, env = "CHANCERY_SERVER", value_name = "URL")]
    pub server: Option<String>,
    /// File with the API token [default: `CHANCERY_TOKEN`, or the file named by `CHANCERY_TOKEN_FILE`, or the admin token
    /// of a running `chancery up`]
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Certificates (PEM) to trust for https instead of the system's
    #[arg(long, global = true, env = "CHANCERY_CA_FILE", value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Allows http:// to another machine, where others can read the token and all content on the way
    #[arg(long, global = true, env = "CHANCERY_INSECURE")]
    pub insecure: bool,
    /// Workspace of short names
    #[arg(long, global = true, env = "CHANCERY_WORKSPACE", value_name = "ID", default_value = "default",
          value_parser = workspace_id)]
    pub workspace: ResourceId,
    /// Prints results as JSON on standard output and errors as JSON on standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// Folder where `up` and `demo` keep the database, tokens and logs [default: in the build folder]
    #[arg(long, global = true, env = "CHANCERY_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs Postgres, the service and workers on this machine until Ctrl-C
    Up(Up),
    /// Starts everything, imports an example, prints it to a PDF and stops everything
    Demo(Demo),
    /// Migrates a database; --init also creates workspace `default` and the first tokens
    Migrate(Migrate),
    /// Creates a private authority and the certificates of the service and its workers, and renews them when less than a
    /// year is left
    Certificates(Certificates),
    /// Checks all stored data and lists what is damaged or inconsistent; exits with 1 on any finding
    Verify(Verify),
    /// Rebuilds everything derived from revisions, which repairs the projections that `verify` reports
    Reindex(Reindex),
    /// Creates a text with the parts of a brief, to fill in
    New(New),
    /// Formats texts: one sentence a line, with ids
    Fmt(Fmt),
    /// Checks files of briefs without a service: every problem with line, column and fix
    Check(Check),
    /// Writes a file of a brief in another form, text, JSON or YAML, without a service
    Convert(Convert),
    /// Serves an editor over standard input and output, in the Language Server Protocol: see docs/EDITORS.md
    Lsp(Lsp),
    /// Imports published revisions from files
    Import(Import),
    /// Creates a brief with a draft
    Create(Create),
    /// Reads or writes the draft of a brief
    #[command(subcommand)]
    Draft(Draft),
    /// Publishes the draft of a brief as its next revision; on a terminal, shows what changes and asks first
    Publish(Publish),
    /// Lists the warnings and undeclared changes of a draft or a file, and every rule that the file breaks
    Lint(Lint),
    /// Withdraws a revision, which stays readable and is marked as withdrawn
    Withdraw(RevisionWithReason),
    /// Destroys a revision's content, its editions and the PDFs printed from it, after a spill; requires an admin token
    Purge(RevisionWithReason),
    /// Deletes a brief; `undelete` restores it within 30 days
    Delete(BriefArg),
    /// Restores a deleted brief
    Undelete(BriefArg),
    /// Lists the briefs of the workspace
    List,
    /// Shows the newest revision of a brief, or a named revision
    Get(BriefOrRevisionArg),
    /// Lists the revisions of a brief
    Revisions(BriefArg),
    /// Shows the differences between two revisions of a brief, statement by statement
    Diff(Diff),
    /// Searches the statements and titles of the workspace's briefs
    Search(Search),
    /// Prints changes to the workspace's briefs as they happen, until interrupted
    Watch(Watch),
    /// Prints a brief to a PDF file
    Render(Render),
    /// Lists the renders of the workspace, newest first
    Renders(Renders),
    /// Cancels a render; printing stops when no other render shares its task
    Cancel {
        /// Id or full name of the render, as listed by `renders`
        name: String,
    },
    /// Prints a draft from a file without a service; every page is stamped as a draft
    Preview(Preview),
    /// Exports one figure or table of a brief or a file to an SVG or PDF file, for slides and web pages
    Figure(Figure),
    /// Uploads an image (PNG, JPEG, SVG) for figures and prints its name, SHA-256 and warnings; rejects a file that
    /// cannot be printed
    Attach(Attach),
    /// Extracts the edition attached to a PDF and verifies that it is the one that was printed
    Extract(Extract),
    /// Checks whether a PDF is an unaltered print of a published edition, and says what it could not check
    VerifyPdf(VerifyPdf),
    /// Writes the revisions of a brief as files for `import`: text or JSON
    Export(Export),
    /// Shows the workspace, and sets its publication rules and which prints need two workers; requires an admin token
    #[command(subcommand)]
    Workspace(Workspace),
    /// Manages the API tokens of the workspace
    #[command(subcommand)]
    Token(Token),
    /// Manages the render queue and its workers; requires an operator token
    #[command(subcommand)]
    Queue(Queue),
    /// Prints the JSON Schema of the JSON and YAML of briefs, for editors
    Schema,
    /// Prints a completion script
    Completions {
        /// Shell to complete for
        shell: Shell,
    },
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches, Parser};

    use super::operate::Queue;
    use super::{Command, CommandLine};

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn global_options_are_described_once() {
        let mut parser = CommandLine::parser();
        let own = parser.render_long_help().to_string();
        assert!(own.contains("Global options:") && own.contains("--token-file"), "{own}");
        for path in [&["check"][..], &["draft", "set"], &["render"]] {
            let mut command = &mut parser;
            for name in path {
                command = command.find_subcommand_mut(name).unwrap();
            }
            let help = command.render_long_help().to_string();
            assert!(!help.contains("--token-file") && help.contains("see `chancery --help`"), "{help}");
        }
        let line = ["chancery", "check", "a.brief.md", "--json", "--workspace", "other"];
        let matches = CommandLine::parser().try_get_matches_from(line).unwrap();
        let line = CommandLine::from_arg_matches(&matches).unwrap();
        assert!(line.global.json && line.global.workspace.as_str() == "other");
    }

    #[test]
    fn the_former_name_of_in_workspace_is_accepted() {
        for flag in ["--in-workspace", "--of"] {
            let line = CommandLine::try_parse_from(["chancery", "queue", "dead", flag, "newsroom"]).unwrap();
            let Command::Queue(Queue::Dead(arguments)) = line.command else { panic!("{:?}", line.command) };
            assert_eq!(arguments.in_workspace.unwrap().as_str(), "newsroom");
        }
    }
}
