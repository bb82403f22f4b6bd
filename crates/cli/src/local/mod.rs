//! The processes that `up`, `demo` and the tests start, and the folder that records them.

pub mod processes;
pub mod stack;
pub mod state_folder;
pub mod stop_signal;
