//! One file a command.

mod attach;
mod browse;
mod demo;
mod diff;
mod draft;
mod export;
mod extract;
mod import;
mod integrity;
mod issue_token;
mod lifecycle;
pub mod migrate;
mod preview;
mod queue;
mod render;
mod renders;
mod search;
mod token;
mod up;
mod watch;

use clap::CommandFactory;

use crate::args::{Command, CommandLine, Global};
use crate::connection::connect;
use crate::failure::{Exit, Failure};
use crate::output;

/// Runs a command. Ctrl-C drops it where it is, which removes its unfinished files; `up` and `demo` have more to stop
/// and see to it themselves.
pub async fn run(global: &Global, command: Command) -> Result<(), Failure> {
    match command {
        Command::Up(arguments) => up::run(global, &arguments).await,
        Command::Demo(arguments) => demo::run(global, &arguments).await,
        command => tokio::select! {
            ran = run_to_the_end(global, command) => ran,
            _ = tokio::signal::ctrl_c() => Err(interrupted()),
        },
    }
}

async fn run_to_the_end(global: &Global, command: Command) -> Result<(), Failure> {
    match command {
        Command::Migrate(arguments) => migrate::run(global, &arguments).await,
        Command::Verify(arguments) => integrity::verify(global, &arguments).await,
        Command::Reindex(arguments) => integrity::reindex(global, &arguments).await,
        Command::Completions { shell } => completions(shell),
        Command::Import(arguments) => import::run(global, &arguments).await,
        Command::Create(arguments) => draft::create(global, &arguments).await,
        Command::Draft(command) => draft::run(global, command).await,
        Command::Publish(arguments) => draft::publish(global, &arguments).await,
        Command::Lint(arguments) => draft::lint(global, &arguments).await,
        Command::Withdraw(arguments) => lifecycle::withdraw(global, &arguments).await,
        Command::Purge(arguments) => lifecycle::purge(global, &arguments).await,
        Command::Delete(arguments) => lifecycle::delete(global, &arguments).await,
        Command::Undelete(arguments) => lifecycle::undelete(global, &arguments).await,
        Command::List => browse::list(global, &connect(global).await?).await,
        Command::Get(arguments) => browse::get(global, &arguments).await,
        Command::Diff(arguments) => diff::diff(global, &arguments).await,
        Command::Watch(arguments) => watch::watch(global, &arguments).await,
        Command::Search(arguments) => search::search(global, &arguments).await,
        Command::Revisions(arguments) => browse::revisions(global, &arguments).await,
        Command::Render(arguments) => render::run(global, &arguments).await,
        Command::Renders(arguments) => renders::list(global, &arguments).await,
        Command::Cancel { name } => renders::cancel(global, &name).await,
        Command::Preview(arguments) => preview::run(global, &arguments),
        Command::Attach(arguments) => attach::run(global, &arguments).await,
        Command::Extract(arguments) => extract::run(global, &arguments),
        Command::Export(arguments) => export::run(global, &arguments).await,
        Command::Token(command) => token::run(global, command).await,
        Command::Queue(command) => queue::run(global, command).await,
        Command::Up(_) | Command::Demo(_) => unreachable!("`run` has them"),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "chancery", &mut script);
    output::print(&String::from_utf8_lossy(&script))
}

fn interrupted() -> Failure {
    Failure { exit: Exit::Interrupted, ..Failure::new("CANCELLED", "INTERRUPTED", "interrupted") }
}
