//! The annex of all declared changes.

use crate::compose::composer::Composer;
use crate::tags::TagId;

impl Composer<'_> {
    /// Adds the table of all changes.
    pub(crate) fn all_changes(&mut self, _sect: TagId) {}
}
