//! Import records: which revisions were imported, by whom and when.

use chancery_proto::brief::v1::ImportRecord as ImportRecordMessage;
use time::OffsetDateTime;

use crate::timestamps::timestamp;

/// Marks a revision whose publish time, creator and withdrawal are statements of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRecord {
    /// The display name of the importing token; empty when unknown. Readers see the same of a creator, and neither
    /// shows a token's id.
    pub importer: String,
    /// When this database recorded the import.
    pub imported_at: OffsetDateTime,
}

impl ImportRecord {
    /// From the columns `importer` and `recorded_at` of a revision; `None` for a revision that was published here.
    pub(crate) fn of_columns(importer: Option<String>, recorded_at: OffsetDateTime) -> Option<Self> {
        importer.map(|importer| Self { importer, imported_at: recorded_at })
    }

    /// As a message.
    pub fn to_message(&self) -> ImportRecordMessage {
        ImportRecordMessage {
            importer: self.importer.clone(),
            import_time: Some(timestamp(self.imported_at)),
        }
    }
}
