//! Failures of the store.

use chancery_store::StoreError;

use crate::ui::failure::Failure;

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let failure = Self::new("FAILED_PRECONDITION", "DATABASE", error.to_string());
        match error {
            StoreError::Database(_) => failure.help(
                "check that Postgres is running and that DATABASE_URL and DATABASE_PASSWORD_FILE are correct",
            ),
            _ => failure,
        }
    }
}
