//! Random briefs for property tests.
