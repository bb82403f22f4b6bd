//! Postgres errors that name the failed statement.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use sqlx::error::{DatabaseError, ErrorKind};

/// A Postgres error, and the method whose statement failed. Never contains bound values.
#[derive(Debug)]
pub(crate) struct StatementError {
    answer: Box<dyn DatabaseError>,
    statement: String,
}

impl StatementError {
    /// Returns the name in the statement's leading comment, such as `briefs::drafts::update_draft_once`.
    pub(crate) fn statement(&self) -> &str {
        &self.statement
    }
}

/// Adds the statement's name to a Postgres error.
pub(crate) fn with_statement(error: sqlx::Error, sql: &str) -> sqlx::Error {
    match error {
        sqlx::Error::Database(answer) => {
            sqlx::Error::Database(Box::new(StatementError { answer, statement: name_of(sql).to_owned() }))
        }
        other => other,
    }
}

/// Returns the name in a statement's leading comment; empty when there is none.
fn name_of(sql: &str) -> &str {
    let first = sql.trim_start().lines().next().unwrap_or_default();
    first.strip_prefix("--").map(str::trim).unwrap_or_default()
}

impl fmt::Display for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.answer.code().unwrap_or_default();
        // Data exceptions quote the offending value, which may be content of a brief.
        let message = if code.starts_with("22") { "invalid data" } else { self.answer.message() };
        write!(f, "{message} (SQLSTATE {code}")?;
        if !self.statement.is_empty() {
            write!(f, ", statement {}", self.statement)?;
        }
        f.write_str(")")
    }
}

/// Has no source: the Postgres message is part of this one, except for what it may quote.
impl Error for StatementError {}

impl DatabaseError for StatementError {
    fn message(&self) -> &str {
        self.answer.message()
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        self.answer.code()
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn is_transient_in_connect_phase(&self) -> bool {
        self.answer.is_transient_in_connect_phase()
    }

    fn constraint(&self) -> Option<&str> {
        self.answer.constraint()
    }

    fn table(&self) -> Option<&str> {
        self.answer.table()
    }

    fn kind(&self) -> ErrorKind {
        self.answer.kind()
    }
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_statement_is_named_by_its_leading_comment() {
        assert_eq!(name_of("-- drafts::write\n            update drafts"), "drafts::write");
        assert_eq!(name_of("COMMIT"), "");
    }
}
