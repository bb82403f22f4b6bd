//! Every SQL statement of the project.
