//! The parts of `preview --watch`: watching files, and a page in the browser.

pub mod browser;
pub mod file_watcher;
pub mod preview_server;
