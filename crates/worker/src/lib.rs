//! The render worker: lease, fetch, print, upload.
//!
//! [`run`] leases as many tasks as it has free slots. Each lease becomes one [`job`](self) that fetches the task's
//! input, checks it, prints it on a thread of the [press](self), and uploads the PDF under the lease's epoch. All
//! talk with the service goes through the [`Queue`] trait, and all printing through [`Printer`], so the loop is
//! tested without network and without fonts. There is no database here and no driver for one.

mod backoff;
mod chancery_printer;
mod config;
mod grpc;
mod input;
mod job;
mod leases;
mod press;
mod printer;
mod queue;
mod run;

pub use chancery_printer::ChanceryPrinter;
pub use config::{Config, ConfigError, LogFormat};
pub use grpc::GrpcQueue;
pub use printer::{PrintFailure, Printed, Printer, Progress};
pub use queue::{PrintInput, Queue, QueueError, Renewal};
pub use run::{Settings, run};
