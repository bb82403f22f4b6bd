//! What the bench of serving compares with. Only with the feature `bench`, which the benches alone ask for.

use crate::Store;
use crate::error::Result;

impl Store {
    /// One row by its primary key, read as it is: a draft's content, for whoever asks.
    ///
    /// # Errors
    /// [`crate::StoreError::Database`].
    pub async fn bare_row(&self, key: i64) -> Result<Vec<u8>> {
        // Not checked against the schema: the committed queries are those of the default features.
        let row = sqlx::query_scalar("-- bench::bare_row\nselect content from drafts where brief_key = $1")
            .bind(key)
            .fetch_one(&self.database.calls)
            .await?;
        Ok(row)
    }
}
