//! What the `chancery` command shares with the tests: starting the service and the workers as processes.

pub mod processes;
