//! Parts that several benches share: installations, processes of their own program, neutral briefs and medians.

pub mod content;
pub mod installation;
pub mod process;
pub mod statistics;
pub mod wire;
pub mod words;
