//! A Postgres server of one's own, from the machine's binaries.
