//! The render worker: lease, fetch, print, upload.
