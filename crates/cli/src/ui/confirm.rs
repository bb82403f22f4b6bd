//! Prompts on the terminal.

use std::io;

use super::failure::Failure;

/// Shows a plan and asks; fails unless the answer is yes. `unchanged` says what a refusal leaves.
pub fn confirm(plan: &str, question: &str, unchanged: &str) -> Result<(), Failure> {
    eprint!("{plan}\n{question} [y/N] ");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(Failure::io("reading the answer"))?;
    if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::new("CANCELLED", "NOT_CONFIRMED", unchanged))
}
