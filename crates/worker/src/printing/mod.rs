//! Printing: the trait that the worker drives, and its implementation by `chancery-print`.

pub(crate) mod chancery_printer;
pub(crate) mod phase_timer;
pub(crate) mod printer;
