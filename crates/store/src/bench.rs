//! A baseline for the serving bench. Compiled only with the feature `bench`.

use crate::Store;
use crate::error::Result;

impl Store {
    /// Reads one row by its primary key: a draft's content, with no check of the caller.
    ///
    /// # Errors
    /// [`crate::StoreError::Database`].
    pub async fn bare_row(&self, key: i64) -> Result<Vec<u8>> {
        // Not checked at compile time: `.sqlx` describes the statements of the default features.
        let row = sqlx::query_scalar("-- bench::bare_row\nselect content from drafts where brief_key = $1")
            .bind(key)
            .fetch_one(&self.database.calls)
            .await?;
        Ok(row)
    }
}
