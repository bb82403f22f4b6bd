//! What the benches measure of this workspace, each in a process of its own. Their drivers lie beside `src`.

mod print;
mod queue;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "What the benches run; ./dev bench drives it")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Turns a brief's content from JSON into the message that a worker gets.
    Encode {
        /// The JSON file.
        json: PathBuf,
        /// The message.
        message: PathBuf,
    },
    /// Prints a brief and says what that took.
    Print {
        /// The message.
        message: PathBuf,
        /// The PDF file.
        pdf: PathBuf,
        /// How often, one after the other.
        #[arg(long, default_value_t = 1)]
        times: u32,
    },
    /// Measures the render queue on a database of its own.
    Queue {
        /// Where the database and the logs go.
        folder: PathBuf,
        /// Renders of one run.
        #[arg(long, default_value_t = 400)]
        renders: usize,
        /// Runs of each kind, taking turns.
        #[arg(long, default_value_t = 3)]
        runs: usize,
        /// Tasks that go through the queue's table while its dead rows are watched.
        #[arg(long, default_value_t = 100_000)]
        tasks: usize,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Encode { json, message } => print::encode(&json, &message),
        Command::Queue { folder, renders, runs, tasks } => {
            queue::run(&folder, queue::Amounts { renders, runs, tasks })
        }
        Command::Print { message, pdf, times } => print::run(&message, &pdf, times),
    }
}
