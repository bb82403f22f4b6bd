//! Private Postgres, processes, PDF and gRPC assertions for the tests.
