//! Import records: who imported a revision, and when.

use chancery_proto::brief::v1::ImportRecord as ImportRecordMessage;
use time::OffsetDateTime;

use crate::timestamps::timestamp;

/// Marks a revision whose publish time, creator and withdrawal were stated by an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRecord {
    /// The display name of the importing token; empty when unknown. As with creators, the token's id is not shown.
    pub importer: String,
    /// When this database recorded the import.
    pub imported_at: OffsetDateTime,
}

impl ImportRecord {
    /// Builds the record from a revision's columns; `None` for a revision that was published here.
    pub(crate) fn of_columns(importer: Option<String>, recorded_at: OffsetDateTime) -> Option<Self> {
        importer.map(|importer| Self { importer, imported_at: recorded_at })
    }

    /// Converts the record to its protobuf form.
    pub fn to_message(&self) -> ImportRecordMessage {
        ImportRecordMessage {
            importer: self.importer.clone(),
            import_time: Some(timestamp(self.imported_at)),
        }
    }
}
