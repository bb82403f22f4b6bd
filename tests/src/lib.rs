//! End-to-end tests through the public API only; the tests are in `tests/`.
