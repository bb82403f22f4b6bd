//! The print environment of tests that print nothing.

use chancery_brief::digest::Digest;
use chancery_store::PrintEnvironment;

/// An arbitrary printer with arbitrary fonts.
pub const ENVIRONMENT: PrintEnvironment =
    PrintEnvironment { printer_version: Digest([1; 32]), fonts_digest: Digest([2; 32]) };
