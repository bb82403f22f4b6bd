//! Printing in this process.

use std::thread;

use crate::ui::failure::Failure;

/// Stack size of the printing thread. Deeply nested content nearly exhausts the default of 2 MiB.
const PRINT_STACK_BYTES: usize = 8 << 20;

/// Prints on a thread with a stack for the deepest layout.
pub fn on_print_thread<T: Send>(print: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    let printed = thread::scope(|scope| {
        let printing = thread::Builder::new().stack_size(PRINT_STACK_BYTES).spawn_scoped(scope, print);
        printing.map(thread::ScopedJoinHandle::join)
    });
    let printed = printed.map_err(Failure::io("starting the printing thread"))?;
    printed.map_err(|_| render_failure("the printer panicked"))
}

/// Returns the failure of a print.
pub fn render_failure(message: &str) -> Failure {
    Failure::new("FAILED_PRECONDITION", "RENDER_FAILED", message)
}
