//! Errors of Postgres that name the statement that met them.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use sqlx::error::{DatabaseError, ErrorKind};

/// What Postgres answered, and the method whose statement it answered. Bound values are never part of it.
#[derive(Debug)]
pub(crate) struct StatementError {
    answer: Box<dyn DatabaseError>,
    statement: String,
}

impl StatementError {
    /// The name in the statement's leading comment, such as `drafts::write`.
    pub(crate) fn statement(&self) -> &str {
        &self.statement
    }
}

/// Adds the statement's name to an error that Postgres answered.
pub(crate) fn with_statement(error: sqlx::Error, sql: &str) -> sqlx::Error {
    match error {
        sqlx::Error::Database(answer) => {
            sqlx::Error::Database(Box::new(StatementError { answer, statement: name_of(sql).to_owned() }))
        }
        other => other,
    }
}

/// The name in the comment that opens a statement; empty for a statement without one.
fn name_of(sql: &str) -> &str {
    let first = sql.trim_start().lines().next().unwrap_or_default();
    first.strip_prefix("--").map(str::trim).unwrap_or_default()
}

impl fmt::Display for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.answer.code().unwrap_or_default();
        // A data exception quotes the value that it is about, and values are briefs.
        let message = if code.starts_with("22") { "invalid data" } else { self.answer.message() };
        write!(f, "{message} (SQLSTATE {code}")?;
        if !self.statement.is_empty() {
            write!(f, ", statement {}", self.statement)?;
        }
        f.write_str(")")
    }
}

/// Without a source: the answer's own message is in this one's, less what it may quote.
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
