//! The render worker: leases tasks, fetches their input, prints it and uploads the PDFs.
//!
//! [`run`] leases as many tasks as it has free slots. Each lease becomes one job, which fetches and checks the task's
//! input, prints it on a thread of the print pool and uploads the PDF under the lease's epoch.
//!
//! All communication with the service goes through the [`Queue`] trait and all printing through [`Printer`], so that
//! tests run the loop without a network and without fonts. A watchdog detects prints that hang and limits the memory of
//! the process; [`health`] serves liveness, readiness and metrics. The worker links no database driver.

mod config;
pub mod health;
mod leases;
mod print_pool;
mod printing;
mod queue;
mod settings;
mod worker_loop;

pub use config::{Command, Config, ConfigError, LogFormat};
pub use health::HealthState;
pub use print_pool::memory::MemoryLimit;
pub use print_pool::watchdog::RestartReason;
pub use printing::chancery_printer::ChanceryPrinter;
pub use printing::printer::{PrintFailure, Printed, Printer, Progress};
pub use queue::grpc::GrpcQueue;
pub use queue::print_input::PrintInput;
pub use queue::{Queue, QueueError, Renewal};
pub use settings::Settings;
pub use worker_loop::{RunError, run};
