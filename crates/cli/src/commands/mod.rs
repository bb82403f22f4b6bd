//! One file for each command, or for a few that belong together.

mod author;
mod lifecycle;
mod local;
mod operate;
mod read;
mod render;

use std::sync::Arc;

use chancery_proto::schema::brief_schema;
use clap::CommandFactory;

use self::author::{attach, check, convert, draft, fmt, import, lint, lsp, new};
use self::lifecycle::{delete, publish, purge, withdraw};
use self::local::{demo, up};
use self::operate::{certificates, migrate, queue, reindex, token, verify, workspace};
use self::read::{briefs, diff, export, search, watch};
use self::render::{extract, figure, preview, render_brief, renders, verify_pdf, watch_preview};
use crate::args::{Command, CommandLine, Global};
use crate::ui::failure::{Exit, Failure};
use crate::ui::output;

/// Runs a command. Ctrl-C drops it, which removes unfinished files; `up`, `demo` and a watched preview stop processes and
/// threads, and so handle signals themselves.
pub async fn run(global: &Global, command: Command) -> Result<(), Failure> {
    match command {
        Command::Up(arguments) => up::run(global, &arguments).await,
        Command::Demo(arguments) => demo::run(global, &arguments).await,
        Command::Preview(arguments) if arguments.watch || arguments.open => {
            watch_preview::run(&Arc::new(global.clone()), arguments).await
        }
        command => tokio::select! {
            result = run_to_completion(global, command) => result,
            _ = tokio::signal::ctrl_c() => Err(interrupted()),
        },
    }
}

async fn run_to_completion(global: &Global, command: Command) -> Result<(), Failure> {
    match command {
        Command::Migrate(arguments) => migrate::run(global, &arguments).await,
        Command::Certificates(arguments) => certificates::run(global, &arguments),
        Command::Verify(arguments) => verify::run(global, &arguments).await,
        Command::Reindex(arguments) => reindex::run(global, &arguments).await,
        Command::Workspace(command) => workspace::run(global, command).await,
        Command::Token(command) => token::run(global, command).await,
        Command::Queue(command) => queue::run(global, command).await,
        Command::New(arguments) => new::run(&arguments),
        Command::Fmt(arguments) => fmt::run(global, &arguments).await,
        Command::Check(arguments) => check::run(global, &arguments),
        Command::Convert(arguments) => convert::run(global, &arguments),
        Command::Lsp(arguments) => lsp::run(&arguments).await,
        Command::Import(arguments) => import::run(global, &arguments).await,
        Command::Create(arguments) => draft::create(global, &arguments).await,
        Command::Draft(command) => draft::run(global, command).await,
        Command::Lint(arguments) => lint::run(global, &arguments).await,
        Command::Attach(arguments) => attach::run(global, &arguments).await,
        Command::Publish(arguments) => publish::run(global, &arguments).await,
        Command::Withdraw(arguments) => withdraw::run(global, &arguments).await,
        Command::Purge(arguments) => purge::run(global, &arguments).await,
        Command::Delete(arguments) => delete::delete(global, &arguments).await,
        Command::Undelete(arguments) => delete::undelete(global, &arguments).await,
        Command::List => briefs::list(global).await,
        Command::Get(arguments) => briefs::get(global, &arguments).await,
        Command::Revisions(arguments) => briefs::revisions(global, &arguments).await,
        Command::Diff(arguments) => diff::run(global, &arguments).await,
        Command::Search(arguments) => search::run(global, &arguments).await,
        Command::Watch(arguments) => watch::run(global, &arguments).await,
        Command::Export(arguments) => export::run(global, &arguments).await,
        Command::Render(arguments) => render_brief::run(global, &arguments).await,
        Command::Renders(arguments) => renders::list(global, &arguments).await,
        Command::Cancel { name } => renders::cancel(global, &name).await,
        Command::Preview(arguments) => preview::run(global, &arguments),
        Command::Figure(arguments) => figure::run(global, &arguments).await,
        Command::Extract(arguments) => extract::run(global, &arguments),
        Command::VerifyPdf(arguments) => verify_pdf::run(global, &arguments).await,
        Command::Schema => output::print(&brief_schema()),
        Command::Completions { shell } => completions(shell),
        Command::Up(_) | Command::Demo(_) => unreachable!("`run` handles them"),
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
