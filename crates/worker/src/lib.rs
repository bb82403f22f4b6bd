//! The render worker: lease, fetch, print, upload.
//!
//! [`run`] leases as many tasks as it has free slots. Each lease becomes one [`job`](self) that fetches the task's
//! input, checks it, prints it on a thread of the [press](self), and uploads the PDF under the lease's epoch. All
//! talk with the service goes through the [`Queue`] trait, and all printing through [`Printer`], so the loop is
//! tested without network and without fonts. A [watchdog](WornOut) looks after prints that hang and after the
//! process's memory, and [`health`] tells whoever runs the worker how it is. There is no database here and no driver for one.

mod backoff;
mod chancery_printer;
mod config;
mod grpc;
pub mod health;
mod input;
mod job;
mod leases;
mod memory;
mod metered;
mod metrics;
mod press;
mod printer;
mod queue;
mod run;
mod stopwatch;
mod vitals;
mod watchdog;

pub use chancery_printer::ChanceryPrinter;
pub use config::{Command, Config, ConfigError, LogFormat};
pub use grpc::GrpcQueue;
pub use memory::MemoryLimit;
pub use printer::{PrintFailure, Printed, Printer, Progress};
pub use queue::{PrintInput, Queue, QueueError, Renewal};
pub use run::{RunError, Settings, run};
pub use vitals::Vitals;
pub use watchdog::WornOut;
